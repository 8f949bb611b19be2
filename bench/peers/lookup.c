/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The floor of a table of connections: DPDK's rte_hash, 32 keys at a time, and the touch of an
 * entry for each. Nothing of a packet is parsed, checked or changed. Random flows in both
 * directions, as nfref-bench's established flows; the making of keys is subtracted.
 *
 *   lookup FLOWS REPS     prints the median and the least, nanoseconds a lookup
 */
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_hash.h>
#include <rte_hash_crc.h>
#include <rte_memory.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "../flow.h"

#define BATCH 32
#define LOOKUPS (1u << 20)
#define MAX_REPS 100
#define HUGE_PAGE ((size_t)2 << 20)

struct key {
	uint32_t src, dst;
	uint16_t sport, dport;
	uint32_t proto;
};

struct entry { /* two cache lines, as nfref's */
	uint64_t packets, more[15];
};

struct lookup {
	struct rte_hash *hash;
	struct entry *entry;
	uint32_t n_flows;
	uint64_t x;
	struct key key[BATCH];
};

static double cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static struct key key_of(uint32_t flow, int reply)
{
	struct bench_ends e =
		reply ? bench_answer(BENCH_OUTGOING, flow, 0) : bench_first(BENCH_OUTGOING, flow);

	return (struct key){e.src, e.dst, (uint16_t)e.sport, (uint16_t)e.dport, 6};
}

static void make_keys(struct lookup *l)
{
	for (unsigned i = 0; i < BATCH; i++) {
		l->x ^= l->x << 13;
		l->x ^= l->x >> 7;
		l->x ^= l->x << 17;
		l->key[i] = key_of((uint32_t)((l->x >> 32) * l->n_flows >> 32), l->x & 1);
	}
}

static uint64_t look(struct lookup *l)
{
	const void *keys[BATCH];
	void *data[BATCH];
	uint64_t hits = 0;

	for (unsigned i = 0; i < BATCH; i++)
		keys[i] = &l->key[i];
	rte_hash_lookup_bulk_data(l->hash, keys, BATCH, &hits, data);
	for (unsigned i = 0; i < BATCH; i++)
		__builtin_prefetch(data[i], 1);
	for (unsigned i = 0; i < BATCH; i++)
		((struct entry *)data[i])->packets++;
	return hits;
}

static double timed(struct lookup *l, int really)
{
	double start = cpu_ns();

	for (uint32_t n = 0; n < LOOKUPS; n += BATCH) {
		make_keys(l);
		if (really && look(l) != UINT32_MAX)
			abort(); /* each key is there */
		__asm__ volatile("" : : "r"(l->key) : "memory");
	}
	return (cpu_ns() - start) / LOOKUPS;
}

/* Without hugetlbfs DPDK has one piece of plain memory: transparent huge pages for it. */
static int on_huge_pages(const struct rte_memseg_list *list, void *arg)
{
	(void)arg;
	madvise(list->base_va, list->len, MADV_HUGEPAGE);
	return 0;
}

static int start_dpdk(const char *name)
{
	char *args[] = {
		(char *)(uintptr_t)name, "--no-huge", "--no-pci", "--no-shconf", "--no-telemetry",
		"--log-level=1",	 "-m",	      "2048",	  "--lcores=0"};

	if (rte_eal_init(sizeof(args) / sizeof(args[0]), args) < 0)
		return -1;
	rte_memseg_list_walk(on_huge_pages, NULL);
	return 0;
}

static int fill(struct lookup *l)
{
	struct rte_hash_parameters parameters = {.name = "flows",
						 .entries = 2 * l->n_flows + 64,
						 .key_len = sizeof(struct key),
						 .hash_func = rte_hash_crc};
	size_t len = (l->n_flows * sizeof(*l->entry) + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);

	l->hash = rte_hash_create(&parameters);
	l->entry = aligned_alloc(HUGE_PAGE, len);
	if (!l->hash || !l->entry)
		return -1;
	madvise(l->entry, len, MADV_HUGEPAGE);
	for (uint32_t i = 0; i < 2 * l->n_flows; i++) {
		struct key key = key_of(i >> 1, i & 1);

		l->entry[i >> 1] = (struct entry){0};
		if (rte_hash_add_key_data(l->hash, &key, &l->entry[i >> 1]) < 0)
			return -1;
	}
	return 0;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	struct lookup l = {.x = 88172645463325252u};
	double ns[MAX_REPS], gen, made;
	unsigned reps, r;

	if (argc != 3) {
		fprintf(stderr, "usage: lookup FLOWS REPS\n");
		return 2;
	}
	l.n_flows = (uint32_t)strtoul(argv[1], NULL, 10);
	reps = (unsigned)strtoul(argv[2], NULL, 10);
	if (!l.n_flows || !reps || reps > MAX_REPS || start_dpdk(argv[0]) < 0 || fill(&l) < 0) {
		fprintf(stderr, "lookup: %s\n", rte_strerror(rte_errno));
		return 1;
	}
	timed(&l, 0);
	gen = timed(&l, 0);
	for (r = 0; r < reps; r++) {
		ns[r] = timed(&l, 1);
		made = timed(&l, 0);
		gen = made < gen ? made : gen;
	}
	qsort(ns, reps, sizeof(*ns), by_value);
	printf("%.1f %.1f\n", (ns[reps / 2] + ns[(reps - 1) / 2]) / 2 - gen, ns[0] - gen);
	return 0;
}
