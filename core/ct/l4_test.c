/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timeouts and other settings of the trackers, and those of the whole stack: the defaults of a new
 * network namespace of Linux 6.18 (conformance/tables/timeouts.py and sysctl.py).
 */
#include "ct/rig.h"

#define ANSWERS "conformance/tables/timeouts"
#define NAMESPACE "conformance/tables/sysctl"

static void test_defaults(void **state)
{
	struct nfr_sysctl_if all, dflt;
	struct nfr_sysctl sysctl;
	const char *ifname;
	size_t ifname_len;
	char name[96];
	unsigned n = 0;
	int value;
	FILE *f = fopen(ANSWERS, "r");

	(void)state;
	assert_non_null(f);
	nfr_sysctl_preset(&sysctl, &all, &dflt);
	while (fscanf(f, "%95s %d", name, &value) == 2) {
		const struct nfr_sysctl_row *row = nfr_sysctl_find(name, &ifname, &ifname_len);

		if (!row)
			fail_msg("%s is not known", name);
		else if (nfr_sysctl_load(row, &sysctl) != value)
			fail_msg("%s is %d", name, value);
		n++;
	}
	fclose(f);
	assert_true(n >= 29);
}

/* What Linux said of this name, or false when the table does not have it. */
static bool ask_table(FILE *table, const char *name, long *value)
{
	size_t len = strlen(name);
	char line[128];

	rewind(table);
	while (fgets(line, sizeof(line), table)) {
		if (strncmp(line, name, len) == 0 && line[len] == '\t') {
			*value = strtol(line + len + 1, NULL, 10);
			return true;
		}
	}
	return false;
}

/* Every setting that is no interface's, but for what depends on the machine: its forwarding is
 * inherited, its limits go by its memory, and helpers have parameters for all namespaces. */
static void test_namespace(void **state)
{
	static const char *const not_asked[] = {
		"net.ipv4.ip_forward", "net.netfilter.nf_conntrack_max",
		"net.netfilter.nf_conntrack_expect_max", "nf_conntrack_ftp.loose"};
	FILE *table = fopen(NAMESPACE, "r");
	const struct nfr_sysctl_row *row;
	unsigned asked = 0, left_out = 0;
	long value;

	(void)state;
	assert_non_null(table);
	for (size_t n = 0; (row = nfr_sysctl_row(n)) != NULL; n++) {
		if (row->leaf)
			continue;
		if (ask_table(table, row->name, &value)) {
			if (row->preset != value)
				fail_msg("%s is %d, Linux: %ld", row->name, row->preset, value);
			asked++;
		} else {
			if (left_out == 4 || strcmp(row->name, not_asked[left_out]) != 0)
				fail_msg("%s is not in the table", row->name);
			left_out++;
		}
	}
	fclose(table);
	assert_true(asked >= 50);
	assert_int_equal(left_out, 4);
}

static void test_early_drop(void **state)
{
	struct nfr_ct ct;

	(void)state;
	memset(&ct, 0, sizeof(ct));
	assert_false(nfr_ct_l4(NFR_IPPROTO_UDP)->can_early_drop(&ct));
	ct.proto.tcp.state = NFR_TCP_CLOSE_WAIT;
	assert_true(nfr_ct_l4(NFR_IPPROTO_TCP)->can_early_drop(&ct));
	ct.proto.sctp.state = NFR_SCTP_SHUTDOWN_RECD;
	assert_true(nfr_ct_l4(NFR_IPPROTO_SCTP)->can_early_drop(&ct));
	ct.proto.sctp.state = NFR_SCTP_ESTABLISHED;
	assert_false(nfr_ct_l4(NFR_IPPROTO_SCTP)->can_early_drop(&ct));
	assert_ptr_equal(nfr_ct_l4(200), &nfr_ct_l4_generic);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_namespace),
		cmocka_unit_test(test_early_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
