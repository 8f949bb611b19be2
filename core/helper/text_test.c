/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "helper/text.h"

/* What Linux 6.18's FTP helper took out of `EPRT |2|ADDRESS|6275|`; want NULL: nothing. */
static const struct {
	const char *text;
	uint16_t want[8];
	bool bad;
} ip6_rows[] = {
	{"fd00:1::2", {0xfd00, 1, 0, 0, 0, 0, 0, 2}, false},
	{"FD00:1:0:0:0:0:0:2", {0xfd00, 1, 0, 0, 0, 0, 0, 2}, false},
	{"fd00:1::00002", {0xfd00, 1, 0, 0, 0, 0, 0, 2}, false},
	{"fd00:1:0:0:0:0::2", {0xfd00, 1, 0, 0, 0, 0, 0, 2}, false},
	{"::", {0}, false},
	{"1::", {1}, false},
	{"::1:2:3:4:5:6:7", {0, 1, 2, 3, 4, 5, 6, 7}, false},
	{"1:2:3:4:5:6:7::", {1, 2, 3, 4, 5, 6, 7, 0}, false},
	{"::ffff:10.0.1.2", {0, 0, 0, 0, 0, 0xffff, 0x0a00, 0x0102}, false},
	{"fd00:1::0.0.0.2", {0xfd00, 1, 0, 0, 0, 0, 0, 2}, false},
	{"fd00:1::000.000.0.0002", {0xfd00, 1, 0, 0, 0, 0, 0, 2}, false},
	{"fd00:1:0:0:0:0:0.0.0.2", {0xfd00, 1, 0, 0, 0, 0, 0, 2}, false},
	{"fd00:1::0:0:0:0.0.0.2", {0xfd00, 1, 0, 0, 0, 0, 0, 2}, false},
	{"1:2:3:4:5::1.2.3.4", {1, 2, 3, 4, 5, 0, 0x0102, 0x0304}, false},
	{"1::2:3:4:5:1.2.3.4", {1, 0, 2, 3, 4, 5, 0x0102, 0x0304}, false},
	{"", {0}, true},
	{":", {0}, true},
	{":1", {0}, true},
	{"1:", {0}, true},
	{"fd00:1:0:0:0:0:0::2", {0}, true},
	{"fd00:1::0:0:0:0:0:2", {0}, true},
	{"fd00:1:0:0:0:0:0:2::", {0}, true},
	{"::1:2:3:4:5:6:7:8", {0}, true},
	{"1:2:3:4:5:6:7:8:", {0}, true},
	{"1:2:3:4:5:6:7:8:9", {0}, true},
	{"fd00:1:::2", {0}, true},
	{"1::2::3", {0}, true},
	{"fd00:1::2:", {0}, true},
	{"fd00:1:0:0:0:0:2", {0}, true},
	{"fd00:1::...2", {0}, true},
	{"fd00:1::.0.0.2", {0}, true},
	{"fd00:1::0.0.0.", {0}, true},
	{"fd00:1::0.0.0.2.", {0}, true},
	{"fd00:1::0.0.2", {0}, true},
	{"fd00:1::0.0.0.256", {0}, true},
	{"fd00:1::a.0.0.2", {0}, true},
	{"fd00:1:0:0:0:0.0.0.2", {0}, true},
	{"fd00:1:0:0:0:0:0:0.0.0.2", {0}, true},
	{"fd00:1::0:0:0:0:0.0.0.2", {0}, true},
	{"1:2:3:4:5:6::1.2.3.4", {0}, true},
	{"1::2:3:4:5:6:1.2.3.4", {0}, true},
	{"12345::", {0}, true},
	{"fd00:1::2 ", {0}, true},
	{"fd00:1::2%eth0", {0}, true},
};

static void ip6_is_read_as_linux_reads_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ip6_rows) / sizeof(*ip6_rows); i++) {
		uint8_t text[64];
		union nfr_addr addr;
		uint32_t len = (uint32_t)strlen(ip6_rows[i].text), got;

		memcpy(text, ip6_rows[i].text, len);
		memcpy(text + len, "|9", 2);
		got = nfr_text_get_ip6(text, len + 2, '|', &addr);
		if (got != (ip6_rows[i].bad ? 0 : len))
			fail_msg("%s: %u", ip6_rows[i].text, got);
		if (got)
			assert_int_equal(nfr_text_get_ip6(text, len, '|', &addr), len);
		for (unsigned k = 0; got && k < 8; k++)
			assert_int_equal(addr.b[2 * k] << 8 | addr.b[2 * k + 1], ip6_rows[i].want[k]);
	}
}

static void ip6_may_end_at_a_zero_byte(void **state)
{
	union nfr_addr addr;

	(void)state;
	assert_int_equal(nfr_text_get_ip6((const uint8_t *)"1::\0002|", 7, '|', &addr), 3);
	assert_int_equal(nfr_text_get_ip6((const uint8_t *)"1a2", 3, 'a', &addr), 0);
	assert_int_equal(nfr_text_get_ip6((const uint8_t *)"1::a2", 5, 'a', &addr), 3);
}

static void writers(void **state)
{
	union nfr_addr addr = {.b = {0xfd, 0, 0, 0x2, [15] = 0xa1}};
	nfr_be32 ip4 = {{10, 0, 255, 1}};
	uint8_t buf[64];
	uint8_t *end;

	(void)state;
	end = nfr_text_put_ip6(buf, &addr);
	assert_int_equal(end - buf, 39);
	assert_memory_equal(buf, "fd00:0002:0000:0000:0000:0000:0000:00a1", 39);
	end = nfr_text_put_ip4(buf, ip4, ',');
	assert_int_equal(end - buf, 10);
	assert_memory_equal(buf, "10,0,255,1", 10);
	end = nfr_text_put_dec(nfr_text_put(buf, "x"), UINT32_MAX);
	assert_int_equal(end - buf, 11);
	assert_memory_equal(buf, "x4294967295", 11);
}

static void same_but_for_case(void **state)
{
	(void)state;
	assert_true(nfr_text_same((const uint8_t *)"pOrT", "PORT", 4));
	assert_false(nfr_text_same((const uint8_t *)"pOr@", "PORT", 4));
	assert_true(nfr_text_same((const uint8_t *)"", "PORT", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ip6_is_read_as_linux_reads_it),
		cmocka_unit_test(ip6_may_end_at_a_zero_byte),
		cmocka_unit_test(writers),
		cmocka_unit_test(same_but_for_case),
	};

	return cmocka_run_group_tests_name("helper/text", tests, NULL, NULL);
}
