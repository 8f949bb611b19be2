/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reassembly and the fragments that leave again. The rows were played to Linux 6.18 between two
 * veth pairs, conntrack on: `want` is what came out there.
 */
#include "pkt/pkt_test.h"

#include "nfref/hook.h"
#include "pkt/defrag.h"
#include "pkt/fragment.h"

#define MAX_QUEUES 16u
#define MAX_FRAGS 9000u

static struct world w;
static struct nfr_frags frags;
static uint8_t *frags_mem;
static char got[4096];
static uint32_t got_len;
static uint16_t iif = 1; /* of what play() plays */

static void setup(uint8_t fill)
{
	struct nfr_arena arena = {0};

	world_init(&w, fill);
	nfr_frags_init(&frags, &w.env, &arena, MAX_QUEUES, MAX_FRAGS);
	frags_mem = aligned_alloc(64, arena.used);
	memset(frags_mem, fill, arena.used);
	arena = (struct nfr_arena){.base = frags_mem};
	nfr_frags_init(&frags, &w.env, &arena, MAX_QUEUES, MAX_FRAGS);
}

static void teardown(void)
{
	nfr_frags_flush(&frags);
	assert_null(nfr_frags_check(&frags));
	assert_int_equal(frags.queues.used + frags.chunks.used + frags.peers.used, 0);
	assert_int_equal(frags.mem[0] + frags.mem[1], 0);
	assert_int_equal(w.env.bufs.used, 0);
	free(frags_mem);
	world_free(&w);
}

/* What leaves: "offset+length" of the payload, then m for more, d for DF, and the ECN bits. */
static void note(void *user, struct nfr_pkt *pkt)
{
	const uint8_t *ip = pkt->data;
	unsigned off, len, tos;
	bool more, df = false;

	(void)user;
	if (pkt->family == NFR_IPV4) {
		unsigned field = nfr_get16(ip + 6);

		assert_int_equal(nfr_csum_fold(nfr_csum_add(0, ip, nfr_ip4_hlen(ip))), 0xffff);
		off = (field & 0x1fff) * 8;
		len = pkt->len - nfr_ip4_hlen(ip);
		more = field & NFR_IP4_MF;
		df = field & NFR_IP4_DF;
		tos = ip[1];
	} else {
		unsigned field = ip[6] == 44 ? nfr_get16(ip + 42) : 0;

		off = field & 0xfff8;
		len = pkt->len - (ip[6] == 44 ? 48 : 40);
		more = field & 1;
		tos = (unsigned)nfr_get16(ip) >> 4 & 0xff;
	}
	got_len += (uint32_t)sprintf(got + got_len, "%s%u+%u%s%s", got_len ? " " : "", off, len,
				     more ? "m" : "", df ? "d" : "");
	if (tos)
		got_len += (uint32_t)sprintf(got + got_len, "e%u", tos);
}

static void forward(struct nfr_pkt *pkt, uint32_t mtu)
{
	bool four = pkt->family == NFR_IPV4;

	assert_int_equal(nfr_get16(pkt->data + (four ? 2 : 4)), four ? pkt->len : pkt->len - 40);
	if (pkt->len > mtu || (four ? pkt->frag_max : pkt->frag_max && pkt->len > pkt->frag_max))
		assert_true(nfr_ip_fragment(&w.env, pkt, mtu, 7, note, NULL));
	else
		note(NULL, pkt);
	nfr_env_buf_put(&w.env, pkt->buf);
}

/* One fragment as it is written in the rows: from-to, then letters. */
struct piece {
	unsigned off, end, tos;
	bool more, df, linear;
};

static const char *read_piece(const char *s, struct piece *p)
{
	int n = 0;

	memset(p, 0, sizeof(*p));
	if (sscanf(s, " %u-%u%n", &p->off, &p->end, &n) != 2)
		return NULL;
	for (s += n; *s && *s != ' '; s++) {
		p->more |= *s == 'm';
		p->df |= *s == 'd';
		if (*s == 'e')
			p->tos = (unsigned)*++s - '0';
	}
	return s;
}

/* The datagram's bytes are a function of their place, so that a wrong join shows. */
static uint8_t byte_at(unsigned off)
{
	return (uint8_t)(off * 7 + off / 256 * 13);
}

static unsigned play(const struct piece *p, uint8_t family, uint16_t id, struct nfr_pkt *pkt)
{
	static uint8_t bytes[70000];
	bool four = family == NFR_IPV4;
	uint32_t hlen = four ? 20 : 48;

	for (unsigned i = p->off; i < p->end; i++)
		bytes[hlen + i - p->off] = byte_at(i);
	if (four) {
		*pkt = make4(bytes, 17, p->end - p->off);
		bytes[1] = (uint8_t)p->tos;
		nfr_put16(bytes + 4, id);
		nfr_put16(bytes + 6,
			  (uint16_t)(p->off / 8 | (unsigned)p->more << 13 | (unsigned)p->df << 14));
		nfr_ip_send_check(pkt);
	} else {
		*pkt = make6(bytes, 44, p->end - p->off + 8);
		bytes[1] = (uint8_t)(p->tos << 4);
		nfr_put32(bytes + 40, 17u << 24 | p->off | p->more);
		nfr_put32(bytes + 44, id);
	}
	pkt->iif = iif;
	nfr_pkt_parse_l4(pkt);
	return nfr_defrag(&frags, pkt, NFR_DEFRAG_CONNTRACK_IN);
}

static void check_bytes(const struct nfr_pkt *pkt, uint32_t hlen)
{
	for (uint32_t i = hlen; i < pkt->len; i++)
		if (pkt->data[i] != byte_at(i - hlen))
			fail_msg("byte %u of the datagram", i - hlen);
}

struct row {
	const char *name, *in, *want;
	uint32_t mtu;
};

static void run_row(const struct row *row, uint8_t family, uint16_t id)
{
	const char *s = row->in;
	struct piece p;

	got_len = 0;
	got[0] = 0;
	while ((s = read_piece(s, &p)) != NULL) {
		struct nfr_pkt pkt;
		unsigned verdict = play(&p, family, id, &pkt);
		const char *wrong = nfr_frags_check(&frags);

		if (wrong)
			fail_msg("%s: %s", row->name, wrong);
		if (verdict == NFR_ACCEPT) {
			if (pkt.flags & NFR_PKT_DEFRAGMENTED)
				check_bytes(&pkt, family == NFR_IPV4 ? 20 : 40);
			forward(&pkt, row->mtu ? row->mtu : 1500);
		} else {
			assert_int_not_equal(pkt.reason, NFR_REASON_NONE);
		}
	}
	if (strcmp(got, row->want) != 0)
		fail_msg("%s: %s instead of %s", row->name, got, row->want);
}

static const struct row rows4[] = {
	{"in order", "0-400m 400-800m 800-1008", "0+400m 400+400m 800+208", 0},
	{"reverse", "800-1008 400-800m 0-400m", "0+400m 400+400m 800+208", 0},
	{"uneven", "0-200m 200-800m 800-1008", "0+200m 200+600m 800+208", 0},
	{"duplicate first", "0-400m 0-400m 400-1008", "0+400m 400+608", 0},
	{"duplicate within a run", "0-400m 400-800m 200-600m 800-1008", "0+400m 400+400m 800+208",
	 0},
	{"duplicate within one", "0-400m 8-392m 400-1008", "0+400m 400+608", 0},
	{"overlap", "0-400m 392-1008 400-1008", "", 0},
	{"overlap, then all", "0-400m 392-1008 0-400m 400-1008", "0+400m 400+608", 0},
	{"spans two runs that meet", "400-800m 0-400m 0-800m 800-1008", "", 0},
	{"spans one run", "0-400m 400-800m 0-800m 800-1008", "0+400m 400+400m 800+208", 0},
	{"superset", "400-800m 0-1008m 0-400m 800-1008", "", 0},
	{"last twice", "0-400m 800-1008 800-1008 400-800m", "0+400m 400+400m 800+208", 0},
	{"last shorter", "0-400m 800-1008 800-904 400-800m 400-800m", "", 0},
	{"last in the middle", "0-400m 400-808 800-1008 400-800m", "0+400m 400+408", 0},
	{"data beyond the last", "400-808 808-1000m 0-400m", "", 0},
	{"killed, then all", "400-808 808-1000m 0-400m 400-808", "0+400m 400+408", 0},
	{"last before the end of data", "0-800m 400-600 800-1008", "", 0},
	{"no payload", "0-400m 400-400m 400-1008", "", 0},
	{"no payload, last", "0-400m 400-400 400-1008", "", 0},
	{"no payload alone, then all", "400-400 0-400m 400-1008", "0+400m 400+608", 0},
	{"not a multiple of 8", "0-404m 400-1008", "0+400m 400+608", 0},
	{"less than 8", "0-7m 0-400m 400-1008", "0+400m 400+608", 0},
	{"the same again", "0-400m 400-1008 400-1008 0-400m", "0+400m 400+608 0+400m 400+608", 0},
	{"ends with the tail", "0-400m 800-1008 600-1008 400-800m", "", 0},
	{"all DF", "0-400md 400-800md 800-1008d", "0+400m 400+400m 800+208", 0},
	{"ECN 0 and 1", "0-400m 400-1008e1", "", 0},
	{"ECN 0 and 3", "0-400m 400-1008e3", "", 0},
	{"ECN 1 and 2", "0-400me1 400-1008e2", "0+400me1 400+608e1", 0},
	{"ECN 2 and 3", "0-400me2 400-1008e3", "0+400me3 400+608e3", 0},
	{"ECN 1, 3 and 2", "0-400me1 400-800me3 800-1008e2", "0+400me3 400+400me3 800+208e3", 0},
	{"smaller MTU", "0-800m 800-1008", "0+680m 680+328", 700},
	{"smaller MTU, but they fit", "0-400m 400-800m 800-1008", "0+400m 400+400m 800+208", 700},
	{"smaller MTU, uneven fit", "0-200m 200-800m 800-1008", "0+200m 200+600m 800+208", 700},
	{"just fit", "0-680m 680-1008", "0+680m 680+328", 700},
	{"just do not", "0-688m 688-1008", "0+680m 680+328", 700},
	{"cut anew with DF", "0-800md 800-1008d", "0+680md 680+328d", 700},
	{"cut anew, smaller had DF", "0-800m 800-1008d", "0+680m 680+328", 700},
};

static const struct row rows6[] = {
	{"in order", "0-400m 400-800m 800-1008", "0+400m 400+400m 800+208", 0},
	{"reverse", "800-1008 400-800m 0-400m", "0+400m 400+400m 800+208", 0},
	{"atomic", "0-1008", "0+1008", 0},
	{"duplicate", "0-400m 0-400m 400-1008", "0+400m 400+608", 0},
	{"overlap, then all", "0-400m 392-1008 0-400m 400-1008", "0+400m 400+608", 0},
	{"overlap", "0-400m 392-1008 400-1008", "", 0},
	{"last shorter: only that one", "0-400m 800-1008 800-904 400-800m",
	 "0+400m 400+400m 800+208", 0},
	{"beyond the last: only that one", "400-808 808-1000m 0-400m", "0+400m 400+408", 0},
	{"no payload: only that one", "0-400m 400-400m 400-1008", "0+400m 400+608", 0},
	{"no payload, last", "0-400m 400-400 400-1008", "", 0},
	{"not a multiple of 8 passes", "0-404m 0-400m 400-1008", "0+404m 0+400m 400+608", 0},
	{"not a multiple of 8 kills", "0-400m 400-805m 400-1008", "400+405m", 0},
	{"ECN 0 and 1", "0-400m 400-1008e1", "", 0},
	{"ECN 2 and 3", "0-400me2 400-1008e3", "0+400me3 400+608e3", 0},
	{"first without the UDP header", "0-0m 0-8m 8-1008", "0+0m 0+1008", 0},
	{"just fit", "0-1352m 1352-2008", "0+1352m 1352+656", 1400},
	{"small ones", "0-800m 800-1600m 1600-2008", "0+800m 800+800m 1600+408", 1400},
};

static void test_rows4(void **state)
{
	(void)state;
	setup(0xa5);
	for (uint16_t i = 0; i < sizeof(rows4) / sizeof(rows4[0]); i++)
		run_row(&rows4[i], NFR_IPV4, i);
	teardown();
}

static void test_rows6(void **state)
{
	(void)state;
	setup(0x5a);
	for (uint16_t i = 0; i < sizeof(rows6) / sizeof(rows6[0]); i++)
		run_row(&rows6[i], NFR_IPV6, i);
	teardown();
}

/* Why the last fragment of each row is refused. */
static void test_reasons(void **state)
{
	static const struct {
		const char *in;
		enum nfr_reason reason;
	} rows[] = {
		{"0-400m", NFR_REASON_QUEUED_FRAGMENT},
		{"0-400m 0-400m", NFR_REASON_FRAG_DUPLICATE},
		{"0-400m 392-1008", NFR_REASON_FRAG_OVERLAP},
		{"0-400m 800-1008 800-904", NFR_REASON_FRAG_MALFORMED},
		{"400-808 808-1000m", NFR_REASON_FRAG_MALFORMED},
		{"0-400m 400-1008e1", NFR_REASON_FRAG_ECN},
	};

	(void)state;
	setup(0xa5);
	for (uint16_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *s = rows[i].in;
		struct nfr_pkt pkt = {0};
		struct piece p;

		while ((s = read_piece(s, &p)) != NULL)
			play(&p, NFR_IPV4, i, &pkt);
		if (pkt.reason != rows[i].reason)
			fail_msg("%s: %u instead of %u", rows[i].in, pkt.reason, rows[i].reason);
	}
	teardown();
}

/* 65515 bytes of payload make the largest IPv4 datagram. */
static void test_size(void **state)
{
	(void)state;
	setup(0);
	for (unsigned total = 65515; total <= 65516; total++) {
		struct piece p = {0};
		struct nfr_pkt pkt = {0};
		unsigned verdict = NFR_STOLEN;

		for (; p.off < total; p.off += 1480) {
			p.end = p.off + 1480 < total ? p.off + 1480 : total;
			p.more = p.end < total;
			verdict = play(&p, NFR_IPV4, 1, &pkt);
		}
		assert_int_equal(verdict, total == 65515 ? NFR_ACCEPT : NFR_DROP);
		if (verdict == NFR_ACCEPT)
			check_bytes(&pkt, 20), nfr_env_buf_put(&w.env, pkt.buf);
		else
			assert_int_equal(pkt.reason, NFR_REASON_FRAG_TOO_LARGE);
	}
	teardown();
}

/* 64 other fragments of the same source may come between two of a datagram. */
static void test_max_dist(void **state)
{
	static const struct piece first = {.end = 400, .more = true},
				  last = {.off = 400, .end = 800};

	(void)state;
	for (unsigned n = 63; n <= 64; n++) {
		struct nfr_pkt pkt;

		setup(0);
		assert_int_equal(play(&first, NFR_IPV4, 1, &pkt), NFR_STOLEN);
		for (unsigned i = 0; i < n; i++)
			play(&first, NFR_IPV4, (uint16_t)(2 + i % 8), &pkt);
		assert_int_equal(play(&last, NFR_IPV4, 1, &pkt), n == 63 ? NFR_ACCEPT : NFR_STOLEN);
		nfr_env_buf_put(&w.env, pkt.buf);
		teardown();
	}
}

static void test_timeout(void **state)
{
	static const struct piece first = {.end = 400, .more = true},
				  last = {.off = 400, .end = 800};
	static const struct {
		const struct piece *piece;
		uint8_t family, addr_type;
		bool no_way, sent_here, told;
	} rows[] = {
		{&first, NFR_IPV4, NFR_RTN_UNICAST, false, false, false},
		{&first, NFR_IPV4, NFR_RTN_LOCAL, false, false, true},
		{&first, NFR_IPV4, NFR_RTN_LOCAL, true, false, false},
		{&first, NFR_IPV4, NFR_RTN_LOCAL, false, true, false},
		{&last, NFR_IPV4, NFR_RTN_LOCAL, false, false, false},
		{&first, NFR_IPV6, NFR_RTN_UNICAST, false, false, true},
		{&first, NFR_IPV6, NFR_RTN_UNICAST, false, true, false},
		{&last, NFR_IPV6, NFR_RTN_UNICAST, false, false, false},
	};
	struct nfr_pkt pkt;

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t family = rows[i].family;

		setup(0);
		w.addr_type = rows[i].addr_type;
		w.no_way = rows[i].no_way;
		iif = rows[i].sent_here ? 0 : 1;
		play(rows[i].piece, family, 1, &pkt);
		w.env.now_ns += 30 * NFR_NSEC_PER_SEC - 1;
		assert_int_equal(nfr_frags_expire(&frags, 10), 0);
		w.env.now_ns += 31 * NFR_NSEC_PER_SEC;
		assert_int_equal(nfr_frags_expire(&frags, 10), 1);
		assert_int_equal(w.n_errors, rows[i].told);
		if (w.n_errors) {
			assert_int_equal(w.error_type, family == NFR_IPV4 ? 11 : 3);
			assert_int_equal(w.error_code, 1);
			assert_int_equal(w.error.len, family == NFR_IPV4 ? 420 : 448);
			assert_int_equal(w.error_bytes[w.error.len - 1], byte_at(399));
		}
		teardown();
	}
	iif = 1;
}

/* Beyond high_thresh nothing is taken; threshold 0 is reassembly off. */
static void test_memory(void **state)
{
	static const struct piece first = {.end = 400, .more = true},
				  last = {.off = 400, .end = 800};
	struct nfr_pkt pkt;

	(void)state;
	setup(0);
	w.env.sysctl.ipfrag_high_thresh = 2000;
	assert_int_equal(play(&first, NFR_IPV4, 1, &pkt), NFR_STOLEN);
	assert_int_equal(play(&first, NFR_IPV4, 2, &pkt), NFR_STOLEN);
	assert_int_equal(play(&last, NFR_IPV4, 1, &pkt), NFR_DROP);
	assert_int_equal(pkt.reason, NFR_REASON_FRAG_MEMORY);
	assert_int_equal(play(&first, NFR_IPV6, 2, &pkt), NFR_STOLEN);
	w.env.sysctl.ipfrag_high_thresh = 0;
	assert_int_equal(play(&first, NFR_IPV4, 1, &pkt), NFR_DROP);
	teardown();
}

/* Every request to every pool fails once, then all from there on: nothing is lost or kept. */
static void test_faults(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2 * 3 * 12; i++) {
		static const char in[] = "3000-6000m 0-3000m 9000-12000 6000-9000m";
		struct nfr_pool *pools[] = {&frags.queues, &frags.chunks, &w.env.bufs};
		struct nfr_pkt pkt;
		struct piece p;
		const char *s = in;

		setup(0);
		nfr_pool_fail(pools[i / 2 % 3], 1 + i / 6, i % 2);
		while ((s = read_piece(s, &p)) != NULL) {
			unsigned verdict = play(&p, i % 4 < 2 ? NFR_IPV4 : NFR_IPV6, 1, &pkt);

			assert_null(nfr_frags_check(&frags));
			if (verdict == NFR_ACCEPT)
				nfr_env_buf_put(&w.env, pkt.buf);
		}
		for (unsigned k = 0; k < 3; k++)
			nfr_pool_fail(pools[k], 0, false);
		teardown();
	}
}

/* Queues and zones apart; more datagrams than queues. */
static void test_apart(void **state)
{
	static const struct piece first = {.end = 400, .more = true};
	struct nfr_pkt pkt, last;

	(void)state;
	setup(0);
	for (uint16_t id = 0; id < MAX_QUEUES + 2; id++)
		assert_int_equal(play(&first, NFR_IPV6, id, &pkt),
				 id < MAX_QUEUES ? NFR_STOLEN : NFR_DROP);
	assert_int_equal(pkt.reason, NFR_REASON_FRAG_MEMORY);
	nfr_frags_flush(&frags);
	play(&first, NFR_IPV4, 1, &pkt);
	assert_int_equal(frags.queues.used, 1);
	last = pkt;
	last.ct_zone = 5;
	assert_int_equal(nfr_defrag(&frags, &last, NFR_DEFRAG_CONNTRACK_IN), NFR_STOLEN);
	assert_int_equal(nfr_defrag(&frags, &pkt, NFR_DEFRAG_LOCAL_DELIVER), NFR_STOLEN);
	assert_int_equal(frags.queues.used, 3);
	assert_int_equal(frags.peers.used, 1);
	teardown();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows4),	cmocka_unit_test(test_rows6),
		cmocka_unit_test(test_reasons), cmocka_unit_test(test_size),	cmocka_unit_test(test_max_dist),
		cmocka_unit_test(test_timeout), cmocka_unit_test(test_memory),
		cmocka_unit_test(test_faults),	cmocka_unit_test(test_apart),
	};

	return cmocka_run_group_tests_name("pkt/defrag", tests, NULL, NULL);
}
