/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "iptables/words.h"
#include "names.h"
#include "text.h"

static void lines_are_counted(void **unused)
{
	static const char *const want[] = {"a", "", "b c\r", "d"};
	struct nfr_text text = nfr_text_string("t", "a\n\nb c\r\nd");
	struct nfr_line line = {0};
	unsigned n = 0;

	(void)unused;
	while (nfr_text_next(&text, &line)) {
		assert_int_equal(line.len, strlen(want[n]));
		assert_memory_equal(line.p, want[n], line.len);
		assert_int_equal(line.no, ++n);
	}
	assert_int_equal(n, 4);
	text = nfr_text_string("t", "");
	assert_false(nfr_text_next(&text, &(struct nfr_line){0}));
}

static const char *temporary(const void *data, size_t len)
{
	static char name[40];
	FILE *to;

	snprintf(name, sizeof(name), "/tmp/nfref-text-%d", getpid());
	to = fopen(name, "wb");
	assert_non_null(to);
	assert_int_equal(fwrite(data, 1, len, to), len);
	assert_int_equal(fclose(to), 0);
	return name;
}

static void files_are_read_whole(void **unused)
{
	size_t len = 200001;
	char *data = malloc(len);
	struct nfr_text text;
	struct nfr_diag diag;
	const char *name;

	(void)unused;
	memset(data, 'x', len);
	name = temporary(data, len);
	assert_int_equal(nfr_text_load(&text, name, &diag), 0);
	assert_int_equal(text.len, len);
	assert_memory_equal(text.data, data, len);
	assert_int_equal(text.data[len], 0);
	nfr_text_free(&text);
	free(data);
	unlink(name);
}

static void what_is_no_text_is_refused(void **unused)
{
	struct nfr_text text;
	struct nfr_diag diag;
	const char *name = temporary("a\nb\0c\n", 6);

	(void)unused;
	assert_int_equal(nfr_text_load(&text, name, &diag), -1);
	assert_int_equal(diag.line, 2);
	unlink(name);
	assert_int_equal(nfr_text_load(&text, name, &diag), -1);
	assert_string_equal(diag.text, "No such file or directory");
	assert_string_equal(diag.file, name);
}

/* Words as iptables-restore splits them, each with its column, in brackets. */
static const struct {
	const char *line, *want;
} words_rows[] = {
	{"", ""},
	{" \t ", ""},
	{"a  b\tc", "[a]1[b]4[c]6"},
	{"\"a b\" \"\"", "[a b]1[]7"},
	{"a\"b c\"d", "[ab c]1[d]7"},
	{"\"a\\\"b\\\\c\\d\"", "[a\"b\\cd]1"},
	{"a\\b '", "[a\\b]1[']5"},
	{"\"a", NULL},
	{"\"a\\\"", NULL},
};

static void words(void **unused)
{
	struct nfr_ipt_words *w = malloc(sizeof(*w));
	struct nfr_line line = {0};
	struct nfr_text text;
	struct nfr_diag diag;
	char got[200];
	size_t len;

	(void)unused;
	for (size_t i = 0; i < sizeof(words_rows) / sizeof(words_rows[0]); i++) {
		text = nfr_text_string("t", words_rows[i].line);
		line = (struct nfr_line){text.data, text.len, 1};
		w->text = &text;
		w->diag = &diag;
		if (nfr_ipt_split(w, &line, 0)) {
			assert_null(words_rows[i].want);
			continue;
		}
		for (len = 0, got[0] = 0; nfr_ipt_more(w); w->next++)
			len += (size_t)snprintf(got + len, sizeof(got) - len, "[%s]%u",
						w->word[w->next].text, w->word[w->next].column);
		assert_non_null(words_rows[i].want);
		assert_string_equal(got, words_rows[i].want);
	}
	free(w);
}

/* A line, a word and a count of words beyond the tool's limits. */
static void words_have_limits(void **unused)
{
	struct nfr_ipt_words *w = malloc(sizeof(*w));
	struct nfr_text text = nfr_text_string("t", "");
	char *data = malloc(20000);
	struct nfr_line line = {data, 0, 1};
	struct nfr_diag diag;

	(void)unused;
	w->text = &text;
	w->diag = &diag;
	memset(data, 'x', 20000);
	line.len = NFR_IPT_MAX_WORD;
	assert_int_equal(nfr_ipt_split(w, &line, 0), 0);
	line.len++;
	assert_int_equal(nfr_ipt_split(w, &line, 0), -1);
	for (size_t i = 1; i < 20000; i += 2)
		data[i] = ' ';
	line.len = 2 * NFR_IPT_MAX_WORDS;
	assert_int_equal(nfr_ipt_split(w, &line, 0), 0);
	line.len++;
	assert_int_equal(nfr_ipt_split(w, &line, 0), -1);
	line.len = NFR_IPT_MAX_LINE + 1;
	assert_int_equal(nfr_ipt_split(w, &line, 0), -1);
	free(data);
	free(w);
}

static void protocols(void **unused)
{
	(void)unused;
	assert_int_equal(nfr_proto_parse("TCP"), 6);
	assert_int_equal(nfr_proto_parse("0x11"), 17);
	assert_int_equal(nfr_proto_parse("icmpv6"), 58);
	assert_int_equal(nfr_proto_parse("all"), 0);
	assert_int_equal(nfr_proto_parse("256"), -1);
	assert_int_equal(nfr_proto_parse("icmp6"), -1);
	assert_int_equal(nfr_proto_parse(""), -1);
	assert_string_equal(nfr_proto_name(58), "ipv6-icmp");
	assert_string_equal(nfr_proto_name(4), "ipencap");
	assert_null(nfr_proto_name(0));
	assert_null(nfr_proto_name(200));
	assert_int_equal(nfr_service_port("no such service", NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_counted),
		cmocka_unit_test(files_are_read_whole),
		cmocka_unit_test(what_is_no_text_is_refused),
		cmocka_unit_test(words),
		cmocka_unit_test(words_have_limits),
		cmocka_unit_test(protocols),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
