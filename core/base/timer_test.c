/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/rng.h"
#include "base/timer.h"

#define N 200u

/* Objects with an expiry; the slow twin is the array itself, scanned. */
struct world {
	struct nfr_timer timer;
	uint64_t expires_ns[N + 1];
	uint32_t link[N + 1];
	bool filed[N + 1];
	uint64_t now_ns;
	uint64_t last_tick; /* of the last object that expired: the order */
	unsigned n_expired;
};

static uint64_t expires_ns(void *owner, uint32_t idx)
{
	return ((struct world *)owner)->expires_ns[idx];
}

static uint32_t *link_of(void *owner, uint32_t idx)
{
	return &((struct world *)owner)->link[idx];
}

static uint64_t tick_of(uint64_t ns)
{
	return (ns + NFR_TIMER_TICK_NS - 1) / NFR_TIMER_TICK_NS;
}

static void expire(void *owner, uint32_t idx)
{
	struct world *w = owner;

	assert_true(w->filed[idx]);
	assert_true(w->now_ns >= w->expires_ns[idx]);
	assert_true(tick_of(w->expires_ns[idx]) >= w->last_tick || w->last_tick == 0);
	w->filed[idx] = false;
	w->n_expired++;
}

static const struct nfr_timer_ops ops = {expires_ns, link_of, expire};

static uint64_t random_span(struct nfr_rng *rng)
{
	/* from below a tick to beyond the reach of the wheel */
	return nfr_rng_u64(rng) >> (5 + nfr_rng_below(rng, 36));
}

static unsigned overdue(const struct world *w)
{
	unsigned n = 0;

	for (uint32_t i = 1; i <= N; i++)
		n += w->filed[i] && tick_of(w->expires_ns[i]) < w->now_ns / NFR_TIMER_TICK_NS;
	return n;
}

static void touch(struct world *w, struct nfr_rng *rng)
{
	uint32_t idx = 1 + nfr_rng_below(rng, N);
	uint64_t expiry = w->now_ns + random_span(rng);

	if (!w->filed[idx]) {
		w->expires_ns[idx] = expiry;
		nfr_timer_add(&w->timer, idx, expiry);
		w->filed[idx] = true;
	} else if (nfr_rng_below(rng, 3) == 0) {
		nfr_timer_del(&w->timer, idx);
		w->filed[idx] = false;
	} else if (expiry > w->expires_ns[idx]) {
		w->expires_ns[idx] = expiry; /* put off, untold */
	}
}

static unsigned n_filed(const struct world *w)
{
	unsigned n = 0;

	for (uint32_t i = 1; i <= N; i++)
		n += w->filed[i];
	return n;
}

static void test_random(void **state)
{
	static struct world w;
	struct nfr_rng rng;

	(void)state;
	nfr_rng_init(&rng, 4, NFR_RNG_NAT);
	w.now_ns = 12345 * NFR_NSEC_PER_SEC + 1;
	nfr_timer_init(&w.timer, &ops, &w, w.now_ns);
	for (unsigned i = 0; i < 30000; i++) {
		unsigned budget = 1 + nfr_rng_below(&rng, 8);

		touch(&w, &rng);
		if (nfr_rng_below(&rng, 4) == 0)
			w.now_ns += random_span(&rng) >> 10;
		nfr_timer_run(&w.timer, w.now_ns, budget);
		if (nfr_rng_below(&rng, 10) == 0) {
			nfr_timer_run(&w.timer, w.now_ns, UINT32_MAX);
			assert_int_equal(overdue(&w), 0);
		}
		assert_int_equal(w.timer.n_filed, n_filed(&w));
	}
	assert_true(w.n_expired > 1000);
}

/* An object expires at the first tick after its time, not before; a run of zero budget does
 * nothing; the count that is returned is right. */
static void test_exact(void **state)
{
	static struct world w;
	uint64_t t = 5 * NFR_TIMER_TICK_NS;

	(void)state;
	nfr_timer_init(&w.timer, &ops, &w, 0);
	for (uint32_t i = 1; i <= 3; i++) {
		w.filed[i] = true;
		w.expires_ns[i] = t + i - 2;
		nfr_timer_add(&w.timer, i, w.expires_ns[i]);
	}
	w.now_ns = t - 1;
	assert_int_equal(nfr_timer_run(&w.timer, w.now_ns, 10), 0);
	w.now_ns = t;
	assert_int_equal(nfr_timer_run(&w.timer, w.now_ns, 0), 0);
	assert_int_equal(nfr_timer_run(&w.timer, w.now_ns, 1), 1);
	assert_int_equal(nfr_timer_run(&w.timer, w.now_ns, 10), 1);
	w.now_ns = t + NFR_TIMER_TICK_NS;
	assert_int_equal(nfr_timer_run(&w.timer, w.now_ns, 10), 1);
	assert_int_equal(w.timer.n_filed, 0);
}

/* Beyond the reach of the four levels: filed at the far end, and found again from there. */
static void test_far(void **state)
{
	static struct world w;
	uint64_t year = 365 * 86400 * NFR_NSEC_PER_SEC;

	(void)state;
	nfr_timer_init(&w.timer, &ops, &w, 77);
	w.filed[1] = true;
	w.expires_ns[1] = 100 * year;
	nfr_timer_add(&w.timer, 1, w.expires_ns[1]);
	for (unsigned i = 1; i < 100; i += 3) {
		w.now_ns = i * year;
		assert_int_equal(nfr_timer_run(&w.timer, w.now_ns, 100), 0);
	}
	w.now_ns = 100 * year;
	assert_int_equal(nfr_timer_run(&w.timer, w.now_ns, 100), 1);
}

/* What expires, and in which order of ticks, does not depend on the budget. */
static void test_order(void **state)
{
	static struct world w;
	struct nfr_rng rng;

	(void)state;
	nfr_rng_init(&rng, 5, NFR_RNG_NAT);
	nfr_timer_init(&w.timer, &ops, &w, 0);
	for (uint32_t i = 1; i <= N; i++) {
		w.filed[i] = true;
		w.expires_ns[i] = nfr_rng_below(&rng, 2000) * NFR_TIMER_TICK_NS / 2;
		nfr_timer_add(&w.timer, i, w.expires_ns[i]);
	}
	w.now_ns = 1000 * NFR_TIMER_TICK_NS;
	while (w.n_expired < N) {
		w.last_tick = 0;
		for (uint32_t i = 1; i <= N; i++)
			if (!w.filed[i] && tick_of(w.expires_ns[i]) > w.last_tick)
				w.last_tick = tick_of(w.expires_ns[i]);
		nfr_timer_run(&w.timer, w.now_ns, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_far),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests_name("base/timer", tests, NULL, NULL);
}
