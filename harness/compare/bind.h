/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flows and what they are bound to. Where Linux picks a port at random, another implementation
 * picks another one: the flow of the one is bound to the flow of the other at first sight, one to
 * one, and from then on they stand for each other. A flow is what a packet shows of a connection:
 * the same port drawn for two peers is bound twice.
 */
#ifndef NFR_HARNESS_COMPARE_BIND_H
#define NFR_HARNESS_COMPARE_BIND_H

#include "packet/dissect.h"

/* Either direction: the ends are in the order of their addresses. An ICMP identifier is the port of
 * both ends. */
struct nfr_cmp_flow {
	uint8_t addr[2][16]; /* IPv4 in the first four */
	uint16_t port[2];
	uint16_t to[2];      /* keys of pairs: the ports that it is bound to */
	uint16_t proto;      /* as wide as the others: no padding */
};

/* A hash table that grows: what each flow counts. All zero: empty. */
struct nfr_cmp_flows {
	struct nfr_cmp_flow_row *row;
	uint32_t n, room;
};

struct nfr_cmp_flow_row {
	struct nfr_cmp_flow key;
	uint64_t value;
	bool used;
};

/* Which flow stands for which now, one to one: what got another's place gives its own in return. So
 * what comes by chance to a port of the other's, or to one that Linux has no more, is no answer to
 * the other's connection. */
struct nfr_swap {
	struct nfr_cmp_flows forth, back; /* flows: the ports of their partners */
};

struct nfr_bind {
	struct nfr_swap swap;
	struct nfr_cmp_flows pair;  /* flows with the ports that they are, or were, bound to */
	struct nfr_cmp_flows forth; /* wanted flows: how many they are bound to */
	struct nfr_cmp_flows back;  /* flows got: likewise */
	struct nfr_cmp_flows want_limit, got_limit; /* how many that may be; not there: one */
};

/* `swapped`: the source became the second end. */
struct nfr_cmp_flow nfr_cmp_flow_of(const struct nfr_ends *ends, bool *swapped);

/* NULL: not there. */
const uint64_t *nfr_cmp_flows_get(const struct nfr_cmp_flows *set, const struct nfr_cmp_flow *key);
/* Zero when it was not there. Valid until the next. */
uint64_t *nfr_cmp_flows_at(struct nfr_cmp_flows *set, const struct nfr_cmp_flow *key);
void nfr_cmp_flows_free(struct nfr_cmp_flows *set);

/* The got flow that stands for the wanted one: itself, when neither was ever bound. */
struct nfr_cmp_flow nfr_swap_get(const struct nfr_swap *swap, const struct nfr_cmp_flow *want);
void nfr_swap_put(struct nfr_swap *swap, const struct nfr_cmp_flow *want, const struct nfr_cmp_flow *got);
void nfr_swap_free(struct nfr_swap *swap);

/* Whether the wanted flow is, or may be, bound to these ports. Binds them unless it is a trial. */
bool nfr_bind_put(struct nfr_bind *bind, const struct nfr_cmp_flow *want, const uint16_t to[2],
		  bool trial);
bool nfr_bind_has(const struct nfr_bind *bind, const struct nfr_cmp_flow *want, const uint16_t to[2]);
void nfr_bind_free(struct nfr_bind *bind);

#endif
