/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lower layers ask of the stack: struct nfr_env_ops.
 */
#include "stack/net.h"

/* ip_route_me_harder(), ip6_route_me_harder(): a local packet whose addresses or mark changed. */
bool nfr_reroute(struct nfr_env *env, struct nfr_pkt *pkt)
{
	struct nfr_net *net = nfr_net_of(env);
	union nfr_addr saddr;
	enum nfr_reason reason;

	nfr_pkt_saddr(pkt, &saddr);
	reason = pkt->family == NFR_IPV6 ? nfr_route_output6(net, pkt, 0, &saddr)
					 : nfr_route_output4(net, pkt, 0, &saddr);
	if (reason) {
		pkt->reason = (uint16_t)reason;
		return false;
	}
	pkt->oif = pkt->dst.oif;
	nfr_trace_route(net, pkt);
	return true;
}

static bool route_input(struct nfr_env *env, struct nfr_pkt *pkt)
{
	return nfr_route_input4(nfr_net_of(env), pkt) == NFR_REASON_NONE;
}

static uint8_t addr_type4(struct nfr_net *net, const uint8_t *addr, uint16_t ifindex)
{
	const struct nfr_fib_route *r;

	if (nfr_get32(addr) == 0 || nfr_get32(addr) == 0xffffffff)
		return NFR_RTN_BROADCAST;
	if ((addr[0] & 0xf0) == 0xe0)
		return NFR_RTN_MULTICAST;
	r = nfr_fib_local(&net->fib, NFR_IPV4, addr);
	/* routes of table local that lead nowhere are passed over (measured) */
	if (nfr_reason_of_route(r) || (ifindex && r->oif != ifindex))
		return NFR_RTN_UNICAST;
	return r->type;
}

static uint8_t addr_type6(struct nfr_net *net, const uint8_t *addr, uint16_t ifindex)
{
	static const uint8_t any[16];
	struct nfr_flow flow = {.family = NFR_IPV6, .dst = addr, .src = any, .oif = ifindex};
	const struct nfr_fib_route *r;

	if (nfr_addr_any(NFR_IPV6, addr))
		return NFR_RTN_UNSPEC;
	if (addr[0] == 0xff)
		return NFR_RTN_MULTICAST;
	flow.iif = (uint16_t)net->env.max_iface;
	flow.strict = ifindex != 0;
	r = nfr_fib_lookup(&net->fib, &flow);
	return nfr_reason_of_route(r) ? (uint8_t)NFR_RTN_UNREACHABLE : r->type;
}

static uint8_t addr_type(struct nfr_env *env, uint8_t family, const union nfr_addr *addr,
			 uint16_t ifindex)
{
	struct nfr_net *net = nfr_net_of(env);

	return family == NFR_IPV6 ? addr_type6(net, addr->b, ifindex)
				  : addr_type4(net, addr->b, ifindex);
}

static bool select_addr(struct nfr_env *env, uint8_t family, uint16_t ifindex,
			const union nfr_addr *dst, union nfr_addr *out)
{
	struct nfr_net *net = nfr_net_of(env);

	memset(out, 0, sizeof(*out));
	if (family == NFR_IPV4)
		return nfr_fib_select_addr4(&net->fib, ifindex, dst->b, NFR_RT_SCOPE_UNIVERSE, out);
	return nfr_fib_select_addr6(&net->fib, ifindex, dst->b, out);
}

static bool redirect_addr(struct nfr_env *env, uint8_t family, uint16_t ifindex,
			  const union nfr_addr *dst, union nfr_addr *out)
{
	struct nfr_net *net = nfr_net_of(env);

	memset(out, 0, sizeof(*out));
	return nfr_fib_first_addr(&net->fib, family, ifindex, dst->b, out);
}

/* The MTU of the way to the packet's source. Nothing but that address is looked up: rules that
 * select by source, mark or port do not count (measured). */
static uint32_t reverse_mtu(struct nfr_env *env, const struct nfr_pkt *pkt)
{
	static const uint8_t any[16];
	struct nfr_net *net = nfr_net_of(env);
	struct nfr_flow flow = {.family = pkt->family, .src = any};
	const struct nfr_fib_route *r;

	flow.dst = pkt->data + (pkt->family == NFR_IPV6 ? 8 : 12);
	flow.iif = (uint16_t)net->env.max_iface;
	r = nfr_fib_lookup(&net->fib, &flow);
	if (nfr_reason_of_route(r) || !r->oif || r->type == NFR_RTN_LOCAL)
		return UINT32_MAX; /* by the loopback */
	return r->next_hop.mtu;
}

static uint32_t ct_id(struct nfr_env *env, const struct nfr_pkt *pkt)
{
	struct nfr_net *net = nfr_net_of(env);

	return pkt->ct_idx ? nfr_ct_at(&net->ct, pkt->ct_idx)->id : 0;
}

static void pkt_end(struct nfr_env *env, struct nfr_pkt *pkt, uint32_t id)
{
	if (pkt->ct_idx && ct_id(env, pkt) != id) {
		pkt->ct_idx = NFR_CT_NONE;
		pkt->flags &= (uint16_t)~NFR_PKT_CONFIRM;
	}
	nfr_pkt_done(nfr_net_of(env), pkt, NFR_DROP);
}

/* Rules come and go; conntrack stays while the caller wants it as well. */
static enum nfr_status use_conntrack(struct nfr_env *env, uint8_t family, bool on)
{
	struct nfr_net *net = nfr_net_of(env);
	unsigned f = family == NFR_IPV6;
	enum nfr_status status = nfr_use_conntrack(env, family, on || net->ct_always[f]);

	if (status == NFR_OK)
		net->ct_rules[f] = on;
	return status;
}

const struct nfr_env_ops nfr_stack_ops = {
	.use_conntrack = use_conntrack,
	.send = nfr_answer_send,
	.icmp_error = nfr_answer_icmp,
	.reroute = nfr_reroute,
	.addr_type = addr_type,
	.select_addr = select_addr,
	.redirect_addr = redirect_addr,
	.route_input = route_input,
	.reverse_mtu = reverse_mtu,
	.ct_id = ct_id,
	.pkt_end = pkt_end,
};
