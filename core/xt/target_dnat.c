/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j DNAT: the destination becomes an address and port of the range.
 */
#include "xt/nat_range.h"

#define RANGE offsetof(struct nfr_xt_nat, range)

static const struct nfr_xt_opt opts[] = {
	{.name = "to-destination",
	 .kind = NFR_XT_K_NAT_RANGE,
	 .flags = NFR_XT_OPT_REQUIRED,
	 .slot = NFR_XT_NAT_TO,
	 .off = RANGE,
	 .max = 65535},
	{.name = "random", .kind = NFR_XT_K_NONE, .slot = NFR_XT_NAT_RANDOM},
	{.name = "persistent", .kind = NFR_XT_K_NONE, .slot = NFR_XT_NAT_PERSISTENT},
};

static unsigned target(struct nfr_xt_ctx *ctx, void *data)
{
	const struct nfr_xt_nat *t = data;

	return nfr_nat_setup_info(ctx->nat, ctx->pkt, &t->range, NFR_NAT_MANIP_DST);
}

const struct nfr_xt_ext nfr_xt_target_DNAT = {
	.name = "DNAT",
	.size = sizeof(struct nfr_xt_nat),
	.families = NFR_XT_FAMILY_BOTH,
	.tables = NFR_XT_BIT(NFR_XT_NAT),
	.hooks = NFR_XT_BIT(NFR_INET_PRE_ROUTING) | NFR_XT_BIT(NFR_INET_LOCAL_OUT),
	.is_target = true,
	.conntrack = true,
	NFR_XT_OPTIONS(opts),
	.check = nfr_xt_nat_check,
	.target = target,
};
