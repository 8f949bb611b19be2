/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `ip neigh add|replace|change`: static entries. A next hop without one is at
 * 02:00:00:00:0k:fe, so there is nothing to delete.
 */
#include "ip/args.h"

#include <string.h>

struct request {
	union nfr_addr addr;
	uint8_t family;
	uint8_t mac[6];
	uint16_t ifindex;
	bool has_mac;
};

static int take_dev(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;
	char name[NFR_IFNAMSIZ];

	return nfr_ip_take_dev(args, name, &r->ifindex);
}

static int take_lladdr(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	r->has_mac = true;
	return nfr_ip_take_mac(args, r->mac);
}

static int take_to(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	return nfr_ip_take_addr(args, args->family, &r->family, &r->addr);
}

static int take_word(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	if (r->family)
		return nfr_ip_bad(args, "expected lladdr, dev or nud, not `%s'",
				  nfr_ip_word_now(args));
	args->next--;
	return take_to(args, request);
}

static int take_nud(struct nfr_ip_args *args, void *request)
{
	static const char *const states[] = {"permanent", "reachable", "noarp", "stale"};
	const char *word;
	unsigned i;

	(void)request;
	if (nfr_ip_take(args, "a state", &word))
		return -1;
	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (!strcmp(states[i], word))
			return 0;
	return nfr_ip_bad(args, "expected permanent, reachable, noarp or stale, not `%s'", word);
}

static int refuse(struct nfr_ip_args *args, void *request)
{
	(void)request;
	return nfr_ip_bad(args, "`%s' is not supported", nfr_ip_word_now(args));
}

static const struct nfr_ip_opt options[] = {
	{"dev", take_dev},
	{"lladdr", take_lladdr},
	{"to", take_to},
	{"nud", take_nud},
	{"router", nfr_ip_skip},
	{"managed", nfr_ip_skip},
	{"extern_learn", nfr_ip_skip},
	{"protocol", nfr_ip_skip_value},
	{"proxy", refuse},
	{NULL, take_word},
};

static int set(struct nfr_ip_args *args)
{
	enum nfr_status status;
	struct request r;

	memset(&r, 0, sizeof(r));
	if (nfr_ip_options(args, options, &r))
		return -1;
	if (!r.family || !r.ifindex)
		return nfr_ip_bad_line(args, "expected an address and `dev' with an interface");
	if (!r.has_mac)
		return nfr_ip_bad_line(args, "expected `lladdr' and a link-layer address");
	status = args->dry ? NFR_OK : nfr_neigh_set(args->net, r.ifindex, r.family, &r.addr, r.mac);
	return nfr_ip_status(args, status, "neighbour");
}

const struct nfr_ip_cmd nfr_ip_neigh_cmds[] = {
	{"add", set},
	{"change", set},
	{"replace", set},
	{NULL, NULL},
};
