/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Helpers by name, and what they share.
 *
 * A helper is assigned to a connection by `-j CT --helper NAME` alone (the assignment by port went
 * away with nf_conntrack_helper in Linux 6), by family and protocol of the rule. It sees every
 * packet of its connection at conntrack's last hook, behind NAT: text and ports are as they leave.
 */
#include "helper/helper.h"
#include "nfref/nfref.h"

static const struct nfr_ct_helper *const helpers[] = {
#define HELPER(sym) &nfr_helper_##sym,
#include "helper/helper.def"
#undef HELPER
};

static bool same_name(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

const struct nfr_ct_helper *nfr_ct_helper_find(const char *name, uint8_t family, uint8_t protonum)
{
	for (size_t i = 0; i < sizeof(helpers) / sizeof(*helpers); i++) {
		const struct nfr_ct_helper *helper = helpers[i];

		if (helper->protonum == protonum &&
		    (helper->family == 0 || helper->family == family) &&
		    same_name(helper->name, name))
			return helper;
	}
	return NULL;
}

const struct nfr_helper_nat_ops *nfr_helper_nat(const struct nfr_ctnet *net,
						const struct nfr_ct *ct)
{
	return ct->status & (NFR_IPS_SRC_NAT | NFR_IPS_DST_NAT) ? net->helper_nat : NULL;
}

/* nf_ct_helper_log(): level and flags are those of a logger that was not told otherwise, and the
 * interfaces are not known there. Linux writes it without any LOG rule. */
unsigned nfr_helper_drop(struct nfr_ctnet *net, struct nfr_pkt *pkt, const char *text)
{
	struct nfr_env *env = net->env;
	struct nfr_hook_state state = {.family = pkt->family}; /* Linux gives no interfaces */
	struct nfr_log log = {
		.pkt = pkt,
		.state = &state,
		.prefix = text,
		.level = 5,
		.flags = NFR_LOG_TCPSEQ | NFR_LOG_TCPOPT | NFR_LOG_IPOPT | NFR_LOG_UID,
	};
	struct nfr_trace trace = {
		.kind = NFR_TRACE_NOTE,
		.pkt = pkt,
		.state = &state,
		.note = text,
	};

	env->sink.log(env->sink.user, &log);
	if (nfr_pkt_watched(pkt))
		env->sink.trace(env->sink.user, &trace);
	pkt->reason = NFR_REASON_CT_HELPER_DROP;
	return NFR_DROP;
}
