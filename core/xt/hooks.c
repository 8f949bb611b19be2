/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where tables hang: each at its hooks with its priority, from the moment it is loaded until it
 * is unloaded. The nat table has no hooks of its own: NAT asks it for a connection's first packet.
 *
 * Connection tracking is wanted for a family while one of its tables has a rule that needs it,
 * as in Linux, where such rules hold a reference on it.
 */
#include "xt/table.h"

struct place {
	int32_t priority;
	uint8_t hooks;
};

#define BIT(hook) NFR_XT_BIT(NFR_INET_##hook)

static const struct place places[NFR_XT_TABLE_MAX] = {
	[NFR_XT_RAW] = {NFR_IP_PRI_RAW, BIT(PRE_ROUTING) | BIT(LOCAL_OUT)},
	[NFR_XT_MANGLE] = {NFR_IP_PRI_MANGLE, BIT(PRE_ROUTING) | BIT(LOCAL_IN) | BIT(FORWARD) |
						      BIT(LOCAL_OUT) | BIT(POST_ROUTING)},
	[NFR_XT_NAT] = {0, BIT(PRE_ROUTING) | BIT(LOCAL_IN) | BIT(LOCAL_OUT) | BIT(POST_ROUTING)},
	[NFR_XT_FILTER] = {NFR_IP_PRI_FILTER, BIT(LOCAL_IN) | BIT(FORWARD) | BIT(LOCAL_OUT)},
	[NFR_XT_SECURITY] = {NFR_IP_PRI_SECURITY, BIT(LOCAL_IN) | BIT(FORWARD) | BIT(LOCAL_OUT)},
};

/* What NAT registers while the nat table is loaded. */
static const struct {
	nfr_hook_fn *hook;
	int32_t priority;
	enum nfr_hook_kind kind;
} nat_hooks[NFR_INET_NUMHOOKS] = {
	[NFR_INET_PRE_ROUTING] = {nfr_nat_pre, NFR_IP_PRI_NAT_DST, NFR_HOOK_NAT},
	[NFR_INET_LOCAL_IN] = {nfr_nat_in, NFR_IP_PRI_NAT_SRC, NFR_HOOK_NAT},
	[NFR_INET_LOCAL_OUT] = {nfr_nat_out, NFR_IP_PRI_NAT_DST, NFR_HOOK_BUILTIN},
	[NFR_INET_POST_ROUTING] = {nfr_nat_post, NFR_IP_PRI_NAT_SRC, NFR_HOOK_NAT},
};

uint8_t nfr_xt_table_hooks(enum nfr_xt_table_id id)
{
	return places[id].hooks;
}

/* What decides a local packet's route: addresses, TOS (IPv6: class, flow label, hop limit), mark.
 */
struct route_key {
	uint8_t header[8 + 16 + 16];
	uint32_t mark;
};

static void get_route_key(struct route_key *key, const struct nfr_pkt *pkt)
{
	memset(key, 0, sizeof(*key));
	key->mark = pkt->mark;
	if (pkt->family == NFR_IPV6) {
		memcpy(key->header, pkt->data, 4);
		key->header[4] = pkt->data[7];
		memcpy(key->header + 8, pkt->data + 8, 32);
	} else {
		key->header[0] = pkt->data[1];
		memcpy(key->header + 8, pkt->data + 12, 8);
	}
}

/* mangle's OUTPUT: a local packet was routed before it came here. When a rule has changed what
 * its route depends on, it is routed again. */
static unsigned run_mangle_out(void *priv, struct nfr_pkt *pkt, const struct nfr_hook_state *state)
{
	struct nfr_xt_table *table = priv;
	struct nfr_env *env = table->xt->env;
	struct route_key before, after;
	unsigned verdict;

	get_route_key(&before, pkt);
	verdict = nfr_xt_table_run(table, pkt, state);
	if ((verdict & NFR_VERDICT_MASK) == NFR_DROP || (verdict & NFR_VERDICT_MASK) == NFR_STOLEN)
		return verdict;
	get_route_key(&after, pkt);
	if (memcmp(&before, &after, sizeof(before)) == 0 || env->ops->reroute(env, pkt))
		return verdict;
	pkt->reason = NFR_REASON_ROUTE_NO_ROUTE;
	return NFR_DROP;
}

static unsigned nat_lookup(void *xt, struct nfr_pkt *pkt, const struct nfr_hook_state *state)
{
	return nfr_xt_table_run(nfr_xt_table_of(xt, pkt->family, NFR_XT_NAT), pkt, state);
}

static bool reroutes(const struct nfr_xt_table *table, unsigned hook)
{
	return table->id == NFR_XT_MANGLE && hook == NFR_INET_LOCAL_OUT;
}

static enum nfr_hook_kind kind_of(const struct nfr_xt_table *table, unsigned hook)
{
	if (table->id == NFR_XT_NAT)
		return nat_hooks[hook].kind;
	return reroutes(table, hook) ? NFR_HOOK_BUILTIN : NFR_HOOK_TABLE;
}

static struct nfr_hook_ops ops_of(struct nfr_xtnet *xt, const struct nfr_xt_table *table,
				  unsigned hook)
{
	struct nfr_hook_ops ops = {
		.hook = nfr_xt_table_run,
		.priv = nfr_xt_table_of(xt, table->family, table->id),
		.priority = places[table->id].priority,
		.family = table->family,
		.hooknum = (uint8_t)hook,
	};

	if (reroutes(table, hook))
		ops.hook = run_mangle_out;
	if (table->id == NFR_XT_NAT) {
		ops.hook = nat_hooks[hook].hook;
		ops.priv = xt->nat;
		ops.priority = nat_hooks[hook].priority;
	}
	return ops;
}

/* Takes the hooks below `end` out again. */
static void remove_hooks(struct nfr_xtnet *xt, const struct nfr_xt_table *table, unsigned end)
{
	for (unsigned hook = 0; hook < end; hook++) {
		struct nfr_hook_ops ops = ops_of(xt, table, hook);

		if (places[table->id].hooks >> hook & 1)
			nfr_hooks_del(xt->hooks, &ops, kind_of(table, hook), xt->env);
	}
}

static enum nfr_status add_hooks(struct nfr_xtnet *xt, const struct nfr_xt_table *table)
{
	for (unsigned hook = 0; hook < NFR_INET_NUMHOOKS; hook++) {
		struct nfr_hook_ops ops = ops_of(xt, table, hook);
		enum nfr_status status;

		if (!(places[table->id].hooks >> hook & 1))
			continue;
		status = nfr_hooks_add(xt->hooks, &ops, kind_of(table, hook));
		if (status != NFR_OK) {
			remove_hooks(xt, table, hook);
			return status;
		}
	}
	return NFR_OK;
}

/* Does a table of the family, other than this one, need connection tracking? */
static bool others_use_ct(struct nfr_xtnet *xt, const struct nfr_xt_table *table)
{
	for (unsigned id = 0; id < NFR_XT_TABLE_MAX; id++) {
		const struct nfr_xt_table *other = nfr_xt_table_of(xt, table->family, id);

		if (id != table->id && other->loaded && other->uses_ct)
			return true;
	}
	return false;
}

static enum nfr_status change_ct(struct nfr_xtnet *xt, const struct nfr_xt_table *table, bool was,
				 bool is)
{
	if (was == is || others_use_ct(xt, table))
		return NFR_OK;
	return xt->env->ops->use_conntrack(xt->env, table->family, is);
}

static void set_nat_lookup(struct nfr_xtnet *xt, const struct nfr_xt_table *table,
			   nfr_nat_lookup_fn *lookup)
{
	if (table->id != NFR_XT_NAT)
		return;
	xt->nat->xt = xt;
	xt->nat->lookup[table->family == NFR_IPV6] = lookup;
}

enum nfr_status nfr_xt_hooks_load(struct nfr_xtnet *xt, const struct nfr_xt_table *old,
				  const struct nfr_xt_table *next)
{
	bool was_ct = old->loaded && old->uses_ct;
	enum nfr_status status = old->loaded ? NFR_OK : add_hooks(xt, next);

	if (status != NFR_OK)
		return status;
	status = change_ct(xt, next, was_ct, next->uses_ct);
	if (status != NFR_OK && !old->loaded)
		remove_hooks(xt, next, NFR_INET_NUMHOOKS);
	if (status == NFR_OK)
		set_nat_lookup(xt, next, nat_lookup);
	return status;
}

void nfr_xt_hooks_unload(struct nfr_xtnet *xt, const struct nfr_xt_table *table)
{
	set_nat_lookup(xt, table, NULL);
	change_ct(xt, table, table->uses_ct, false);
	remove_hooks(xt, table, NFR_INET_NUMHOOKS);
}
