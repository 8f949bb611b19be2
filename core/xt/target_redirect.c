/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j REDIRECT: the destination becomes the router itself.
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
};

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	const struct nfr_xt_nat *t = data;

	if (nfr_xt_given(t, NFR_XT_NAT_TO) && (t->range.flags & NFR_NAT_RANGE_PROTO_OFFSET))
		return nfr_xt_refuse(chk, "REDIRECT: shifted port ranges are not supported");
	return nfr_xt_nat_check(chk, data);
}

static unsigned target(struct nfr_xt_ctx *ctx, void *data)
{
	const struct nfr_xt_nat *t = data;

	return nfr_nat_redirect(ctx->nat, ctx->pkt, &t->range, ctx->state);
}

const struct nfr_xt_ext nfr_xt_target_REDIRECT = {
	.name = "REDIRECT",
	.size = sizeof(struct nfr_xt_nat),
	.families = NFR_XT_FAMILY_BOTH,
	.tables = NFR_XT_BIT(NFR_XT_NAT),
	.hooks = NFR_XT_BIT(NFR_INET_PRE_ROUTING) | NFR_XT_BIT(NFR_INET_LOCAL_OUT),
	.is_target = true,
	.conntrack = true,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.target = target,
};
