/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses of interfaces and the routes they bring along.
 *
 * An address is the cause of routes (fib_add_ifaddr(), addrconf): that the address itself is
 * local, how its network is reached, which addresses mean everybody there. They are produced by
 * one function from the address and its interface, so that adding, removing and an interface
 * that comes back up agree; a route that another address causes too stays until both are gone.
 *
 * IPv4: of several addresses in one network on an interface the first is primary, the others are
 * secondary: they bring no network route, are not chosen as a source, and go with the primary.
 */
#include "base/hash.h"
#include "stack/fib.h"

#define MAX_ROUTES 4u

/* The routes of one address. */
struct made {
	struct nfr_route route[MAX_ROUTES];
	unsigned n;
};

static void make(struct made *made, const struct nfr_ifaddr *a, uint8_t type,
		 const union nfr_addr *dst, uint8_t prefix_len, uint32_t metric)
{
	bool main = type == NFR_RTN_UNICAST;

	made->route[made->n++] = (struct nfr_route){
		.family = a->family,
		.prefix_len = prefix_len,
		.type = type,
		.scope = type == NFR_RTN_LOCAL ? NFR_RT_SCOPE_HOST : NFR_RT_SCOPE_LINK,
		.oif = a->ifindex,
		.table = main ? NFR_RT_TABLE_MAIN : NFR_RT_TABLE_LOCAL,
		.metric = metric,
		.dst = *dst,
		.pref_src = a->family == NFR_IPV4 ? a->local : (union nfr_addr){.b = {0}},
	};
}

static uint32_t host_bits(uint8_t prefix_len)
{
	return prefix_len ? (uint32_t)((UINT64_C(1) << (32 - prefix_len)) - 1) : UINT32_MAX;
}

static void make_broadcast(struct made *made, const struct nfr_ifaddr *a, nfr_be32 addr)
{
	union nfr_addr dst = {.b = {0}};

	dst.ip4 = addr;
	for (unsigned i = 0; i < made->n; i++)
		if (nfr_addr_eq(&made->route[i].dst, &dst))
			return;
	make(made, a, NFR_RTN_BROADCAST, &dst, 32, 0);
}

static void make_ipv4(struct made *made, const struct nfr_ifa *ifa, const struct nfr_link *link)
{
	const struct nfr_ifaddr *a = &ifa->a;
	uint32_t host = host_bits(a->prefix_len);
	uint32_t peer = nfr_ntohl(a->peer.ip4);
	union nfr_addr net = {.b = {0}};
	bool network = a->prefix_len < 32 || !nfr_addr_eq(&a->peer, &a->local);

	net.ip4 = nfr_htonl(peer & ~host);
	make(made, a, NFR_RTN_LOCAL, &a->local, 32, 0);
	if (!link->up)
		return;
	if (!nfr_addr_any(NFR_IPV4, a->broadcast.b))
		make_broadcast(made, a, a->broadcast.ip4);
	if (ifa->secondary || !network || (peer & ~host) >> 24 == 0)
		return;
	make(made, a, link->loopback ? NFR_RTN_LOCAL : NFR_RTN_UNICAST, &net, a->prefix_len, 0);
	if (a->prefix_len < 31)
		make_broadcast(made, a, nfr_htonl(peer | host));
}

static bool forwarding6(const struct nfr_fib *fib, uint16_t ifindex)
{
	return fib->env->iface[ifindex - 1].sysctl.forwarding6;
}

static void make_ipv6(const struct nfr_fib *fib, struct made *made, const struct nfr_ifa *ifa,
		      const struct nfr_link *link)
{
	static const union nfr_addr multicast = {.b = {0xff}};
	const struct nfr_ifaddr *a = &ifa->a;
	union nfr_addr net = {.b = {0}};

	if (!link->up)
		return;
	make(made, a, NFR_RTN_LOCAL, &a->local, 128, 0);
	if (link->loopback)
		return;
	make(made, a, NFR_RTN_MULTICAST, &multicast, 8, 256);
	memcpy(net.b, a->peer.b, a->prefix_len / 8);
	if (a->prefix_len % 8)
		net.b[a->prefix_len / 8] =
			a->peer.b[a->prefix_len / 8] & (uint8_t)(0xff00u >> a->prefix_len % 8);
	make(made, a, NFR_RTN_UNICAST, &net, a->prefix_len, 256);
	/* a router answers to the subnet-router anycast address (RFC 4291 2.6.1), except on
	 * links between two routers (RFC 6164) */
	if (forwarding6(fib, a->ifindex) && a->prefix_len < 127)
		make(made, a, NFR_RTN_ANYCAST, &net, 128, 0);
}

static void make_routes(const struct nfr_fib *fib, const struct nfr_ifa *ifa, struct made *made)
{
	const struct nfr_link *link = &fib->env->iface[ifa->a.ifindex - 1].link;

	made->n = 0;
	if (ifa->a.family == NFR_IPV4)
		make_ipv4(made, ifa, link);
	else
		make_ipv6(fib, made, ifa, link);
}

static bool made_by_other(const struct nfr_fib *fib, const struct nfr_route *route)
{
	struct made made;

	for (uint32_t i = fib->first_addr; i; i = nfr_ifa_at(fib, i)->list_next) {
		const struct nfr_ifa *ifa = nfr_ifa_at(fib, i);

		if (ifa->a.family != route->family || ifa->a.ifindex != route->oif)
			continue;
		make_routes(fib, ifa, &made);
		for (unsigned k = 0; k < made.n; k++)
			if (made.route[k].type == route->type &&
			    made.route[k].prefix_len == route->prefix_len &&
			    nfr_addr_eq(&made.route[k].dst, &route->dst))
				return true;
	}
	return false;
}

static enum nfr_status add_routes(struct nfr_fib *fib, const struct nfr_ifa *ifa)
{
	struct made made;

	make_routes(fib, ifa, &made);
	for (unsigned k = 0; k < made.n; k++) {
		enum nfr_status status = nfr_fib_route_add(fib, &made.route[k], true);

		if (status != NFR_OK && status != NFR_EEXIST)
			return status;
	}
	return NFR_OK;
}

/* The address is out of the list already. */
static void del_routes(struct nfr_fib *fib, const struct nfr_ifa *ifa)
{
	struct made made;

	make_routes(fib, ifa, &made);
	for (unsigned k = 0; k < made.n; k++)
		if (!made_by_other(fib, &made.route[k]))
			nfr_fib_route_del(fib, &made.route[k], true);
}

static bool same_network(const struct nfr_ifaddr *a, const struct nfr_ifaddr *b)
{
	return a->family == b->family && a->ifindex == b->ifindex &&
	       a->prefix_len == b->prefix_len && nfr_prefix_eq(a->peer.b, b->peer.b, a->prefix_len);
}

static enum nfr_status addr_sane(const struct nfr_fib *fib, const struct nfr_ifaddr *addr)
{
	if (addr->family != NFR_IPV4 && addr->family != NFR_IPV6)
		return NFR_EINVAL;
	if (addr->prefix_len > nfr_addr_bits(addr->family))
		return NFR_EINVAL;
	if (!addr->ifindex || addr->ifindex > fib->env->max_iface ||
	    !fib->env->iface[addr->ifindex - 1].link.name[0])
		return NFR_ENODEV;
	return NFR_OK;
}

static void addr_unlink(struct nfr_fib *fib, uint32_t *at)
{
	uint32_t idx = *at;
	struct nfr_ifa ifa = *nfr_ifa_at(fib, idx);

	*at = ifa.list_next;
	nfr_pool_put(&fib->addrs, idx);
	del_routes(fib, &ifa);
	fib->dirty = true;
}

enum nfr_status nfr_fib_addr_add(struct nfr_fib *fib, const struct nfr_ifaddr *addr)
{
	enum nfr_status status = addr_sane(fib, addr);
	bool secondary = false;
	uint32_t *at = &fib->first_addr, idx;

	if (status)
		return status;
	for (; *at; at = &nfr_ifa_at(fib, *at)->list_next) {
		const struct nfr_ifa *ifa = nfr_ifa_at(fib, *at);
		bool same = same_network(&ifa->a, addr);

		if (same && nfr_addr_eq(&ifa->a.local, &addr->local))
			return NFR_EEXIST;
		secondary |= same && addr->family == NFR_IPV4;
	}
	idx = nfr_pool_get(&fib->addrs);
	if (!idx)
		return NFR_ENOMEM;
	nfr_ifa_at(fib, idx)->a = *addr;
	nfr_ifa_at(fib, idx)->secondary = secondary;
	*at = idx;
	fib->dirty = true;
	status = add_routes(fib, nfr_ifa_at(fib, idx));
	if (status)
		addr_unlink(fib, at);
	return status;
}

enum nfr_status nfr_fib_addr_del(struct nfr_fib *fib, const struct nfr_ifaddr *addr)
{
	enum nfr_status status = addr_sane(fib, addr);
	uint32_t *at = &fib->first_addr;
	struct nfr_ifa gone;

	if (status)
		return status;
	while (*at) {
		gone = *nfr_ifa_at(fib, *at);
		if (same_network(&gone.a, addr) && nfr_addr_eq(&gone.a.local, &addr->local))
			break;
		at = &nfr_ifa_at(fib, *at)->list_next;
	}
	if (!*at)
		return NFR_ENOENT;
	addr_unlink(fib, at);
	if (gone.a.family == NFR_IPV6 || gone.secondary)
		return NFR_OK;
	/* the secondaries of a primary go with it (promote_secondaries is 0) */
	for (at = &fib->first_addr; *at;) {
		if (same_network(&nfr_ifa_at(fib, *at)->a, addr))
			addr_unlink(fib, at);
		else
			at = &nfr_ifa_at(fib, *at)->list_next;
	}
	return NFR_OK;
}

void nfr_fib_link_up(struct nfr_fib *fib, uint16_t ifindex)
{
	for (uint32_t i = fib->first_addr; i; i = nfr_ifa_at(fib, i)->list_next)
		if (nfr_ifa_at(fib, i)->a.ifindex == ifindex)
			add_routes(fib, nfr_ifa_at(fib, i));
}

/* Forwarding was switched on or off somewhere: anycast addresses come or go. */
void nfr_fib_forwarding6(struct nfr_fib *fib)
{
	for (uint32_t *at = &fib->first_route[1]; *at;) {
		struct nfr_fib_route *r = nfr_fib_route_at(fib, *at);
		struct nfr_route route = {.family = NFR_IPV6,
					  .prefix_len = 128,
					  .type = NFR_RTN_ANYCAST,
					  .oif = r->oif,
					  .table = r->table,
					  .dst = r->dst};

		at = &r->list_next;
		if (r->automatic && r->type == NFR_RTN_ANYCAST && !made_by_other(fib, &route)) {
			nfr_fib_route_del(fib, &route, true);
			at = &fib->first_route[1];
		}
	}
	for (uint16_t i = 1; i <= fib->env->max_iface; i++)
		nfr_fib_link_up(fib, i);
}

/* ---- looking addresses up ---- */

static uint32_t local_slot(const struct nfr_fib *fib, const uint8_t addr[4])
{
	return (uint32_t)nfr_hash_2(&fib->env->hash_key, nfr_get32(addr), 0) & fib->local_mask;
}

/* Open addressing, at most half full: made anew when addresses change. */
void nfr_fib_index_addrs(struct nfr_fib *fib)
{
	memset(fib->local_bucket, 0, (fib->local_mask + 1) * sizeof(*fib->local_bucket));
	fib->local_bits = 0;
	for (uint32_t i = fib->first_addr; i; i = nfr_ifa_at(fib, i)->list_next) {
		const struct nfr_ifaddr *a = &nfr_ifa_at(fib, i)->a;
		uint32_t slot = local_slot(fib, a->local.b);

		if (a->family != NFR_IPV4)
			continue;
		while (fib->local_bucket[slot])
			slot = (slot + 1) & fib->local_mask;
		fib->local_bucket[slot] = i;
		fib->local_bits |= UINT64_C(1) << (a->local.b[3] & 63);
	}
}

bool nfr_fib_find_ifaddr(const struct nfr_fib *fib, const uint8_t addr[4])
{
	uint32_t slot = local_slot(fib, addr), idx;

	while ((idx = fib->local_bucket[slot]) != 0) {
		if (memcmp(nfr_ifa_at(fib, idx)->a.local.b, addr, 4) == 0)
			return true;
		slot = (slot + 1) & fib->local_mask;
	}
	return false;
}

bool nfr_fib_has_addr(const struct nfr_fib *fib, uint8_t family, const uint8_t *addr,
		      uint16_t ifindex)
{
	for (uint32_t i = fib->first_addr; i; i = nfr_ifa_at(fib, i)->list_next) {
		const struct nfr_ifaddr *a = &nfr_ifa_at(fib, i)->a;

		if (a->family == family && (!ifindex || a->ifindex == ifindex) &&
		    memcmp(a->local.b, addr, nfr_addr_bits(family) / 8) == 0)
			return true;
	}
	return false;
}

/* ---- choosing a source ---- */

static bool usable4(const struct nfr_ifa *ifa, uint8_t scope)
{
	return ifa->a.family == NFR_IPV4 && !ifa->secondary && ifa->a.scope <= scope;
}

/* inet_select_addr(): the first primary of the interface, better one of dst's network; without
 * any, the first of another interface, the loopback's first. */
bool nfr_fib_select_addr4(const struct nfr_fib *fib, uint16_t ifindex, const uint8_t *dst,
			  uint8_t scope, union nfr_addr *out)
{
	const struct nfr_ifaddr *first = NULL, *other = NULL;

	for (uint32_t i = fib->first_addr; i; i = nfr_ifa_at(fib, i)->list_next) {
		const struct nfr_ifa *ifa = nfr_ifa_at(fib, i);

		if (!usable4(ifa, scope))
			continue;
		if (ifa->a.ifindex != ifindex) {
			bool lo = ifa->a.ifindex == fib->env->max_iface;

			if (ifa->a.scope != NFR_RT_SCOPE_LINK &&
			    (!other || (lo && other->ifindex != fib->env->max_iface)))
				other = &ifa->a;
			continue;
		}
		if (!dst || nfr_prefix_eq(dst, ifa->a.peer.b, ifa->a.prefix_len)) {
			*out = ifa->a.local;
			return true;
		}
		if (!first)
			first = &ifa->a;
	}
	if (!first)
		first = other;
	if (first)
		*out = first->local;
	return first != NULL;
}

static bool is_loopback6(const uint8_t *a)
{
	static const uint8_t loopback[16] = {[15] = 1};

	return memcmp(a, loopback, 16) == 0;
}

/* Scope of an IPv6 address in the order of RFC 6724, for comparing. */
static unsigned scope6(const uint8_t *a)
{
	if (a[0] == 0xff)
		return a[1] & 0xf;
	if ((a[0] == 0xfe && (a[1] & 0xc0) == 0x80) || is_loopback6(a))
		return 2;
	if (a[0] == 0xfe && (a[1] & 0xc0) == 0xc0)
		return 5;
	return 14;
}

/* Labels of RFC 6724's policy table. */
static unsigned label6(const uint8_t *a)
{
	static const struct {
		uint8_t prefix[16];
		uint8_t len, label;
	} table[] = {
		{{[15] = 1}, 128, 0},  {{[10] = 0xff, [11] = 0xff}, 96, 4},
		{{0}, 96, 3},	       {{0x20, 0x01, 0x00, 0x10}, 28, 7},
		{{0x20, 0x01}, 32, 6}, {{0x20, 0x02}, 16, 2},
		{{0xfc}, 7, 5},	       {{0}, 0, 1},
	};
	unsigned i = 0;

	while (!nfr_prefix_eq(a, table[i].prefix, table[i].len))
		i++;
	return table[i].label;
}

static unsigned common_bits(const uint8_t *a, const uint8_t *b, unsigned max)
{
	unsigned n = 0;

	while (n < max && ((a[n / 8] ^ b[n / 8]) & (0x80u >> n % 8)) == 0)
		n++;
	return n;
}

/* How good a source is, as one number to compare: the rules of RFC 6724, section 5, that depend
 * on nothing but the addresses and the interface (1, 2, 5, 6, 8). */
static uint32_t score6(const struct nfr_ifaddr *a, uint16_t ifindex, const uint8_t *dst)
{
	unsigned scope = scope6(a->local.b), want = scope6(dst);
	uint32_t score = (uint32_t)(memcmp(a->local.b, dst, 16) == 0) << 24;

	score |= (scope >= want ? 31 - scope : scope) << 16;
	score |= (uint32_t)(a->ifindex == ifindex) << 15;
	score |= (uint32_t)(label6(a->local.b) == label6(dst)) << 14;
	return score | common_bits(a->local.b, dst, a->prefix_len);
}

/* ipv6_dev_get_saddr(): of equally good ones the newest of the first interface. */
bool nfr_fib_select_addr6(const struct nfr_fib *fib, uint16_t ifindex, const uint8_t *dst,
			  union nfr_addr *out)
{
	bool only_oif = dst[0] == 0xff || scope6(dst) == 2;
	uint16_t best_ifindex = UINT16_MAX;
	uint32_t best = 0;

	for (uint32_t i = fib->first_addr; i; i = nfr_ifa_at(fib, i)->list_next) {
		const struct nfr_ifaddr *a = &nfr_ifa_at(fib, i)->a;
		uint32_t score;

		if (a->family != NFR_IPV6 || (only_oif && a->ifindex != ifindex))
			continue;
		score = score6(a, ifindex, dst) + 1;
		if (score > best || (score == best && a->ifindex <= best_ifindex)) {
			best = score;
			best_ifindex = a->ifindex;
			*out = a->local;
		}
	}
	return best != 0;
}

/* The scope of an address that is no use outside of it: interface, link or site; 0: any other. */
static unsigned bounded_scope6(const uint8_t *a)
{
	unsigned scope = is_loopback6(a) ? 1 : scope6(a);

	return scope == 1 || scope == 2 || scope == 5 ? scope : 0;
}

bool nfr_fib_first_addr(const struct nfr_fib *fib, uint8_t family, uint16_t ifindex,
			const uint8_t *dst, union nfr_addr *out)
{
	unsigned bound = family == NFR_IPV6 ? bounded_scope6(dst) : 0, best = 0;

	for (uint32_t i = fib->first_addr; i; i = nfr_ifa_at(fib, i)->list_next) {
		const struct nfr_ifaddr *a = &nfr_ifa_at(fib, i)->a;
		unsigned scope;

		if (a->family != family || a->ifindex != ifindex)
			continue;
		if (family == NFR_IPV4) {
			*out = a->local;
			return true;
		}
		scope = scope6(a->local.b);
		if ((!bound || bounded_scope6(a->local.b) == bound) && scope >= best) {
			best = scope;
			*out = a->local;
		}
	}
	return best != 0;
}

/* Groups that an interface belongs to without being asked (RFC 4291 2.8). */
bool nfr_fib_joined6(const struct nfr_fib *fib, const uint8_t *group, uint16_t ifindex)
{
	static const uint8_t solicited[13] = {0xff, 2, [11] = 1, [12] = 0xff};
	static const uint8_t zero[13];
	bool router = forwarding6(fib, ifindex);

	if (memcmp(group + 2, zero, 13) == 0) {
		if (group[15] == 1)
			return group[1] == 1 || group[1] == 2;
		return group[15] == 2 && router &&
		       (group[1] == 1 || group[1] == 2 || group[1] == 5);
	}
	if (memcmp(group, solicited, 13) != 0)
		return false;
	for (uint32_t i = fib->first_addr; i; i = nfr_ifa_at(fib, i)->list_next) {
		const struct nfr_ifaddr *a = &nfr_ifa_at(fib, i)->a;

		if (a->family == NFR_IPV6 && a->ifindex == ifindex &&
		    memcmp(a->local.b + 13, group + 13, 3) == 0)
			return true;
	}
	return false;
}
