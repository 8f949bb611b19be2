/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loading: transactions, names, memory, faults. The oracles of what is refused are the answers of
 * iptables-restore 1.8.9 and Linux 6.18 to the same rules.
 */
#include <time.h>

#include "xt/rig.h"

static struct nfr_xt_rule rule;
static struct nfr_xt_error err;

static struct nfr_xt_rule *new_rule(const char *jump)
{
	memset(&rule, 0, sizeof(rule));
	snprintf(rule.jump, sizeof(rule.jump), "%s", jump);
	return &rule;
}

static enum nfr_status begin(struct rig *rig, enum nfr_xt_table_id id)
{
	return nfr_xt_begin(rig_net(rig), NFR_IPV4, id);
}

static enum nfr_status chain(struct rig *rig, const char *name)
{
	return nfr_xt_chain(rig_net(rig), name, NFR_XT_NO_POLICY, 0, 0, &err);
}

static enum nfr_status append(struct rig *rig, const char *to, const char *jump)
{
	return nfr_xt_append(rig_net(rig), to, new_rule(jump), &err);
}

static enum nfr_status commit(struct rig *rig)
{
	return nfr_xt_commit(rig_net(rig), &err);
}

static void test_chains_come_back_sorted(void **s)
{
	static const char *const want[] = {"INPUT", "FORWARD", "OUTPUT", "B", "a", "b", "zz"};
	static const uint32_t rules[] = {2, 0, 0, 0, 1, 1, 0};
	struct rig *rig = rig_new();
	struct nfr_xt_chain_info info;

	(void)s;
	assert_int_equal(begin(rig, NFR_XT_FILTER), NFR_OK);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(chain(rig, (const char *[]){"zz", "b", "a", "B"}[i]), NFR_OK);
	/* interleaved, so that rows must be brought together */
	assert_int_equal(append(rig, "INPUT", "a"), NFR_OK);
	assert_int_equal(append(rig, "b", "RETURN"), NFR_OK);
	assert_int_equal(append(rig, "INPUT", "DROP"), NFR_OK);
	assert_int_equal(append(rig, "a", "b"), NFR_OK);
	assert_false(nfr_xt_loaded(rig_net(rig), NFR_IPV4, NFR_XT_FILTER));
	assert_int_equal(commit(rig), NFR_OK);
	assert_true(nfr_xt_loaded(rig_net(rig), NFR_IPV4, NFR_XT_FILTER));
	for (uint32_t i = 0; i < 7; i++) {
		assert_int_equal(nfr_xt_get_chain(rig_net(rig), NFR_IPV4, NFR_XT_FILTER, i, &info),
				 NFR_OK);
		assert_string_equal(info.name, want[i]);
		assert_int_equal(info.builtin, i < 3);
		assert_int_equal(info.policy, i < 3 ? NFR_ACCEPT : NFR_XT_NO_POLICY);
		assert_int_equal(info.n_rules, rules[i]);
	}
	assert_int_equal(nfr_xt_get_chain(rig_net(rig), NFR_IPV4, NFR_XT_FILTER, 7, &info),
			 NFR_ENOENT);
	assert_int_equal(nfr_xt_get_rule(rig_net(rig), NFR_IPV4, NFR_XT_FILTER, 0, 1, &rule),
			 NFR_OK);
	assert_string_equal(rule.jump, "DROP");
	assert_int_equal(nfr_xt_get_rule(rig_net(rig), NFR_IPV4, NFR_XT_FILTER, 0, 2, &rule),
			 NFR_ENOENT);
	rig_free(rig);
}

static void test_policies_stay_unless_set(void **s)
{
	struct rig *rig = rig_new();
	struct nfr_xt_chain_info info;

	(void)s;
	begin(rig, NFR_XT_FILTER);
	assert_int_equal(nfr_xt_chain(rig_net(rig), "INPUT", NFR_DROP, 5, 500, &err), NFR_OK);
	assert_int_equal(commit(rig), NFR_OK);
	begin(rig, NFR_XT_FILTER);
	assert_int_equal(chain(rig, "INPUT"), NFR_OK); /* `:INPUT -` leaves it alone */
	assert_int_equal(commit(rig), NFR_OK);
	nfr_xt_get_chain(rig_net(rig), NFR_IPV4, NFR_XT_FILTER, 0, &info);
	assert_int_equal(info.policy, NFR_DROP);
	assert_int_equal(info.packets, 5);
	assert_int_equal(info.bytes, 500);
	rig_free(rig);
}

static void test_names_refused(void **s)
{
	static const struct {
		const char *name;
		uint8_t policy;
		enum nfr_status want;
	} rows[] = {
		{"0123456789012345678901234567", NFR_XT_NO_POLICY, NFR_OK},
		{"01234567890123456789012345678", NFR_XT_NO_POLICY, NFR_EINVAL},
		{"", NFR_XT_NO_POLICY, NFR_EINVAL},
		{"a", NFR_ACCEPT, NFR_EINVAL},
		{"ACCEPT", NFR_XT_NO_POLICY, NFR_EEXIST},
		{"DROP", NFR_XT_NO_POLICY, NFR_EEXIST},
		{"QUEUE", NFR_XT_NO_POLICY, NFR_EEXIST},
		{"RETURN", NFR_XT_NO_POLICY, NFR_EEXIST},
		{"there", NFR_XT_NO_POLICY, NFR_EEXIST},
		{"LOG", NFR_XT_NO_POLICY, NFR_OK},
		{"-x", NFR_XT_NO_POLICY, NFR_OK},
		{"PREROUTING", NFR_XT_NO_POLICY, NFR_OK}, /* a user chain in filter */
		{"INPUT", NFR_QUEUE, NFR_EINVAL},
		{"INPUT", NFR_DROP, NFR_OK},
	};
	struct rig *rig = rig_new();

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(rig, NFR_XT_FILTER);
		chain(rig, "there");
		assert_int_equal(
			nfr_xt_chain(rig_net(rig), rows[i].name, rows[i].policy, 0, 0, &err),
			rows[i].want);
		nfr_xt_abort(rig_net(rig));
	}
	rig_free(rig);
}

static void test_jumps(void **s)
{
	static const struct {
		const char *to;
		uint8_t flags;
		enum nfr_xt_table_id table;
		enum nfr_status want;
	} rows[] = {
		{"ACCEPT", 0, NFR_XT_FILTER, NFR_OK},
		{"QUEUE", 0, NFR_XT_NAT, NFR_OK},
		{"DROP", 0, NFR_XT_NAT, NFR_EINVAL}, /* not intended for filtering */
		{"DROP", 0, NFR_XT_FILTER, NFR_OK},
		{"", 0, NFR_XT_FILTER, NFR_OK},
		{"there", 0, NFR_XT_FILTER, NFR_OK},
		{"there", NFR_XT_IP_GOTO, NFR_XT_FILTER, NFR_OK},
		{"ACCEPT", NFR_XT_IP_GOTO, NFR_XT_FILTER, NFR_EINVAL},
		{"", NFR_XT_IP_GOTO, NFR_XT_FILTER, NFR_EINVAL},
		{"OUTPUT", 0, NFR_XT_FILTER, NFR_EINVAL},
		{"nowhere", 0, NFR_XT_FILTER, NFR_ENOENT},
	};
	struct rig *rig = rig_new();

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(rig, rows[i].table);
		chain(rig, "there");
		new_rule(rows[i].to)->ip.flags = rows[i].flags;
		assert_int_equal(nfr_xt_append(rig_net(rig), "OUTPUT", &rule, &err), rows[i].want);
		nfr_xt_abort(rig_net(rig));
	}
	begin(rig, NFR_XT_FILTER);
	assert_int_equal(append(rig, "nowhere", "ACCEPT"), NFR_ENOENT);
	assert_int_equal(err.rule, 1);
	assert_non_null(err.why);
	rig_free(rig);
}

static void test_generic_part(void **s)
{
	struct rig *rig = rig_new();
	static const struct {
		const char *chain, *in, *out;
		uint16_t proto;
		uint8_t flags, invert;
		uint8_t family;
		enum nfr_status want;
	} rows[] = {
		{"INPUT", "eth0", "", 0, 0, 0, NFR_IPV4, NFR_OK},
		{"INPUT", "", "eth0", 0, 0, 0, NFR_IPV4, NFR_EINVAL},
		{"OUTPUT", "eth0", "", 0, 0, 0, NFR_IPV4, NFR_EINVAL},
		{"OUTPUT", "", "eth0", 0, 0, 0, NFR_IPV4, NFR_OK},
		{"u", "eth0", "eth+", 0, 0, 0, NFR_IPV4, NFR_OK},
		{"INPUT", "0123456789abcde", "", 0, 0, 0, NFR_IPV4, NFR_OK},
		{"INPUT", "", "", 256, 0, 0, NFR_IPV4, NFR_EINVAL},
		{"INPUT", "", "", 0, 0, NFR_XT_INV_PROTO, NFR_IPV4, NFR_EINVAL},
		{"INPUT", "", "", 6, 0, NFR_XT_INV_PROTO, NFR_IPV4, NFR_OK},
		{"INPUT", "", "", 0, NFR_XT_IP_FRAG, 0, NFR_IPV4, NFR_OK},
		{"INPUT", "", "", 0, NFR_XT_IP_FRAG, 0, NFR_IPV6, NFR_EINVAL},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(nfr_xt_begin(rig_net(rig), rows[i].family, NFR_XT_FILTER), NFR_OK);
		chain(rig, "u");
		new_rule("ACCEPT");
		snprintf(rule.ip.in, NFR_IFNAMSIZ, "%s", rows[i].in);
		snprintf(rule.ip.out, NFR_IFNAMSIZ, "%s", rows[i].out);
		rule.ip.proto = rows[i].proto;
		rule.ip.flags = rows[i].flags;
		rule.ip.invert = rows[i].invert;
		assert_int_equal(nfr_xt_append(rig_net(rig), rows[i].chain, &rule, &err),
				 rows[i].want);
		nfr_xt_abort(rig_net(rig));
	}
	begin(rig, NFR_XT_FILTER);
	memset(new_rule("ACCEPT")->ip.in, 'x', NFR_IFNAMSIZ);
	assert_int_equal(nfr_xt_append(rig_net(rig), "INPUT", &rule, &err), NFR_EINVAL);
	begin(rig, NFR_XT_FILTER);
	memset(new_rule("")->jump, 'x', sizeof(rule.jump));
	assert_int_equal(nfr_xt_append(rig_net(rig), "INPUT", &rule, &err), NFR_EINVAL);
	begin(rig, NFR_XT_FILTER);
	new_rule("ACCEPT")->n_matches = NFR_XT_MAX_MATCHES + 1;
	assert_int_equal(nfr_xt_append(rig_net(rig), "INPUT", &rule, &err), NFR_EINVAL);
	begin(rig, NFR_XT_FILTER);
	rig_use(&new_rule("")->target, &nfr_xt_match_udp); /* a match is no target */
	assert_int_equal(nfr_xt_append(rig_net(rig), "INPUT", &rule, &err), NFR_EINVAL);
	rig_free(rig);
}

static void test_rule_comes_back_as_it_was(void **s)
{
	struct rig *rig = rig_new();
	static struct nfr_xt_rule got;

	(void)s;
	for (unsigned f = 0; f < 2; f++) {
		uint8_t family = f ? NFR_IPV6 : NFR_IPV4;

		assert_int_equal(nfr_xt_begin(rig_net(rig), family, NFR_XT_MANGLE), NFR_OK);
		new_rule("");
		rule.packets = 7;
		rule.bytes = 700;
		rig_addr(rule.ip.src.b, family, 77);
		memset(rule.ip.src_mask.b, 0xff, f ? 8 : 3);
		rig_addr(rule.ip.dst.b, family, 5);
		memset(rule.ip.dst_mask.b, 0xff, f ? 16 : 4);
		strcpy(rule.ip.in, "eth0");
		strcpy(rule.ip.out, "ppp+");
		rule.ip.proto = NFR_IPPROTO_UDP;
		rule.ip.invert = NFR_XT_INV_DST | NFR_XT_INV_OUT;
		rule.n_matches = 2;
		rig_use(&rule.match[0], &nfr_xt_match_comment);
		rig_set(&rule.match[0], "comment", "hello");
		rig_use(&rule.match[1], &nfr_xt_match_udp);
		rig_set(&rule.match[1], "!dport", (uint16_t[]){80, 90});
		rig_use(&rule.target, &nfr_xt_target_MARK);
		rig_set(&rule.target, "set-xmark", &(struct nfr_xt_mark){5, 7});
		assert_int_equal(nfr_xt_append(rig_net(rig), "FORWARD", &rule, &err), NFR_OK);
		assert_int_equal(commit(rig), NFR_OK);
		assert_int_equal(nfr_xt_get_rule(rig_net(rig), family, NFR_XT_MANGLE, 2, 0, &got),
				 NFR_OK);
		rule.ip.src.b[f ? 15 : 3] = 0; /* masked */
		assert_memory_equal(&got.ip, &rule.ip, sizeof(got.ip));
		assert_int_equal(got.packets, 7);
		assert_int_equal(got.bytes, 700);
		assert_int_equal(got.n_matches, 2);
		assert_ptr_equal(got.match[0].ext, &nfr_xt_match_comment);
		assert_memory_equal(got.match[0].data, rule.match[0].data,
				    nfr_xt_match_comment.size);
		assert_ptr_equal(got.match[1].ext, &nfr_xt_match_udp);
		assert_true(rig_is_given(&got.match[1], "dport"));
		assert_false(rig_is_given(&got.match[1], "sport"));
		assert_ptr_equal(got.target.ext, &nfr_xt_target_MARK);
	}
	rig_free(rig);
}

static void load_small(struct rig *rig, enum nfr_xt_table_id id, unsigned n)
{
	assert_int_equal(begin(rig, id), NFR_OK);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(append(rig, "OUTPUT", "ACCEPT"), NFR_OK);
	assert_int_equal(commit(rig), NFR_OK);
}

static uint32_t n_rules(struct rig *rig, enum nfr_xt_table_id id)
{
	struct nfr_xt_chain_info info;

	for (uint32_t i = 0; nfr_xt_get_chain(rig_net(rig), NFR_IPV4, id, i, &info) == NFR_OK; i++)
		if (strcmp(info.name, "OUTPUT") == 0)
			return info.n_rules;
	return UINT32_MAX;
}

/* Tables move when one before them is replaced or goes. */
static void test_memory_is_closed_up(void **s)
{
	struct rig *rig = rig_new();

	(void)s;
	load_small(rig, NFR_XT_RAW, 3);
	load_small(rig, NFR_XT_FILTER, 5);
	load_small(rig, NFR_XT_MANGLE, 7);
	for (unsigned round = 0; round < 50; round++) {
		load_small(rig, NFR_XT_FILTER, round);
		assert_null(nfr_xtnet_check(&rig->xt));
		assert_int_equal(n_rules(rig, NFR_XT_RAW), 3);
		assert_int_equal(n_rules(rig, NFR_XT_FILTER), round);
		assert_int_equal(n_rules(rig, NFR_XT_MANGLE), 7);
	}
	nfr_xt_unload(rig_net(rig), NFR_IPV4, NFR_XT_RAW);
	assert_int_equal(n_rules(rig, NFR_XT_MANGLE), 7);
	assert_null(nfr_xtnet_check(&rig->xt));
	nfr_xt_unload(rig_net(rig), NFR_IPV4, NFR_XT_RAW); /* not there: nothing */
	nfr_xt_unload(rig_net(rig), NFR_IPV4, NFR_XT_FILTER);
	nfr_xt_unload(rig_net(rig), NFR_IPV4, NFR_XT_MANGLE);
	nfr_xt_unload(rig_net(rig), 77, NFR_XT_MANGLE);
	assert_int_equal(rig->xt.used, 0);
	assert_int_equal(rig->xt.bytes.used, 0);
	assert_int_equal(rig->hooks.tokens.used, 0);
	rig_free(rig);
}

/* Fails the k-th request for memory of one transaction, for all k: the old table stays. */
static void test_faults(void **s)
{
	struct rig *rig = rig_new();
	uint64_t before;
	uint32_t k;
	enum nfr_status status = NFR_ENOMEM;

	(void)s;
	load_small(rig, NFR_XT_FILTER, 2);
	before = nfr_xtnet_digest(&rig->xt);
	for (k = 1; status != NFR_OK && k < 100; k++) {
		assert_int_equal(nfr_xtnet_digest(&rig->xt), before);
		nfr_pool_fail(&rig->xt.bytes, k, true);
		status = begin(rig, NFR_XT_FILTER);
		if (status == NFR_OK)
			status = chain(rig, "u");
		for (unsigned i = 0; status == NFR_OK && i < 3; i++)
			status = append(rig, "u", "DROP");
		if (status == NFR_OK)
			status = commit(rig);
		assert_null(nfr_xtnet_check(&rig->xt));
		assert_true(status == NFR_OK || status == NFR_ENOMEM);
	}
	assert_in_range(k, 10, 99);
	assert_int_not_equal(nfr_xtnet_digest(&rig->xt), before);
	rig_free(rig);
}

static void test_full_arena(void **s)
{
	struct rig *rig = rig_new_kib(4);
	enum nfr_status status;
	unsigned n = 0;

	(void)s;
	load_small(rig, NFR_XT_RAW, 1);
	begin(rig, NFR_XT_FILTER);
	while ((status = append(rig, "INPUT", "ACCEPT")) == NFR_OK && n < 1000)
		n++;
	assert_int_equal(status, NFR_ENOMEM);
	assert_in_range(n, 20, 64);
	assert_int_equal(commit(rig), NFR_EINVAL); /* over with the first error */
	assert_false(nfr_xt_loaded(rig_net(rig), NFR_IPV4, NFR_XT_FILTER));
	rig_free(rig);
	rig = rig_new_kib(0);
	assert_int_equal(begin(rig, NFR_XT_FILTER), NFR_ENOMEM);
	rig_free(rig);
}

static void test_order_of_calls(void **s)
{
	struct rig *rig = rig_new();

	(void)s;
	assert_int_equal(chain(rig, "a"), NFR_EINVAL);
	assert_int_equal(append(rig, "INPUT", "ACCEPT"), NFR_EINVAL);
	assert_int_equal(commit(rig), NFR_EINVAL);
	assert_int_equal(nfr_xt_begin(rig_net(rig), 3, NFR_XT_FILTER), NFR_EINVAL);
	assert_int_equal(begin(rig, NFR_XT_TABLE_MAX), NFR_EINVAL);
	assert_int_equal(begin(rig, NFR_XT_FILTER), NFR_OK);
	assert_int_equal(begin(rig, NFR_XT_NAT), NFR_EBUSY);
	nfr_xt_abort(rig_net(rig));
	assert_false(nfr_xt_loaded(rig_net(rig), NFR_IPV4, NFR_XT_FILTER));
	assert_false(nfr_xt_loaded(rig_net(rig), 3, NFR_XT_FILTER));
	assert_string_equal(nfr_xt_table_name(NFR_XT_SECURITY), "security");
	assert_string_equal(nfr_xt_table_name(NFR_XT_TABLE_MAX), "");
	rig_free(rig);
}

/* Linear: 100,000 rules in 10,000 chains, in an order that helps nobody. */
static void test_many_rules(void **s)
{
	enum { CHAINS = 10000, RULES = 100000 };
	struct rig *rig = rig_new_kib(32768);
	clock_t start = clock();
	char name[16];

	(void)s;
	begin(rig, NFR_XT_FILTER);
	for (unsigned i = 0; i < CHAINS; i++) {
		snprintf(name, sizeof(name), "c%05u", (i * 7919u) % CHAINS);
		assert_int_equal(chain(rig, name), NFR_OK);
	}
	for (unsigned i = 0; i < RULES; i++) {
		snprintf(name, sizeof(name), "c%05u", (i * 6101u) % CHAINS);
		assert_int_equal(append(rig, name, "DROP"), NFR_OK);
	}
	assert_int_equal(commit(rig), NFR_OK);
	/* generous, for sanitizers and slow machines: quadratic work would take minutes */
	assert_true((clock() - start) / CLOCKS_PER_SEC < 20);
	assert_null(nfr_xtnet_check(&rig->xt));
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chains_come_back_sorted),
		cmocka_unit_test(test_policies_stay_unless_set),
		cmocka_unit_test(test_names_refused),
		cmocka_unit_test(test_jumps),
		cmocka_unit_test(test_generic_part),
		cmocka_unit_test(test_rule_comes_back_as_it_was),
		cmocka_unit_test(test_memory_is_closed_up),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_full_arena),
		cmocka_unit_test(test_order_of_calls),
		cmocka_unit_test(test_many_rules),
	};

	return cmocka_run_group_tests_name("xt/table", tests, NULL, NULL);
}
