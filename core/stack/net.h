/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The instance, and the steps of the IP path that its files call of each other.
 *
 * Steps that may end in a hook return the verdict of the first hook that did not accept, or
 * NFR_ACCEPT; pkt->reason then says how the packet's way ended. Whoever started a packet on its
 * way ends it with nfr_pkt_done().
 */
#ifndef NFR_STACK_NET_H
#define NFR_STACK_NET_H

#include "hook/hook.h"
#include "nat/nat.h"
#include "pkt/defrag.h"
#include "pkt/parse.h"
#include "stack/fib.h"
#include "stack/limit.h"
#include "stack/fastpath.h"
#include "xt/table.h"

#define NFR_BACKLOG 8

struct nfr_net {
	struct nfr_env env; /* first, so that lower layers find it */
	struct nfr_hooks hooks;
	struct nfr_frags frags;
	struct nfr_ctnet ct;
	struct nfr_natnet nat;
	struct nfr_xtnet xt;
	struct nfr_fib fib;
	struct nfr_limits limits;
	struct nfr_fastpaths fastpaths;
	struct nfr_pool ifaces;		     /* behind env.iface: how many there may be */
	struct nfr_pkt backlog[NFR_BACKLOG]; /* sent to the loopback interface, not received yet */
	uint32_t n_backlog;
	const uint8_t *block; /* the caller's memory: it begins with this struct */
	size_t size;	   /* bytes of it */
	bool ct_used[2];   /* [family is IPv6]: conntrack is hooked in */
	bool ct_rules[2];  /* rules need it */
	bool ct_always[2]; /* the caller wants it */
	bool watch;
};

static inline struct nfr_net *nfr_net_of(struct nfr_env *env)
{
	return (struct nfr_net *)(void *)env;
}

static inline struct nfr_iface *nfr_iface_at(struct nfr_net *net, uint16_t ifindex)
{
	return &net->env.iface[ifindex - 1];
}

static inline bool nfr_is_loopback(const struct nfr_net *net, uint16_t ifindex)
{
	return ifindex == net->env.max_iface;
}

static inline unsigned nfr_end(struct nfr_pkt *pkt, enum nfr_reason reason)
{
	pkt->reason = (uint16_t)reason;
	return NFR_ACCEPT;
}

/* Tells the trace how the packet was routed. */
void nfr_trace_route_tell(struct nfr_net *net, const struct nfr_pkt *pkt);

static inline void nfr_trace_route(struct nfr_net *net, const struct nfr_pkt *pkt)
{
	if (nfr_pkt_watched(pkt))
		nfr_trace_route_tell(net, pkt);
}

/* Why a route leads nowhere; NFR_REASON_NONE when it leads somewhere. */
static inline enum nfr_reason nfr_reason_of_route(const struct nfr_fib_route *r)
{
	switch (r->type) {
	case NFR_RTN_UNSPEC:
	case NFR_RTN_THROW:
		return NFR_REASON_ROUTE_NO_ROUTE;
	case NFR_RTN_BLACKHOLE:
		return NFR_REASON_ROUTE_BLACKHOLE;
	case NFR_RTN_UNREACHABLE:
		return NFR_REASON_ROUTE_UNREACHABLE;
	case NFR_RTN_PROHIBIT:
		return NFR_REASON_ROUTE_PROHIBIT;
	default:
		return NFR_REASON_NONE;
	}
}

/* The packet goes to the next hop of a route. */
static inline void nfr_dst_set(struct nfr_pkt *pkt, const struct nfr_dst *next_hop)
{
	pkt->dst = *next_hop;
	if (next_hop->flags & NFR_DST_GATEWAY)
		return;
	if (pkt->family == NFR_IPV6)
		memcpy(pkt->dst.gateway.b, pkt->data + 24, 16);
	else
		memcpy(pkt->dst.gateway.b, pkt->data + 16, 4);
}

/* What `-m conntrack --ctstate` would match. */
static inline uint8_t nfr_ctstate_of(const struct nfr_net *net, const struct nfr_pkt *pkt)
{
	static const uint8_t by_ctinfo[] = {
		[NFR_CT_ESTABLISHED] = NFR_CTSTATE_ESTABLISHED,
		[NFR_CT_RELATED] = NFR_CTSTATE_RELATED,
		[NFR_CT_NEW] = NFR_CTSTATE_NEW,
		[NFR_CT_ESTABLISHED_REPLY] = NFR_CTSTATE_ESTABLISHED,
		[NFR_CT_RELATED_REPLY] = NFR_CTSTATE_RELATED,
	};

	if (pkt->ctinfo == NFR_CT_UNTRACKED)
		return NFR_CTSTATE_UNTRACKED;
	if (pkt->ct_idx != NFR_CT_NONE)
		return by_ctinfo[pkt->ctinfo];
	return net->ct_used[pkt->family == NFR_IPV6] && pkt->flags & NFR_PKT_INVALID
		       ? NFR_CTSTATE_INVALID
		       : NFR_CTSTATE_NONE;
}

/* A connection that ends with this packet lives on with an answer that waits to be received. */
bool nfr_pkt_hand_over(struct nfr_net *net, struct nfr_pkt *pkt);

/* A packet's way has ended. */
static inline void nfr_pkt_done(struct nfr_net *net, struct nfr_pkt *pkt, unsigned verdict)
{
	net->env.reasons[pkt->reason]++;
	/* a queued packet's copy has taken the connection along */
	if (verdict != NFR_QUEUE && pkt->flags & NFR_PKT_CONFIRM && !nfr_pkt_hand_over(net, pkt))
		nfr_ct_put_unconfirmed(&net->ct, pkt);
	if (pkt->buf)
		nfr_env_buf_put(&net->env, pkt->buf);
	pkt->buf = 0;
}

/* RFC 1141: one off the TTL is one on the checksum of its word. In the machine's own byte order, as
 * base/csum.h says of running sums. */
static inline void nfr_ip_decrease_ttl(uint8_t *h)
{
	const uint32_t one = nfr_csum_word(0x0100);
	uint32_t check;
	uint16_t c;

	memcpy(&c, h + 10, sizeof(c));
	check = c + one;
	c = (uint16_t)(check + (check >= 0xffff));
	memcpy(h + 10, &c, sizeof(c));
	h[8]--;
}

/* receive.c */
unsigned nfr_rcv_finish(struct nfr_net *net, struct nfr_pkt *pkt);
unsigned nfr_rcv(struct nfr_net *net, struct nfr_pkt *pkt, uint8_t *ctstate);
void nfr_backlog_run(struct nfr_net *net);
void nfr_call_begin(struct nfr_net *net, uint64_t now_ns);

/* options.c: false when the packet ends here, with pkt->reason set */
bool nfr_ip_rcv_options(struct nfr_net *net, struct nfr_pkt *pkt);
void nfr_ip_forward_options(struct nfr_net *net, struct nfr_pkt *pkt);

/* route.c, route6.c: fill pkt->dst; NFR_REASON_NONE, or why there is no way */
enum nfr_reason nfr_route_input4(struct nfr_net *net, struct nfr_pkt *pkt);
enum nfr_reason nfr_route_input6(struct nfr_net *net, struct nfr_pkt *pkt);
/* The source address that a route prefers for what it leads to daddr (fib_result_prefsrc). */
void nfr_route_source4(const struct nfr_net *net, const struct nfr_fib_route *r,
		       const uint8_t *daddr, union nfr_addr *saddr);
enum nfr_reason nfr_route_output4(struct nfr_net *net, struct nfr_pkt *pkt, uint16_t oif,
				  union nfr_addr *saddr);
bool nfr_ip6_needs_strict(const uint8_t *addr);
enum nfr_reason nfr_route_output6(struct nfr_net *net, struct nfr_pkt *pkt, uint16_t oif,
				  union nfr_addr *saddr);
void nfr_flow_of(const struct nfr_net *net, const struct nfr_pkt *pkt, struct nfr_flow *flow);
void nfr_route_error(struct nfr_net *net, struct nfr_pkt *pkt); /* says it to the sender */

/* forward.c, deliver.c, output.c, local_out.c */
unsigned nfr_ip_forward(struct nfr_net *net, struct nfr_pkt *pkt);
unsigned nfr_ip6_forward(struct nfr_net *net, struct nfr_pkt *pkt);
unsigned nfr_forward_finish(struct nfr_net *net, struct nfr_pkt *pkt);
unsigned nfr_local_deliver(struct nfr_net *net, struct nfr_pkt *pkt);
unsigned nfr_local_deliver_finish(struct nfr_net *net, struct nfr_pkt *pkt);
unsigned nfr_output(struct nfr_net *net, struct nfr_pkt *pkt);
unsigned nfr_xmit(struct nfr_net *net, struct nfr_pkt *pkt); /* it fits the link */
unsigned nfr_output_finish(struct nfr_net *net, struct nfr_pkt *pkt);
unsigned nfr_local_out(struct nfr_net *net, struct nfr_pkt *pkt);

/* iface.c */
enum nfr_status nfr_loopback_new(struct nfr_net *net);

/* redirect.c */
void nfr_send_redirect(struct nfr_net *net, struct nfr_pkt *pkt);

/* answer.c, env.c */
void nfr_icmp_send(struct nfr_net *net, const struct nfr_pkt *pkt, uint8_t type, uint8_t code,
		   uint32_t info);
void nfr_answer_send(struct nfr_env *env, struct nfr_pkt *pkt, const struct nfr_pkt *for_pkt);
void nfr_answer_icmp(struct nfr_env *env, const struct nfr_pkt *pkt, uint8_t type, uint8_t code,
		     uint32_t info, unsigned hook);
bool nfr_reroute(struct nfr_env *env, struct nfr_pkt *pkt);
extern const struct nfr_env_ops nfr_stack_ops;

/* conntrack.c: hooks conntrack in or takes it out */
enum nfr_status nfr_use_conntrack(struct nfr_env *env, uint8_t family, bool on);

/* nfr_xmit() of a received unicast IPv4 packet by the interface of `cache`, with that one's header
 * for all next hops over the one that it came with, where there is such a header and such room. */
NFR_INLINE void nfr_xmit_unicast4(struct nfr_net *net, const struct nfr_link_cache *cache,
				  struct nfr_pkt *pkt)
{
	if (!cache->plain_output || pkt->link_len != NFR_LINK_HLEN || pkt->buf) {
		nfr_xmit(net, pkt);
		return;
	}
	memcpy(pkt->data - NFR_LINK_HLEN, cache->header, NFR_LINK_HLEN);
	net->env.sink.xmit(net->env.sink.user, pkt->dst.oif, pkt->data - NFR_LINK_HLEN,
			   pkt->len + NFR_LINK_HLEN, pkt);
	pkt->reason = NFR_REASON_FORWARDED;
}

/* Nothing that the path would have to look at closer than at most packets: a whole header without
 * options, sent to us, with a hop to spare. */
static inline bool nfr_is_ordinary4(const struct nfr_pkt *pkt)
{
	return pkt->family == NFR_IPV4 && pkt->pkt_type == NFR_PACKET_HOST &&
	       pkt->data[0] == 0x45 && pkt->data[8] > 1;
}

#endif
