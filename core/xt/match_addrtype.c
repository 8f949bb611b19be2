/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m addrtype: what kind of route an address has.
 *
 * For IPv4 the address has one type, and the list of types must hold it. For IPv6 the list is
 * read otherwise: MULTICAST, UNICAST and UNSPEC each must be true of the address when listed;
 * LOCAL, ANYCAST and UNREACHABLE come from the routes, and one of those listed must be found.
 */
#include "xt/xt.h"

struct match_addrtype {
	struct nfr_xt_head head;
	uint32_t src; /* bits of enum nfr_route_type */
	uint32_t dst;
};

enum { SRC, DST, LIMIT_IN, LIMIT_OUT };

#define BIT NFR_XT_BIT
#define HOOKS_WITHOUT_OUT (BIT(NFR_INET_PRE_ROUTING) | BIT(NFR_INET_LOCAL_IN))
#define HOOKS_WITHOUT_IN (BIT(NFR_INET_POST_ROUTING) | BIT(NFR_INET_LOCAL_OUT))
#define NOT_FOR_IPV6                                                               \
	(BIT(NFR_RTN_BROADCAST) | BIT(NFR_RTN_BLACKHOLE) | BIT(NFR_RTN_PROHIBIT) | \
	 BIT(NFR_RTN_THROW) | BIT(RTN_NAT) | BIT(RTN_XRESOLVE))
#define NOT_FROM_IPV6_ROUTES (BIT(NFR_RTN_BLACKHOLE) | BIT(NFR_RTN_PROHIBIT) | BIT(NFR_RTN_THROW))

enum { RTN_NAT = 10, RTN_XRESOLVE = 11 }; /* names without a meaning left */

static const struct nfr_xt_name type_names[] = {
	{"UNSPEC", BIT(NFR_RTN_UNSPEC)},
	{"UNICAST", BIT(NFR_RTN_UNICAST)},
	{"LOCAL", BIT(NFR_RTN_LOCAL)},
	{"BROADCAST", BIT(NFR_RTN_BROADCAST)},
	{"ANYCAST", BIT(NFR_RTN_ANYCAST)},
	{"MULTICAST", BIT(NFR_RTN_MULTICAST)},
	{"BLACKHOLE", BIT(NFR_RTN_BLACKHOLE)},
	{"UNREACHABLE", BIT(NFR_RTN_UNREACHABLE)},
	{"PROHIBIT", BIT(NFR_RTN_PROHIBIT)},
	{"THROW", BIT(NFR_RTN_THROW)},
	{"NAT", BIT(RTN_NAT)},
	{"XRESOLVE", BIT(RTN_XRESOLVE)},
	{NULL, 0},
};

#define TYPES NFR_XT_OPT_INVERT | NFR_XT_OPT_NOCASE | NFR_XT_OPT_PREFIX

static const struct nfr_xt_opt opts[] = {
	{.name = "src-type",
	 .kind = NFR_XT_K_FLAGS,
	 .flags = TYPES,
	 .slot = SRC,
	 .off = offsetof(struct match_addrtype, src),
	 .names = type_names},
	{.name = "dst-type",
	 .kind = NFR_XT_K_FLAGS,
	 .flags = TYPES,
	 .slot = DST,
	 .off = offsetof(struct match_addrtype, dst),
	 .names = type_names},
	{.name = "limit-iface-in",
	 .kind = NFR_XT_K_NONE,
	 .slot = LIMIT_IN,
	 .excludes = BIT(LIMIT_OUT)},
	{.name = "limit-iface-out",
	 .kind = NFR_XT_K_NONE,
	 .slot = LIMIT_OUT,
	 .excludes = BIT(LIMIT_IN)},
};

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	const struct match_addrtype *m = data;
	uint32_t types = (nfr_xt_given(m, SRC) ? m->src : 0) | (nfr_xt_given(m, DST) ? m->dst : 0);

	if (!nfr_xt_given(m, SRC) && !nfr_xt_given(m, DST))
		return nfr_xt_refuse(chk, "addrtype needs --src-type or --dst-type");
	if (nfr_xt_given(m, LIMIT_OUT) && (chk->hooks & HOOKS_WITHOUT_OUT))
		return nfr_xt_refuse(chk, "output interface limitation not valid in PREROUTING "
					  "and INPUT");
	if (nfr_xt_given(m, LIMIT_IN) && (chk->hooks & HOOKS_WITHOUT_IN))
		return nfr_xt_refuse(chk, "input interface limitation not valid in POSTROUTING "
					  "and OUTPUT");
	if (chk->family == NFR_IPV6 && (types & NOT_FROM_IPV6_ROUTES))
		return nfr_xt_refuse(chk, "ipv6 BLACKHOLE, THROW, PROHIBIT matching not "
					  "supported");
	if (chk->family == NFR_IPV6 && (types & NOT_FOR_IPV6))
		return nfr_xt_refuse(chk, "ipv6 does not support BROADCAST matching");
	return NFR_OK;
}

static bool match4(struct nfr_xt_ctx *ctx, const union nfr_addr *addr, uint16_t ifindex,
		   uint32_t types)
{
	uint8_t type = ctx->env->ops->addr_type(ctx->env, NFR_IPV4, addr, ifindex);

	return types >> type & 1;
}

static bool is_any6(const union nfr_addr *addr)
{
	static const union nfr_addr any;

	return nfr_addr_eq(addr, &any);
}

static bool match6(struct nfr_xt_ctx *ctx, const union nfr_addr *addr, uint16_t ifindex,
		   uint32_t types)
{
	const uint32_t routed =
		BIT(NFR_RTN_LOCAL) | BIT(NFR_RTN_ANYCAST) | BIT(NFR_RTN_UNREACHABLE);
	bool multicast = addr->b[0] == 0xff;
	bool any = is_any6(addr);

	if ((types & BIT(NFR_RTN_MULTICAST)) && !multicast)
		return false;
	if ((types & BIT(NFR_RTN_UNICAST)) && (multicast || any))
		return false;
	if ((types & BIT(NFR_RTN_UNSPEC)) && !any)
		return false;
	if (!(types & routed))
		return true;
	return (types & routed) >> ctx->env->ops->addr_type(ctx->env, NFR_IPV6, addr, ifindex) & 1;
}

static bool has_type(struct nfr_xt_ctx *ctx, const struct match_addrtype *m, bool dst)
{
	bool ip6 = ctx->pkt->family == NFR_IPV6;
	size_t len = ip6 ? 16 : 4;
	const uint8_t *at = ctx->pkt->data + (ip6 ? 8 : 12) + (dst ? len : 0);
	union nfr_addr addr = {.b = {0}};
	uint16_t ifindex = 0;

	memcpy(addr.b, at, len);
	if (nfr_xt_given(m, LIMIT_IN))
		ifindex = ctx->state->in;
	else if (nfr_xt_given(m, LIMIT_OUT))
		ifindex = ctx->state->out;
	return (ip6 ? match6 : match4)(ctx, &addr, ifindex, dst ? m->dst : m->src);
}

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	const struct match_addrtype *m = data;

	if (nfr_xt_given(m, SRC) && has_type(ctx, m, false) == nfr_xt_inverted(m, SRC))
		return false;
	return !nfr_xt_given(m, DST) || has_type(ctx, m, true) != nfr_xt_inverted(m, DST);
}

const struct nfr_xt_ext nfr_xt_match_addrtype = {
	.name = "addrtype",
	.size = sizeof(struct match_addrtype),
	.families = NFR_XT_FAMILY_BOTH,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.constant = NFR_XT_CONSTANT_ALL,
	.match = match,
};
