/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m comment: matches always; the words are for whoever reads the rules.
 */
#include "xt/xt.h"

struct match_comment {
	struct nfr_xt_head head;
	char comment[256];
};

enum { COMMENT };

static const struct nfr_xt_opt opts[] = {
	{.name = "comment",
	 .kind = NFR_XT_K_STRING,
	 .flags = NFR_XT_OPT_REQUIRED | NFR_XT_OPT_CUT,
	 .slot = COMMENT,
	 .off = offsetof(struct match_comment, comment),
	 .max = 255},
};

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	(void)ctx;
	(void)data;
	return true;
}

const struct nfr_xt_ext nfr_xt_match_comment = {
	.name = "comment",
	.size = sizeof(struct match_comment),
	.families = NFR_XT_FAMILY_BOTH,
	NFR_XT_OPTIONS(opts),
	.check = nfr_xt_check_ok,
	.constant = NFR_XT_CONSTANT_ALL,
	.match = match,
};
