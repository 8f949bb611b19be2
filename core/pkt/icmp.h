/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Building the packets that the router itself says: ICMP errors and TCP resets. Routing and
 * sending them is the stack's.
 */
#ifndef NFR_PKT_ICMP_H
#define NFR_PKT_ICMP_H

#include "base/env.h"

/* Whether Linux answers pkt with an ICMP error at all (RFC 1122 3.2.2, RFC 4443 2.4e). */
bool nfr_icmp_may_answer(const struct nfr_pkt *pkt, uint8_t type);

/* Writes the error about pkt into a fresh buffer: IP header with src and pkt's source as its
 * destination, ICMP header with info (MTU, pointer), as much of pkt as Linux quotes. */
bool nfr_icmp_build(struct nfr_env *env, const struct nfr_pkt *about, uint8_t type, uint8_t code,
		    uint32_t info, const union nfr_addr *src, struct nfr_pkt *out);

/* Writes the reset that answers the TCP segment in pkt; false when Linux sends none. */
bool nfr_tcp_reset_build(struct nfr_env *env, const struct nfr_pkt *about, struct nfr_pkt *out);

#endif
