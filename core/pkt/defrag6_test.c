/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Headers of fragments: chains of extension headers, and what the datagram and the fragments that
 * leave have of them. As seen on Linux 6.18 between two veth pairs.
 */
#include "pkt/pkt_test.h"

#include "nfref/hook.h"
#include "pkt/defrag.h"
#include "pkt/fragment.h"

static struct world w;
static struct nfr_frags frags;
static uint8_t *frags_mem;

static void setup(void)
{
	struct nfr_arena arena = {0};

	world_init(&w, 0xa5);
	nfr_frags_init(&frags, &w.env, &arena, 8, 64);
	frags_mem = aligned_alloc(64, arena.used);
	arena = (struct nfr_arena){.base = frags_mem};
	nfr_frags_init(&frags, &w.env, &arena, 8, 64);
}

static void teardown(void)
{
	nfr_frags_flush(&frags);
	assert_int_equal(frags.chunks.used + w.env.bufs.used, 0);
	free(frags_mem);
	world_free(&w);
}

/* ---- IPv6: one packet ---- */

#define A16 "61616161616161616161616161616161"
static const struct row {
	const char *name;
	uint8_t nexthdr;
	const char *hex; /* behind the IPv6 header */
	unsigned verdict;
	uint32_t len; /* of the packet when it is accepted */
} rows[] = {
	{"no fragment", 17, "03e807d0 00080000", NFR_ACCEPT, 48},
	{"atomic", 44, "1100000000000001 03e807d0 00080000", NFR_ACCEPT, 48},
	{"atomic, reserved bits", 44, "1109000600000001 03e807d0 00080000", NFR_ACCEPT, 48},
	{"atomic, nothing behind", 44, "1100000000000001", NFR_ACCEPT, 48},
	{"fragment header cut", 44, "11000001", NFR_ACCEPT, 44},
	{"TCP, first 16 bytes", 44, "0600000100000001" A16, NFR_ACCEPT, 64},
	{"TCP, first 24 bytes", 44, "0600000100000001" A16 "6161616161616161", NFR_STOLEN, 0},
	{"UDP, first 8 bytes", 44, "1100000100000001 6161616161616161", NFR_STOLEN, 0},
	{"ICMPv6, first 8 bytes", 44, "3a00000100000001 8061616161616161", NFR_STOLEN, 0},
	{"unknown, first 8 bytes", 44, "fd00000100000001 8061616161616161", NFR_STOLEN, 0},
	{"destination header cut off", 44, "3c00000100000001 1101010400000000", NFR_ACCEPT, 56},
	{"no next header", 44, "3b00000000000001 6161616161616161", NFR_ACCEPT, 48},
	{"behind authentication", 51, "2c01000000000000 00000000 1100000100000001" A16, NFR_STOLEN,
	 0},
	{"behind hop-by-hop", 0, "2c00010400000000 1100000100000001" A16, NFR_STOLEN, 0},
	{"behind no next header", 59, "1100000100000001" A16, NFR_ACCEPT, 64},
	{"chain cut off", 0, "2c", NFR_ACCEPT, 41},
	{"ends at 65535", 44, "1100fff800000001 61616161616161", NFR_STOLEN, 0},
	{"ends beyond", 44, "1100fff800000001 6161616161616161", NFR_DROP, 0},
	{"jumbogram", 44, NULL, NFR_ACCEPT, 64},
};

static void test_one(void **state)
{
	(void)state;
	setup();
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		uint8_t bytes[200];
		uint32_t n = unhex(row->hex ? row->hex : "1100000100000001" A16, bytes + 40);
		struct nfr_pkt pkt = make6(bytes, row->nexthdr, n);

		if (!row->hex)
			nfr_put16(bytes + 4, 0);
		nfr_pkt_parse_l4(&pkt);
		if (nfr_defrag(&frags, &pkt, NFR_DEFRAG_CONNTRACK_IN) != row->verdict)
			fail_msg("%s", row->name);
		if (row->verdict == NFR_ACCEPT && pkt.len != row->len)
			fail_msg("%s: %u bytes", row->name, pkt.len);
		nfr_env_buf_put(&w.env, pkt.buf);
		nfr_frags_flush(&frags);
	}
	teardown();
}

/* ---- two fragments with headers of their own ---- */

static uint32_t out_len[8];
static unsigned n_out;

static void keep(void *user, struct nfr_pkt *pkt)
{
	(void)user;
	out_len[n_out++] = pkt->len;
}

/* A fragment with `headers` between the fixed header and what is cut. */
static struct nfr_pkt fragment(uint8_t *bytes, uint8_t family, const char *headers, uint32_t off,
			       uint32_t n, bool more)
{
	uint32_t fixed = family == NFR_IPV4 ? 20 : 40, len = unhex(headers, bytes + fixed);
	struct nfr_pkt pkt;

	if (family == NFR_IPV4) {
		pkt = make4(bytes, 17, len + n);
		bytes[0] = (uint8_t)(0x45 + len / 4);
		nfr_put16(bytes + 6, (uint16_t)(off / 8 | (unsigned)more << 13));
	} else {
		bytes[40 + len] = 17;
		bytes[41 + len] = 0;
		nfr_put16(bytes + 42 + len, (uint16_t)(off | more));
		nfr_put32(bytes + 44 + len, 1);
		pkt = make6(bytes, len ? 60 : 44, len + 8 + n);
	}
	nfr_pkt_parse_l4(&pkt);
	return pkt;
}

static const struct pair {
	const char *name;
	uint8_t family;
	const char *first, *second; /* headers */
	uint32_t len;		    /* of the datagram of 400 and 608 bytes */
	uint32_t out[2];	    /* lengths of what leaves */
} pairs[] = {
	{"IPv4", 2, "", "", 1028, {420, 628}},
	{"options in the first: no room in the second",
	 2,
	 "0707040000000000",
	 "",
	 1036,
	 {628, 436}},
	{"options in both", 2, "0101010101010101", "0101010101010101", 1036, {428, 636}},
	{"options in the second", 2, "", "0101010101010101", 1028, {420, 628}},
	{"IPv6", 10, "", "", 1048, {448, 656}},
	{"destination options in both",
	 10,
	 "2c00010400000000",
	 "2c00010400000000",
	 1056,
	 {456, 664}},
	{"in the first: no room in the second", 10, "2c00010400000000", "", 1056, {1064, 0}},
	{"in the second", 10, "", "2c00010400000000", 1048, {448, 656}},
};

static void test_pairs(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const struct pair *row = &pairs[i];
		static uint8_t bytes[1000];
		struct nfr_pkt pkt;

		setup();
		pkt = fragment(bytes, row->family, row->first, 0, 400, true);
		assert_int_equal(nfr_defrag(&frags, &pkt, NFR_DEFRAG_CONNTRACK_IN), NFR_STOLEN);
		pkt = fragment(bytes, row->family, row->second, 400, 608, false);
		assert_int_equal(nfr_defrag(&frags, &pkt, NFR_DEFRAG_CONNTRACK_IN), NFR_ACCEPT);
		assert_int_equal(pkt.len, row->len);
		memset(out_len, 0, sizeof(out_len));
		n_out = 0;
		assert_true(nfr_ip_fragment(&w.env, &pkt, 1500, 1, keep, NULL));
		if (out_len[0] != row->out[0] || out_len[1] != row->out[1])
			fail_msg("%s: %u, %u", row->name, out_len[0], out_len[1]);
		nfr_env_buf_put(&w.env, pkt.buf);
		teardown();
	}
}

/* What NAT made one piece moved into the first fragment; a rest that begins at no multiple of eight
 * bytes has Linux cut anew. A tun's fragments have room for a longer header. */
static void test_pulled(void **state)
{
	static const struct {
		const char *name, *first;
		uint16_t pulled;
		bool tun;
		uint32_t out[2];
	} pulls[] = {
		{"nothing", "", 0, false, {448, 656}},
		{"within the first", "", 40 + 400, false, {448, 656}},
		{"a part of the second", "", 40 + 408, false, {456, 648}},
		{"not by eights", "", 40 + 410, false, {1056, 0}},
		{"all of it", "", 40 + 1008, false, {1056, 0}},
		{"room before it", "2c00010400000000", 0, true, {456, 664}},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(pulls) / sizeof(pulls[0]); i++) {
		static uint8_t bytes[1000];
		struct nfr_pkt pkt;

		setup();
		pkt = fragment(bytes, 10, pulls[i].first, 0, 400, true);
		assert_int_equal(nfr_defrag(&frags, &pkt, NFR_DEFRAG_CONNTRACK_IN), NFR_STOLEN);
		pkt = fragment(bytes, 10, "", 400, 608, false);
		if (pulls[i].tun)
			pkt.link_len = 0;
		assert_int_equal(nfr_defrag(&frags, &pkt, NFR_DEFRAG_CONNTRACK_IN), NFR_ACCEPT);
		nfr_pkt_pull(&pkt, pulls[i].pulled);
		memset(out_len, 0, sizeof(out_len));
		n_out = 0;
		assert_true(nfr_ip_fragment(&w.env, &pkt, 1500, 1, keep, NULL));
		if (out_len[0] != pulls[i].out[0] || out_len[1] != pulls[i].out[1])
			fail_msg("%s: %u, %u", pulls[i].name, out_len[0], out_len[1]);
		nfr_env_buf_put(&w.env, pkt.buf);
		teardown();
	}
}

/* Link-local and multicast destinations are apart by interface, others are not. */
static void test_links(void **state)
{
	static const struct {
		uint8_t dst[2];
		uint32_t n_queues;
	} dsts[] = {{{0xfd, 0}, 1}, {{0xfe, 0x80}, 2}, {{0xff, 0x0e}, 2}};
	static uint8_t bytes[1000];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		setup();
		for (uint16_t iif = 1; iif <= 2; iif++) {
			struct nfr_pkt pkt = fragment(bytes, NFR_IPV6, "", 400, 400, true);

			memcpy(bytes + 24, dsts[i].dst, 2);
			pkt.iif = iif;
			nfr_defrag(&frags, &pkt, NFR_DEFRAG_CONNTRACK_IN);
		}
		assert_int_equal(frags.queues.used, dsts[i].n_queues);
		teardown();
	}
}

/* Many sources share the buckets of peers; all are let go. */
static void test_sources(void **state)
{
	static uint8_t bytes[1000];

	(void)state;
	setup();
	for (uint8_t host = 0; host < 8; host++) {
		struct nfr_pkt pkt = fragment(bytes, NFR_IPV4, "", 400, 400, true);

		bytes[15] = host;
		assert_int_equal(nfr_defrag(&frags, &pkt, NFR_DEFRAG_CONNTRACK_IN), NFR_STOLEN);
		assert_int_equal(frags.peers.used, host + 1);
		assert_null(nfr_frags_check(&frags));
	}
	/* a damaged book is seen */
	frags.mem[0]++;
	assert_non_null(nfr_frags_check(&frags));
	frags.mem[0]--;
	frags.timer.n_filed++;
	assert_non_null(nfr_frags_check(&frags));
	frags.timer.n_filed--;
	teardown();
}

/* The datagram takes mark and link-layer header of its first fragment, the interface of the last
 * one to come; the fragment's buffer is given back. */
static void test_metadata(void **state)
{
	static uint8_t bytes[1000];
	struct nfr_pkt pkt;

	(void)state;
	setup();
	pkt = fragment(bytes, NFR_IPV4, "", 0, 400, true);
	pkt.mark = 7;
	pkt.link[0] = 0xaa;
	pkt.link_len = 14;
	assert_int_equal(nfr_defrag(&frags, &pkt, NFR_DEFRAG_CONNTRACK_IN), NFR_STOLEN);
	pkt = fragment(bytes, NFR_IPV4, "", 400, 400, false);
	pkt.iif = 2;
	pkt.flags = NFR_PKT_WATCHED;
	assert_true(nfr_env_pkt_grow(&w.env, &pkt, 1200));
	assert_int_equal(nfr_defrag(&frags, &pkt, NFR_DEFRAG_CONNTRACK_IN), NFR_ACCEPT);
	assert_int_equal(pkt.mark, 7);
	assert_int_equal(pkt.link[0], 0xaa);
	assert_int_equal(pkt.iif, 2);
	assert_int_equal(pkt.flags, NFR_PKT_WATCHED | NFR_PKT_DEFRAGMENTED | NFR_PKT_FRAG_LIST);
	assert_int_equal(w.env.bufs.used, 1);
	nfr_env_buf_put(&w.env, pkt.buf);
	teardown();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),	 cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_links),	 cmocka_unit_test(test_sources),
		cmocka_unit_test(test_metadata), cmocka_unit_test(test_pulled),
	};

	return cmocka_run_group_tests_name("pkt/defrag6", tests, NULL, NULL);
}
