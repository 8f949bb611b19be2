/* SPDX-License-Identifier: BSD-2-Clause */
/* Transport checksums, beside a sum over the pseudo header written out. */
#include "pkt/pkt_test.h"

/* The sum that a right checksum makes 0xffff: pseudo header as bytes, then `covered` bytes. */
static uint16_t slow_sum(const struct nfr_pkt *pkt, uint32_t covered, bool pseudo)
{
	static uint8_t all[70000];
	uint32_t n = 0, len = pkt->len - pkt->l4_off, sum = 0;

	if (pseudo && pkt->family == NFR_IPV4) {
		memcpy(all, pkt->data + 12, 8);
		n = 8;
	} else if (pseudo) {
		memcpy(all, pkt->data + 8, 32);
		n = 32;
	}
	if (pseudo) {
		nfr_put32(all + n, len);
		nfr_put32(all + n + 4, pkt->protonum);
		n += 8;
	}
	memcpy(all + n, pkt->data + pkt->l4_off, covered);
	n += covered;
	for (uint32_t i = 0; i < n; i++) {
		sum += i % 2 ? all[i] : (uint32_t)all[i] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (uint16_t)sum;
}

static const struct row {
	const char *name;
	uint8_t proto;
	uint32_t len;
	uint8_t at, value; /* a byte set before the checksum is */
	uint8_t csum_at;
	uint32_t covered; /* 0: all */
	bool no_pseudo;	  /* ICMP */
} rows[] = {
	{"TCP", 6, 20, 12, 0x50, 16, 0, false},
	{"TCP, odd", 6, 33, 12, 0x50, 16, 0, false},
	{"TCP, long", 6, 1460, 12, 0x50, 16, 0, false},
	{"TCP, very long", 6, 65000, 12, 0x50, 16, 0, false},
	{"UDP", 17, 8, 5, 8, 6, 0, false},
	{"UDP, odd", 17, 11, 5, 11, 6, 0, false},
	{"ICMP", 1, 8, 0, 8, 2, 0, true},
	{"ICMPv6", 58, 8, 0, 128, 2, 0, false},
	{"UDP-Lite, all", 136, 40, 5, 0, 6, 0, false},
	{"UDP-Lite, header", 136, 40, 5, 8, 6, 8, false},
	{"UDP-Lite, part", 136, 41, 5, 21, 6, 21, false},
	{"DCCP, all", 33, 40, 4, 4, 6, 0, false},
};

static void test_rows(void **state)
{
	static uint8_t bytes[66000];

	(void)state;
	for (unsigned i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i / 2];
		uint32_t hlen = i % 2 ? 40 : 20, covered = row->covered ? row->covered : row->len;
		struct nfr_pkt pkt;
		uint8_t *l4 = bytes + hlen;

		for (uint32_t k = 0; k < row->len; k++)
			l4[k] = (uint8_t)(k * 31 + 3);
		memset(l4 + 4, 0, 2);
		l4[row->at] = row->value;
		memset(l4 + row->csum_at, 0, 2);
		pkt = i % 2 ? make6(bytes, row->proto, row->len)
			    : make4(bytes, row->proto, row->len);
		nfr_pkt_parse_l4(&pkt);
		nfr_put16(l4 + row->csum_at, (uint16_t)~slow_sum(&pkt, covered, !row->no_pseudo));
		if (!nfr_l4_csum_ok(&pkt))
			fail_msg("%s: right one refused", row->name);
		l4[covered - 1] ^= 1;
		if (nfr_l4_csum_ok(&pkt))
			fail_msg("%s: wrong one passed", row->name);
		l4[covered - 1] ^= 1;
		l4[row->len - 1] ^= 1;
		if (nfr_l4_csum_ok(&pkt) != (covered < row->len))
			fail_msg("%s: beyond what is covered", row->name);
	}
}

/* DCCP's coverage of header and some words: the bytes behind do not count. */
static void test_dccp_partial(void **state)
{
	uint8_t bytes[100] = {0};
	struct nfr_pkt pkt;

	(void)state;
	pkt = make4(bytes, NFR_IPPROTO_DCCP, 40);
	bytes[24] = 4;
	bytes[25] = 2; /* one word of data */
	nfr_put16(bytes + 26, (uint16_t)~slow_sum(&pkt, 20, true));
	assert_true(nfr_l4_csum_ok(&pkt));
	bytes[59] ^= 1;
	assert_true(nfr_l4_csum_ok(&pkt));
	bytes[39] ^= 1;
	assert_false(nfr_l4_csum_ok(&pkt));
	bytes[24] = 11; /* more than there is: the tracker's affair */
	assert_true(nfr_l4_csum_ok(&pkt));
}

/* No checksum to look at. */
static void test_none(void **state)
{
	static const struct {
		uint8_t proto;
		uint32_t len;
	} none[] = {{6, 19}, {17, 7}, {1, 3}, {58, 3}, {136, 7}, {33, 11}, {47, 20}, {132, 40}};
	uint8_t bytes[100] = {0};
	struct nfr_pkt pkt;

	(void)state;
	for (unsigned i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		memset(bytes + 20, 0x55, 60);
		pkt = make4(bytes, none[i].proto, none[i].len);
		assert_true(nfr_l4_csum_ok(&pkt));
	}
	memset(bytes + 20, 0, 60);
	bytes[25] = 20;
	pkt = make4(bytes, 17, 20);
	assert_true(nfr_l4_csum_ok(&pkt)); /* UDP without a checksum */
	pkt.l4_off = 41;
	assert_true(nfr_l4_csum_ok(&pkt));
	pkt = make4(bytes, 136, 20);
	bytes[25] = 7; /* UDP-Lite that covers less than its header */
	assert_true(nfr_l4_csum_ok(&pkt));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_dccp_partial),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests_name("pkt/l4_csum", tests, NULL, NULL);
}
