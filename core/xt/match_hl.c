/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m hl: IPv6's hop limit.
 */
#include "xt/xt.h"

struct match_hl {
	struct nfr_xt_head head;
	uint8_t hl;
};

enum { EQ, LT, GT };

static const struct nfr_xt_opt opts[] = {
	{.name = "hl-eq",
	 .kind = NFR_XT_K_U8,
	 .flags = NFR_XT_OPT_INVERT,
	 .slot = EQ,
	 .off = offsetof(struct match_hl, hl),
	 .max = 255,
	 .excludes = NFR_XT_BIT(LT) | NFR_XT_BIT(GT)},
	{.name = "hl",
	 .kind = NFR_XT_K_U8,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_ALIAS,
	 .slot = EQ,
	 .off = offsetof(struct match_hl, hl),
	 .max = 255,
	 .excludes = NFR_XT_BIT(LT) | NFR_XT_BIT(GT)},
	{.name = "hl-lt",
	 .kind = NFR_XT_K_U8,
	 .slot = LT,
	 .off = offsetof(struct match_hl, hl),
	 .max = 255,
	 .excludes = NFR_XT_BIT(EQ) | NFR_XT_BIT(GT)},
	{.name = "hl-gt",
	 .kind = NFR_XT_K_U8,
	 .slot = GT,
	 .off = offsetof(struct match_hl, hl),
	 .max = 255,
	 .excludes = NFR_XT_BIT(EQ) | NFR_XT_BIT(LT)},
};

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	const struct match_hl *m = data;

	return m->head.given ? NFR_OK : nfr_xt_refuse(chk, "hl needs --hl-eq, --hl-lt or --hl-gt");
}

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	const struct match_hl *m = data;
	uint8_t hl = ctx->pkt->data[7];

	if (nfr_xt_given(m, EQ))
		return (hl == m->hl) != nfr_xt_inverted(m, EQ);
	return nfr_xt_given(m, LT) ? hl < m->hl : hl > m->hl;
}

const struct nfr_xt_ext nfr_xt_match_hl = {
	.name = "hl",
	.size = sizeof(struct match_hl),
	.families = NFR_XT_FAMILY_IPV6,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.match = match,
};
