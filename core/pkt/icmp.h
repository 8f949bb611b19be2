/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Building the packets that the router itself says: ICMP errors and TCP resets. Routing, rate
 * limits and sending are the stack's.
 */
#ifndef NFR_PKT_ICMP_H
#define NFR_PKT_ICMP_H

#include "base/env.h"

enum nfr_icmp_type {
	NFR_ICMP_ECHOREPLY = 0,
	NFR_ICMP_DEST_UNREACH = 3,
	NFR_ICMP_SOURCE_QUENCH = 4,
	NFR_ICMP_REDIRECT = 5,
	NFR_ICMP_ECHO = 8,
	NFR_ICMP_TIME_EXCEEDED = 11,
	NFR_ICMP_PARAMETERPROB = 12,
};

enum nfr_icmpv6_type {
	NFR_ICMPV6_DEST_UNREACH = 1,
	NFR_ICMPV6_PKT_TOOBIG = 2,
	NFR_ICMPV6_TIME_EXCEED = 3,
	NFR_ICMPV6_PARAMPROB = 4,
};

/* Whether Linux answers pkt with an ICMP error at all (RFC 1122 3.2.2, RFC 4443 2.4e); what only
 * routing knows (broadcast addresses of the own networks) is looked up in pkt->dst. */
bool nfr_icmp_may_answer(const struct nfr_pkt *pkt, uint8_t type);

/* Writes the error about pkt into a fresh buffer: IP header with src and pkt's source as its
 * destination, ICMP header with info (MTU, pointer), as much of pkt as Linux quotes: in IPv4 what
 * the MTU of dst, the route that it takes, has room for. False: no buffer. The hop limit is the
 * default one: routing knows the interface's. */
bool nfr_icmp_build(struct nfr_env *env, const struct nfr_pkt *about, uint8_t type, uint8_t code,
		    uint32_t info, const union nfr_addr *src, const struct nfr_dst *dst,
		    struct nfr_pkt *out);

/* Writes the reset that answers the TCP segment in pkt; false when Linux sends none. */
bool nfr_tcp_reset_build(struct nfr_env *env, const struct nfr_pkt *about, struct nfr_pkt *out);

#endif
