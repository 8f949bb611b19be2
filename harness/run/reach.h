/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Through which interface a packet's source is reached, going by the addresses and routes in
 * `net`: the interface that a cooked capture does not tell.
 */
#ifndef NFR_HARNESS_RUN_REACH_H
#define NFR_HARNESS_RUN_REACH_H

#include "run/case.h"

#define NFR_REACH_MAX 256

struct nfr_reach {
	struct nfr_reach_row {
		uint8_t addr[16];
		uint8_t addr_len; /* 4 or 16 */
		uint8_t prefix_len;
		uint16_t iface;
	} row[NFR_REACH_MAX];
	unsigned n;
};

/* Lines that it does not understand are passed over. */
void nfr_reach_read(struct nfr_reach *reach, const struct nfr_case *c);

/* The interface's index, or 0: not known. */
uint16_t nfr_reach_source(const struct nfr_reach *reach, const uint8_t *ip, uint32_t len);

#endif
