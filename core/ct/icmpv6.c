/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMPv6 queries: echo and node information. What a link needs to work at all, multicast listener
 * and neighbour discovery, is UNTRACKED: no rule about states can break it.
 */
#include "ct/l4.h"
#include "pkt/parse.h"

#define ICMP6_HLEN 8u

enum icmpv6_type {
	ICMPV6_ECHO_REQUEST = 128,
	ICMPV6_ECHO_REPLY = 129,
	ICMPV6_MLD_QUERY = 130,
	NDISC_NEIGHBOUR_ADVERTISEMENT = 136,
	ICMPV6_NI_QUERY = 139,
	ICMPV6_NI_REPLY = 140,
	ICMPV6_MLD2_REPORT = 143,
};

uint8_t nfr_icmpv6_invert_type(uint8_t type, bool *known)
{
	*known = true;
	switch (type) {
	case ICMPV6_ECHO_REQUEST:
		return ICMPV6_ECHO_REPLY;
	case ICMPV6_ECHO_REPLY:
		return ICMPV6_ECHO_REQUEST;
	case ICMPV6_NI_QUERY:
		return ICMPV6_NI_REPLY;
	case ICMPV6_NI_REPLY:
		return ICMPV6_NI_QUERY;
	default:
		*known = false;
		return 0;
	}
}

/* The link's own business: listener queries and reports, router and neighbour discovery. */
static bool is_untracked(uint8_t type)
{
	return (type >= ICMPV6_MLD_QUERY && type <= NDISC_NEIGHBOUR_ADVERTISEMENT) ||
	       type == ICMPV6_MLD2_REPORT;
}

static unsigned icmpv6_packet(struct nfr_ctnet *net, uint32_t idx, struct nfr_pkt *pkt,
			      const struct nfr_hook_state *state)
{
	struct nfr_ct *ct = nfr_ct_at(net, idx);
	uint8_t type = ct->key[NFR_CT_DIR_ORIGINAL].dst_l4.b[0];

	(void)state;
	if (pkt->family != NFR_IPV6 || (type != ICMPV6_ECHO_REQUEST && type != ICMPV6_NI_QUERY))
		return NFR_CT_L4_INVALID;
	nfr_ct_refresh_acct(net, ct, pkt, nfr_ct_s_to_ns(net->env->sysctl.icmpv6_timeout));
	return NFR_ACCEPT;
}

unsigned nfr_ct_icmpv6_early(struct nfr_ctnet *net, struct nfr_pkt *pkt,
			     const struct nfr_hook_state *state)
{
	const uint8_t *icmp = nfr_pkt_at(pkt, pkt->l4_off, ICMP6_HLEN);
	const char *why = NULL;

	if (!icmp)
		why = "short packet";
	else if (nfr_ct_csum_bad(net, pkt, state))
		why = "ICMPv6 checksum failed";
	if (why) {
		nfr_ct_log_invalid(net, pkt, NFR_IPPROTO_ICMPV6, state, why, NULL);
		return NFR_ACCEPT;
	}
	if (is_untracked(icmp[0])) {
		pkt->ctinfo = NFR_CT_UNTRACKED;
		return NFR_ACCEPT;
	}
	if (icmp[0] >= ICMPV6_ECHO_REQUEST)
		return NFR_REPEAT;
	return nfr_ct_inet_error(net, pkt, state, pkt->l4_off + ICMP6_HLEN);
}

const struct nfr_ct_l4 nfr_ct_l4_icmpv6 = {
	.name = "icmpv6",
	.protonum = NFR_IPPROTO_ICMPV6,
	.packet = icmpv6_packet,
	.can_early_drop = nfr_ct_l4_never,
};
