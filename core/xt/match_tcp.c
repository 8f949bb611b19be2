/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m tcp: ports, flags and options of a TCP header.
 *
 * Fragments behind the first never match. One that starts in the middle of the TCP header
 * (offset 8, an old trick to hide the flags) is dropped, and so is a header that is cut off.
 */
#include "xt/xt.h"

struct match_tcp {
	struct nfr_xt_head head;
	uint16_t sport[2];
	uint16_t dport[2];
	uint8_t flags[2]; /* mask, comparison */
	uint8_t option;
};

enum { SPORT, DPORT, OPTION, FLAGS };

#define TCP_HLEN 20u
#define TCP_SYN 0x02
#define TCPOPT_NOP 1 /* and end of list, 0, have no length byte */

_Static_assert(offsetof(struct match_tcp, sport) == offsetof(struct nfr_xt_ports, sport) &&
		       offsetof(struct match_tcp, dport) == offsetof(struct nfr_xt_ports, dport) &&
		       SPORT == (int)NFR_XT_SLOT_SPORT && DPORT == (int)NFR_XT_SLOT_DPORT,
	       "begins as the index of long chains expects");

static const struct nfr_xt_opt opts[] = {
	{.name = "sport",
	 .kind = NFR_XT_K_PORTS,
	 .flags = NFR_XT_OPT_INVERT,
	 .slot = SPORT,
	 .off = offsetof(struct match_tcp, sport),
	 .max = 65535},
	{.name = "source-port",
	 .kind = NFR_XT_K_PORTS,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_ALIAS,
	 .slot = SPORT,
	 .off = offsetof(struct match_tcp, sport),
	 .max = 65535},
	{.name = "dport",
	 .kind = NFR_XT_K_PORTS,
	 .flags = NFR_XT_OPT_INVERT,
	 .slot = DPORT,
	 .off = offsetof(struct match_tcp, dport),
	 .max = 65535},
	{.name = "destination-port",
	 .kind = NFR_XT_K_PORTS,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_ALIAS,
	 .slot = DPORT,
	 .off = offsetof(struct match_tcp, dport),
	 .max = 65535},
	{.name = "tcp-option",
	 .kind = NFR_XT_K_U8,
	 .flags = NFR_XT_OPT_INVERT,
	 .slot = OPTION,
	 .off = offsetof(struct match_tcp, option),
	 .min = 1,
	 .max = 255},
	{.name = "tcp-flags",
	 .kind = NFR_XT_K_TCP_FLAGS,
	 .flags = NFR_XT_OPT_INVERT,
	 .slot = FLAGS,
	 .off = offsetof(struct match_tcp, flags)},
	{.name = "syn",
	 .kind = NFR_XT_K_SYN,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_ALIAS,
	 .slot = FLAGS,
	 .off = offsetof(struct match_tcp, flags)},
};

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	struct match_tcp *m = data;

	(void)chk;
	nfr_xt_check_ports(&m->head, SPORT, m->sport);
	nfr_xt_check_ports(&m->head, DPORT, m->dport);
	if (!nfr_xt_given(m, FLAGS))
		m->flags[0] = m->flags[1] = 0;
	if (m->flags[0] == 0 && !nfr_xt_inverted(m, FLAGS))
		m->head.given &= ~NFR_XT_BIT(FLAGS);
	if (!nfr_xt_given(m, OPTION))
		m->option = 0;
	return NFR_OK;
}

/* True when the options of a header of hlen bytes hold one of this kind. */
static bool has_option(const uint8_t *tcp, unsigned hlen, uint8_t kind)
{
	unsigned i = TCP_HLEN;

	while (i < hlen) {
		if (tcp[i] == kind)
			return true;
		if (tcp[i] <= TCPOPT_NOP || i + 1 == hlen || tcp[i + 1] == 0)
			i++;
		else
			i += tcp[i + 1];
	}
	return false;
}

static bool match_option(struct nfr_xt_ctx *ctx, const struct match_tcp *m, const uint8_t *tcp)
{
	unsigned hlen = (tcp[12] >> 4) * 4u;

	if (hlen < TCP_HLEN) {
		ctx->hotdrop = true;
		return false;
	}
	tcp = nfr_xt_l4(ctx, hlen);
	if (!tcp)
		return false;
	return has_option(tcp, hlen, m->option) ^ nfr_xt_inverted(m, OPTION);
}

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	const struct match_tcp *m = data;
	const uint8_t *tcp;

	if (ctx->pkt->frag_off) {
		if (ctx->pkt->frag_off == 8 && ctx->pkt->family == NFR_IPV4)
			ctx->hotdrop = true;
		return false;
	}
	tcp = nfr_xt_l4(ctx, TCP_HLEN);
	if (!tcp)
		return false;
	if (!nfr_xt_port_in(m->sport, nfr_get16(tcp), nfr_xt_inverted(m, SPORT)) ||
	    !nfr_xt_port_in(m->dport, nfr_get16(tcp + 2), nfr_xt_inverted(m, DPORT)))
		return false;
	if (((tcp[13] & m->flags[0]) == m->flags[1]) == nfr_xt_inverted(m, FLAGS))
		return false;
	return !m->option || match_option(ctx, m, tcp);
}

bool nfr_xt_tcp_wants_syn(const void *tcp)
{
	const struct match_tcp *m = tcp;

	return (m->flags[1] & TCP_SYN) && !nfr_xt_inverted(m, FLAGS);
}

const struct nfr_xt_ext nfr_xt_match_tcp = {
	.name = "tcp",
	.size = sizeof(struct match_tcp),
	.families = NFR_XT_FAMILY_BOTH,
	.proto = NFR_IPPROTO_TCP,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.constant = NFR_XT_CONSTANT(NFR_XT_BIT(SPORT) | NFR_XT_BIT(DPORT)),
	.match = match,
};
