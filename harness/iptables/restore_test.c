/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules in and out of a whole instance, against what iptables-legacy made of the same lines.
 *
 * iptables accepts a few lines that are refused here because they hardly say what was meant: a
 * string that is not closed (it takes in the line's end), rubbish behind a number where iptables
 * stops reading (`--limit 5.5/s`, `--to-destination :80-90/90-100`, `--to-source [fd00::1]80`,
 * `-c 1,2`, `[1:2:3]`), a probability of `nan`, an IPv4 mask of 33 bits, a last byte of a MAC
 * address that is missing, NETMAP to a mask that is no prefix, an empty --reject-with, a value
 * that sticks to its option (`-ieth0`, which makes an interface `-ieth0`), `!` before -4 and -6,
 * and an interface with a blank in its name, which iptables-save prints so that it cannot be read
 * back. Names of hosts are not looked up, and commands that list, check or take away are no
 * ruleset.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "iptables/iptables.h"

struct golden {
	int family;
	const char *table, *line, *want;
};

/* clang-format off */
static const struct golden goldens[] = {
#define RULE(family, table, line, want) {family, table, line, want},
#include "iptables/rules_golden.def"
#undef RULE
};
/* clang-format on */

#define N_GOLDENS (sizeof(goldens) / sizeof(goldens[0]))

static void *memory;
static size_t memory_size;
static struct nfr_config config;

static struct nfr_net *net_new(void)
{
	return nfr_init(memory, memory_size, &config);
}

static int setup(void **unused)
{
	(void)unused;
	config = (struct nfr_config){.seed = 1,
				     .max = {.ct = 16,
					     .ct6 = 16,
					     .ct_ext = 16,
					     .expect = 16,
					     .frag_queue = 1,
					     .frag = 4,
					     .buf = 1,
					     .queued = 1,
					     .route = 64,
					     .xt_bytes = 2048}};
	memory_size = (nfr_size(&config) + 63) / 64 * 64;
	memory = aligned_alloc(64, memory_size);
	return memory ? 0 : -1;
}

static int teardown(void **unused)
{
	(void)unused;
	free(memory);
	return 0;
}

static int load(struct nfr_net *net, uint8_t family, const char *data, bool counters,
		struct nfr_diag *diag)
{
	struct nfr_text text = nfr_text_string("rules", data);

	memset(diag, 0, sizeof(*diag));
	return nfr_iptables_load(net, family, &text, counters, diag);
}

static char *save(const struct nfr_net *net, uint8_t family)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	nfr_iptables_save(to, net, family, true);
	fclose(to);
	return text;
}

static bool ends(const char *line, size_t len, const char *with)
{
	size_t n = strlen(with);

	return len >= n && !memcmp(line + len - n, with, n);
}

/* What is left when every table's own lines are gone. */
static void keep_golden(char *text)
{
	char *line = text, *to = text, *next;
	size_t len;

	for (; *line; line = next) {
		len = strcspn(line, "\n");
		next = line + len + (line[len] == '\n');
		if ((line[0] != ':' && line[0] != '[') || !strncmp(line, ":user ", 6) ||
		    ends(line, len, " ACCEPT [0:0]"))
			continue;
		if (to > text)
			*to++ = '\n';
		memmove(to, line, len);
		to += len;
	}
	*to = '\0';
}

static bool golden_holds(const struct golden *g)
{
	uint8_t family = g->family == 6 ? NFR_IPV6 : NFR_IPV4;
	struct nfr_net *net = net_new();
	struct nfr_diag diag;
	char text[2048], *got;
	bool same;
	int err;

	snprintf(text, sizeof(text), "*%s\n:user - [0:0]\n%s\nCOMMIT\n", g->table, g->line);
	err = load(net, family, text, true, &diag);
	if (err || !g->want) {
		if (!err != (g->want != NULL))
			print_error("%d %s %s: %s\n", g->family, g->table, g->line,
				    err ? diag.text : "accepted");
		return !err == (g->want != NULL) && (!err || (diag.text[0] && diag.line));
	}
	got = save(net, family);
	keep_golden(got);
	same = !strcmp(got, g->want);
	if (!same)
		print_error("%d %s %s:\n got `%s'\nwant `%s'\n", g->family, g->table, g->line, got,
			    g->want);
	free(got);
	return same;
}

static void lines_are_those_of_iptables(void **unused)
{
	unsigned i, bad = 0, refused = 0;

	(void)unused;
	for (i = 0; i < N_GOLDENS; i++) {
		bad += !golden_holds(&goldens[i]);
		refused += !goldens[i].want;
	}
	assert_int_equal(bad, 0);
	assert_true(N_GOLDENS > 11000 && refused > 4000);
}

/* A shift of ports has no meaning for SNAT; iptables prints it as 0, which it does not read. */
static bool unreadable(const char *want)
{
	return strstr(want, "-j SNAT") && strstr(want, "-90/0");
}

/* What was saved is read back, counters too, and saved the same. */
static void saving_is_stable(void **unused)
{
	struct nfr_diag diag;
	char text[2048], *first, *second;
	struct nfr_net *net;
	unsigned i;

	(void)unused;
	for (i = 0; i < N_GOLDENS; i++) {
		uint8_t family = goldens[i].family == 6 ? NFR_IPV6 : NFR_IPV4;

		if (!goldens[i].want || unreadable(goldens[i].want))
			continue;
		snprintf(text, sizeof(text), "*%s\n:user - [0:0]\n%s\nCOMMIT\n", goldens[i].table,
			 goldens[i].line);
		net = net_new();
		assert_int_equal(load(net, family, text, true, &diag), 0);
		first = save(net, family);
		net = net_new();
		if (load(net, family, first, true, &diag))
			fail_msg("%s: %u: %s", goldens[i].line, diag.line, diag.text);
		second = save(net, family);
		assert_string_equal(first, second);
		free(first);
		free(second);
	}
}

/* All golden rules of one table in one text, as a router has them. */
static void many_rules_at_once(void **unused)
{
	size_t room = 1 << 20, len;
	char *text = malloc(room), *got;
	struct nfr_net *net = net_new();
	struct nfr_diag diag;
	unsigned i, n = 0, lines = 0;

	(void)unused;
	len = (size_t)snprintf(text, room, "# a comment\n\n*filter\n:user - [0:0]\n");
	for (i = 0; i < N_GOLDENS; i++)
		if (goldens[i].family == 4 && goldens[i].want && goldens[i].want[0] == '[' &&
		    !strcmp(goldens[i].table, "filter") && goldens[i].line[1] == 'A') {
			len += (size_t)snprintf(text + len, room - len, "%s\n", goldens[i].line);
			for (const char *p = goldens[i].want; p; p = strchr(p + 1, '\n'))
				n++;
		}
	snprintf(text + len, room - len, "COMMIT\n");
	if (load(net, NFR_IPV4, text, true, &diag))
		fail_msg("%u:%u: %s", diag.line, diag.column, diag.text);
	got = save(net, NFR_IPV4);
	for (const char *p = got; p; p = strchr(p, '\n'), p = p ? p + 1 : NULL)
		lines += *p == '[';
	assert_int_equal(lines, n);
	free(got);
	free(text);
}

/* ---- texts as a whole ---- */

struct text_row {
	const char *name, *text;
	unsigned line, column; /* of the error; 0: accepted */
	const char *why;       /* a part of the error's text */
};

static const struct text_row text_rows[] = {
	{"nothing", "", 0, 0, ""},
	{"comments alone", "# x\n\n#y\n", 0, 0, ""},
	{"two tables", "*raw\nCOMMIT\n*nat\nCOMMIT\n", 0, 0, ""},
	{"rest of the table's line", "*filter x\nCOMMIT\n", 0, 0, ""},
	{"blanks before a rule", "*filter\n \t-A INPUT\nCOMMIT\n", 0, 0, ""},
	{"jump to a later table's chain", "*raw\n:a -\nCOMMIT\n*filter\n-A INPUT -j a\nCOMMIT\n", 5,
	 13, "`a'"},
	{"blank before the table", " *filter\nCOMMIT\n", 1, 1, "`*'"},
	{"rule without a table", "-A INPUT\n", 1, 1, "`*'"},
	{"COMMIT without a table", "COMMIT\n", 1, 1, "`*'"},
	{"unknown table", "*foo\nCOMMIT\n", 1, 2, "`foo'"},
	{"no table name", "*\nCOMMIT\n", 1, 2, "table"},
	{"no COMMIT", "*filter\n-A INPUT\n", 3, 0, "COMMIT"},
	{"table within a table", "*filter\n*nat\nCOMMIT\n", 2, 1, "COMMIT"},
	{"COMMIT without line end", "*filter\nCOMMIT", 2, 7, "line end"},
	{"blank before COMMIT", "*filter\n COMMIT\n", 2, 2, "COMMIT"},
	{"CRLF", "*filter\n-A INPUT -j DROP \r\nCOMMIT\n", 2, 18, "option"},
	{"comment behind a rule", "*filter\n-A INPUT # x\nCOMMIT\n", 2, 10, "`#'"},
	{"unknown option", "*filter\n-A INPUT -p tcp --foo 3\nCOMMIT\n", 2, 17, "--foo"},
	{"bad value", "*filter\n-A INPUT -p tcp --dport 70000\nCOMMIT\n", 2, 25, "`70000'"},
	{"no value", "*filter\n-A INPUT -p tcp --dport\nCOMMIT\n", 2, 24, "--dport"},
	{"open quote", "*filter\n-A INPUT -m comment --comment \"a\nCOMMIT\n", 2, 33, "quote"},
	{"required option", "*filter\n-A INPUT -m mark\nCOMMIT\n", 2, 17, "--mark"},
	{"target outside its table", "*filter\n-A INPUT\n-A FORWARD -j SNAT --to 1.2.3.4\nCOMMIT\n",
	 3, 15, "SNAT: only valid in another table: nat"},
	{"match without its protocol", "*filter\n-A INPUT -m tcp --dport 5\nCOMMIT\n", 2, 13,
	 "tcp: only valid for its protocol"},
	{"refused by its own check",
	 "*filter\n-A INPUT -p udp -j REJECT --reject-with tcp-reset\nCOMMIT\n", 2, 20,
	 "REJECT: TCP_RESET"},
	{"helper that is not there",
	 "*raw\n-A OUTPUT -p udp -j CT --helper nosuch\nCOMMIT\n", 2, 21, "CT: no helper"},
	{"loop", "*filter\n:a -\n:b -\n-A INPUT -j a\n-A a -j b\n-A b -j a\nCOMMIT\n", 6, 0,
	 "circle"},
	{"blank in an interface", "*filter\n-A INPUT -i \"a b\"\nCOMMIT\n", 2, 13, "blank"},
	{"counters", "*filter\n[1:2 -A INPUT\nCOMMIT\n", 2, 1, "[packets:bytes]"},
};

static void texts_as_a_whole(void **unused)
{
	struct nfr_diag diag;
	unsigned i;
	int err;

	(void)unused;
	for (i = 0; i < sizeof(text_rows) / sizeof(text_rows[0]); i++) {
		const struct text_row *row = &text_rows[i];

		err = load(net_new(), NFR_IPV4, row->text, false, &diag);
		if (!err != !row->line || diag.line != row->line || diag.column != row->column ||
		    !strstr(diag.text, row->why))
			fail_msg("%s: %u:%u: %s", row->name, diag.line, diag.column, diag.text);
	}
}

static void nothing_is_half_applied(void **unused)
{
	static const char good[] = "*filter\n:INPUT DROP [0:0]\n-A INPUT -s 1.2.3.4\nCOMMIT\n";
	static const char bad[] = "*filter\n-A INPUT -j DROP\nCOMMIT\n*nat\n-A FOO\nCOMMIT\n";
	static const char also_bad[] = "*filter\n-A INPUT -j DROP\n-A INPUT -j SNAT --to 1.1.1.1\n"
				       "COMMIT\n";
	struct nfr_net *net = net_new();
	struct nfr_diag diag;
	char *before, *after;

	(void)unused;
	assert_int_equal(load(net, NFR_IPV4, good, false, &diag), 0);
	before = save(net, NFR_IPV4);
	assert_int_equal(load(net, NFR_IPV4, bad, false, &diag), -1);
	assert_int_equal(load(net, NFR_IPV4, also_bad, false, &diag), -1);
	after = save(net, NFR_IPV4);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

/* Without `counters` the numbers in brackets say nothing, but -c in a rule does; a chain that the
 * text does not name keeps its policy. */
static void counters_and_policies(void **unused)
{
	static const char rules[] = "*filter\n:INPUT DROP [5:6]\n[1:2] -A INPUT\n"
				    "-A INPUT -c 3 4\nCOMMIT\n";
	struct nfr_net *net = net_new();
	struct nfr_diag diag;
	char *got;

	(void)unused;
	assert_int_equal(load(net, NFR_IPV4, rules, false, &diag), 0);
	got = save(net, NFR_IPV4);
	assert_non_null(strstr(got, ":INPUT DROP [0:0]\n"));
	assert_non_null(strstr(got, "\n[0:0] -A INPUT\n[3:4] -A INPUT\n"));
	free(got);
	assert_int_equal(load(net, NFR_IPV4, rules, true, &diag), 0);
	got = save(net, NFR_IPV4);
	assert_non_null(strstr(got, ":INPUT DROP [5:6]\n"));
	assert_non_null(strstr(got, "\n[1:2] -A INPUT\n"));
	free(got);
	assert_int_equal(load(net, NFR_IPV4, "*filter\nCOMMIT\n", true, &diag), 0);
	got = save(net, NFR_IPV4);
	assert_non_null(strstr(got, ":INPUT DROP "));
	free(got);
}

static void inserting(void **unused)
{
	static const char rules[] = "*filter\n-I INPUT -s 1.1.1.1,2.2.2.2\n-I INPUT 2 -j DROP\n"
				    "-I INPUT 1 -s 3.3.3.3,4.4.4.4\nCOMMIT\n";
	struct nfr_net *net = net_new();
	struct nfr_diag diag;
	char *got;

	(void)unused;
	assert_int_equal(load(net, NFR_IPV4, rules, false, &diag), 0);
	got = save(net, NFR_IPV4);
	assert_non_null(strstr(got, "[0:0] -A INPUT -s 4.4.4.4/32\n[0:0] -A INPUT -s 3.3.3.3/32\n"
				    "[0:0] -A INPUT -s 2.2.2.2/32\n[0:0] -A INPUT -j DROP\n"
				    "[0:0] -A INPUT -s 1.1.1.1/32\n"));
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_those_of_iptables),
		cmocka_unit_test(saving_is_stable),
		cmocka_unit_test(many_rules_at_once),
		cmocka_unit_test(texts_as_a_whole),
		cmocka_unit_test(nothing_is_half_applied),
		cmocka_unit_test(counters_and_policies),
		cmocka_unit_test(inserting),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
