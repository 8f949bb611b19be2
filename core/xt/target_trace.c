/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j TRACE: the way of this packet through all later rules is logged.
 */
#include "xt/xt.h"

static unsigned target(struct nfr_xt_ctx *ctx, void *data)
{
	(void)data;
	ctx->pkt->flags |= NFR_PKT_TRACE;
	return NFR_XT_CONTINUE;
}

const struct nfr_xt_ext nfr_xt_target_TRACE = {
	.name = "TRACE",
	.size = sizeof(struct nfr_xt_head),
	.families = NFR_XT_FAMILY_BOTH,
	.tables = NFR_XT_BIT(NFR_XT_RAW),
	.is_target = true,
	.check = nfr_xt_check_ok,
	.target = target,
};
