/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nfref-bench: named workloads of the packet path.
 */
#ifndef NFR_BENCH_BENCH_H
#define NFR_BENCH_BENCH_H

#include "nfref/nfref.h"

#include <stdio.h>

enum bench_path {
	BENCH_FORWARD,   /* nothing configured but routes */
	BENCH_CONNTRACK, /* and conntrack, for one rule that asks for it */
	BENCH_FULL,      /* raw, mangle, nat, filter with one ESTABLISHED rule */
};

enum bench_nat {
	BENCH_NONE,
	BENCH_SNAT,
	BENCH_MASQ,
	BENCH_DNAT,
};

struct bench_workload {
	char name[48];
	enum bench_path path;
	enum bench_nat nat;
	uint8_t proto;    /* NFR_IPPROTO_TCP or NFR_IPPROTO_UDP */
	uint32_t n_flows;
	unsigned batch;
	bool opens;       /* each packet opens a connection */
};

#define BENCH_MAX_BATCH 32
#define BENCH_FRAME_LEN 60u
#define BENCH_ROOM 256u

/* An instance with its configuration, and what the sink saw. */
struct bench_world {
	const struct bench_workload *w;
	struct nfr_net *net;
	void *memory;
	size_t memory_len, used_len;
	uint64_t now_ns;
	uint64_t sent;    /* frames that left */
	uint8_t last[64]; /* the last of them, for setting up */
	bool keep_last;
	uint16_t inside, outside;
};

/* 0, or -1 after a line on stderr. */
int bench_world_open(struct bench_world *world, const struct bench_workload *w);
void bench_world_close(struct bench_world *world);
double bench_world_bytes_per_connection(const struct bench_workload *w);

/* One end of a flow sends: which frame arrives where. */
enum bench_dir {
	BENCH_ORIG,
	BENCH_REPLY,
};

void bench_frame(uint8_t *frame, const struct bench_workload *w, uint32_t flow,
		 enum bench_dir dir, uint8_t tcp_flags);
uint16_t bench_side(const struct bench_world *world, enum bench_dir dir);

/* Opens every flow, both directions seen. 0, or -1 after a line on stderr. */
int bench_establish(struct bench_world *world);

struct bench_figures {
	double ns, ns_min, gen_ns;
	uint64_t packets;
	uint64_t digest; /* of the verdicts */
};

int bench_measure(const struct bench_workload *w, unsigned reps, struct bench_figures *figures);

/* One JSON line: machine, compiler, version. */
void bench_environment(FILE *to);
/* Keeps to one processor. */
void bench_pin(void);

#endif
