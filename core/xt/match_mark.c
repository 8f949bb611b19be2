/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m mark: the bits of the packet's mark that the mask names.
 */
#include "xt/xt.h"

struct match_mark {
	struct nfr_xt_head head;
	struct nfr_xt_mark mark;
};

enum { MARK };

static const struct nfr_xt_opt opts[] = {
	{.name = "mark",
	 .kind = NFR_XT_K_MARK,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_REQUIRED,
	 .slot = MARK,
	 .off = offsetof(struct match_mark, mark),
	 .max = UINT32_MAX},
};

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	const struct match_mark *m = data;

	return ((ctx->pkt->mark & m->mark.mask) == m->mark.value) != nfr_xt_inverted(m, MARK);
}

const struct nfr_xt_ext nfr_xt_match_mark = {
	.name = "mark",
	.size = sizeof(struct match_mark),
	.families = NFR_XT_FAMILY_BOTH,
	NFR_XT_OPTIONS(opts),
	.check = nfr_xt_check_ok,
	.constant = NFR_XT_CONSTANT_ALL,
	.match = match,
};
