/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv4 options on their way through the router (ip_rcv_options(), ip_forward_options()).
 *
 * They are looked at behind PRE_ROUTING, once the way is known. Malformed ones are answered with
 * a parameter problem that points at the byte. Record route and timestamp get the router's entry:
 * first with the address that faces the sender, and, when the packet is forwarded, again with the
 * one of the interface it leaves by; what is owed then is kept in pkt->dst.flags meanwhile.
 *
 * Source routes are refused, as Linux does unless accept_source_route is set for `all` and the
 * interface; where it is set, a source route whose end has been reached passes, and one that
 * would change the packet's destination here is refused all the same: this router follows none.
 */
#include "pkt/icmp.h"
#include "pkt/options.h"
#include "stack/net.h"

enum {
	OPT_RR = 1u << 3, /* bits of pkt->dst.flags beside enum nfr_dst_flags */
	OPT_CHANGED = 1u << 4,
	OPT_STRICT = 1u << 5,
	IPOPT_END = 0,
	IPOPT_NOOP = 1,
	IPOPT_RR = 7,
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
	       nfr_iface_at(net, pkt->iif)->sysctl.accept_source_route &&
	       pkt->dst.type == NFR_RTN_UNICAST;
}

static uint8_t flags_of(const struct nfr_ip_options *opts)
{
	return (uint8_t)((opts->rr_needaddr ? OPT_RR : 0) | (opts->is_changed ? OPT_CHANGED : 0) |
			 (opts->is_strictroute ? OPT_STRICT : 0));
}

bool nfr_ip_rcv_options(struct nfr_net *net, struct nfr_pkt *pkt)
{
	struct nfr_ip_options opts = {0};
	union nfr_addr addr;
	uint8_t pointer = 0;

	spec_dst(net, pkt, &addr);
	if (!nfr_ip_options_compile(&net->env, pkt, &addr, &opts, &pointer)) {
		nfr_icmp_send(net, pkt, NFR_ICMP_PARAMETERPROB, 0, (uint32_t)pointer << 24);
		pkt->reason = NFR_REASON_IP_OPTIONS;
		return false;
	}
	if (opts.srr && !accepts_source_route(net, pkt)) {
		pkt->reason = NFR_REASON_IP_OPTIONS;
		return false;
	}
	pkt->dst.flags |= flags_of(&opts);
	return true;
}

bool nfr_ip_strict_route(const struct nfr_pkt *pkt)
{
	return (pkt->dst.flags & OPT_STRICT) != 0;
}

/* Offset of a record route option that has an entry, 0 without one. The packet has been through
 * FORWARD since its options were checked: nothing about them is taken for granted. */
static uint8_t find_recorded_route(const struct nfr_pkt *pkt)
{
	const uint8_t *h = pkt->data;
	unsigned at = 20, end = (h[0] & 0xfu) * 4;

	while (at + 2 < end && h[at] != IPOPT_END) {
		unsigned len = h[at] == IPOPT_NOOP ? 1 : h[at + 1];

		if (len == 0 || len > end - at)
			break;
		if (h[at] == IPOPT_RR)
			return h[at + 2] >= 8 && h[at + 2] - 1u <= len ? (uint8_t)at : 0;
		at += len;
	}
	return 0;
}

void nfr_ip_forward_options(struct nfr_net *net, struct nfr_pkt *pkt)
{
	struct nfr_ip_options opts = {.is_changed = (pkt->dst.flags & OPT_CHANGED) != 0};
	union nfr_addr addr = {.b = {0}};

	if (pkt->dst.flags & OPT_RR) {
		opts.rr = find_recorded_route(pkt);
		opts.rr_needaddr = opts.rr != 0;
		nfr_fib_select_addr4(&net->fib, pkt->dst.oif, pkt->dst.gateway.b,
				     NFR_RT_SCOPE_UNIVERSE, &addr);
	}
	nfr_ip_options_forward(pkt, &opts, &addr);
}
