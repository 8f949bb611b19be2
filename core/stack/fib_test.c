/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables as tries against the walk of every route, and what may be added and removed. */
#include "stack/rig.h"

static const union nfr_addr nowhere;

static struct nfr_route route4(uint32_t dst, uint8_t len, uint16_t oif, uint32_t table)
{
	return (struct nfr_route){.family = NFR_IPV4,
				  .prefix_len = len,
				  .oif = oif,
				  .table = table,
				  .dst = rig_ip4(dst)};
}

/* ---- the slow twin: no tries, no order, only what a route means ---- */

static bool better(const struct nfr_fib_route *a, const struct nfr_fib_route *b)
{
	if (!b || a->prefix_len != b->prefix_len)
		return !b || a->prefix_len > b->prefix_len;
	if (a->tos != b->tos)
		return a->tos > b->tos;
	return a->metric < b->metric;
}

static const struct nfr_fib_route *scan_table(const struct nfr_fib *fib, uint32_t table,
					      const struct nfr_flow *flow)
{
	const struct nfr_fib_route *best = NULL;

	for (uint32_t i = fib->first_route[flow->family == NFR_IPV6]; i;) {
		const struct nfr_fib_route *r = nfr_fib_route_at(fib, i);

		i = r->list_next;
		if (r->table != table || !nfr_prefix_eq(r->dst.b, flow->dst, r->prefix_len))
			continue;
		if (r->tos && r->tos != (flow->tos & 0x1c))
			continue;
		if (flow->oif && r->oif && r->oif != flow->oif && flow->family == NFR_IPV4)
			continue;
		if (better(r, best))
			best = r;
	}
	return best;
}

static const struct nfr_fib_route *scan(const struct nfr_fib *fib, const struct nfr_flow *flow)
{
	const struct nfr_fib_rule *rule;
	uint32_t cursor = 0;

	while ((rule = nfr_fib_rule_find(fib, flow, &cursor)) != NULL) {
		const struct nfr_fib_route *r = scan_table(fib, rule->r.table, flow);

		if (r && r->type != NFR_RTN_THROW)
			return r;
	}
	return NULL;
}

static void compare(const struct nfr_fib *fib, const struct nfr_flow *flow)
{
	const struct nfr_fib_route *want = scan(fib, flow);
	const struct nfr_fib_route *got = nfr_fib_lookup(fib, flow);

	if (!want) {
		assert_int_equal(got->type, NFR_RTN_UNSPEC);
		return;
	}
	assert_int_equal(got->type, want->type);
	assert_int_equal(got->prefix_len, want->prefix_len);
	assert_int_equal(got->oif, want->oif);
	assert_int_equal(got->table, want->table);
	assert_int_equal(got->metric, want->metric);
	assert_int_equal(got->tos, want->tos);
}

/* Few bits differ, so that prefixes nest and lookups hit. */
static uint32_t random_addr(struct nfr_rng *rng)
{
	return RIG_IP(10, nfr_rng_below(rng, 3), nfr_rng_below(rng, 4) * 64,
		      nfr_rng_below(rng, 4) * 32);
}

static struct nfr_route random_route(struct nfr_rng *rng, bool many_tables)
{
	static const uint8_t types[] = {NFR_RTN_UNICAST,   NFR_RTN_UNICAST,	NFR_RTN_UNICAST,
					NFR_RTN_BLACKHOLE, NFR_RTN_UNREACHABLE, NFR_RTN_THROW};
	static const uint32_t tables[] = {NFR_RT_TABLE_MAIN, NFR_RT_TABLE_DEFAULT, 100,
					  NFR_RT_TABLE_LOCAL, 200};
	struct nfr_route r = route4(random_addr(rng), (uint8_t)(8 + nfr_rng_below(rng, 25)),
				    (uint16_t)(1 + nfr_rng_below(rng, 2)), NFR_RT_TABLE_MAIN);

	r.type = types[nfr_rng_below(rng, many_tables ? 6 : 5)];
	r.metric = 1 + nfr_rng_below(rng, 3); /* 0 would name any to `del` */
	r.tos = nfr_rng_below(rng, 4) ? 0 : 0x10;
	if (many_tables)
		r.table = tables[nfr_rng_below(rng, 5)];
	return r;
}

static void random_lookups(struct nfr_fib *fib, struct nfr_rng *rng)
{
	nfr_fib_build(fib);
	for (unsigned i = 0; i < 50; i++) {
		union nfr_addr dst = rig_ip4(random_addr(rng) + nfr_rng_below(rng, 40));
		struct nfr_flow flow = {
			.family = NFR_IPV4,
			.dst = dst.b,
			.src = nowhere.b,
			.tos = nfr_rng_below(rng, 2) ? 0x10 : 0,
			.mark = nfr_rng_below(rng, 2),
			.iif = (uint16_t)(1 + nfr_rng_below(rng, 2)),
			.oif = (uint16_t)(nfr_rng_below(rng, 3) ? 0 : 1 + nfr_rng_below(rng, 2)),
		};

		compare(fib, &flow);
	}
}

static void run_twin(uint64_t seed, bool many_tables)
{
	struct nfr_policy_rule rule = {.family = NFR_IPV4,
				       .action = NFR_RTN_UNICAST,
				       .priority = 100,
				       .table = 100,
				       .mark = 1,
				       .mark_mask = 1};
	struct nfr_route kept[64];
	struct rig *rig = rig_new();
	struct nfr_rng rng;
	unsigned n = 0;

	nfr_rng_init(&rng, seed, NFR_RNG_STATISTIC);
	if (many_tables)
		assert_int_equal(nfr_rule_add(rig->net, &rule), NFR_OK);
	for (unsigned step = 0; step < 150; step++) {
		if (n < 64 && (n == 0 || nfr_rng_below(&rng, 3))) {
			kept[n] = random_route(&rng, many_tables);
			if (nfr_route_add(rig->net, &kept[n]) == NFR_OK)
				n++;
		} else {
			unsigned i = nfr_rng_below(&rng, n);

			assert_int_equal(nfr_route_del(rig->net, &kept[i]), NFR_OK);
			kept[i] = kept[--n];
		}
		assert_null(nfr_fib_check(&rig->net->fib));
		random_lookups(&rig->net->fib, &rng);
	}
	rig_free(rig);
}

static void test_twin_default_rules(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 4; seed++)
		run_twin(seed, false);
}

static void test_twin_many_tables(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 4; seed++)
		run_twin(seed, true);
}

/* The one trie for local and main is used while it can be, and given up where it would lie. */
static void test_merged(void **state)
{
	struct rig *rig = rig_new();
	struct nfr_fib *fib = &rig->net->fib;
	struct nfr_route under = route4(RIG_IP(127, 5, 0, 0), 16, 1, 0);
	struct nfr_route dflt = route4(0, 0, 1, NFR_RT_TABLE_DEFAULT);

	(void)state;
	nfr_fib_build(fib);
	assert_true(fib->merged[0]);
	assert_true(fib->merged[1]);
	assert_int_equal(nfr_route_add(rig->net, &under), NFR_OK);
	nfr_fib_build(fib);
	assert_false(fib->merged[0]);
	assert_int_equal(nfr_route_del(rig->net, &under), NFR_OK);
	assert_int_equal(nfr_route_add(rig->net, &dflt), NFR_OK);
	nfr_fib_build(fib);
	assert_false(fib->merged[0]);
	rig_free(rig);
}

static void test_add_and_del(void **state)
{
	struct rig *rig = rig_new();
	struct nfr_net *net = rig->net;
	struct nfr_route r = route4(RIG_IP(172, 16, 0, 0), 12, 1, 0);

	(void)state;
	assert_int_equal(nfr_route_add(net, &r), NFR_OK);
	assert_int_equal(nfr_route_add(net, &r), NFR_EEXIST);
	r.metric = 5;
	assert_int_equal(nfr_route_add(net, &r), NFR_OK);
	assert_int_equal(nfr_route_del(net, &r), NFR_OK);
	assert_int_equal(nfr_route_del(net, &r), NFR_ENOENT);
	r.metric = 0;
	r.tos = 0x08;
	assert_int_equal(nfr_route_add(net, &r), NFR_OK);
	r.prefix_len = 33;
	assert_int_equal(nfr_route_add(net, &r), NFR_EINVAL);
	assert_int_equal(nfr_route_del(net, &r), NFR_EINVAL);
	r = route4(RIG_IP(172, 16, 0, 0), 16, 0, 0);
	assert_int_equal(nfr_route_add(net, &r), NFR_ENODEV); /* neither interface nor gateway */
	r.oif = 40;
	assert_int_equal(nfr_route_add(net, &r), NFR_ENODEV);
	r.oif = 0;
	r.gateway = rig_ip4(RIG_IP(10, 0, 2, 9));
	assert_int_equal(nfr_route_add(net, &r), NFR_OK); /* found from the gateway */
	r = route4(RIG_IP(172, 17, 0, 0), 16, 0, 0);
	r.gateway = rig_ip4(RIG_IP(192, 0, 2, 9));
	assert_int_equal(nfr_route_add(net, &r), NFR_EINVAL); /* not on a link */
	r.oif = 1;
	r.onlink = true;
	assert_int_equal(nfr_route_add(net, &r), NFR_OK);
	r.family = 7;
	assert_int_equal(nfr_route_add(net, &r), NFR_EINVAL);
	rig_free(rig);
}

static void test_gateway(void **state)
{
	static const uint8_t mac[6] = {2, 1, 1, 1, 1, 1};
	union nfr_addr gateway = rig_ip4(RIG_IP(10, 0, 2, 9));
	struct rig *rig = rig_new();
	struct nfr_route r = route4(0, 0, 0, 0);

	(void)state;
	r.gateway = gateway;
	r.mtu = 700;
	assert_int_equal(nfr_route_add(rig->net, &r), NFR_OK);
	nfr_neigh_set(rig->net, 2, NFR_IPV4, &gateway, mac);
	rig_expect(
		"default route",
		rig_receive(rig, 1, rig_udp4(1, RIG_IP(10, 0, 1, 2), RIG_IP(192, 0, 2, 1), 9, 600)),
		NFR_REASON_FORWARDED);
	assert_memory_equal(rig->out[0].link, mac, 6);
	rig_receive(rig, 1, rig_udp4(1, RIG_IP(10, 0, 1, 2), RIG_IP(192, 0, 2, 1), 9, 800));
	assert_int_equal(rig->n_out, 2); /* the route's MTU */
	rig_free(rig);
}

/* ---- policy rules ---- */

struct rule_row {
	const char *name;
	struct nfr_policy_rule rule;
	bool matches; /* the flow of the test */
};

static const struct rule_row rule_rows[] = {
	{"all", {.table = 100}, true},
	{"from", {.table = 100, .src_len = 24, .src = {.b = {10, 0, 1}}}, true},
	{"from another", {.table = 100, .src_len = 24, .src = {.b = {10, 0, 9}}}, false},
	{"not from another",
	 {.table = 100, .src_len = 24, .src = {.b = {10, 0, 9}}, .invert = true},
	 true},
	{"to", {.table = 100, .dst_len = 32, .dst = {.b = {192, 0, 2, 1}}}, true},
	{"iif", {.table = 100, .iif = "eth0"}, true},
	{"another iif", {.table = 100, .iif = "eth1"}, false},
	{"iif to come", {.table = 100, .iif = "eth7"}, false},
	{"oif of a forwarded packet", {.table = 100, .oif = "eth1"}, false},
	{"mark", {.table = 100, .mark = 1, .mark_mask = 3}, false},
	{"no mark", {.table = 100, .mark = 0, .mark_mask = 3}, true},
	{"tos", {.table = 100, .tos = 0x10}, false},
	{"proto", {.table = 100, .ipproto = 17}, true},
	{"another proto", {.table = 100, .ipproto = 6}, false},
	{"dport", {.table = 100, .dport_min = 1999, .dport_max = 2000}, true},
	{"another dport", {.table = 100, .dport_min = 2001, .dport_max = 3000}, false},
	{"sport", {.table = 100, .sport_min = 1000, .sport_max = 1000}, true},
	{"another sport", {.table = 100, .sport_min = 1, .sport_max = 999}, false},
};

static void test_rules(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(rule_rows) / sizeof(rule_rows[0]); i++) {
		struct nfr_policy_rule rule = rule_rows[i].rule;
		struct nfr_route r = route4(0, 0, 2, 100);
		struct rig *rig = rig_new();
		struct rig_pkt p = rig_udp4(1, RIG_IP(10, 0, 1, 2), RIG_IP(192, 0, 2, 1), 9, 4);

		rule.family = NFR_IPV4;
		rule.action = NFR_RTN_UNICAST;
		rule.priority = 10;
		assert_int_equal(nfr_rule_add(rig->net, &rule), NFR_OK);
		assert_int_equal(nfr_rule_add(rig->net, &rule), NFR_EEXIST);
		assert_int_equal(nfr_route_add(rig->net, &r), NFR_OK);
		rig_expect(rule_rows[i].name, rig_receive(rig, 1, p),
			   rule_rows[i].matches ? NFR_REASON_FORWARDED : NFR_REASON_ROUTE_NO_ROUTE);
		assert_int_equal(nfr_rule_del(rig->net, &rule), NFR_OK);
		assert_int_equal(nfr_rule_del(rig->net, &rule), NFR_ENOENT);
		p = rig_udp4(1, RIG_IP(10, 0, 1, 2), RIG_IP(192, 0, 2, 1), 9, 4);
		rig_expect(rule_rows[i].name, rig_receive(rig, 1, p), NFR_REASON_ROUTE_NO_ROUTE);
		rig_free(rig);
	}
}

static void test_rule_actions(void **state)
{
	static const struct {
		uint8_t action;
		enum nfr_reason reason;
		unsigned code; /* of the answer, 255: none */
	} actions[] = {
		{NFR_RTN_BLACKHOLE, NFR_REASON_ROUTE_BLACKHOLE, 255},
		{NFR_RTN_UNREACHABLE, NFR_REASON_ROUTE_NO_ROUTE, 0},
		{NFR_RTN_PROHIBIT, NFR_REASON_ROUTE_PROHIBIT, 13},
	};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct nfr_policy_rule rule = {.family = NFR_IPV4, .priority = 10};
		struct rig *rig = rig_new();

		assert_int_equal(nfr_rule_add(rig->net, &rule), NFR_EINVAL);
		rule.action = actions[i].action;
		rule.src_len = 32;
		rule.src = rig_ip4(RIG_IP(10, 0, 1, 2));
		assert_int_equal(nfr_rule_add(rig->net, &rule), NFR_OK);
		rig_expect("action",
			   rig_receive(rig, 1,
				       rig_udp4(1, RIG_IP(10, 0, 1, 2), RIG_IP(10, 0, 2, 2), 9, 4)),
			   actions[i].reason);
		assert_int_equal(rig->n_out, actions[i].code != 255);
		if (rig->n_out)
			assert_int_equal(rig->out[0].data[21], actions[i].code);
		rig_free(rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_twin_default_rules),
		cmocka_unit_test(test_twin_many_tables),
		cmocka_unit_test(test_merged),
		cmocka_unit_test(test_add_and_del),
		cmocka_unit_test(test_gateway),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_rule_actions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
