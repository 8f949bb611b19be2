/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way of a frame through the router: the orchestrator of the IP path.
 *
 * A burst goes through three stages, so that memory is fetched while other packets are worked on:
 *
 *   1  every frame: link-layer header, IP header (nfr_ip_validate()), keyed hash of its tuple and
 *      a fetch of the connection's bucket
 *   2  every packet: bucket scanned, fetch of the connection's entry
 *   3  one packet after the other: the fast path of its established connection, if that is
 *      known (fastpath.c); otherwise the path itself:
 *
 *      frame -> PRE_ROUTING -> route --> LOCAL_IN -> deliver
 *                                   \-> FORWARD -> POST_ROUTING -> fragment -> neighbour -> frame
 *
 * Stages 1 and 2 change nothing but the packets, and stage 3 does not rely on them having been
 * done for later packets: a burst gives exactly what the frames give one by one. A single frame
 * is a burst of one.
 *
 * A packet's way ends in one place, nfr_pkt_done(): its reason is counted, a connection that its
 * way did not confirm is freed, its buffer goes back. What a packet causes (fragments, ICMP
 * errors, resets) leaves through the sink before the call returns. What is sent to the loopback
 * interface waits in a backlog until the packet that sent it is done, as in Linux, which bounds
 * the nesting.
 */
#include "ct/stage.h"
#include "pkt/hopopts.h"
#include "pkt/icmp.h"
#include "stack/point.h"
#include "stack/simple.h"

#define BURST 32u

#define ETH_HLEN 14u
#define VLAN_HLEN 4u
#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86dd
#define ETH_P_8021Q 0x8100

/* ---- stage 1 ---- */

/* eth_type_trans() */
static uint8_t pkt_type_of(const uint8_t *dest, const struct nfr_link *link)
{
	static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

	if (memcmp(dest, link->mac, sizeof(link->mac)) == 0)
		return NFR_PACKET_HOST;
	if (!(dest[0] & 1))
		return NFR_PACKET_OTHERHOST;
	return memcmp(dest, broadcast, sizeof(broadcast)) == 0 ? NFR_PACKET_BROADCAST
							       : NFR_PACKET_MULTICAST;
}

/* Ethernet header; a tag of VLAN 0 is passed over, any other VLAN has no interface here. */
static enum nfr_reason ether_header(const struct nfr_link *link, const struct nfr_frame *frame,
				    struct nfr_pkt *pkt)
{
	const uint8_t *h = frame->data;
	uint16_t type;

	if (frame->len < ETH_HLEN)
		return NFR_REASON_LINK_TRUNCATED;
	pkt->pkt_type = pkt_type_of(h, link);
	pkt->link_len = ETH_HLEN;
	type = nfr_get16(h + 12);
	if (type == ETH_P_8021Q) {
		if (frame->len < ETH_HLEN + VLAN_HLEN)
			return NFR_REASON_LINK_TRUNCATED;
		if (nfr_get16(h + 14) & 0xfff)
			return NFR_REASON_LINK_OTHERHOST;
		pkt->link_len = ETH_HLEN + VLAN_HLEN;
		type = nfr_get16(h + 16);
	}
	memcpy(pkt->link, h, ETH_HLEN);
	if (pkt->link_len > ETH_HLEN)
		memcpy(pkt->link + ETH_HLEN, h + ETH_HLEN, VLAN_HLEN);
	pkt->family = type == ETH_P_IP ? NFR_IPV4 : NFR_IPV6;
	if (type != ETH_P_IP && type != ETH_P_IPV6)
		return NFR_REASON_LINK_NOT_IP;
	return pkt->pkt_type == NFR_PACKET_OTHERHOST ? NFR_REASON_LINK_OTHERHOST : NFR_REASON_NONE;
}

/* A link without header: the packet's first four bits say what it is. */
static enum nfr_reason no_header(const struct nfr_frame *frame, struct nfr_pkt *pkt)
{
	uint8_t version = frame->len ? frame->data[0] >> 4 : 0;

	pkt->pkt_type = NFR_PACKET_HOST;
	pkt->link_len = 0;
	pkt->family = version == 4 ? NFR_IPV4 : NFR_IPV6;
	return version == 4 || version == 6 ? NFR_REASON_NONE : NFR_REASON_LINK_NOT_IP;
}

/* IPv6 looks at `drop_unicast_in_l2_multicast` before any hook, and at the interface's alone. */
static bool unicast_to_many6(const struct nfr_iface *iface, const struct nfr_pkt *pkt)
{
	return iface->sysctl.drop_unicast_in_l2_multicast6 && pkt->family == NFR_IPV6 &&
	       (pkt->pkt_type == NFR_PACKET_BROADCAST || pkt->pkt_type == NFR_PACKET_MULTICAST) &&
	       pkt->len > 24 && pkt->data[24] != 0xff;
}

static enum nfr_reason link_header(const struct nfr_iface *iface, const struct nfr_frame *frame,
				   struct nfr_pkt *pkt)
{
	enum nfr_reason reason;

	reason =
		iface->link.no_arp ? no_header(frame, pkt) : ether_header(&iface->link, frame, pkt);
	if (reason)
		return reason;
	pkt->data = frame->data + pkt->link_len;
	pkt->len = frame->len - pkt->link_len;
	pkt->room = frame->room - pkt->link_len;
	if (pkt->family == NFR_IPV4 && pkt->len >= NFR_IP4_HLEN)
		return NFR_REASON_NONE; /* its version is looked at with the rest of its header */
	if (pkt->family == NFR_IPV6 && iface->sysctl.disable_ipv6)
		return NFR_REASON_IP6_DISABLED;
	if (unicast_to_many6(iface, pkt))
		return NFR_REASON_LINK_BROADCAST_FORWARD;
	if (pkt->len && pkt->data[0] >> 4 != (pkt->family == NFR_IPV4 ? 4 : 6))
		return NFR_REASON_IP_VERSION;
	return NFR_REASON_NONE;
}

/* What the frames of a burst have in common. */
struct arrival {
	const struct nfr_iface *iface; /* NULL: there is none, or it is down */
	const uint8_t *mac;	       /* that plain frames are sent to; NULL: look closer at all */
	uint16_t ifindex;
	bool watched;
};

static struct arrival arrival_on(struct nfr_net *net, uint16_t ifindex)
{
	struct arrival in = {.ifindex = ifindex, .watched = net->watch};

	if (!ifindex || ifindex > net->env.max_iface || !nfr_iface_at(net, ifindex)->link.up)
		return in;
	in.iface = nfr_iface_at(net, ifindex);
	if (!in.iface->link.no_arp && !in.watched)
		in.mac = in.iface->link.mac;
	return in;
}

/*
 * Most frames at once: sent to us, without a tag, a whole packet with an IPv4 header of 20 bytes
 * and a hop to spare. Everything is looked at before anything is written; `pkt` is clear. False:
 * look closer, as above.
 */
NFR_INLINE bool plain_header(const struct arrival *in, const struct nfr_frame *frame,
			     struct nfr_pkt *pkt)
{
	const uint8_t *h = frame->data, *ip = h + ETH_HLEN;
	uint32_t tot_len;

	if (!in->mac || frame->len < ETH_HLEN + NFR_IP4_HLEN ||
	    memcmp(h, in->mac, sizeof(in->iface->link.mac)) != 0 ||
	    nfr_get16(h + 12) != ETH_P_IP || ip[0] != 0x45 ||
	    nfr_get16(ip + 6) & (NFR_IP4_MF | 0x1fff) || ip[8] <= 1 ||
	    !nfr_ip4_csum_ok(ip, NFR_IP4_HLEN))
		return false;
	tot_len = nfr_get16(ip + 2);
	if (tot_len < NFR_IP4_HLEN || tot_len > frame->len - ETH_HLEN)
		return false;
	pkt->data = frame->data + ETH_HLEN;
	pkt->len = tot_len;
	pkt->room = frame->room - ETH_HLEN;
	pkt->flags = NFR_PKT_ORDINARY;
	pkt->family = NFR_IPV4;
	pkt->protonum = ip[9];
	pkt->l4_off = NFR_IP4_HLEN;
	pkt->frag_off = 0;
	pkt->iif = in->ifindex;
	pkt->pkt_type = NFR_PACKET_HOST;
	pkt->ctinfo = NFR_CT_NEW;
	pkt->link_len = ETH_HLEN;
	pkt->buf = 0;
	memcpy(pkt->link, h, ETH_HLEN);
	return true;
}

/* All others. */
static NFR_APART enum nfr_reason headers(const struct arrival *in, const struct nfr_frame *frame,
					 struct nfr_pkt *pkt)
{
	enum nfr_reason reason = NFR_REASON_LINK_DOWN;

	pkt->iif = in->ifindex;
	pkt->ctinfo = NFR_CT_NEW;
	if (in->iface)
		reason = link_header(in->iface, frame, pkt);
	if (!reason)
		reason = nfr_ip_validate(pkt);
	if (in->watched)
		pkt->flags = NFR_PKT_WATCHED;
	else if (!reason && nfr_is_ordinary4(pkt))
		pkt->flags = NFR_PKT_ORDINARY;
	return reason;
}

NFR_INLINE void begin(struct nfr_net *net, const struct arrival *in,
		      const struct nfr_frame *frame, struct nfr_pkt *pkt)
{
	nfr_pkt_clear(pkt);
	if (plain_header(in, frame, pkt)) {
		if (net->ct_used[0])
			nfr_ct_stage_hash4(&net->ct, pkt);
		return;
	}
	pkt->reason = (uint16_t)headers(in, frame, pkt);
	if (!pkt->reason && net->ct_used[pkt->family == NFR_IPV6])
		nfr_ct_stage_hash(&net->ct, pkt);
}

/* ---- stage 3 ---- */

/* A looped packet keeps the route it was sent with, unless NAT gave it another destination. */
static bool routed_already(const struct nfr_pkt *pkt)
{
	const uint8_t *daddr = pkt->data + (pkt->family == NFR_IPV6 ? 24 : 16);

	return (pkt->dst.type == NFR_RTN_LOCAL || pkt->pkt_type == NFR_PACKET_LOOPBACK) &&
	       memcmp(pkt->dst.gateway.b, daddr, nfr_addr_bits(pkt->family) / 8) == 0;
}

static enum nfr_reason route_input(struct nfr_net *net, struct nfr_pkt *pkt)
{
	enum nfr_reason reason;

	if (routed_already(pkt))
		return NFR_REASON_NONE;
	reason = pkt->family == NFR_IPV6 ? nfr_route_input6(net, pkt) : nfr_route_input4(net, pkt);
	nfr_trace_route(net, pkt);
	return reason;
}

/* `drop_unicast_in_l2_multicast`: a unicast packet in a frame to many. */
static bool unicast_to_many(struct nfr_net *net, const struct nfr_pkt *pkt)
{
	return (pkt->pkt_type == NFR_PACKET_BROADCAST || pkt->pkt_type == NFR_PACKET_MULTICAST) &&
	       pkt->dst.type != NFR_RTN_BROADCAST && pkt->dst.type != NFR_RTN_MULTICAST &&
	       pkt->family == NFR_IPV4 &&
	       (net->env.if_all.drop_unicast_in_l2_multicast ||
		nfr_iface_at(net, pkt->iif)->sysctl.drop_unicast_in_l2_multicast);
}

/* Everything but unicast to others; a broadcast that is routed on (bc_forwarding) names the
 * interface it leaves by. */
static bool is_for_host(const struct nfr_net *net, const struct nfr_pkt *pkt)
{
	if (pkt->dst.type == NFR_RTN_UNICAST)
		return false;
	return pkt->dst.type != NFR_RTN_BROADCAST || nfr_is_loopback(net, pkt->dst.oif) ||
	       pkt->pkt_type == NFR_PACKET_LOOPBACK;
}

/* A route all the same, at whose end the packet is refused: its options are looked at before. */
static bool leads_nowhere(enum nfr_reason reason)
{
	return reason == NFR_REASON_ROUTE_NO_ROUTE || reason == NFR_REASON_ROUTE_UNREACHABLE ||
	       reason == NFR_REASON_ROUTE_PROHIBIT || reason == NFR_REASON_ROUTE_BLACKHOLE ||
	       reason == NFR_REASON_NOT_FORWARDING;
}

static NFR_APART bool options_allow(struct nfr_net *net, struct nfr_pkt *pkt,
				    enum nfr_reason reason)
{
	if (reason && !leads_nowhere(reason))
		return true;
	if (reason)
		pkt->dst.type = NFR_RTN_UNREACHABLE;
	return nfr_ip_rcv_options(net, pkt);
}

/* Behind PRE_ROUTING: options, route, and the way that the route says. */
unsigned nfr_rcv_finish(struct nfr_net *net, struct nfr_pkt *pkt)
{
	enum nfr_reason reason = route_input(net, pkt);

	if (pkt->family == NFR_IPV4 && pkt->data[0] != 0x45 && !options_allow(net, pkt, reason))
		return NFR_ACCEPT;
	if (reason) {
		pkt->reason = (uint16_t)reason;
		nfr_route_error(net, pkt);
		return NFR_ACCEPT;
	}
	if (unicast_to_many(net, pkt))
		return nfr_end(pkt, NFR_REASON_LINK_BROADCAST_FORWARD);
	if (is_for_host(net, pkt))
		return nfr_local_deliver(net, pkt);
	return pkt->family == NFR_IPV6 ? nfr_ip6_forward(net, pkt) : nfr_ip_forward(net, pkt);
}

unsigned nfr_rcv(struct nfr_net *net, struct nfr_pkt *pkt, uint8_t *ctstate)
{
	unsigned verdict = nfr_hook_point(net, pkt, NFR_INET_PRE_ROUTING, pkt->iif, 0);

	*ctstate = nfr_ctstate_of(net, pkt);
	return verdict == NFR_ACCEPT ? nfr_rcv_finish(net, pkt) : verdict;
}

/* A packet that was sent is validated like one that arrived, but may have addresses of the host. */
static enum nfr_reason validate_looped(struct nfr_pkt *pkt)
{
	uint8_t pkt_type = pkt->pkt_type;
	enum nfr_reason reason;

	pkt->pkt_type = NFR_PACKET_LOOPBACK;
	reason = nfr_ip_validate(pkt);
	pkt->pkt_type = pkt_type;
	return reason;
}

bool nfr_pkt_hand_over(struct nfr_net *net, struct nfr_pkt *pkt)
{
	for (uint32_t i = 0; i < net->n_backlog; i++) {
		if (net->backlog[i].ct_idx != pkt->ct_idx || net->backlog[i].flags & NFR_PKT_CONFIRM)
			continue;
		net->backlog[i].flags |= NFR_PKT_CONFIRM;
		pkt->flags &= (uint16_t)~NFR_PKT_CONFIRM;
		return true;
	}
	return false;
}

/* What ipv6_rcv() answers itself: options that it must know, or that contradict themselves. */
static NFR_APART void answer_hopopts(struct nfr_net *net, const struct nfr_pkt *pkt)
{
	struct nfr_param_problem problem = {0};

	if (pkt->reason != NFR_REASON_IP6_EXTHDR || pkt->data[6] != NFR_IPPROTO_HOPOPTS)
		return;
	nfr_hopopts_parse(pkt, &problem);
	if (problem.pointer)
		nfr_icmp_send(net, pkt, NFR_ICMPV6_PARAMPROB, problem.code, problem.pointer);
}

static unsigned rcv_looped(struct nfr_net *net, struct nfr_pkt *pkt)
{
	enum nfr_reason reason = validate_looped(pkt);
	unsigned verdict;
	uint8_t ctstate;

	if (reason == NFR_REASON_NONE)
		return nfr_rcv(net, pkt, &ctstate);
	verdict = nfr_end(pkt, reason);
	answer_hopopts(net, pkt);
	return verdict;
}

/* What is received may be sent to the loopback again; with rules that set the TTL, for ever. Linux
 * would go on and on, here as many rounds as the TTLs of a full backlog can ask for are enough. */
void nfr_backlog_run(struct nfr_net *net)
{
	for (unsigned round = 0; net->n_backlog; round++) {
		struct nfr_pkt pkt = net->backlog[0];

		net->n_backlog--;
		memmove(net->backlog, net->backlog + 1, net->n_backlog * sizeof(pkt));
		nfr_pkt_done(net, &pkt, round < 256 * NFR_BACKLOG
						? rcv_looped(net, &pkt)
						: nfr_end(&pkt, NFR_REASON_NO_BUFFER));
	}
}

/* The path itself, for packets that have no short way. */
static NFR_APART unsigned walk_path(struct nfr_net *net, struct nfr_pkt *pkt, uint8_t *ctstate)
{
	pkt->flags &= (uint16_t)~NFR_PKT_ORDINARY;
	if (pkt->reason != NFR_REASON_NONE)
		answer_hopopts(net, pkt);
	else if (pkt->flags & NFR_PKT_LEARN)
		return nfr_fastpath_learn(net, pkt, ctstate);
	else
		return nfr_rcv(net, pkt, ctstate);
	return NFR_ACCEPT;
}

static void walk(struct nfr_net *net, struct nfr_pkt *pkt, struct nfr_result *result)
{
	unsigned verdict = NFR_ACCEPT;

	result->ctstate = NFR_CTSTATE_NONE;
	if (!(pkt->flags & NFR_PKT_ORDINARY))
		verdict = walk_path(net, pkt, &result->ctstate);
	else if (pkt->ct_ref && nfr_fastpath_take(net, pkt))
		result->ctstate = NFR_CTSTATE_ESTABLISHED;
	else if (pkt->ct_ref || !nfr_forward_unhooked(net, pkt))
		verdict = walk_path(net, pkt, &result->ctstate);
	result->verdict = (uint8_t)verdict;
	result->reason = pkt->reason;
	result->oif = pkt->reason == NFR_REASON_FORWARDED ? pkt->dst.oif : 0;
	nfr_pkt_done(net, pkt, verdict);
	if (net->n_backlog)
		nfr_backlog_run(net);
}

/* A packet of a burst, in lines of memory of its own: a store that spans two lines takes longer. */
struct slot {
	_Alignas(64) struct nfr_pkt pkt;
};

_Static_assert(sizeof(void *) != 8 || (sizeof(struct slot) == 128 && offsetof(struct nfr_pkt, dst) == 64),
	       "two lines, and the next hop begins the second");

static void receive_some(struct nfr_net *net, uint16_t ifindex, struct nfr_frame *frames,
			 unsigned n, struct nfr_result *results)
{
	const struct arrival in = arrival_on(net, ifindex);
	struct slot slot[BURST];

	for (unsigned i = 0; i < n; i++)
		begin(net, &in, &frames[i], &slot[i].pkt);
	if (net->ct_used[0] || net->ct_used[1])
		for (unsigned i = 0; i < n; i++)
			nfr_ct_stage_entry(&net->ct, &slot[i].pkt);
	for (unsigned i = 0; i < n; i++)
		walk(net, &slot[i].pkt, &results[i]);
}

void nfr_call_begin(struct nfr_net *net, uint64_t now_ns)
{
	net->env.now_ns = now_ns;
	if (net->fib.dirty)
		nfr_fib_build(&net->fib);
}

void nfr_receive_burst(struct nfr_net *net, uint64_t now_ns, uint16_t ifindex,
		       struct nfr_frame *frames, unsigned n, struct nfr_result *results)
{
	nfr_call_begin(net, now_ns);
	for (unsigned at = 0; at < n; at += BURST) {
		unsigned some = n - at < BURST ? n - at : BURST;

		receive_some(net, ifindex, frames + at, some, results + at);
	}
}

struct nfr_result nfr_receive(struct nfr_net *net, uint64_t now_ns, uint16_t ifindex,
			      struct nfr_frame *frame)
{
	struct nfr_result result;

	nfr_receive_burst(net, now_ns, ifindex, frame, 1, &result);
	return result;
}
