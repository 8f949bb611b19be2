/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is IPv6's own of reassembly (nf_ct_frag6_gather).
 *
 * It differs from IPv4's in what happens to bad fragments. One whose bounds contradict what is
 * known, one without payload and one beyond 65535 bytes are dropped alone; one that is not the
 * last and no multiple of eight bytes long takes the datagram with it, but itself goes on as it
 * is, as do first fragments without the whole transport header. One that ends within its fragment
 * header is dropped, unless it can be seen to be a first one.
 *
 * A fragment header on a whole packet (offset 0, no more: an "atomic" one, RFC 6946) is taken
 * away. The header chain up to the fragment header is that of the first fragment; the next header
 * field of the others does not matter. The sender is told of a timeout by any router that
 * reassembles, if the first fragment had come.
 */
#include "pkt/defrag_queue.h"
#include "pkt/icmp.h"
#include "pkt/parse.h"

/* Offset of the fragment header, and of the field that names it; 0: there is none. */
static uint32_t find_frag_hdr(const struct nfr_pkt *pkt, uint32_t *nexthdr_off)
{
	uint32_t off = NFR_IP6_HLEN;

	*nexthdr_off = 6;
	for (;;) {
		uint8_t type = pkt->data[*nexthdr_off];
		const uint8_t *hdr = nfr_pkt_at(pkt, off, 2);

		if (type == NFR_IPPROTO_FRAGMENT)
			return off <= pkt->len ? off : 0;
		if (!nfr_ipv6_is_exthdr(type) || type == NFR_IPPROTO_NONE || !hdr)
			return 0;
		*nexthdr_off = off;
		off += nfr_ipv6_exthdr_len(type, hdr[1]);
	}
}

/* RFC 8200, 4.5: the first fragment holds all headers, of TCP, UDP and ICMPv6 the fixed part. */
static bool first_lacks_headers(const struct nfr_pkt *pkt, uint32_t off)
{
	uint8_t nexthdr = NFR_IPPROTO_FRAGMENT;
	uint16_t frag_off;
	int l4_off = nfr_ipv6_skip_exthdr(pkt, off, &nexthdr, &frag_off);
	uint32_t need = 1;

	if (l4_off < 0 || frag_off & 0xfff8)
		return false;
	if (nexthdr == NFR_IPPROTO_TCP)
		need = 20;
	else if (nexthdr == NFR_IPPROTO_UDP || nexthdr == NFR_IPPROTO_ICMPV6)
		need = 8;
	return (uint32_t)l4_off + need > pkt->len;
}

/* Multicast and link-local addresses are those of a link. */
static bool means_a_link(const uint8_t *dst)
{
	return dst[0] == 0xff || (dst[0] == 0xfe && (dst[1] & 0xc0) == 0x80);
}

static enum nfr_frag_parse parse6(const struct nfr_pkt *pkt, struct nfr_frag_in *in)
{
	const uint8_t *ip = pkt->data, *frag;
	uint32_t off = find_frag_hdr(pkt, &in->nexthdr_off);

	/* a jumbogram has no length to count from */
	if (!off || nfr_get16(ip + 4) == 0 || first_lacks_headers(pkt, off))
		return NFR_FRAG_NO;
	frag = nfr_pkt_at(pkt, off, NFR_FRAG6_HLEN);
	if (!frag)
		return NFR_FRAG_BAD;
	memcpy(in->key.src.b, ip + 8, 16);
	memcpy(in->key.dst.b, ip + 24, 16);
	memcpy(in->key.id.b, frag + 4, 4);
	if (means_a_link(ip + 24))
		nfr_put16(in->key.iif, pkt->iif);
	in->hlen = off + NFR_FRAG6_HLEN;
	in->off = nfr_get16(frag + 2) & 0xfff8u;
	in->end = in->off + pkt->len - in->hlen;
	in->more = (frag[3] & 1) != 0;
	in->ecn = (uint8_t)(1u << (ip[1] >> 4 & 3));
	return NFR_FRAG_TAKE;
}

/* What is noted here stays noted when the fragment is refused further on. */
static enum nfr_frag_fate bounds6(struct nfr_frag_queue *q, struct nfr_frag_in *in)
{
	if (in->end > UINT16_MAX)
		return NFR_FRAG_REFUSE;
	if (!in->more) {
		if (in->end < q->len || (q->last_in && in->end != q->len))
			return NFR_FRAG_REFUSE;
		q->last_in = true;
		q->len = in->end;
	} else {
		if (in->end & 7)
			return NFR_FRAG_PASS_KILL;
		if (in->end > q->len) {
			if (q->last_in)
				return NFR_FRAG_REFUSE;
			q->len = in->end;
		}
	}
	return in->end > in->off ? NFR_FRAG_KEEP : NFR_FRAG_REFUSE;
}

/* Linux counts the payload length. */
static uint32_t size6(const struct nfr_frag_in *in)
{
	return in->hlen - NFR_IP6_HLEN + in->end - in->off;
}

static uint32_t kept_hlen6(const struct nfr_frag_queue *q, uint32_t hlen)
{
	(void)q;
	return hlen - NFR_FRAG6_HLEN;
}

static void finish6(struct nfr_frag_queue *q, struct nfr_pkt *pkt, const uint8_t *frag_hdr)
{
	pkt->frag_max = NFR_IP6_HLEN + q->max_size;
	pkt->data[q->nexthdr_off] = frag_hdr[0];
	if (q->ecn & 8)
		pkt->data[1] |= 3 << 4;
	nfr_ip_set_len(pkt);
}

static bool tells_timeout6(struct nfr_env *env, const struct nfr_frag_queue *q,
			   struct nfr_pkt *pkt, uint8_t *type, uint8_t *code)
{
	(void)env;
	(void)q;
	(void)pkt;
	*type = NFR_ICMPV6_TIME_EXCEED;
	*code = 1;
	return true;
}

const struct nfr_defrag_family nfr_defrag6 = {
	.parse = parse6,
	.bounds = bounds6,
	.size = size6,
	.kept_hlen = kept_hlen6,
	.finish = finish6,
	.tells_timeout = tells_timeout6,
};
