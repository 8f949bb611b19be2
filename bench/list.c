/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The workloads by name.
 */
#include "bench.h"

#include <stdarg.h>

#define PACKETS (1u << 20) /* a repetition's, where nothing else limits them */
#define MILLION (1u << 20)
#define SOME_FLOWS 65536u
#define SMALL_FLOWS 1024u
#define SMALL_PACKETS 4096u
#define FTP_SESSIONS 1024u
#define FTP_PACKETS 12u /* of a session */

struct maker {
	struct bench_list *list;
	bool small;
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
} flows[] = {{"1", 1}, {"64k", 65536}, {"1m", MILLION}, {"4m", 4 * MILLION}};
static const unsigned batches[] = {1, 32};
static const uint32_t rule_counts[] = {10, 100, 1000, 10000};

static uint32_t at_most(uint32_t n, uint32_t max)
{
	return n < max ? n : max;
}

__attribute__((format(printf, 3, 4))) static void
add(const struct maker *m, struct bench_workload w, const char *name, ...)
{
	va_list args;

	if (m->list->n == BENCH_MAX_WORKLOADS)
		return;
	va_start(args, name);
	vsnprintf(w.name, sizeof(w.name), name, args);
	va_end(args);
	if (m->small) {
		w.n_flows = at_most(w.n_flows, SMALL_FLOWS);
		w.over_base = false;
	}
	if (w.traffic == &bench_opening)
		w.n_packets = w.n_flows;
	else if (w.traffic == &bench_ftp)
		w.n_packets = w.n_flows * FTP_PACKETS;
	else if (w.traffic == &bench_ports)
		w.n_packets = w.n_flows / 32;
	else if (m->small)
		w.n_packets = at_most(w.n_packets, SMALL_PACKETS);
	m->list->w[m->list->n++] = w;
}

/* PATH/PROTO/NAT/FLOWS/BATCH; NAT belongs to the full path. */
static void add_established(const struct maker *m, unsigned path, unsigned proto, unsigned nat)
{
	struct bench_workload w = {.traffic = &bench_established,
				   .path = (enum bench_path)path,
				   .nat = (enum bench_nat)nat,
				   .proto = protos[proto].proto,
				   .n_packets = PACKETS,
				   .over_base = path != BENCH_FORWARD};
	unsigned f, b;

	for (f = 0; f < 4; f++) {
		for (b = 0; b < 2; b++) {
			w.n_flows = flows[f].n;
			w.batch = batches[b];
			add(m, w, "%s/%s/%s/%s/b%u", path_name[path], protos[proto].name,
			    nat_name[nat], flows[f].name, w.batch);
		}
	}
}

static void add_openings(const struct maker *m)
{
	struct bench_workload w = {.traffic = &bench_opening,
				   .n_flows = MILLION,
				   .batch = 32,
				   .over_base = true};
	unsigned proto, nat;

	for (proto = 0; proto < 2; proto++) {
		w.proto = protos[proto].proto;
		w.path = BENCH_CONNTRACK;
		w.nat = BENCH_NONE;
		add(m, w, "new/%s/conntrack/1m", protos[proto].name);
		w.path = BENCH_FULL;
		for (nat = 0; nat < 4; nat++) {
			w.nat = (enum bench_nat)nat;
			add(m, w, "new/%s/%s/1m", protos[proto].name, nat_name[nat]);
		}
	}
}

static void add_rules(const struct maker *m)
{
	struct bench_workload w = {.path = BENCH_RULES,
				   .proto = NFR_IPPROTO_UDP,
				   .n_flows = SOME_FLOWS,
				   .n_packets = PACKETS,
				   .batch = 32,
				   .over_base = true};
	unsigned kind, n;

	for (kind = BENCH_ADDR; kind <= BENCH_MIXED; kind++) {
		for (n = 0; n < 4; n++) {
			w.rules = (enum bench_rules)kind;
			w.n_rules = rule_counts[n];
			w.traffic = kind == BENCH_MIXED ? &bench_established : &bench_stateless;
			add(m, w, "rules/%s/%u", bench_rules_name[kind], w.n_rules);
		}
	}
}

static void add_loads(const struct maker *m)
{
	static const uint32_t counts[] = {1000, 100000};
	struct bench_workload w = {.path = BENCH_RULES, .rules = BENCH_MIXED};
	unsigned n;

	for (n = 0; n < 2; n++) {
		w.n_rules = counts[n];
		add(m, w, "rules/load/%u", w.n_rules);
	}
}

static void add_special(const struct maker *m)
{
	struct bench_workload w = {.path = BENCH_FULL,
				   .nat = BENCH_SNAT,
				   .batch = 32,
				   .proto = NFR_IPPROTO_UDP,
				   .n_flows = SOME_FLOWS,
				   .n_packets = PACKETS / 4};

	w.traffic = &bench_frag;
	add(m, w, "frag");
	w.traffic = &bench_icmp_error;
	add(m, w, "icmp-error");
	w.traffic = &bench_ftp;
	w.path = BENCH_HELPER;
	w.proto = NFR_IPPROTO_TCP;
	w.n_flows = FTP_SESSIONS;
	add(m, w, "ftp");
}

static void add_worst(const struct maker *m)
{
	static const struct bench_traffic *const traffic[] = {&bench_expiring, &bench_early_drop,
							      &bench_full, &bench_ports};
	struct bench_workload w = {.path = BENCH_FULL,
				   .nat = BENCH_SNAT,
				   .batch = 1,
				   .proto = NFR_IPPROTO_UDP,
				   .n_flows = MILLION,
				   .n_packets = PACKETS / 16,
				   .one_by_one = true};
	unsigned i;

	for (i = 0; i < 4; i++) {
		w.traffic = traffic[i];
		w.proto = traffic[i] == &bench_full ? NFR_IPPROTO_TCP : NFR_IPPROTO_UDP;
		add(m, w, "worst/%s", traffic[i]->name);
	}
}

void bench_list_all(struct bench_list *list, bool small)
{
	struct maker m = {list, small};
	unsigned path, proto, nat;

	list->n = 0;
	for (path = BENCH_FORWARD; path <= BENCH_FULL; path++)
		for (proto = 0; proto < 2; proto++)
			for (nat = 0; nat < (path == BENCH_FULL ? 4u : 1u); nat++)
				add_established(&m, path, proto, nat);
	add_openings(&m);
	add_rules(&m);
	add_loads(&m);
	add_special(&m);
	add_worst(&m);
}
