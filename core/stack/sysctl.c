/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sysctls by name, with what Linux ties together: net.ipv4.ip_forward is conf.all.forwarding, and
 * writing it writes every interface and the default; so do IPv6's conf.all.forwarding and
 * disable_ipv6, and force_forwarding but for the default. A value of `default` is for interfaces
 * to come.
 */
#include "base/str.h"
#include "base/sysctl.h"
#include "stack/net.h"

static struct nfr_sysctl_if *interface_values(struct nfr_net *net, const char *name, size_t len)
{
	if (nfr_str_is("all", name, len))
		return &net->env.if_all;
	if (nfr_str_is("default", name, len))
		return &net->env.if_default;
	for (uint32_t i = 0; i < net->env.max_iface; i++)
		if (net->env.iface[i].link.name[0] &&
		    nfr_str_is(net->env.iface[i].link.name, name, len))
			return &net->env.iface[i].sysctl;
	return NULL;
}

static void for_interfaces(struct nfr_net *net, size_t off, int32_t value)
{
	for (uint32_t i = 0; i < net->env.max_iface; i++)
		memcpy((uint8_t *)&net->env.iface[i].sysctl + off, &value, sizeof(value));
}

static void for_all(struct nfr_net *net, size_t off, int32_t value)
{
	memcpy((uint8_t *)&net->env.if_all + off, &value, sizeof(value));
	memcpy((uint8_t *)&net->env.if_default + off, &value, sizeof(value));
	for_interfaces(net, off, value);
}

/* IPv6's MTU may be smaller than the link's. */
static bool beyond_link(const struct nfr_net *net, const void *base, int32_t value)
{
	for (uint32_t i = 0; i < net->env.max_iface; i++)
		if (base == &net->env.iface[i].sysctl)
			return (uint32_t)value > net->env.iface[i].link.mtu;
	return false;
}

#define IS(row, field) ((row)->leaf && (row)->off == offsetof(struct nfr_sysctl_if, field))

/* What else changes with it. */
static void follow_up(struct nfr_net *net, const struct nfr_sysctl_row *row, const void *base,
		      int32_t value)
{
	bool all = base == &net->env.if_all;

	if (!row->leaf && row->off == offsetof(struct nfr_sysctl, ip_forward)) {
		for_all(net, offsetof(struct nfr_sysctl_if, forwarding4), value);
		net->fib.dirty = true;
	}
	if (all && IS(row, forwarding4))
		net->env.sysctl.ip_forward = value;
	if (all && (IS(row, forwarding4) || IS(row, forwarding6) || IS(row, disable_ipv6)))
		for_all(net, row->off, value);
	if (all && IS(row, force_forwarding))
		for_interfaces(net, row->off, value);
	if (IS(row, forwarding6))
		nfr_fib_forwarding6(&net->fib);
}

enum nfr_status nfr_sysctl_set(struct nfr_net *net, const char *name, int32_t value)
{
	const char *ifname;
	size_t ifname_len;
	const struct nfr_sysctl_row *row = nfr_sysctl_find(name, &ifname, &ifname_len);
	void *base = &net->env.sysctl;

	if (!row)
		return NFR_ENOENT;
	if (row->leaf)
		base = interface_values(net, ifname, ifname_len);
	if (!base)
		return NFR_ENODEV;
	if (value < row->min || value > row->max)
		return NFR_ERANGE;
	if (IS(row, mtu6) && beyond_link(net, base, value))
		return NFR_ERANGE;
	nfr_env_changed(&net->env);
	nfr_sysctl_store(row, base, value);
	net->fib.dirty |= row->leaf != NULL; /* it holds what some of them come to */
	follow_up(net, row, base, value);
	return NFR_OK;
}

enum nfr_status nfr_sysctl_get(const struct nfr_net *net, const char *name, int32_t *value)
{
	const char *ifname;
	size_t ifname_len;
	const struct nfr_sysctl_row *row = nfr_sysctl_find(name, &ifname, &ifname_len);
	const void *base = &net->env.sysctl;

	if (!row)
		return NFR_ENOENT;
	if (row->leaf)
		base = nfr_str_is("all", ifname, ifname_len)	   ? &net->env.if_all
		       : nfr_str_is("default", ifname, ifname_len) ? &net->env.if_default
								   : NULL;
	for (uint32_t i = 0; !base && i < net->env.max_iface; i++)
		if (net->env.iface[i].link.name[0] &&
		    nfr_str_is(net->env.iface[i].link.name, ifname, ifname_len))
			base = &net->env.iface[i].sysctl;
	if (!base)
		return NFR_ENODEV;
	*value = nfr_sysctl_load(row, base);
	return NFR_OK;
}
