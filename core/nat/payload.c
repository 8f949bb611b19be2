/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NAT for helpers: changing what a packet says, finding a port that an expectation can have, and
 * binding the connection that fulfils it like its master (Linux's nf_nat_helper.c).
 *
 * Mangling moves the rest of the packet in place. Room for growth is the caller's spare room or
 * else a packet buffer of the instance; without one the helper drops the packet, as Linux does
 * when an skb cannot be enlarged. The sender knows nothing of the change: for TCP the difference
 * in length is noted with the segment's own, unadjusted sequence number, and conntrack's last
 * hook shifts what follows (ct/seqadj.h), beginning with the next segment.
 */
#include "base/csum.h"
#include "ct/expect.h"
#include "ct/seqadj.h"
#include "nat/payload.h"

#define TCP_HLEN 20u
#define UDP_HLEN 8u
#define MAX_PACKET 65535u
#define MAX_ATTEMPTS 128u

/* Puts `len` bytes of text where match_len bytes stand, and the new length into the IP header. */
static bool replace_text(struct nfr_env *env, struct nfr_pkt *pkt, uint32_t off, uint32_t match_len,
			 const uint8_t *text, uint32_t len)
{
	uint32_t old_len = pkt->len, new_len = old_len - match_len + len;
	uint32_t tail = old_len - off - match_len;

	if (len > match_len && (new_len > MAX_PACKET || !nfr_env_pkt_grow(env, pkt, new_len)))
		return false;
	memmove(pkt->data + off + len, pkt->data + off + match_len, tail);
	memcpy(pkt->data + off, text, len);
	pkt->flags &= (uint16_t)~NFR_PKT_FRAG_LIST;
	pkt->len = new_len;
	if (pkt->family == NFR_IPV4) {
		nfr_csum_replace2(pkt->data + 10, nfr_get16(pkt->data + 2), (uint16_t)new_len);
		nfr_put16(pkt->data + 2, (uint16_t)new_len);
	} else {
		nfr_put16(pkt->data + 4, (uint16_t)(new_len - 40));
	}
	return true;
}

/* Linux leaves the sum to the end of the packet's way: it is right there, whatever came in. */
static void checksum_anew(struct nfr_pkt *pkt, uint8_t *csum)
{
	uint32_t l4_len = pkt->len - pkt->l4_off, sum;

	nfr_put16(csum, 0);
	sum = nfr_csum_pseudo(pkt->family, pkt->data, pkt->protonum, l4_len);
	nfr_put16(csum, (uint16_t)~nfr_csum_fold(nfr_csum_add(sum, pkt->data + pkt->l4_off, l4_len)));
}

/* Offset in the packet of a match inside a payload that begins behind hdr_len bytes; 0: beyond
 * the packet's end. */
static uint32_t match_at(const struct nfr_pkt *pkt, uint32_t hdr_len,
			 const struct nfr_helper_match *match)
{
	uint32_t off = pkt->l4_off + hdr_len;

	if (off > pkt->len || match->off > pkt->len - off ||
	    match->len > pkt->len - off - match->off)
		return 0;
	return off + match->off;
}

/* The sequence number is noted before it is adjusted itself: this comes first in the last hook. */
static bool mangle_tcp(struct nfr_ctnet *net, uint32_t ct_idx, struct nfr_pkt *pkt,
		       const struct nfr_helper_match *match, const uint8_t *text, uint32_t len)
{
	const uint8_t *tcp = nfr_pkt_at(pkt, pkt->l4_off, TCP_HLEN);
	uint32_t off = tcp ? match_at(pkt, (uint32_t)(tcp[12] >> 4) * 4, match) : 0;

	if (!off || !replace_text(net->env, pkt, off, match->len, text, len))
		return false;
	checksum_anew(pkt, pkt->data + pkt->l4_off + 16);
	nfr_seqadj_set(net, nfr_ct_at(net, ct_idx), nfr_ctinfo_dir(pkt->ctinfo),
		       nfr_get32(pkt->data + pkt->l4_off + 4), (int32_t)len - (int32_t)match->len);
	return true;
}

/* A datagram's length stands in its own header, too; its checksum may be absent. */
static bool mangle_udp(struct nfr_ctnet *net, uint32_t ct_idx, struct nfr_pkt *pkt,
		       const struct nfr_helper_match *match, const uint8_t *text, uint32_t len)
{
	const uint8_t *old = nfr_pkt_at(pkt, pkt->l4_off, UDP_HLEN);
	uint32_t off = old ? match_at(pkt, UDP_HLEN, match) : 0;
	uint8_t *udp;

	(void)ct_idx;
	if (!off || !replace_text(net->env, pkt, off, match->len, text, len))
		return false;
	udp = pkt->data + pkt->l4_off;
	nfr_put16(udp + 4, (uint16_t)(pkt->len - pkt->l4_off));
	if (nfr_get16(udp + 6) == 0)
		return true;
	checksum_anew(pkt, udp + 6);
	if (nfr_get16(udp + 6) == 0)
		nfr_put16(udp + 6, 0xffff);
	return true;
}

/* The announced port if nobody else expects it, else random higher ones, 128 of them. */
static bool find_port(struct nfr_ctnet *net, uint32_t exp_idx, uint16_t *port)
{
	uint16_t min = *port;
	uint32_t range = UINT16_MAX - (uint32_t)min;
	uint32_t left = range < MAX_ATTEMPTS ? range : MAX_ATTEMPTS;

	for (;; left--) {
		enum nfr_status status;

		nfr_expect_at(net, exp_idx)->tuple.dst_l4 = nfr_htons(*port);
		status = nfr_expect_related(net, exp_idx);
		if (status == NFR_OK)
			return true;
		if (status != NFR_EBUSY || left == 0)
			return false;
		*port = (uint16_t)(min + nfr_rng_below(&net->env->rng[NFR_RNG_NAT], range));
	}
}

/* The new connection's source becomes what its master's packets of that direction come from,
 * its destination where they go to, at the port that was announced before it was changed. */
static void follow_master(struct nfr_ctnet *net, uint32_t ct_idx, const struct nfr_expect *expect)
{
	struct nfr_nat_range range = {.flags = NFR_NAT_RANGE_MAP_IPS};
	struct nfr_tuple other;

	nfr_ct_tuple(net, nfr_ct_at(net, expect->master), !expect->dir, &other);
	range.min_addr = range.max_addr = other.dst;
	nfr_nat_bind(net->nat, ct_idx, &range, NFR_NAT_MANIP_SRC);
	range.flags |= NFR_NAT_RANGE_PROTO_SPECIFIED;
	range.min_proto = range.max_proto = nfr_ntohs(expect->saved_proto);
	range.min_addr = range.max_addr = other.src;
	nfr_nat_bind(net->nat, ct_idx, &range, NFR_NAT_MANIP_DST);
}

const struct nfr_helper_nat_ops nfr_nat_payload_ops = {
	.mangle_tcp = mangle_tcp,
	.mangle_udp = mangle_udp,
	.find_port = find_port,
	.follow_master = follow_master,
};
