/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the targets SNAT, DNAT, MASQUERADE, REDIRECT and NETMAP share: parameters that are a
 * range of addresses and ports with flags.
 */
#ifndef NFR_XT_NAT_RANGE_H
#define NFR_XT_NAT_RANGE_H

#include "xt/xt.h"

struct nfr_xt_nat {
	struct nfr_xt_head head;
	struct nfr_nat_range range;
};

enum nfr_xt_nat_slots {
	NFR_XT_NAT_TO,
	NFR_XT_NAT_RANDOM,
	NFR_XT_NAT_RANDOM_FULLY,
	NFR_XT_NAT_PERSISTENT,
};

/* Check of all of them: ports need a protocol that has some; the flag options go into the range. */
enum nfr_status nfr_xt_nat_check(struct nfr_xt_check *check, void *data);

#endif
