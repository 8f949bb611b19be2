/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The worst packets: each is timed by itself. What is amortised must stay so when everything comes
 * due at once: a million connections expire in the same moment, the table is full and each new
 * connection must drop an old one or finds none to drop, source NAT runs out of ports.
 *
 * Each repetition starts from the same snapshot and does the same work, so that a packet's time is
 * the least of its repetitions: what interrupts and other programs add falls away, what nfref does
 * stays. p99 and max are taken over the packets after that.
 */
#include "bench.h"

#include <stdlib.h>
#include <time.h>

#define UDP_FORGOTTEN_NS (300 * NFR_NSEC_PER_SEC) /* longer than any UDP timeout */

/* ---- traffics ---- */

static uint16_t fill_new(struct bench *b, uint32_t at, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++)
		bench_frame(bench_room(b, i, BENCH_FRAME_LEN), &b->form[BENCH_ORIG],
			    b->world.w->n_flows + at + i);
	return bench_side(&b->world, BENCH_ORIG);
}

static int prepare_expiring(struct bench *b)
{
	if (bench_establish(&b->world, 0, b->world.w->n_flows) < 0)
		return -1;
	b->world.now_ns += UDP_FORGOTTEN_NS;
	return 0;
}

/* Flows that have just expired, anew. */
static uint16_t fill_expired(struct bench *b, uint32_t at, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++)
		bench_frame(bench_room(b, i, BENCH_FRAME_LEN), &b->form[BENCH_ORIG],
			    b->order[(at + i) % BENCH_STREAM] & 0x7fffffff);
	return bench_side(&b->world, BENCH_ORIG);
}

static int refused(const struct bench *b, uint32_t flow, struct nfr_result result)
{
	fprintf(stderr, "nfref-bench: %s: flow %u: %s\n", b->world.w->name, flow,
		nfr_reason_text((enum nfr_reason)result.reason));
	return -1;
}

static void close_table(struct bench *b)
{
	nfr_sysctl_set(b->world.net, "net.netfilter.nf_conntrack_max",
		       (int32_t)b->world.w->n_flows);
}

/* A table of connections that may be dropped early: none has seen an answer. */
static int prepare_early_drop(struct bench *b)
{
	uint32_t flow;

	for (flow = 0; flow < b->world.w->n_flows; flow++) {
		struct nfr_result result = bench_send(&b->world, flow, BENCH_ORIG, BENCH_ACK);

		if (result.reason != NFR_REASON_FORWARDED)
			return refused(b, flow, result);
	}
	close_table(b);
	return 0;
}

static int prepare_full(struct bench *b)
{
	if (bench_establish(&b->world, 0, b->world.w->n_flows) < 0)
		return -1;
	close_table(b);
	return 0;
}

/* Flows to a server; one in 64 of them gets no port. */
static uint32_t flows_of_server(const struct bench_workload *w)
{
	return w->n_flows < 65536 ? w->n_flows : 65536;
}

uint32_t bench_ports_of_server(const struct bench_workload *w)
{
	return flows_of_server(w) - flows_of_server(w) / 64;
}

/* All but the last 32nd part of each server's flows, which runs out of ports half-way. Some find
 * none before that: the search gives up after as many tries as Linux's. */
static uint32_t prepared_of_server(const struct bench_workload *w)
{
	return flows_of_server(w) - flows_of_server(w) / 32;
}

static int prepare_ports(struct bench *b)
{
	const struct bench_workload *w = b->world.w;
	uint32_t flow;

	for (flow = 0; flow < w->n_flows; flow++)
		if (flow % flows_of_server(w) < prepared_of_server(w))
			bench_send(&b->world, flow, BENCH_ORIG, BENCH_ACK);
	return 0;
}

/* One flow to each server in turn. */
static uint16_t fill_ports(struct bench *b, uint32_t at, unsigned n)
{
	const struct bench_workload *w = b->world.w;
	uint32_t n_servers = w->n_flows / flows_of_server(w);
	unsigned i;

	for (i = 0; i < n; i++) {
		uint32_t server = (at + i) % n_servers, k = (at + i) / n_servers;

		bench_frame(bench_room(b, i, BENCH_FRAME_LEN), &b->form[BENCH_ORIG],
			    server * flows_of_server(w) + prepared_of_server(w) + k);
	}
	return bench_side(&b->world, BENCH_ORIG);
}

const struct bench_traffic bench_expiring = {
	.name = "expire", .prepare = prepare_expiring, .fill = fill_expired};
const struct bench_traffic bench_early_drop = {
	.name = "early-drop", .prepare = prepare_early_drop, .fill = fill_new};
const struct bench_traffic bench_full = {
	.name = "full", .prepare = prepare_full, .fill = fill_new, .some_dropped = true};
const struct bench_traffic bench_ports = {
	.name = "ports", .prepare = prepare_ports, .fill = fill_ports, .some_dropped = true};

/* ---- packet by packet ---- */

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NFR_NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

/* What a packet costs that is made, but not handed in; and reading the clock. */
static double own_cost(struct bench *b)
{
	uint64_t least = UINT64_MAX, start, took;
	unsigned i;

	for (i = 0; i < 10000; i++) {
		start = clock_ns();
		bench_run(b, 0, 1, false);
		took = clock_ns() - start;
		if (took < least)
			least = took;
	}
	return (double)least;
}

static void repeat(struct bench *b, double *least, bool first)
{
	uint32_t at, n = b->world.w->n_packets;

	b->digest = 0xcbf29ce484222325u;
	b->world.sent = 0;
	for (at = 0; at < n; at++) {
		uint64_t start = clock_ns();
		double took;

		bench_run(b, at, 1, true);
		took = (double)(clock_ns() - start);
		if (first || took < least[at])
			least[at] = took;
	}
}

static void conclude(struct bench *b, double *least, struct bench_figures *figures)
{
	uint32_t n = b->world.w->n_packets, i;
	uint64_t digest = b->digest;

	figures->gen_ns = own_cost(b);
	figures->packets = n;
	figures->digest = digest;
	figures->bytes_per_connection = bench_world_bytes_per_connection(b->world.w);
	for (i = 0; i < n; i++)
		least[i] -= figures->gen_ns;
	figures->ns = bench_median(least, n);
	figures->ns_min = least[0];
	figures->p99_ns = least[n - 1 - n / 100];
	figures->max_ns = least[n - 1];
}

static int run_reps(struct bench *b, unsigned reps, void *snapshot, double *least)
{
	uint64_t now_ns = b->world.now_ns;
	unsigned r;

	nfr_snapshot(b->world.net, snapshot);
	for (r = 0; r < reps; r++) {
		if (r)
			nfr_restore(b->world.net, snapshot);
		b->world.now_ns = now_ns;
		repeat(b, least, r == 0);
		if (b->world.w->traffic->some_dropped || b->world.sent == b->world.w->n_packets)
			continue;
		fprintf(stderr, "nfref-bench: %s: only %lu of %u packets left\n", b->world.w->name,
			(unsigned long)b->world.sent, b->world.w->n_packets);
		return -1;
	}
	return 0;
}

int bench_measure_worst(const struct bench_workload *w, unsigned reps,
			struct bench_figures *figures)
{
	double *least = malloc(w->n_packets * sizeof(*least));
	struct bench b = {0};
	void *snapshot = NULL;
	int status = least ? bench_open(&b, w) : -1;

	if (status == 0) {
		snapshot = malloc(nfr_snapshot_size(b.world.net));
		status = snapshot ? run_reps(&b, reps, snapshot, least) : -1;
	}
	if (status == 0)
		conclude(&b, least, figures);
	free(snapshot);
	free(least);
	bench_close(&b);
	return status;
}
