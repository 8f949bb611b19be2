/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Long chains: which rules can match a packet by its addresses, ports, protocol and interfaces.
 */
#ifndef NFR_XT_INDEX_H
#define NFR_XT_INDEX_H

#include "xt/table.h"

/* Rules that are fetched at a time. */
#define NFR_XT_CANDIDATES 32u

/* What the index of a chain looks at, in the order of its dimensions. */
struct nfr_xt_point {
	uint32_t dim[13];
	uint8_t family; /* that it was made for; 0: not made yet */
	bool usable;    /* false: a header is cut off, and rules must be walked one by one */
};

/* Builds the indices of the chains of the table being loaded that are long enough to gain by it,
 * as far as there is room: a chain without one is walked. */
void nfr_xt_index_build(struct nfr_xtnet *xt);

void nfr_xt_point_of(struct nfr_xt_point *point, const struct nfr_env *env,
		     const struct nfr_pkt *pkt, const struct nfr_hook_state *state);

/* Rules of the chain from the from-th on (counting from 0) that the point may fit, in order; no
 * other does. Fewer than NFR_XT_CANDIDATES: there are no more. */
uint32_t nfr_xt_index_find(const struct nfr_xt_table *table, const struct nfr_xt_chain *chain,
			   const struct nfr_xt_point *point, uint32_t from, uint32_t *found);

#endif
