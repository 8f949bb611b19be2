/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nfref-bench: named workloads of the packet path.
 *
 * A workload is an instance with its configuration (world.c), and the packets that come in (its
 * traffic). measure.c repeats it and takes the times; worst.c takes them packet by packet;
 * load.c times the loading of rules, where no packets are.
 */
#ifndef NFR_BENCH_BENCH_H
#define NFR_BENCH_BENCH_H

#include "flow.h"
#include "nfref/nfref.h"

#include <stdio.h>

enum bench_path {
	BENCH_FORWARD,	 /* nothing configured but routes */
	BENCH_CONNTRACK, /* and conntrack, for one rule that asks for it */
	BENCH_FULL,	 /* raw, mangle, nat, filter with one ESTABLISHED rule */
	BENCH_RULES,	 /* a long FORWARD chain; conntrack when one of its rules asks for it */
	BENCH_HELPER,	 /* BENCH_FULL, and the FTP helper for port 21 */
};

enum bench_nat {
	BENCH_NONE,
	BENCH_SNAT,
	BENCH_MASQ,
	BENCH_DNAT,
};

enum bench_rules {
	BENCH_ADDR,  /* addresses with masks */
	BENCH_PORT,  /* protocols, ports and port ranges */
	BENCH_MIXED, /* both, interfaces, and stateful matches anywhere between */
};

struct bench_workload {
	char name[48];
	const struct bench_traffic *traffic; /* NULL: rules are loaded, and nothing else */
	enum bench_path path;
	enum bench_nat nat;
	enum bench_rules rules;
	uint8_t proto; /* NFR_IPPROTO_TCP or NFR_IPPROTO_UDP */
	uint32_t n_flows;
	uint32_t n_rules;
	uint32_t n_packets; /* a repetition's */
	unsigned batch;
	bool over_base;	 /* less its base is of interest too: the same without what it is about */
	bool one_by_one; /* each packet is timed */
};

#define BENCH_MAX_BATCH 32
#define BENCH_FRAME_LEN 60u
#define BENCH_ROOM 256u

/* ---- instances ---- */

struct bench_world {
	const struct bench_workload *w;
	struct nfr_net *net;
	void *memory;
	size_t memory_len;
	uint64_t now_ns;
	uint64_t sent;	   /* frames that left */
	uint8_t last[256]; /* the last of them, when it is kept: for setting up */
	uint32_t last_len;
	bool keep_last;
	uint16_t inside, outside;
};

/* 0, or -1 after a line on stderr. */
int bench_world_open(struct bench_world *world, const struct bench_workload *w);
void bench_world_close(struct bench_world *world);

/* All memory that grows with the number of connections, over that number. */
double bench_world_bytes_per_connection(const struct bench_workload *w);

/* iptables-save text, to be freed; NULL: no memory. Of a workload, and of a FORWARD chain of n
 * rules and an ACCEPT. */
char *bench_world_rules(const struct bench_workload *w);
char *bench_rules_text(enum bench_rules kind, uint32_t n);
extern const char *const bench_rules_name[3];

/* ---- frames ---- */

/* One end of a flow sends. */
enum bench_dir {
	BENCH_ORIG,
	BENCH_REPLY,
};

enum bench_tcp_flags { BENCH_SYN = 0x02, BENCH_PSH = 0x08, BENCH_ACK = 0x10 };

/* What all flows' frames of one kind have in common, and its sums. */
struct bench_form {
	const struct bench_workload *w;
	enum bench_dir dir;
	uint32_t ip_sum, l4_sum;
	uint8_t bytes[64];
};

struct bench_ends bench_ends_of(const struct bench_workload *w, uint32_t flow, enum bench_dir dir);
void bench_form_set(struct bench_form *form, const struct bench_workload *w, enum bench_dir dir,
		    uint8_t tcp_flags);
/* Writes BENCH_FRAME_LEN bytes. */
void bench_frame(uint8_t *frame, const struct bench_form *form, uint32_t flow);
uint16_t bench_side(const struct bench_world *world, enum bench_dir dir);
void bench_put_ether(uint8_t *frame, bool inside);

/* ---- running ---- */

/* Of bench_ports: how many ports there are for the flows to one server. */
uint32_t bench_ports_of_server(const struct bench_workload *w);

#define BENCH_STREAM (1u << 20)

struct bench {
	struct bench_world world;
	uint32_t *order;	   /* BENCH_STREAM random flows, the direction in the top bit */
	struct bench_form form[2]; /* [enum bench_dir] */
	uint8_t *room;
	uint32_t room_len; /* of one frame */
	void *own;	   /* of the traffic, freed with the rest */
	struct nfr_frame frame[BENCH_MAX_BATCH];
	struct nfr_result result[BENCH_MAX_BATCH];
	uint64_t digest;
};

/* Which packets come in. */
struct bench_traffic {
	const char *name;
	/* Before the first repetition. 0, or -1 after a line on stderr. */
	int (*prepare)(struct bench *b);
	/* Before each repetition, or NULL. */
	void (*rewind)(struct bench *b);
	/* The frames of packets `at` and the n - 1 behind it. Returns the interface. */
	uint16_t (*fill)(struct bench *b, uint32_t at, unsigned n);
	uint32_t room;	   /* bytes a frame */
	bool some_dropped; /* what comes in does not all leave again */
};

extern const struct bench_traffic bench_established, bench_opening, bench_stateless;
extern const struct bench_traffic bench_ftp, bench_frag, bench_icmp_error;
extern const struct bench_traffic bench_expiring, bench_early_drop, bench_full, bench_ports;

/* Opens flows from..to-1, both directions seen. 0, or -1 after a line on stderr. */
int bench_establish(struct bench_world *world, uint32_t from, uint32_t to);
struct nfr_result bench_send(struct bench_world *world, uint32_t flow, enum bench_dir dir,
			     uint8_t tcp_flags);
/* The frame a traffic fills for packet i of its burst. */
uint8_t *bench_room(struct bench *b, unsigned i, uint32_t len);

int bench_open(struct bench *b, const struct bench_workload *w);
void bench_close(struct bench *b);
/* Packets from..from+n-1 come in; only their frames are made when !really. */
void bench_run(struct bench *b, uint32_t from, uint32_t n, bool really);
uint64_t bench_cpu_ns(void);
double bench_median(double *value, unsigned n); /* sorts */

struct bench_figures {
	double ns, ns_min, gen_ns;
	double over_base_ns;   /* 0: there is no base */
	double p99_ns, max_ns; /* of single packets */
	double bytes_per_connection, bytes_per_rule;
	uint64_t packets;
	uint64_t digest; /* of the verdicts */
};

#define BENCH_MAX_REPS 1000

/* Each: 0, or -1 after a line on stderr. */
int bench_measure(const struct bench_workload *w, unsigned reps, struct bench_figures *figures);
int bench_measure_worst(const struct bench_workload *w, unsigned reps,
			struct bench_figures *figures);
int bench_measure_load(const struct bench_workload *w, unsigned reps,
		       struct bench_figures *figures);

/* ---- the list ---- */

#define BENCH_MAX_WORKLOADS 512

struct bench_list {
	struct bench_workload w[BENCH_MAX_WORKLOADS];
	unsigned n;
};

/* `small`: at most 1,024 flows and 4,096 packets, for counting instructions. */
void bench_list_all(struct bench_list *list, bool small);

/* One JSON line: machine, compiler, version. */
void bench_environment(FILE *to);
/* Keeps to one processor. */
void bench_pin(void);

#endif
