/* SPDX-License-Identifier: BSD-2-Clause */
#include "compare/step.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *name, *line;
	bool good;
	unsigned n_out;
	const char *reason;
} step_row[] = {
	{"as recorded", "{\"in\": \"eth0\", \"n\": 3, \"out\": [[\"eth1\", \"00ff\"]]}", true, 1, NULL},
	{"no spaces", "{\"in\":\"eth0\",\"n\":3,\"out\":[[\"eth1\",\"00ff\"],[\"local\",\"45\"]]}", true, 2,
	 NULL},
	{"keys in another order", "{\"out\": [], \"n\": 3, \"in\": \"eth0\"}", true, 0, NULL},
	{"more keys", "{\"in\": \"eth0\", \"n\": 3, \"out\": [], \"reason\": \"FORWARDED\"}", true, 0,
	 "FORWARDED"},
	{"null", "{\"in\": \"eth0\", \"n\": 3, \"out\": [], \"reason\": null}", true, 0, NULL},
	{"a nested value", "{\"x\": {\"a\": [1, {\"b\": \"}\"}]}, \"in\": \"eth0\", \"n\": 3, \"out\": []}",
	 true, 0, NULL},
	{"an escaped quote", "{\"x\": \"a\\\"b\", \"in\": \"eth0\", \"n\": 3, \"out\": []}", true, 0, NULL},
	{"empty", "", false, 0, NULL},
	{"no object", "[1, 2]", false, 0, NULL},
	{"no input", "{\"n\": 3, \"out\": []}", false, 0, NULL},
	{"cut off", "{\"in\": \"eth0\", \"n\": 3, \"out\": [[\"eth1\", \"00", false, 0, NULL},
	{"no comma", "{\"in\": \"eth0\" \"n\": 3}", false, 0, NULL},
	{"a word for a number", "{\"in\": \"eth0\", \"n\": x, \"out\": []}", false, 0, NULL},
	{"a pair of one", "{\"in\": \"eth0\", \"n\": 3, \"out\": [[\"eth1\"]]}", false, 0, NULL},
	{"brackets that do not close", "{\"x\": [[[[[", false, 0, NULL},
	{"brackets that were not open", "{\"x\": ]}", false, 0, NULL},
};

static void steps_are_parsed(void **state)
{
	struct nfr_step *step = malloc(sizeof(*step));
	size_t i;

	(void)state;
	assert_non_null(step);
	for (i = 0; i < sizeof(step_row) / sizeof(*step_row); i++) {
		const char *line = step_row[i].line;
		bool good = nfr_step_parse(step, line, strlen(line));

		if (good != step_row[i].good)
			fail_msg("%s", step_row[i].name);
		if (!good)
			continue;
		assert_int_equal(step->n, 3);
		assert_true(nfr_json_is(&step->in, "eth0"));
		assert_int_equal(step->n_out, step_row[i].n_out);
		assert_true((step->reason.p != NULL) == (step_row[i].reason != NULL));
		if (step_row[i].reason)
			assert_true(nfr_json_is(&step->reason, step_row[i].reason));
	}
	free(step);
}

static void outs_are_found_by_interface(void **state)
{
	static const char line[] = "{\"in\": \"eth0\", \"n\": 3, \"out\": [[\"eth1\", \"0a\"], "
				   "[\"eth2\", \"0b\"], [\"eth1\", \"0C0d\"]]}";
	struct nfr_step *step = malloc(sizeof(*step));
	uint8_t bytes[4];

	(void)state;
	assert_non_null(step);
	assert_true(nfr_step_parse(step, line, strlen(line)));
	assert_null(nfr_step_nth(step, "eth1", 4, 2));
	assert_null(nfr_step_nth(step, "eth", 3, 0));
	assert_int_equal(nfr_step_bytes(nfr_step_nth(step, "eth1", 4, 1), bytes, 4), 2);
	assert_int_equal(bytes[0], 0x0c);
	assert_int_equal(bytes[1], 0x0d);
	free(step);
}

static void strings_are_escaped(void **state)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	(void)state;
	nfr_json_put(to, "a\"b\\c\n");
	fclose(to);
	assert_string_equal(text, "\"a\\\"b\\\\c\\u000a\"");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_are_parsed),
		cmocka_unit_test(outs_are_found_by_interface),
		cmocka_unit_test(strings_are_escaped),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
