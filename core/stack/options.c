/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv4 options on their way through the router (ip_rcv_options(), ip_forward_options()).
 *
 * They are looked at behind PRE_ROUTING, once the way is known. Malformed ones are answered with
 * a parameter problem that points at the byte. Record route and timestamp get the router's entry:
 * first with the address that faces the sender, and, when the packet is forwarded, again with the
 * one of the interface it leaves by (the timestamp only behind a source route); what is owed then
 * is kept in pkt->dst.flags meanwhile.
 *
 * Source routes are refused unless accept_source_route is set for `all` and the interface
 * (ip_options_rcv_srr()). A packet that was sent to the router is routed anew then, to the first
 * hop from the pointer on that is not the router itself. It goes through FORWARD with the
 * destination it came with; then the hop becomes its destination, and the router's address takes
 * the hop's place in the list.
 */
#include "pkt/icmp.h"
#include "pkt/options.h"
#include "stack/net.h"

enum {
	OPT_RR = 1u << 3, /* bits of pkt->dst.flags beside enum nfr_dst_flags */
	OPT_CHANGED = 1u << 4,
	OPT_STAMP = 1u << 5,
	IPOPT_END = 0,
	IPOPT_NOOP = 1,
	IPOPT_RR = 7,
	IPOPT_TIMESTAMP = 68,
};

/* fib_compute_spec_dst(): the address by which the sender knows the router: the one that it asked,
 * or that the way back prefers. */
static void spec_dst(struct nfr_net *net, const struct nfr_pkt *pkt, union nfr_addr *out)
{
	static const uint8_t any[4];
	const uint8_t *saddr = pkt->data + 12;
	bool by_mark = net->env.if_all.src_valid_mark ||
		       nfr_iface_at(net, pkt->iif)->sysctl.src_valid_mark;
	const struct nfr_flow back = {
		.dst = saddr,
		.src = any,
		.mark = by_mark ? pkt->mark : 0,
		.iif = (uint16_t)net->env.max_iface,
		.family = NFR_IPV4,
		.tos = pkt->data[1],
	};
	const struct nfr_fib_route *r = nfr_fib_lookup(&net->fib, &back);

	memset(out, 0, sizeof(*out));
	if (pkt->dst.type == NFR_RTN_LOCAL)
		nfr_pkt_daddr(pkt, out);
	else if (saddr[0] != 0 && nfr_reason_of_route(r) == NFR_REASON_NONE)
		nfr_route_source4(net, r, saddr, out);
	else
		nfr_fib_select_addr4(&net->fib, pkt->iif, saddr,
				     saddr[0] ? NFR_RT_SCOPE_UNIVERSE : NFR_RT_SCOPE_LINK, out);
}

static bool accepts_source_route(struct nfr_net *net, const struct nfr_pkt *pkt)
{
	return net->env.if_all.accept_source_route &&
	       nfr_iface_at(net, pkt->iif)->sysctl.accept_source_route;
}

static bool problem(struct nfr_net *net, struct nfr_pkt *pkt, unsigned pointer)
{
	nfr_icmp_send(net, pkt, NFR_ICMP_PARAMETERPROB, 0, pointer << 24);
	return false;
}

/* Routes the packet as one to `hop`; false: there is no way to it. */
static bool route_to_hop(struct nfr_net *net, struct nfr_pkt *pkt, const uint8_t *hop)
{
	memcpy(pkt->data + 16, hop, 4);
	if (nfr_route_input4(net, pkt) != NFR_REASON_NONE)
		return false;
	nfr_trace_route(net, pkt);
	return pkt->dst.type == NFR_RTN_UNICAST || pkt->dst.type == NFR_RTN_LOCAL;
}

/* Of hops that are the router's own only the destination that they leave is seen: the pointer
 * stays. */
static bool find_hop(struct nfr_net *net, struct nfr_pkt *pkt, bool *is_changed)
{
	uint8_t *opt = pkt->data + pkt->srr, daddr[4];

	for (unsigned at = opt[2]; at <= opt[1]; at += 4) {
		if (at + 3 > opt[1])
			return problem(net, pkt, pkt->srr + 2u);
		memcpy(daddr, pkt->data + 16, 4);
		*is_changed = true;
		if (!route_to_hop(net, pkt, opt + at - 1))
			return false;
		if (pkt->dst.type == NFR_RTN_LOCAL)
			continue;
		memcpy(pkt->data + 16, daddr, 4);
		pkt->srr_hop = (uint8_t)(pkt->srr + at - 1);
		break;
	}
	return true;
}

static bool follow_source_route(struct nfr_net *net, struct nfr_pkt *pkt, bool *is_changed)
{
	if (!accepts_source_route(net, pkt) || pkt->pkt_type == NFR_PACKET_BROADCAST ||
	    pkt->pkt_type == NFR_PACKET_MULTICAST)
		return false;
	if (pkt->dst.type == NFR_RTN_UNICAST) /* not the router's turn */
		return !nfr_ip_is_strictroute(pkt) || problem(net, pkt, 16);
	return pkt->dst.type == NFR_RTN_LOCAL && find_hop(net, pkt, is_changed);
}

static uint8_t flags_of(const struct nfr_ip_options *opts)
{
	return (uint8_t)((opts->rr_needaddr ? OPT_RR : 0) | (opts->ts_needaddr ? OPT_STAMP : 0) |
			 (opts->is_changed ? OPT_CHANGED : 0));
}

bool nfr_ip_rcv_options(struct nfr_net *net, struct nfr_pkt *pkt)
{
	struct nfr_ip_options opts = {0};
	union nfr_addr addr;
	uint8_t pointer = 0;

	spec_dst(net, pkt, &addr);
	if (!nfr_ip_options_compile(&net->env, pkt, &addr, &opts, &pointer)) {
		problem(net, pkt, pointer);
		pkt->reason = NFR_REASON_IP_OPTIONS;
		return false;
	}
	if (pkt->srr && !follow_source_route(net, pkt, &opts.is_changed)) {
		pkt->reason = NFR_REASON_IP_OPTIONS;
		return false;
	}
	if (pkt->srr) /* who says the way needs to know no better one */
		pkt->dst.flags &= (uint8_t)~NFR_DST_REDIRECT;
	pkt->dst.flags |= flags_of(&opts);
	return true;
}

/* Offset of an option whose pointer has got so far, 0 without one. The packet has been through
 * FORWARD since its options were checked: nothing about them is taken for granted. */
static uint8_t find_recorded(const struct nfr_pkt *pkt, uint8_t type, uint8_t pointer)
{
	const uint8_t *h = pkt->data;
	unsigned at = 20, end = (h[0] & 0xfu) * 4;

	while (at + 2 < end && h[at] != IPOPT_END) {
		unsigned len = h[at] == IPOPT_NOOP ? 1 : h[at + 1];

		if (len == 0 || len > end - at)
			break;
		if (h[at] == type)
			return h[at + 2] >= pointer && h[at + 2] - 1u <= len ? (uint8_t)at : 0;
		at += len;
	}
	return 0;
}

/* ip_rt_get_source(): the address that the packet leaves from. */
static void source_of_way(struct nfr_net *net, const struct nfr_pkt *pkt, union nfr_addr *out)
{
	const struct nfr_flow flow = {
		.dst = pkt->data + 16,
		.src = pkt->data + 12,
		.mark = pkt->mark,
		.iif = pkt->iif,
		.oif = pkt->dst.oif,
		.family = NFR_IPV4,
		.tos = pkt->data[1],
	};
	const struct nfr_fib_route *r = nfr_fib_lookup(&net->fib, &flow);

	memset(out, 0, sizeof(*out));
	if (nfr_reason_of_route(r) == NFR_REASON_NONE)
		nfr_route_source4(net, r, pkt->data + 16, out);
	else
		nfr_fib_select_addr4(&net->fib, pkt->dst.oif, pkt->dst.gateway.b,
				     NFR_RT_SCOPE_UNIVERSE, out);
}

/* On to the next hop of the source route. */
static void take_hop(struct nfr_net *net, struct nfr_pkt *pkt)
{
	uint8_t *opt = nfr_ip_source_route(pkt), *hop = pkt->data + pkt->srr_hop, *ts;
	union nfr_addr addr;

	if (!opt || hop + 4 > opt + opt[1])
		return;
	memcpy(pkt->data + 16, hop, 4);
	source_of_way(net, pkt, &addr);
	memcpy(hop, addr.b, 4);
	opt[2] = (uint8_t)(hop - opt + 5);
	ts = pkt->data + (pkt->dst.flags & OPT_STAMP ? find_recorded(pkt, IPOPT_TIMESTAMP, 13) : 0);
	if (ts != pkt->data)
		memcpy(ts + ts[2] - 9, addr.b, 4);
}

void nfr_ip_forward_options(struct nfr_net *net, struct nfr_pkt *pkt)
{
	struct nfr_ip_options opts = {.is_changed = (pkt->dst.flags & OPT_CHANGED) != 0};
	union nfr_addr addr = {.b = {0}};

	if (pkt->dst.flags & OPT_RR) {
		opts.rr = find_recorded(pkt, IPOPT_RR, 8);
		opts.rr_needaddr = opts.rr != 0;
		source_of_way(net, pkt, &addr);
	}
	if (pkt->srr_hop)
		take_hop(net, pkt);
	nfr_ip_options_forward(pkt, &opts, &addr);
}
