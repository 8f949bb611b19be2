/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GRE. Its two timeouts stay with a connection in Linux, so that the PPTP helper can raise them;
 * without it they are the sysctls'. The first packet after an answer makes the entry ASSURED.
 */
#include "ct/l4.h"

static unsigned gre_packet(struct nfr_ctnet *net, uint32_t idx, struct nfr_pkt *pkt,
			   const struct nfr_hook_state *state)
{
	const struct nfr_sysctl *sysctl = &net->env->sysctl;
	struct nfr_ct *ct = nfr_ct_at(net, idx);

	(void)state;
	if (!nfr_ct_is_confirmed(ct)) {
		ct->proto.gre.timeout_s = sysctl->gre_timeout;
		ct->proto.gre.stream_timeout_s = sysctl->gre_timeout_stream;
	}
	if (!(ct->status & NFR_IPS_SEEN_REPLY)) {
		nfr_ct_refresh_acct(net, ct, pkt, nfr_ct_s_to_ns(ct->proto.gre.timeout_s));
		return NFR_ACCEPT;
	}
	nfr_ct_refresh_acct(net, ct, pkt, nfr_ct_s_to_ns(ct->proto.gre.stream_timeout_s));
	if (!(ct->status & (NFR_IPS_ASSURED | NFR_IPS_NAT_CLASH))) {
		nfr_ct_set_assured(net, ct);
	}
	return NFR_ACCEPT;
}

const struct nfr_ct_l4 nfr_ct_l4_gre = {
	.name = "gre",
	.protonum = NFR_IPPROTO_GRE,
	.allow_clash = true,
	.packet = gre_packet,
	.established = nfr_ct_l4_no_short_way,
	.open = nfr_ct_l4_no_short_open,
	.can_early_drop = nfr_ct_l4_never,
};
