/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rewriting of packets.
 */
#ifndef NFR_NAT_MANIP_H
#define NFR_NAT_MANIP_H

#include "base/csum.h"
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

/* RFC 1624, equation 3: HC' = ~(~HC + ~m + m'). All of it in the machine's own byte order, as
 * base/csum.h says of running sums. */
static inline void nfr_nat_correct(uint8_t *csum, uint64_t delta)
{
	uint16_t c;

	memcpy(&c, csum, sizeof(c));
	c = (uint16_t)~nfr_csum_fold((uint16_t)~c + delta);
	memcpy(csum, &c, sizeof(c));
}

/* A whole TCP header over IPv4, and not of a packet in pieces. The connection says that it is TCP. */
static inline bool nfr_nat_is_tcp4(const struct nfr_pkt *pkt, const struct nfr_ct *ct)
{
	return pkt->family == NFR_IPV4 && ct->key[0].protonum == NFR_IPPROTO_TCP &&
	       !(pkt->flags & NFR_PKT_FRAG_LIST) && pkt->l4_off + 20u <= pkt->len;
}

/*
 * What nfr_nat_manip_pkt() does to an IPv4 packet whose TCP header is there, as nfr_nat_side_of()
 * says: the translation that nearly all packets are about.
 */
static inline void nfr_nat_manip_tcp4(struct nfr_pkt *pkt, const struct nfr_ct *ct, unsigned dir,
				      enum nfr_nat_manip manip)
{
	const struct nfr_ct_key *other = &ct->key[!dir];
	bool src = manip == NFR_NAT_MANIP_SRC;
	const uint8_t *to_addr = src ? other->dst.b : other->src.b;
	const uint8_t *to_port = src ? other->dst_l4.b : other->src_l4.b;
	uint8_t *addr = pkt->data + (src ? 12 : 16), *th = pkt->data + pkt->l4_off;
	uint8_t *port = th + (src ? 0 : 2);
	uint32_t from4, to4;
	uint16_t from2, to2;
	uint64_t delta;

	memcpy(&from4, addr, 4);
	memcpy(&to4, to_addr, 4);
	memcpy(&from2, port, 2);
	memcpy(&to2, to_port, 2);
	delta = (uint64_t)(uint32_t)~from4 + to4;
	memcpy(addr, &to4, 4);
	memcpy(port, &to2, 2);
	nfr_nat_correct(pkt->data + 10, delta);
	nfr_nat_correct(th + 16, delta + (uint16_t)~from2 + to2);
	pkt->flags &= (uint16_t)~NFR_PKT_HASHED;
}

/* By what a sum differs when a word of it changes. */
static inline uint64_t nfr_nat_delta32(uint32_t from, uint32_t to)
{
	return (uint64_t)(uint32_t)~from + to;
}

/*
 * Both sides at once of an IPv4 packet of TCP or UDP, whose header is there, at pkt->l4_off: its
 * tuple becomes the opposite direction's, turned round. That is what nfr_nat_manip_pkt() makes of
 * it for each side that is translated, where all are on which the two tuples differ: a side that
 * stays adds a zero of one's complement. There is no branch on the direction, which nothing
 * foretells.
 */
NFR_INLINE void nfr_nat_turn4(struct nfr_pkt *pkt, const struct nfr_ct *ct, unsigned dir,
			      uint32_t l4_off)
{
	const struct nfr_ct_key *other = &ct->key[!dir];
	uint8_t *ip = pkt->data, *l4 = ip + l4_off;
	bool tcp = pkt->protonum == NFR_IPPROTO_TCP;
	uint8_t *csum = l4 + (tcp ? 16 : 6);
	uint32_t src, dst, to_src, to_dst, ports, to_ports;
	uint64_t delta;

	memcpy(&src, ip + 12, 4);
	memcpy(&dst, ip + 16, 4);
	memcpy(&ports, l4, 4);
	memcpy(&to_src, other->dst.b, 4);
	memcpy(&to_dst, other->src.b, 4);
	memcpy(&to_ports, (const uint8_t *)other + offsetof(struct nfr_ct_key, src_l4), 4);
	to_ports = to_ports << 16 | to_ports >> 16;
	delta = nfr_nat_delta32(src, to_src) + nfr_nat_delta32(dst, to_dst);
	memcpy(ip + 12, &to_src, 4);
	memcpy(ip + 16, &to_dst, 4);
	memcpy(l4, &to_ports, 4);
	nfr_nat_correct(ip + 10, delta);
	pkt->flags &= (uint16_t)~NFR_PKT_HASHED;
	if (!tcp && nfr_get16(csum) == 0)
		return; /* UDP without a checksum */
	nfr_nat_correct(csum, delta + nfr_nat_delta32(ports, to_ports));
	if (!tcp && nfr_get16(csum) == 0)
		nfr_put16(csum, 0xffff);
}

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
