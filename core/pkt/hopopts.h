/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The IPv6 hop-by-hop options header.
 */
#ifndef NFR_PKT_HOPOPTS_H
#define NFR_PKT_HOPOPTS_H

#include "pkt/parse.h"

/* What an ICMPv6 parameter problem would say; pointer 0: none is owed. */
struct nfr_param_problem {
	uint8_t code;
	uint32_t pointer;
};

/* Checks the header right behind the IPv6 header. Fills *problem, unless that is NULL, when the
 * packet is refused and Linux says why. */
enum nfr_reason nfr_hopopts_parse(const struct nfr_pkt *pkt, struct nfr_param_problem *problem);

#endif
