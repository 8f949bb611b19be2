/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j MASQUERADE: the source becomes the address of the interface the packet leaves on.
 */
#include "xt/nat_range.h"

#define RANGE offsetof(struct nfr_xt_nat, range)

static const struct nfr_xt_opt opts[] = {
	{.name = "to-ports",
	 .kind = NFR_XT_K_NAT_PORTS,
	 .flags = 0,
	 .slot = NFR_XT_NAT_TO,
	 .off = RANGE,
	 .max = 65535},
	{.name = "random", .kind = NFR_XT_K_NONE, .slot = NFR_XT_NAT_RANDOM},
	{.name = "random-fully", .kind = NFR_XT_K_NONE, .slot = NFR_XT_NAT_RANDOM_FULLY},
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

	return nfr_nat_masquerade(ctx->nat, ctx->pkt, &t->range, ctx->state);
}

const struct nfr_xt_ext nfr_xt_target_MASQUERADE = {
	.name = "MASQUERADE",
	.size = sizeof(struct nfr_xt_nat),
	.families = NFR_XT_FAMILY_BOTH,
	.tables = NFR_XT_BIT(NFR_XT_NAT),
	.hooks = NFR_XT_BIT(NFR_INET_POST_ROUTING),
	.is_target = true,
	.conntrack = true,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.target = target,
};
