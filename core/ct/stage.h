/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stages of a burst, and the short way of most packets.
 *
 * Before the packets of a burst go their way one by one, two stages run over all of them: the
 * first computes the hash of each tuple and fetches the bucket, the second scans the bucket's
 * tags and fetches the record, or what a new connection will need. They only hint. Then, of a
 * packet whose connection the stages have found, a look at record and header may be all that
 * conntrack needs: see nfr_ct_staged().
 *
 * All of it stands here, to be compiled into the path's own functions, because every packet comes
 * by. What conntrack_in() does without it is the same.
 */
#ifndef NFR_CT_STAGE_H
#define NFR_CT_STAGE_H

#include "base/hint.h"
#include "ct/l4.h"
#include "ct/table.h"
#include "ct/tcp_short.h"
#include "pkt/parse.h"

/* Here l4_off is pkt->l4_off, handed on as the constant that it is where IPv4 has no options. */

/* The commonest protocols, and the ports are there. */
static inline bool nfr_ct_has_ports(const struct nfr_pkt *pkt, uint32_t l4_off)
{
	return (pkt->protonum == NFR_IPPROTO_TCP || pkt->protonum == NFR_IPPROTO_UDP) &&
	       l4_off + 4 <= pkt->len;
}

/* The second half of such an IPv4 packet's struct nfr_ct_key outside of all zones, as nfr_le64()
 * reads it: ports, protocol, family. */
static inline uint64_t nfr_ct_key_tail4(const struct nfr_pkt *pkt, uint32_t l4_off)
{
	return nfr_le32(pkt->data + l4_off) | (uint64_t)pkt->protonum << 32 |
	       (uint64_t)NFR_IPV4 << 40;
}

static inline struct nfr_ct_words nfr_ct_words4(const struct nfr_pkt *pkt, uint32_t l4_off)
{
	return (struct nfr_ct_words){nfr_le64(pkt->data + 12), nfr_ct_key_tail4(pkt, l4_off)};
}

/* ---- stages ---- */

/* The hash of the packet's tuple, whatever it is. False: it has none. */
bool nfr_ct_hash_of_pkt(const struct nfr_ctnet *net, const struct nfr_pkt *pkt, uint64_t *hash);

/* A packet whose connection is not there will make one: fetches the bucket of its answers, and
 * what NAT will ask for. */
void nfr_ct_stage_new(struct nfr_ctnet *net, const struct nfr_pkt *pkt);

static inline void nfr_ct_staged_hash(struct nfr_ctnet *net, struct nfr_pkt *pkt, uint64_t hash)
{
	pkt->ct_hash = hash;
	pkt->flags |= NFR_PKT_HASHED;
	nfr_prefetch(nfr_ct_bucket_of(net, hash));
}

static NFR_APART void nfr_ct_stage_hash(struct nfr_ctnet *net, struct nfr_pkt *pkt)
{
	uint64_t hash;

	/* is put together first */
	if (pkt->family == NFR_IPV4 ? nfr_ip4_is_fragment(pkt) : pkt->frag_off != 0)
		return;
	if (nfr_ct_hash_of_pkt(net, pkt, &hash))
		nfr_ct_staged_hash(net, pkt, hash);
}

/* The same of a whole IPv4 packet without options. */
NFR_INLINE void nfr_ct_stage_hash4(struct nfr_ctnet *net, struct nfr_pkt *pkt)
{
	if (!nfr_ct_has_ports(pkt, NFR_IP4_HLEN))
		nfr_ct_stage_hash(net, pkt);
	else
		nfr_ct_staged_hash(net, pkt,
				   nfr_hash_2(&net->env->hash_key, nfr_le64(pkt->data + 12),
					      nfr_ct_key_tail4(pkt, NFR_IP4_HLEN)));
}

NFR_INLINE void nfr_ct_stage_entry(struct nfr_ctnet *net, struct nfr_pkt *pkt)
{
	const struct nfr_ct *ct;

	if (!(pkt->flags & NFR_PKT_HASHED))
		return;
	pkt->ct_ref = nfr_ct_table_guess(net, pkt->ct_hash);
	if (!pkt->ct_ref) {
		nfr_ct_stage_new(net, pkt);
		return;
	}
	ct = nfr_ct_at(net, pkt->ct_ref >> 1);
	nfr_prefetch(ct);
	nfr_prefetch(&ct->proto);
}

/* ---- the short way ---- */

/* Whether the connection has this packet's tuple in this direction, outside of all zones. */
static inline bool nfr_ct_has_tuple4(const struct nfr_ct *ct, unsigned dir,
				     const struct nfr_pkt *pkt, uint32_t l4_off)
{
	const uint8_t *key = (const uint8_t *)&ct->key[dir];

	return nfr_le64(key) == nfr_le64(pkt->data + 12) &&
	       nfr_le64(key + 8) == nfr_ct_key_tail4(pkt, l4_off);
}

/* Not one of the commonest, or it came in with something that asks for a closer look: a template, a
 * trace, options. */
NFR_INLINE bool nfr_ct_is_special(const struct nfr_pkt *pkt)
{
	const uint16_t looks = NFR_PKT_HASHED | NFR_PKT_WATCHED | NFR_PKT_TRACE;

	return (pkt->flags & looks) != NFR_PKT_HASHED || pkt->ct_template.flags ||
	       pkt->ctinfo != NFR_CT_NEW || pkt->family != NFR_IPV4 ||
	       pkt->l4_off != NFR_IP4_HLEN ||
	       !nfr_ct_has_ports(pkt, pkt->l4_off);
}

/* Whether the connection that the stages found for such a packet is its own, in the table, and
 * nothing about it asks for a closer look either. */
NFR_INLINE bool nfr_ct_staged_fits(const struct nfr_ctnet *net, const struct nfr_pkt *pkt,
				   uint32_t l4_off)
{
	const uint16_t plain = NFR_IPS_CONFIRMED | NFR_IPS_SEEN_REPLY;
	const struct nfr_ct *ct = nfr_ct_at(net, pkt->ct_ref >> 1);

	return ct->life & NFR_CT_LIVE && !ct->ext && ct->expires_ns > net->env->now_ns &&
	       (ct->status & (plain | NFR_IPS_DYING | NFR_IPS_FIXED_TIMEOUT |
			      NFR_IPS_SEQ_ADJUST)) == plain &&
	       nfr_ct_has_tuple4(ct, pkt->ct_ref & 1, pkt, l4_off);
}

/* The same of any packet. */
NFR_INLINE bool nfr_ct_staged(const struct nfr_ctnet *net, const struct nfr_pkt *pkt)
{
	return pkt->ct_ref && !nfr_ct_is_special(pkt) &&
	       nfr_ct_staged_fits(net, pkt, pkt->l4_off);
}

/* Tracks the packet, and sets its ct_idx and ctinfo, if it only keeps the connection that fits it
 * established; false otherwise, with nothing changed. */
NFR_INLINE bool nfr_ct_track_staged(struct nfr_ctnet *net, struct nfr_pkt *pkt, uint32_t l4_off)
{
	struct nfr_ct *ct = nfr_ct_at(net, pkt->ct_ref >> 1);
	unsigned dir = pkt->ct_ref & 1;

	if (pkt->protonum == NFR_IPPROTO_TCP
		    ? !nfr_tcp_keeps_established(net, ct, pkt, dir, l4_off)
		    : !nfr_ct_l4(pkt->protonum)->established(net, ct, pkt, dir))
		return false;
	pkt->ct_idx = pkt->ct_ref >> 1;
	pkt->ctinfo = dir == NFR_CT_DIR_REPLY ? NFR_CT_ESTABLISHED_REPLY : NFR_CT_ESTABLISHED;
	return true;
}

#endif
