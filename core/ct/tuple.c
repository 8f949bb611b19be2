/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tuples: which flow a packet belongs to, and what its answers look like.
 *
 * A tuple needs only the first bytes of a transport header: four for ports, as many as the whole
 * fixed header for ICMP. Whether the rest is sound is the tracker's question. Both come from the
 * packet itself and from packets that ICMP errors quote, which are cut off and may be fragments.
 */
#include "ct/l4.h"
#include "pkt/parse.h"

#define ICMP_HLEN 8u
#define GRE_VERSION_MASK 7u
#define GRE_PPTP_HLEN 8u
#define GRE_PROTO_PPP 0x880b
#define IP_OFFMASK 0x1fffu

static bool get_ports(const struct nfr_pkt *pkt, uint32_t off, struct nfr_tuple *tuple)
{
	const uint8_t *p = nfr_pkt_at(pkt, off, 4);

	if (!p)
		return false;
	tuple->src_l4 = nfr_be16_at(p);
	tuple->dst_l4 = nfr_be16_at(p + 2);
	return true;
}

static bool get_icmp(const struct nfr_pkt *pkt, uint32_t off, struct nfr_tuple *tuple)
{
	const uint8_t *p = nfr_pkt_at(pkt, off, ICMP_HLEN);

	if (!p)
		return false;
	tuple->src_l4 = nfr_be16_at(p + 4);
	tuple->dst_l4 = nfr_be16_at(p);
	return true;
}

/*
 * Enhanced GRE (RFC 2637, version 1) carries a call id, which is the destination key; the source
 * key would be known from the PPTP control connection. Everything else of GRE has no keys, not
 * even the key of RFC 2890.
 */
static bool get_gre(const struct nfr_pkt *pkt, uint32_t off, struct nfr_tuple *tuple)
{
	const uint8_t *p = nfr_pkt_at(pkt, off, 4);

	if (!p || (p[1] & GRE_VERSION_MASK) != 1)
		return true;
	if (!nfr_pkt_at(pkt, off, GRE_PPTP_HLEN))
		return true;
	if (nfr_get16(p + 2) != GRE_PROTO_PPP)
		return false;
	tuple->dst_l4 = nfr_be16_at(p + 6);
	return true;
}

static bool get_l4(const struct nfr_pkt *pkt, uint32_t off, struct nfr_tuple *tuple)
{
	switch (tuple->protonum) {
	case NFR_IPPROTO_TCP:
	case NFR_IPPROTO_UDP:
	case NFR_IPPROTO_UDPLITE:
	case NFR_IPPROTO_SCTP:
		return get_ports(pkt, off, tuple);
	case NFR_IPPROTO_ICMP:
	case NFR_IPPROTO_ICMPV6:
		return get_icmp(pkt, off, tuple);
	case NFR_IPPROTO_GRE:
		return get_gre(pkt, off, tuple);
	default:
		return true;
	}
}

static bool get_tuple(const struct nfr_pkt *pkt, const uint8_t *ip, uint8_t family, uint32_t l4_off,
		      uint8_t protonum, struct nfr_tuple *tuple)
{
	memset(tuple, 0, sizeof(*tuple));
	tuple->l3num = family;
	tuple->protonum = protonum;
	if (family == NFR_IPV4) {
		tuple->src.ip4 = nfr_be32_at(ip + 12);
		tuple->dst.ip4 = nfr_be32_at(ip + 16);
	} else {
		memcpy(tuple->src.b, ip + 8, 16);
		memcpy(tuple->dst.b, ip + 24, 16);
	}
	return get_l4(pkt, l4_off, tuple);
}

bool nfr_ct_get_tuple(const struct nfr_pkt *pkt, uint32_t l4_off, uint8_t protonum,
		      struct nfr_tuple *tuple)
{
	return get_tuple(pkt, pkt->data, pkt->family, l4_off, protonum, tuple);
}

static bool get_tuple4_quoted(const struct nfr_pkt *pkt, uint32_t off, struct nfr_tuple *tuple)
{
	const uint8_t *ip = nfr_pkt_at(pkt, off, 20);
	uint32_t hlen;

	if (!ip || (nfr_get16(ip + 6) & IP_OFFMASK) != 0)
		return false;
	hlen = (ip[0] & 15u) * 4;
	if (hlen > pkt->len - off)
		return false;
	return get_tuple(pkt, ip, NFR_IPV4, off + hlen, ip[9], tuple);
}

static bool get_tuple6_quoted(const struct nfr_pkt *pkt, uint32_t off, struct nfr_tuple *tuple)
{
	const uint8_t *ip = nfr_pkt_at(pkt, off, 40);
	uint16_t frag_off = 0;
	uint8_t nexthdr;
	int l4_off;

	if (!ip)
		return false;
	nexthdr = ip[6];
	l4_off = nfr_ipv6_skip_exthdr(pkt, off + 40, &nexthdr, &frag_off);
	if (l4_off < 0 || (frag_off & 0xfff8) != 0)
		return false;
	return get_tuple(pkt, ip, NFR_IPV6, (uint32_t)l4_off, nexthdr, tuple);
}

bool nfr_ct_get_tuple_quoted(const struct nfr_pkt *pkt, uint32_t ip_off, struct nfr_tuple *tuple)
{
	return pkt->family == NFR_IPV4 ? get_tuple4_quoted(pkt, ip_off, tuple)
				       : get_tuple6_quoted(pkt, ip_off, tuple);
}

/* Answers to a query carry its identifier and code, and the type that belongs to its type. */
bool nfr_ct_invert_icmp(uint8_t protonum, nfr_be16 type_code, nfr_be16 *inverse)
{
	bool known = false;

	inverse->b[0] = protonum == NFR_IPPROTO_ICMP
				? nfr_icmp_invert_type(type_code.b[0], &known)
				: nfr_icmpv6_invert_type(type_code.b[0], &known);
	inverse->b[1] = type_code.b[1];
	return known;
}
