/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Validation of received IP packets and finding of their transport header.
 */
#ifndef NFR_PKT_PARSE_H
#define NFR_PKT_PARSE_H

#include "base/csum.h"
#include "nfref/nfref.h"
#include "nfref/tuple.h"

#define NFR_IP4_HLEN 20u
#define NFR_IP6_HLEN 40u
#define NFR_FRAG6_HLEN 8u

#define NFR_IP4_DF 0x4000u
#define NFR_IP4_MF 0x2000u

/*
 * What ip_rcv() and ipv6_rcv() do: pkt->data, len and room are set, family too when the link
 * layer told it (otherwise 0), and pkt_type. Checks the header, cuts off padding, and fills
 * family, protonum, l4_off, frag_off. NFR_REASON_NONE or why Linux drops it.
 * IPv4 options are looked at only behind routing: nfr_ip_options_compile().
 */
enum nfr_reason nfr_ip_validate(struct nfr_pkt *pkt);

/*
 * After NFR_REASON_IP6_EXTHDR: whether Linux answers with an ICMPv6 parameter problem, of this
 * code and pointer.
 */
bool nfr_ip6_param_problem(const struct nfr_pkt *pkt, uint8_t *code, uint32_t *pointer);

/*
 * Finds the transport header anew after the headers changed. Of IPv6 fragments that are not the
 * first, protonum is what the fragment header names; a header that is cut off, or none (59),
 * leaves l4_off at the end of the packet.
 */
void nfr_pkt_parse_l4(struct nfr_pkt *pkt);

/*
 * Walks IPv6 extension headers from the one of type `nexthdr` at offset off. Returns the offset
 * of the first header that is no extension header, its type in *nexthdr and, in *frag_off, the
 * fragment header's offset-and-flags field (0 without one); -1 when the packet is too short or
 * there is no next header (59). A fragment that is not the first ends the walk at its fragment
 * header: *nexthdr is 44. (ipv6_skip_exthdr)
 */
int nfr_ipv6_skip_exthdr(const struct nfr_pkt *pkt, uint32_t off, uint8_t *nexthdr,
			 uint16_t *frag_off);

static inline bool nfr_ipv6_is_exthdr(uint8_t nexthdr)
{
	return nexthdr == NFR_IPPROTO_HOPOPTS || nexthdr == NFR_IPPROTO_ROUTING ||
	       nexthdr == NFR_IPPROTO_FRAGMENT || nexthdr == NFR_IPPROTO_AH ||
	       nexthdr == NFR_IPPROTO_NONE || nexthdr == NFR_IPPROTO_DSTOPTS;
}

/* Bytes of an extension header from its length field. */
static inline uint32_t nfr_ipv6_exthdr_len(uint8_t nexthdr, uint8_t field)
{
	if (nexthdr == NFR_IPPROTO_FRAGMENT)
		return NFR_FRAG6_HLEN;
	return nexthdr == NFR_IPPROTO_AH ? (field + 2u) << 2 : (field + 1u) << 3;
}

static inline uint32_t nfr_ip4_hlen(const uint8_t *ip)
{
	return (ip[0] & 0x0fu) << 2;
}

/* The fragment offset is kept in bytes: a fragment other than the first has no transport header,
 * though l4_off says where it would be. */
static inline void nfr_ip4_find_l4(struct nfr_pkt *pkt)
{
	const uint8_t *ip = pkt->data;

	pkt->protonum = ip[9];
	pkt->frag_off = (uint16_t)((nfr_get16(ip + 6) & 0x1fff) << 3);
	pkt->l4_off = (uint16_t)nfr_ip4_hlen(ip);
}

static inline bool nfr_ip4_csum_ok(const uint8_t *ip, uint32_t hlen)
{
	uint64_t sum = nfr_csum_run20(0, ip);

	if (hlen > NFR_IP4_HLEN)
		sum = nfr_csum_run(sum, ip + NFR_IP4_HLEN, hlen - NFR_IP4_HLEN);
	return nfr_csum_run_right(sum);
}

/* The order of the tests is Linux's: it decides which reason a packet with two faults gets. A
 * total length that ends within the frame cuts padding off; Ethernet pads to 46 bytes. */
static inline enum nfr_reason nfr_ip4_validate(struct nfr_pkt *pkt)
{
	const uint8_t *ip = pkt->data;
	uint32_t hlen, tot_len;

	if (pkt->len < NFR_IP4_HLEN)
		return NFR_REASON_IP_TRUNCATED;
	if (ip[0] >> 4 != 4)
		return NFR_REASON_IP_VERSION;
	hlen = nfr_ip4_hlen(ip);
	if (hlen < NFR_IP4_HLEN)
		return NFR_REASON_IP_HEADER_LENGTH;
	if (pkt->len < hlen)
		return NFR_REASON_IP_TRUNCATED;
	if (!nfr_ip4_csum_ok(ip, hlen))
		return NFR_REASON_IP_CHECKSUM;
	tot_len = nfr_get16(ip + 2);
	if (pkt->len < tot_len || tot_len < hlen)
		return NFR_REASON_IP_LENGTH;
	pkt->len = tot_len;
	nfr_ip4_find_l4(pkt);
	return NFR_REASON_NONE;
}

/* True for any fragment of IPv4, the first one too. */
static inline bool nfr_ip4_is_fragment(const struct nfr_pkt *pkt)
{
	return (nfr_get16(pkt->data + 6) & 0x3fff) != 0;
}

void nfr_pkt_saddr(const struct nfr_pkt *pkt, union nfr_addr *addr);
void nfr_pkt_daddr(const struct nfr_pkt *pkt, union nfr_addr *addr);

/* Writes an IPv4 header's checksum anew; nothing for IPv6. */
void nfr_ip_send_check(struct nfr_pkt *pkt);

/* Writes the length field after pkt->len changed, and IPv4's header checksum. */
void nfr_ip_set_len(struct nfr_pkt *pkt);

/* True when the checksum that the transport protocol (TCP, UDP, UDP-Lite, ICMP, ICMPv6, DCCP)
 * at pkt->l4_off carries is right, absent by right, or not one that is checked here. A header
 * too short to hold one passes: its tracker refuses it for that. */
bool nfr_l4_csum_ok(const struct nfr_pkt *pkt);

/* The same for TCP over IPv4, of whose header 20 bytes are known to be there, at pkt->l4_off. */
NFR_INLINE bool nfr_tcp4_csum_ok(const struct nfr_pkt *pkt, uint32_t l4_off)
{
	const uint8_t *th = pkt->data + l4_off;
	uint16_t len = (uint16_t)(pkt->len - l4_off);
	uint64_t sum = nfr_csum_run_pseudo(NFR_IPV4, pkt->data, NFR_IPPROTO_TCP, len);

	sum = nfr_csum_run20(sum, th);
	if (len > 20)
		sum = nfr_csum_run(sum, th + 20, len - 20u);
	return nfr_csum_run_right(sum);
}

#endif
