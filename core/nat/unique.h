/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The choice of a tuple: the address and port that a connection gets.
 */
#ifndef NFR_NAT_UNIQUE_H
#define NFR_NAT_UNIQUE_H

#include "nat/nat.h"

/*
 * get_unique_tuple(): orig is the connection's direction as it stands after earlier bindings
 * (the inverse of its reply tuple). Writes the tuple that this binding makes of it: within range
 * where that can be had, in use by another connection where nothing free was found. That is no
 * error here: conntrack refuses such a connection when it is to be confirmed.
 */
void nfr_nat_unique_tuple(struct nfr_natnet *nat, uint32_t ct_idx, const struct nfr_tuple *orig,
			  const struct nfr_nat_range *range, enum nfr_nat_manip manip,
			  struct nfr_tuple *tuple);

/* The address of a range that a source and destination are given (find_best_ips_proto). */
void nfr_nat_pick_addr(struct nfr_tuple *tuple, const struct nfr_nat_range *range, uint16_t zone_id,
		       enum nfr_nat_manip manip);

#endif
