/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `ip link set`: mtu, address, up, down. What would make or move interfaces is refused: they are
 * the input's to name.
 */
#include "ip/args.h"

#include <string.h>

struct request {
	struct nfr_link link; /* as it is, with what the line changes */
	char name[NFR_IFNAMSIZ];
	uint16_t ifindex;
	bool set_mac, set_mtu, set_up, up, set_arp, arp;
	uint8_t mac[6];
	uint32_t mtu;
};

static int take_dev(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	if (r->ifindex)
		return nfr_ip_bad(args, "the interface is named twice");
	return nfr_ip_take_dev(args, r->name, &r->ifindex);
}

static int take_word(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	if (r->ifindex)
		return nfr_ip_bad(args, "expected mtu, address, up or down, not `%s'",
				  nfr_ip_word_now(args));
	args->next--;
	return take_dev(args, request);
}

/* The limits of a veth, which interfaces of a recording are. */
static int take_mtu(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	r->set_mtu = true;
	if (nfr_ip_take_u32(args, "an mtu", 65535, &r->mtu))
		return -1;
	return r->mtu < 68 ? nfr_ip_bad(args, "expected an mtu of at least 68") : 0;
}

static int take_address(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	r->set_mac = true;
	if (nfr_ip_take_mac(args, r->mac))
		return -1;
	return r->mac[0] & 1 ? nfr_ip_bad(args, "an interface's address is no group address") : 0;
}

static int take_up(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	(void)args;
	r->set_up = r->up = true;
	return 0;
}

static int take_down(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	(void)args;
	r->set_up = true;
	r->up = false;
	return 0;
}

static int take_arp(struct nfr_ip_args *args, void *request)
{
	const char *word;

	(void)request;
	if (nfr_ip_take(args, "on or off", &word))
		return -1;
	if (strcmp(word, "on") && strcmp(word, "off"))
		return nfr_ip_bad(args, "expected on or off, not `%s'", word);
	return 0;
}

static int refuse(struct nfr_ip_args *args, void *request)
{
	(void)request;
	return nfr_ip_bad(args, "`%s' is not supported: interfaces are those of the input",
			  nfr_ip_word_now(args));
}

static const struct nfr_ip_opt options[] = {
	{"dev", take_dev},
	{"mtu", take_mtu},
	{"address", take_address},
	{"up", take_up},
	{"down", take_down},
	{"arp", take_arp}, /* neighbours are static here */
	{"multicast", take_arp},
	{"allmulticast", take_arp},
	{"promisc", take_arp},
	{"trailers", take_arp},
	{"txqueuelen", nfr_ip_skip_value},
	{"txqlen", nfr_ip_skip_value},
	{"qlen", nfr_ip_skip_value},
	{"alias", nfr_ip_skip_value},
	{"addrgenmode", nfr_ip_skip_value},
	{"broadcast", nfr_ip_skip_value},
	{"brd", nfr_ip_skip_value},
	{"master", refuse},
	{"nomaster", refuse},
	{"netns", refuse},
	{"name", refuse},
	{"type", refuse},
	{"vrf", refuse},
	{"xdp", refuse},
	{"vf", refuse},
	{"group", refuse},
	{NULL, take_word},
};

static int set(struct nfr_ip_args *args)
{
	struct request r;

	memset(&r, 0, sizeof(r));
	if (nfr_ip_options(args, options, &r))
		return -1;
	if (!r.ifindex)
		return nfr_ip_bad_line(args, "expected an interface");
	if (args->dry)
		return 0;
	nfr_link_get(args->net, r.ifindex, &r.link);
	if (r.set_mac)
		memcpy(r.link.mac, r.mac, sizeof(r.mac));
	if (r.set_mtu)
		r.link.mtu = r.mtu;
	if (r.set_up)
		r.link.up = r.up;
	return nfr_ip_status(args, nfr_link_set(args->net, &r.link) > 0 ? NFR_OK : NFR_EINVAL,
			     "interface");
}

const struct nfr_ip_cmd nfr_ip_link_cmds[] = {
	{"set", set},
	{NULL, NULL},
};
