/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m tos: the bits of the type of service or traffic class that the mask names.
 */
#include "xt/xt.h"

struct match_tos {
	struct nfr_xt_head head;
	struct nfr_xt_tos tos;
};

enum { TOS };

static const struct nfr_xt_opt opts[] = {
	{.name = "tos",
	 .kind = NFR_XT_K_TOS,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_REQUIRED,
	 .slot = TOS,
	 .off = offsetof(struct match_tos, tos),
	 .max = 255},
};

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	const struct match_tos *m = data;

	return ((nfr_xt_dsfield(ctx->pkt) & m->tos.mask) == m->tos.value) !=
	       nfr_xt_inverted(m, TOS);
}

const struct nfr_xt_ext nfr_xt_match_tos = {
	.name = "tos",
	.size = sizeof(struct match_tos),
	.families = NFR_XT_FAMILY_BOTH,
	NFR_XT_OPTIONS(opts),
	.check = nfr_xt_check_ok,
	.match = match,
};
