/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Delivery to the local host: ip_local_deliver(), ip6_input(). IPv4 fragments are put together
 * first, when conntrack has not done it already. The host itself is outside of nfref: a packet
 * that LOCAL_IN accepted is delivered, whether a program waits for it or not.
 */
#include "stack/point.h"

unsigned nfr_local_deliver(struct nfr_net *net, struct nfr_pkt *pkt)
{
	unsigned verdict;

	if (pkt->family == NFR_IPV4 && nfr_ip4_is_fragment(pkt) &&
	    nfr_defrag(&net->frags, pkt, NFR_DEFRAG_LOCAL_DELIVER) != NFR_ACCEPT)
		return NFR_ACCEPT; /* no hook's verdict: the reason tells */
	verdict = nfr_hook_point(net, pkt, NFR_INET_LOCAL_IN, pkt->iif, 0);
	return verdict == NFR_ACCEPT ? nfr_local_deliver_finish(net, pkt) : verdict;
}

/* Behind LOCAL_IN. */
unsigned nfr_local_deliver_finish(struct nfr_net *net, struct nfr_pkt *pkt)
{
	net->env.sink.deliver(net->env.sink.user, pkt);
	return nfr_end(pkt, NFR_REASON_DELIVERED);
}
