/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/pool.h"
#include "base/rng.h"

#define MAX 40u

static struct nfr_pool *pool_make(struct nfr_arena *arena, uint8_t *mem, uint8_t fill)
{
	static struct nfr_pool pool;

	memset(mem, fill, 64 * MAX);
	*arena = (struct nfr_arena){.base = mem};
	nfr_pool_init(&pool, arena, MAX, 24);
	return &pool;
}

/* Random gets and puts beside a plain array of what is in use. */
static void test_random(void **state)
{
	static _Alignas(64) uint8_t mem[64 * MAX];
	struct nfr_arena arena;
	struct nfr_pool *pool = pool_make(&arena, mem, 0xa5);
	uint32_t held[MAX], n = 0;
	struct nfr_rng rng;

	(void)state;
	nfr_rng_init(&rng, 7, NFR_RNG_NAT);
	for (unsigned i = 0; i < 5000; i++) {
		if (nfr_rng_below(&rng, 100) < 55) {
			const uint8_t *next = nfr_pool_peek(pool);
			uint32_t idx = nfr_pool_get(pool);
			static const uint8_t zero[24];

			assert_int_equal(idx == 0, n == MAX);
			assert_ptr_equal(next, idx ? nfr_pool_at(pool, idx) : NULL);
			if (!idx)
				continue;
			assert_in_range(idx, 1, MAX);
			assert_memory_equal(nfr_pool_at(pool, idx), zero, 24);
			for (uint32_t k = 0; k < n; k++)
				assert_int_not_equal(held[k], idx);
			memset(nfr_pool_at(pool, idx), 0xff, 24);
			held[n++] = idx;
		} else if (n) {
			uint32_t k = nfr_rng_below(&rng, n);

			nfr_pool_put(pool, held[k]);
			held[k] = held[--n];
		}
		assert_int_equal(pool->used, n);
		assert_true(nfr_pool_check(pool));
	}
}

static void test_last_in_first_out(void **state)
{
	static _Alignas(64) uint8_t mem[64 * MAX];
	struct nfr_arena arena;
	struct nfr_pool *pool = pool_make(&arena, mem, 0);

	(void)state;
	assert_int_equal(nfr_pool_get(pool), 1);
	assert_int_equal(nfr_pool_get(pool), 2);
	assert_int_equal(nfr_pool_get(pool), 3);
	nfr_pool_put(pool, 1);
	nfr_pool_put(pool, 3);
	assert_int_equal(nfr_pool_get(pool), 3);
	assert_int_equal(nfr_pool_get(pool), 1);
	assert_int_equal(nfr_pool_get(pool), 4);
}

static void test_fail(void **state)
{
	static _Alignas(64) uint8_t mem[64 * MAX];
	struct nfr_arena arena;
	struct nfr_pool *pool = pool_make(&arena, mem, 0);

	(void)state;
	nfr_pool_fail(pool, 2, false);
	assert_int_not_equal(nfr_pool_get(pool), 0);
	assert_int_equal(nfr_pool_get(pool), 0);
	assert_int_not_equal(nfr_pool_get(pool), 0);
	nfr_pool_fail(pool, 1, true);
	assert_int_equal(nfr_pool_get(pool), 0);
	assert_int_equal(nfr_pool_get_dirty(pool), 0);
	nfr_pool_fail(pool, 0, false);
	assert_int_not_equal(nfr_pool_get(pool), 0);
}

/* Damaged lists are seen. */
static void test_check(void **state)
{
	static _Alignas(64) uint8_t mem[64 * MAX];
	struct nfr_arena arena;
	struct nfr_pool *pool = pool_make(&arena, mem, 0);
	uint32_t bad[] = {2, 39, 0};

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		nfr_pool_get(pool);
	nfr_pool_put(pool, 1);
	nfr_pool_put(pool, 2);
	for (unsigned i = 0; i < 3; i++) {
		memcpy(nfr_pool_at(pool, 2), &bad[i], 4);
		assert_false(nfr_pool_check(pool));
	}
	pool->used = 9;
	assert_false(nfr_pool_check(pool));
}

static void test_arena(void **state)
{
	struct nfr_arena arena = {0};

	(void)state;
	assert_null(nfr_arena_take(&arena, 3, 30));
	assert_int_equal(arena.used, 128);
	assert_false(arena.overflow);
	assert_null(nfr_arena_take(&arena, SIZE_MAX / 8, 64));
	assert_true(arena.overflow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random), cmocka_unit_test(test_last_in_first_out),
		cmocka_unit_test(test_fail),   cmocka_unit_test(test_check),
		cmocka_unit_test(test_arena),
	};

	return cmocka_run_group_tests_name("base/pool", tests, NULL, NULL);
}
