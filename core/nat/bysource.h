/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The by-source index: connections by zone, source and protocol of their original direction.
 */
#ifndef NFR_NAT_BYSOURCE_H
#define NFR_NAT_BYSOURCE_H

#include "ct/table.h"
#include "nat/nat.h"

/* Connections of one list that a search looks at: Linux walks all of them. */
#define NFR_NAT_BYSOURCE_MAX 256

/* Where a source belongs. */
struct nfr_nat_place {
	struct nfr_nat_sources *list;
	uint32_t bits; /* of the list's filter */
};

void nfr_bysource_init(struct nfr_natnet *nat, struct nfr_arena *arena);

/* The list of a connection's source, and the bits that say in its filter who came by. */
struct nfr_nat_place nfr_bysource_place(const struct nfr_natnet *nat, uint32_t ct_idx);

/* Whether the filter of the list says that no connection has this source. */
static inline bool nfr_bysource_is_new(const struct nfr_nat_place *place)
{
	return (place->list->seen & place->bits) != place->bits;
}

/* Two stages of fetching what adding a connection will touch: the list of its source, and then
 * the link of who is first there now. */
void nfr_bysource_prefetch(const struct nfr_natnet *nat, const struct nfr_ct_flow *orig);
void nfr_bysource_prefetch4(const struct nfr_natnet *nat, struct nfr_ct_words orig);
void nfr_bysource_prefetch_link(const struct nfr_natnet *nat, const struct nfr_nat_place *place);
void nfr_bysource_add(struct nfr_natnet *nat, const struct nfr_nat_place *place, uint32_t ct_idx);
void nfr_bysource_del(struct nfr_natnet *nat, uint32_t ct_idx);

/* The newest connection that has this flow's source, protocol and zone, and the next one behind
 * `after`; 0 when there is none. `left` counts down the entries that may still be looked at. */
uint32_t nfr_bysource_first(const struct nfr_natnet *nat, const struct nfr_ct_flow *orig,
			    unsigned *left);
uint32_t nfr_bysource_next(const struct nfr_natnet *nat, const struct nfr_ct_flow *orig,
			   uint32_t after, unsigned *left);

const char *nfr_bysource_check(const struct nfr_natnet *nat);

#endif
