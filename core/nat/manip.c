/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rewriting of packets, as nf_nat_proto.c: one side's address and port, with checksums corrected
 * by the difference (RFC 1624), never computed anew: one that was wrong stays wrong by as much.
 *
 * The same code serves a packet and the head of one that an ICMP error quotes, of which only
 * eight bytes of transport header need be there: a checksum beyond them is left alone.
 *
 * One pass: the difference that the addresses make is summed up first, since the IP header's
 * checksum and the transport's both want it (its pseudo header has the addresses); the port's is
 * added on the way. Sums of one's complement may be folded once at the end: they only become
 * zero when every part is, so the result is that of Linux's single steps, bit for bit.
 */
#include "nat/manip.h"
#include "pkt/fragment.h"
#include "pkt/parse.h"

#define TCP_HLEN 20u
#define SCTP_HLEN 12u

/* A transport header and how to correct checksums that cover addresses. */
struct l4 {
	uint8_t *p;
	uint32_t len;   /* bytes up to the packet's end */
	uint64_t delta; /* sum of what the addresses changed by */
	enum nfr_nat_manip manip;
};

/* Writes a 16-bit field; the difference that a checksum over it needs. */
static inline uint32_t replace16(uint8_t *field, nfr_be16 value)
{
	uint16_t from, to;

	memcpy(&from, field, sizeof(from));
	memcpy(&to, value.b, sizeof(to));
	memcpy(field, value.b, sizeof(value.b));
	return (uint16_t)~from + (uint32_t)to;
}

/* Source and destination port are the first four bytes of all that have ports. */
static inline uint32_t replace_port(const struct l4 *l4, nfr_be16 port)
{
	return replace16(l4->p + (l4->manip == NFR_NAT_MANIP_SRC ? 0 : 2), port);
}

/* Of a quote, only the ports, the sequence number, and no checksum may be there. */
static inline void manip_tcp(const struct l4 *l4, nfr_be16 port)
{
	uint64_t delta = l4->delta + replace_port(l4, port);

	if (l4->len >= TCP_HLEN)
		nfr_nat_correct(l4->p + 16, delta);
}

/* A zero checksum of UDP means none, and stays; one that becomes zero is sent as its twin. */
static inline void manip_udp(const struct l4 *l4, nfr_be16 port)
{
	uint64_t delta = l4->delta + replace_port(l4, port);

	if (nfr_get16(l4->p + 6) == 0)
		return;
	nfr_nat_correct(l4->p + 6, delta);
	if (nfr_get16(l4->p + 6) == 0)
		nfr_put16(l4->p + 6, 0xffff);
}

/* UDP-Lite has no "no checksum" (RFC 3828 3.1): a zero there is wrong, and corrected like any
 * other wrong value. */
static void manip_udplite(const struct l4 *l4, nfr_be16 port)
{
	nfr_nat_correct(l4->p + 6, l4->delta + replace_port(l4, port));
	if (nfr_get16(l4->p + 6) == 0)
		nfr_put16(l4->p + 6, 0xffff);
}

/* SCTP's checksum covers no addresses and is no sum: it is the one that is computed anew, also
 * over a quote that is cut short, as in Linux. */
static void manip_sctp(const struct l4 *l4, nfr_be16 port)
{
	uint32_t crc;

	replace_port(l4, port);
	if (l4->len < SCTP_HLEN)
		return;
	memset(l4->p + 8, 0, 4);
	crc = ~nfr_crc32c(UINT32_MAX, l4->p, l4->len);
	for (unsigned i = 0; i < 4; i++)
		l4->p[8 + i] = (uint8_t)(crc >> 8 * i);
}

/* Identifiers belong to queries and their answers: echo, timestamp, information, address mask. */
static void manip_icmp(const struct l4 *l4, nfr_be16 id)
{
	uint8_t type = l4->p[0];

	if (type == 0 || type == 8 || (type >= 13 && type <= 18))
		nfr_nat_correct(l4->p + 2, replace16(l4->p + 4, id));
}

/* ICMPv6 has a pseudo header: the addresses count for every type, errors included. */
static void manip_icmpv6(const struct l4 *l4, nfr_be16 id)
{
	uint64_t delta = l4->delta;

	if (l4->p[0] == 128 || l4->p[0] == 129)
		delta += replace16(l4->p + 4, id);
	nfr_nat_correct(l4->p + 2, delta);
}

/* Only the destination's key travels in a packet, as the call id of PPTP's version 1. */
static bool manip_gre(const struct l4 *l4, nfr_be16 key)
{
	unsigned version = l4->p[1] & 7;

	if (l4->manip == NFR_NAT_MANIP_SRC)
		return true;
	if (version == 1)
		memcpy(l4->p + 6, key.b, sizeof(key.b));
	return version <= 1;
}

/* By the connection's protocol, which for an ICMP error is not that of the packet around it. */
static NFR_APART bool manip_other(const struct l4 *l4, const struct nfr_nat_side *side)
{
	switch (side->protonum) {
	case NFR_IPPROTO_UDPLITE:
		manip_udplite(l4, side->l4);
		return true;
	case NFR_IPPROTO_SCTP:
		manip_sctp(l4, side->l4);
		return true;
	case NFR_IPPROTO_ICMP:
		manip_icmp(l4, side->l4);
		return true;
	case NFR_IPPROTO_ICMPV6:
		manip_icmpv6(l4, side->l4);
		return true;
	default:
		return manip_gre(l4, side->l4);
	}
}

/* The header that is written to, as far as it is there. */
static void pull(struct nfr_pkt *pkt, uint32_t off, uint8_t protonum)
{
	uint32_t len = pkt->len - off, n = 8;

	switch (protonum) {
	case NFR_IPPROTO_TCP:
		n = len >= TCP_HLEN ? TCP_HLEN : 8;
		break;
	case NFR_IPPROTO_SCTP:
		n = len >= SCTP_HLEN ? SCTP_HLEN : 8;
		break;
	case NFR_IPPROTO_UDP:
	case NFR_IPPROTO_UDPLITE:
	case NFR_IPPROTO_ICMP:
	case NFR_IPPROTO_ICMPV6:
	case NFR_IPPROTO_GRE:
		break;
	default:
		return;
	}
	nfr_pkt_pull(pkt, off + n);
}

/* Protocols whose header is touched need the eight bytes that conntrack and RFC 792 promise. */
static inline bool manip_l4_at(struct nfr_pkt *pkt, uint32_t off, uint64_t delta,
			       const struct nfr_nat_side *side, enum nfr_nat_manip manip)
{
	struct l4 l4 = {nfr_pkt_at(pkt, off, 8), pkt->len - off, delta, manip};

	if (pkt->flags & NFR_PKT_FRAG_LIST)
		pull(pkt, off, side->protonum);
	switch (side->protonum) {
	case NFR_IPPROTO_TCP:
		if (l4.p)
			manip_tcp(&l4, side->l4);
		return l4.p != NULL;
	case NFR_IPPROTO_UDP:
		if (l4.p)
			manip_udp(&l4, side->l4);
		return l4.p != NULL;
	case NFR_IPPROTO_UDPLITE:
	case NFR_IPPROTO_SCTP:
	case NFR_IPPROTO_ICMP:
	case NFR_IPPROTO_ICMPV6:
	case NFR_IPPROTO_GRE:
		return l4.p && manip_other(&l4, side);
	default:
		return true;
	}
}

/* At most 8 times 2^32: far from the end of 64 bits. */
static inline uint64_t addr_delta(const uint8_t *from, const uint8_t *to, unsigned len)
{
	uint64_t delta = 0;
	uint32_t f, t;

	for (unsigned i = 0; i < len; i += 4) {
		memcpy(&f, from + i, sizeof(f));
		memcpy(&t, to + i, sizeof(t));
		delta += (uint64_t)(uint32_t)~f + t;
	}
	return delta;
}

/* The transport header goes first: where it cannot be rewritten, nothing has been. */
static inline bool manip_ip4(struct nfr_pkt *pkt, uint8_t *ip, uint32_t l4_off,
		      const struct nfr_nat_side *side, enum nfr_nat_manip manip)
{
	uint8_t *addr = ip + (manip == NFR_NAT_MANIP_SRC ? 12 : 16);
	uint64_t delta = addr_delta(addr, side->addr, 4);

	if (!manip_l4_at(pkt, l4_off, delta, side, manip))
		return false;
	nfr_nat_correct(ip + 10, delta);
	memcpy(addr, side->addr, 4);
	return true;
}

/* A later fragment has no transport header; l4_off is 0 then. There is no header checksum. */
static bool manip_ip6(struct nfr_pkt *pkt, uint8_t *ip, uint32_t l4_off,
		      const struct nfr_nat_side *side, enum nfr_nat_manip manip)
{
	uint8_t *addr = ip + (manip == NFR_NAT_MANIP_SRC ? 8 : 24);
	uint64_t delta = addr_delta(addr, side->addr, 16);

	if (l4_off && !manip_l4_at(pkt, l4_off, delta, side, manip))
		return false;
	memcpy(addr, side->addr, 16);
	return true;
}

void nfr_nat_side_of(const struct nfr_ctnet *net, const struct nfr_ct *ct, unsigned dir,
		     enum nfr_nat_manip manip, struct nfr_nat_side *side)
{
	const struct nfr_ct_key *other = &ct->key[!dir];
	bool from_src = manip == NFR_NAT_MANIP_DST;
	/* the identifier stands in the source's place of both tuples */
	bool icmp = other->protonum == NFR_IPPROTO_ICMP || other->protonum == NFR_IPPROTO_ICMPV6;

	side->protonum = other->protonum;
	side->l4 = from_src || icmp ? other->src_l4 : other->dst_l4;
	if (other->l3num == NFR_IPV4) {
		side->addr = from_src ? other->src.b : other->dst.b;
	} else {
		const struct nfr_ct_addr6 *addr6 = nfr_pool_at(&net->addr6, ct->addr6);

		side->addr = addr6->dir[!dir][from_src ? 0 : 1].b;
	}
}

/* The hash that the burst's first stage has left is of the old addresses. */
bool nfr_nat_manip_pkt(struct nfr_pkt *pkt, const struct nfr_nat_side *side,
		       enum nfr_nat_manip manip)
{
	pkt->flags &= (uint16_t)~NFR_PKT_HASHED;
	if (pkt->family == NFR_IPV4)
		return manip_ip4(pkt, pkt->data, pkt->l4_off, side, manip);
	return manip_ip6(pkt, pkt->data, pkt->frag_off ? 0 : pkt->l4_off, side, manip);
}

/* A quote whose chain of extension headers is cut off has its addresses changed all the same. */
bool nfr_nat_manip_quoted(struct nfr_pkt *pkt, uint32_t ip_off, const struct nfr_nat_side *side,
			  enum nfr_nat_manip manip)
{
	uint8_t *ip = nfr_pkt_at(pkt, ip_off, pkt->family == NFR_IPV4 ? 20 : 40);
	uint8_t nexthdr;
	uint16_t frag_off;
	int off;

	if (!ip)
		return false;
	if (pkt->family == NFR_IPV4)
		return manip_ip4(pkt, ip, ip_off + (ip[0] & 15u) * 4, side, manip);
	nexthdr = ip[6];
	off = nfr_ipv6_skip_exthdr(pkt, ip_off + 40, &nexthdr, &frag_off);
	return manip_ip6(pkt, ip, off < 0 || frag_off & 0xfff8 ? 0 : (uint32_t)off, side, manip);
}
