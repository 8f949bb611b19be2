/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Measuring. A packet's frame is written anew each time, as a network card would; what that costs
 * is measured by itself and subtracted. The order of flows and directions is random but fixed, so
 * that every run does the same work and gives the same digest.
 */
#include "bench.h"

#include <stdlib.h>
#include <time.h>

#define STREAM (1u << 20) /* entries of the random order: flow, and the direction in the top bit */
#define PACKETS (1u << 20) /* a repetition's */
#define MAX_REPS 1000

struct bench {
	struct bench_world world;
	uint32_t *order;
	uint8_t room[BENCH_MAX_BATCH][BENCH_ROOM];
	struct nfr_frame frame[BENCH_MAX_BATCH];
	struct nfr_result result[BENCH_MAX_BATCH];
	uint64_t digest;
};

static uint64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * NFR_NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

static uint64_t next_random(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

static void make_order(struct bench *b)
{
	const struct bench_workload *w = b->world.w;
	uint64_t x = 88172645463325252u, r;
	uint32_t i;

	for (i = 0; i < STREAM; i++) {
		r = next_random(&x);
		b->order[i] = (uint32_t)((r >> 32) * w->n_flows >> 32) | (uint32_t)(r & 1) << 31;
	}
}

/* Bursts come in on one interface: a burst's packets all go in the direction of its first. */
static enum bench_dir make_burst(struct bench *b, uint32_t at, unsigned n)
{
	const struct bench_workload *w = b->world.w;
	enum bench_dir dir = b->order[at % STREAM] >> 31 ? BENCH_REPLY : BENCH_ORIG;
	unsigned i;

	if (w->opens)
		dir = BENCH_ORIG;
	for (i = 0; i < n; i++) {
		uint32_t flow = w->opens ? at + i : b->order[(at + i) % STREAM] & 0x7fffffff;

		bench_frame(b->room[i], w, flow, dir, w->opens ? 0x02 : 0x10);
		b->frame[i] = (struct nfr_frame){b->room[i], BENCH_FRAME_LEN, BENCH_ROOM};
	}
	return dir;
}

static void digest(struct bench *b, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		b->digest ^= (uint64_t)b->result[i].reason << 16 | (uint64_t)b->result[i].oif << 8 |
			     b->result[i].verdict;
		b->digest *= 0x100000001b3u;
	}
}

static void run(struct bench *b, uint32_t from, uint32_t n_packets, bool really)
{
	unsigned batch = b->world.w->batch;
	uint32_t at;

	for (at = from; at < from + n_packets; at += batch) {
		enum bench_dir dir = make_burst(b, at, batch);
		uint16_t side = bench_side(&b->world, dir);

		if (!really) {
			__asm__ volatile("" : : "r"(b->room) : "memory");
			continue;
		}
		b->world.now_ns += 1000;
		if (batch == 1)
			b->result[0] = nfr_receive(b->world.net, b->world.now_ns, side, b->frame);
		else
			nfr_receive_burst(b->world.net, b->world.now_ns, side, b->frame, batch,
					  b->result);
		digest(b, batch);
	}
}

static struct nfr_result send_one(struct bench_world *world, uint32_t flow, enum bench_dir dir,
				  uint8_t flags)
{
	uint8_t room[BENCH_ROOM];
	struct nfr_frame frame = {room, BENCH_FRAME_LEN, BENCH_ROOM};

	bench_frame(room, world->w, flow, dir, flags);
	return nfr_receive(world->net, world->now_ns, bench_side(world, dir), &frame);
}

int bench_establish(struct bench_world *world)
{
	static const uint8_t flags[3] = {0x02, 0x12, 0x10};
	uint32_t flow;
	unsigned k;

	for (flow = 0; flow < world->w->n_flows; flow++) {
		for (k = 0; k < 3; k++) {
			struct nfr_result result = send_one(
				world, flow, k == 1 ? BENCH_REPLY : BENCH_ORIG, flags[k]);

			if (result.reason == NFR_REASON_FORWARDED)
				continue;
			fprintf(stderr, "nfref-bench: %s: flow %u, packet %u: %s\n", world->w->name,
				flow, k, nfr_reason_text((enum nfr_reason)result.reason));
			return -1;
		}
	}
	return 0;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double timed(struct bench *b, uint32_t from, uint32_t n, bool really)
{
	uint64_t start = cpu_ns();

	run(b, from, n, really);
	return (double)(cpu_ns() - start) / n;
}

static int repeat(struct bench *b, unsigned reps, struct bench_figures *figures)
{
	const struct bench_workload *w = b->world.w;
	uint32_t n = w->opens ? w->n_flows : PACKETS;
	double ns[MAX_REPS];
	unsigned r;

	timed(b, 0, PACKETS, false);
	figures->gen_ns = timed(b, 0, PACKETS, false);
	for (r = 0; r < reps; r++) {
		if (w->opens) /* each repetition fills an empty table */
			nfr_ct_flush(b->world.net, b->world.now_ns);
		b->digest = 0xcbf29ce484222325u;
		b->world.sent = 0;
		ns[r] = timed(b, 0, n, true) - figures->gen_ns;
		figures->packets = b->world.sent;
		figures->digest = b->digest;
	}
	qsort(ns, reps, sizeof(*ns), by_value);
	figures->ns = ns[reps / 2];
	figures->ns_min = ns[0];
	return 0;
}

int bench_measure(const struct bench_workload *w, unsigned reps, struct bench_figures *figures)
{
	struct bench *b = calloc(1, sizeof(*b));
	int status = -1;

	if (!b)
		return -1;
	b->order = malloc(STREAM * sizeof(*b->order));
	if (b->order && bench_world_open(&b->world, w) == 0) {
		make_order(b);
		status = w->opens || w->path == BENCH_FORWARD ? 0 : bench_establish(&b->world);
		if (status == 0)
			status = repeat(b, reps < MAX_REPS ? reps : MAX_REPS, figures);
		bench_world_close(&b->world);
	}
	free(b->order);
	free(b);
	return status;
}
