/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timeouts and other settings of the trackers: the defaults of a new network namespace of Linux
 * 6.18 (conformance/tables/timeouts.py).
 */
#include "ct/rig.h"

#define ANSWERS "conformance/tables/timeouts"

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
		cmocka_unit_test(test_early_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
