/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m icmp6: type and code. Unlike IPv4 there is no type that stands for any.
 */
#include "xt/xt.h"

#define ICMP_HLEN 8u

struct match_icmp6 {
	struct nfr_xt_head head;
	struct nfr_xt_icmp_type icmp;
};

enum { TYPE };

static const struct nfr_xt_opt opts[] = {
	{.name = "icmpv6-type",
	 .kind = NFR_XT_K_ICMP6_TYPE,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_REQUIRED,
	 .slot = TYPE,
	 .off = offsetof(struct match_icmp6, icmp)},
};

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	const struct match_icmp6 *m = data;
	const uint8_t *icmp;
	bool same;

	if (ctx->pkt->frag_off)
		return false;
	icmp = nfr_xt_l4(ctx, ICMP_HLEN);
	if (!icmp)
		return false;
	same = icmp[0] == m->icmp.type && icmp[1] >= m->icmp.code_min &&
	       icmp[1] <= m->icmp.code_max;
	return same != nfr_xt_inverted(m, TYPE);
}

const struct nfr_xt_ext nfr_xt_match_icmp6 = {
	.name = "icmp6",
	.size = sizeof(struct match_icmp6),
	.families = NFR_XT_FAMILY_IPV6,
	.proto = NFR_IPPROTO_ICMPV6,
	NFR_XT_OPTIONS(opts),
	.check = nfr_xt_check_ok,
	.match = match,
};
