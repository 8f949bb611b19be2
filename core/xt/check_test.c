/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What commit() finds in a whole table: loops, and where extensions may stand. Each row was put
 * to Linux 6.18 by iptables-restore.
 */
#include "xt/rig.h"

static struct nfr_xt_error err;

/* "chain>target" rules; `~` for goto, `?` for a rule with a condition before the target. */
static enum nfr_status load(struct rig *rig, enum nfr_xt_table_id id, const char *const *rules)
{
	static struct nfr_xt_rule rule;

	assert_int_equal(nfr_xt_begin(rig_net(rig), rig->state.family, id), NFR_OK);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(nfr_xt_chain(rig_net(rig), (const char *[]){"a", "b", "c"}[i],
					      NFR_XT_NO_POLICY, 0, 0, &err),
				 NFR_OK);
	for (; *rules; rules++) {
		char chain[32];
		const char *to = strchr(*rules, '>') + 1;
		const struct nfr_xt_ext *ext;

		memset(&rule, 0, sizeof(rule));
		snprintf(chain, sizeof(chain), "%.*s", (int)(to - 1 - *rules), *rules);
		if (*to == '?')
			rule.ip.proto = NFR_IPPROTO_UDP;
		if (*to == '~')
			rule.ip.flags = NFR_XT_IP_GOTO;
		to += *to == '?' || *to == '~';
		ext = nfr_xt_find_target(to, rig->state.family);
		if (ext)
			rig_use(&rule.target, ext);
		else
			snprintf(rule.jump, sizeof(rule.jump), "%s", to);
		assert_int_equal(nfr_xt_append(rig_net(rig), chain, &rule, &err), NFR_OK);
	}
	return nfr_xt_commit(rig_net(rig), &err);
}

#define RULES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_loops(void **s)
{
	const struct {
		const char *const *rules;
		enum nfr_status want;
		uint32_t rule;
	} rows[] = {
		{RULES("a>a"), NFR_OK, 0}, /* nobody gets there */
		{RULES("a>a", "INPUT>a"), NFR_ELOOP, 1},
		{RULES("a>b", "b>a", "INPUT>a"), NFR_ELOOP, 2},
		{RULES("a>~b", "b>~a", "INPUT>a"), NFR_ELOOP, 2},
		{RULES("INPUT>DROP", "INPUT>a", "a>b", "b>a"), NFR_OK, 0},
		{RULES("INPUT>?DROP", "INPUT>a", "a>b", "b>a"), NFR_ELOOP, 4},
		{RULES("INPUT>RETURN", "INPUT>a", "a>a"), NFR_OK, 0},
		{RULES("INPUT>a", "INPUT>b", "a>b", "a>c", "b>c", "OUTPUT>c"), NFR_OK, 0},
		{RULES("INPUT>a", "a>b", "b>c", "c>?a"), NFR_ELOOP, 4},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig = rig_new();

		assert_int_equal(load(rig, NFR_XT_FILTER, rows[i].rules), rows[i].want);
		assert_int_equal(err.rule, rows[i].rule);
		assert_int_equal(nfr_xt_loaded(rig_net(rig), NFR_IPV4, NFR_XT_FILTER),
				 rows[i].want == NFR_OK);
		rig_free(rig);
	}
}

static void test_places(void **s)
{
	const struct {
		enum nfr_xt_table_id table;
		const char *const *rules;
		enum nfr_status want;
	} rows[] = {
		{NFR_XT_NAT, RULES("PREROUTING>REDIRECT"), NFR_OK},
		{NFR_XT_NAT, RULES("POSTROUTING>REDIRECT"), NFR_ENOTSUP},
		{NFR_XT_NAT, RULES("POSTROUTING>MASQUERADE"), NFR_OK},
		{NFR_XT_NAT, RULES("OUTPUT>MASQUERADE"), NFR_ENOTSUP},
		{NFR_XT_NAT, RULES("INPUT>MASQUERADE"), NFR_ENOTSUP},
		/* through user chains, as far as they are reached */
		{NFR_XT_NAT, RULES("POSTROUTING>a", "a>b", "b>MASQUERADE"), NFR_OK},
		{NFR_XT_NAT, RULES("POSTROUTING>a", "OUTPUT>b", "a>b", "b>MASQUERADE"),
		 NFR_ENOTSUP},
		{NFR_XT_NAT, RULES("a>b", "b>MASQUERADE"), NFR_OK},
		{NFR_XT_NAT, RULES("OUTPUT>ACCEPT", "OUTPUT>MASQUERADE"), NFR_OK},
		{NFR_XT_FILTER, RULES("a>MASQUERADE"), NFR_ENOTSUP}, /* tables hold everywhere */
		{NFR_XT_FILTER, RULES("INPUT>REJECT"), NFR_OK},
		{NFR_XT_MANGLE, RULES("INPUT>REJECT"), NFR_ENOTSUP},
		{NFR_XT_SECURITY, RULES("INPUT>REJECT"), NFR_ENOTSUP},
		{NFR_XT_RAW, RULES("PREROUTING>TRACE", "OUTPUT>NOTRACK", "OUTPUT>CT"), NFR_OK},
		{NFR_XT_MANGLE, RULES("INPUT>TRACE"), NFR_ENOTSUP},
		{NFR_XT_MANGLE, RULES("INPUT>NOTRACK"), NFR_ENOTSUP},
		{NFR_XT_MANGLE, RULES("INPUT>LOG", "INPUT>NFQUEUE"), NFR_OK},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig = rig_new();

		assert_int_equal(load(rig, rows[i].table, rows[i].rules), rows[i].want);
		if (rows[i].want != NFR_OK)
			assert_non_null(err.why);
		rig_free(rig);
	}
}

static void test_protocol_needed(void **s)
{
	static const struct {
		uint16_t proto;
		uint8_t invert;
		enum nfr_status want;
	} rows[] = {
		{NFR_IPPROTO_TCP, 0, NFR_OK},
		{0, 0, NFR_EINVAL},
		{NFR_IPPROTO_UDP, 0, NFR_EINVAL},
		{NFR_IPPROTO_TCP, NFR_XT_INV_PROTO, NFR_EINVAL},
	};
	static struct nfr_xt_rule rule;

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig = rig_new();

		memset(&rule, 0, sizeof(rule));
		rule.ip.proto = rows[i].proto;
		rule.ip.invert = rows[i].invert;
		rule.n_matches = 1;
		rig_use(&rule.match[0], &nfr_xt_match_tcp);
		nfr_xt_begin(rig_net(rig), NFR_IPV4, NFR_XT_FILTER);
		assert_int_equal(nfr_xt_append(rig_net(rig), "INPUT", &rule, &err), NFR_OK);
		assert_int_equal(nfr_xt_commit(rig_net(rig), &err), rows[i].want);
		rig_free(rig);
	}
}

static void test_family(void **s)
{
	struct rig *rig = rig_new();
	static struct nfr_xt_rule rule;

	(void)s;
	assert_null(nfr_xt_find_match("icmp", NFR_IPV6));
	assert_null(nfr_xt_find_match("nosuch", NFR_IPV4));
	assert_ptr_equal(nfr_xt_find_target("REJECT", NFR_IPV4), &nfr_xt_target_REJECT);
	assert_ptr_equal(nfr_xt_find_target("REJECT", NFR_IPV6), &nfr_xt_target_REJECT6);
	memset(&rule, 0, sizeof(rule));
	rig_use(&rule.target, &nfr_xt_target_REJECT6);
	nfr_xt_begin(rig_net(rig), NFR_IPV4, NFR_XT_FILTER);
	nfr_xt_append(rig_net(rig), "INPUT", &rule, &err);
	assert_int_equal(nfr_xt_commit(rig_net(rig), &err), NFR_ENOTSUP);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loops),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_protocol_needed),
		cmocka_unit_test(test_family),
	};

	return cmocka_run_group_tests_name("xt/check", tests, NULL, NULL);
}
