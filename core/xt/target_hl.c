/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j HL: sets, raises or lowers IPv6's hop limit, between 0 and 255.
 */
#include "xt/xt.h"

struct target_hl {
	struct nfr_xt_head head;
	uint8_t hl;
};

enum { SET, DEC, INC };

#define BIT NFR_XT_BIT
#define ROW(opt_name, opt_slot, opt_min, excluded)                                   \
	{                                                                            \
		.name = (opt_name), .kind = NFR_XT_K_U8, .slot = (opt_slot),         \
		.off = offsetof(struct target_hl, hl), .min = (opt_min), .max = 255, \
		.excludes = (excluded),                                              \
	}

static const struct nfr_xt_opt opts[] = {
	ROW("hl-set", SET, 0, BIT(DEC) | BIT(INC)),
	ROW("hl-dec", DEC, 1, BIT(SET) | BIT(INC)),
	ROW("hl-inc", INC, 1, BIT(SET) | BIT(DEC)),
};

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	const struct target_hl *t = data;

	return t->head.given ? NFR_OK : nfr_xt_refuse(chk, "HL: an action must be specified");
}

static uint8_t change(const struct target_hl *t, uint8_t hl)
{
	int to = hl;

	if (nfr_xt_given(t, SET))
		to = t->hl;
	else if (nfr_xt_given(t, INC))
		to += t->hl;
	else
		to -= t->hl;
	return (uint8_t)(to < 0 ? 0 : to > 255 ? 255 : to);
}

static unsigned target(struct nfr_xt_ctx *ctx, void *data)
{
	const struct target_hl *t = data;
	uint8_t *ip = ctx->pkt->data;

	ip[7] = change(t, ip[7]);
	return NFR_XT_CONTINUE;
}

const struct nfr_xt_ext nfr_xt_target_HL = {
	.name = "HL",
	.size = sizeof(struct target_hl),
	.families = NFR_XT_FAMILY_IPV6,
	.tables = NFR_XT_BIT(NFR_XT_MANGLE),
	.is_target = true,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.target = target,
};
