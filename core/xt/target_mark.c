/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j MARK: clears the bits of the mask in the packet's mark and exclusive-ors the value.
 */
#include "xt/xt.h"

struct target_mark {
	struct nfr_xt_head head;
	struct nfr_xt_mark mark;
};

enum { SET };

#define OFF(field) offsetof(struct target_mark, field)

static const struct nfr_xt_opt opts[] = {
	{.name = "set-xmark",
	 .kind = NFR_XT_K_XMARK,
	 .slot = SET,
	 .off = OFF(mark),
	 .max = UINT32_MAX},
	{.name = "set-mark",
	 .kind = NFR_XT_K_MARK_SET,
	 .flags = NFR_XT_OPT_ALIAS,
	 .slot = SET,
	 .off = OFF(mark),
	 .max = UINT32_MAX},
	{.name = "and-mark",
	 .kind = NFR_XT_K_MARK_AND,
	 .flags = NFR_XT_OPT_ALIAS,
	 .slot = SET,
	 .off = OFF(mark),
	 .max = UINT32_MAX},
	{.name = "or-mark",
	 .kind = NFR_XT_K_MARK_OR,
	 .flags = NFR_XT_OPT_ALIAS,
	 .slot = SET,
	 .off = OFF(mark),
	 .max = UINT32_MAX},
	{.name = "xor-mark",
	 .kind = NFR_XT_K_MARK_XOR,
	 .flags = NFR_XT_OPT_ALIAS,
	 .slot = SET,
	 .off = OFF(mark),
	 .max = UINT32_MAX},
};

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	const struct target_mark *t = data;

	return t->head.given ? NFR_OK
			     : nfr_xt_refuse(chk, "MARK: one of --set-xmark, --set-mark, "
						  "--and-mark, --or-mark, --xor-mark is required");
}

static unsigned target(struct nfr_xt_ctx *ctx, void *data)
{
	const struct target_mark *t = data;

	ctx->pkt->mark = (ctx->pkt->mark & ~t->mark.mask) ^ t->mark.value;
	return NFR_XT_CONTINUE;
}

const struct nfr_xt_ext nfr_xt_target_MARK = {
	.name = "MARK",
	.size = sizeof(struct target_mark),
	.families = NFR_XT_FAMILY_BOTH,
	.is_target = true,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.target = target,
};
