/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tree beside its slow twin, a scan over all boxes, on kinds of boxes that rules make.
 */
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/rng.h"
#include "xt/boxes.h"

#define MAX_BOXES 3000
#define DIMS 4
#define FOUND 8

enum kind {
	KIND_EXACT,  /* one point in one dimension */
	KIND_PREFIX, /* prefixes of all lengths in two dimensions */
	KIND_RANGE,  /* short and long ranges of ports */
	KIND_MIXED,  /* each of these, and boxes that hold everything */
	KIND_SAME,   /* all boxes alike */
	KIND_NESTED, /* each within the one before */
};

struct fixture {
	struct nfr_boxes boxes;
	struct nfr_box_range plain[MAX_BOXES][DIMS]; /* by id */
	struct nfr_rng rng;
};

static void any(struct nfr_box_range *range)
{
	for (unsigned dim = 0; dim < DIMS; dim++)
		range[dim] = (struct nfr_box_range){0, UINT32_MAX};
}

static void make_box(struct fixture *f, enum kind kind, struct nfr_box_range *range, uint32_t i)
{
	uint32_t value = (uint32_t)nfr_rng_u64(&f->rng) & 0x00ff0fff, bits;

	any(range);
	if (kind == KIND_MIXED)
		kind = (enum kind)nfr_rng_below(&f->rng, 5);
	switch (kind) {
	case KIND_EXACT:
		range[0] = (struct nfr_box_range){value, value};
		break;
	case KIND_PREFIX:
		bits = nfr_rng_below(&f->rng, 32);
		range[i & 1].min = value & ~(UINT32_MAX >> bits);
		range[i & 1].max = value | UINT32_MAX >> bits;
		break;
	case KIND_RANGE:
		range[2].min = value & 0xffff;
		range[2].max = range[2].min + nfr_rng_below(&f->rng, 4096);
		break;
	case KIND_NESTED:
		range[3] = (struct nfr_box_range){i, UINT32_MAX - i};
		break;
	default:
		break;
	}
}

static struct fixture *make(enum kind kind, uint32_t n)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	nfr_rng_init(&f->rng, 7, NFR_RNG_HASH);
	f->boxes.n = n;
	f->boxes.n_dims = DIMS;
	f->boxes.max_nodes = nfr_boxes_nodes(n);
	f->boxes.range = calloc(n + 1, sizeof(f->plain[0]));
	f->boxes.id = calloc(n + 1, sizeof(uint32_t));
	f->boxes.node = calloc(f->boxes.max_nodes, sizeof(*f->boxes.node));
	for (uint32_t i = 0; i < n; i++) {
		make_box(f, kind, f->plain[i], i);
		memcpy(f->boxes.range + (size_t)i * DIMS, f->plain[i], sizeof(f->plain[i]));
		f->boxes.id[i] = i;
	}
	nfr_boxes_build(&f->boxes);
	assert_in_range(f->boxes.n_nodes, 1, f->boxes.max_nodes);
	return f;
}

static void drop(struct fixture *f)
{
	free(f->boxes.range);
	free(f->boxes.id);
	free(f->boxes.node);
	free(f);
}

static uint32_t scan(const struct fixture *f, const uint32_t *point, uint32_t from, uint32_t *found)
{
	uint32_t n = 0;

	for (uint32_t i = from; i < f->boxes.n && n < FOUND; i++) {
		bool in = true;

		for (unsigned dim = 0; dim < DIMS; dim++)
			in = in && point[dim] >= f->plain[i][dim].min &&
			     point[dim] <= f->plain[i][dim].max;
		if (in)
			found[n++] = i;
	}
	return n;
}

/* A point that is likely to lie in some box. */
static void make_point(struct fixture *f, uint32_t *point)
{
	const struct nfr_box_range *near = f->plain[f->boxes.n ? nfr_rng_below(&f->rng, f->boxes.n) : 0];

	for (unsigned dim = 0; dim < DIMS; dim++) {
		point[dim] = (uint32_t)nfr_rng_u64(&f->rng) & 0x00ff0fff;
		if (nfr_rng_below(&f->rng, 2))
			point[dim] = nfr_rng_below(&f->rng, 2) ? near[dim].min : near[dim].max;
	}
}

static void finds_what_a_scan_finds(void **state)
{
	static const uint32_t sizes[] = {0, 1, 5, 7, 64, 1000, MAX_BOXES};
	unsigned hits = 0;

	(void)state;
	for (int kind = KIND_EXACT; kind <= KIND_NESTED; kind++) {
		for (unsigned s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
			struct fixture *f = make((enum kind)kind, sizes[s]);

			for (unsigned i = 0; i < 300; i++) {
				uint32_t point[DIMS], fast[FOUND], slow[FOUND], from = 0, n;

				make_point(f, point);
				if (i & 1 && sizes[s])
					from = nfr_rng_below(&f->rng, sizes[s]);
				n = scan(f, point, from, slow);
				assert_int_equal(nfr_boxes_find(&f->boxes, point, from, fast, 0, FOUND), n);
				assert_memory_equal(fast, slow, n * sizeof(*fast));
				hits += n;
			}
			drop(f);
		}
	}
	assert_in_range(hits, 1000, UINT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_a_scan_finds),
	};

	return cmocka_run_group_tests_name("xt/boxes", tests, NULL, NULL);
}
