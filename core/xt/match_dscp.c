/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m dscp: the upper six bits of the type of service or traffic class.
 */
#include "xt/xt.h"

struct match_dscp {
	struct nfr_xt_head head;
	uint8_t dscp;
};

enum { DSCP };

static const struct nfr_xt_opt opts[] = {
	{.name = "dscp",
	 .kind = NFR_XT_K_HEX8,
	 .flags = NFR_XT_OPT_INVERT,
	 .slot = DSCP,
	 .off = offsetof(struct match_dscp, dscp),
	 .max = 63},
	{.name = "dscp-class",
	 .kind = NFR_XT_K_DSCP_CLASS,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_ALIAS,
	 .slot = DSCP,
	 .off = offsetof(struct match_dscp, dscp),
	 .max = 63},
};

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	const struct match_dscp *m = data;

	return m->head.given ? NFR_OK : nfr_xt_refuse(chk, "dscp needs --dscp or --dscp-class");
}

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	const struct match_dscp *m = data;

	return (nfr_xt_dsfield(ctx->pkt) >> 2 == m->dscp) != nfr_xt_inverted(m, DSCP);
}

const struct nfr_xt_ext nfr_xt_match_dscp = {
	.name = "dscp",
	.size = sizeof(struct match_dscp),
	.families = NFR_XT_FAMILY_BOTH,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.match = match,
};
