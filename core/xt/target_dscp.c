/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j DSCP: sets the upper six bits of the type of service or traffic class.
 */
#include "xt/xt.h"

struct target_dscp {
	struct nfr_xt_head head;
	uint8_t dscp;
};

enum { SET };

static const struct nfr_xt_opt opts[] = {
	{.name = "set-dscp",
	 .kind = NFR_XT_K_HEX8,
	 .slot = SET,
	 .off = offsetof(struct target_dscp, dscp),
	 .max = 63},
	{.name = "set-dscp-class",
	 .kind = NFR_XT_K_DSCP_CLASS,
	 .flags = NFR_XT_OPT_ALIAS,
	 .slot = SET,
	 .off = offsetof(struct target_dscp, dscp),
	 .max = 63},
};

#define ECN_BITS 3

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	const struct target_dscp *t = data;

	return t->head.given ? NFR_OK : nfr_xt_refuse(chk, "DSCP: --set-dscp is required");
}

static unsigned target(struct nfr_xt_ctx *ctx, void *data)
{
	const struct target_dscp *t = data;
	uint8_t ecn = nfr_xt_dsfield(ctx->pkt) & ECN_BITS;

	nfr_xt_set_dsfield(ctx->pkt, (uint8_t)(t->dscp << 2 | ecn));
	return NFR_XT_CONTINUE;
}

const struct nfr_xt_ext nfr_xt_target_DSCP = {
	.name = "DSCP",
	.size = sizeof(struct target_dscp),
	.families = NFR_XT_FAMILY_BOTH,
	.tables = NFR_XT_BIT(NFR_XT_MANGLE),
	.is_target = true,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.target = target,
};
