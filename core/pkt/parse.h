/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Validation of received IP packets and finding of their transport header.
 */
#ifndef NFR_PKT_PARSE_H
#define NFR_PKT_PARSE_H

#include "base/bytes.h"
#include "nfref/nfref.h"
#include "nfref/tuple.h"

/*
 * What ip_rcv() and ipv6_rcv() do: pkt->data, len and room are set; checks the header, cuts off
 * padding, and fills family, protonum, l4_off, frag_off. NFR_REASON_NONE or why Linux drops it.
 */
enum nfr_reason nfr_ip_validate(struct nfr_pkt *pkt);

/* Finds the transport header anew after the headers changed. */
void nfr_pkt_parse_l4(struct nfr_pkt *pkt);

/*
 * Walks IPv6 extension headers from the one of type `nexthdr` at offset off. Returns the offset
 * of the first header that is no extension header, its type in *nexthdr and, in *frag_off, the
 * fragment header's offset-and-flags field (0 without one); -1 when the packet is too short.
 * Behind the first fragment's header nothing is looked at when the fragment offset is not zero.
 */
int nfr_ipv6_skip_exthdr(const struct nfr_pkt *pkt, uint32_t off, uint8_t *nexthdr,
			 uint16_t *frag_off);

static inline bool nfr_ip4_is_fragment(const struct nfr_pkt *pkt)
{
	return (nfr_get16(pkt->data + 6) & 0x3fff) != 0;
}

void nfr_pkt_saddr(const struct nfr_pkt *pkt, union nfr_addr *addr);
void nfr_pkt_daddr(const struct nfr_pkt *pkt, union nfr_addr *addr);

/* Recomputes an IPv4 header's checksum; nothing for IPv6. */
void nfr_ip_send_check(struct nfr_pkt *pkt);

/* True when the checksum that the transport protocol (TCP, UDP, UDP-Lite, ICMP, ICMPv6, DCCP…)
 * at pkt->l4_off carries is right, absent by right, or not one that Linux checks. */
bool nfr_l4_csum_ok(const struct nfr_pkt *pkt);

#endif
