/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hook points of the IP path.
 *
 * nfr_hooks_run() is the traversal as it is defined. Here it stands once more, for packets that
 * nobody watches, with the question before each of the instance's own hooks whether it has
 * anything to do with the packet: an empty table only counts, few packets are fragments, most
 * connections are confirmed and need no translation at this point. To ask costs a few
 * instructions, a call ten times as many. A hook that is called behaves as it always does, so an
 * answer may be wrong in one direction only: "perhaps" is always right.
 */
#ifndef NFR_STACK_POINT_H
#define NFR_STACK_POINT_H

#include "stack/net.h"

/* Only reassembly knows for sure what is a fragment; of IPv6, packets without extension headers
 * are none. */
static inline bool nfr_may_be_fragment(const struct nfr_pkt *pkt)
{
	return pkt->family == NFR_IPV4 ? nfr_ip4_is_fragment(pkt) : pkt->l4_off != NFR_IP6_HLEN;
}

NFR_INLINE bool nfr_hook_is_idle(struct nfr_net *net, const struct nfr_hook_entry *e,
				 const struct nfr_pkt *pkt, enum nfr_inet_hook hook)
{
	if (e->kind == NFR_HOOK_TABLE)
		return nfr_xt_table_only_counts(e->priv, pkt, hook);
	if (e->kind == NFR_HOOK_NAT)
		return nfr_nat_is_idle(&net->nat, pkt, nfr_nat_hook2manip(hook));
	if (e->kind == NFR_HOOK_CONFIRM)
		return nfr_ct_confirm_is_idle(&net->ct, pkt);
	return e->kind == NFR_HOOK_DEFRAG && !nfr_may_be_fragment(pkt);
}

/* Runs the hooks of a point. */
NFR_INLINE unsigned nfr_hook_point_run(struct nfr_net *net, struct nfr_pkt *pkt,
				       enum nfr_inet_hook hook, uint16_t in, uint16_t out)
{
	const struct nfr_hook_list *list = &net->hooks.list[pkt->family == NFR_IPV6][hook];
	const struct nfr_hook_entry *e = net->hooks.entries + list->first, *end = e + list->n;
	struct nfr_hook_state state = {
		.net = net, .in = in, .out = out, .hook = (uint8_t)hook, .family = pkt->family};

	if (nfr_pkt_closely(pkt))
		return nfr_hooks_run(&net->hooks, pkt, &state, 0);
	for (; e < end; e++) {
		unsigned verdict;

		if (nfr_hook_is_idle(net, e, pkt, hook))
			continue;
		verdict = e->hook(e->priv, pkt, &state);
		if (verdict != NFR_ACCEPT)
			return nfr_hooks_settle(&net->hooks, pkt, &state, e, verdict);
	}
	return NFR_ACCEPT;
}

NFR_INLINE unsigned nfr_hook_point(struct nfr_net *net, struct nfr_pkt *pkt,
				   enum nfr_inet_hook hook, uint16_t in, uint16_t out)
{
	return nfr_hooks_any(&net->hooks, pkt->family, hook)
		       ? nfr_hook_point_run(net, pkt, hook, in, out)
		       : (unsigned)NFR_ACCEPT;
}

#endif
