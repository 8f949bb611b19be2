/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMPv6 queries: echo and node information. What a link needs to work at all, multicast listener
 * and neighbour discovery, multicast router discovery, is UNTRACKED: no rule about states can
 * break it. A redirect is not among them: it is looked at like an error, RELATED to the connection
 * of the packet in its Redirected Header option if it is sound (RFC 4861, 8.1), else INVALID.
 */
#include "ct/l4.h"
#include "pkt/parse.h"

#define ICMP6_HLEN 8u

enum icmpv6_type {
	ICMPV6_ECHO_REQUEST = 128,
	ICMPV6_ECHO_REPLY = 129,
	ICMPV6_MLD_QUERY = 130,
	NDISC_NEIGHBOUR_ADVERTISEMENT = 136,
	NDISC_REDIRECT = 137,
	ICMPV6_NI_QUERY = 139,
	ICMPV6_NI_REPLY = 140,
	ICMPV6_MLD2_REPORT = 143,
	ICMPV6_MRDISC_ADV = 151,
	ICMPV6_MRDISC_SOL = 152,
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
	       type == ICMPV6_MLD2_REPORT || type == ICMPV6_MRDISC_ADV ||
	       type == ICMPV6_MRDISC_SOL;
}

#define REDIRECT_HLEN 40u /* ICMPv6 header, target and destination address */
#define ND_OPT_HLEN 8u
#define ND_OPT_REDIRECT_HDR 4

static bool is_link_local(const uint8_t *addr)
{
	return addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80;
}

/* Why a redirect is none, or NULL; *quoted is where the packet lies that it is about, 0: none. */
static const char *redirect_error(const struct nfr_pkt *pkt, uint32_t *quoted)
{
	const uint8_t *icmp = nfr_pkt_at(pkt, pkt->l4_off, REDIRECT_HLEN), *opt;

	*quoted = 0;
	if (!icmp)
		return "short redirect";
	if (icmp[1] != 0)
		return NULL;
	if (pkt->data[7] != 255 || !is_link_local(pkt->data + 8))
		return "invalid saddr or hoplimit for redirect";
	opt = nfr_pkt_at(pkt, pkt->l4_off + REDIRECT_HLEN, 2);
	if (!opt || opt[1] == 0)
		return "redirect without options";
	if (opt[0] == ND_OPT_REDIRECT_HDR)
		*quoted = pkt->l4_off + REDIRECT_HLEN + ND_OPT_HLEN;
	return NULL;
}

static unsigned redirect(struct nfr_ctnet *net, struct nfr_pkt *pkt,
			 const struct nfr_hook_state *state)
{
	uint32_t quoted;
	const char *why = redirect_error(pkt, &quoted);

	if (why)
		nfr_ct_log_invalid(net, pkt, NFR_IPPROTO_ICMPV6, state, why, NULL);
	return quoted ? nfr_ct_inet_error(net, pkt, state, quoted) : NFR_ACCEPT;
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
	if (icmp[0] == NDISC_REDIRECT)
		return redirect(net, pkt, state);
	if (icmp[0] >= ICMPV6_ECHO_REQUEST)
		return NFR_REPEAT;
	return nfr_ct_inet_error(net, pkt, state, pkt->l4_off + ICMP6_HLEN);
}

const struct nfr_ct_l4 nfr_ct_l4_icmpv6 = {
	.name = "icmpv6",
	.protonum = NFR_IPPROTO_ICMPV6,
	.packet = icmpv6_packet,
	.established = nfr_ct_l4_no_short_way,
	.open = nfr_ct_l4_no_short_open,
	.can_early_drop = nfr_ct_l4_never,
};
