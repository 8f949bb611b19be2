/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMP queries: echo, timestamp, information, address mask. Each has an answer of its own type,
 * and the pair makes a connection: the query is NEW, the answer ESTABLISHED. Answers without a
 * query have a tuple and an inverse, but make no connection. The entry lives for icmp_timeout
 * after every packet; it is never ASSURED.
 */
#include "ct/l4.h"
#include "pkt/parse.h"

#define ICMP_HLEN 8u
#define NR_ICMP_TYPES 18u

/* By type: the type of the other half plus one, 0 when it has none. */
static const uint8_t other_half[NR_ICMP_TYPES + 1] = {
	[0] = 8 + 1,   [8] = 0 + 1,   /* echo reply, echo */
	[13] = 14 + 1, [14] = 13 + 1, /* timestamp */
	[15] = 16 + 1, [16] = 15 + 1, /* information */
	[17] = 18 + 1, [18] = 17 + 1, /* address mask */
};

uint8_t nfr_icmp_invert_type(uint8_t type, bool *known)
{
	*known = type <= NR_ICMP_TYPES && other_half[type] != 0;
	return *known ? (uint8_t)(other_half[type] - 1) : 0;
}

static bool is_query(uint8_t type)
{
	return type == 8 || type == 13 || type == 15 || type == 17;
}

/* Destination unreachable, source quench, redirect, time exceeded, parameter problem. */
static bool is_error(uint8_t type)
{
	return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

static unsigned icmp_packet(struct nfr_ctnet *net, uint32_t idx, struct nfr_pkt *pkt,
			    const struct nfr_hook_state *state)
{
	struct nfr_ct *ct = nfr_ct_at(net, idx);

	(void)state;
	if (pkt->family != NFR_IPV4 || !is_query(ct->key[NFR_CT_DIR_ORIGINAL].dst_l4.b[0]))
		return NFR_CT_L4_INVALID;
	nfr_ct_refresh_acct(net, ct, pkt, nfr_ct_s_to_ns(net->env->sysctl.icmp_timeout));
	return NFR_ACCEPT;
}

unsigned nfr_ct_icmp_early(struct nfr_ctnet *net, struct nfr_pkt *pkt,
			   const struct nfr_hook_state *state)
{
	const uint8_t *icmp = nfr_pkt_at(pkt, pkt->l4_off, ICMP_HLEN);
	const char *why = NULL;

	if (!icmp)
		why = "short packet";
	else if (nfr_ct_csum_bad(net, pkt, state))
		why = "bad hw icmp checksum";
	else if (icmp[0] > NR_ICMP_TYPES)
		why = "invalid icmp type";
	if (why) {
		nfr_ct_log_invalid(net, pkt, NFR_IPPROTO_ICMP, state, why, NULL);
		return NFR_ACCEPT;
	}
	if (!is_error(icmp[0]))
		return NFR_REPEAT;
	return nfr_ct_inet_error(net, pkt, state, pkt->l4_off + ICMP_HLEN);
}

const struct nfr_ct_l4 nfr_ct_l4_icmp = {
	.name = "icmp",
	.protonum = NFR_IPPROTO_ICMP,
	.packet = icmp_packet,
	.established = nfr_ct_l4_no_short_way,
	.open = nfr_ct_l4_no_short_open,
	.can_early_drop = nfr_ct_l4_never,
};
