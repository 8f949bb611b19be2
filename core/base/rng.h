/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Seeded random streams, one for each purpose, so that a draw for one does not move another.
 */
#ifndef NFR_BASE_RNG_H
#define NFR_BASE_RNG_H

#include "nfref/types.h"

enum nfr_rng_purpose {
	NFR_RNG_HASH,      /* keys of the hash functions */
	NFR_RNG_NAT,       /* ports */
	NFR_RNG_STATISTIC, /* `-m statistic --mode random` */
	NFR_RNG_IP_ID,     /* identification of the router's own packets */
	NFR_RNG_EARLY_DROP,
	NFR_RNG_ICMP,      /* jitter of the ICMP rate limit */
	NFR_RNG_MAX,
};

struct nfr_rng {
	uint64_t s[2];
};

void nfr_rng_init(struct nfr_rng *rng, uint64_t seed, enum nfr_rng_purpose purpose);
uint64_t nfr_rng_u64(struct nfr_rng *rng);
uint32_t nfr_rng_below(struct nfr_rng *rng, uint32_t n); /* 0 … n - 1, n > 0, without bias */

#endif
