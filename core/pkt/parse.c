/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens to a packet before the first hook sees it.
 *
 * IPv4 (ip_rcv): version, header length and header checksum must be right and the total length
 * must lie within the frame; what follows it is padding and cut off. Addresses are not looked at
 * (routing does), nor are options (they are checked behind PRE_ROUTING, see options.c).
 *
 * IPv6 (ipv6_rcv): version and length likewise; but source and destination are looked at here,
 * and a hop-by-hop header is processed, since every router on the way must (hopopts.c). The other
 * extension headers are only walked to find the transport header; no router acts on them.
 *
 * All of it is on the path of every packet, so the usual header (five words, no extension) takes
 * a handful of loads.
 */
#include "pkt/parse.h"

#include "pkt/hopopts.h"

/* No link carries more, jumbograms are not for this stack: an IPv6 header and 65535 bytes. */
#define MAX_LEN 65575u

static bool ip6_is_loopback(const uint8_t *addr)
{
	return nfr_get32(addr) == 0 && nfr_get32(addr + 4) == 0 && nfr_get32(addr + 8) == 0 &&
	       nfr_get32(addr + 12) == 1;
}

/* Source addresses may not be multicast (RFC 4291, 2.7), destinations not of a scope that ends
 * within the node or is reserved, and neither ::1 on a link. */
static enum nfr_reason validate6_addrs(const struct nfr_pkt *pkt)
{
	const uint8_t *src = pkt->data + 8, *dst = pkt->data + 24;
	bool looped = pkt->pkt_type == NFR_PACKET_LOOPBACK;

	if (!looped && ip6_is_loopback(src))
		return NFR_REASON_IP6_SOURCE;
	if (!looped && ip6_is_loopback(dst))
		return NFR_REASON_IP6_DESTINATION;
	if (dst[0] == 0xff) {
		uint8_t scope = dst[1] & 0x0f;

		if (scope == 0 || (scope == 1 && !looped))
			return NFR_REASON_IP6_DESTINATION;
	}
	return src[0] == 0xff ? NFR_REASON_IP6_SOURCE : NFR_REASON_NONE;
}

/* Addresses come before the length, as in Linux; no rule sees any of these packets. */
static enum nfr_reason validate6(struct nfr_pkt *pkt)
{
	const uint8_t *ip = pkt->data;
	enum nfr_reason reason;
	uint32_t payload_len;

	if (pkt->len < NFR_IP6_HLEN)
		return NFR_REASON_IP_TRUNCATED;
	if (ip[0] >> 4 != 6)
		return NFR_REASON_IP_VERSION;
	reason = validate6_addrs(pkt);
	if (reason != NFR_REASON_NONE)
		return reason;
	payload_len = nfr_get16(ip + 4);
	/* a length of zero before hop-by-hop options may mean a jumbogram: not cut */
	if (payload_len || ip[6] != NFR_IPPROTO_HOPOPTS) {
		if (pkt->len - NFR_IP6_HLEN < payload_len)
			return NFR_REASON_IP_LENGTH;
		pkt->len = NFR_IP6_HLEN + payload_len;
	} else if (pkt->len > MAX_LEN) {
		return NFR_REASON_IP_LENGTH;
	}
	if (ip[6] == NFR_IPPROTO_HOPOPTS) {
		reason = nfr_hopopts_parse(pkt, NULL);
		if (reason != NFR_REASON_NONE)
			return reason;
	}
	nfr_pkt_parse_l4(pkt);
	return NFR_REASON_NONE;
}

/* An embedder that does not know the family leaves it to the version field. */
enum nfr_reason nfr_ip_validate(struct nfr_pkt *pkt)
{
	if (pkt->family == 0 && pkt->len)
		pkt->family = pkt->data[0] >> 4 == 6 ? NFR_IPV6 : NFR_IPV4;
	return pkt->family == NFR_IPV6 ? validate6(pkt) : nfr_ip4_validate(pkt);
}

/* Walks the options a second time: few packets need it, and those that pass pay nothing. */
bool nfr_ip6_param_problem(const struct nfr_pkt *pkt, uint8_t *code, uint32_t *pointer)
{
	struct nfr_param_problem problem = {0};

	if (pkt->family != NFR_IPV6 || pkt->len < NFR_IP6_HLEN ||
	    pkt->data[6] != NFR_IPPROTO_HOPOPTS)
		return false;
	nfr_hopopts_parse(pkt, &problem);
	*code = problem.code;
	*pointer = problem.pointer;
	return problem.pointer != 0;
}

int nfr_ipv6_skip_exthdr(const struct nfr_pkt *pkt, uint32_t off, uint8_t *nexthdr,
			 uint16_t *frag_off)
{
	*frag_off = 0;
	while (nfr_ipv6_is_exthdr(*nexthdr)) {
		const uint8_t *hdr = nfr_pkt_at(pkt, off, 2);

		if (*nexthdr == NFR_IPPROTO_NONE || !hdr)
			return -1;
		if (*nexthdr == NFR_IPPROTO_FRAGMENT) {
			if (!nfr_pkt_at(pkt, off, 4))
				return -1;
			*frag_off = nfr_get16(hdr + 2);
			if (*frag_off & 0xfff8)
				break;
		}
		off += nfr_ipv6_exthdr_len(*nexthdr, hdr[1]);
		*nexthdr = hdr[0];
	}
	return (int)off;
}

/* With extension headers. What lies behind the end, or is a fragment's middle, has no header. */
static void find_l4_6(struct nfr_pkt *pkt)
{
	uint8_t nexthdr = pkt->data[6];
	uint16_t frag_off;
	int off = nfr_ipv6_skip_exthdr(pkt, NFR_IP6_HLEN, &nexthdr, &frag_off);

	pkt->frag_off = frag_off & 0xfff8;
	if (pkt->frag_off && off >= 0)
		nexthdr = pkt->data[off];
	pkt->protonum = nexthdr;
	if (off < 0 || (uint32_t)off > pkt->len || pkt->frag_off)
		pkt->l4_off = (uint16_t)(pkt->len > UINT16_MAX ? UINT16_MAX : pkt->len);
	else
		pkt->l4_off = (uint16_t)off;
}

void nfr_pkt_parse_l4(struct nfr_pkt *pkt)
{
	if (pkt->family == NFR_IPV4) {
		nfr_ip4_find_l4(pkt);
	} else if (nfr_ipv6_is_exthdr(pkt->data[6])) {
		find_l4_6(pkt);
	} else {
		pkt->protonum = pkt->data[6];
		pkt->frag_off = 0;
		pkt->l4_off = NFR_IP6_HLEN;
	}
}

static void load_addr(const struct nfr_pkt *pkt, unsigned off4, unsigned off6, union nfr_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	if (pkt->family == NFR_IPV4)
		memcpy(addr->b, pkt->data + off4, 4);
	else
		memcpy(addr->b, pkt->data + off6, 16);
}

void nfr_pkt_saddr(const struct nfr_pkt *pkt, union nfr_addr *addr)
{
	load_addr(pkt, 12, 8, addr);
}

void nfr_pkt_daddr(const struct nfr_pkt *pkt, union nfr_addr *addr)
{
	load_addr(pkt, 16, 24, addr);
}

void nfr_ip_send_check(struct nfr_pkt *pkt)
{
	if (pkt->family != NFR_IPV4)
		return;
	nfr_put16(pkt->data + 10, 0);
	nfr_put16(pkt->data + 10, (uint16_t)~nfr_csum_words(pkt->data, nfr_ip4_hlen(pkt->data)));
}

void nfr_ip_set_len(struct nfr_pkt *pkt)
{
	if (pkt->family == NFR_IPV4) {
		nfr_put16(pkt->data + 2, (uint16_t)pkt->len);
		nfr_ip_send_check(pkt);
	} else {
		nfr_put16(pkt->data + 4, (uint16_t)(pkt->len - NFR_IP6_HLEN));
	}
}

/* The sum of the transport part, with the pseudo header, is all ones. */
static bool csum_ok(const struct nfr_pkt *pkt, uint32_t covered, bool pseudo)
{
	uint32_t len = pkt->len - pkt->l4_off;
	uint64_t sum = 0;

	if (pseudo)
		sum = nfr_csum_run_pseudo(pkt->family, pkt->data, pkt->protonum, len);
	sum = nfr_csum_run(sum, pkt->data + pkt->l4_off, covered);
	return nfr_csum_run_right(sum);
}

/* UDP-Lite sums the bytes that its length field says, all for 0 (RFC 3828). */
static bool udplite_ok(const struct nfr_pkt *pkt, const uint8_t *l4, uint32_t len)
{
	uint32_t covered = len >= 8 ? nfr_get16(l4 + 4) : 0;

	if (len < 8 || covered > len || (covered && covered < 8))
		return true;
	return csum_ok(pkt, covered ? covered : len, true);
}

/* DCCP sums its header and CsCov - 1 words of data, all for 0 (RFC 4340, 9.2). */
static bool dccp_ok(const struct nfr_pkt *pkt, const uint8_t *l4, uint32_t len)
{
	uint32_t covered = len >= 12 ? l4[4] * 4u : 0;
	uint32_t cscov = len >= 12 ? l4[5] & 0x0f : 0;

	if (cscov)
		covered += (cscov - 1) * 4;
	if (len < 12 || covered > len)
		return true;
	return csum_ok(pkt, cscov ? covered : len, true);
}

/* The length that counts is the IP packet's, not that of UDP's own field: Linux does not cut. */
bool nfr_l4_csum_ok(const struct nfr_pkt *pkt)
{
	uint32_t len = pkt->len - pkt->l4_off;
	const uint8_t *l4 = pkt->data + pkt->l4_off;

	if (pkt->l4_off > pkt->len)
		return true;
	switch (pkt->protonum) {
	case NFR_IPPROTO_TCP:
		if (len >= 20 && pkt->family == NFR_IPV4)
			return nfr_tcp4_csum_ok(pkt, pkt->l4_off);
		return len < 20 || csum_ok(pkt, len, true);
	case NFR_IPPROTO_UDP:
		return len < 8 || nfr_get16(l4 + 6) == 0 || csum_ok(pkt, len, true);
	case NFR_IPPROTO_ICMP:
		return len < 4 || csum_ok(pkt, len, false);
	case NFR_IPPROTO_ICMPV6:
		return len < 4 || csum_ok(pkt, len, true);
	case NFR_IPPROTO_UDPLITE:
		return udplite_ok(pkt, l4, len);
	case NFR_IPPROTO_DCCP:
		return dccp_ok(pkt, l4, len);
	default:
		return true;
	}
}
