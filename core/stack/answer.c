/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the router itself says: ICMP errors and the answers of REJECT, as icmp_send(),
 * icmp6_send() and nf_send_reset() do it.
 *
 * An answer is routed like any packet of the router's own, from an address of the router's that
 * the sender knows: the one it asked, if that was local, otherwise the one that the way back
 * prefers. It goes through LOCAL_OUT and POST_ROUTING and carries the connection of the packet
 * that caused it, as RELATED, even when that one is not confirmed yet and never will be
 * (nf_conntrack_attach()); that is how `--ctstate RELATED` lets errors about first packets out.
 *
 * How often: the global bucket is looked at first, then the destination's; only errors that pass
 * both take from the global one. Fragmentation needed and packet too big are never limited, nor
 * is what goes to or comes from the loopback interface.
 */
#include "pkt/icmp.h"
#include "pkt/options.h"
#include "stack/net.h"

enum {
	ICMP_NET_UNREACH = 0,
	ICMP_HOST_UNREACH = 1,
	ICMP_FRAG_NEEDED = 4,
	ICMP_PKT_FILTERED = 13,
	ICMPV6_NOROUTE = 0,
	ICMPV6_ADM_PROHIBITED = 1,
};

#define XRLIM_BURST 6u

/* The answer's connection: its packet's, seen from the other side. To an untracked packet that is
 * none, of a kind that only keeps CT and NOTRACK off. */
static void attach(struct nfr_pkt *answer, const struct nfr_pkt *about)
{
	answer->ct_idx = about->ct_idx;
	answer->ctinfo = NFR_CT_NEW;
	if (about->ct_idx == NFR_CT_NONE) {
		if (about->ctinfo == NFR_CT_UNTRACKED)
			answer->ctinfo = NFR_CT_RELATED;
		return;
	}
	answer->ct_zone = about->ct_zone;
	answer->ctinfo = nfr_ctinfo_dir(about->ctinfo) ? NFR_CT_RELATED : NFR_CT_RELATED_REPLY;
}

static void send_routed(struct nfr_net *net, struct nfr_pkt *answer)
{
	answer->reason = NFR_REASON_NONE;
	nfr_pkt_done(net, answer, nfr_local_out(net, answer));
}

static uint32_t reply_mark(const struct nfr_net *net, const struct nfr_pkt *about)
{
	bool reflect = about->family == NFR_IPV6 ? net->env.sysctl.ip6_fwmark_reflect
						 : net->env.sysctl.fwmark_reflect;

	return reflect ? about->mark : 0;
}

static enum nfr_reason route_output(struct nfr_net *net, struct nfr_pkt *pkt, uint16_t oif,
				    union nfr_addr *saddr)
{
	return pkt->family == NFR_IPV6 ? nfr_route_output6(net, pkt, oif, saddr)
				       : nfr_route_output4(net, pkt, oif, saddr);
}

static uint16_t flags_of_answer(const struct nfr_net *net)
{
	return (uint16_t)(NFR_PKT_LOCAL | NFR_PKT_CSUM_OK | (net->watch ? NFR_PKT_WATCHED : 0));
}

/* IPv6 (ip6_dst_hoplimit()): that of the interface it leaves by. */
static void set_hop_limit(struct nfr_net *net, struct nfr_pkt *answer)
{
	if (answer->family == NFR_IPV6 && answer->dst.oif)
		answer->data[7] =
			(uint8_t)nfr_iface_at(net, answer->dst.oif)->sysctl.hop_limit;
}

/* ---- answers that others have built ---- */

void nfr_answer_send(struct nfr_env *env, struct nfr_pkt *pkt, const struct nfr_pkt *for_pkt)
{
	struct nfr_net *net = nfr_net_of(env);
	union nfr_addr saddr;

	pkt->flags |= flags_of_answer(net);
	pkt->iif = 0;
	nfr_pkt_parse_l4(pkt);
	nfr_pkt_saddr(pkt, &saddr);
	if (for_pkt) {
		pkt->mark = reply_mark(net, for_pkt);
		attach(pkt, for_pkt);
		if (pkt->protonum == NFR_IPPROTO_TCP) /* a reset */
			nfr_ct_set_closing(&net->ct, for_pkt->ct_idx);
	}
	pkt->reason = (uint16_t)route_output(net, pkt, 0, &saddr);
	set_hop_limit(net, pkt);
	if (pkt->reason == NFR_REASON_NONE)
		send_routed(net, pkt);
	else
		nfr_pkt_done(net, pkt, NFR_ACCEPT);
}

/* ---- ICMP errors ---- */

static bool is_limited(const struct nfr_net *net, const struct nfr_pkt *pkt, uint8_t type,
		       uint8_t code)
{
	if (nfr_is_loopback(net, pkt->iif))
		return false;
	if (pkt->family == NFR_IPV6)
		return type != NFR_ICMPV6_PKT_TOOBIG;
	if (type == NFR_ICMP_DEST_UNREACH && code == ICMP_FRAG_NEEDED)
		return false;
	return type < 32 && (uint32_t)net->env.sysctl.icmp_ratemask >> type & 1;
}

/* No limit of IPv6 leaves the bucket alone by now; that of IPv4 empties it with the next jiffy (6.1
 * and 6.12: at once), and the errors of routes that lead nowhere, which draw on it too, wait until
 * it has filled again. */
static bool is_unlimited(const struct nfr_net *net, int32_t ms)
{
	return ms == 0 && net->env.linux_version >= NFR_LINUX(6, 18);
}

static bool peer_allows(struct nfr_net *net, const struct nfr_pkt *probe)
{
	bool v6 = probe->family == NFR_IPV6;
	int32_t ms = v6 ? net->env.sysctl.icmp6_ratelimit_ms : net->env.sysctl.icmp_ratelimit_ms;
	struct nfr_peer *peer;

	if (nfr_is_loopback(net, probe->dst.oif) || (v6 && is_unlimited(net, ms)))
		return true;
	peer = nfr_peer_get(&net->limits, &net->env, probe->family, probe->data + (v6 ? 24 : 16));
	return nfr_peer_allow(&net->env, peer, (uint64_t)ms * 1000000, XRLIM_BURST);
}

/* Also of packets that are refused before they are routed. */
static bool is_own6(const struct nfr_net *net, const struct nfr_pkt *about)
{
	uint16_t i;

	if (about->family != NFR_IPV6)
		return false;
	for (i = 1; i <= net->env.max_iface; i++)
		if (nfr_fib_has_addr(&net->fib, NFR_IPV6, about->data + 24, i))
			return true;
	return false;
}

/* The source that the sender knows; zero: let routing choose. */
static void source_of_answer(struct nfr_net *net, const struct nfr_pkt *about,
			     union nfr_addr *saddr)
{
	memset(saddr, 0, sizeof(*saddr));
	if (about->dst.type == NFR_RTN_LOCAL || is_own6(net, about)) {
		nfr_pkt_daddr(about, saddr);
		return;
	}
	if (about->family == NFR_IPV6) {
		nfr_fib_select_addr6(&net->fib, about->iif, about->data + 8, saddr);
		return;
	}
	if (net->env.sysctl.icmp_errors_use_inbound_ifaddr && about->iif)
		nfr_fib_select_addr4(&net->fib, about->iif, about->data + 12, NFR_RT_SCOPE_LINK,
				     saddr);
}

/* A header that stands for the answer while it is routed: there is no packet yet. */
static enum nfr_reason route_probe(struct nfr_net *net, const struct nfr_pkt *about,
				   uint8_t header[40], struct nfr_pkt *probe, union nfr_addr *saddr)
{
	bool v6 = about->family == NFR_IPV6;
	uint16_t oif = 0;

	memset(header, 0, 40);
	header[0] = v6 ? 0x60 : 0x45;
	if (v6)
		memcpy(header + 24, about->data + 8, 16);
	else
		memcpy(header + 16, nfr_ip_options_first_hop(about), 4);
	if (!v6)
		header[1] = (about->data[1] & 0x1e) | 0xc0;
	if (v6 && nfr_ip6_needs_strict(about->data + 8))
		oif = about->iif;
	*probe = (struct nfr_pkt){
		.data = header,
		.len = v6 ? 40 : 20,
		.l4_off = v6 ? 40 : 20,
		.family = about->family,
		.protonum = v6 ? NFR_IPPROTO_ICMPV6 : NFR_IPPROTO_ICMP,
		.mark = reply_mark(net, about),
	};
	return route_output(net, probe, oif, saddr);
}

/* Routes and limits; then the error is built and sent. */
void nfr_icmp_send(struct nfr_net *net, const struct nfr_pkt *pkt, uint8_t type, uint8_t code,
		   uint32_t info)
{
	static const union nfr_addr dummy = {.b = {192, 0, 0, 8}}; /* RFC 7600 */
	bool limited = is_limited(net, pkt, type, code), v6 = pkt->family == NFR_IPV6;
	struct nfr_pkt probe, answer;
	union nfr_addr saddr;
	uint8_t header[40];

	if (!nfr_icmp_may_answer(pkt, type))
		return;
	if (limited && !nfr_icmp_global_allow(&net->limits, &net->env))
		return;
	source_of_answer(net, pkt, &saddr);
	if (route_probe(net, pkt, header, &probe, &saddr) != NFR_REASON_NONE)
		return;
	if (limited && !peer_allows(net, &probe))
		return;
	if (limited)
		nfr_icmp_global_consume(&net->limits, &net->env);
	if (!v6 && nfr_addr_any(NFR_IPV4, saddr.b))
		saddr = dummy;
	if (!nfr_icmp_build(&net->env, pkt, type, code, info, &saddr, &probe.dst, &answer))
		return;
	set_hop_limit(net, &answer);
	answer.mark = probe.mark;
	answer.flags |= flags_of_answer(net);
	attach(&answer, pkt);
	send_routed(net, &answer);
}

void nfr_answer_icmp(struct nfr_env *env, const struct nfr_pkt *pkt, uint8_t type, uint8_t code,
		     uint32_t info, unsigned hook)
{
	(void)hook;
	nfr_icmp_send(nfr_net_of(env), pkt, type, code, info);
}

/* ---- routes that lead nowhere ---- */

/* ip_error(): a limit of its own in front of icmp_send()'s, on the same bucket. */
static void error4(struct nfr_net *net, struct nfr_pkt *pkt, uint8_t code)
{
	struct nfr_peer *peer = nfr_peer_get(&net->limits, &net->env, NFR_IPV4, pkt->data + 12);

	if (nfr_peer_allow(&net->env, peer, NFR_NSEC_PER_SEC, 5))
		nfr_icmp_send(net, pkt, NFR_ICMP_DEST_UNREACH, code, 0);
}

/* Tells the sender why there was no way for its packet, where Linux does. */
void nfr_route_error(struct nfr_net *net, struct nfr_pkt *pkt)
{
	bool v6 = pkt->family == NFR_IPV6;

	switch (pkt->reason) {
	case NFR_REASON_ROUTE_NO_ROUTE:
	case NFR_REASON_ROUTE_UNREACHABLE:
		if (v6)
			nfr_icmp_send(net, pkt, NFR_ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE, 0);
		else
			error4(net, pkt,
			       pkt->reason == NFR_REASON_ROUTE_NO_ROUTE ? ICMP_NET_UNREACH
									: ICMP_HOST_UNREACH);
		break;
	case NFR_REASON_ROUTE_PROHIBIT:
		if (v6)
			nfr_icmp_send(net, pkt, NFR_ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED, 0);
		else
			error4(net, pkt, ICMP_PKT_FILTERED);
		break;
	default:
		break;
	}
}
