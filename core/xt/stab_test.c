/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ranges by the values they hold, beside their slow twin, a scan over all of them.
 */
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/rng.h"
#include "xt/stab.h"

#define MAX_RANGES 5000
#define FOUND 40

enum kind {
	KIND_EXACT,
	KIND_PREFIX,
	KIND_SHORT,
	KIND_NESTED,
	KIND_ENDS, /* that begin at 0, or end with the largest number, or both */
	KIND_SAME,
	N_KINDS,
};

struct fixture {
	struct nfr_stab stab;
	struct nfr_stab_mem mem;
	struct nfr_stab_range range[MAX_RANGES];
	uint32_t n;
	struct nfr_rng rng;
};

static void make_range(struct fixture *f, enum kind kind, uint32_t i)
{
	struct nfr_stab_range *range = &f->range[i];
	uint32_t value = (uint32_t)nfr_rng_u64(&f->rng) & 0xf00ff0ff;

	*range = (struct nfr_stab_range){value, value, 3 * i + 1};
	switch (kind) {
	case KIND_PREFIX:
		range->max |= UINT32_MAX >> nfr_rng_below(&f->rng, 32);
		range->min &= ~(range->max ^ value);
		break;
	case KIND_SHORT:
		range->max = value + nfr_rng_below(&f->rng, 300);
		break;
	case KIND_NESTED:
		range->min = i;
		range->max = UINT32_MAX - i;
		break;
	case KIND_ENDS:
		if (i % 3)
			range->min = 0;
		if (i % 3 != 1)
			range->max = UINT32_MAX;
		break;
	case KIND_SAME:
		range->min = 1000;
		range->max = 2000;
		break;
	default:
		break;
	}
}

static struct fixture *make(enum kind kind, uint32_t n)
{
	struct fixture *f = calloc(1, sizeof(*f));
	uint32_t *value = calloc(2 * n + 1, sizeof(*value));
	uint32_t *scratch = calloc(2 * n + 1, sizeof(*scratch));
	uint32_t n_borders, n_ids;

	assert_true(f && value && scratch);
	nfr_rng_init(&f->rng, 11 + kind, NFR_RNG_HASH);
	f->n = n;
	for (uint32_t i = 0; i < n; i++)
		make_range(f, kind, i);
	n_borders = nfr_stab_borders(f->range, n, value, scratch);
	nfr_stab_size(&f->stab, n_borders);
	f->mem.border = calloc(f->stab.n_slots, sizeof(int32_t));
	f->mem.start = calloc(f->stab.n_slots + 1, sizeof(uint32_t));
	nfr_stab_set_borders(&f->stab, &f->mem, value);
	n_ids = nfr_stab_set_starts(&f->stab, &f->mem, f->range, n);
	f->mem.id = calloc(n_ids + 1, sizeof(uint32_t));
	nfr_stab_set_ids(&f->stab, &f->mem, f->range, n);
	assert_int_equal(f->mem.start[f->stab.n_slots], n_ids);
	free(value);
	free(scratch);
	return f;
}

static void drop(struct fixture *f)
{
	free(f->mem.border);
	free(f->mem.start);
	free(f->mem.id);
	free(f);
}

static uint32_t scan(const struct fixture *f, uint32_t value, uint32_t from, uint32_t *found,
		     uint32_t n, uint32_t max)
{
	for (uint32_t i = 0; i < f->n; i++)
		if (f->range[i].id >= from && value >= f->range[i].min && value <= f->range[i].max)
			n = nfr_ids_keep(found, n, max, f->range[i].id);
	return n;
}

/* Often the last of a range, or one behind it. */
static uint32_t make_value(struct fixture *f)
{
	const struct nfr_stab_range *near = &f->range[f->n ? nfr_rng_below(&f->rng, f->n) : 0];

	switch (nfr_rng_below(&f->rng, 6)) {
	case 0:
		return near->min - nfr_rng_below(&f->rng, 2);
	case 1:
		return near->max + nfr_rng_below(&f->rng, 2);
	case 2:
		return nfr_rng_below(&f->rng, 2) ? 0 : UINT32_MAX;
	default:
		return (uint32_t)nfr_rng_u64(&f->rng) & 0xf00ff0ff;
	}
}

static void finds_what_a_scan_finds(void **state)
{
	static const uint32_t sizes[] = {0, 1, 7, 8, 9, 127, 128, 129, 1000, MAX_RANGES};
	unsigned hits = 0;

	(void)state;
	for (int kind = 0; kind < N_KINDS; kind++) {
		for (unsigned s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
			struct fixture *f = make((enum kind)kind, sizes[s]);

			for (unsigned i = 0; i < 300; i++) {
				uint32_t fast[FOUND] = {5, 4711}, slow[FOUND] = {5, 4711}, n;
				uint32_t slot[NFR_STAB_LEVELS];
				uint32_t value = make_value(f), max = i % 5 ? FOUND : 3;
				uint32_t from =
					i & 1 ? nfr_rng_below(&f->rng, 3 * sizes[s] + 1) : 0;

				n = scan(f, value, from, slow, 2, max);
				nfr_stab_way(&f->stab, &f->mem, value, slot);
				assert_int_equal(
					nfr_stab_find(&f->stab, &f->mem, slot, from, fast, 2, max),
					n);
				assert_memory_equal(fast, slow, n * sizeof(*fast));
				hits += n - 2;
			}
			drop(f);
		}
	}
	assert_in_range(hits, 1000, UINT32_MAX);
}

/* A range is noted a bounded number of times, however many others it holds. */
static void notes_are_bounded(void **state)
{
	(void)state;
	for (int kind = 0; kind < N_KINDS; kind++) {
		struct fixture *f = make((enum kind)kind, MAX_RANGES);

		assert_in_range(f->mem.start[f->stab.n_slots], MAX_RANGES,
				30 * f->stab.n_levels * MAX_RANGES);
		drop(f);
	}
}

static void sorts(void **state)
{
	static uint32_t value[1000], scratch[1000];
	struct nfr_rng rng;

	(void)state;
	nfr_rng_init(&rng, 5, NFR_RNG_HASH);
	for (unsigned i = 0; i < 1000; i++)
		value[i] = (uint32_t)nfr_rng_u64(&rng) >> i % 32;
	nfr_sort_u32(value, scratch, 1000);
	for (unsigned i = 0; i < 1000; i++) {
		uint32_t below = nfr_sorted_below(value, 1000, value[i]);
		uint32_t up_to = nfr_sorted_up_to(value, 1000, value[i]);

		assert_true(i == 0 || value[i - 1] <= value[i]);
		assert_in_range(i, below, up_to - 1);
		assert_true(below == 0 || value[below - 1] < value[i]);
		assert_true(up_to == 1000 || value[up_to] > value[i]);
	}
	assert_int_equal(nfr_sorted_up_to(value, 1000, UINT32_MAX), 1000);
	assert_int_equal(nfr_sorted_below(value, 0, 7), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_a_scan_finds),
		cmocka_unit_test(notes_are_bounded),
		cmocka_unit_test(sorts),
	};

	return cmocka_run_group_tests_name("xt/stab", tests, NULL, NULL);
}
