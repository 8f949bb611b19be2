/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j NETMAP: the network part of the address changes, the host part stays; the source's in
 * POSTROUTING and INPUT, the destination's in PREROUTING and OUTPUT.
 */
#include "xt/nat_range.h"

#define RANGE offsetof(struct nfr_xt_nat, range)

static const struct nfr_xt_opt opts[] = {
	{.name = "to",
	 .kind = NFR_XT_K_NETMAP,
	 .flags = NFR_XT_OPT_REQUIRED,
	 .slot = NFR_XT_NAT_TO,
	 .off = RANGE,
	 .max = 65535},
};

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	struct nfr_xt_nat *t = data;

	t->range.flags = NFR_NAT_RANGE_MAP_IPS;
	t->range.min_proto = t->range.max_proto = t->range.base_proto = 0;
	return nfr_xt_nat_check(chk, data);
}

static unsigned target(struct nfr_xt_ctx *ctx, void *data)
{
	const struct nfr_xt_nat *t = data;

	return nfr_nat_netmap(ctx->nat, ctx->pkt, &t->range, ctx->state);
}

const struct nfr_xt_ext nfr_xt_target_NETMAP = {
	.name = "NETMAP",
	.size = sizeof(struct nfr_xt_nat),
	.families = NFR_XT_FAMILY_BOTH,
	.tables = NFR_XT_BIT(NFR_XT_NAT),
	.hooks = NFR_XT_BIT(NFR_INET_PRE_ROUTING) | NFR_XT_BIT(NFR_INET_LOCAL_IN) |
		 NFR_XT_BIT(NFR_INET_LOCAL_OUT) | NFR_XT_BIT(NFR_INET_POST_ROUTING),
	.is_target = true,
	.conntrack = true,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.target = target,
};
