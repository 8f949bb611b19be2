/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMP and ICMPv6 errors: RELATED to the connection of the packet that they quote.
 *
 * The quoted packet was seen on its way out as the sender of the error saw it. The error itself
 * travels the other way: its connection is looked up by the inverse of the quoted tuple, and the
 * direction in which that is found is the error's own.
 *
 * Whoever can guess a connection could quote it. So the error must go where the connection's
 * packets of this direction go: its own destination is compared with the tuple's. Errors that
 * quote nothing that we know, and those that fail this test, are INVALID.
 */
#include "ct/l4.h"
#include "ct/table.h"
#include "pkt/parse.h"

static void log_foreign(struct nfr_ctnet *net, const struct nfr_pkt *pkt,
			const struct nfr_hook_state *state, const union nfr_addr *outer,
			const union nfr_addr *inner)
{
	const char *why = pkt->family == NFR_IPV4
				  ? "outer daddr %u.%u.%u.%u != inner %u.%u.%u.%u"
				  : "outer daddr %x:%x:%x:%x:%x:%x:%x:%x != inner "
				    "%x:%x:%x:%x:%x:%x:%x:%x";
	uint32_t value[16];

	for (unsigned i = 0; i < 8; i++) {
		if (pkt->family == NFR_IPV4) {
			value[i] = i < 4 ? outer->b[i] : inner->b[i - 4];
		} else {
			value[i] = nfr_get16(outer->b + 2 * i);
			value[8 + i] = nfr_get16(inner->b + 2 * i);
		}
	}
	nfr_ct_log_invalid(net, pkt, pkt->protonum, state, why, value);
}

unsigned nfr_ct_inet_error(struct nfr_ctnet *net, struct nfr_pkt *pkt,
			   const struct nfr_hook_state *state, uint32_t off)
{
	struct nfr_tuple quoted, answer, tuple;
	union nfr_addr daddr;
	uint32_t ref;

	if (!nfr_ct_get_tuple_quoted(pkt, off, &quoted) || !nfr_ct_invert_tuple(&quoted, &answer))
		return NFR_ACCEPT;
	ref = nfr_ct_find_in_zones(net, pkt, &answer);
	if (!ref)
		return NFR_ACCEPT;
	nfr_ct_tuple(net, nfr_ct_at(net, ref >> 1), ref & 1, &tuple);
	nfr_pkt_daddr(pkt, &daddr);
	if (!nfr_addr_eq(&daddr, &tuple.dst)) {
		log_foreign(net, pkt, state, &daddr, &tuple.dst);
		return NFR_ACCEPT;
	}
	pkt->ct_idx = ref >> 1;
	pkt->ctinfo = ref & 1 ? NFR_CT_RELATED_REPLY : NFR_CT_RELATED;
	return NFR_ACCEPT;
}
