/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conntrack's last hook: the packet is about to leave, and has come through all rules.
 *
 * In the order of nf_confirm(): the helper reads the packet, NAT's sequence adjustment rewrites
 * it, and only then is a new connection put into the table; last, the events are told. Answers
 * that REJECT attached to an unconfirmed connection confirm nothing.
 *
 * Between its first hook and here a packet may have waited in a queue, and another packet's
 * connection may have taken one of its tuples: a clash.
 *   - A protocol without handshake (UDP) may join if the two are the same flow (in Linux 6.1 also
 *     if the winner was not translated): this packet goes on as the winner's, and its bytes are
 *     counted there.
 *   - If only the original tuple clashes (two packets of one socket were sent to different
 *     servers by DNAT), the loser goes in with its reply direction only, for one second or until
 *     the first answer: it lets that answer find its way back. It is hidden from listings.
 *   - Everything else is dropped.
 */
#include "ct/expect.h"
#include "ct/l4.h"
#include "ct/life.h"
#include "ct/seqadj.h"

#define CLASH_TIMEOUT_NS NFR_NSEC_PER_SEC

static unsigned drop(struct nfr_pkt *pkt, enum nfr_reason reason)
{
	pkt->reason = (uint16_t)reason;
	return NFR_DROP;
}

/* Reference of the connection in the table that has a flow of this one, or 0. */
static uint32_t holder_of(struct nfr_ctnet *net, const struct nfr_ct *ct, unsigned dir,
			  uint64_t hash)
{
	struct nfr_ct_flow flow;

	nfr_ct_flow_of_ct(net, ct, dir, &flow);
	return nfr_ct_lookup(net, &flow, hash, nfr_ct_dirs_in_way(ct, dir));
}

static bool same_flow(const struct nfr_ctnet *net, const struct nfr_ct *a, unsigned dir_a,
		      const struct nfr_ct *b, unsigned dir_b)
{
	struct nfr_ct_flow fa, fb;

	nfr_ct_flow_of_ct(net, a, dir_a, &fa);
	nfr_ct_flow_of_ct(net, b, dir_b, &fb);
	return nfr_ct_flow_eq(&fa, &fb);
}

/* Both directions alike, or each other's mirror image. */
static bool can_merge(const struct nfr_ctnet *net, const struct nfr_ct *a, const struct nfr_ct *b)
{
	return (same_flow(net, a, 0, b, 0) && same_flow(net, a, 1, b, 1)) ||
	       (same_flow(net, a, 0, b, 1) && same_flow(net, a, 1, b, 0));
}

/* The packet leaves its own connection for the one that was faster. */
static unsigned join_winner(struct nfr_ctnet *net, struct nfr_pkt *pkt, uint32_t winner)
{
	struct nfr_ct *ct = nfr_ct_at(net, winner);

	nfr_ct_release(net, pkt->ct_idx);
	pkt->ct_idx = winner;
	nfr_ct_count(net, ct, pkt);
	return NFR_ACCEPT;
}

static void insert_prepare(struct nfr_ctnet *net, struct nfr_ct *ct, uint64_t timeout_ns)
{
	struct nfr_ct_ext *ext = nfr_ct_ext(net, ct);

	ct->expires_ns = net->env->now_ns + timeout_ns;
	ct->status |= NFR_IPS_CONFIRMED;
	if (ext && ext->has & NFR_CT_EXT_TSTAMP)
		ext->start_ns = net->env->now_ns;
}

static unsigned insert_reply_only(struct nfr_ctnet *net, struct nfr_pkt *pkt)
{
	uint32_t idx = pkt->ct_idx;
	struct nfr_ct *ct = nfr_ct_at(net, idx);
	uint64_t hash = nfr_ct_hash_of(net, ct, NFR_CT_DIR_REPLY);

	if (holder_of(net, ct, NFR_CT_DIR_REPLY, hash))
		return drop(pkt, NFR_REASON_CT_CONFIRM_CLASH);
	if (!nfr_ct_table_add_reply(net, idx, hash))
		return drop(pkt, NFR_REASON_CT_FULL);
	ct->status |= NFR_IPS_FIXED_TIMEOUT | NFR_IPS_NAT_CLASH;
	ct->life |= NFR_CT_HIDDEN;
	insert_prepare(net, ct, CLASH_TIMEOUT_NS);
	nfr_ct_file(net, idx);
	return NFR_ACCEPT;
}

static unsigned resolve_clash(struct nfr_ctnet *net, struct nfr_pkt *pkt, uint32_t winner)
{
	const struct nfr_ct *loser_ct = nfr_ct_at(net, pkt->ct_idx);
	const struct nfr_ct *ct = nfr_ct_at(net, winner);

	if (!nfr_ct_l4(loser_ct->key[0].protonum)->allow_clash)
		return drop(pkt, NFR_REASON_CT_CONFIRM_CLASH);
	if (can_merge(net, ct, loser_ct) ||
	    (net->env->linux_version < NFR_LINUX(6, 12) &&
	     !(ct->status & (NFR_IPS_SRC_NAT_DONE | NFR_IPS_DST_NAT_DONE))))
		return join_winner(net, pkt, winner);
	return insert_reply_only(net, pkt);
}

/* The connection is in the table. */
static unsigned inserted(struct nfr_ctnet *net, uint32_t idx)
{
	struct nfr_ct *ct = nfr_ct_at(net, idx);
	const struct nfr_ct_ext *ext = nfr_ct_ext(net, ct);

	insert_prepare(net, ct, ct->expires_ns);
	if (ext && ext->helper)
		nfr_ct_event_cache(net, ct, NFR_IPCT_HELPER);
	nfr_ct_event_cache(net, ct,
			   ext && ext->has & NFR_CT_EXT_MASTER ? NFR_IPCT_RELATED : NFR_IPCT_NEW);
	nfr_ct_file(net, idx);
	return NFR_ACCEPT;
}

/* There is more to look at than two buckets. */
static NFR_APART unsigned insert_closely(struct nfr_ctnet *net, struct nfr_pkt *pkt,
					 const uint64_t hash[NFR_CT_DIR_MAX])
{
	const struct nfr_ct *ct = nfr_ct_at(net, pkt->ct_idx);
	uint32_t winner = holder_of(net, ct, NFR_CT_DIR_ORIGINAL, hash[NFR_CT_DIR_ORIGINAL]);

	if (!winner)
		winner = holder_of(net, ct, NFR_CT_DIR_REPLY, hash[NFR_CT_DIR_REPLY]);
	if (winner)
		return resolve_clash(net, pkt, winner >> 1);
	if (!nfr_ct_table_add(net, pkt->ct_idx, hash))
		return drop(pkt, NFR_REASON_CT_FULL);
	return inserted(net, pkt->ct_idx);
}

static unsigned insert(struct nfr_ctnet *net, struct nfr_pkt *pkt)
{
	const struct nfr_ct *ct = nfr_ct_at(net, pkt->ct_idx);
	uint64_t hash[NFR_CT_DIR_MAX] = {nfr_ct_hash_of(net, ct, NFR_CT_DIR_ORIGINAL),
					 nfr_ct_hash_of(net, ct, NFR_CT_DIR_REPLY)};

	if (nfr_ct_table_add_at_once(net, pkt->ct_idx, hash))
		return inserted(net, pkt->ct_idx);
	return insert_closely(net, pkt, hash);
}

/* nf_conntrack_confirm(): nothing but the events for a connection that is in the table. */
static unsigned confirm(struct nfr_ctnet *net, struct nfr_pkt *pkt)
{
	struct nfr_ct *ct = nfr_ct_at(net, pkt->ct_idx);

	if (!nfr_ct_is_confirmed(ct)) {
		if (nfr_ctinfo_dir(pkt->ctinfo) != NFR_CT_DIR_ORIGINAL)
			return NFR_ACCEPT;
		if (insert(net, pkt) != NFR_ACCEPT)
			return NFR_DROP;
		pkt->flags &= (uint16_t)~NFR_PKT_CONFIRM;
		ct = nfr_ct_at(net, pkt->ct_idx);
	}
	if (ct->event_cache)
		nfr_ct_deliver_events(net, ct);
	return NFR_ACCEPT;
}

/* A transport header that can be found: helpers and seqadj need one. */
static bool has_transport(const struct nfr_pkt *pkt)
{
	return pkt->frag_off == 0;
}

/* What the helper says of the packet. */
static unsigned help(struct nfr_ctnet *net, struct nfr_pkt *pkt)
{
	const struct nfr_ct_ext *ext = nfr_ct_ext(net, nfr_ct_at(net, pkt->ct_idx));
	unsigned verdict;

	if (!ext || !ext->helper)
		return NFR_ACCEPT;
	verdict = ext->helper->help(net, pkt->ct_idx, pkt);
	if (verdict == NFR_DROP && pkt->reason == NFR_REASON_NONE)
		pkt->reason = NFR_REASON_CT_HELPER_DROP;
	return verdict;
}

unsigned nfr_ct_confirm(void *priv, struct nfr_pkt *pkt, const struct nfr_hook_state *state)
{
	struct nfr_ctnet *net = priv;
	struct nfr_ct *ct = nfr_ct_of(net, pkt);
	bool seqadj;
	unsigned verdict;

	(void)state;
	if (!ct)
		return NFR_ACCEPT;
	seqadj = (ct->status & NFR_IPS_SEQ_ADJUST) != 0;
	if ((ct->ext || seqadj) && pkt->ctinfo != NFR_CT_RELATED_REPLY && has_transport(pkt)) {
		verdict = help(net, pkt);
		if (verdict != NFR_ACCEPT)
			return verdict;
		if (seqadj && !nfr_seq_adjust(net, ct, pkt))
			return drop(pkt, NFR_REASON_SEQADJ_FAILED);
	}
	return confirm(net, pkt);
}
