/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole files of two folders: order, what is missing, and what may be.
 */
#include "compare/compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define CT(left, port)                                                                             \
	"ipv4     2 udp      17 " left " src=10.0.1.2 dst=10.0.2.2 sport=" port                     \
	" dport=53 [UNREPLIED] src=10.0.2.2 dst=10.0.1.2 sport=53 dport=" port " mark=0 use=1\n"

static const struct {
	const char *name, *want, *got;
	bool same;
} row[] = {
	{"the same", CT("29", "1"), CT("29", "1"), true},
	{"another order", CT("29", "1") CT("9", "2"), CT("9", "2") CT("29", "1"), true},
	{"one is missing", CT("29", "1") CT("9", "2"), CT("29", "1"), false},
	{"one is too many", CT("29", "1"), CT("9", "2") CT("29", "1"), false},
	{"another one ends", CT("0", "2"), CT("0", "3"), false},
	{"one has just ended", CT("29", "1") CT("0", "2"), CT("29", "1"), true},
	{"one has not ended yet", CT("29", "1"), CT("0", "2") CT("29", "1"), true},
	{"one that has a second left", CT("29", "1"), CT("1", "2") CT("29", "1"), false},
	{"one that ends beside one that does not", CT("29", "1"), CT("0", "2") CT("9", "3") CT("29", "1"),
	 false},
};

static void write_conntrack(const char *folder, const char *text)
{
	char path[300];
	FILE *f;

	snprintf(path, sizeof(path), "%s/conntrack", folder);
	f = fopen(path, "we");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void tables_are_compared(void **state)
{
	char dir[] = "/tmp/nfref-compare-XXXXXX", want[64], got[64], command[100];
	FILE *out = tmpfile();
	struct nfr_diag diag;
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(want, sizeof(want), "%s/want", dir);
	snprintf(got, sizeof(got), "%s/got", dir);
	assert_int_equal(mkdir(want, 0700) | mkdir(got, 0700), 0);
	for (i = 0; i < sizeof(row) / sizeof(*row); i++) {
		write_conntrack(want, row[i].want);
		write_conntrack(got, row[i].got);
		if (nfr_compare(want, got, out, false, &diag) != !row[i].same)
			fail_msg("%s", row[i].name);
	}
	fclose(out);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_compared),
	};

	return cmocka_run_group_tests_name("compare/text", tests, NULL, NULL);
}
