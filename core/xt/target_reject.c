/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j REJECT of IPv4.
 */
#include "xt/reject.h"

#define DEST_UNREACH 3 /* ICMP */
#define PORT_UNREACHABLE 3

static const struct nfr_xt_name with_names[] = {
	{"icmp-net-unreachable", 0},
	{"net-unreach", 0},
	{"icmp-host-unreachable", 1},
	{"host-unreach", 1},
	{"icmp-proto-unreachable", 2},
	{"proto-unreach", 2},
	{"icmp-port-unreachable", PORT_UNREACHABLE},
	{"port-unreach", PORT_UNREACHABLE},
	{"icmp-net-prohibited", 9},
	{"net-prohib", 9},
	{"icmp-host-prohibited", 10},
	{"host-prohib", 10},
	{"tcp-reset", NFR_XT_REJECT_RESET},
	{"tcp-rst", NFR_XT_REJECT_RESET},
	{"icmp-admin-prohibited", 13},
	{"admin-prohib", 13},
	{NULL, 0},
};

static const struct nfr_xt_opt opts[] = {
	{.name = "reject-with",
	 .kind = NFR_XT_K_ENUM,
	 .flags = NFR_XT_OPT_NOCASE | NFR_XT_OPT_PREFIX,
	 .slot = NFR_XT_REJECT_WITH,
	 .off = offsetof(struct nfr_xt_reject, with),
	 .names = with_names},
};

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	return nfr_xt_reject_check(chk, data, PORT_UNREACHABLE);
}

static unsigned target(struct nfr_xt_ctx *ctx, void *data)
{
	return nfr_xt_reject(ctx, data, DEST_UNREACH);
}

const struct nfr_xt_ext nfr_xt_target_REJECT = {
	.name = "REJECT",
	.size = sizeof(struct nfr_xt_reject),
	.families = NFR_XT_FAMILY_IPV4,
	.tables = NFR_XT_BIT(NFR_XT_FILTER),
	.hooks = NFR_XT_BIT(NFR_INET_LOCAL_IN) | NFR_XT_BIT(NFR_INET_FORWARD) |
		 NFR_XT_BIT(NFR_INET_LOCAL_OUT),
	.is_target = true,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.target = target,
};
