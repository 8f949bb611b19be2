/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv4 routing of packets: input (ip_route_input_slow()) and output (ip_route_output_key()).
 *
 * Input decides between three ways: to the local host, on to another interface, or nowhere; and
 * it refuses martians, addresses that no packet from a wire may carry. The order of the checks is
 * Linux's, since a packet with two faults must be told the same reason.
 *
 * The source is checked too (fib_validate_source()). Without reverse path filtering that means
 * no more than that a packet from outside must not carry an address of this router; with policy
 * rules or local routes of the user's own, or when the packet would leave where it came in, the
 * source is looked up as a destination, which also refuses broadcast addresses.
 */
#include "stack/simple.h"

static bool is_multicast(const uint8_t *a)
{
	return (a[0] & 0xf0) == 0xe0;
}

static bool is_lbcast(const uint8_t *a)
{
	return nfr_get32(a) == 0xffffffff;
}

static bool is_zeronet(const uint8_t *a)
{
	return nfr_get32(a) == 0;
}

static bool is_loopback(const uint8_t *a)
{
	return a[0] == 127;
}

/* ---- what routing asks with, and what it leaves behind ---- */

void nfr_flow_of(const struct nfr_net *net, const struct nfr_pkt *pkt, struct nfr_flow *flow)
{
	bool v6 = pkt->family == NFR_IPV6;
	const uint8_t *h = pkt->data;

	*flow = (struct nfr_flow){
		.dst = h + (v6 ? 24 : 16),
		.src = h + (v6 ? 8 : 12),
		.mark = pkt->mark,
		.iif = pkt->iif ? pkt->iif : (uint16_t)net->env.max_iface,
		.family = pkt->family,
		.tos = v6 ? (uint8_t)(nfr_get16(h) >> 4) : h[1],
	};
	if (!net->fib.rules_with_ports[v6])
		return;
	flow->proto = pkt->protonum;
	if (pkt->frag_off == 0 && nfr_pkt_at(pkt, pkt->l4_off, 4) &&
	    (pkt->protonum == NFR_IPPROTO_TCP || pkt->protonum == NFR_IPPROTO_UDP ||
	     pkt->protonum == NFR_IPPROTO_SCTP || pkt->protonum == NFR_IPPROTO_DCCP)) {
		flow->sport = nfr_get16(pkt->data + pkt->l4_off);
		flow->dport = nfr_get16(pkt->data + pkt->l4_off + 2);
	}
}

void nfr_trace_route_tell(struct nfr_net *net, const struct nfr_pkt *pkt)
{
	struct nfr_trace trace = {.kind = NFR_TRACE_ROUTE, .pkt = pkt};

	net->env.sink.trace(net->env.sink.user, &trace);
}

/* ---- settings of an interface, as the macros IN_DEV_* combine them ---- */

#define IN_DEV_OR(net, ifindex, field) \
	((net)->env.if_all.field || nfr_iface_at(net, ifindex)->sysctl.field)
#define IN_DEV_AND(net, ifindex, field) \
	((net)->env.if_all.field && nfr_iface_at(net, ifindex)->sysctl.field)

static int32_t rp_filter(struct nfr_net *net, uint16_t ifindex)
{
	int32_t all = net->env.if_all.rp_filter, own = nfr_iface_at(net, ifindex)->sysctl.rp_filter;

	return all > own ? all : own;
}

static bool route_localnet(struct nfr_net *net, uint16_t ifindex)
{
	return IN_DEV_OR(net, ifindex, route_localnet);
}

/* ---- the source ---- */

enum source {
	SOURCE_OK,
	SOURCE_ON_LINK, /* and it is directly reachable where it came in */
	SOURCE_MARTIAN,
	SOURCE_RP_FILTER,
};

/* The source's own route says whether it may come from here. */
static enum source check_reverse(struct nfr_net *net, const struct nfr_pkt *pkt,
				 struct nfr_flow *flow)
{
	int32_t rpf = rp_filter(net, pkt->iif);
	const struct nfr_fib_route *r = nfr_fib_lookup(&net->fib, flow);
	bool back;

	if (nfr_reason_of_route(r))
		return rpf ? SOURCE_RP_FILTER : SOURCE_OK;
	if (r->type != NFR_RTN_UNICAST &&
	    (r->type != NFR_RTN_LOCAL || !IN_DEV_OR(net, pkt->iif, accept_local)) &&
	    !(r->type == NFR_RTN_LOCAL && nfr_is_loopback(net, pkt->iif)))
		return SOURCE_MARTIAN;
	back = r->oif == pkt->iif || (r->type == NFR_RTN_LOCAL && nfr_is_loopback(net, pkt->iif));
	if (back)
		return r->has_gateway ? SOURCE_OK : SOURCE_ON_LINK;
	if (rpf == 1)
		return SOURCE_RP_FILTER;
	/* loose: any route will do; whether the sender is on this link decides on redirects */
	flow->oif = pkt->iif;
	r = nfr_fib_lookup(&net->fib, flow);
	return r->type == NFR_RTN_UNICAST && !r->has_gateway ? SOURCE_ON_LINK : SOURCE_OK;
}

static bool sends_redirects(struct nfr_net *net, uint16_t ifindex)
{
	return IN_DEV_OR(net, ifindex, send_redirects);
}

/* Nothing asks for the source to be looked up: its being the router's own is all that counts. */
static bool simple_source(struct nfr_net *net, const struct nfr_pkt *pkt, uint16_t oif)
{
	return !rp_filter(net, pkt->iif) && (pkt->iif != oif || !sends_redirects(net, pkt->iif)) &&
	       (IN_DEV_OR(net, pkt->iif, accept_local) ||
		(!net->fib.custom_rules[0] && !net->fib.custom_local));
}

/* fib_validate_source(); oif is where the packet is to leave, 0 for local ones. */
static enum source check_source(struct nfr_net *net, const struct nfr_pkt *pkt,
				const struct nfr_flow *in, uint16_t oif)
{
	struct nfr_flow flow = *in;

	if (simple_source(net, pkt, oif))
		return nfr_fib_is_ifaddr(&net->fib, in->src) &&
				       !IN_DEV_OR(net, pkt->iif, accept_local)
			       ? SOURCE_MARTIAN
			       : SOURCE_OK;
	flow.dst = in->src;
	flow.src = in->dst;
	flow.iif = oif ? oif : (uint16_t)net->env.max_iface;
	flow.sport = in->dport;
	flow.dport = in->sport;
	if (!IN_DEV_OR(net, pkt->iif, src_valid_mark))
		flow.mark = 0;
	return check_reverse(net, pkt, &flow);
}

static enum nfr_reason reason_of_source(enum source source)
{
	if (source == SOURCE_MARTIAN)
		return NFR_REASON_ROUTE_MARTIAN_SOURCE;
	return source == SOURCE_RP_FILTER ? NFR_REASON_ROUTE_RP_FILTER : NFR_REASON_NONE;
}

/* ---- input ---- */

static enum nfr_reason to_local(struct nfr_net *net, struct nfr_pkt *pkt, uint8_t type)
{
	pkt->dst.oif = (uint16_t)net->env.max_iface;
	pkt->dst.type = type;
	pkt->dst.flags = 0;
	pkt->dst.mtu = nfr_iface_at(net, pkt->dst.oif)->link.mtu;
	nfr_pkt_daddr(pkt, &pkt->dst.gateway);
	return NFR_REASON_NONE;
}

/* Groups are joined by programs, which are outside of nfref: only all hosts is (RFC 1112). */
static enum nfr_reason input_multicast(struct nfr_net *net, struct nfr_pkt *pkt,
				       const struct nfr_flow *flow)
{
	enum source source = SOURCE_OK;

	if (nfr_get32(flow->dst) != 0xe0000001)
		return NFR_REASON_ROUTE_MARTIAN_DESTINATION;
	if (is_multicast(flow->src) || is_lbcast(flow->src))
		return NFR_REASON_ROUTE_MARTIAN_SOURCE;
	if (is_loopback(flow->src) && !route_localnet(net, pkt->iif))
		return NFR_REASON_ROUTE_MARTIAN_SOURCE;
	if (!is_zeronet(flow->src))
		source = check_source(net, pkt, flow, 0);
	return source >= SOURCE_MARTIAN ? reason_of_source(source)
					: to_local(net, pkt, NFR_RTN_MULTICAST);
}

static enum nfr_reason input_broadcast(struct nfr_net *net, struct nfr_pkt *pkt,
				       const struct nfr_flow *flow)
{
	enum source source = SOURCE_OK;

	if (!is_zeronet(flow->src))
		source = check_source(net, pkt, flow, 0);
	return source >= SOURCE_MARTIAN ? reason_of_source(source)
					: to_local(net, pkt, NFR_RTN_BROADCAST);
}

/* Addresses that need no route to be wrong. */
static enum nfr_reason weird_martians(struct nfr_net *net, const struct nfr_pkt *pkt,
				      const struct nfr_flow *flow)
{
	if (is_zeronet(flow->src))
		return NFR_REASON_ROUTE_MARTIAN_SOURCE;
	if (is_zeronet(flow->dst))
		return NFR_REASON_ROUTE_MARTIAN_DESTINATION;
	if (is_loopback(flow->dst) && !route_localnet(net, pkt->iif))
		return NFR_REASON_ROUTE_MARTIAN_DESTINATION;
	if (is_loopback(flow->src) && !route_localnet(net, pkt->iif))
		return NFR_REASON_ROUTE_MARTIAN_SOURCE;
	return NFR_REASON_NONE;
}

static enum nfr_reason input_local(struct nfr_net *net, struct nfr_pkt *pkt,
				   const struct nfr_flow *flow)
{
	enum source source = check_source(net, pkt, flow, 0);

	return source >= SOURCE_MARTIAN ? reason_of_source(source)
					: to_local(net, pkt, NFR_RTN_LOCAL);
}

/* Whether the sender could have gone to the gateway itself (__mkroute_input()). */
static bool owes_redirect(struct nfr_net *net, const struct nfr_pkt *pkt, enum source source,
			  const struct nfr_fib_route *r, const struct nfr_flow *flow)
{
	if (r->oif != pkt->iif || source != SOURCE_ON_LINK || !sends_redirects(net, r->oif))
		return false;
	if (IN_DEV_OR(net, r->oif, shared_media))
		return true;
	for (uint32_t i = net->fib.first_addr; i; i = nfr_ifa_at(&net->fib, i)->list_next) {
		const struct nfr_ifaddr *a = &nfr_ifa_at(&net->fib, i)->a;

		if (a->family == NFR_IPV4 && a->ifindex == r->oif &&
		    nfr_prefix_eq(flow->src, a->peer.b, a->prefix_len) &&
		    (!r->has_gateway || nfr_prefix_eq(r->gateway.b, a->peer.b, a->prefix_len)))
			return true;
	}
	return false;
}

static enum nfr_reason input_forward(struct nfr_net *net, struct nfr_pkt *pkt,
				     const struct nfr_flow *flow, const struct nfr_fib_route *r)
{
	enum source source = check_source(net, pkt, flow, r->oif);

	if (source >= SOURCE_MARTIAN)
		return reason_of_source(source);
	nfr_dst_set(pkt, &r->next_hop);
	if (r->oif == pkt->iif && owes_redirect(net, pkt, source, r, flow))
		pkt->dst.flags |= NFR_DST_REDIRECT;
	return NFR_REASON_NONE;
}

static NFR_APART enum nfr_reason input_slow(struct nfr_net *net, struct nfr_pkt *pkt)
{
	const struct nfr_fib_route *r;
	enum nfr_reason reason;
	struct nfr_flow flow;
	bool forwarding = nfr_iface_at(net, pkt->iif)->sysctl.forwarding4;

	if (pkt->flags & NFR_PKT_LEARN)
		nfr_learn_varies(&net->env);
	nfr_flow_of(net, pkt, &flow);
	if (is_multicast(flow.dst))
		return input_multicast(net, pkt, &flow);
	if (is_multicast(flow.src) || is_lbcast(flow.src))
		return NFR_REASON_ROUTE_MARTIAN_SOURCE;
	if (is_lbcast(flow.dst) || (is_zeronet(flow.dst) && is_zeronet(flow.src)))
		return input_broadcast(net, pkt, &flow);
	reason = weird_martians(net, pkt, &flow);
	if (reason)
		return reason;
	r = nfr_fib_lookup(&net->fib, &flow);
	reason = nfr_reason_of_route(r);
	if (reason == NFR_REASON_ROUTE_BLACKHOLE || (reason && forwarding))
		return reason;
	if (!reason && r->type == NFR_RTN_LOCAL)
		return input_local(net, pkt, &flow);
	if (!reason && r->type == NFR_RTN_BROADCAST && !IN_DEV_AND(net, pkt->iif, bc_forwarding))
		return input_broadcast(net, pkt, &flow);
	if (!forwarding)
		return NFR_REASON_NOT_FORWARDING;
	if (r->type != NFR_RTN_UNICAST && r->type != NFR_RTN_BROADCAST)
		return NFR_REASON_ROUTE_MARTIAN_DESTINATION;
	return input_forward(net, pkt, &flow, r);
}

enum nfr_reason nfr_route_input4(struct nfr_net *net, struct nfr_pkt *pkt)
{
	return nfr_route_input4_simple(net, pkt) ? NFR_REASON_NONE : input_slow(net, pkt);
}

/* ---- output ---- */

void nfr_route_source4(const struct nfr_net *net, const struct nfr_fib_route *r,
		       const uint8_t *daddr, union nfr_addr *saddr)
{
	if (!nfr_addr_any(NFR_IPV4, r->pref_src.b))
		*saddr = r->pref_src;
	else if (r->type == NFR_RTN_LOCAL)
		memcpy(saddr->b, daddr, 4);
	else
		nfr_fib_select_addr4(
			&net->fib, r->oif, nfr_addr_any(NFR_IPV4, r->gateway.b) ? NULL : r->gateway.b,
			r->scope == NFR_RT_SCOPE_LINK ? NFR_RT_SCOPE_LINK : NFR_RT_SCOPE_UNIVERSE,
			saddr);
}

/* Packets to many leave by the interface of their source when none is named. */
static uint16_t oif_of_source(const struct nfr_net *net, const union nfr_addr *saddr)
{
	for (uint32_t i = net->fib.first_addr; i; i = nfr_ifa_at(&net->fib, i)->list_next) {
		const struct nfr_ifaddr *a = &nfr_ifa_at(&net->fib, i)->a;

		if (a->family == NFR_IPV4 && nfr_be32_eq(a->local.ip4, saddr->ip4))
			return a->ifindex;
	}
	return 0;
}

static enum nfr_reason output_to_many(struct nfr_net *net, struct nfr_pkt *pkt, uint16_t oif)
{
	struct nfr_dst on_link = {
		.oif = oif,
		.mtu = nfr_iface_at(net, oif)->link.mtu,
		.type = is_lbcast(pkt->data + 16) ? NFR_RTN_BROADCAST : NFR_RTN_MULTICAST,
		.flags = NFR_DST_OUTPUT,
	};

	nfr_dst_set(pkt, &on_link);
	return NFR_REASON_NONE;
}

/*
 * Routes a packet of the router's own. *saddr is its source, or zero: then one is chosen. The
 * packet need not have it written in its header yet.
 */
enum nfr_reason nfr_route_output4(struct nfr_net *net, struct nfr_pkt *pkt, uint16_t oif,
				  union nfr_addr *saddr)
{
	const struct nfr_fib_route *r;
	enum nfr_reason reason;
	struct nfr_flow flow;
	bool many;

	nfr_flow_of(net, pkt, &flow);
	flow.iif = (uint16_t)net->env.max_iface;
	flow.src = saddr->b;
	flow.oif = oif;
	many = is_multicast(flow.dst) || is_lbcast(flow.dst);
	if (many && !oif && !nfr_addr_any(NFR_IPV4, saddr->b)) {
		oif = oif_of_source(net, saddr);
		if (oif)
			return output_to_many(net, pkt, oif);
	}
	r = nfr_fib_lookup(&net->fib, &flow);
	reason = nfr_reason_of_route(r);
	if (reason)
		return reason;
	if (nfr_addr_any(NFR_IPV4, saddr->b))
		nfr_route_source4(net, r, pkt->data + 16, saddr);
	nfr_dst_set(pkt, &r->next_hop);
	if (many)
		return output_to_many(net, pkt, r->oif);
	pkt->dst.flags |= NFR_DST_OUTPUT;
	if (r->type == NFR_RTN_LOCAL)
		to_local(net, pkt, NFR_RTN_LOCAL);
	else if (is_loopback(saddr->b) && !route_localnet(net, r->oif))
		return NFR_REASON_ROUTE_MARTIAN_SOURCE;
	return NFR_REASON_NONE;
}
