/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The next hop of a new route: whether Linux takes it, and which interface it is on.
 */
#include "stack/fib.h"

#include "base/bytes.h"

/* The longest route of a table to an address that needs no gateway, through `oif` unless that is 0. */
static const struct nfr_fib_route *direct_route(const struct nfr_fib *fib, uint8_t family,
						uint32_t table, const uint8_t *addr, uint16_t oif)
{
	const struct nfr_fib_route *best = NULL, *r;
	uint32_t i = fib->first_route[family == NFR_IPV6];

	for (; i; i = r->list_next) {
		r = nfr_fib_route_at(fib, i);
		if (r->table != table || r->has_gateway || nfr_fib_leads_nowhere(r->type) ||
		    (oif && r->oif != oif) || (best && best->prefix_len >= r->prefix_len))
			continue;
		if (nfr_prefix_eq(addr, r->dst.b, r->prefix_len))
			best = r;
	}
	return best;
}

/* The route to a gateway: the route's own table is asked first. */
static const struct nfr_fib_route *route_to_gateway(struct nfr_fib *fib,
						    const struct nfr_route *route)
{
	struct nfr_flow flow = {.family = route->family,
				.dst = route->gateway.b,
				.src = route->pref_src.b,
				.iif = (uint16_t)fib->env->max_iface,
				.oif = route->oif};
	const struct nfr_fib_route *r = NULL;

	nfr_fib_build(fib);
	if (route->table && route->table != NFR_RT_TABLE_MAIN)
		r = direct_route(fib, route->family, route->table, route->gateway.b, route->oif);
	return r ? r : nfr_fib_lookup(fib, &flow);
}

static bool is_link_local6(const struct nfr_route *route)
{
	return route->family == NFR_IPV6 && route->gateway.b[0] == 0xfe &&
	       (route->gateway.b[1] & 0xc0) == 0x80;
}

/* With `onlink` nothing need lead to the gateway, but it must be an address that another host can
 * have, and for IPv6 one that no other interface leads to. */
static bool onlink_gateway_ok(const struct nfr_fib *fib, const struct nfr_route *route)
{
	const uint8_t *g = route->gateway.b;
	const struct nfr_fib_route *r = direct_route(fib, route->family, NFR_RT_TABLE_LOCAL, g, 0);

	if (r && (r->type == NFR_RTN_LOCAL || r->type == NFR_RTN_BROADCAST))
		return false;
	if (route->family == NFR_IPV4)
		return (g[0] & 0xf0) != 0xe0 && nfr_get32(g) != 0xffffffff;
	r = direct_route(fib, NFR_IPV6, NFR_RT_TABLE_MAIN, g, 0);
	return g[0] != 0xff && (!r || !r->prefix_len || r->oif == route->oif);
}

/*
 * Whether a gateway can be one, and the interface that it is reached by. What leads to it needs no
 * gateway itself; an IPv6 link-local router is reached on the interface that is named. An IPv4
 * address of the router's own says that the destination is on the link of that address: such a
 * route has no gateway for packets.
 */
static enum nfr_status resolve_gateway(struct nfr_fib *fib, const struct nfr_route *route,
				       struct nfr_fib_route *new)
{
	const struct nfr_fib_route *r;

	if (route->family == NFR_IPV6 && route->oif && fib->env->iface[route->oif - 1].link.loopback)
		return NFR_EINVAL;
	if (route->onlink) {
		new->oif = route->oif;
		return onlink_gateway_ok(fib, route) ? NFR_OK : NFR_EINVAL;
	}
	r = route_to_gateway(fib, route);
	new->oif = r->oif;
	if (r->type == NFR_RTN_LOCAL && route->family == NFR_IPV4)
		new->has_gateway = false;
	else if ((r->type != NFR_RTN_UNICAST && r->type != NFR_RTN_ANYCAST) || r->has_gateway)
		new->oif = 0;
	if (route->oif && new->oif != route->oif)
		new->oif = is_link_local6(route) ? route->oif : 0;
	return new->oif ? NFR_OK : NFR_EINVAL;
}

enum nfr_status nfr_fib_resolve_nexthop(struct nfr_fib *fib, const struct nfr_route *route,
					struct nfr_fib_route *new)
{
	if (nfr_fib_leads_nowhere(route->type))
		return NFR_OK;
	if (route->oif > fib->env->max_iface || (route->onlink && !route->oif))
		return NFR_ENODEV;
	/* what is the router's own is so also while its interface is down */
	if (route->oif && route->type != NFR_RTN_LOCAL && !fib->env->iface[route->oif - 1].link.up)
		return NFR_ENODEV;
	if (new->has_gateway)
		return resolve_gateway(fib, route, new);
	if (route->onlink && route->family == NFR_IPV4)
		return NFR_EINVAL;
	new->oif = route->oif;
	return new->oif ? NFR_OK : NFR_ENODEV;
}
