/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configuration: what `ip` sets. The loopback interface is always there, up and with its two
 * addresses; its index is the last one, so that the others count from 1.
 */
#include "base/str.h"
#include "stack/net.h"

#define LOOPBACK_MTU 65536u
#define DEFAULT_MTU 1500u

static struct nfr_iface *iface_of(struct nfr_net *net, uint16_t ifindex)
{
	if (!ifindex || ifindex > net->env.max_iface)
		return NULL;
	return nfr_iface_at(net, ifindex)->link.name[0] ? nfr_iface_at(net, ifindex) : NULL;
}

int nfr_link_index(const struct nfr_net *net, const char *name)
{
	for (uint32_t i = 1; i <= net->env.max_iface && name[0]; i++)
		if (nfr_str_eq(net->env.iface[i - 1].link.name, name))
			return (int)i;
	return NFR_ENODEV;
}

enum nfr_status nfr_link_get(const struct nfr_net *net, uint16_t ifindex, struct nfr_link *link)
{
	if (!ifindex || ifindex > net->env.max_iface || !net->env.iface[ifindex - 1].link.name[0])
		return NFR_ENODEV;
	*link = net->env.iface[ifindex - 1].link;
	return NFR_OK;
}

static bool mac_is_zero(const uint8_t mac[6])
{
	static const uint8_t zero[6];

	return memcmp(mac, zero, sizeof(zero)) == 0;
}

static void link_new(struct nfr_net *net, uint16_t ifindex, const struct nfr_link *link)
{
	struct nfr_iface *iface = nfr_iface_at(net, ifindex);

	memset(iface, 0, sizeof(*iface));
	nfr_str_copy(iface->link.name, sizeof(iface->link.name), link->name);
	iface->link.no_arp = link->no_arp;
	iface->link.loopback = link->loopback;
	iface->link.mtu = link->loopback ? LOOPBACK_MTU : DEFAULT_MTU;
	iface->sysctl = net->env.if_default;
	iface->sysctl.mtu6 = (int32_t)iface->link.mtu;
	net->fib.dirty = true; /* policy rules may name it */
	if (link->no_arp || link->loopback)
		return;
	iface->link.mac[0] = 2;
	iface->link.mac[4] = (uint8_t)ifindex;
	iface->link.mac[5] = 1;
}

static void link_change(struct nfr_net *net, uint16_t ifindex, const struct nfr_link *link)
{
	struct nfr_iface *iface = nfr_iface_at(net, ifindex);
	bool was_up = iface->link.up;

	if (!mac_is_zero(link->mac))
		memcpy(iface->link.mac, link->mac, sizeof(link->mac));
	if (link->mtu) {
		iface->link.mtu = link->mtu;
		iface->sysctl.mtu6 = (int32_t)(link->mtu < INT32_MAX ? link->mtu : INT32_MAX);
	}
	iface->link.up = link->up;
	net->fib.dirty = true; /* routes know the MTU */
	nfr_fib_link_cache(&net->fib, ifindex);
	if (was_up && !link->up) {
		nfr_fib_drop_routes_of(&net->fib, ifindex);
		nfr_nat_masq_forget(&net->nat, ifindex, NULL);
	}
	if (!was_up && link->up)
		nfr_fib_link_up(&net->fib, ifindex);
}

int nfr_link_set(struct nfr_net *net, const struct nfr_link *link)
{
	int ifindex = nfr_link_index(net, link->name);

	nfr_env_changed(&net->env);
	if (!link->name[0] || nfr_str_len(link->name) >= NFR_IFNAMSIZ ||
	    (link->mtu && link->mtu < 68))
		return NFR_EINVAL;
	if (ifindex < 0) {
		uint32_t idx = nfr_pool_get(&net->ifaces);

		if (!idx)
			return NFR_ENOMEM;
		ifindex = (int)idx;
		net->env.n_iface++;
		link_new(net, (uint16_t)ifindex, link);
	}
	link_change(net, (uint16_t)ifindex, link);
	return ifindex;
}

/* lo, 127.0.0.1/8 and ::1/128. */
enum nfr_status nfr_loopback_new(struct nfr_net *net)
{
	uint16_t ifindex = (uint16_t)net->env.max_iface;
	struct nfr_link link = {.name = "lo", .up = true, .loopback = true};
	struct nfr_ifaddr addr4 = {.family = NFR_IPV4,
				   .prefix_len = 8,
				   .scope = NFR_RT_SCOPE_HOST,
				   .ifindex = ifindex,
				   .local = {.b = {127, 0, 0, 1}},
				   .peer = {.b = {127, 0, 0, 1}}};
	struct nfr_ifaddr addr6 = {.family = NFR_IPV6,
				   .prefix_len = 128,
				   .scope = NFR_RT_SCOPE_HOST,
				   .ifindex = ifindex,
				   .local = {.b = {[15] = 1}},
				   .peer = {.b = {[15] = 1}}};
	enum nfr_status status;

	link_new(net, ifindex, &link);
	link_change(net, ifindex, &link);
	status = nfr_fib_addr_add(&net->fib, &addr4);
	return status ? status : nfr_fib_addr_add(&net->fib, &addr6);
}

/* ---- addresses, routes, rules, neighbours ---- */

/* A peer left out is the address itself. */
static struct nfr_ifaddr with_peer(const struct nfr_ifaddr *addr)
{
	struct nfr_ifaddr a = *addr;

	if (nfr_addr_any(NFR_IPV6, a.peer.b))
		a.peer = a.local;
	return a;
}

enum nfr_status nfr_addr_add(struct nfr_net *net, const struct nfr_ifaddr *addr)
{
	struct nfr_ifaddr a = with_peer(addr);

	nfr_env_changed(&net->env);
	return nfr_fib_addr_add(&net->fib, &a);
}

enum nfr_status nfr_addr_del(struct nfr_net *net, const struct nfr_ifaddr *addr)
{
	struct nfr_ifaddr a = with_peer(addr);
	enum nfr_status status = nfr_fib_addr_del(&net->fib, &a);

	nfr_env_changed(&net->env);
	if (status == NFR_OK)
		nfr_nat_masq_forget(&net->nat, a.ifindex, &a.local);
	return status;
}

enum nfr_status nfr_route_add(struct nfr_net *net, const struct nfr_route *route)
{
	nfr_env_changed(&net->env);
	return nfr_fib_route_add(&net->fib, route, false);
}

enum nfr_status nfr_route_del(struct nfr_net *net, const struct nfr_route *route)
{
	nfr_env_changed(&net->env);
	return nfr_fib_route_del(&net->fib, route, false);
}

enum nfr_status nfr_rule_add(struct nfr_net *net, const struct nfr_policy_rule *rule)
{
	nfr_env_changed(&net->env);
	return nfr_fib_rule_add(&net->fib, rule);
}

enum nfr_status nfr_rule_del(struct nfr_net *net, const struct nfr_policy_rule *rule)
{
	nfr_env_changed(&net->env);
	return nfr_fib_rule_del(&net->fib, rule);
}

enum nfr_status nfr_neigh_set(struct nfr_net *net, uint16_t ifindex, uint8_t family,
			      const union nfr_addr *addr, const uint8_t mac[6])
{
	if (!iface_of(net, ifindex))
		return NFR_ENODEV;
	if (family != NFR_IPV4 && family != NFR_IPV6)
		return NFR_EINVAL;
	nfr_env_changed(&net->env);
	return nfr_fib_neigh_set(&net->fib, ifindex, family, addr, mac);
}
