/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every protocol without a tracker of its own: addresses and protocol number make the connection.
 */
#include "ct/l4.h"

static unsigned generic_packet(struct nfr_ctnet *net, uint32_t idx, struct nfr_pkt *pkt,
			       const struct nfr_hook_state *state)
{
	(void)state;
	nfr_ct_refresh_acct(net, nfr_ct_at(net, idx), pkt,
			    nfr_ct_s_to_ns(net->env->sysctl.ct_generic_timeout));
	return NFR_ACCEPT;
}

const struct nfr_ct_l4 nfr_ct_l4_generic = {
	.name = "unknown",
	.protonum = 255,
	.packet = generic_packet,
	.established = nfr_ct_l4_no_short_way,
	.open = nfr_ct_l4_no_short_open,
	.can_early_drop = nfr_ct_l4_never,
};
