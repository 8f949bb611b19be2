/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tuple says which flow a packet belongs to, in the direction that the packet goes.
 */
#ifndef NFREF_TUPLE_H
#define NFREF_TUPLE_H

#include "nfref/types.h"

enum nfr_ct_dir {
	NFR_CT_DIR_ORIGINAL,
	NFR_CT_DIR_REPLY,
	NFR_CT_DIR_MAX,
};

/*
 * src_l4 and dst_l4 are what the transport protocol adds to the addresses:
 *   TCP, UDP, UDP-Lite, SCTP, DCCP   source port, destination port
 *   ICMP, ICMPv6                     identifier; type in dst_l4.b[0] and code in dst_l4.b[1]
 *   GRE                              source key, destination key (PPTP call ids)
 *   anything else                    zero
 * Unused address bytes are zero, so that tuples are equal when their bytes are.
 */
struct nfr_tuple {
	union nfr_addr src;
	union nfr_addr dst;
	nfr_be16 src_l4;
	nfr_be16 dst_l4;
	uint8_t l3num;    /* enum nfr_family */
	uint8_t protonum; /* enum nfr_ipproto */
};

static inline bool nfr_tuple_eq(const struct nfr_tuple *a, const struct nfr_tuple *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

#endif
