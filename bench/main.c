/* SPDX-License-Identifier: BSD-2-Clause */
#include "bench.h"

#include <fnmatch.h>
#include <getopt.h>
#include <stdlib.h>

#define MAX_WORKLOADS 512

struct workloads {
	struct bench_workload w[MAX_WORKLOADS];
	unsigned n;
};

static const char *const path_name[] = {"forward", "conntrack", "full"};
static const char *const nat_name[] = {"none", "snat", "masq", "dnat"};
static const struct {
	const char *name;
	uint8_t proto;
} protos[] = {{"tcp", NFR_IPPROTO_TCP}, {"udp", NFR_IPPROTO_UDP}};
static const struct {
	const char *name;
	uint32_t n;
} flows[] = {{"1", 1}, {"64k", 65536}, {"1m", 1u << 20}, {"4m", 4u << 20}};
static const unsigned batches[] = {1, 32};

static void add(struct workloads *all, struct bench_workload w)
{
	if (all->n < MAX_WORKLOADS)
		all->w[all->n++] = w;
}

/* PATH/PROTO/NAT/FLOWS/BATCH; NAT belongs to the full path. */
static void add_established(struct workloads *all, unsigned path, unsigned proto, unsigned nat)
{
	struct bench_workload w = {.path = (enum bench_path)path, .nat = (enum bench_nat)nat};
	unsigned f, b;

	w.proto = protos[proto].proto;
	for (f = 0; f < 4; f++) {
		for (b = 0; b < 2; b++) {
			w.n_flows = flows[f].n;
			w.batch = batches[b];
			snprintf(w.name, sizeof(w.name), "%s/%s/%s/%s/b%u", path_name[path],
				 protos[proto].name, nat_name[nat], flows[f].name, w.batch);
			add(all, w);
		}
	}
}

static void add_opening(struct workloads *all, unsigned proto, unsigned nat)
{
	struct bench_workload w = {.path = BENCH_FULL, .nat = (enum bench_nat)nat, .opens = true,
				   .proto = protos[proto].proto, .n_flows = 1u << 20, .batch = 32};

	snprintf(w.name, sizeof(w.name), "new/%s/%s/1m", protos[proto].name, nat_name[nat]);
	add(all, w);
}

static void list_all(struct workloads *all)
{
	unsigned path, proto, nat;

	for (path = BENCH_FORWARD; path <= BENCH_FULL; path++)
		for (proto = 0; proto < 2; proto++)
			for (nat = 0; nat < (path == BENCH_FULL ? 4u : 1u); nat++)
				add_established(all, path, proto, nat);
	for (proto = 0; proto < 2; proto++)
		for (nat = 0; nat < 4; nat++)
			add_opening(all, proto, nat);
}

static void print(const struct bench_workload *w, const struct bench_figures *f, bool json)
{
	double bytes = bench_world_bytes_per_connection(w);

	if (json)
		printf("{\"workload\": \"%s\", \"ns\": %.1f, \"ns_min\": %.1f, \"gen_ns\": %.1f, "
		       "\"packets\": %lu, \"bytes_per_connection\": %.0f, "
		       "\"digest\": \"%016lx\"}\n",
		       w->name, f->ns, f->ns_min, f->gen_ns, (unsigned long)f->packets, bytes,
		       (unsigned long)f->digest);
	else
		printf("%-28s %8.1f ns %8.1f min %6.0f B/connection  %016lx\n", w->name, f->ns,
		       f->ns_min, bytes, (unsigned long)f->digest);
	fflush(stdout);
}

static int run_all(const struct workloads *all, const char *filter, unsigned reps, bool json)
{
	struct bench_figures figures;
	unsigned i, n = 0;

	bench_pin();
	if (json)
		bench_environment(stdout);
	for (i = 0; i < all->n; i++) {
		if (fnmatch(filter, all->w[i].name, 0) != 0)
			continue;
		if (bench_measure(&all->w[i], reps, &figures) < 0)
			return 1;
		print(&all->w[i], &figures, json);
		n++;
	}
	if (n)
		return 0;
	fprintf(stderr, "nfref-bench: no workload matches '%s'; see --list\n", filter);
	return 2;
}

static int usage(FILE *to, int status)
{
	fprintf(to, "usage: nfref-bench [--filter GLOB] [--reps N] [--json]\n"
		    "       nfref-bench --list\n"
		    "\n"
		    "Nanoseconds of thread CPU time a packet, the making of its frame subtracted: median and\n"
		    "minimum of the repetitions (10). A figure whose digest is another is of another work.\n");
	return status;
}

int main(int argc, char **argv)
{
	static const struct option option[] = {{"filter", required_argument, NULL, 'f'},
					       {"reps", required_argument, NULL, 'r'},
					       {"json", no_argument, NULL, 'j'},
					       {"list", no_argument, NULL, 'l'},
					       {"help", no_argument, NULL, 'h'},
					       {0}};
	static struct workloads all;
	const char *filter = "*";
	unsigned reps = 10, i;
	bool json = false;
	int c;

	list_all(&all);
	while ((c = getopt_long(argc, argv, "", option, NULL)) != -1) {
		switch (c) {
		case 'f':
			filter = optarg;
			break;
		case 'r':
			reps = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'j':
			json = true;
			break;
		case 'l':
			for (i = 0; i < all.n; i++)
				puts(all.w[i].name);
			return 0;
		default:
			return usage(c == 'h' ? stdout : stderr, c == 'h' ? 0 : 2);
		}
	}
	if (!reps || optind != argc)
		return usage(stderr, 2);
	return run_all(&all, filter, reps, json);
}
