/* SPDX-License-Identifier: BSD-2-Clause */
/* What is accepted and refused, as seen on Linux 6.18 behind a veth. */
#include "pkt/pkt_test.h"

#define IP4 "45000020000700004011 0000 0a000102 0a000202 03e807d0000c0000 01020304"
#define IP4_N 32u
#define SRC6 "fd000001000000000000000000000002"
#define DST6 "fd000002000000000000000000000002"

struct row4 {
	const char *name;
	unsigned at; /* byte to change before the checksum is made right */
	uint8_t value;
	uint32_t len; /* of the frame */
	bool bad_csum;
	enum nfr_reason reason;
};

static const struct row4 rows4[] = {
	{"plain", 0, 0x45, IP4_N, false, NFR_REASON_NONE},
	{"padded", 0, 0x45, IP4_N + 14, false, NFR_REASON_NONE},
	{"version 5", 0, 0x55, IP4_N, false, NFR_REASON_IP_VERSION},
	{"version 6", 0, 0x65, IP4_N, false, NFR_REASON_IP_VERSION},
	{"header of 16", 0, 0x44, IP4_N, false, NFR_REASON_IP_HEADER_LENGTH},
	{"header of 60", 0, 0x4f, IP4_N, false, NFR_REASON_IP_TRUNCATED},
	{"header of 28", 0, 0x47, IP4_N, false, NFR_REASON_NONE},
	{"checksum", 0, 0x45, IP4_N, true, NFR_REASON_IP_CHECKSUM},
	{"longer than the frame", 3, 0x21, IP4_N, false, NFR_REASON_IP_LENGTH},
	{"shorter than the header", 3, 0x13, IP4_N, false, NFR_REASON_IP_LENGTH},
	{"only the header", 3, 0x14, IP4_N, false, NFR_REASON_NONE},
	{"cut", 0, 0x45, 19, false, NFR_REASON_IP_TRUNCATED},
	{"empty", 0, 0x45, 0, false, NFR_REASON_IP_TRUNCATED},
};

static void test_ip4(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(rows4) / sizeof(rows4[0]); i++) {
		const struct row4 *row = &rows4[i];
		uint8_t *bytes = calloc(1, row->len ? row->len : 1), full[64] = {0};
		struct nfr_pkt pkt = {.len = row->len, .room = row->len};

		unhex(IP4, full);
		full[row->at] = row->value;
		pkt.family = NFR_IPV4;
		pkt.data = full;
		if ((full[0] & 15) >= 5)
			nfr_ip_send_check(&pkt);
		full[11] = (uint8_t)(full[11] + row->bad_csum);
		memcpy(bytes, full, row->len);
		pkt.data = bytes;
		if (nfr_ip_validate(&pkt) != row->reason)
			fail_msg("%s", row->name);
		if (row->reason == NFR_REASON_NONE) {
			assert_int_equal(pkt.len, nfr_get16(bytes + 2));
			assert_int_equal(pkt.l4_off, nfr_ip4_hlen(bytes));
			assert_int_equal(pkt.protonum, 17);
		}
		free(bytes);
	}
}

struct row6 {
	const char *name, *hex;
	enum nfr_reason reason;
	uint32_t len; /* afterwards */
	uint8_t protonum;
	uint16_t l4_off, frag_off;
};

#define H6(len, nh) "60000000 " len nh "40 " SRC6 DST6
static const struct row6 rows6[] = {
	{"plain", H6("0004", "11") "01020304", NFR_REASON_NONE, 44, 17, 40, 0},
	{"padded", H6("0004", "11") "01020304 eeee", NFR_REASON_NONE, 44, 17, 40, 0},
	{"long", H6("0005", "11") "01020304", NFR_REASON_IP_LENGTH, 0, 0, 0, 0},
	{"version", "70000000 00001140" SRC6 DST6, NFR_REASON_IP_VERSION, 0, 0, 0, 0},
	{"cut", "6000000000001140" SRC6 "fd00", NFR_REASON_IP_TRUNCATED, 0, 0, 0, 0},
	{"source ::1", "6000000000001140 00000000000000000000000000000001" DST6,
	 NFR_REASON_IP6_SOURCE, 0, 0, 0, 0},
	{"source ::", "6000000000001140 00000000000000000000000000000000" DST6, NFR_REASON_NONE, 40,
	 17, 40, 0},
	{"source multicast", "6000000000001140 ff020000000000000000000000000001" DST6,
	 NFR_REASON_IP6_SOURCE, 0, 0, 0, 0},
	{"destination ::1", "6000000000001140" SRC6 "00000000000000000000000000000001",
	 NFR_REASON_IP6_DESTINATION, 0, 0, 0, 0},
	{"destination ff00::1", "6000000000001140" SRC6 "ff000000000000000000000000000001",
	 NFR_REASON_IP6_DESTINATION, 0, 0, 0, 0},
	{"destination ff01::1", "6000000000001140" SRC6 "ff010000000000000000000000000001",
	 NFR_REASON_IP6_DESTINATION, 0, 0, 0, 0},
	{"destination ff02::1", "6000000000001140" SRC6 "ff020000000000000000000000000001",
	 NFR_REASON_NONE, 40, 17, 40, 0},
	{"length 0, no options", H6("0000", "11") "01020304", NFR_REASON_NONE, 40, 17, 40, 0},
	{"length 0, hop-by-hop: not cut", H6("0000", "00") "1100010400000000 01020304",
	 NFR_REASON_NONE, 52, 17, 48, 0},
	{"no next header", H6("0002", "3b") "0102", NFR_REASON_NONE, 42, 59, 42, 0},
	{"destination options", H6("000c", "3c") "1100010400000000 01020304", NFR_REASON_NONE, 52,
	 17, 48, 0},
	{"authentication", H6("0010", "33") "0601000000000000 00000000 01020304", NFR_REASON_NONE,
	 56, 6, 52, 0},
	{"first fragment", H6("000c", "2c") "1100000100000001 01020304", NFR_REASON_NONE, 52, 17,
	 48, 0},
	{"later fragment", H6("000c", "2c") "1100000900000001 01020304", NFR_REASON_NONE, 52, 17,
	 52, 8},
	{"fragment header cut", H6("0003", "2c") "110000", NFR_REASON_NONE, 43, 44, 43, 0},
	{"extension header cut", H6("0001", "2b") "11", NFR_REASON_NONE, 41, 43, 41, 0},
	{"extension header beyond the end", H6("0008", "2b") "1104000000000000", NFR_REASON_NONE,
	 48, 17, 48, 0},
	{"hop-by-hop second", H6("0010", "3c") "0000010400000000 1100010400000000", NFR_REASON_NONE,
	 56, 17, 56, 0},
};

static void test_ip6(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(rows6) / sizeof(rows6[0]); i++) {
		const struct row6 *row = &rows6[i];
		uint8_t full[256];
		uint32_t n = unhex(row->hex, full);
		uint8_t *bytes = malloc(n);
		struct nfr_pkt pkt = {.data = bytes, .len = n, .room = n};

		memcpy(bytes, full, n);
		/* the family is guessed, except where the version is the test */
		pkt.family = row->reason == NFR_REASON_IP_VERSION ? NFR_IPV6 : 0;
		if (nfr_ip_validate(&pkt) != row->reason)
			fail_msg("%s", row->name);
		if (row->reason == NFR_REASON_NONE &&
		    (pkt.len != row->len || pkt.protonum != row->protonum ||
		     pkt.l4_off != row->l4_off || pkt.frag_off != row->frag_off))
			fail_msg("%s: %u %u %u %u", row->name, pkt.len, pkt.protonum, pkt.l4_off,
				 pkt.frag_off);
		free(bytes);
	}
}

struct row_hbh {
	const char *name, *hex; /* of the header */
	enum nfr_reason reason;
	int code; /* of the parameter problem, -1: none */
	uint32_t pointer;
	bool multicast;
};

#define BAD NFR_REASON_IP6_EXTHDR
static const struct row_hbh rows_hbh[] = {
	{"six Pad1", "1100 000000000000", NFR_REASON_NONE, -1, 0, false},
	{"PadN", "1100 010400000000", NFR_REASON_NONE, -1, 0, false},
	{"PadN not zero", "1100 010400010000", BAD, -1, 0, false},
	{"10 bytes of padding", "1101 0000000000000102000000000000", BAD, -1, 0, false},
	{"PadN beside PadN", "1101 0105000000000001010000000000", BAD, -1, 0, false},
	{"7 bytes behind an option", "1101 0502000001050000000000 1e0100", NFR_REASON_NONE, -1, 0,
	 false},
	{"router alert", "1100 050200000100", NFR_REASON_NONE, -1, 0, false},
	{"router alert of 3", "1100 050300000000", BAD, -1, 0, false},
	{"unknown, pass over", "1100 1e0200000100", NFR_REASON_NONE, -1, 0, false},
	{"unknown, drop", "1100 5e0200000100", BAD, -1, 0, false},
	{"unknown, tell", "1100 9e0200000100", BAD, 2, 42, false},
	{"unknown, tell if unicast", "1100 de0200000100", BAD, 2, 42, false},
	{"unknown, tell; multicast", "1100 9e0200000100", BAD, 2, 42, true},
	{"unknown, tell if unicast; multicast", "1100 de0200000100", BAD, -1, 0, true},
	{"option beyond the end", "1100 1e2000000000", BAD, -1, 0, false},
	{"length byte beyond the end", "1100 00000000001e", BAD, -1, 0, false},
	{"jumbo, not needed", "1100 c20400000064", BAD, 0, 44, false},
	{"jumbo beside a length", "1100 c20400011170", BAD, 0, 42, false},
	{"jumbo misaligned", "1101 000000c204000111700103000000", BAD, -1, 0, false},
	{"jumbo of 3", "1100 c20300000000", BAD, -1, 0, false},
	{"9 options", "1102 1e001e001e001e001e001e001e001e001e0001020000", BAD, -1, 0, false},
	{"8 options", "1102 1e001e001e001e001e001e001e001e00010400000000", NFR_REASON_NONE, -1, 0,
	 false},
	{"CALIPSO", "1101 0708000000000000000001020000", BAD, -1, 0, false},
	{"IOAM misaligned", "1100 310200000100", BAD, -1, 0, false},
	{"IOAM aligned", "1100 0100310200 00", NFR_REASON_NONE, -1, 0, false},
	{"header beyond the end", "1120 000000000000", BAD, -1, 0, false},
	{"header cut", "1100 00", BAD, -1, 0, false},
};

static void test_hopopts(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(rows_hbh) / sizeof(rows_hbh[0]); i++) {
		const struct row_hbh *row = &rows_hbh[i];
		uint8_t full[128], code = 99;
		uint32_t n = unhex(row->hex, full + 40), pointer = 99;
		struct nfr_pkt pkt = make6(full, 0, n);
		uint8_t *bytes = malloc(pkt.len);

		if (row->multicast)
			full[24] = 0xff, full[25] = 0x0e;
		memcpy(bytes, full, pkt.len);
		pkt.data = bytes;
		if (nfr_ip_validate(&pkt) != row->reason)
			fail_msg("%s", row->name);
		if (nfr_ip6_param_problem(&pkt, &code, &pointer) != (row->code >= 0))
			fail_msg("%s: told", row->name);
		if (row->code >= 0 && (code != row->code || pointer != row->pointer))
			fail_msg("%s: code %u pointer %u", row->name, code, pointer);
		free(bytes);
	}
}

/* A jumbogram proper: the length that it claims is beyond any frame. */
static void test_jumbogram(void **state)
{
	uint8_t bytes[64];
	struct nfr_pkt pkt = make6(bytes, 0, unhex("1100 c20400011170", bytes + 40));
	uint32_t pointer;
	uint8_t code;

	(void)state;
	nfr_put16(bytes + 4, 0);
	assert_int_equal(nfr_ip_validate(&pkt), NFR_REASON_IP_LENGTH);
	assert_false(nfr_ip6_param_problem(&pkt, &code, &pointer));
	pkt = make6(bytes, 17, 0);
	assert_false(nfr_ip6_param_problem(&pkt, &code, &pointer));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ip4),
		cmocka_unit_test(test_ip6),
		cmocka_unit_test(test_hopopts),
		cmocka_unit_test(test_jumbogram),
	};

	return cmocka_run_group_tests_name("pkt/parse", tests, NULL, NULL);
}
