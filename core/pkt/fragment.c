/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fragmentation on output.
 *
 * A packet of one piece is cut into fragments as large as the MTU allows. One that conntrack put
 * together still consists of its fragments as long as nothing linearized it, and Linux sends
 * those again: the datagram is cut where it was cut before, when that fits. It does not when a
 * fragment is larger than the MTU, or when one has no room for the header of the first: a
 * fragment's buffer begins where its own headers began, so a fragment that came with a shorter
 * header than the datagram leaves with makes Linux cut anew.
 *
 * In both ways no fragment is larger than the largest that came (frag_max; IPv6: but 1280 bytes
 * are always allowed). DF on every fragment, for a datagram whose largest fragment had it, is set
 * only when it is cut anew.
 *
 * The first IPv4 fragment has all options, the others those with the copied flag; the rest of
 * them is filled with NOPs, so that all headers are of the same length. A fragment that is
 * fragmented again keeps its place in the datagram.
 */
#include "pkt/fragment.h"

#include "pkt/options.h"
#include "pkt/parse.h"

#define IP6_MIN_MTU 1280u

struct cut {
	const struct nfr_pkt *pkt;
	struct nfr_frag_notes *notes; /* NULL: cut anew */
	uint32_t shift;		    /* bytes of the part that was cut which belong to hlen now */
	uint32_t hlen;			    /* header that each fragment repeats */
	uint32_t room;			    /* bytes of payload that a fragment may have */
	uint32_t nexthdr_off;		    /* IPv6: the field that will say "fragment header" */
	uint32_t id;
};

static bool begins_at(const struct nfr_frag_notes *notes, uint32_t unit)
{
	return notes->start[unit / 8] >> unit % 8 & 1;
}

/* Bytes at the beginning of the packet that are one piece: all, or what came in the first fragment
 * and what was pulled there since. */
static uint32_t linear_len(struct nfr_env *env, const struct nfr_pkt *pkt)
{
	const struct nfr_frag_notes *notes;
	uint32_t unit = 1, len;

	if (!(pkt->flags & NFR_PKT_FRAG_LIST) || !pkt->buf)
		return pkt->len;
	notes = nfr_frag_notes(env, pkt->buf);
	while (notes->base + unit * 8 < pkt->len && !begins_at(notes, unit))
		unit++;
	len = notes->base + unit * 8;
	if (len < pkt->pulled)
		len = pkt->pulled;
	return len < pkt->len ? len : pkt->len;
}

/*
 * The part of an IPv6 packet that each fragment repeats: up to the last of hop-by-hop, routing
 * and, before a routing header, destination options; as Linux does it, also destination options
 * without a routing header. Returns its length, 0 for a malformed packet: one whose headers end
 * beyond the first `linear` bytes, behind which Linux does not look.
 */
static uint32_t unfragmentable_len(const struct nfr_pkt *pkt, uint32_t linear,
				   uint32_t *nexthdr_off)
{
	uint32_t off = NFR_IP6_HLEN;
	bool routing = false;

	*nexthdr_off = 6;
	for (;;) {
		uint8_t type = pkt->data[*nexthdr_off];

		if (type == NFR_IPPROTO_ROUTING)
			routing = true;
		else if (type != NFR_IPPROTO_HOPOPTS && (type != NFR_IPPROTO_DSTOPTS || routing))
			return off;
		if (off + 2 > linear)
			return 0;
		*nexthdr_off = off;
		off += nfr_ipv6_exthdr_len(type, pkt->data[off + 1]);
		if (off > linear)
			return 0;
	}
}

/* Bytes of the piece that begins at `off` of the payload. */
static uint32_t noted_piece(const struct cut *cut, uint32_t off, uint32_t total)
{
	uint32_t unit = (cut->shift + off) / 8 + 1, end = cut->shift + total;

	while (unit * 8 < end && !begins_at(cut->notes, unit))
		unit++;
	return (unit * 8 < end ? unit * 8 : end) - cut->shift - off;
}

/* What was pulled into the first piece. False: the rest of another does not begin where a fragment
 * can. */
static bool note_pulled(struct nfr_frag_notes *notes, const struct nfr_pkt *pkt)
{
	uint32_t n = pkt->pulled > notes->base ? pkt->pulled - notes->base : 0;
	bool moved = false;

	for (uint32_t unit = 1; unit * 8 < n; unit++) {
		moved |= begins_at(notes, unit);
		notes->start[unit / 8] &= (uint8_t)~(1u << unit % 8);
	}
	if (!moved || notes->base + n >= pkt->len)
		return true;
	notes->start[n / 64] |= (uint8_t)(1u << n / 8 % 8);
	return n % 8 == 0;
}

static uint32_t next_piece(const struct cut *cut, uint32_t off, uint32_t total)
{
	if (cut->notes)
		return noted_piece(cut, off, total);
	return total - off <= cut->room ? total - off : cut->room & ~7u;
}

/* Whether the packet can leave in the pieces in which it came. */
static bool notes_fit(const struct cut *cut)
{
	uint32_t total = cut->pkt->len - cut->hlen;
	uint32_t own = cut->hlen + (cut->pkt->family == NFR_IPV6 ? NFR_FRAG6_HLEN : 0);

	if (cut->notes->base > cut->hlen || cut->notes->min_hlen < own ||
	    !note_pulled(cut->notes, cut->pkt))
		return false;
	for (uint32_t off = 0, n; off < total; off += n) {
		n = noted_piece(cut, off, total);
		if (n > cut->room)
			return false;
	}
	return true;
}

/* Header, payload per fragment, and which of the two ways. */
static bool plan(struct nfr_env *env, struct cut *cut, uint32_t mtu)
{
	const struct nfr_pkt *pkt = cut->pkt;
	uint32_t overhead;

	if (pkt->frag_max && pkt->frag_max < mtu)
		mtu = pkt->frag_max;
	if (pkt->family == NFR_IPV4) {
		cut->hlen = overhead = nfr_ip4_hlen(pkt->data);
	} else {
		if (pkt->frag_max && mtu < IP6_MIN_MTU)
			mtu = IP6_MIN_MTU;
		cut->hlen = unfragmentable_len(pkt, linear_len(env, pkt), &cut->nexthdr_off);
		overhead = cut->hlen + NFR_FRAG6_HLEN;
	}
	if (cut->hlen == 0 || mtu < overhead + 8)
		return false;
	cut->room = mtu - overhead;
	if (!(pkt->flags & NFR_PKT_FRAG_LIST) || !pkt->buf)
		return true;
	cut->notes = nfr_frag_notes(env, pkt->buf);
	cut->shift = cut->hlen - cut->notes->base;
	if (!notes_fit(cut))
		cut->notes = NULL;
	return true;
}

/* Both put the headers of the fragment that begins at `off`, and return their length. */
static uint32_t put_header4(const struct cut *cut, uint8_t *to, uint32_t off, bool more)
{
	const struct nfr_pkt *pkt = cut->pkt;
	uint16_t field = nfr_get16(pkt->data + 6);

	memcpy(to, pkt->data, cut->hlen);
	/* of what a program sends Linux has not looked at the options */
	if (off && !(pkt->flags & NFR_PKT_LOCAL))
		nfr_ip_options_fragment(to + NFR_IP4_HLEN, cut->hlen - NFR_IP4_HLEN);
	more |= (field & NFR_IP4_MF) != 0;
	field = (uint16_t)((field & 0x1fff) + off / 8);
	if (more)
		field |= NFR_IP4_MF;
	if ((pkt->flags & NFR_PKT_FRAG_DF) && !cut->notes)
		field |= NFR_IP4_DF;
	nfr_put16(to + 6, field);
	return cut->hlen;
}

static uint32_t put_header6(const struct cut *cut, uint8_t *to, uint32_t off, bool more)
{
	uint8_t *frag = to + cut->hlen;

	memcpy(to, cut->pkt->data, cut->hlen);
	frag[0] = to[cut->nexthdr_off];
	frag[1] = 0;
	to[cut->nexthdr_off] = NFR_IPPROTO_FRAGMENT;
	nfr_put16(frag + 2, (uint16_t)(off | more));
	nfr_put32(frag + 4, cut->id);
	return cut->hlen + NFR_FRAG6_HLEN;
}

/* Makes the fragment with n bytes of payload from `off` on. */
static void make_fragment(const struct cut *cut, struct nfr_pkt *frag, uint32_t off, uint32_t n)
{
	const struct nfr_pkt *pkt = cut->pkt;
	bool more = cut->hlen + off + n < pkt->len;
	uint32_t hlen = pkt->family == NFR_IPV4 ? put_header4(cut, frag->data, off, more)
						: put_header6(cut, frag->data, off, more);

	memcpy(frag->data + hlen, pkt->data + cut->hlen + off, n);
	frag->len = hlen + n;
	nfr_ip_set_len(frag);
	nfr_pkt_parse_l4(frag);
}

bool nfr_ip_fragment(struct nfr_env *env, const struct nfr_pkt *pkt, uint32_t mtu, uint32_t id,
		     nfr_fragment_out_fn *out, void *user)
{
	struct cut cut = {.pkt = pkt, .id = id};
	uint32_t buf, total, n;

	if (!plan(env, &cut, mtu))
		return false;
	buf = nfr_env_buf_get(env);
	if (!buf)
		return false;
	total = pkt->len - cut.hlen;
	for (uint32_t off = 0; off < total; off += n) {
		struct nfr_pkt frag = *pkt;

		frag.data = nfr_env_buf_data(env, buf);
		frag.room = NFR_BUF_ROOM;
		frag.buf = (uint8_t)buf;
		frag.flags &= (uint16_t)~NFR_PKT_FRAG_LIST;
		n = next_piece(&cut, off, total);
		make_fragment(&cut, &frag, off, n);
		out(user, &frag);
	}
	nfr_env_buf_put(env, buf);
	return true;
}
