/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where tables hang, when conntrack is wanted, and what mangle's OUTPUT adds.
 */
#include "xt/rig.h"

static struct nfr_xt_rule rule;
static struct nfr_xt_error err;

static enum nfr_status load(struct rig *rig, uint8_t family, enum nfr_xt_table_id id,
			    const struct nfr_xt_ext *target)
{
	assert_int_equal(nfr_xt_begin(rig_net(rig), family, id), NFR_OK);
	if (target) {
		memset(&rule, 0, sizeof(rule));
		rig_use(&rule.target, target);
		assert_int_equal(nfr_xt_append(rig_net(rig), "OUTPUT", &rule, &err), NFR_OK);
	}
	return nfr_xt_commit(rig_net(rig), &err);
}

static void test_priorities(void **s)
{
	static const struct {
		uint8_t hook;
		int32_t want[6];
		uint8_t n;
	} rows[] = {
		{NFR_INET_PRE_ROUTING, {-300, -150, -100}, 3},
		{NFR_INET_LOCAL_IN, {-150, 0, 50, 100}, 4},
		{NFR_INET_FORWARD, {-150, 0, 50}, 3},
		{NFR_INET_LOCAL_OUT, {-300, -150, -100, 0, 50}, 5},
		{NFR_INET_POST_ROUTING, {-150, 100}, 2},
	};
	struct rig *rig = rig_new();

	(void)s;
	for (unsigned id = 0; id < NFR_XT_TABLE_MAX; id++)
		for (unsigned twice = 0; twice < 2; twice++)
			assert_int_equal(load(rig, NFR_IPV6, id, NULL), NFR_OK);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct nfr_hook_list *list = &rig->hooks.list[1][rows[i].hook];

		assert_int_equal(list->n, rows[i].n);
		assert_int_equal(rig->hooks.list[0][rows[i].hook].n, 0);
		for (unsigned k = 0; k < list->n; k++)
			assert_int_equal(rig->hooks.entries[list->first + k].priority,
					 rows[i].want[k]);
	}
	assert_non_null(rig->nat.lookup[1]);
	assert_null(rig->nat.lookup[0]);
	for (unsigned id = 0; id < NFR_XT_TABLE_MAX; id++)
		nfr_xt_unload(rig_net(rig), NFR_IPV6, id);
	assert_null(rig->nat.lookup[1]);
	assert_int_equal(rig->hooks.tokens.used, 0);
	rig_free(rig);
}

static void test_conntrack_is_wanted_while_rules_need_it(void **s)
{
	struct rig *rig = rig_new();

	(void)s;
	assert_int_equal(load(rig, NFR_IPV4, NFR_XT_FILTER, &nfr_xt_target_LOG), NFR_OK);
	assert_int_equal(load(rig, NFR_IPV4, NFR_XT_NAT, NULL), NFR_OK);
	assert_int_equal(rig->ct_users[0], 0);
	assert_int_equal(load(rig, NFR_IPV4, NFR_XT_NAT, &nfr_xt_target_REDIRECT), NFR_OK);
	assert_int_equal(rig->ct_users[0], 1);
	assert_int_equal(load(rig, NFR_IPV4, NFR_XT_RAW, &nfr_xt_target_CT), NFR_OK);
	assert_int_equal(rig->ct_users[0], 1);
	assert_int_equal(load(rig, NFR_IPV4, NFR_XT_NAT, NULL), NFR_OK);
	assert_int_equal(rig->ct_users[0], 1);
	nfr_xt_unload(rig_net(rig), NFR_IPV4, NFR_XT_RAW);
	assert_int_equal(rig->ct_users[0], 0);
	assert_int_equal(rig->ct_users[1], 0);
	rig_free(rig);
}

/* Hooks or conntrack that cannot be had leave everything as it was. */
static void test_faults(void **s)
{
	struct rig *rig = rig_new();

	(void)s;
	for (uint32_t k = 1; k <= 5; k++) {
		nfr_pool_fail(&rig->hooks.tokens, k, false);
		assert_int_equal(load(rig, NFR_IPV4, NFR_XT_MANGLE, NULL), NFR_ENOMEM);
		assert_int_equal(rig->hooks.tokens.used, 0);
		assert_int_equal(rig->xt.used, 0);
	}
	rig->ct_status = NFR_ENOMEM;
	assert_int_equal(load(rig, NFR_IPV4, NFR_XT_NAT, &nfr_xt_target_REDIRECT), NFR_ENOMEM);
	assert_int_equal(rig->hooks.tokens.used, 0);
	assert_null(rig->nat.lookup[0]);
	assert_int_equal(load(rig, NFR_IPV4, NFR_XT_NAT, NULL), NFR_OK);
	assert_int_equal(load(rig, NFR_IPV4, NFR_XT_NAT, &nfr_xt_target_REDIRECT), NFR_ENOMEM);
	assert_non_null(rig->nat.lookup[0]); /* the old one */
	rig_free(rig);
}

static unsigned local_out(struct rig *rig, struct nfr_pkt *pkt)
{
	rig->state = (struct nfr_hook_state){
		.net = rig_net(rig), .out = 2, .hook = NFR_INET_LOCAL_OUT, .family = pkt->family};
	return nfr_hooks_run(&rig->hooks, pkt, &rig->state, 0);
}

static void test_reroute(void **s)
{
	const struct {
		const char *name;
		const struct nfr_xt_ext *target;
		const char *opt;
		const void *value;
		uint8_t family;
		unsigned n;
	} rows[] = {
		{"mark", &nfr_xt_target_MARK, "set-xmark", &(struct nfr_xt_mark){1, 1}, NFR_IPV4,
		 1},
		{"the same mark", &nfr_xt_target_MARK, "set-xmark", &(struct nfr_xt_mark){0, 1},
		 NFR_IPV4, 0},
		{"tos", &nfr_xt_target_TOS, "set-tos", &(struct nfr_xt_tos){0x10, 0xff}, NFR_IPV4,
		 1},
		{"class", &nfr_xt_target_TOS, "set-tos", &(struct nfr_xt_tos){0x10, 0xff}, NFR_IPV6,
		 1},
		{"ttl does not matter", &nfr_xt_target_TTL, "ttl-set", &(uint8_t){9}, NFR_IPV4, 0},
		{"hop limit does", &nfr_xt_target_HL, "hl-set", &(uint8_t){9}, NFR_IPV6, 1},
		{"mark6", &nfr_xt_target_MARK, "set-xmark", &(struct nfr_xt_mark){1, 1}, NFR_IPV6,
		 1},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig = rig_new();
		struct rig_pkt p;

		print_message("%s\n", rows[i].name);
		nfr_xt_begin(rig_net(rig), rows[i].family, NFR_XT_MANGLE);
		memset(&rule, 0, sizeof(rule));
		rig_use(&rule.target, rows[i].target);
		rig_set(&rule.target, rows[i].opt, rows[i].value);
		nfr_xt_append(rig_net(rig), "OUTPUT", &rule, &err);
		assert_int_equal(nfr_xt_commit(rig_net(rig), &err), NFR_OK);
		assert_int_equal(local_out(rig, rig_pkt(&p, rows[i].family, NFR_IPPROTO_UDP, 8)),
				 NFR_ACCEPT);
		assert_int_equal(rig->n_rerouted, rows[i].n);
		rig->reroute_ok = false;
		assert_int_equal(local_out(rig, rig_pkt(&p, rows[i].family, NFR_IPPROTO_UDP, 8)),
				 rows[i].n ? NFR_DROP : NFR_ACCEPT);
		assert_int_equal(p.pkt.reason, rows[i].n ? NFR_REASON_ROUTE_NO_ROUTE : 0);
		rig_free(rig);
	}
}

static void test_no_reroute_of_dropped(void **s)
{
	struct rig *rig = rig_new();
	struct rig_pkt p;

	(void)s;
	nfr_xt_begin(rig_net(rig), NFR_IPV4, NFR_XT_MANGLE);
	nfr_xt_chain(rig_net(rig), "OUTPUT", NFR_DROP, 0, 0, &err);
	memset(&rule, 0, sizeof(rule));
	rig_use(&rule.target, &nfr_xt_target_MARK);
	rig_set(&rule.target, "set-xmark", &(struct nfr_xt_mark){1, 1});
	nfr_xt_append(rig_net(rig), "OUTPUT", &rule, &err);
	assert_int_equal(nfr_xt_commit(rig_net(rig), &err), NFR_OK);
	assert_int_equal(local_out(rig, rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_UDP, 8)), NFR_DROP);
	assert_int_equal(p.pkt.reason, NFR_REASON_POLICY_DROP);
	assert_int_equal(rig->n_rerouted, 0);
	rig_free(rig);
}

/* NAT asks the table with the hook's own chain. */
static void test_nat_lookup(void **s)
{
	struct rig *rig = rig_new();
	struct rig_pkt p;
	struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_UDP, 8);

	(void)s;
	nfr_xt_begin(rig_net(rig), NFR_IPV4, NFR_XT_NAT);
	memset(&rule, 0, sizeof(rule));
	strcpy(rule.jump, "QUEUE");
	nfr_xt_append(rig_net(rig), "INPUT", &rule, &err);
	assert_int_equal(nfr_xt_commit(rig_net(rig), &err), NFR_OK);
	rig->state.hook = NFR_INET_LOCAL_IN;
	assert_int_equal(rig->nat.lookup[0](rig->nat.xt, pkt, &rig->state), NFR_QUEUE);
	rig->state.hook = NFR_INET_POST_ROUTING;
	assert_int_equal(rig->nat.lookup[0](rig->nat.xt, pkt, &rig->state), NFR_ACCEPT);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_priorities),
		cmocka_unit_test(test_conntrack_is_wanted_while_rules_need_it),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_reroute),
		cmocka_unit_test(test_no_reroute_of_dropped),
		cmocka_unit_test(test_nat_lookup),
	};

	return cmocka_run_group_tests_name("xt/hooks", tests, NULL, NULL);
}
