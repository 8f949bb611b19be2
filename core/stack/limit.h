/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How often the router may say something: token buckets, one for all ICMP errors and one for
 * each destination (Linux's inet_peer).
 */
#ifndef NFR_STACK_LIMIT_H
#define NFR_STACK_LIMIT_H

#include "base/env.h"

struct nfr_peer {
	union nfr_addr addr;
	uint64_t last_jiffy; /* when tokens were counted last */
	uint64_t tokens_ns;  /* time saved up */
	uint8_t family;	     /* 0: free */
	uint8_t n_redirects;
};

#define NFR_PEER_SETS 256
#define NFR_PEER_WAYS 4

struct nfr_limits {
	struct nfr_peer peer[NFR_PEER_SETS][NFR_PEER_WAYS];
	uint64_t stamp_ns; /* when credit grew last */
	int32_t credit;	   /* ICMP errors that may go out at once */
	bool primed;	   /* stamp_ns is set */
};

/* The peer of an address, made when there is none; the one unused longest makes way. */
struct nfr_peer *nfr_peer_get(struct nfr_limits *limits, struct nfr_env *env, uint8_t family,
			      const uint8_t *addr);

/* The number of the jiffy. */
uint64_t nfr_peer_jiffy(uint64_t now_ns);

/* How long the peer's bucket was left alone, in whole jiffies. */
uint64_t nfr_peer_quiet_ns(const struct nfr_peer *peer, uint64_t now_ns);

/* inet_peer_xrlim_allow(): once in interval_ns, `burst` times at once after a rest. */
bool nfr_peer_allow(struct nfr_env *env, struct nfr_peer *peer, uint64_t interval_ns,
		    unsigned burst);

/* icmp_global_allow() and icmp_global_consume() */
bool nfr_icmp_global_allow(struct nfr_limits *limits, struct nfr_env *env);
void nfr_icmp_global_consume(struct nfr_limits *limits, struct nfr_env *env);

#endif
