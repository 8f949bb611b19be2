/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The forwarding information base: addresses of the interfaces, routing tables, policy rules and
 * neighbours, and the one question that packets ask of it. The essay is in fib.c.
 */
#ifndef NFR_STACK_FIB_H
#define NFR_STACK_FIB_H

#include "base/env.h"
#include "base/lpm.h"

enum nfr_rt_scope {
	NFR_RT_SCOPE_UNIVERSE = 0,
	NFR_RT_SCOPE_LINK = 253,
	NFR_RT_SCOPE_HOST = 254,
	NFR_RT_SCOPE_NOWHERE = 255,
};

/* Bits of nfr_dst.flags. */
enum nfr_dst_flags {
	NFR_DST_GATEWAY = 1u << 0,  /* gateway is a router */
	NFR_DST_REDIRECT = 1u << 1, /* the sender should know a better way */
	NFR_DST_OUTPUT = 1u << 2,   /* routed as output, not as input */
	NFR_DST_MTU_LOCK = 1u << 6, /* the route's mtu is `lock`; IP options have the bits between */
};

/* A route as it is looked up; the first line of cache is what a packet needs. */
struct nfr_fib_route {
	struct nfr_dst next_hop; /* of its packets, made with the tries */
	union nfr_addr gateway;
	uint32_t next; /* to try after this one: same prefix, then the next shorter one */
	uint32_t mtu;  /* bytes, as given; 0: the interface's */
	uint16_t oif;  /* 0 for those that lead nowhere */
	uint8_t type; /* enum nfr_route_type */
	uint8_t tos;
	uint8_t prefix_len;
	uint8_t family;
	bool has_gateway;
	bool mtu_lock;
	bool automatic; /* came with an address */
	uint8_t scope;
	uint32_t metric;
	uint32_t table;
	uint32_t list_next; /* all routes, in the order in which tries are built */
	union nfr_addr dst;
	union nfr_addr pref_src; /* zero: chosen by interface and destination */
};

/* A policy rule; `root` is the trie of its table. */
struct nfr_fib_rule {
	struct nfr_policy_rule r;
	uint32_t root;
	uint32_t list_next;
	uint16_t iif, oif; /* 0 while no interface has the name */
	bool needs_ports;
};

struct nfr_ifa {
	struct nfr_ifaddr a;
	uint32_t list_next; /* all addresses, in the order they came */
	bool secondary;	    /* IPv4: another one of the same network was there before */
};

struct nfr_neigh {
	union nfr_addr addr;
	uint32_t next; /* in its bucket */
	uint16_t ifindex;
	uint8_t family;
	uint8_t mac[6];
};

#define NFR_LINK_HLEN 14

/* What the tables hold ready for each interface. */
struct nfr_link_cache {
	uint8_t header[NFR_LINK_HLEN]; /* to a next hop without an entry; type by family */
	uint8_t header_len;	       /* 0: a link without link-layer addresses */
	bool plain_output;	       /* that header is all that unicast IPv4 needs to leave */
	bool simple_input;	       /* IPv4: see nfr_route_input4_simple() */
	uint32_t n_neigh;
};

struct nfr_fib {
	struct nfr_env *env;
	struct nfr_pool routes, rules, addrs, neighs;
	struct nfr_lpm lpm;
	struct nfr_link_cache *link; /* one for each interface */
	uint32_t *neigh_bucket, neigh_mask;
	uint32_t *local_bucket, local_mask; /* IPv4 addresses: open hashing of pool indices */
	uint64_t local_bits; /* of those, the last six bits that occur */
	uint32_t first_route[2], first_rule[2], first_addr; /* [family is IPv6] */
	uint32_t root_local[2];	 /* trie of table local, unless `merged` */
	uint32_t root_merged[2]; /* local and main in one */
	bool merged[2];		 /* only the rules of a new namespace, nothing that forbids it */
	bool custom_rules[2];
	bool custom_local; /* a local route of the user's own was added */
	bool rules_with_ports[2];
	bool dirty; /* routes or rules changed since the tries were built */
};

/* What a lookup is about. Addresses point into the packet or at the caller's. */
struct nfr_flow {
	const uint8_t *dst, *src;
	uint32_t mark;
	uint16_t iif; /* loopback for what the router itself sends */
	uint16_t oif; /* 0: any */
	uint16_t sport, dport;
	uint8_t family;
	uint8_t tos;
	uint8_t proto;
	bool strict; /* IPv6: only routes of oif */
};

void nfr_fib_init(struct nfr_fib *fib, struct nfr_env *env, struct nfr_arena *arena,
		  const struct nfr_config *config);
enum nfr_status nfr_fib_default_rules(struct nfr_fib *fib);

/* Builds the tries anew if something changed: called before packets are looked at. */
void nfr_fib_build(struct nfr_fib *fib);

/* The route of a flow. Never NULL: where there is none, one of type UNSPEC. */
const struct nfr_fib_route *nfr_fib_lookup(const struct nfr_fib *fib, const struct nfr_flow *flow);

/* Table local alone: type of an address, RTN_UNICAST when it is none of the router's. */
const struct nfr_fib_route *nfr_fib_local(const struct nfr_fib *fib, uint8_t family,
					  const uint8_t *addr);

/* An IPv4 address of an interface. */
bool nfr_fib_find_ifaddr(const struct nfr_fib *fib, const uint8_t addr[4]);

static inline bool nfr_fib_is_ifaddr(const struct nfr_fib *fib, const uint8_t addr[4])
{
	return fib->local_bits >> (addr[3] & 63) & 1 && nfr_fib_find_ifaddr(fib, addr);
}

enum nfr_status nfr_fib_route_add(struct nfr_fib *fib, const struct nfr_route *route,
				  bool automatic);
enum nfr_status nfr_fib_route_del(struct nfr_fib *fib, const struct nfr_route *route,
				  bool automatic);
/* The interface of a new route, and whether packets have a gateway there. NFR_EINVAL: Linux refuses
 * the gateway; NFR_ENODEV: there is no such interface, or it is down. */
enum nfr_status nfr_fib_resolve_nexthop(struct nfr_fib *fib, const struct nfr_route *route,
					struct nfr_fib_route *new);
void nfr_fib_drop_routes_of(struct nfr_fib *fib, uint16_t ifindex);
enum nfr_status nfr_fib_rule_add(struct nfr_fib *fib, const struct nfr_policy_rule *rule);
enum nfr_status nfr_fib_rule_del(struct nfr_fib *fib, const struct nfr_policy_rule *rule);
const struct nfr_fib_rule *nfr_fib_rule_find(const struct nfr_fib *fib, const struct nfr_flow *flow,
					     uint32_t *cursor);
void nfr_fib_rules_bind(struct nfr_fib *fib);
bool nfr_fib_rules_are_default(const struct nfr_fib *fib, uint8_t family);

/* addr.c */
enum nfr_status nfr_fib_addr_add(struct nfr_fib *fib, const struct nfr_ifaddr *addr);
enum nfr_status nfr_fib_addr_del(struct nfr_fib *fib, const struct nfr_ifaddr *addr);
void nfr_fib_link_up(struct nfr_fib *fib, uint16_t ifindex); /* its addresses' routes come back */
void nfr_fib_forwarding6(struct nfr_fib *fib);		     /* it changed: anycast addresses */
void nfr_fib_index_addrs(struct nfr_fib *fib);
bool nfr_fib_select_addr4(const struct nfr_fib *fib, uint16_t ifindex, const uint8_t *dst,
			  uint8_t scope, union nfr_addr *out);
bool nfr_fib_select_addr6(const struct nfr_fib *fib, uint16_t ifindex, const uint8_t *dst,
			  union nfr_addr *out);

/* The first address of an interface: of IPv4, the oldest; of IPv6, the newest of the widest scope,
 * or of dst's scope when that is the interface, the link or a site. */
bool nfr_fib_first_addr(const struct nfr_fib *fib, uint8_t family, uint16_t ifindex,
			const uint8_t *dst, union nfr_addr *out);
bool nfr_fib_has_addr(const struct nfr_fib *fib, uint8_t family, const uint8_t *addr,
		      uint16_t ifindex);
bool nfr_fib_joined6(const struct nfr_fib *fib, const uint8_t *group, uint16_t ifindex);

/* neigh.c */
enum nfr_status nfr_fib_neigh_set(struct nfr_fib *fib, uint16_t ifindex, uint8_t family,
				  const union nfr_addr *addr, const uint8_t mac[6]);
void nfr_fib_link_cache(struct nfr_fib *fib, uint16_t ifindex);

/* Makes the Ethernet header towards pkt->dst. */
const uint8_t *nfr_neigh_make_header(const struct nfr_fib *fib, const struct nfr_pkt *pkt,
				     uint8_t header[NFR_LINK_HLEN]);

/* The same, made in `scratch` only where it is not the interface's one for all next hops. */
static inline const uint8_t *nfr_neigh_header(const struct nfr_fib *fib, const struct nfr_pkt *pkt,
					      uint8_t scratch[NFR_LINK_HLEN])
{
	const struct nfr_link_cache *cache = &fib->link[pkt->dst.oif - 1];

	if (pkt->family == NFR_IPV4 && pkt->dst.type == NFR_RTN_UNICAST && !cache->n_neigh &&
	    (pkt->dst.gateway.b[0] & 0xf0) != 0xe0)
		return cache->header;
	return nfr_neigh_make_header(fib, pkt, scratch);
}

const char *nfr_fib_check(const struct nfr_fib *fib);

static inline struct nfr_fib_route *nfr_fib_route_at(const struct nfr_fib *fib, uint32_t idx)
{
	return nfr_pool_at(&fib->routes, idx);
}

static inline struct nfr_fib_rule *nfr_fib_rule_at(const struct nfr_fib *fib, uint32_t idx)
{
	return nfr_pool_at(&fib->rules, idx);
}

static inline struct nfr_ifa *nfr_ifa_at(const struct nfr_fib *fib, uint32_t idx)
{
	return nfr_pool_at(&fib->addrs, idx);
}

static inline bool nfr_fib_leads_nowhere(uint8_t type)
{
	return type >= NFR_RTN_BLACKHOLE && type <= NFR_RTN_THROW;
}

static inline unsigned nfr_addr_bits(uint8_t family)
{
	return family == NFR_IPV6 ? 128 : 32;
}

/* True when the first `len` bits agree. */
bool nfr_prefix_eq(const uint8_t *a, const uint8_t *b, unsigned len);

static inline bool nfr_addr_any(uint8_t family, const uint8_t *addr)
{
	static const uint8_t zero[16];

	return memcmp(addr, zero, nfr_addr_bits(family) / 8) == 0;
}

#endif
