/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/lpm.h"
#include "base/rng.h"

#define MAX_PREFIXES 300u
#define N_TRIES 2u

struct prefix {
	uint8_t b[16];
	unsigned len;
	uint32_t value;
};

static bool covers(const struct prefix *p, const uint8_t *key)
{
	for (unsigned i = 0; i < p->len; i++)
		if ((p->b[i / 8] ^ key[i / 8]) & 0x80 >> i % 8)
			return false;
	return true;
}

/* The slow twin: the first of the longest. */
static uint32_t slow_find(const struct prefix *p, unsigned n, const uint8_t *key)
{
	const struct prefix *best = NULL;

	for (unsigned i = 0; i < n; i++)
		if (covers(&p[i], key) && (!best || p[i].len > best->len))
			best = &p[i];
	return best ? best->value : 0;
}

static int by_len(const void *a, const void *b)
{
	const struct prefix *x = a, *y = b;

	return x->len != y->len ? (int)x->len - (int)y->len : x->value < y->value ? -1 : 1;
}

/* Bytes from a small set, so that prefixes nest and share paths. */
static void random_key(struct nfr_rng *rng, uint8_t *key)
{
	static const uint8_t some[] = {0, 1, 10, 127, 128, 192, 254, 255};

	for (unsigned i = 0; i < 16; i++)
		key[i] = nfr_rng_below(rng, 8) ? some[nfr_rng_below(rng, i < 6 ? 3 : 8)]
					       : (uint8_t)nfr_rng_u64(rng);
}

static unsigned random_prefixes(struct nfr_rng *rng, struct prefix *p, unsigned bits)
{
	unsigned n = 1 + nfr_rng_below(rng, MAX_PREFIXES - 1);

	for (unsigned i = 0; i < n; i++) {
		random_key(rng, p[i].b);
		p[i].len = nfr_rng_below(rng, bits + 1);
		if (i && nfr_rng_below(rng, 6) == 0)
			p[i] = p[i - 1]; /* equal prefixes: the first wins */
		p[i].value = i + 1;
	}
	qsort(p, n, sizeof(*p), by_len);
	return n;
}

static struct nfr_lpm *lpm_make(uint32_t max)
{
	static struct nfr_lpm lpm;
	struct nfr_arena arena = {0};

	nfr_lpm_init(&lpm, &arena, max);
	arena = (struct nfr_arena){.base = aligned_alloc(64, arena.used)};
	memset(arena.base, 0xa5, (size_t)max * 64);
	nfr_lpm_init(&lpm, &arena, max);
	return &lpm;
}

static void one_round(struct nfr_lpm *lpm, struct nfr_rng *rng, unsigned bits)
{
	static struct prefix p[N_TRIES][MAX_PREFIXES];
	uint32_t root[N_TRIES] = {0};
	unsigned n[N_TRIES];

	nfr_lpm_clear(lpm);
	for (unsigned t = 0; t < N_TRIES; t++) {
		n[t] = random_prefixes(rng, p[t], bits);
		for (unsigned i = 0; i < n[t]; i++)
			assert_true(
				nfr_lpm_add(lpm, &root[t], p[t][i].b, p[t][i].len, p[t][i].value));
	}
	for (unsigned i = 0; i < 2000; i++) {
		unsigned t = i % N_TRIES;
		uint8_t key[16];

		random_key(rng, key);
		if (i % 3) /* near a prefix */
			memcpy(key, p[t][nfr_rng_below(rng, n[t])].b, 1 + nfr_rng_below(rng, 16));
		assert_int_equal(nfr_lpm_find(lpm, root[t], key, bits), slow_find(p[t], n[t], key));
		if (bits == 32)
			assert_int_equal(nfr_lpm_find4(lpm, root[t], nfr_get32(key)),
					 slow_find(p[t], n[t], key));
	}
}

static void test_random(void **state)
{
	struct nfr_lpm *lpm = lpm_make(NFR_LPM_NODES(MAX_PREFIXES * N_TRIES, N_TRIES));
	struct nfr_rng rng;

	(void)state;
	nfr_rng_init(&rng, 3, NFR_RNG_NAT);
	for (unsigned i = 0; i < 60; i++)
		one_round(lpm, &rng, i % 2 ? 32 : 128);
	free(lpm->nodes);
}

static void test_few(void **state)
{
	struct nfr_lpm *lpm = lpm_make(4);
	static const uint8_t net[] = {10, 1, 2, 0}, key[] = {10, 1, 2, 9}, other[] = {11, 0, 0, 1};
	uint32_t root = 0;

	(void)state;
	assert_int_equal(nfr_lpm_find(lpm, root, key, 32), 0);
	assert_true(nfr_lpm_add(lpm, &root, net, 0, 5));
	assert_int_equal(nfr_lpm_find(lpm, root, other, 32), 5);
	assert_true(nfr_lpm_add(lpm, &root, net, 24, NFR_LPM_MAX_VALUE));
	assert_int_equal(lpm->used, 2);
	assert_true(nfr_lpm_add(lpm, &root, net, 24, 6));
	assert_true(nfr_lpm_add(lpm, &root, key, 32, 7));
	/* one node left, and one prefix may need two */
	assert_false(nfr_lpm_add(lpm, &root, other, 32, 8));
	assert_int_equal(nfr_lpm_find(lpm, root, key, 32), 7);
	assert_int_equal(nfr_lpm_find(lpm, root, net, 32), NFR_LPM_MAX_VALUE);
	assert_int_equal(nfr_lpm_find(lpm, root, other, 32), 5);
	free(lpm->nodes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_few),
	};

	return cmocka_run_group_tests_name("base/lpm", tests, NULL, NULL);
}
