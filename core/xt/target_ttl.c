/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j TTL: sets, raises or lowers IPv4's time to live, between 0 and 255.
 */
#include "base/csum.h"
#include "xt/xt.h"

struct target_ttl {
	struct nfr_xt_head head;
	uint8_t ttl;
};

enum { SET, DEC, INC };

#define BIT NFR_XT_BIT
#define ROW(opt_name, opt_slot, opt_min, excluded)                                     \
	{                                                                              \
		.name = (opt_name), .kind = NFR_XT_K_U8, .slot = (opt_slot),           \
		.off = offsetof(struct target_ttl, ttl), .min = (opt_min), .max = 255, \
		.excludes = (excluded),                                                \
	}

static const struct nfr_xt_opt opts[] = {
	ROW("ttl-set", SET, 0, BIT(DEC) | BIT(INC)),
	ROW("ttl-dec", DEC, 1, BIT(SET) | BIT(INC)),
	ROW("ttl-inc", INC, 1, BIT(SET) | BIT(DEC)),
};

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	const struct target_ttl *t = data;

	return t->head.given ? NFR_OK : nfr_xt_refuse(chk, "TTL: an action must be specified");
}

static uint8_t change(const struct target_ttl *t, uint8_t ttl)
{
	int to = ttl;

	if (nfr_xt_given(t, SET))
		to = t->ttl;
	else if (nfr_xt_given(t, INC))
		to += t->ttl;
	else
		to -= t->ttl;
	return (uint8_t)(to < 0 ? 0 : to > 255 ? 255 : to);
}

static unsigned target(struct nfr_xt_ctx *ctx, void *data)
{
	const struct target_ttl *t = data;
	uint8_t *ip = ctx->pkt->data;
	uint8_t to = change(t, ip[8]);

	nfr_csum_replace2(ip + 10, (uint16_t)(ip[8] << 8), (uint16_t)(to << 8));
	ip[8] = to;
	return NFR_XT_CONTINUE;
}

const struct nfr_xt_ext nfr_xt_target_TTL = {
	.name = "TTL",
	.size = sizeof(struct target_ttl),
	.families = NFR_XT_FAMILY_IPV4,
	.tables = NFR_XT_BIT(NFR_XT_MANGLE),
	.is_target = true,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.target = target,
};
