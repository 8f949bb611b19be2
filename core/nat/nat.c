/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NAT: the hooks.
 *
 * A connection is bound twice, each time by its first packet: its destination at PRE_ROUTING or
 * LOCAL_OUT, its source at POST_ROUTING or LOCAL_IN. The rules of the nat table are asked once
 * for each; when none binds it (or none matches), a null binding keeps the address it has and
 * only makes sure that the tuple is unique, for a connection that keeps its own port may collide
 * with one that was translated to it. So every connection is bound on both sides, and the status
 * bits SRC_NAT_DONE and DST_NAT_DONE say so.
 *
 * A binding lives in the connection's reply tuple alone: what the far side answers to. SRC_NAT
 * and DST_NAT say which hooks have work to do; all later packets are rewritten from the tuple of
 * the opposite direction, turned round. In the reply direction the bits change places: the
 * source translation of a request is the destination translation of its answer.
 *
 * After the connection is in conntrack's table, bindings stay as they are: rules that change
 * later are for later connections. A connection that was tracked before the nat table was loaded
 * never gets one.
 *
 * Masquerading remembers the interface. When routing sends a later packet of the original
 * direction out by another one, its source address would be wrong there: Linux kills the
 * connection and drops the packet, and the next one makes a new connection.
 *
 * ICMP errors belong to the connection they complain about: icmp_reply.c. Expected connections
 * come bound already: payload.c.
 */
#include "base/hint.h"
#include "ct/seqadj.h"
#include "nat/bysource.h"
#include "nat/manip.h"
#include "nat/payload.h"
#include "nat/unique.h"

#define NAT_MASK (NFR_IPS_SRC_NAT | NFR_IPS_DST_NAT)

/* A connection leaves conntrack: the index holds what has a source, bound to whatever. */
static void destroyed(void *priv, uint32_t ct_idx)
{
	struct nfr_natnet *nat = priv;

	if (nfr_ct_at(nat->ct, ct_idx)->status & NFR_IPS_SRC_NAT_DONE)
		nfr_bysource_del(nat, ct_idx);
}

/* The source will be asked for; and the answers, which most likely go to the address that was
 * chosen last: most routers have only one. */
static void stage_new(void *priv, const struct nfr_ct_flow *original,
		      const struct nfr_ct_flow *reply)
{
	const struct nfr_natnet *nat = priv;
	bool is_ip6 = original->key.l3num == NFR_IPV6;
	struct nfr_ct_flow likely = *reply;

	if (!nat->lookup[is_ip6])
		return;
	nfr_bysource_prefetch(nat, original);
	if (is_ip6)
		likely.addr6[1] = nat->last_src[is_ip6].ip6;
	else
		likely.key.dst = nat->last_src[is_ip6].ip4;
	nfr_prefetch(nfr_ct_bucket_of(nat->ct, nfr_ct_hash(nat->ct, &likely)));
}

static void stage_new4(void *priv, struct nfr_ct_words original, struct nfr_ct_words reply)
{
	const struct nfr_natnet *nat = priv;
	struct nfr_ct_words likely = reply;

	if (!nat->lookup[0])
		return;
	nfr_bysource_prefetch4(nat, original);
	likely.addrs = nfr_ct_addr_put(reply.addrs, true, nat->last_src[0].ip4);
	nfr_prefetch(nfr_ct_bucket_of(nat->ct, nfr_ct_hash_words(nat->ct, likely)));
}

void nfr_natnet_init(struct nfr_natnet *nat, struct nfr_env *env, struct nfr_ctnet *ct,
		     struct nfr_arena *arena)
{
	static const struct nfr_ct_nat_ops ops = {
		.stage_new = stage_new, .stage_new4 = stage_new4, .destroyed = destroyed};

	nat->env = env;
	nat->ct = ct;
	nat->lookup[0] = nat->lookup[1] = NULL;
	nat->xt = NULL;
	memset(nat->last_src, 0, sizeof(nat->last_src));
	nfr_bysource_init(nat, arena);
	ct->nat_ops = &ops;
	ct->nat = nat;
	ct->helper_nat = &nfr_nat_payload_ops;
}

const char *nfr_natnet_check(const struct nfr_natnet *nat)
{
	return nfr_bysource_check(nat);
}

/* Both tuples, to whoever watches the packet. */
static NFR_APART void tell(const struct nfr_natnet *nat, const struct nfr_pkt *pkt,
		 const struct nfr_hook_state *state)
{
	struct nfr_ct_view view;
	struct nfr_trace trace = {
		.kind = NFR_TRACE_NAT,
		.pkt = pkt,
		.state = state,
		.ct = &view,
	};

	nfr_ct_view_of(nat->ct, nfr_ct_at(nat->ct, pkt->ct_idx), &view);
	nat->env->sink.trace(nat->env->sink.user, &trace);
}

/* ---- binding ---- */

static bool initialized(const struct nfr_ct *ct, enum nfr_nat_manip manip)
{
	return (ct->status & (manip == NFR_NAT_MANIP_SRC ? NFR_IPS_SRC_NAT_DONE
							 : NFR_IPS_DST_NAT_DONE)) != 0;
}

/* A helper may change the length of what a translated connection says. */
static bool make_room_for_helper(struct nfr_ctnet *net, struct nfr_ct *ct)
{
	const struct nfr_ct_ext *ext = nfr_ct_ext(net, ct);

	if (!ext || !(ext->has & NFR_CT_EXT_HELPER))
		return true;
	return nfr_seqadj_add(net, ct);
}

/* place: of its source. */
static void set_bound(struct nfr_natnet *nat, uint32_t ct_idx, const struct nfr_nat_place *place,
		      enum nfr_nat_manip manip)
{
	bool is_src = manip == NFR_NAT_MANIP_SRC;

	if (is_src)
		nfr_bysource_add(nat, place, ct_idx);
	else
		nfr_bysource_prefetch_link(nat, place); /* its source comes next */
	nfr_ct_at(nat->ct, ct_idx)->status |= is_src ? NFR_IPS_SRC_NAT_DONE : NFR_IPS_DST_NAT_DONE;
}

/*
 * The short way of most bindings: one address and nothing else is asked for, it is another than
 * now, no connection of this source has come by, and one look says that the tuple with it is
 * nobody's. False: nothing is done; look closer.
 */
static bool bind_plainly(struct nfr_natnet *nat, uint32_t ct_idx,
			 const struct nfr_nat_range *range, enum nfr_nat_manip manip)
{
	struct nfr_ct *ct = nfr_ct_at(nat->ct, ct_idx);
	bool is_src = manip == NFR_NAT_MANIP_SRC;
	struct nfr_ct_words reply = nfr_ct_words_of(&ct->key[NFR_CT_DIR_REPLY]);
	uint64_t was = reply.addrs, hash;
	struct nfr_nat_place place;

	reply.addrs = nfr_ct_addr_put(was, is_src, range->min_addr.ip4);
	if (range->flags != NFR_NAT_RANGE_MAP_IPS || ct->ext || nfr_ct_is_ipv6(ct) ||
	    !nfr_addr_eq(&range->min_addr, &range->max_addr) || reply.addrs == was)
		return false;
	/* the destination's binding may have changed an ICMP identifier, which counts as the source's */
	if (is_src && ct->status & NFR_IPS_DST_NAT && ct->key[0].protonum == NFR_IPPROTO_ICMP)
		return false;
	place = nfr_bysource_place(nat, ct_idx);
	if (is_src && !nfr_bysource_is_new(&place))
		return false;
	hash = nfr_ct_hash_words(nat->ct, reply);
	if (!nfr_ct_bucket_lacks(nfr_ct_bucket_of(nat->ct, hash), hash))
		return false;
	nfr_ct_put_words(&ct->key[NFR_CT_DIR_REPLY], reply);
	if (is_src)
		nat->last_src[0] = range->min_addr;
	ct->status |= is_src ? NFR_IPS_SRC_NAT : NFR_IPS_DST_NAT;
	set_bound(nat, ct_idx, &place, manip);
	return true;
}

static NFR_APART bool bind_closely(struct nfr_natnet *nat, uint32_t ct_idx,
				   const struct nfr_nat_range *range, enum nfr_nat_manip manip)
{
	struct nfr_ct *ct = nfr_ct_at(nat->ct, ct_idx);
	bool is_src = manip == NFR_NAT_MANIP_SRC;
	struct nfr_tuple reply, now, wanted;
	struct nfr_nat_place place;

	nfr_ct_tuple(nat->ct, ct, NFR_CT_DIR_REPLY, &reply);
	nfr_ct_invert_tuple(&reply, &now);
	nfr_nat_unique_tuple(nat, ct_idx, &now, range, manip, &wanted);
	if (!nfr_tuple_eq(&now, &wanted)) {
		nfr_ct_invert_tuple(&wanted, &reply);
		nfr_ct_alter_reply(nat->ct, ct, &reply);
		if (is_src)
			nat->last_src[now.l3num == NFR_IPV6] = wanted.src;
		ct->status |= is_src ? NFR_IPS_SRC_NAT : NFR_IPS_DST_NAT;
		if (!make_room_for_helper(nat->ct, ct))
			return false;
	}
	place = nfr_bysource_place(nat, ct_idx);
	set_bound(nat, ct_idx, &place, manip);
	return true;
}

bool nfr_nat_bind(struct nfr_natnet *nat, uint32_t ct_idx, const struct nfr_nat_range *range,
		  enum nfr_nat_manip manip)
{
	return bind_plainly(nat, ct_idx, range, manip) ||
	       bind_closely(nat, ct_idx, range, manip);
}

unsigned nfr_nat_setup_info(struct nfr_natnet *nat, struct nfr_pkt *pkt,
			    const struct nfr_nat_range *range, enum nfr_nat_manip manip)
{
	struct nfr_ct *ct = nfr_ct_of(nat->ct, pkt);

	if (nfr_ct_is_confirmed(ct) || initialized(ct, manip))
		return NFR_ACCEPT;
	if (nfr_nat_bind(nat, pkt->ct_idx, range, manip))
		return NFR_ACCEPT;
	pkt->reason = NFR_REASON_CT_MEMORY;
	return NFR_DROP;
}

/* No other connection has this one's answers: it can stay as it is. */
static bool is_unique(struct nfr_natnet *nat, uint32_t ct_idx)
{
	const struct nfr_ct *ct = nfr_ct_at(nat->ct, ct_idx);
	uint64_t hash = nfr_ct_hash_of(nat->ct, ct, NFR_CT_DIR_REPLY);
	struct nfr_ct_flow reply;
	uint32_t ref;

	if (nfr_ct_bucket_lacks(nfr_ct_bucket_of(nat->ct, hash), hash))
		return true;
	nfr_ct_flow_of_ct(nat->ct, ct, NFR_CT_DIR_REPLY, &reply);
	ref = nfr_ct_lookup(nat->ct, &reply, hash, nfr_ct_dirs_in_way(ct, NFR_CT_DIR_REPLY));
	return !ref || ref >> 1 == ct_idx;
}

static NFR_APART unsigned null_binding_closely(struct nfr_natnet *nat, struct nfr_pkt *pkt,
					       enum nfr_nat_manip manip)
{
	struct nfr_nat_range range = {.flags = NFR_NAT_RANGE_MAP_IPS};
	const struct nfr_ct *ct = nfr_ct_of(nat->ct, pkt);
	struct nfr_tuple reply;

	nfr_ct_tuple(nat->ct, ct, NFR_CT_DIR_REPLY, &reply);
	range.min_addr = manip == NFR_NAT_MANIP_SRC ? reply.dst : reply.src;
	range.max_addr = range.min_addr;
	return nfr_nat_setup_info(nat, pkt, &range, manip);
}

/* nf_nat_alloc_null_binding(): the address it has, whatever port that takes; nearly always its
 * own. "Has" is the reply tuple's word: a local packet's may have been translated at LOCAL_OUT
 * already. */
static unsigned null_binding(struct nfr_natnet *nat, struct nfr_pkt *pkt, enum nfr_nat_manip manip)
{
	struct nfr_nat_place place;

	if (nfr_ct_is_confirmed(nfr_ct_of(nat->ct, pkt)) || !is_unique(nat, pkt->ct_idx))
		return null_binding_closely(nat, pkt, manip);
	place = nfr_bysource_place(nat, pkt->ct_idx);
	set_bound(nat, pkt->ct_idx, &place, manip);
	return NFR_ACCEPT;
}

/* The first packet at this kind of hook: rules, or else a null binding. */
static NFR_APART unsigned bind_first(struct nfr_natnet *nat, struct nfr_pkt *pkt,
			   const struct nfr_hook_state *state, enum nfr_nat_manip manip)
{
	nfr_nat_lookup_fn *lookup = nat->lookup[pkt->family == NFR_IPV6];
	unsigned verdict = NFR_ACCEPT;

	if (lookup)
		verdict = lookup(nat->xt, pkt, state);
	if (verdict == NFR_ACCEPT && !initialized(nfr_ct_of(nat->ct, pkt), manip))
		verdict = null_binding(nat, pkt, manip);
	if (verdict == NFR_ACCEPT && nfr_pkt_watched(pkt))
		tell(nat, pkt, state);
	return verdict;
}

/* ---- packets of bound connections ---- */

static unsigned drop(struct nfr_pkt *pkt, enum nfr_reason reason)
{
	pkt->reason = (uint16_t)reason;
	return NFR_DROP;
}

/* nf_nat_packet(): the hot path. One look at the status word decides; addresses and port come
 * from the line that conntrack has just read. */
static unsigned translate(struct nfr_natnet *nat, const struct nfr_ct *ct, struct nfr_pkt *pkt,
			  enum nfr_nat_manip manip)
{
	unsigned bit = manip == NFR_NAT_MANIP_SRC ? NFR_IPS_SRC_NAT : NFR_IPS_DST_NAT;
	unsigned dir = nfr_ctinfo_dir(pkt->ctinfo);
	struct nfr_nat_side side;

	if (dir == NFR_CT_DIR_REPLY)
		bit ^= NAT_MASK;
	if (!(ct->status & bit))
		return NFR_ACCEPT;
	if (nfr_nat_is_tcp4(pkt, ct)) {
		nfr_nat_manip_tcp4(pkt, ct, dir, manip);
		return NFR_ACCEPT;
	}
	nfr_nat_side_of(nat->ct, ct, dir, manip, &side);
	return nfr_nat_manip_pkt(pkt, &side, manip) ? NFR_ACCEPT
						     : drop(pkt, NFR_REASON_NAT_MANGLE);
}

/* nf_nat_oif_changed(); the answers' way does not matter. */
static bool oif_changed(const struct nfr_ct *ct, const struct nfr_pkt *pkt,
			const struct nfr_hook_state *state)
{
	return ct->masq_oif && state->hook == NFR_INET_POST_ROUTING &&
	       nfr_ctinfo_dir(pkt->ctinfo) == NFR_CT_DIR_ORIGINAL && ct->masq_oif != state->out;
}

/* The packet counts once more in what DESTROY tells (nf_ct_kill_acct). */
static NFR_APART unsigned kill_moved(struct nfr_natnet *nat, struct nfr_ct *ct, struct nfr_pkt *pkt)
{
	if (nfr_ct_is_confirmed(ct)) {
		nfr_ct_count(nat->ct, ct, pkt);
		nfr_ct_kill_under(nat->ct, pkt->ct_idx, pkt);
	}
	return drop(pkt, NFR_REASON_NAT_OIF_CHANGED);
}

static bool is_icmp_error(const struct nfr_pkt *pkt)
{
	return (pkt->ctinfo == NFR_CT_RELATED || pkt->ctinfo == NFR_CT_RELATED_REPLY) &&
	       pkt->protonum == (pkt->family == NFR_IPV4 ? NFR_IPPROTO_ICMP : NFR_IPPROTO_ICMPV6) &&
	       !(pkt->family == NFR_IPV6 && pkt->frag_off);
}

/* NEW and RELATED ask for bindings; a reset that REJECT has attached to a connection not yet
 * confirmed does, too. */
static bool is_established(const struct nfr_pkt *pkt)
{
	return pkt->ctinfo == NFR_CT_ESTABLISHED || pkt->ctinfo == NFR_CT_ESTABLISHED_REPLY;
}

/* What all four hooks do. */
static unsigned nat_fn(struct nfr_natnet *nat, struct nfr_pkt *pkt,
		       const struct nfr_hook_state *state, enum nfr_nat_manip manip)
{
	struct nfr_ct *ct = nfr_ct_of(nat->ct, pkt);

	if (!ct)
		return NFR_ACCEPT;
	if (is_icmp_error(pkt))
		return nfr_nat_icmp_reply(nat, ct, pkt, manip)
			       ? NFR_ACCEPT
			       : drop(pkt, NFR_REASON_NAT_MANGLE);
	if (!is_established(pkt) && !initialized(ct, manip)) {
		unsigned verdict = bind_first(nat, pkt, state, manip);

		if (verdict != NFR_ACCEPT)
			return verdict;
	} else if (oif_changed(ct, pkt, state)) {
		return kill_moved(nat, ct, pkt);
	}
	return translate(nat, ct, pkt, manip);
}

unsigned nfr_nat_pre(void *priv, struct nfr_pkt *pkt, const struct nfr_hook_state *state)
{
	return nat_fn(priv, pkt, state, NFR_NAT_MANIP_DST);
}

unsigned nfr_nat_in(void *priv, struct nfr_pkt *pkt, const struct nfr_hook_state *state)
{
	return nat_fn(priv, pkt, state, NFR_NAT_MANIP_SRC);
}

unsigned nfr_nat_post(void *priv, struct nfr_pkt *pkt, const struct nfr_hook_state *state)
{
	return nat_fn(priv, pkt, state, NFR_NAT_MANIP_SRC);
}

/* Local output was routed before its destination changed. */
unsigned nfr_nat_out(void *priv, struct nfr_pkt *pkt, const struct nfr_hook_state *state)
{
	struct nfr_natnet *nat = priv;
	unsigned verdict = nat_fn(nat, pkt, state, NFR_NAT_MANIP_DST);
	const struct nfr_ct *ct = nfr_ct_of(nat->ct, pkt);
	struct nfr_tuple way, back;
	unsigned dir;

	if (verdict != NFR_ACCEPT || !ct || !(ct->status & NAT_MASK))
		return verdict;
	dir = nfr_ctinfo_dir(pkt->ctinfo);
	nfr_ct_tuple(nat->ct, ct, dir, &way);
	nfr_ct_tuple(nat->ct, ct, !dir, &back);
	if (nfr_addr_eq(&way.dst, &back.src) || nat->env->ops->reroute(nat->env, pkt))
		return NFR_ACCEPT;
	return drop(pkt, pkt->reason ? (enum nfr_reason)pkt->reason : NFR_REASON_ROUTE_NO_ROUTE);
}
