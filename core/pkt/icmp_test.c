/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers as Linux 6.18 sent them, and whom it answered at all. The identification of ICMP errors
 * is drawn, so it and the header checksum are blanked.
 */
#include "pkt/pkt_test.h"

#include "pkt/icmp.h"
#include "pkt/options.h"

static const union nfr_addr router4 = {.b = {10, 0, 1, 1}};

static void expect_hex(const char *name, const struct nfr_pkt *pkt, const char *want)
{
	char got[2 * 600 + 1];

	for (uint32_t i = 0; i < pkt->len && i < 600; i++)
		sprintf(got + 2 * i, "%02x", pkt->data[i]);
	if (strcmp(got, want) != 0)
		fail_msg("%s:\n%s instead of\n%s", name, got, want);
}

/* ---- resets ---- */

static void put_tcp(struct nfr_pkt *pkt, uint8_t doff, uint8_t flags)
{
	uint8_t *tcp = pkt->data + pkt->l4_off;

	memset(tcp, 0, 20);
	unhex("0457 0050 000003e8 000007d0", tcp);
	tcp[12] = (uint8_t)(doff << 4);
	tcp[13] = flags;
	nfr_put16(tcp + 14, 500);
	nfr_put16(tcp + 16,
		  (uint16_t)~nfr_csum_fold(nfr_csum_add(
			  nfr_csum_pseudo(pkt->family, pkt->data, 6, pkt->len - pkt->l4_off), tcp,
			  pkt->len - pkt->l4_off)));
}

#define RST4 "4500002800004000400623cd0a0002020a00010200500457"
#define RST6 \
	"6000000000140640fd000002000000000000000000000002fd00000100000000000000000000000200500457"

static const struct row_rst {
	const char *name;
	uint8_t doff, flags, n_data;
	const char *want4, *want6; /* NULL: none */
} rows_rst[] = {
	{"SYN", 5, 0x02, 0, "00000000000003e950140000903d0000", "00000000000003e950140000ad380000"},
	{"SYN with data", 5, 0x02, 3, "00000000000003ec50140000903a0000",
	 "00000000000003ec50140000ad350000"},
	{"ACK with data", 5, 0x10, 3, "000007d000000000500400008c660000",
	 "000007d00000000050040000a9610000"},
	{"FIN", 5, 0x01, 0, "00000000000003e950140000903d0000", "00000000000003e950140000ad380000"},
	{"FIN, ACK", 5, 0x11, 0, "000007d000000000500400008c660000",
	 "000007d00000000050040000a9610000"},
	{"RST", 5, 0x04, 0, NULL, NULL},
	{"RST, ACK", 5, 0x14, 0, NULL, NULL},
	{"no flags", 5, 0x00, 2, "00000000000003ea50140000903c0000",
	 "00000000000003ea50140000ad370000"},
	{"all but ACK and RST", 5, 0xea, 0, "00000000000003e950140000903d0000",
	 "00000000000003e950140000ad380000"},
	{"header longer than the segment", 15, 0x00, 0, "00000000000003c05014000090660000",
	 "00000000000003c050140000ad610000"},
};

static void test_reset(void **state)
{
	static struct world w;

	(void)state;
	world_init(&w, 0xa5);
	for (unsigned i = 0; i < 2 * sizeof(rows_rst) / sizeof(rows_rst[0]); i++) {
		const struct row_rst *row = &rows_rst[i / 2];
		const char *want = i % 2 ? row->want6 : row->want4;
		uint8_t bytes[100] = {0};
		struct nfr_pkt out, pkt = i % 2 ? make6(bytes, 6, 20u + row->n_data)
						: make4(bytes, 6, 20u + row->n_data);
		char whole[200];

		nfr_pkt_parse_l4(&pkt);
		memset(bytes + pkt.l4_off + 20, 'a', row->n_data);
		put_tcp(&pkt, row->doff, row->flags);
		if (nfr_tcp_reset_build(&w.env, &pkt, &out) != (want != NULL))
			fail_msg("%s", row->name);
		if (!want)
			continue;
		sprintf(whole, "%s%s", i % 2 ? RST6 : RST4, want);
		expect_hex(row->name, &out, whole);
		assert_int_equal(out.l4_off, i % 2 ? 40 : 20);
		nfr_env_buf_put(&w.env, out.buf);
	}
	assert_int_equal(w.env.bufs.used, 0);
	world_free(&w);
}

/* A reset needs a whole header with a right checksum, from and to a single host. */
static void test_no_reset(void **state)
{
	static struct world w;
	uint8_t bytes[100] = {0};
	struct nfr_pkt out, pkt;

	(void)state;
	world_init(&w, 0);
	pkt = make4(bytes, 6, 20);
	put_tcp(&pkt, 5, 2);
	bytes[36]++;
	assert_false(nfr_tcp_reset_build(&w.env, &pkt, &out));
	pkt.flags = NFR_PKT_CSUM_OK; /* conntrack has looked already */
	assert_true(nfr_tcp_reset_build(&w.env, &pkt, &out));
	nfr_env_buf_put(&w.env, out.buf);
	pkt.dst.type = NFR_RTN_BROADCAST;
	assert_false(nfr_tcp_reset_build(&w.env, &pkt, &out));
	pkt.dst.type = 0;
	pkt.len = 39;
	assert_false(nfr_tcp_reset_build(&w.env, &pkt, &out));
	pkt.len = 40;
	pkt.frag_off = 8;
	assert_false(nfr_tcp_reset_build(&w.env, &pkt, &out));
	pkt.frag_off = 0;
	pkt.protonum = 17;
	assert_false(nfr_tcp_reset_build(&w.env, &pkt, &out));
	pkt.protonum = 6;
	nfr_pool_fail(&w.env.bufs, 1, true);
	assert_false(nfr_tcp_reset_build(&w.env, &pkt, &out));
	nfr_pool_fail(&w.env.bufs, 0, false);
	pkt = make6(bytes, 6, 20);
	nfr_pkt_parse_l4(&pkt);
	bytes[24] = 0xff;
	put_tcp(&pkt, 5, 2);
	assert_false(nfr_tcp_reset_build(&w.env, &pkt, &out));
	memset(bytes + 8, 0, 16);
	assert_false(nfr_tcp_reset_build(&w.env, &pkt, &out));
	world_free(&w);
}

/* ---- whom to answer ---- */

static bool answers4(uint8_t proto, int icmp_type, unsigned at, uint8_t value, uint8_t pkt_type)
{
	uint8_t bytes[64] = {0};
	struct nfr_pkt pkt;

	bytes[20] = (uint8_t)icmp_type;
	pkt = make4(bytes, proto, icmp_type < 0 ? 0 : 16);
	bytes[at] = value;
	pkt.pkt_type = pkt_type;
	return nfr_icmp_may_answer(&pkt, NFR_ICMP_TIME_EXCEEDED);
}

static void test_may_answer4(void **state)
{
	static const uint8_t good[] = {0, 8, 13, 14, 15, 16, 17, 18};
	unsigned n_good = 0;
	uint8_t bytes[64] = {0};
	struct nfr_pkt pkt;

	(void)state;
	for (unsigned type = 0; type < 256; type++)
		n_good += answers4(1, (int)type, 0, 0x45, NFR_PACKET_HOST);
	for (unsigned i = 0; i < sizeof(good); i++)
		assert_true(answers4(1, good[i], 0, 0x45, NFR_PACKET_HOST));
	assert_int_equal(n_good, sizeof(good));
	assert_false(answers4(1, -1, 0, 0x45, NFR_PACKET_HOST)); /* type cut off */
	assert_true(answers4(17, 3, 0, 0x45, NFR_PACKET_HOST));
	assert_false(answers4(17, 3, 0, 0x45, NFR_PACKET_BROADCAST));
	assert_false(answers4(17, 3, 7, 1, NFR_PACKET_HOST));	/* fragment at 8 */
	assert_true(answers4(17, 3, 6, 0x20, NFR_PACKET_HOST)); /* first fragment */
	assert_false(answers4(17, 3, 16, 224, NFR_PACKET_HOST));
	pkt = make4(bytes, 17, 16);
	pkt.dst.type = NFR_RTN_BROADCAST;
	assert_false(nfr_icmp_may_answer(&pkt, 3));
	memset(&pkt.dst, 0, sizeof(pkt.dst));
	memset(bytes + 12, 0, 4);
	assert_false(nfr_icmp_may_answer(&pkt, 3));
}

static bool answers6(uint8_t nexthdr, const char *hex, unsigned at, uint8_t value, uint8_t type)
{
	uint8_t bytes[128];
	struct nfr_pkt pkt = make6(bytes, nexthdr, unhex(hex, bytes + 40));

	bytes[at] = value;
	return nfr_icmp_may_answer(&pkt, type);
}

static void test_may_answer6(void **state)
{
	(void)state;
	assert_true(answers6(17, "03e807d0", 0, 0x60, 3));
	assert_true(answers6(58, "8000", 0, 0x60, 3));
	assert_true(answers6(58, "8900", 0, 0x60, 3));
	assert_false(answers6(58, "0100", 0, 0x60, 3));
	assert_false(answers6(58, "", 0, 0x60, 3));
	assert_false(answers6(60, "3a00010400000000 0100", 0, 0x60, 3));
	assert_false(answers6(60, "3a04000000000000", 0, 0x60, 3));
	assert_true(answers6(44, "3a00000900000001 01", 0, 0x60, 3)); /* no header to see */
	assert_true(answers6(44, "3a00000100000001", 0, 0x60, 3));    /* more to come */
	assert_false(answers6(17, "", 8, 0xff, 3));		      /* source */
	assert_false(answers6(17, "", 24, 0xff, 3));		      /* destination */
	assert_true(answers6(17, "", 24, 0xff, 2));
	assert_false(answers6(17, "", 24, 0xff, 4));
	assert_true(answers6(0, "1100 9e0200000100", 24, 0xff, 4));
	assert_false(answers6(0, "1100 de0200000100", 24, 0xff, 4));
	assert_false(answers6(0, "1100 c20400000064", 24, 0xff, 4));
}

/* ---- errors ---- */

static const struct row_error {
	const char *name;
	uint8_t tos;
	uint32_t len; /* of the payload */
	const char *options;
	const char *want; /* header as far as it is ours, options; ICMP length */
	uint32_t quoted;
} rows_error[] = {
	{"plain", 0, 40, "", "45c00058", 60},
	{"TOS 1", 0x01, 40, "", "45c00058", 60},
	{"TOS 3", 0x03, 40, "", "45c20058", 60},
	{"TOS e0", 0xe0, 40, "", "45c00058", 60},
	{"TOS ff", 0xff, 40, "", "45de0058", 60},
	{"big", 0, 1408, "", "45c00240", 548},
	{"NOPs", 0, 40, "0101010101010101", "45c00060", 68},
	{"route", 0, 40, "0707040000000000", "47c00068 0707080a00010100", 68},
	{"route, full", 0, 40, "0707080101010100", "47c00068 0707080101010100", 68},
	{"route, big", 0, 1408, "0707040000000000", "47c00240 0707080a00010100", 540},
	{"time", 0, 40, "440805000000 0000", "47c00068 4408090000000000", 68},
	{"time, full", 0, 40, "4408090000000000", "47c00068 4408090000000000", 68},
	{"time and address", 0, 40, "440c05010000000000000000", "48c00070 440c0d010a00010100000000",
	 72},
	{"time, another host's", 0, 40, "440c05030a00090100000000",
	 "48c00070 440c05030a00090100000000", 72},
	{"both", 0, 40, "44080500000000000707040000000000",
	 "49c00078 0707080a0001014408090000000000 00", 76},
	{"CIPSO", 0, 40, "8606000000010000", "47c00068 8606000000010000", 68},
};

static void test_error4(void **state)
{
	static struct world w;

	(void)state;
	world_init(&w, 0xa5);
	for (unsigned i = 0; i < sizeof(rows_error) / sizeof(rows_error[0]); i++) {
		const struct row_error *row = &rows_error[i];
		static uint8_t bytes[2000];
		uint32_t n = unhex(row->options, bytes + 20);
		struct nfr_pkt out, pkt = make4(bytes, 17, n + row->len);
		struct nfr_dst route = {.mtu = 1500};
		uint8_t want[64];

		bytes[0] = (uint8_t)(0x45 + n / 4);
		bytes[1] = row->tos;
		assert_true(nfr_icmp_build(&w.env, &pkt, 11, 0, 0, &router4, &route, &out));
		n = unhex(row->want, want);
		if (memcmp(out.data, want, 4) || memcmp(out.data + 20, want + 4, n - 4))
			fail_msg("%s", row->name);
		assert_int_equal(out.l4_off, 16 + n);
		assert_int_equal(out.len, out.l4_off + 8 + row->quoted);
		assert_int_equal(nfr_csum_words(out.data, out.l4_off), 0xffff);
		assert_true(nfr_l4_csum_ok(&out));
		assert_memory_equal(out.data + out.l4_off + 8, bytes, row->quoted);
		nfr_env_buf_put(&w.env, out.buf);
	}
	world_free(&w);
}

static void test_error6(void **state)
{
	static const union nfr_addr router6 = {.b = {0xfd, [15] = 1}};
	static struct world w;
	static uint8_t bytes[2000];
	struct nfr_dst route = {.mtu = 1500};
	struct nfr_pkt out, pkt;

	(void)state;
	world_init(&w, 0xa5);
	for (uint32_t n = 8; n < 1400; n += 1392 - 8) {
		pkt = make6(bytes, 17, n);
		assert_true(nfr_icmp_build(&w.env, &pkt, 2, 0, 1300, &router6, &route, &out));
		assert_int_equal(out.len, n == 8 ? 96 : 1280);
		assert_int_equal(out.data[0], 0x60);
		assert_int_equal(out.data[7], 64);
		assert_int_equal(nfr_get32(out.data + 44), 1300);
		assert_memory_equal(out.data + 24, bytes + 8, 16);
		assert_true(nfr_l4_csum_ok(&out));
		nfr_env_buf_put(&w.env, out.buf);
	}
	nfr_pool_fail(&w.env.bufs, 1, false);
	assert_false(nfr_icmp_build(&w.env, &pkt, 2, 0, 1300, &router6, &route, &out));
	world_free(&w);
}

/* The mark goes along when a sysctl says so; the route's MTU bounds the quotation; a local packet's
 * options are not echoed. */
static void test_error_settings(void **state)
{
	static struct world w;
	uint8_t bytes[200] = {0};
	struct nfr_dst route = {.mtu = 100};
	struct nfr_pkt out, pkt;

	(void)state;
	world_init(&w, 0);
	unhex("0707040000000000", bytes + 20);
	pkt = make4(bytes, 17, 108);
	bytes[0] = 0x47;
	pkt.mark = 5;
	pkt.flags = NFR_PKT_LOCAL;
	assert_true(nfr_icmp_build(&w.env, &pkt, 3, 4, 100, &router4, &route, &out));
	assert_int_equal(out.len, 100);
	assert_int_equal(out.dst.mtu, 100);
	assert_int_equal(out.mark, 0);
	nfr_env_buf_put(&w.env, out.buf);
	w.env.sysctl.fwmark_reflect = 1;
	route.mtu = 1500;
	assert_true(nfr_icmp_build(&w.env, &pkt, 3, 4, 100, &router4, &route, &out));
	assert_int_equal(out.len, 156);
	assert_int_equal(out.mark, 5);
	nfr_env_buf_put(&w.env, out.buf);
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reset),	       cmocka_unit_test(test_no_reset),
		cmocka_unit_test(test_may_answer4),    cmocka_unit_test(test_may_answer6),
		cmocka_unit_test(test_error4),	       cmocka_unit_test(test_error6),
		cmocka_unit_test(test_error_settings),
	};

	return cmocka_run_group_tests_name("pkt/icmp", tests, NULL, NULL);
}
