/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m ttl: IPv4's time to live.
 */
#include "xt/xt.h"

struct match_ttl {
	struct nfr_xt_head head;
	uint8_t ttl;
};

enum { EQ, LT, GT };

static const struct nfr_xt_opt opts[] = {
	{.name = "ttl-eq",
	 .kind = NFR_XT_K_U8,
	 .flags = NFR_XT_OPT_INVERT,
	 .slot = EQ,
	 .off = offsetof(struct match_ttl, ttl),
	 .max = 255,
	 .excludes = NFR_XT_BIT(LT) | NFR_XT_BIT(GT)},
	{.name = "ttl",
	 .kind = NFR_XT_K_U8,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_ALIAS,
	 .slot = EQ,
	 .off = offsetof(struct match_ttl, ttl),
	 .max = 255,
	 .excludes = NFR_XT_BIT(LT) | NFR_XT_BIT(GT)},
	{.name = "ttl-lt",
	 .kind = NFR_XT_K_U8,
	 .slot = LT,
	 .off = offsetof(struct match_ttl, ttl),
	 .max = 255,
	 .excludes = NFR_XT_BIT(EQ) | NFR_XT_BIT(GT)},
	{.name = "ttl-gt",
	 .kind = NFR_XT_K_U8,
	 .slot = GT,
	 .off = offsetof(struct match_ttl, ttl),
	 .max = 255,
	 .excludes = NFR_XT_BIT(EQ) | NFR_XT_BIT(LT)},
};

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	const struct match_ttl *m = data;

	return m->head.given ? NFR_OK
			     : nfr_xt_refuse(chk, "ttl needs --ttl-eq, --ttl-lt or --ttl-gt");
}

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	const struct match_ttl *m = data;
	uint8_t ttl = ctx->pkt->data[8];

	if (nfr_xt_given(m, EQ))
		return (ttl == m->ttl) != nfr_xt_inverted(m, EQ);
	return nfr_xt_given(m, LT) ? ttl < m->ttl : ttl > m->ttl;
}

const struct nfr_xt_ext nfr_xt_match_ttl = {
	.name = "ttl",
	.size = sizeof(struct match_ttl),
	.families = NFR_XT_FAMILY_IPV4,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.match = match,
};
