/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j TOS: clears the bits of the mask in the type of service or traffic class and exclusive-ors
 * the value.
 */
#include "xt/xt.h"

struct target_tos {
	struct nfr_xt_head head;
	struct nfr_xt_tos tos;
};

enum { SET };

#define ROW(opt_name, opt_kind, more)                                                 \
	{                                                                             \
		.name = (opt_name), .kind = (opt_kind), .flags = (more), .slot = SET, \
		.off = offsetof(struct target_tos, tos), .max = 255,                  \
	}

static const struct nfr_xt_opt opts[] = {
	ROW("set-tos", NFR_XT_K_TOS_SET, 0),
	ROW("and-tos", NFR_XT_K_TOS_AND, NFR_XT_OPT_ALIAS),
	ROW("or-tos", NFR_XT_K_TOS_OR, NFR_XT_OPT_ALIAS),
	ROW("xor-tos", NFR_XT_K_TOS_XOR, NFR_XT_OPT_ALIAS),
};

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	const struct target_tos *t = data;

	return t->head.given ? NFR_OK : nfr_xt_refuse(chk, "TOS: an action is required");
}

static unsigned target(struct nfr_xt_ctx *ctx, void *data)
{
	const struct target_tos *t = data;
	uint8_t ds = nfr_xt_dsfield(ctx->pkt);

	nfr_xt_set_dsfield(ctx->pkt, (uint8_t)((ds & ~t->tos.mask) ^ t->tos.value));
	return NFR_XT_CONTINUE;
}

const struct nfr_xt_ext nfr_xt_target_TOS = {
	.name = "TOS",
	.size = sizeof(struct target_tos),
	.families = NFR_XT_FAMILY_BOTH,
	.tables = NFR_XT_BIT(NFR_XT_MANGLE),
	.is_target = true,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.target = target,
};
