/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loading of long chains: from iptables-save text to a table in force. Thread CPU time of
 * everything, reading of the text included; nanoseconds a rule. The table that is replaced is that
 * of the last repetition, so that both must fit in together, as in Linux.
 */
#include "bench.h"

#include "iptables/iptables.h"

#include <stdlib.h>

static void flush(struct bench_world *world)
{
	struct nfr_text text = nfr_text_string("flush", "*filter\nCOMMIT\n");
	struct nfr_diag diag;

	nfr_iptables_load(world->net, NFR_IPV4, &text, false, &diag);
}

__attribute__((noinline)) static int hand_in(struct bench_world *world, const char *rules,
					     struct nfr_diag *diag)
{
	struct nfr_text text = nfr_text_string("rules", rules);

	return nfr_iptables_load(world->net, NFR_IPV4, &text, false, diag);
}

static int repeat(struct bench_world *world, const char *rules, unsigned reps,
		  struct bench_figures *figures)
{
	static double ns[BENCH_MAX_REPS];
	uint32_t n = world->w->n_rules, kib = nfr_pool_used(world->net, NFR_POOL_xt_bytes);
	struct nfr_diag diag;
	unsigned r;

	for (r = 0; r < reps; r++) {
		uint64_t start;

		flush(world);
		start = bench_cpu_ns();
		if (hand_in(world, rules, &diag) < 0) {
			nfr_diag_print(&diag);
			return -1;
		}
		ns[r] = (double)(bench_cpu_ns() - start) / n;
	}
	kib = nfr_pool_used(world->net, NFR_POOL_xt_bytes) - kib;
	figures->ns = bench_median(ns, reps);
	figures->ns_min = ns[0];
	figures->bytes_per_rule = 1024.0 * kib / n;
	figures->packets = 0;
	figures->digest = nfr_digest(world->net);
	return 0;
}

int bench_measure_load(const struct bench_workload *w, unsigned reps, struct bench_figures *figures)
{
	char *rules = bench_rules_text(w->rules, w->n_rules);
	struct bench_world world;
	int status = -1;

	if (rules && bench_world_open(&world, w) == 0) {
		status = repeat(&world, rules, reps, figures);
		bench_world_close(&world);
	}
	free(rules);
	return status;
}
