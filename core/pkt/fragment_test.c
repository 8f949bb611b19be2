/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cutting whole packets; how reassembled ones are cut again stands in defrag_test.c. Here also:
 * random cuts, shuffled and doubled, come together again (the twin: the bytes themselves).
 */
#include "pkt/pkt_test.h"

#include "nfref/hook.h"
#include "pkt/defrag.h"
#include "pkt/fragment.h"

#define MAX_PIECES 200u

struct piece {
	uint32_t len;
	uint8_t bytes[1600];
};

static struct piece pieces[MAX_PIECES];
static unsigned n_pieces;

static void keep(void *user, struct nfr_pkt *pkt)
{
	struct piece *p = &pieces[n_pieces++];

	(void)user;
	assert_true(n_pieces <= MAX_PIECES && pkt->len <= sizeof(p->bytes));
	p->len = pkt->len;
	memcpy(p->bytes, pkt->data, pkt->len);
}

/* ---- headers ---- */

static void test_options(void **state)
{
	static struct world w;
	static uint8_t bytes[2000];
	struct nfr_pkt pkt;

	(void)state;
	world_init(&w, 0xa5);
	unhex("94040000 070704 00000000 01", bytes + 20);
	pkt = make4(bytes, 17, 1000);
	bytes[0] = 0x48;
	n_pieces = 0;
	assert_true(nfr_ip_fragment(&w.env, &pkt, 700, 0, keep, NULL));
	assert_int_equal(n_pieces, 2);
	assert_int_equal(pieces[0].len, 32 + 664);
	assert_memory_equal(pieces[0].bytes + 20, bytes + 20, 12);
	assert_int_equal(pieces[1].len, 32 + 1000 - 12 - 664);
	assert_memory_equal(pieces[1].bytes + 20, "\x94\4\0\0\1\1\1\1\1\1\1\1", 12);
	assert_memory_equal(pieces[1].bytes + 32, bytes + 32 + 664, 1000 - 12 - 664);
	world_free(&w);
}

/* A fragment cut again keeps its place, and MF on its last piece. */
static void test_of_fragment(void **state)
{
	static struct world w;
	static uint8_t bytes[2000];
	struct nfr_pkt pkt;

	(void)state;
	world_init(&w, 0);
	pkt = make4(bytes, 17, 96);
	nfr_put16(bytes + 6, NFR_IP4_MF | 100);
	n_pieces = 0;
	assert_true(nfr_ip_fragment(&w.env, &pkt, 68, 0, keep, NULL));
	assert_int_equal(n_pieces, 2);
	assert_int_equal(nfr_get16(pieces[0].bytes + 6), NFR_IP4_MF | 100);
	assert_int_equal(nfr_get16(pieces[1].bytes + 6), NFR_IP4_MF | 106);
	world_free(&w);
}

static const struct row6 {
	const char *name;
	uint8_t nexthdr;
	const char *headers; /* before the payload */
	uint32_t hlen;	     /* that each fragment repeats; 0: cannot be cut */
	uint8_t nexthdr_off; /* of the field that says "fragment" */
} rows6[] = {
	{"none", 17, "", 40, 6},
	{"hop-by-hop", 0, "1100010400000000", 48, 40},
	{"routing", 43, "1100000000000000", 48, 40},
	{"destination", 60, "1100010400000000", 48, 40},
	{"destination behind routing", 43, "3c00000000000000 1100010400000000", 48, 40},
	{"destination before routing", 60, "2b00010400000000 1100000000000000", 56, 48},
	{"runs out", 0, "11ff010400000000", 0, 0},
};

static void test_headers6(void **state)
{
	static struct world w;
	static uint8_t bytes[2000];

	(void)state;
	world_init(&w, 0xa5);
	for (unsigned i = 0; i < sizeof(rows6) / sizeof(rows6[0]); i++) {
		const struct row6 *row = &rows6[i];
		uint32_t n = unhex(row->headers, bytes + 40);
		struct nfr_pkt pkt = make6(bytes, row->nexthdr, n + 1500);
		const uint8_t *frag = pieces[0].bytes + row->hlen;

		n_pieces = 0;
		if (nfr_ip_fragment(&w.env, &pkt, 1280, 0x01020304, keep, NULL) != (row->hlen > 0))
			fail_msg("%s", row->name);
		if (!row->hlen)
			continue;
		assert_int_equal(pieces[0].bytes[row->nexthdr_off], 44);
		assert_int_equal(frag[0], bytes[row->nexthdr_off]);
		assert_int_equal(nfr_get16(frag + 2), 1);
		assert_int_equal(nfr_get32(frag + 4), 0x01020304);
		assert_int_equal(pieces[0].len, row->hlen + 8 + ((1280 - 8 - row->hlen) & ~7u));
	}
	assert_int_equal(w.env.bufs.used, 0);
	world_free(&w);
}

static void test_refusals(void **state)
{
	static struct world w;
	static uint8_t bytes[2000];
	struct nfr_pkt pkt = make4(bytes, 17, 1000);

	(void)state;
	world_init(&w, 0);
	assert_false(nfr_ip_fragment(&w.env, &pkt, 27, 0, keep, NULL));
	n_pieces = 0;
	assert_true(nfr_ip_fragment(&w.env, &pkt, 28 + 40, 0, keep, NULL));
	nfr_pool_fail(&w.env.bufs, 1, false);
	assert_false(nfr_ip_fragment(&w.env, &pkt, 700, 0, keep, NULL));
	/* 1280 bytes are always allowed */
	pkt = make6(bytes, 17, 1200);
	pkt.frag_max = 100;
	n_pieces = 0;
	assert_true(nfr_ip_fragment(&w.env, &pkt, 1500, 0, keep, NULL));
	assert_int_equal(n_pieces, 1);
	world_free(&w);
}

/* ---- there and back ---- */

static void shuffle(struct nfr_rng *rng)
{
	for (unsigned i = n_pieces; i > 1; i--) {
		unsigned k = nfr_rng_below(rng, i);
		struct piece t = pieces[i - 1];

		pieces[i - 1] = pieces[k];
		pieces[k] = t;
	}
}

static void there_and_back(struct world *w, struct nfr_frags *frags, struct nfr_rng *rng)
{
	static uint8_t bytes[12000], sent[12000];
	bool six = nfr_rng_below(rng, 2);
	uint32_t n = 1300 + nfr_rng_below(rng, 8000),
		 mtu = six ? 1280 : 68 + nfr_rng_below(rng, 1400);
	unsigned verdict = NFR_STOLEN;
	struct nfr_pkt pkt;

	for (uint32_t i = 0; i < n; i++)
		bytes[40 + i] = (uint8_t)nfr_rng_u64(rng);
	if (!six)
		memmove(bytes + 20, bytes + 40, n);
	pkt = six ? make6(bytes, 17, n) : make4(bytes, 17, n);
	memcpy(sent, bytes, pkt.len);
	n_pieces = 0;
	assert_true(nfr_ip_fragment(&w->env, &pkt, mtu, 77, keep, NULL));
	shuffle(rng);
	for (unsigned i = 0; i < n_pieces; i++) {
		for (unsigned twice = 0; twice < 1 + nfr_rng_below(rng, 2); twice++) {
			pkt = (struct nfr_pkt){.data = pieces[i].bytes,
					       .len = pieces[i].len,
					       .room = pieces[i].len,
					       .iif = 1};
			assert_true(verdict != NFR_ACCEPT);
			assert_int_equal(nfr_ip_validate(&pkt), NFR_REASON_NONE);
			verdict = nfr_defrag(frags, &pkt, NFR_DEFRAG_CONNTRACK_IN);
			assert_null(nfr_frags_check(frags));
			if (verdict == NFR_ACCEPT)
				break;
		}
	}
	assert_int_equal(verdict, NFR_ACCEPT);
	assert_int_equal(frags->queues.used, 0);
	assert_memory_equal(pkt.data, sent, pkt.len);
	nfr_env_buf_put(&w->env, pkt.buf);
}

static void test_there_and_back(void **state)
{
	static struct world w;
	static struct nfr_frags frags;
	struct nfr_arena arena = {0};
	struct nfr_rng rng;

	(void)state;
	world_init(&w, 0x77);
	nfr_frags_init(&frags, &w.env, &arena, 4, 400);
	arena = (struct nfr_arena){.base = aligned_alloc(64, arena.used)};
	nfr_frags_init(&frags, &w.env, &arena, 4, 400);
	nfr_rng_init(&rng, 6, NFR_RNG_NAT);
	for (unsigned i = 0; i < 300; i++)
		there_and_back(&w, &frags, &rng);
	assert_int_equal(frags.chunks.used, 0);
	free(arena.base);
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),	       cmocka_unit_test(test_of_fragment),
		cmocka_unit_test(test_headers6),       cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_there_and_back),
	};

	return cmocka_run_group_tests_name("pkt/fragment", tests, NULL, NULL);
}
