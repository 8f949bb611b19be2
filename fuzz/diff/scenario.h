/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A router to be compared, and what was seen of it: the texts that configure it, the packets that
 * went in, and all that came out of Linux.
 */
#ifndef NFR_FUZZ_DIFF_SCENARIO_H
#define NFR_FUZZ_DIFF_SCENARIO_H

#include "text.h"

#define DIFF_MAX_IFS 4 /* eth0, eth1 ..., then tun0: sorted by name */

struct diff_packet {
	uint8_t dev; /* 0: local, else the k-th interface */
	uint32_t len;
	uint8_t *data;
};

struct diff_step {
	struct diff_packet in;
	uint64_t ts_ns;
	struct diff_packet *out;
	unsigned n_out;
};

enum diff_result { /* the files of want/ that are text */
	DIFF_CONNTRACK,
	DIFF_EXPECT,
	DIFF_EVENTS,
	DIFF_LOG,
	DIFF_RULES4,
	DIFF_RULES6,
	DIFF_RESULTS,
};

struct diff_scenario {
	uint64_t seed;
	struct diff_rnd rnd;
	unsigned n_ifs; /* with tun0 */
	bool tun;
	bool family[7]; /* [4], [6]: it has addresses of */
	bool sleeps; /* time jumps beyond timeouts */
	bool logs;   /* something in it may write to the kernel's log */
	unsigned n_packets; /* to be made */
	unsigned weird;     /* percent of packets that are spoilt */
	uint16_t mtu[DIFF_MAX_IFS + 1]; /* what arrives is not longer */
	struct diff_text net, sysctl, rules[2]; /* [0]: IPv4 */
};

/* What Linux did. */
struct diff_record {
	struct diff_step *step;
	unsigned n_steps, room;
	struct diff_text result[DIFF_RESULTS];
};

extern const char *const diff_result_name[DIFF_RESULTS];

/* Everything but the traffic, from the seed. */
void diff_scenario_make(struct diff_scenario *s, uint64_t seed);
void diff_scenario_free(struct diff_scenario *s);

/* `local`, eth0 ... or tun0 */
const char *diff_dev(const struct diff_scenario *s, unsigned k);
bool diff_is_tun(const struct diff_scenario *s, unsigned k);

/* rules.c: a ruleset of one family (4 or 6 as enum nfr_family) */
void diff_rules_make(struct diff_scenario *s, uint8_t family);

/* value.c: a value for an option, with a space before it; false: none can be made */
struct nfr_xt_opt;
bool diff_value(struct diff_scenario *s, struct diff_text *to, uint8_t family,
		const struct nfr_xt_opt *opt);

/* ---- addresses and ports: the same few in rules, routes and traffic ---- */

enum diff_addr_class {
	DIFF_HOST,    /* behind an interface */
	DIFF_REMOTE,  /* behind a gateway, or nowhere */
	DIFF_ROUTER,
	DIFF_POOL,    /* nobody's: for NAT */
	DIFF_SPECIAL, /* broadcast, multicast, loopback ... */
	DIFF_ANY,     /* one of these, the first ones more often */
};

/* 4 or 16 bytes */
void diff_addr(const struct diff_scenario *s, struct diff_rnd *rnd, uint8_t family,
	       enum diff_addr_class kind, uint8_t *addr);
/* A host behind the k-th interface. */
void diff_addr_on(struct diff_rnd *rnd, uint8_t family, unsigned k, uint8_t *addr);
void diff_put_addr(struct diff_text *to, uint8_t family, const uint8_t *addr);
/* Any address, with a prefix length or not. */
void diff_put_net(struct diff_scenario *s, struct diff_text *to, uint8_t family);
unsigned diff_port(struct diff_rnd *rnd);

/* ---- records ---- */

struct diff_step *diff_record_step(struct diff_record *r, unsigned dev, uint64_t ts_ns,
				   const uint8_t *data, uint32_t len);
void diff_record_out(struct diff_step *step, unsigned dev, const uint8_t *data, uint32_t len);
void diff_record_free(struct diff_record *r);

#endif
