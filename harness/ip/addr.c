/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `ip address add|replace|change|del`.
 *
 * With a peer the prefix length is the peer's, and 32 or 128 when the peer has none, whatever the
 * local address says. `brd +` sets the host bits, `brd -` clears them; on a /31 or /32 neither
 * gives a broadcast address. 127.0.0.0/8 has host scope unless the line says otherwise.
 */
#include "ip/args.h"

#include <string.h>

struct request {
	struct nfr_ifaddr addr;
	struct nfr_ip_prefix local, peer;
	bool has_local, has_peer, has_scope, has_dev;
	char brd; /* '+', '-', '=' for an address, 0 for none */
};

static int take_local(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	if (r->has_local)
		return nfr_ip_bad(args, "expected an option such as dev or brd, not `%s'",
				  nfr_ip_word_now(args));
	r->has_local = true;
	return nfr_ip_prefix(args, args->family, &r->local);
}

static int take_local_word(struct nfr_ip_args *args, void *request)
{
	const char *word;

	return nfr_ip_take(args, "an address", &word) ? -1 : take_local(args, request);
}

static int take_dev(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;
	char name[NFR_IFNAMSIZ];

	r->has_dev = true;
	return nfr_ip_take_dev(args, name, &r->addr.ifindex);
}

static int take_peer(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	r->has_peer = true;
	return nfr_ip_take_prefix(args, args->family, &r->peer);
}

static int take_brd(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;
	uint8_t family;
	const char *word;

	if (nfr_ip_take(args, "a broadcast address, + or -", &word))
		return -1;
	r->brd = '=';
	if (!strcmp(word, "+") || !strcmp(word, "-")) {
		r->brd = *word;
		return 0;
	}
	args->next--;
	return nfr_ip_take_addr(args, NFR_IPV4, &family, &r->addr.broadcast);
}

static int take_scope(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	r->has_scope = true;
	return nfr_ip_take_scope(args, &r->addr.scope);
}

static const struct nfr_ip_opt options[] = {
	{"dev", take_dev},
	{"local", take_local_word},
	{"peer", take_peer},
	{"remote", take_peer},
	{"brd", take_brd},
	{"broadcast", take_brd},
	{"scope", take_scope},
	{"label", nfr_ip_skip_value},
	{"metric", nfr_ip_skip_value},
	{"priority", nfr_ip_skip_value},
	{"proto", nfr_ip_skip_value},
	{"valid_lft", nfr_ip_skip_value},
	{"preferred_lft", nfr_ip_skip_value},
	{"nodad", nfr_ip_skip},
	{"optimistic", nfr_ip_skip},
	{"home", nfr_ip_skip},
	{"mngtmpaddr", nfr_ip_skip},
	{NULL, take_local},
};

/* Host bits of the address all ones or all zero; a net of two or one has none. */
static void derive_broadcast(struct request *r)
{
	uint32_t host = r->addr.prefix_len < 31 ? UINT32_MAX >> r->addr.prefix_len : 0;
	uint32_t addr = nfr_ntohl(r->addr.local.ip4);

	if ((r->brd == '+' || r->brd == '-') && host)
		r->addr.broadcast.ip4 = nfr_htonl(r->brd == '+' ? addr | host : addr & ~host);
}

static int complete(struct nfr_ip_args *args, struct request *r)
{
	const struct nfr_ip_prefix *net = r->has_peer ? &r->peer : &r->local;

	if (!r->has_dev)
		return nfr_ip_bad_line(args, "expected `dev' and an interface");
	if (!r->has_local || !r->local.family)
		return nfr_ip_bad_line(args, "expected an address with its prefix length");
	if (r->has_peer && r->peer.family != r->local.family)
		return nfr_ip_bad_line(args, "address and peer are not of one family");
	if (r->brd && r->local.family != NFR_IPV4)
		return nfr_ip_bad_line(args, "only an IPv4 address has a broadcast address");
	r->addr.family = r->local.family;
	r->addr.prefix_len = net->len;
	r->addr.local = r->local.addr;
	r->addr.peer = net->addr;
	if (!r->has_scope && r->addr.family == NFR_IPV4 && r->addr.local.b[0] == 127)
		r->addr.scope = 254;
	derive_broadcast(r);
	return 0;
}

static int parse(struct nfr_ip_args *args, struct request *r)
{
	memset(r, 0, sizeof(*r));
	return nfr_ip_options(args, options, r) ? -1 : complete(args, r);
}

static int add(struct nfr_ip_args *args)
{
	struct request r;

	if (parse(args, &r))
		return -1;
	return args->dry ? 0 : nfr_ip_status(args, nfr_addr_add(args->net, &r.addr), "address");
}

/* An address that is there already keeps its place; only what nfref does not know would change. */
static int replace(struct nfr_ip_args *args)
{
	enum nfr_status status;
	struct request r;

	if (parse(args, &r))
		return -1;
	status = args->dry ? NFR_OK : nfr_addr_add(args->net, &r.addr);
	return nfr_ip_status(args, status == NFR_EEXIST ? NFR_OK : status, "address");
}

static int del(struct nfr_ip_args *args)
{
	struct request r;

	if (parse(args, &r))
		return -1;
	return args->dry ? 0 : nfr_ip_status(args, nfr_addr_del(args->net, &r.addr), "address");
}

const struct nfr_ip_cmd nfr_ip_addr_cmds[] = {
	{"add", add}, {"change", replace}, {"replace", replace}, {"delete", del}, {NULL, NULL},
};
