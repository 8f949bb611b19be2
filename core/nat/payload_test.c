/* SPDX-License-Identifier: BSD-2-Clause */
#include "ct/seqadj.h"
#include "nat/payload.h"
#include "nat/rig_test.h"

#define OPS nfr_nat_payload_ops
#define A rig_ip4(10, 0, 1, 2)
#define B rig_ip4(10, 0, 2, 2)

/* A packet of a new connection with the text "data"; the connection is in the rig as number 1. */
static void first_packet(struct rig *rig, struct rig_pkt *p, bool tcp, bool v6)
{
	union nfr_addr src = v6 ? rig_ip6(1, 2) : A, dst = v6 ? rig_ip6(2, 2) : B;

	if (tcp)
		rig_tcp(p, src, 4000, dst, 21, 0x02, 1, 0, "data");
	else
		rig_udp(p, src, 4000, dst, 69);
	assert_int_equal(rig_forward(rig, p), NFR_ACCEPT);
	assert_true(nfr_seqadj_add(&rig->ct, nfr_ct_at(&rig->ct, 1)));
}

static bool mangle(struct rig *rig, struct rig_pkt *p, uint32_t off, uint32_t len, const char *text)
{
	struct nfr_helper_match match = {off, len};
	uint32_t n = (uint32_t)strlen(text);

	return p->pkt.protonum == NFR_IPPROTO_TCP
		       ? OPS.mangle_tcp(&rig->ct, 1, &p->pkt, &match, (const uint8_t *)text, n)
		       : OPS.mangle_udp(&rig->ct, 1, &p->pkt, &match, (const uint8_t *)text, n);
}

static void text_is_replaced(void **state)
{
	static const struct {
		uint32_t off, len;
		const char *text, *want;
	} rows[] = {
		{0, 4, "DATA", "DATA"}, {0, 1, "longer", "longerata"}, {1, 2, "", "da"},
		{4, 0, "!", "data!"},   {0, 4, "", ""},                {1, 3, "ay of days", "day of days"},
	};

	(void)state;
	for (size_t i = 0; i < 4 * sizeof(rows) / sizeof(*rows); i++) {
		const char *want = rows[i / 4].want;
		bool tcp = i & 1, v6 = i & 2;
		struct rig *rig = rig_new(4);
		struct rig_pkt p;
		uint32_t off, grown = (uint32_t)strlen(want) - 4;

		first_packet(rig, &p, tcp, v6);
		assert_true(mangle(rig, &p, rows[i / 4].off, rows[i / 4].len, rows[i / 4].text));
		off = p.pkt.l4_off + (tcp ? 20 : 8);
		assert_int_equal(p.pkt.len, off + strlen(want));
		assert_memory_equal(p.data + off, want, strlen(want));
		assert_int_equal(nfr_get16(p.data + (v6 ? 4 : 2)), v6 ? p.pkt.len - 40 : p.pkt.len);
		if (!tcp)
			assert_int_equal(nfr_get16(p.data + p.pkt.l4_off + 4),
					 8 + strlen(want));
		assert_true(rig_sums_ok(&p));
		assert_int_equal((uint32_t)nfr_seq_offset(&rig->ct, nfr_ct_at(&rig->ct, 1), 0, 100),
				 tcp ? grown : 0);
		rig_free(rig);
	}
}

static void udp_without_a_checksum_stays_so(void **state)
{
	struct rig *rig = rig_new(4);
	struct rig_pkt p;

	(void)state;
	first_packet(rig, &p, false, false);
	nfr_put16(p.data + 26, 0);
	assert_true(mangle(rig, &p, 0, 4, "more data"));
	assert_int_equal(nfr_get16(p.data + 26), 0);
	rig_free(rig);
}

/* One of 65,536 texts sums up to zero, which is sent as 0xffff. */
static void udp_checksum_never_becomes_zero(void **state)
{
	struct rig *rig = rig_new(4);
	unsigned twins = 0;
	struct rig_pkt p;

	(void)state;
	first_packet(rig, &p, false, false);
	for (unsigned i = 0; i <= UINT16_MAX; i++) {
		struct nfr_helper_match match = {0, 2};
		uint8_t text[2] = {(uint8_t)(i >> 8), (uint8_t)i};

		assert_true(OPS.mangle_udp(&rig->ct, 1, &p.pkt, &match, text, 2));
		assert_int_not_equal(nfr_get16(p.data + 26), 0);
		twins += nfr_get16(p.data + 26) == 0xffff;
	}
	assert_in_range(twins, 1, 2);
	rig_free(rig);
}

/* Matches beyond the packet's end, headers cut off, packets that would grow beyond 65,535. */
static void what_cannot_be_mangled(void **state)
{
	static char huge[65536];
	struct rig *rig = rig_new(4);
	struct rig_pkt p, whole;

	(void)state;
	memset(huge, 'x', sizeof(huge) - 1);
	for (unsigned tcp = 0; tcp < 2; tcp++) {
		nfr_ctnet_flush(&rig->ct);
		first_packet(rig, &p, tcp, false);
		whole = p;
		assert_false(mangle(rig, &p, 5, 0, "x"));
		assert_false(mangle(rig, &p, 0, 5, "x"));
		assert_false(mangle(rig, &p, 2, UINT32_MAX, "x"));
		assert_false(mangle(rig, &p, 0, 4, huge));
		p.pkt.len = p.pkt.l4_off + 7;
		assert_false(mangle(rig, &p, 0, 0, "x"));
		p.pkt.len = whole.pkt.len;
		assert_memory_equal(p.data, whole.data, whole.pkt.len);
	}
	p.data[32] = 15 << 4; /* data offset beyond the end */
	assert_false(mangle(rig, &p, 0, 0, "x"));
	rig_free(rig);
}

/* ---- ports of expectations ---- */

static uint32_t expect_port(struct rig *rig, uint32_t master, uint16_t port)
{
	union nfr_addr src = B, dst = rig_ip4(10, 0, 2, 1);
	nfr_be16 be = nfr_htons(port);
	uint32_t idx = nfr_expect_alloc(&rig->ct, master);

	assert_int_not_equal(idx, 0);
	nfr_expect_fill(nfr_expect_at(&rig->ct, idx), 0, NFR_IPV4, &src, &dst, NFR_IPPROTO_TCP,
			NULL, &be);
	return idx;
}

/* Two masters; the second wants what the first has. At the end of the range nothing is left. */
static void ports_of_others_are_avoided(void **state)
{
	static const struct {
		uint16_t port;
		bool found;
	} rows[] = {{50000, true}, {65534, false}, {65535, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rig *rig = rig_new(4);
		uint16_t port = rows[i].port;
		struct rig_pkt p;
		uint32_t idx;

		rig->helper = nfr_ct_helper_find("ftp", NFR_IPV4, NFR_IPPROTO_TCP);
		for (uint8_t host = 2; host < 4; host++) {
			rig_tcp(&p, rig_ip4(10, 0, 1, host), 4000, B, 21, 0x02, 1, 0, "");
			assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
		}
		idx = expect_port(rig, 1, port);
		assert_true(OPS.find_port(&rig->ct, idx, &port));
		assert_int_equal(port, rows[i].port);
		idx = expect_port(rig, 2, port);
		assert_int_equal(OPS.find_port(&rig->ct, idx, &port), rows[i].found);
		if (rows[i].found)
			assert_in_range(port, rows[i].port + 1, UINT16_MAX);
		else
			nfr_expect_free(&rig->ct, idx);
		rig_free(rig);
	}
}

/* Any other refusal ends the search at once. */
static void a_full_table_ends_the_search(void **state)
{
	struct rig *rig = rig_new(4);
	uint16_t port = 50000;
	struct rig_pkt p;
	uint32_t idx;

	(void)state;
	rig->helper = nfr_ct_helper_find("ftp", NFR_IPV4, NFR_IPPROTO_TCP);
	rig->env.sysctl.ct_expect_max = 0;
	rig_tcp(&p, A, 4000, B, 21, 0x02, 1, 0, "");
	assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
	idx = expect_port(rig, 1, port);
	assert_false(OPS.find_port(&rig->ct, idx, &port));
	assert_int_equal(port, 50000);
	nfr_expect_free(&rig->ct, idx);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_replaced),
		cmocka_unit_test(udp_without_a_checksum_stays_so),
		cmocka_unit_test(udp_checksum_never_becomes_zero),
		cmocka_unit_test(what_cannot_be_mangled),
		cmocka_unit_test(ports_of_others_are_avoided),
		cmocka_unit_test(a_full_table_ends_the_search),
	};

	return cmocka_run_group_tests_name("nat/payload", tests, NULL, NULL);
}
