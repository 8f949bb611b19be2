/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fast paths: what the path does with the packets of an established connection, learnt from the
 * first one in each direction and done at once for those that follow. The essay is in fastpath.c.
 */
#ifndef NFR_STACK_FASTPATH_H
#define NFR_STACK_FASTPATH_H

#include "ct/ct.h"

enum nfr_fastpath_state {
	NFR_FASTPATH_UNKNOWN, /* no packet has gone there yet */
	NFR_FASTPATH_NONE,    /* packets must be looked at one by one */
	NFR_FASTPATH_KNOWN,
};

/* The fast path of one direction. Its bytes are compared: padding is zero. */
struct nfr_fastpath_half {
	uint64_t *counter[NFR_LEARN_MAX]; /* of rules and policies: packets, bytes beside it */
	struct nfr_dst dst;		  /* where the route led; gateway zero when on-link */
	uint16_t iif;			  /* where it holds */
	uint8_t n_counters;
	uint8_t state;	    /* enum nfr_fastpath_state */
	uint8_t translates; /* to the opposite direction's tuple, turned round */
	uint8_t on_link;    /* the next hop is the destination */
	uint8_t unused[2];
};

struct nfr_fastpath {
	uint32_t pool_link[2]; /* the pool's */
	uint32_t next;	       /* of those with the same hash */
	uint32_t unused;
	struct nfr_fastpath_half half[NFR_CT_DIR_MAX];
};

/* A connection names its fast path by an index and, above it, the tag of the settings that it was
 * learnt under: when settings change, all are forgotten at once. */
#define NFR_FASTPATH_INDEX_BITS 10
#define NFR_FASTPATH_MAX ((1u << NFR_FASTPATH_INDEX_BITS) - 1)
#define NFR_FASTPATH_TAG_MAX (UINT32_MAX >> NFR_FASTPATH_INDEX_BITS)
#define NFR_FASTPATH_BUCKETS 64

struct nfr_fastpaths {
	struct nfr_pool pool;
	uint64_t settings; /* env.settings when they were learnt */
	uint32_t tag;	   /* of the fast paths that are there, never 0 */
	uint16_t bucket[NFR_FASTPATH_BUCKETS];
};

struct nfr_net;

void nfr_fastpaths_init(struct nfr_fastpaths *fastpaths, struct nfr_arena *arena, uint32_t max);
const char *nfr_fastpaths_check(const struct nfr_fastpaths *fastpaths);

/* The packet has taken its fast path if that is known: as the path would have sent it, forwarded.
 * If it is not, but can be learnt from this packet, the packet is marked by NFR_PKT_LEARN. */
bool nfr_fastpath_take(struct nfr_net *net, struct nfr_pkt *pkt);

/* Sends a packet that is so marked along the path, and remembers what happened. As nfr_rcv(). */
unsigned nfr_fastpath_learn(struct nfr_net *net, struct nfr_pkt *pkt, uint8_t *ctstate);

#endif
