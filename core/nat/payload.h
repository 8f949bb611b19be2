/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What NAT does for helpers (Linux's nf_nat_helper.c): see struct nfr_helper_nat_ops.
 */
#ifndef NFR_NAT_PAYLOAD_H
#define NFR_NAT_PAYLOAD_H

#include "helper/helper.h"
#include "nat/nat.h"

extern const struct nfr_helper_nat_ops nfr_nat_payload_ops;

#endif
