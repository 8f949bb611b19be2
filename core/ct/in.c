/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conntrack's first hook: which connection does this packet belong to?
 *
 * In the order of nf_conntrack_in(): packets that came through here already (loopback) or are
 * UNTRACKED pass. The template that `-j CT` left in the packet is taken off. ICMP errors go to
 * the connection that they quote. All others are looked up by their tuple, in the zone of the
 * template; what is not found becomes a new, unconfirmed connection, which an expectation may
 * claim: then it is RELATED to its master. At last the protocol's tracker looks at the packet, and
 * may find it INVALID: then the packet goes on without a connection, and rules decide.
 *
 * A tracker may also kill the connection because the packet begins a new one with the same tuple
 * (NFR_REPEAT): then all is done once more, which cannot happen twice.
 *
 * Most packets need none of this: stage.h asks first. A zone changes the hash that the stages of
 * a burst computed, so it counts only for packets without a template.
 */
#include "ct/expect.h"
#include "ct/life.h"
#include "ct/stage.h"
#include "pkt/parse.h"

/* Like nfr_ct_get_tuple(), in the table's form and without a detour for the commonest packets. */
static bool flow_of_pkt(const struct nfr_pkt *pkt, struct nfr_ct_flow *flow)
{
	struct nfr_tuple tuple;

	if (pkt->family == NFR_IPV4 && nfr_ct_has_ports(pkt, pkt->l4_off)) {
		nfr_ct_put_words(&flow->key, nfr_ct_words4(pkt, pkt->l4_off));
		return true;
	}
	if (!nfr_ct_get_tuple(pkt, pkt->l4_off, pkt->protonum, &tuple))
		return false;
	nfr_ct_flow_of(&tuple, 0, flow);
	return true;
}

bool nfr_ct_hash_of_pkt(const struct nfr_ctnet *net, const struct nfr_pkt *pkt, uint64_t *hash)
{
	struct nfr_ct_flow flow;

	if (!flow_of_pkt(pkt, &flow))
		return false;
	*hash = nfr_ct_hash(net, &flow);
	return true;
}

/* ---- a new connection ---- */

static NFR_APART void stage_other(struct nfr_ctnet *net, const struct nfr_pkt *pkt)
{
	struct nfr_ct_flow flow, reply;

	if (!flow_of_pkt(pkt, &flow) || !nfr_ct_invert_flow(&flow, 0, &reply))
		return;
	nfr_prefetch(nfr_ct_bucket_of(net, nfr_ct_hash(net, &reply)));
	if (net->nat_ops)
		net->nat_ops->stage_new(net->nat, &flow, &reply);
}

void nfr_ct_stage_new(struct nfr_ctnet *net, const struct nfr_pkt *pkt)
{
	struct nfr_ct_words original, reply;

	if (pkt->family != NFR_IPV4 || !nfr_ct_has_ports(pkt, pkt->l4_off)) {
		stage_other(net, pkt);
		return;
	}
	original = nfr_ct_words4(pkt, pkt->l4_off);
	reply = nfr_ct_turn(original);
	nfr_prefetch(nfr_ct_bucket_of(net, nfr_ct_hash_words(net, reply)));
	if (net->nat_ops)
		net->nat_ops->stage_new4(net->nat, original, reply);
}

/* What the template and the settings give to every new connection. */
static void add_extensions(struct nfr_ctnet *net, struct nfr_ct *ct,
			   const struct nfr_ct_template *template)
{
	const struct nfr_sysctl *sysctl = &net->env->sysctl;
	bool masks = (template->flags & NFR_CT_TEMPLATE_EVENTS) != 0;
	struct nfr_ct_ext *ext;

	if (!masks && sysctl->ct_events == 0)
		ct->life |= NFR_CT_NO_EVENTS;
	if (!sysctl->ct_acct && !sysctl->ct_timestamp && !masks)
		return;
	ext = nfr_ct_ext_get(net, ct);
	if (!ext)
		return;
	if (sysctl->ct_acct)
		ext->has |= NFR_CT_EXT_ACCT;
	if (sysctl->ct_timestamp)
		ext->has |= NFR_CT_EXT_TSTAMP;
	if (masks) {
		ext->has |= NFR_CT_EXT_ECACHE;
		ext->event_mask = template->event_mask;
		ext->expect_event_mask = template->expect_event_mask;
	}
}

static void set_helper(struct nfr_ctnet *net, struct nfr_ct *ct, const struct nfr_ct_helper *helper)
{
	struct nfr_ct_ext *ext = helper ? nfr_ct_ext_get(net, ct) : NULL;

	if (!ext)
		return;
	ext->has |= NFR_CT_EXT_HELPER;
	ext->helper = helper;
}

/* The connection was announced: it is RELATED, has the mark of its master and the helper that
 * the expectation names. */
static void meet_expectation(struct nfr_ctnet *net, uint32_t idx, uint32_t expect_idx)
{
	struct nfr_expect *expect = nfr_expect_at(net, expect_idx);
	struct nfr_ct *ct = nfr_ct_at(net, idx);
	const struct nfr_ct *master = nfr_ct_at(net, expect->master);
	struct nfr_ct_ext *ext = nfr_ct_ext_get(net, ct);

	ct->status |= NFR_IPS_EXPECTED;
	ct->mark = master->mark;
	if (ext) {
		ext->has |= NFR_CT_EXT_MASTER;
		ext->master = expect->master;
		ext->master_id = master->id;
	}
	set_helper(net, ct, expect->helper);
	if (expect->expectfn)
		expect->expectfn(net, idx, expect);
	nfr_expect_done(net, expect_idx);
}

/* The expectation that announced a flow, which is used up. */
static uint32_t announced(struct nfr_ctnet *net, const struct nfr_pkt *pkt,
			  const struct nfr_ct *ct)
{
	struct nfr_tuple tuple;

	if (net->n_expects == 0 || !nfr_ct_get_tuple(pkt, pkt->l4_off, pkt->protonum, &tuple))
		return 0;
	return nfr_expect_find(net, &tuple, nfr_ct_any_zone(ct));
}

/* Index of the new connection; 0 when the packet makes none, with a reason if for want of room. */
static uint32_t init_conntrack(struct nfr_ctnet *net, struct nfr_pkt *pkt,
			       const struct nfr_ct_flow *original,
			       const struct nfr_ct_zones *zones, uint64_t hash)
{
	const struct nfr_ct_template *template = &pkt->ct_template;
	struct nfr_ct_flow flow[NFR_CT_DIR_MAX];
	struct nfr_ct *ct;
	uint32_t idx, expect;

	flow[NFR_CT_DIR_ORIGINAL] = *original;
	if (!nfr_ct_invert_flow(original, zones->id[NFR_CT_DIR_REPLY], &flow[NFR_CT_DIR_REPLY]))
		return 0;
	idx = nfr_ct_alloc(net, pkt, flow, hash);
	if (!idx)
		return 0;
	ct = nfr_ct_at(net, idx);
	add_extensions(net, ct, template);
	expect = announced(net, pkt, ct);
	if (expect) {
		meet_expectation(net, idx, expect);
	} else if (template->helper) {
		ct->status |= NFR_IPS_HELPER;
		set_helper(net, ct, template->helper);
	}
	pkt->flags |= NFR_PKT_CONFIRM;
	return idx;
}

/* ---- finding ---- */

static uint8_t ctinfo_of(const struct nfr_ct *ct, uint32_t ref)
{
	if ((ref & 1) == NFR_CT_DIR_REPLY)
		return NFR_CT_ESTABLISHED_REPLY;
	if (ct->status & NFR_IPS_SEEN_REPLY)
		return NFR_CT_ESTABLISHED;
	return ct->status & NFR_IPS_EXPECTED ? NFR_CT_RELATED : NFR_CT_NEW;
}

static uint64_t hash_of(const struct nfr_ctnet *net, const struct nfr_pkt *pkt,
			const struct nfr_ct_flow *flow, const struct nfr_ct_zones *zones)
{
	if (pkt->flags & NFR_PKT_HASHED && zones->id[NFR_CT_DIR_ORIGINAL] == 0)
		return pkt->ct_hash;
	return nfr_ct_hash(net, flow);
}

uint32_t nfr_ct_find_in_zones(struct nfr_ctnet *net, const struct nfr_pkt *pkt,
			      const struct nfr_tuple *tuple)
{
	struct nfr_ct_zones zones;
	struct nfr_ct_flow flow;

	nfr_ct_zones_of(pkt, &zones);
	nfr_ct_flow_of(tuple, zones.id[NFR_CT_DIR_ORIGINAL], &flow);
	return nfr_ct_lookup_zones(net, &flow, nfr_ct_hash(net, &flow), &zones);
}

/* Gives the packet its connection (resolve_normal_ct). False: there is no room for it. */
static bool resolve(struct nfr_ctnet *net, struct nfr_pkt *pkt)
{
	struct nfr_ct_zones zones;
	struct nfr_ct_flow flow;
	uint64_t hash;
	uint32_t ref;

	if (!flow_of_pkt(pkt, &flow))
		return true;
	nfr_ct_zones_of(pkt, &zones);
	flow.key.zone = nfr_htons(zones.id[NFR_CT_DIR_ORIGINAL]);
	hash = hash_of(net, pkt, &flow, &zones);
	ref = nfr_ct_lookup_zones(net, &flow, hash, &zones);
	if (!ref)
		ref = init_conntrack(net, pkt, &flow, &zones, hash) << 1;
	if (!ref)
		return pkt->reason == NFR_REASON_NONE;
	pkt->ct_idx = ref >> 1;
	pkt->ctinfo = ctinfo_of(nfr_ct_at(net, ref >> 1), ref);
	return true;
}

/* ---- tracking ---- */

/* The packet is not one of the connection's after all. */
static void forget(struct nfr_ctnet *net, struct nfr_pkt *pkt)
{
	nfr_ct_put_unconfirmed(net, pkt);
	pkt->ct_idx = NFR_CT_NONE;
	pkt->ctinfo = 0;
}

static void see_reply(struct nfr_ctnet *net, const struct nfr_pkt *pkt)
{
	struct nfr_ct *ct = nfr_ct_at(net, pkt->ct_idx);

	if (pkt->ctinfo != NFR_CT_ESTABLISHED_REPLY || ct->status & NFR_IPS_SEEN_REPLY)
		return;
	ct->status |= NFR_IPS_SEEN_REPLY;
	nfr_ct_event_cache(net, ct, NFR_IPCT_REPLY);
}

/* What the protocol says of the packet. */
static unsigned ask_tracker(struct nfr_ctnet *net, struct nfr_pkt *pkt,
			    const struct nfr_hook_state *state)
{
	unsigned verdict = nfr_ct_l4(pkt->protonum)->packet(net, pkt->ct_idx, pkt, state);

	if (verdict == NFR_ACCEPT)
		see_reply(net, pkt);
	else
		forget(net, pkt);
	return verdict == NFR_CT_L4_INVALID ? NFR_ACCEPT : verdict;
}

/* One try: NFR_REPEAT when the tracker made way for a new connection. */
static unsigned track_once(struct nfr_ctnet *net, struct nfr_pkt *pkt,
			   const struct nfr_hook_state *state)
{
	if (!resolve(net, pkt))
		return NFR_DROP;
	return pkt->ct_idx ? ask_tracker(net, pkt, state) : NFR_ACCEPT;
}

/* True: the ICMP packet's fate is decided, and *verdict is it. */
static bool track_icmp(struct nfr_ctnet *net, struct nfr_pkt *pkt,
		       const struct nfr_hook_state *state)
{
	if (pkt->family == NFR_IPV4 && pkt->protonum == NFR_IPPROTO_ICMP)
		return nfr_ct_icmp_early(net, pkt, state) != NFR_REPEAT;
	if (pkt->family == NFR_IPV6 && pkt->protonum == NFR_IPPROTO_ICMPV6)
		return nfr_ct_icmpv6_early(net, pkt, state) != NFR_REPEAT;
	return false;
}

/* A transport header that begins within the packet, behind all extension headers. */
static bool find_transport(const struct nfr_pkt *pkt)
{
	uint8_t nexthdr;
	uint16_t frag_off = 0;

	if (pkt->frag_off)
		return false;
	if (pkt->family == NFR_IPV4 || pkt->l4_off < pkt->len)
		return true;
	nexthdr = pkt->data[6];
	return nfr_ipv6_skip_exthdr(pkt, 40, &nexthdr, &frag_off) >= 0;
}

static unsigned track(struct nfr_ctnet *net, struct nfr_pkt *pkt,
		      const struct nfr_hook_state *state)
{
	unsigned verdict;

	if (!find_transport(pkt) || track_icmp(net, pkt, state))
		return NFR_ACCEPT;
	do {
		verdict = track_once(net, pkt, state);
	} while (verdict == NFR_REPEAT);
	return verdict;
}

/* ---- the hook ---- */

static uint8_t state_of(const struct nfr_ctnet *net, const struct nfr_pkt *pkt)
{
	const struct nfr_ct *ct = nfr_ct_of(net, pkt);

	return ct && ct->key[0].protonum == NFR_IPPROTO_TCP ? ct->proto.tcp.state : 0;
}

/* What state the packet's connection is in before the tracker sees the packet. */
static uint8_t state_before(struct nfr_ctnet *net, const struct nfr_pkt *pkt)
{
	struct nfr_tuple tuple;
	uint32_t ref;

	if (pkt->protonum != NFR_IPPROTO_TCP || !find_transport(pkt) ||
	    !nfr_ct_get_tuple(pkt, pkt->l4_off, pkt->protonum, &tuple))
		return 0;
	ref = nfr_ct_find_in_zones(net, pkt, &tuple);
	return ref ? nfr_ct_at(net, ref >> 1)->proto.tcp.state : 0;
}

static void tell_trace(struct nfr_ctnet *net, const struct nfr_pkt *pkt,
		       const struct nfr_hook_state *state, uint8_t before)
{
	struct nfr_trace trace;
	struct nfr_ct_view view;
	const struct nfr_ct *ct = nfr_ct_of(net, pkt);

	memset(&trace, 0, sizeof(trace));
	trace.kind = NFR_TRACE_CT;
	trace.pkt = pkt;
	trace.state = state;
	trace.state_before = before;
	trace.state_after = state_of(net, pkt);
	if (ct) {
		nfr_ct_view_of(net, ct, &view);
		trace.ct = &view;
	}
	net->env->sink.trace(net->env->sink.user, &trace);
}

/* Seen before (loopback, or an answer attached to a connection), or not to be tracked; fragments
 * of local programs that want them as they are (IP_NODEFRAG). */
static bool passes_untouched(const struct nfr_pkt *pkt, const struct nfr_hook_state *state)
{
	return pkt->ct_idx || pkt->ctinfo == NFR_CT_UNTRACKED ||
	       (state->hook == NFR_INET_LOCAL_OUT && pkt->family == NFR_IPV4 &&
		nfr_ip4_is_fragment(pkt));
}

/* The way that is defined by nf_conntrack_in(), for all packets. */
static NFR_APART unsigned conntrack_in(struct nfr_ctnet *net, struct nfr_pkt *pkt,
				       const struct nfr_hook_state *state)
{
	bool watched = nfr_pkt_watched(pkt);
	uint8_t before;
	unsigned verdict;

	if (passes_untouched(pkt, state))
		return NFR_ACCEPT;
	before = watched ? state_before(net, pkt) : 0;
	verdict = track(net, pkt, state);
	if (!pkt->ct_idx && pkt->ctinfo != NFR_CT_UNTRACKED)
		pkt->flags |= NFR_PKT_INVALID;
	memset(&pkt->ct_template, 0, sizeof(pkt->ct_template));
	if (watched)
		tell_trace(net, pkt, state, before);
	return verdict;
}

void nfr_ctnet_forget_fastpaths(struct nfr_ctnet *net)
{
	for (uint32_t idx = 1; idx < net->cts.fresh; idx++)
		if (!nfr_ct_is_ipv6(nfr_ct_at(net, idx)))
			nfr_ct_at(net, idx)->fastpath = 0;
}

/* ---- the short ways ---- */

/* The tracker has looked at the checksum, if it was to and there is one: as nfr_ct_csum_bad(). */
static unsigned accept_summed(const struct nfr_ctnet *net, struct nfr_pkt *pkt)
{
	if (net->env->sysctl.ct_checksum &&
	    (pkt->protonum == NFR_IPPROTO_TCP || nfr_get16(pkt->data + pkt->l4_off + 6)))
		pkt->flags |= NFR_PKT_CSUM_OK;
	return NFR_ACCEPT;
}

/* Whether the packet is plain, opens a connection for sure, and gives it nothing but its record. */
static bool opens_plainly(const struct nfr_ctnet *net, const struct nfr_pkt *pkt)
{
	const struct nfr_sysctl *sysctl = &net->env->sysctl;

	return !pkt->ct_ref && !pkt->ct_idx && !nfr_ct_is_special(pkt) && !sysctl->ct_acct &&
	       !sysctl->ct_timestamp && !net->n_expects &&
	       nfr_ct_bucket_lacks(nfr_ct_bucket_of(net, pkt->ct_hash), pkt->ct_hash);
}

/* What is left of conntrack_in() for such a packet. */
static unsigned open_plainly(struct nfr_ctnet *net, struct nfr_pkt *pkt,
			     const struct nfr_hook_state *state)
{
	struct nfr_ct *ct;
	unsigned verdict = NFR_DROP;

	pkt->ct_idx = nfr_ct_alloc4(net, pkt, nfr_ct_words4(pkt, pkt->l4_off), pkt->ct_hash);
	if (pkt->ct_idx) {
		ct = nfr_ct_of(net, pkt);
		if (net->env->sysctl.ct_events == 0)
			ct->life |= NFR_CT_NO_EVENTS;
		pkt->flags |= NFR_PKT_CONFIRM;
		if (nfr_ct_l4(pkt->protonum)->open(net, ct, pkt))
			return accept_summed(net, pkt);
		verdict = ask_tracker(net, pkt, state);
	}
	if (!pkt->ct_idx)
		pkt->flags |= NFR_PKT_INVALID;
	return verdict;
}

unsigned nfr_ct_in(void *priv, struct nfr_pkt *pkt, const struct nfr_hook_state *state)
{
	struct nfr_ctnet *net = priv;

	if (nfr_ct_staged(net, pkt) && nfr_ct_track_staged(net, pkt, pkt->l4_off))
		return accept_summed(net, pkt);
	if (opens_plainly(net, pkt))
		return open_plainly(net, pkt, state);
	return conntrack_in(net, pkt, state);
}
