/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m icmp: type and code. Type 255 is any, which no real message carries.
 */
#include "xt/xt.h"

#define ICMP_HLEN 8u

struct match_icmp {
	struct nfr_xt_head head;
	struct nfr_xt_icmp_type icmp;
};

enum { TYPE };

#define ANY 255

static const struct nfr_xt_opt opts[] = {
	{.name = "icmp-type",
	 .kind = NFR_XT_K_ICMP_TYPE,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_REQUIRED,
	 .slot = TYPE,
	 .off = offsetof(struct match_icmp, icmp)},
};

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	const struct match_icmp *m = data;
	const uint8_t *icmp;
	bool same;

	if (ctx->pkt->frag_off)
		return false;
	icmp = nfr_xt_l4(ctx, ICMP_HLEN);
	if (!icmp)
		return false;
	same = m->icmp.type == ANY || (icmp[0] == m->icmp.type && icmp[1] >= m->icmp.code_min &&
				       icmp[1] <= m->icmp.code_max);
	return same != nfr_xt_inverted(m, TYPE);
}

const struct nfr_xt_ext nfr_xt_match_icmp = {
	.name = "icmp",
	.size = sizeof(struct match_icmp),
	.families = NFR_XT_FAMILY_IPV4,
	.proto = NFR_IPPROTO_ICMP,
	NFR_XT_OPTIONS(opts),
	.check = nfr_xt_check_ok,
	.match = match,
};
