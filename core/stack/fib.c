/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The forwarding information base.
 *
 * Routes of all tables and both families live in one pool and in one list per family, sorted by
 * prefix length, prefix, table, TOS (descending) and metric: the order in which a lookup wants to
 * meet those of one prefix, and the order in which tries are built. From the list a trie is made
 * for each table that a policy rule names. Its values are pool indices: of the first route of the
 * longest prefix; `next` leads from there to the others of that prefix and on to the next shorter
 * prefix, which is the backtracking that Linux does when a route's TOS or interface is not the
 * flow's. Mostly the first one is the answer.
 *
 * A router without policy rules of its own asks table local, then table main. Both are then one
 * trie (`merged`), where the longest match is the answer. That holds while no route of main lies
 * under one of local, none is a throw route, and table default is empty; otherwise each table has
 * its own trie.
 *
 * Building is put off until packets are looked at, because configuration comes in bulk; it cannot
 * fail, since the nodes suffice for any set of routes that the pool holds.
 *
 * Answers for fib_table_lookup(), fib_rules_lookup() and fib6_table_lookup(). Not here: multipath,
 * source-specific IPv6 routes, and routers chosen by reachability.
 */
#include "stack/fib.h"

#define TABLE_LOCAL NFR_RT_TABLE_LOCAL

/* What a lookup gives that ends without a route, or at a rule that leads nowhere. */
static const struct nfr_fib_route no_route = {.type = NFR_RTN_UNSPEC};
static const struct nfr_fib_route rule_blackhole = {.type = NFR_RTN_BLACKHOLE};
static const struct nfr_fib_route rule_prohibit = {.type = NFR_RTN_PROHIBIT};

static uint32_t pow2_above(uint32_t n)
{
	uint32_t size = 16;

	while (size < n && size < 0x40000000u)
		size *= 2;
	return size;
}

void nfr_fib_init(struct nfr_fib *fib, struct nfr_env *env, struct nfr_arena *arena,
		  const struct nfr_config *config)
{
	uint32_t n_local = pow2_above(2 * config->max.addr),
		 n_neigh = pow2_above(config->max.neigh);

	memset(fib, 0, sizeof(*fib));
	fib->env = env;
	nfr_pool_init(&fib->routes, arena, config->max.route, sizeof(struct nfr_fib_route));
	nfr_pool_init(&fib->rules, arena, config->max.policy_rule, sizeof(struct nfr_fib_rule));
	nfr_pool_init(&fib->addrs, arena, config->max.addr, sizeof(struct nfr_ifa));
	nfr_pool_init(&fib->neighs, arena, config->max.neigh, sizeof(struct nfr_neigh));
	nfr_lpm_init(&fib->lpm, arena,
		     NFR_LPM_NODES(config->max.route, config->max.policy_rule + 2) + 2);
	fib->link = nfr_arena_take(arena, config->max.iface + 1, sizeof(*fib->link));
	fib->neigh_bucket = nfr_arena_take(arena, n_neigh, sizeof(*fib->neigh_bucket));
	fib->local_bucket = nfr_arena_take(arena, n_local, sizeof(*fib->local_bucket));
	fib->neigh_mask = n_neigh - 1;
	fib->local_mask = n_local - 1;
	if (!arena->base)
		return;
	memset(fib->link, 0, (config->max.iface + 1) * sizeof(*fib->link));
	memset(fib->neigh_bucket, 0, n_neigh * sizeof(*fib->neigh_bucket));
	memset(fib->local_bucket, 0, n_local * sizeof(*fib->local_bucket));
	fib->dirty = true;
}

bool nfr_prefix_eq(const uint8_t *a, const uint8_t *b, unsigned len)
{
	unsigned n = len / 8;

	if (memcmp(a, b, n) != 0)
		return false;
	return len % 8 == 0 || (a[n] ^ b[n]) >> (8 - len % 8) == 0;
}

/* ---- the list ---- */

static int cmp_u32(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

/* Order of the list without the metric: prefix, table, TOS. */
static int cmp_key(const struct nfr_fib_route *a, const struct nfr_fib_route *b)
{
	int d = cmp_u32(a->prefix_len, b->prefix_len);

	if (!d)
		d = memcmp(a->dst.b, b->dst.b, sizeof(a->dst.b));
	if (!d)
		d = cmp_u32(b->table, a->table); /* local (255) before main (254) */
	if (!d)
		d = -cmp_u32(a->tos, b->tos);
	return d;
}

static bool same_prefix(const struct nfr_fib_route *a, const struct nfr_fib_route *b)
{
	return a->prefix_len == b->prefix_len && a->table == b->table &&
	       nfr_addr_eq(&a->dst, &b->dst);
}

static bool same_nexthop(const struct nfr_fib_route *a, const struct nfr_fib_route *b)
{
	return a->oif == b->oif && a->type == b->type && nfr_addr_eq(&a->gateway, &b->gateway);
}

static uint32_t *list_head(struct nfr_fib *fib, uint8_t family)
{
	return &fib->first_route[family == NFR_IPV6];
}

/*
 * Where a new route belongs: behind all that come before it or are its equals. NFR_EEXIST when it
 * is there: for the user one of the same prefix, TOS and metric is enough, what an address brings
 * may stand beside another.
 */
static enum nfr_status list_place(struct nfr_fib *fib, const struct nfr_fib_route *new,
				  uint32_t **place)
{
	uint32_t *at = list_head(fib, new->family);

	for (; *at; at = &nfr_fib_route_at(fib, *at)->list_next) {
		const struct nfr_fib_route *r = nfr_fib_route_at(fib, *at);
		int d = cmp_key(new, r);

		if (!d)
			d = cmp_u32(new->metric, r->metric);
		if (d < 0)
			break;
		if (d == 0 && (!new->automatic || same_nexthop(new, r)))
			return NFR_EEXIST;
	}
	*place = at;
	return NFR_OK;
}

/* ---- adding and removing ---- */

static uint8_t default_type(const struct nfr_route *route)
{
	return route->type ? route->type : (uint8_t)NFR_RTN_UNICAST;
}

static uint32_t default_metric(const struct nfr_route *route, bool automatic)
{
	/* `ip -6 route add` without a metric gets 1024; what addresses bring has its own */
	return route->family == NFR_IPV6 && !automatic && !route->metric ? 1024 : route->metric;
}

static void fill(struct nfr_fib_route *r, const struct nfr_route *route, bool automatic)
{
	unsigned bits = route->prefix_len;

	memset(r, 0, sizeof(*r));
	r->family = route->family;
	r->type = default_type(route);
	r->tos = route->tos & 0x1c;
	r->prefix_len = route->prefix_len;
	r->table = route->table ? route->table : (uint32_t)NFR_RT_TABLE_MAIN;
	r->metric = default_metric(route, automatic);
	r->mtu = route->mtu;
	r->mtu_lock = route->mtu_lock;
	r->scope = route->scope;
	r->automatic = automatic;
	r->gateway = route->gateway;
	r->has_gateway = !nfr_addr_any(route->family, route->gateway.b);
	r->pref_src = route->pref_src;
	memcpy(r->dst.b, route->dst.b, (bits + 7) / 8);
	if (bits % 8)
		r->dst.b[bits / 8] &= (uint8_t)(0xff00u >> bits % 8);
}

static enum nfr_status route_sane(const struct nfr_route *route)
{
	if (route->family != NFR_IPV4 && route->family != NFR_IPV6)
		return NFR_EINVAL;
	if (route->prefix_len > nfr_addr_bits(route->family) || route->type > NFR_RTN_THROW)
		return NFR_EINVAL;
	return NFR_OK;
}

enum nfr_status nfr_fib_route_add(struct nfr_fib *fib, const struct nfr_route *route,
				  bool automatic)
{
	struct nfr_fib_route new, *r;
	enum nfr_status status = route_sane(route);
	uint32_t *place, idx;

	if (status)
		return status;
	fill(&new, route, automatic);
	status = nfr_fib_resolve_nexthop(fib, route, &new);
	if (!status)
		status = list_place(fib, &new, &place);
	if (status)
		return status;
	idx = nfr_pool_get(&fib->routes);
	if (!idx)
		return NFR_ENOMEM;
	r = nfr_fib_route_at(fib, idx);
	*r = new;
	r->list_next = *place;
	*place = idx;
	if (!automatic && new.family == NFR_IPV4 && new.type == NFR_RTN_LOCAL)
		fib->custom_local = true;
	fib->dirty = true;
	return NFR_OK;
}

static void unlink_route(struct nfr_fib *fib, uint32_t *at)
{
	uint32_t idx = *at;

	*at = nfr_fib_route_at(fib, idx)->list_next;
	nfr_pool_put(&fib->routes, idx);
	fib->dirty = true;
}

/* What `ip route del` names: a prefix and TOS in a table, and of the rest only what it says. */
static bool deletes(const struct nfr_fib_route *r, const struct nfr_fib_route *named,
		    const struct nfr_route *route)
{
	if (!same_prefix(r, named))
		return false;
	if (route->type && route->type != r->type)
		return false;
	if (named->tos != r->tos)
		return false;
	if (route->metric && route->metric != r->metric)
		return false;
	if (route->oif && r->oif && route->oif != r->oif)
		return false;
	return !named->has_gateway || nfr_addr_eq(&named->gateway, &r->gateway);
}

enum nfr_status nfr_fib_route_del(struct nfr_fib *fib, const struct nfr_route *route,
				  bool automatic)
{
	struct nfr_fib_route named;
	enum nfr_status status = route_sane(route);

	if (status)
		return status;
	fill(&named, route, automatic);
	for (uint32_t *at = list_head(fib, route->family); *at;
	     at = &nfr_fib_route_at(fib, *at)->list_next) {
		struct nfr_fib_route *r = nfr_fib_route_at(fib, *at);

		if ((automatic && !r->automatic) || !deletes(r, &named, route))
			continue;
		unlink_route(fib, at);
		return NFR_OK;
	}
	return NFR_ENOENT;
}

/* An interface went down: its routes go, but not those of table local that say which addresses
 * are the router's own. IPv6 forgets those too. */
void nfr_fib_drop_routes_of(struct nfr_fib *fib, uint16_t ifindex)
{
	for (unsigned f = 0; f < 2; f++) {
		uint32_t *at = &fib->first_route[f];

		while (*at) {
			struct nfr_fib_route *r = nfr_fib_route_at(fib, *at);

			if (r->oif == ifindex && (f == 1 || r->type != NFR_RTN_LOCAL))
				unlink_route(fib, at);
			else
				at = &r->list_next;
		}
	}
}

/* ---- building ---- */

/* Whether local and main may be one trie. */
static bool may_merge(const struct nfr_fib *fib, uint8_t family)
{
	if (!nfr_fib_rules_are_default(fib, family))
		return false;
	for (uint32_t i = fib->first_route[family == NFR_IPV6]; i;) {
		const struct nfr_fib_route *r = nfr_fib_route_at(fib, i);

		i = r->list_next;
		if (r->table != TABLE_LOCAL && r->table != NFR_RT_TABLE_MAIN &&
		    r->table != NFR_RT_TABLE_DEFAULT)
			continue;
		if (r->type == NFR_RTN_THROW || r->table == NFR_RT_TABLE_DEFAULT)
			return false;
	}
	return true;
}

/* Adds the route (first of its prefix in its table) to a trie; the last of its prefix goes on to
 * what covers it. */
static void trie_add(struct nfr_fib *fib, uint32_t *root, uint32_t first, uint32_t last)
{
	const struct nfr_fib_route *r = nfr_fib_route_at(fib, first);

	nfr_fib_route_at(fib, last)->next =
		nfr_lpm_find(&fib->lpm, *root, r->dst.b, nfr_addr_bits(r->family));
	nfr_lpm_add(&fib->lpm, root, r->dst.b, r->prefix_len, first);
}

/* Chains the routes of one prefix and table; returns the last. */
static uint32_t chain_prefix(struct nfr_fib *fib, uint32_t first)
{
	uint32_t last = first;

	for (;;) {
		struct nfr_fib_route *r = nfr_fib_route_at(fib, last);
		uint32_t next = r->list_next;

		if (!next || !same_prefix(r, nfr_fib_route_at(fib, next)))
			return last;
		r->next = next;
		last = next;
	}
}

/* False when the prefix is of main and lies under one of local. */
static bool trie_add_merged(struct nfr_fib *fib, uint32_t *root, uint32_t first, uint32_t last)
{
	const struct nfr_fib_route *r = nfr_fib_route_at(fib, first);
	uint32_t cover = nfr_lpm_find(&fib->lpm, *root, r->dst.b, nfr_addr_bits(r->family));

	if (r->table == NFR_RT_TABLE_MAIN && cover &&
	    nfr_fib_route_at(fib, cover)->table == TABLE_LOCAL)
		return false;
	trie_add(fib, root, first, last);
	return true;
}

/* One trie of local and main; false, with all nodes given back, when that is not possible. */
static bool build_merged(struct nfr_fib *fib, uint8_t family)
{
	unsigned f = family == NFR_IPV6;
	uint32_t used = fib->lpm.used;

	fib->root_merged[f] = 0;
	if (!may_merge(fib, family))
		return false;
	for (uint32_t first = fib->first_route[f]; first;) {
		uint32_t last = chain_prefix(fib, first);
		uint32_t table = nfr_fib_route_at(fib, first)->table;

		if ((table == TABLE_LOCAL || table == NFR_RT_TABLE_MAIN) &&
		    !trie_add_merged(fib, &fib->root_merged[f], first, last)) {
			fib->lpm.used = used;
			fib->root_merged[f] = 0;
			return false;
		}
		first = nfr_fib_route_at(fib, last)->list_next;
	}
	return true;
}

/* The rule that holds the trie of a table, or NULL. */
static struct nfr_fib_rule *rule_of_table(struct nfr_fib *fib, uint8_t family, uint32_t table)
{
	for (uint32_t i = fib->first_rule[family == NFR_IPV6]; i;) {
		struct nfr_fib_rule *rule = nfr_fib_rule_at(fib, i);

		if (rule->r.action == NFR_RTN_UNICAST && rule->r.table == table)
			return rule;
		i = rule->list_next;
	}
	return NULL;
}

static void add_to_tables(struct nfr_fib *fib, uint8_t family, uint32_t first, uint32_t last)
{
	uint32_t table = nfr_fib_route_at(fib, first)->table;
	struct nfr_fib_rule *rule = rule_of_table(fib, family, table);

	if (table == TABLE_LOCAL)
		trie_add(fib, &fib->root_local[family == NFR_IPV6], first, last);
	else if (rule)
		trie_add(fib, &rule->root, first, last);
}

static void share_roots(struct nfr_fib *fib, uint8_t family)
{
	for (uint32_t i = fib->first_rule[family == NFR_IPV6]; i;) {
		struct nfr_fib_rule *rule = nfr_fib_rule_at(fib, i);
		struct nfr_fib_rule *holder = rule_of_table(fib, family, rule->r.table);

		if (rule->r.table == TABLE_LOCAL)
			rule->root = fib->root_local[family == NFR_IPV6];
		else if (holder)
			rule->root = holder->root;
		i = rule->list_next;
	}
}

static void build_tables(struct nfr_fib *fib, uint8_t family)
{
	unsigned f = family == NFR_IPV6;

	fib->root_local[f] = 0;
	for (uint32_t i = fib->first_rule[f]; i; i = nfr_fib_rule_at(fib, i)->list_next)
		nfr_fib_rule_at(fib, i)->root = 0;
	for (uint32_t first = fib->first_route[f]; first;) {
		uint32_t last = chain_prefix(fib, first);

		add_to_tables(fib, family, first, last);
		first = nfr_fib_route_at(fib, last)->list_next;
	}
	share_roots(fib, family);
}

static void build_family(struct nfr_fib *fib, uint8_t family)
{
	unsigned f = family == NFR_IPV6;

	fib->merged[f] = build_merged(fib, family);
	if (!fib->merged[f])
		build_tables(fib, family);
}

static uint32_t link_mtu(const struct nfr_env *env, uint16_t oif, bool ipv6)
{
	const struct nfr_iface *iface = &env->iface[oif - 1];

	return ipv6 ? (uint32_t)iface->sysctl.mtu6 : iface->link.mtu;
}

/* `via` a multicast address: Linux allows it where that has a unicast route. */
static bool has_multicast_gateway(const struct nfr_fib_route *r)
{
	return r->family == NFR_IPV4 && r->has_gateway && (r->gateway.b[0] & 0xf0) == 0xe0;
}

static struct nfr_dst next_hop_of(const struct nfr_env *env, const struct nfr_fib_route *r)
{
	return (struct nfr_dst){
		.gateway = r->gateway,
		.mtu = r->mtu || !r->oif ? r->mtu : link_mtu(env, r->oif, r->family == NFR_IPV6),
		.oif = r->oif,
		.type = r->type,
		.flags = (uint8_t)(r->has_gateway * NFR_DST_GATEWAY |
				   r->mtu_lock * NFR_DST_MTU_LOCK),
	};
}

/* What packets would ask of a route's interface, and of the one they come in on. */
static void build_caches(struct nfr_fib *fib)
{
	const struct nfr_env *env = fib->env;
	bool simple = fib->merged[0] && !fib->custom_rules[0] && !fib->custom_local &&
		      !env->if_all.rp_filter && !env->if_all.accept_local;

	for (unsigned f = 0; f < 2; f++)
		for (uint32_t i = fib->first_route[f]; i;) {
			struct nfr_fib_route *r = nfr_fib_route_at(fib, i);

			r->next_hop = next_hop_of(env, r);
			/* its header is not that of the link's other next hops */
			simple = simple && !has_multicast_gateway(r);
			i = r->list_next;
		}
	for (uint32_t i = 0; i < env->max_iface; i++) {
		const struct nfr_sysctl_if *own = &env->iface[i].sysctl;

		fib->link[i].simple_input =
			simple && own->forwarding4 && !own->rp_filter && !own->accept_local;
	}
}

void nfr_fib_build(struct nfr_fib *fib)
{
	if (!fib->dirty)
		return;
	nfr_lpm_clear(&fib->lpm);
	nfr_fib_rules_bind(fib);
	build_family(fib, NFR_IPV4);
	build_family(fib, NFR_IPV6);
	nfr_fib_index_addrs(fib);
	build_caches(fib);
	fib->dirty = false;
}

/* ---- looking up ---- */

static bool suits(const struct nfr_fib_route *r, const struct nfr_flow *flow)
{
	if (r->tos && r->tos != (flow->tos & 0x1c))
		return false;
	if (!flow->oif || r->oif == flow->oif)
		return true;
	return !flow->strict && (flow->family == NFR_IPV6 || nfr_fib_leads_nowhere(r->type));
}

/* IPv6 without `strict`: of routes that are alike in prefix and metric the one of the interface. */
static const struct nfr_fib_route *prefer_oif(const struct nfr_fib *fib,
					      const struct nfr_fib_route *first,
					      const struct nfr_flow *flow)
{
	const struct nfr_fib_route *r = first;

	while (r->oif != flow->oif && r->next) {
		r = nfr_fib_route_at(fib, r->next);
		if (!same_prefix(first, r) || r->metric != first->metric)
			return first;
	}
	return r->oif == flow->oif ? r : first;
}

static const struct nfr_fib_route *table_find(const struct nfr_fib *fib, uint32_t root,
					      const struct nfr_flow *flow)
{
	unsigned bits = nfr_addr_bits(flow->family);
	uint32_t idx = nfr_lpm_find(&fib->lpm, root, flow->dst, bits);

	while (idx) {
		const struct nfr_fib_route *r = nfr_fib_route_at(fib, idx);

		if (suits(r, flow)) {
			bool prefer = flow->oif && !flow->strict && flow->family == NFR_IPV6;

			return prefer ? prefer_oif(fib, r, flow) : r;
		}
		idx = r->next;
	}
	return NULL;
}

static const struct nfr_fib_route *
rule_result(const struct nfr_fib *fib, const struct nfr_fib_rule *rule, const struct nfr_flow *flow)
{
	switch (rule->r.action) {
	case NFR_RTN_BLACKHOLE:
		return &rule_blackhole;
	case NFR_RTN_UNREACHABLE:
		return &no_route; /* "network unreachable" other than a route of that type */
	case NFR_RTN_PROHIBIT:
		return &rule_prohibit;
	default:
		return table_find(fib, rule->root, flow);
	}
}

const struct nfr_fib_route *nfr_fib_lookup(const struct nfr_fib *fib, const struct nfr_flow *flow)
{
	unsigned f = flow->family == NFR_IPV6;
	const struct nfr_fib_route *r;
	const struct nfr_fib_rule *rule;
	uint32_t cursor = 0;

	if (fib->merged[f]) {
		r = table_find(fib, fib->root_merged[f], flow);
		return r ? r : &no_route;
	}
	while ((rule = nfr_fib_rule_find(fib, flow, &cursor)) != NULL) {
		r = rule_result(fib, rule, flow);
		if (r && r->type != NFR_RTN_THROW)
			return r;
	}
	return &no_route;
}

const struct nfr_fib_route *nfr_fib_local(const struct nfr_fib *fib, uint8_t family,
					  const uint8_t *addr)
{
	unsigned f = family == NFR_IPV6, bits = nfr_addr_bits(family);
	uint32_t root = fib->merged[f] ? fib->root_merged[f] : fib->root_local[f];
	uint32_t idx = nfr_lpm_find(&fib->lpm, root, addr, bits);

	if (!idx || nfr_fib_route_at(fib, idx)->table != TABLE_LOCAL)
		return &no_route;
	return nfr_fib_route_at(fib, idx);
}

/* ---- invariants ---- */

static const char *check_list(const struct nfr_fib *fib, unsigned f, uint32_t *n)
{
	const struct nfr_fib_route *prev = NULL;

	for (uint32_t i = fib->first_route[f]; i; i = nfr_fib_route_at(fib, i)->list_next) {
		const struct nfr_fib_route *r = nfr_fib_route_at(fib, i);

		if (++*n > fib->routes.max)
			return "fib: the list of routes runs in a circle";
		if ((r->family == NFR_IPV6) != f)
			return "fib: a route is in the list of the other family";
		if (prev && cmp_key(prev, r) > 0)
			return "fib: routes are not in order";
		prev = r;
	}
	return NULL;
}

const char *nfr_fib_check(const struct nfr_fib *fib)
{
	uint32_t n = 0;
	const char *why = check_list(fib, 0, &n);

	if (!why)
		why = check_list(fib, 1, &n);
	if (!why && n != fib->routes.used)
		why = "fib: routes in use and routes listed differ in number";
	if (!why && !(nfr_pool_check(&fib->routes) && nfr_pool_check(&fib->rules) &&
		      nfr_pool_check(&fib->addrs) && nfr_pool_check(&fib->neighs)))
		why = "fib: a pool's free list is broken";
	return why;
}
