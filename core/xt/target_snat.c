/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j SNAT: the source becomes an address and port of the range.
 */
#include "xt/nat_range.h"

#define RANGE offsetof(struct nfr_xt_nat, range)

static const struct nfr_xt_opt opts[] = {
	{.name = "to-source",
	 .kind = NFR_XT_K_NAT_RANGE,
	 .flags = NFR_XT_OPT_REQUIRED,
	 .slot = NFR_XT_NAT_TO,
	 .off = RANGE,
	 .max = 65535},
	{.name = "random", .kind = NFR_XT_K_NONE, .slot = NFR_XT_NAT_RANDOM},
	{.name = "random-fully", .kind = NFR_XT_K_NONE, .slot = NFR_XT_NAT_RANDOM_FULLY},
	{.name = "persistent", .kind = NFR_XT_K_NONE, .slot = NFR_XT_NAT_PERSISTENT},
};

/* The base of a shifted range is read and, unlike DNAT's, forgotten: the shift is from 0. */
static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	struct nfr_xt_nat *t = data;

	t->range.base_proto = 0;
	return nfr_xt_nat_check(chk, data);
}

static unsigned target(struct nfr_xt_ctx *ctx, void *data)
{
	const struct nfr_xt_nat *t = data;

	return nfr_nat_setup_info(ctx->nat, ctx->pkt, &t->range, NFR_NAT_MANIP_SRC);
}

const struct nfr_xt_ext nfr_xt_target_SNAT = {
	.name = "SNAT",
	.size = sizeof(struct nfr_xt_nat),
	.families = NFR_XT_FAMILY_BOTH,
	.tables = NFR_XT_BIT(NFR_XT_NAT),
	.hooks = NFR_XT_BIT(NFR_INET_POST_ROUTING) | NFR_XT_BIT(NFR_INET_LOCAL_IN),
	.is_target = true,
	.conntrack = true,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.target = target,
};
