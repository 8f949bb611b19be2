/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Forwarding: ip_forward() and ip6_forward(). What may not go on ends here, mostly with an answer;
 * the order of the checks is the order in which a sender learns of its faults.
 */
#include "base/csum.h"
#include "pkt/icmp.h"
#include "pkt/options.h"
#include "stack/point.h"

enum {
	ICMP_FRAG_NEEDED = 4,
	ICMP_SR_FAILED = 5,
	ICMPV6_NOT_NEIGHBOUR = 2,
};

#define IP_DF 0x4000u
#define IPV6_MIN_MTU 1280u

/* ip_exceeds_mtu(): a reassembled packet may be cut again, into no more than came in. */
static bool exceeds_mtu4(const struct nfr_pkt *pkt, uint32_t mtu)
{
	if (pkt->len <= mtu || !(nfr_get16(pkt->data + 6) & IP_DF))
		return false;
	return pkt->frag_max > mtu || !(pkt->flags & NFR_PKT_DEFRAGMENTED);
}

static bool exceeds_mtu6(const struct nfr_pkt *pkt, uint32_t mtu)
{
	if (pkt->len <= mtu)
		return false;
	return pkt->frag_max > mtu || !(pkt->flags & NFR_PKT_DEFRAGMENTED);
}

static NFR_APART unsigned refuse(struct nfr_net *net, struct nfr_pkt *pkt, enum nfr_reason reason,
		       uint8_t type, uint8_t code, uint32_t info)
{
	nfr_icmp_send(net, pkt, type, code, info);
	return nfr_end(pkt, reason);
}

static unsigned forward_hook(struct nfr_net *net, struct nfr_pkt *pkt)
{
	unsigned verdict = nfr_hook_point(net, pkt, NFR_INET_FORWARD, pkt->iif, pkt->dst.oif);

	return verdict == NFR_ACCEPT ? nfr_forward_finish(net, pkt) : verdict;
}

unsigned nfr_ip_forward(struct nfr_net *net, struct nfr_pkt *pkt)
{
	if (pkt->pkt_type != NFR_PACKET_HOST)
		return nfr_end(pkt, NFR_REASON_LINK_BROADCAST_FORWARD);
	if (pkt->data[8] <= 1)
		return refuse(net, pkt, NFR_REASON_TTL_EXPIRED, NFR_ICMP_TIME_EXCEEDED, 0, 0);
	if (pkt->data[0] != 0x45 && nfr_ip_is_strictroute(pkt) && pkt->dst.flags & NFR_DST_GATEWAY)
		return refuse(net, pkt, NFR_REASON_SOURCE_ROUTE, NFR_ICMP_DEST_UNREACH,
			      ICMP_SR_FAILED, 0);
	pkt->flags |= NFR_PKT_FORWARDED;
	if (exceeds_mtu4(pkt, pkt->dst.mtu))
		return refuse(net, pkt, NFR_REASON_FRAG_NEEDED, NFR_ICMP_DEST_UNREACH,
			      ICMP_FRAG_NEEDED, pkt->dst.mtu);
	nfr_ip_decrease_ttl(pkt->data);
	if (pkt->dst.flags & NFR_DST_REDIRECT)
		nfr_send_redirect(net, pkt);
	return forward_hook(net, pkt);
}

static bool is_link_local(const uint8_t *a)
{
	return a[0] == 0xfe && (a[1] & 0xc0) == 0x80;
}

/* Sources that may not leave their link. */
static bool bad_source6(struct nfr_net *net, struct nfr_pkt *pkt)
{
	static const uint8_t loopback[16] = {[15] = 1};
	const uint8_t *saddr = pkt->data + 8;

	if (nfr_addr_any(NFR_IPV6, saddr) || saddr[0] == 0xff || memcmp(saddr, loopback, 16) == 0)
		return true;
	if (!is_link_local(saddr))
		return false;
	nfr_icmp_send(net, pkt, NFR_ICMPV6_DEST_UNREACH, ICMPV6_NOT_NEIGHBOUR, 0);
	return true;
}

/* A route's own mtu counts here when it is locked; otherwise it does on output, one hop on. */
static uint32_t forward_mtu6(struct nfr_net *net, const struct nfr_pkt *pkt)
{
	uint32_t mtu = pkt->dst.mtu;

	if (!(pkt->dst.flags & NFR_DST_MTU_LOCK) && pkt->dst.oif)
		mtu = (uint32_t)nfr_iface_at(net, pkt->dst.oif)->sysctl.mtu6;
	return mtu > IPV6_MIN_MTU ? mtu : IPV6_MIN_MTU;
}

unsigned nfr_ip6_forward(struct nfr_net *net, struct nfr_pkt *pkt)
{
	uint32_t mtu;

	if (!net->env.if_all.forwarding6 &&
	    !nfr_iface_at(net, pkt->iif)->sysctl.force_forwarding)
		return nfr_end(pkt, NFR_REASON_NOT_FORWARDING);
	if (pkt->pkt_type != NFR_PACKET_HOST)
		return nfr_end(pkt, NFR_REASON_LINK_BROADCAST_FORWARD);
	if (pkt->data[7] <= 1)
		return refuse(net, pkt, NFR_REASON_TTL_EXPIRED, NFR_ICMPV6_TIME_EXCEED, 0, 0);
	if (pkt->iif == pkt->dst.oif)
		nfr_send_redirect(net, pkt);
	else if (bad_source6(net, pkt))
		return nfr_end(pkt, NFR_REASON_IP6_SOURCE);
	if (exceeds_mtu6(pkt, IPV6_MIN_MTU) && exceeds_mtu6(pkt, mtu = forward_mtu6(net, pkt)))
		return refuse(net, pkt, NFR_REASON_FRAG_NEEDED, NFR_ICMPV6_PKT_TOOBIG, 0, mtu);
	pkt->flags |= NFR_PKT_FORWARDED;
	pkt->data[7]--;
	return forward_hook(net, pkt);
}

/* Behind FORWARD. */
unsigned nfr_forward_finish(struct nfr_net *net, struct nfr_pkt *pkt)
{
	if (pkt->family == NFR_IPV4 && pkt->data[0] != 0x45)
		nfr_ip_forward_options(net, pkt);
	return nfr_output(net, pkt);
}
