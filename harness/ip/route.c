/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `ip route add|replace|change|del`.
 *
 * What a line leaves out depends on its type, as in iproute2: local, broadcast and anycast routes
 * lie in table local and have host or link scope; a unicast route has link scope without a
 * gateway and global scope with one. IPv6 knows no scopes. When a route is deleted, a scope that
 * was not given means any.
 */
#include "ip/args.h"

#include <string.h>

#define SCOPE_LINK 253
#define SCOPE_HOST 254
#define SCOPE_NOWHERE 255

struct request {
	struct nfr_route route;
	struct nfr_ip_prefix dst;
	char dev[NFR_IFNAMSIZ];
	bool has_dst, has_via, has_scope, has_table;
};

/* The family so far: of the option -4 or -6, else of the first address that was read. */
static uint8_t family_of(const struct nfr_ip_args *args, const struct request *r)
{
	return args->family ? args->family : r->route.family;
}

static int take_dst(struct nfr_ip_args *args, struct request *r)
{
	if (r->has_dst)
		return nfr_ip_bad(args, "expected an option such as via or dev, not `%s'",
				  nfr_ip_word_now(args));
	if (nfr_ip_prefix(args, family_of(args, r), &r->dst))
		return -1;
	r->has_dst = true;
	if (r->dst.family)
		r->route.family = r->dst.family;
	return 0;
}

/* A type, or the destination. */
static int take_word(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;
	int type = nfr_ip_route_type(nfr_ip_word_now(args));
	const char *word;

	if (type < 0 || r->has_dst || r->route.type)
		return take_dst(args, r);
	r->route.type = (uint8_t)type;
	return nfr_ip_take(args, "a destination", &word) ? -1 : take_dst(args, r);
}

static int take_to(struct nfr_ip_args *args, void *request)
{
	const char *word;

	return nfr_ip_take(args, "a destination", &word) ? -1 : take_word(args, request);
}

static int take_family_word(struct nfr_ip_args *args, uint8_t *family)
{
	const char *word = nfr_ip_more(args) ? args->word[args->next].text : "";

	if (strcmp(word, "inet") && strcmp(word, "inet6"))
		return 0;
	*family = word[4] ? NFR_IPV6 : NFR_IPV4;
	return nfr_ip_take(args, "an address", &word);
}

static bool is_any6(const union nfr_addr *addr)
{
	static const union nfr_addr any;

	return !memcmp(addr->b, any.b, sizeof(any.b));
}

static int take_via(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;
	uint8_t family = family_of(args, r);

	if (r->has_via)
		return nfr_ip_bad(args, "more than one gateway is not supported");
	r->has_via = true;
	if (take_family_word(args, &family))
		return -1;
	if (family_of(args, r) && family != family_of(args, r))
		return nfr_ip_bad(args, "a gateway of the other family is not supported");
	if (nfr_ip_take_addr(args, family, &r->route.family, &r->route.gateway))
		return -1;
	if (r->route.family == NFR_IPV6 && is_any6(&r->route.gateway))
		return nfr_ip_bad(args, "Linux takes no gateway ::");
	return 0;
}

static int take_dev(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	return nfr_ip_take_dev(args, r->dev, &r->route.oif);
}

static int take_src(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	return nfr_ip_take_addr(args, family_of(args, r), &r->route.family, &r->route.pref_src);
}

static int take_metric(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	return nfr_ip_take_u32(args, "a metric", UINT32_MAX, &r->route.metric);
}

static int take_table(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	r->has_table = true;
	return nfr_ip_take_table(args, &r->route.table);
}

static int take_scope(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	r->has_scope = true;
	return nfr_ip_take_scope(args, &r->route.scope);
}

static int take_tos(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	return nfr_ip_take_tos(args, &r->route.tos);
}

static int take_mtu(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	r->route.mtu_lock = nfr_ip_more(args) && !strcmp(args->word[args->next].text, "lock");
	args->next += r->route.mtu_lock;
	return nfr_ip_take_u32(args, "an mtu", UINT32_MAX, &r->route.mtu);
}

/* `advmss 1460`, `advmss lock 1460`: metrics of the router's own TCP. */
static int skip_metric(struct nfr_ip_args *args, void *request)
{
	uint32_t value;

	(void)request;
	args->next += nfr_ip_more(args) && !strcmp(args->word[args->next].text, "lock");
	return nfr_ip_take_u32(args, "a number", UINT32_MAX, &value);
}

static int take_onlink(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	(void)args;
	r->route.onlink = true;
	return 0;
}

static int refuse(struct nfr_ip_args *args, void *request)
{
	(void)request;
	return nfr_ip_bad(args, "`%s' is not supported in a route", nfr_ip_word_now(args));
}

static const struct nfr_ip_opt options[] = {
	{"to", take_to},
	{"via", take_via},
	{"dev", take_dev},
	{"oif", take_dev},
	{"src", take_src},
	{"metric", take_metric},
	{"priority", take_metric},
	{"preference", take_metric},
	{"table", take_table},
	{"scope", take_scope},
	{"tos", take_tos},
	{"dsfield", take_tos},
	{"mtu", take_mtu},
	{"onlink", take_onlink},
	{"proto", nfr_ip_skip_value},
	{"protocol", nfr_ip_skip_value},
	{"pref", nfr_ip_skip_value}, /* of router advertisements */
	{"advmss", skip_metric},
	{"hoplimit", skip_metric},
	{"initcwnd", skip_metric},
	{"initrwnd", skip_metric},
	{"window", skip_metric},
	{"cwnd", skip_metric},
	{"rtt", nfr_ip_skip_value},
	{"rttvar", nfr_ip_skip_value},
	{"rto_min", nfr_ip_skip_value},
	{"realm", nfr_ip_skip_value},
	{"realms", nfr_ip_skip_value},
	{"nexthop", refuse},
	{"nhid", refuse},
	{"encap", refuse},
	{"from", refuse},
	{"expires", refuse},
	{"ttl-propagate", refuse},
	{NULL, take_word},
};

static bool lives_in_local(uint8_t type)
{
	return type == NFR_RTN_LOCAL || type == NFR_RTN_BROADCAST || type == NFR_RTN_ANYCAST;
}

static uint8_t default_scope(const struct request *r, bool deleting)
{
	if (r->route.family == NFR_IPV6)
		return 0;
	switch (r->route.type) {
	case NFR_RTN_LOCAL:
		return SCOPE_HOST;
	case NFR_RTN_BROADCAST:
	case NFR_RTN_MULTICAST:
	case NFR_RTN_ANYCAST:
		return SCOPE_LINK;
	case NFR_RTN_UNICAST:
		if (deleting)
			return SCOPE_NOWHERE;
		return r->has_via ? 0 : SCOPE_LINK;
	default:
		return deleting ? SCOPE_NOWHERE : 0;
	}
}

static bool host_bits(const struct nfr_ip_prefix *p)
{
	unsigned i;

	for (i = p->len; i < nfr_ip_addr_bits(p->family); i++)
		if (p->addr.b[i / 8] & 0x80 >> i % 8)
			return true;
	return false;
}

/* Linux refuses host bits in an IPv4 destination and cuts them off an IPv6 one. */
static int set_dst(struct nfr_ip_args *args, struct request *r)
{
	unsigned i;

	if (!r->has_dst)
		return nfr_ip_bad_line(args, "expected a destination");
	if (!r->route.family)
		r->route.family = family_of(args, r) ? family_of(args, r) : NFR_IPV4;
	if (r->route.family == NFR_IPV4 && host_bits(&r->dst))
		return nfr_ip_bad_line(args, "the destination has bits beyond its prefix length");
	for (i = r->dst.len; i < nfr_ip_addr_bits(r->route.family); i++)
		r->dst.addr.b[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
	r->route.dst = r->dst.addr;
	r->route.prefix_len = r->dst.len;
	return 0;
}

static int parse(struct nfr_ip_args *args, struct request *r, bool deleting)
{
	memset(r, 0, sizeof(*r));
	if (nfr_ip_options(args, options, r) || set_dst(args, r))
		return -1;
	if (!r->route.type)
		r->route.type = NFR_RTN_UNICAST;
	if (!r->has_table || !r->route.table)
		r->route.table =
			lives_in_local(r->route.type) ? NFR_RT_TABLE_LOCAL : NFR_RT_TABLE_MAIN;
	if (!r->has_scope)
		r->route.scope = default_scope(r, deleting);
	return 0;
}

static int add(struct nfr_ip_args *args)
{
	struct request r;

	if (parse(args, &r, false))
		return -1;
	return args->dry ? 0 : nfr_ip_status(args, nfr_route_add(args->net, &r.route), "route");
}

static int del(struct nfr_ip_args *args)
{
	struct request r;

	if (parse(args, &r, true))
		return -1;
	return args->dry ? 0 : nfr_ip_status(args, nfr_route_del(args->net, &r.route), "route");
}

/* The route to the same destination with the same metric goes, whatever its gateway. */
static enum nfr_status del_same(struct nfr_net *net, const struct nfr_route *route)
{
	struct nfr_route old = {
		.family = route->family,
		.prefix_len = route->prefix_len,
		.dst = route->dst,
		.tos = route->tos,
		.table = route->table,
		.metric = route->metric,
		.scope = SCOPE_NOWHERE,
	};

	return nfr_route_del(net, &old);
}

static int replace(struct nfr_ip_args *args)
{
	struct request r;

	if (parse(args, &r, false))
		return -1;
	if (args->dry)
		return 0;
	del_same(args->net, &r.route);
	return nfr_ip_status(args, nfr_route_add(args->net, &r.route), "route");
}

static int change(struct nfr_ip_args *args)
{
	enum nfr_status status;
	struct request r;

	if (parse(args, &r, false))
		return -1;
	if (args->dry)
		return 0;
	status = del_same(args->net, &r.route);
	if (status == NFR_OK)
		status = nfr_route_add(args->net, &r.route);
	return nfr_ip_status(args, status, "route");
}

const struct nfr_ip_cmd nfr_ip_route_cmds[] = {
	{"add", add},	      {"change", change}, {"chg", change},
	{"replace", replace}, {"delete", del},	  {NULL, NULL},
};
