/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j NOTRACK: the packet belongs to no connection. One that `-j CT` has already dealt with keeps
 * what it has.
 */
#include "xt/xt.h"

static unsigned target(struct nfr_xt_ctx *ctx, void *data)
{
	(void)data;
	if (!nfr_xt_has_ct(ctx->pkt))
		ctx->pkt->ctinfo = NFR_CT_UNTRACKED;
	return NFR_XT_CONTINUE;
}

const struct nfr_xt_ext nfr_xt_target_NOTRACK = {
	.name = "NOTRACK",
	.size = sizeof(struct nfr_xt_head),
	.families = NFR_XT_FAMILY_BOTH,
	.tables = NFR_XT_BIT(NFR_XT_RAW),
	.is_target = true,
	.check = nfr_xt_check_ok,
	.target = target,
};
