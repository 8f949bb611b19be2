/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The short way of packets that only have to be routed and sent on. It stands here to be compiled
 * into the path, because most packets of a router come by. It decides as the long way does
 * (route.c, forward.c, output.c), or leaves it to that: then nothing has happened that it would look at.
 */
#ifndef NFR_STACK_SIMPLE_H
#define NFR_STACK_SIMPLE_H

#include "stack/net.h"

/* Neither 0/8 nor loopback nor multicast and beyond: nothing that is routed in its own way. */
static inline bool nfr_is_ordinary_addr4(const uint8_t *a)
{
	return a[0] - 1u < 223 && a[0] != 127;
}

/* nfr_route_input4() where nothing is set that asks for a closer look, for ordinary addresses that
 * have a unicast route to another interface. */
NFR_INLINE bool nfr_route_input4_simple(struct nfr_net *net, struct nfr_pkt *pkt)
{
	const struct nfr_fib *fib = &net->fib;
	const uint8_t *saddr = pkt->data + 12, *daddr = pkt->data + 16;
	const struct nfr_fib_route *r;
	uint32_t idx;

	if (!fib->link[pkt->iif - 1].simple_input || !nfr_is_ordinary_addr4(saddr) ||
	    !nfr_is_ordinary_addr4(daddr) || nfr_fib_is_ifaddr(fib, saddr))
		return false;
	idx = nfr_lpm_find4(&fib->lpm, fib->root_merged[0], nfr_get32(daddr));
	if (!idx)
		return false;
	r = nfr_fib_route_at(fib, idx);
	if (r->type != NFR_RTN_UNICAST || r->tos || r->oif == pkt->iif)
		return false;
	nfr_dst_set(pkt, &r->next_hop);
	return true;
}

/* The way of a packet of NFR_PKT_ORDINARY where no hook stands. */
NFR_INLINE bool nfr_forward_unhooked(struct nfr_net *net, struct nfr_pkt *pkt)
{
	const struct nfr_hook_list *list = net->hooks.list[0];
	const struct nfr_link_cache *out;
	uint16_t oif;

	if (list[NFR_INET_PRE_ROUTING].n | list[NFR_INET_FORWARD].n |
		    list[NFR_INET_POST_ROUTING].n ||
	    !nfr_route_input4_simple(net, pkt) || pkt->len > pkt->dst.mtu)
		return false;
	oif = pkt->dst.oif;
	out = &net->fib.link[oif - 1];
	if (!out->plain_output && !nfr_iface_at(net, oif)->link.up)
		return false;
	nfr_ip_decrease_ttl(pkt->data);
	pkt->flags |= NFR_PKT_FORWARDED;
	pkt->oif = oif;
	nfr_xmit_unicast4(net, out, pkt);
	return true;
}

#endif
