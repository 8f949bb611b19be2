/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of fragments beside a slow twin: an array of runs that is scanned. */
#include "pkt/pkt_test.h"

#include "pkt/defrag_queue.h"

#define MAX_RUNS 9000u

struct run {
	uint32_t off, end;
};

static struct run runs[MAX_RUNS];
static unsigned n_runs;

static enum nfr_frag_insert slow_insert(uint32_t off, uint32_t end)
{
	unsigned last = 0, touched = 0;

	for (unsigned i = 0; i < n_runs; i++) {
		if (runs[i].end > runs[last].end)
			last = i;
		if (off < runs[i].end && end > runs[i].off) {
			if (off >= runs[i].off && end <= runs[i].end)
				return NFR_FRAG_DUP;
			touched++;
		}
	}
	if (touched)
		return NFR_FRAG_OVERLAP;
	if (n_runs && runs[last].end == off)
		runs[last].end = end;
	else
		runs[n_runs++] = (struct run){off, end};
	return NFR_FRAG_INSERTED;
}

static struct nfr_frags *frags_make(void)
{
	static struct nfr_frags frags;
	static struct nfr_env env;
	struct nfr_arena arena = {0};

	nfr_frags_init(&frags, &env, &arena, 1, MAX_RUNS);
	arena = (struct nfr_arena){.base = aligned_alloc(64, arena.used)};
	nfr_frags_init(&frags, &env, &arena, 1, MAX_RUNS);
	return &frags;
}

static enum nfr_frag_insert insert(struct nfr_frags *frags, struct nfr_frag_queue *q, uint32_t off,
				   uint32_t end)
{
	static uint8_t bytes[70000];
	struct nfr_pkt pkt = {.data = bytes, .len = sizeof(bytes)};
	struct nfr_frag_in in = {.off = off, .end = end, .hlen = 20};
	uint32_t idx = nfr_frag_store(frags, &pkt, &in);
	enum nfr_frag_insert result;

	assert_int_not_equal(idx, 0);
	result = nfr_frag_insert(frags, q, idx);
	if (result != NFR_FRAG_INSERTED) {
		nfr_frag_free(frags, idx);
		return result;
	}
	q->meat += end - off;
	q->len = end > q->len ? end : q->len;
	return result;
}

/* Many small, some large, at all places; in one round of four only small ones in a small place. */
static void test_random(void **state)
{
	struct nfr_frags *frags = frags_make();
	unsigned seen[3] = {0};
	struct nfr_rng rng;

	(void)state;
	nfr_rng_init(&rng, 8, NFR_RNG_NAT);
	for (unsigned round = 0; round < 40; round++) {
		struct nfr_frag_queue q = {0};
		uint32_t space = round % 4 ? 65536 : 2048, at = 0;

		n_runs = 0;
		for (unsigned i = 0; i < 400; i++) {
			uint32_t len = 8u << nfr_rng_below(&rng, round % 4 ? 9 : 3);
			enum nfr_frag_insert want;

			/* every other one goes on where the last one ended */
			if (nfr_rng_below(&rng, 2) || at + len > space)
				at = nfr_rng_below(&rng, (space - len) / 8) * 8;
			want = slow_insert(at, at + len);
			seen[want]++;
			assert_int_equal(insert(frags, &q, at, at + len), want);
			assert_null(nfr_frag_check_runs(frags, &q));
			at += len;
		}
		nfr_frag_free_all(frags, &q);
		assert_int_equal(frags->chunks.used, 0);
	}
	assert_true(seen[0] > 1000 && seen[1] > 1000 && seen[2] > 1000);
	free(frags->queues.mem);
}

/* The worst: every other eight bytes of a datagram, backwards, then those between. */
static void test_worst(void **state)
{
	struct nfr_frags *frags = frags_make();
	struct nfr_frag_queue q = {0};

	(void)state;
	for (uint32_t off = 65520; off < 65536; off -= 16)
		assert_int_equal(insert(frags, &q, off, off + 8), NFR_FRAG_INSERTED);
	for (uint32_t off = 8; off < 65536; off += 16)
		assert_int_equal(insert(frags, &q, off, off + 8), NFR_FRAG_INSERTED);
	assert_int_equal(q.meat, 65536);
	assert_null(nfr_frag_check_runs(frags, &q));
	nfr_frag_free_all(frags, &q);
	free(frags->queues.mem);
}

/* Damage is seen. */
static void test_check(void **state)
{
	struct nfr_frags *frags = frags_make();
	struct nfr_frag_queue q = {0};
	struct nfr_chunk *first;

	(void)state;
	insert(frags, &q, 0, 8);
	insert(frags, &q, 8, 16);
	insert(frags, &q, 32, 40);
	insert(frags, &q, 48, 56);
	first = nfr_chunk_at(frags, q.first_run);
	first->run_end++;
	assert_non_null(nfr_frag_check_runs(frags, &q));
	first->run_end--;
	first->len--;
	assert_non_null(nfr_frag_check_runs(frags, &q));
	first->len++;
	q.meat++;
	assert_non_null(nfr_frag_check_runs(frags, &q));
	q.meat--;
	q.region[0] = first->next_run;
	assert_non_null(nfr_frag_check_runs(frags, &q));
	q.region[0] = q.first_run;
	nfr_chunk_at(frags, first->next_run)->off = 8;
	nfr_chunk_at(frags, first->next_run)->run_end = 16;
	assert_non_null(nfr_frag_check_runs(frags, &q));
	nfr_frag_free_all(frags, &q);
	free(frags->queues.mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_worst),
		cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests_name("pkt/defrag_queue", tests, NULL, NULL);
}
