/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the local host sends: IP packets as a raw socket with IP_HDRINCL takes them
 * (raw_send_hdrinc()). Of IPv4 the kernel writes the total length and the checksum always, the
 * identification and the source where they are zero; a packet larger than the interface's MTU is
 * refused instead of cut. IPv6 packets are sent as they are. What does not say that it is IPv6 is
 * IPv4, whatever version it names: nobody looks on the way out.
 */
#include "stack/point.h"

unsigned nfr_local_out(struct nfr_net *net, struct nfr_pkt *pkt)
{
	unsigned verdict;

	pkt->oif = pkt->dst.oif;
	verdict = nfr_hook_point(net, pkt, NFR_INET_LOCAL_OUT, 0, pkt->dst.oif);
	return verdict == NFR_ACCEPT ? nfr_output(net, pkt) : verdict;
}

static enum nfr_reason fill_ipv4(struct nfr_net *net, struct nfr_pkt *pkt)
{
	uint8_t *h = pkt->data;
	union nfr_addr saddr = {.b = {0}};
	enum nfr_reason reason;

	if (pkt->len < 20 || (h[0] & 0xfu) * 4u < 20 || (h[0] & 0xfu) * 4u > pkt->len ||
	    pkt->len > 0xffff)
		return NFR_REASON_LOCAL_NO_PROTOCOL;
	memcpy(saddr.b, h + 12, 4);
	nfr_put16(h + 2, (uint16_t)pkt->len);
	reason = nfr_route_output4(net, pkt, 0, &saddr);
	if (reason)
		return reason;
	memcpy(h + 12, saddr.b, 4);
	if (nfr_get16(h + 4) == 0)
		nfr_put16(h + 4, (uint16_t)nfr_rng_u64(&net->env.rng[NFR_RNG_IP_ID]));
	nfr_ip_send_check(pkt);
	return NFR_REASON_NONE;
}

static enum nfr_reason fill_ipv6(struct nfr_net *net, struct nfr_pkt *pkt)
{
	union nfr_addr saddr;

	if (pkt->len < 40)
		return NFR_REASON_LOCAL_NO_PROTOCOL;
	memcpy(saddr.b, pkt->data + 8, 16);
	return nfr_route_output6(net, pkt, 0, &saddr);
}

static enum nfr_reason prepare(struct nfr_net *net, struct nfr_pkt *pkt)
{
	enum nfr_reason reason;

	pkt->family = pkt->len && pkt->data[0] >> 4 == 6 ? NFR_IPV6 : NFR_IPV4;
	reason = pkt->family == NFR_IPV6 ? fill_ipv6(net, pkt) : fill_ipv4(net, pkt);
	if (reason)
		return reason;
	if (pkt->len > nfr_iface_at(net, pkt->dst.oif)->link.mtu)
		return NFR_REASON_LOCAL_NO_PROTOCOL;
	nfr_pkt_parse_l4(pkt);
	nfr_trace_route(net, pkt);
	return NFR_REASON_NONE;
}

struct nfr_result nfr_transmit(struct nfr_net *net, uint64_t now_ns, struct nfr_frame *packet,
			       uint32_t mark)
{
	struct nfr_pkt pkt = {
		.data = packet->data,
		.len = packet->len,
		.room = packet->room,
		.mark = mark,
		.ctinfo = NFR_CT_NEW,
		.flags = (uint16_t)(NFR_PKT_LOCAL | NFR_PKT_SOCKET |
				    (net->watch ? NFR_PKT_WATCHED : 0)),
	};
	struct nfr_result result = {0};
	unsigned verdict = NFR_ACCEPT;

	nfr_call_begin(net, now_ns);
	pkt.reason = (uint16_t)prepare(net, &pkt);
	if (pkt.reason == NFR_REASON_NONE)
		verdict = nfr_local_out(net, &pkt);
	result.verdict = (uint8_t)verdict;
	result.ctstate = nfr_ctstate_of(net, &pkt);
	result.reason = pkt.reason;
	result.oif = pkt.reason == NFR_REASON_FORWARDED ? pkt.dst.oif : 0;
	nfr_pkt_done(net, &pkt, verdict);
	nfr_backlog_run(net);
	return result;
}

void nfr_transmit_burst(struct nfr_net *net, uint64_t now_ns, struct nfr_frame *packets, unsigned n,
			uint32_t mark, struct nfr_result *results)
{
	for (unsigned i = 0; i < n; i++)
		results[i] = nfr_transmit(net, now_ns, &packets[i], mark);
}
