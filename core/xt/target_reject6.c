/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j REJECT of IPv6.
 */
#include "xt/reject.h"

#define DEST_UNREACH 1 /* ICMPv6 */
#define PORT_UNREACHABLE 4

static const struct nfr_xt_name with_names[] = {
	{"icmp6-no-route", 0},
	{"no-route", 0},
	{"icmp6-adm-prohibited", 1},
	{"adm-prohibited", 1},
	{"icmp6-addr-unreachable", 3},
	{"addr-unreach", 3},
	{"icmp6-port-unreachable", PORT_UNREACHABLE},
	{"port-unreach", PORT_UNREACHABLE},
	{"tcp-reset", NFR_XT_REJECT_RESET},
	{"icmp6-policy-fail", 5},
	{"policy-fail", 5},
	{"icmp6-reject-route", 6},
	{"reject-route", 6},
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

const struct nfr_xt_ext nfr_xt_target_REJECT6 = {
	.name = "REJECT",
	.size = sizeof(struct nfr_xt_reject),
	.families = NFR_XT_FAMILY_IPV6,
	.tables = NFR_XT_BIT(NFR_XT_FILTER),
	.hooks = NFR_XT_BIT(NFR_INET_LOCAL_IN) | NFR_XT_BIT(NFR_INET_FORWARD) |
		 NFR_XT_BIT(NFR_INET_LOCAL_OUT),
	.is_target = true,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.target = target,
};
