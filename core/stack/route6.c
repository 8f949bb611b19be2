/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv6 routing of packets (ip6_route_input(), ip6_route_output_flags()). Simpler than IPv4: a
 * source is only checked where packets are forwarded, a missing route is told to the sender even
 * while forwarding is off, and link-local and multicast destinations mean the interface they came
 * in on. Routes that lead nowhere: blackhole says nothing, prohibit answers "administratively
 * prohibited", all others "no route to destination".
 */
#include "stack/net.h"

bool nfr_ip6_needs_strict(const uint8_t *addr)
{
	return addr[0] == 0xff || (addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80);
}

static bool is_unspecified(const uint8_t *addr)
{
	return nfr_addr_any(NFR_IPV6, addr);
}

enum nfr_reason nfr_route_input6(struct nfr_net *net, struct nfr_pkt *pkt)
{
	const struct nfr_fib_route *r;
	enum nfr_reason reason;
	struct nfr_flow flow;

	nfr_flow_of(net, pkt, &flow);
	flow.oif = pkt->iif;
	flow.strict = nfr_ip6_needs_strict(flow.dst);
	r = nfr_fib_lookup(&net->fib, &flow);
	reason = nfr_reason_of_route(r);
	if (reason)
		return reason;
	nfr_dst_set(pkt, &r->next_hop);
	if (r->type == NFR_RTN_ANYCAST)
		pkt->dst.type = NFR_RTN_LOCAL;
	if (flow.dst[0] == 0xff) {
		pkt->dst.type = NFR_RTN_MULTICAST;
		if (!nfr_fib_joined6(&net->fib, flow.dst, pkt->iif))
			return NFR_REASON_ROUTE_NO_MEMBER;
	}
	return NFR_REASON_NONE;
}

static void choose_source(struct nfr_net *net, const struct nfr_pkt *pkt,
			  const struct nfr_fib_route *r, union nfr_addr *saddr)
{
	if (!is_unspecified(saddr->b))
		return;
	if (!is_unspecified(r->pref_src.b))
		*saddr = r->pref_src;
	else
		nfr_fib_select_addr6(&net->fib, r->oif, pkt->data + 24, saddr);
}

/* As nfr_route_output4(). */
enum nfr_reason nfr_route_output6(struct nfr_net *net, struct nfr_pkt *pkt, uint16_t oif,
				  union nfr_addr *saddr)
{
	const struct nfr_fib_route *r;
	enum nfr_reason reason;
	struct nfr_flow flow;

	nfr_flow_of(net, pkt, &flow);
	flow.iif = (uint16_t)net->env.max_iface;
	flow.src = saddr->b;
	flow.oif = oif;
	flow.strict = oif != 0;
	r = nfr_fib_lookup(&net->fib, &flow);
	reason = nfr_reason_of_route(r);
	if (reason)
		return reason;
	choose_source(net, pkt, r, saddr);
	nfr_dst_set(pkt, &r->next_hop);
	pkt->dst.flags |= NFR_DST_OUTPUT;
	if (r->type == NFR_RTN_LOCAL || r->type == NFR_RTN_ANYCAST) {
		pkt->dst.type = NFR_RTN_LOCAL;
		pkt->dst.oif = (uint16_t)net->env.max_iface;
		pkt->dst.mtu = nfr_iface_at(net, pkt->dst.oif)->link.mtu;
	}
	return NFR_REASON_NONE;
}
