/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Policy rules: `ip rule`. A list per family in order of priority; of equal priorities the newer
 * one comes last (fib_nl_newrule()). A rule matches when all that it names agrees, or, inverted,
 * when not.
 */
#include "base/str.h"
#include "stack/fib.h"

static uint32_t *head(struct nfr_fib *fib, uint8_t family)
{
	return &fib->first_rule[family == NFR_IPV6];
}

/* What a new namespace has: local, main and, for IPv4 only, default. */
static const struct {
	uint8_t family;
	uint32_t priority, table;
} preset[] = {
	{NFR_IPV4, 0, NFR_RT_TABLE_LOCAL},	 {NFR_IPV4, 32766, NFR_RT_TABLE_MAIN},
	{NFR_IPV4, 32767, NFR_RT_TABLE_DEFAULT}, {NFR_IPV6, 0, NFR_RT_TABLE_LOCAL},
	{NFR_IPV6, 32766, NFR_RT_TABLE_MAIN},
};

#define N_PRESET (sizeof(preset) / sizeof(preset[0]))

enum nfr_status nfr_fib_default_rules(struct nfr_fib *fib)
{
	for (size_t i = 0; i < N_PRESET; i++) {
		struct nfr_policy_rule rule = {
			.family = preset[i].family,
			.priority = preset[i].priority,
			.table = preset[i].table,
			.action = NFR_RTN_UNICAST,
		};
		enum nfr_status status = nfr_fib_rule_add(fib, &rule);

		if (status)
			return status;
		fib->custom_rules[rule.family == NFR_IPV6] = false;
	}
	return NFR_OK;
}

/* True when a rule says nothing but a table. */
static bool is_plain(const struct nfr_policy_rule *r)
{
	return r->action == NFR_RTN_UNICAST && !r->invert && !r->src_len && !r->dst_len &&
	       !r->tos && !r->mark_mask && !r->iif[0] && !r->oif[0] && !r->ipproto &&
	       !r->sport_min && !r->sport_max && !r->dport_min && !r->dport_max;
}

bool nfr_fib_rules_are_default(const struct nfr_fib *fib, uint8_t family)
{
	uint32_t at = fib->first_rule[family == NFR_IPV6];

	for (size_t i = 0; i < N_PRESET; i++) {
		const struct nfr_fib_rule *rule;

		if (preset[i].family != family)
			continue;
		if (!at)
			return false;
		rule = nfr_fib_rule_at(fib, at);
		if (rule->r.table != preset[i].table || !is_plain(&rule->r))
			return false;
		at = rule->list_next;
	}
	return at == 0;
}

static bool rule_eq(const struct nfr_policy_rule *a, const struct nfr_policy_rule *b)
{
	return a->family == b->family && a->src_len == b->src_len && a->dst_len == b->dst_len &&
	       a->tos == b->tos && a->action == b->action && a->invert == b->invert &&
	       a->priority == b->priority && a->table == b->table && a->mark == b->mark &&
	       a->mark_mask == b->mark_mask && nfr_prefix_eq(a->src.b, b->src.b, a->src_len) &&
	       nfr_prefix_eq(a->dst.b, b->dst.b, a->dst_len) && nfr_str_eq(a->iif, b->iif) &&
	       nfr_str_eq(a->oif, b->oif) && a->ipproto == b->ipproto &&
	       a->sport_min == b->sport_min && a->sport_max == b->sport_max &&
	       a->dport_min == b->dport_min && a->dport_max == b->dport_max;
}

static bool rule_sane(const struct nfr_policy_rule *r)
{
	if (r->family != NFR_IPV4 && r->family != NFR_IPV6)
		return false;
	if (r->src_len > nfr_addr_bits(r->family) || r->dst_len > nfr_addr_bits(r->family))
		return false;
	return r->action == NFR_RTN_UNICAST || r->action == NFR_RTN_BLACKHOLE ||
	       r->action == NFR_RTN_UNREACHABLE || r->action == NFR_RTN_PROHIBIT;
}

enum nfr_status nfr_fib_rule_add(struct nfr_fib *fib, const struct nfr_policy_rule *rule)
{
	struct nfr_fib_rule *new;
	uint32_t *at, idx;

	if (!rule_sane(rule))
		return NFR_EINVAL;
	for (at = head(fib, rule->family); *at; at = &nfr_fib_rule_at(fib, *at)->list_next) {
		const struct nfr_policy_rule *r = &nfr_fib_rule_at(fib, *at)->r;

		if (r->priority > rule->priority)
			break;
		if (rule_eq(r, rule))
			return NFR_EEXIST;
	}
	idx = nfr_pool_get(&fib->rules);
	if (!idx)
		return NFR_ENOMEM;
	new = nfr_fib_rule_at(fib, idx);
	new->r = *rule;
	new->r.iif[NFR_IFNAMSIZ - 1] = new->r.oif[NFR_IFNAMSIZ - 1] = 0;
	new->list_next = *at;
	*at = idx;
	fib->custom_rules[rule->family == NFR_IPV6] = true;
	fib->dirty = true;
	return NFR_OK;
}

/* `ip rule del` takes the first that agrees in what is named; a priority or table of 0 names none.
 */
static bool deletes(const struct nfr_policy_rule *named, const struct nfr_policy_rule *r)
{
	struct nfr_policy_rule want = *named;

	if (!want.priority)
		want.priority = r->priority;
	if (!want.table)
		want.table = r->table;
	if (!want.action)
		want.action = r->action;
	return rule_eq(&want, r);
}

enum nfr_status nfr_fib_rule_del(struct nfr_fib *fib, const struct nfr_policy_rule *rule)
{
	if (rule->family != NFR_IPV4 && rule->family != NFR_IPV6)
		return NFR_EINVAL;
	for (uint32_t *at = head(fib, rule->family); *at;
	     at = &nfr_fib_rule_at(fib, *at)->list_next) {
		uint32_t idx = *at;

		if (!deletes(rule, &nfr_fib_rule_at(fib, idx)->r))
			continue;
		*at = nfr_fib_rule_at(fib, idx)->list_next;
		nfr_pool_put(&fib->rules, idx);
		fib->dirty = true;
		return NFR_OK;
	}
	return NFR_ENOENT;
}

static uint16_t name_to_index(const struct nfr_env *env, const char *name)
{
	for (uint16_t i = 1; i <= env->max_iface && name[0]; i++)
		if (nfr_str_eq(env->iface[i - 1].link.name, name))
			return i;
	return 0;
}

/* Rules name interfaces, also ones to come; packets carry indices. */
void nfr_fib_rules_bind(struct nfr_fib *fib)
{
	for (unsigned f = 0; f < 2; f++) {
		fib->rules_with_ports[f] = false;
		for (uint32_t i = fib->first_rule[f]; i;) {
			struct nfr_fib_rule *rule = nfr_fib_rule_at(fib, i);
			const struct nfr_policy_rule *r = &rule->r;

			rule->iif = name_to_index(fib->env, r->iif);
			rule->oif = name_to_index(fib->env, r->oif);
			rule->needs_ports = r->ipproto || r->sport_min || r->sport_max ||
					    r->dport_min || r->dport_max;
			fib->rules_with_ports[f] |= rule->needs_ports;
			i = rule->list_next;
		}
	}
}

static bool in_range(uint16_t v, uint16_t min, uint16_t max)
{
	return (!min && !max) || (v >= min && v <= max);
}

static bool matches_selectors(const struct nfr_fib_rule *rule, const struct nfr_flow *flow)
{
	const struct nfr_policy_rule *r = &rule->r;

	if (r->iif[0] && rule->iif != flow->iif)
		return false;
	if (r->oif[0] && rule->oif != flow->oif)
		return false;
	if ((flow->mark ^ r->mark) & r->mark_mask)
		return false;
	if (!nfr_prefix_eq(flow->src, r->src.b, r->src_len) ||
	    !nfr_prefix_eq(flow->dst, r->dst.b, r->dst_len))
		return false;
	return !r->tos || r->tos == (flow->tos & (flow->family == NFR_IPV4 ? 0x1c : 0xfc));
}

static bool matches_ports(const struct nfr_policy_rule *r, const struct nfr_flow *flow)
{
	return (!r->ipproto || r->ipproto == flow->proto) &&
	       in_range(flow->sport, r->sport_min, r->sport_max) &&
	       in_range(flow->dport, r->dport_min, r->dport_max);
}

static bool matches(const struct nfr_fib_rule *rule, const struct nfr_flow *flow)
{
	bool match = matches_selectors(rule, flow) &&
		     (!rule->needs_ports || matches_ports(&rule->r, flow));

	return match != rule->r.invert;
}

/* The next rule behind *cursor (0: from the start) that matches the flow, or NULL. */
const struct nfr_fib_rule *nfr_fib_rule_find(const struct nfr_fib *fib, const struct nfr_flow *flow,
					     uint32_t *cursor)
{
	uint32_t i = *cursor ? nfr_fib_rule_at(fib, *cursor)->list_next
			     : fib->first_rule[flow->family == NFR_IPV6];

	while (i && !matches(nfr_fib_rule_at(fib, i), flow))
		i = nfr_fib_rule_at(fib, i)->list_next;
	*cursor = i;
	return i ? nfr_fib_rule_at(fib, i) : NULL;
}
