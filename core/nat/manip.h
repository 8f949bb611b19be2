/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rewriting of packets.
 */
#ifndef NFR_NAT_MANIP_H
#define NFR_NAT_MANIP_H

#include "nat/nat.h"

/* What one side (source or destination) of a packet becomes. */
struct nfr_nat_side {
	const uint8_t *addr; /* 4 or 16 bytes */
	nfr_be16 l4;         /* port, ICMP identifier or GRE key */
	uint8_t protonum;
};

/* What packets of direction dir get on the side that manip names: the opposite direction's
 * tuple, turned round. */
void nfr_nat_side_of(const struct nfr_ctnet *net, const struct nfr_ct *ct, unsigned dir,
		     enum nfr_nat_manip manip, struct nfr_nat_side *side);

/* Rewrites one side of pkt, checksums included. False: its transport header is cut off. */
bool nfr_nat_manip_pkt(struct nfr_pkt *pkt, const struct nfr_nat_side *side,
		       enum nfr_nat_manip manip);

/* The same for the packet that an ICMP error quotes, whose IP header is at ip_off. */
bool nfr_nat_manip_quoted(struct nfr_pkt *pkt, uint32_t ip_off, const struct nfr_nat_side *side,
			  enum nfr_nat_manip manip);

/* Translates an ICMP or ICMPv6 error of a connection, outside and inside. False: drop it. */
bool nfr_nat_icmp_reply(struct nfr_natnet *nat, const struct nfr_ct *ct, struct nfr_pkt *pkt,
			enum nfr_nat_manip manip);

#endif
