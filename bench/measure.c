/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Measuring. A packet's frame is written anew each time, as a network card would; what that costs
 * is measured by itself and subtracted: its least, so that it never flatters. The order of flows
 * and directions is random but fixed, so that every run does the same work and gives the same
 * digest.
 *
 * Some workloads are about one thing more than another, their base: conntrack beside forwarding, a
 * long chain beside a single rule. The two are then run in turn, and the difference of each pair
 * taken.
 */
#include "bench.h"

#include <stdlib.h>
#include <time.h>

#define PACKET_NS 32 /* the clock's step: 30 million packets a second */

uint64_t bench_cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * NFR_NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

static void add_digest(struct bench *b, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		b->digest ^= (uint64_t)b->result[i].reason << 16 | (uint64_t)b->result[i].oif << 8 |
			     b->result[i].verdict;
		b->digest *= 0x100000001b3u;
	}
}

/* What instructions are counted of: everything that is nfref's, and nothing else. */
__attribute__((noinline)) static void hand_in(struct bench *b, uint16_t side, unsigned n)
{
	nfr_receive_burst(b->world.net, b->world.now_ns, side, b->frame, n, b->result);
}

void bench_run(struct bench *b, uint32_t from, uint32_t n, bool really)
{
	unsigned batch = b->world.w->batch;
	uint32_t at;

	for (at = from; at < from + n; at += batch) {
		uint16_t side = b->world.w->traffic->fill(b, at, batch);

		if (really) {
			b->world.now_ns += PACKET_NS * batch;
			hand_in(b, side, batch);
		} else {
			__asm__ volatile("" : : "r"(b->room) : "memory");
		}
		add_digest(b, batch);
	}
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

double bench_median(double *value, unsigned n)
{
	qsort(value, n, sizeof(*value), by_value);
	return (value[n / 2] + value[(n - 1) / 2]) / 2;
}

static double timed(struct bench *b, bool really)
{
	uint32_t n = b->world.w->n_packets;
	uint64_t start;

	if (b->world.w->traffic->rewind)
		b->world.w->traffic->rewind(b);
	b->digest = 0xcbf29ce484222325u;
	b->world.sent = 0;
	start = bench_cpu_ns();
	bench_run(b, 0, n, really);
	return (double)(bench_cpu_ns() - start) / n;
}

struct times {
	double ns[BENCH_MAX_REPS], gen_ns;
};

/* One repetition. */
static void take(struct bench *b, struct times *times, unsigned rep)
{
	double gen_ns = timed(b, false);

	if (rep == 0 || gen_ns < times->gen_ns)
		times->gen_ns = gen_ns;
	times->ns[rep] = timed(b, true);
}

/* The base of one that tells how it differs: without conntrack, with no rules but the last. */
static struct bench_workload base_of(const struct bench_workload *w)
{
	struct bench_workload base = *w;

	base.n_rules = 0;
	if (w->path == BENCH_RULES)
		return base;
	base.path = BENCH_FORWARD;
	base.nat = BENCH_NONE;
	return base;
}

static int all_left(const struct bench *b)
{
	const struct bench_workload *w = b->world.w;

	if (w->traffic->some_dropped || b->world.sent == w->n_packets)
		return 0;
	fprintf(stderr, "nfref-bench: %s: only %lu of %u packets left\n", w->name,
		(unsigned long)b->world.sent, w->n_packets);
	return -1;
}

static void conclude(struct times *times, struct times *base, unsigned reps, const struct bench *b,
		     struct bench_figures *figures)
{
	double *over = base->ns;
	unsigned r;

	for (r = 0; r < reps; r++) {
		times->ns[r] -= times->gen_ns;
		over[r] = times->ns[r] - (over[r] - base->gen_ns);
	}
	if (b->world.w->over_base)
		figures->over_base_ns = bench_median(over, reps);
	figures->ns = bench_median(times->ns, reps);
	figures->ns_min = times->ns[0];
	figures->gen_ns = times->gen_ns;
	figures->packets = b->world.w->n_packets;
	figures->digest = b->digest;
	figures->bytes_per_connection = bench_world_bytes_per_connection(b->world.w);
}

int bench_measure(const struct bench_workload *w, unsigned reps, struct bench_figures *figures)
{
	static struct times times, base_times;
	struct bench_workload base = base_of(w);
	struct bench b = {0}, b0 = {0};
	int status = bench_open(&b, w);
	unsigned r;

	if (status == 0 && w->over_base)
		status = bench_open(&b0, &base);
	for (r = 0; r < reps && status == 0; r++) {
		take(&b, &times, r);
		if (w->over_base)
			take(&b0, &base_times, r);
		status = all_left(&b);
	}
	if (status == 0)
		conclude(&times, &base_times, reps, &b, figures);
	bench_close(&b);
	bench_close(&b0);
	return status;
}
