/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m udp: ports. Fragments behind the first never match; a header that is cut off is dropped.
 */
#include "xt/xt.h"

struct match_udp {
	struct nfr_xt_head head;
	uint16_t sport[2];
	uint16_t dport[2];
};

enum { SPORT, DPORT };

_Static_assert(offsetof(struct match_udp, sport) == offsetof(struct nfr_xt_ports, sport) &&
		       offsetof(struct match_udp, dport) == offsetof(struct nfr_xt_ports, dport) &&
		       SPORT == (int)NFR_XT_SLOT_SPORT && DPORT == (int)NFR_XT_SLOT_DPORT,
	       "begins as the index of long chains expects");

static const struct nfr_xt_opt opts[] = {
	{.name = "sport",
	 .kind = NFR_XT_K_PORTS_ANY,
	 .flags = NFR_XT_OPT_INVERT,
	 .slot = SPORT,
	 .off = offsetof(struct match_udp, sport),
	 .max = 65535},
	{.name = "source-port",
	 .kind = NFR_XT_K_PORTS_ANY,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_ALIAS,
	 .slot = SPORT,
	 .off = offsetof(struct match_udp, sport),
	 .max = 65535},
	{.name = "dport",
	 .kind = NFR_XT_K_PORTS_ANY,
	 .flags = NFR_XT_OPT_INVERT,
	 .slot = DPORT,
	 .off = offsetof(struct match_udp, dport),
	 .max = 65535},
	{.name = "destination-port",
	 .kind = NFR_XT_K_PORTS_ANY,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_ALIAS,
	 .slot = DPORT,
	 .off = offsetof(struct match_udp, dport),
	 .max = 65535},
};

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	struct match_udp *m = data;

	(void)chk;
	nfr_xt_check_ports(&m->head, SPORT, m->sport);
	nfr_xt_check_ports(&m->head, DPORT, m->dport);
	return NFR_OK;
}

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	const struct match_udp *m = data;
	const uint8_t *udp;

	if (ctx->pkt->frag_off)
		return false;
	udp = nfr_xt_l4(ctx, 8);
	return udp && nfr_xt_port_in(m->sport, nfr_get16(udp), nfr_xt_inverted(m, SPORT)) &&
	       nfr_xt_port_in(m->dport, nfr_get16(udp + 2), nfr_xt_inverted(m, DPORT));
}

const struct nfr_xt_ext nfr_xt_match_udp = {
	.name = "udp",
	.size = sizeof(struct match_udp),
	.families = NFR_XT_FAMILY_BOTH,
	.proto = NFR_IPPROTO_UDP,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.constant = NFR_XT_CONSTANT_ALL,
	.match = match,
};
