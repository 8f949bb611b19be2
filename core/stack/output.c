/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Output: POST_ROUTING, cutting to the MTU, the link-layer header, and the sink. ip_output(),
 * ip_finish_output(), ip_fragment() and their IPv6 twins.
 *
 * A packet that was put together from fragments is cut again, into pieces no larger than the
 * largest that came in (frag_max); it may be cut although DF is set, since the sender did the
 * same. If its largest piece would not fit the link, the sender is told.
 */
#include "base/csum.h"
#include "pkt/fragment.h"
#include "pkt/icmp.h"
#include "stack/point.h"

enum {
	ICMP_FRAG_NEEDED = 4,
};

#define IP_DF 0x4000u
#define IPV6_MIN_MTU 1280u

static void loop_copy(struct nfr_net *net, struct nfr_pkt *pkt);

unsigned nfr_output(struct nfr_net *net, struct nfr_pkt *pkt)
{
	unsigned verdict = NFR_ACCEPT;

	if (!nfr_iface_at(net, pkt->dst.oif)->link.up)
		return nfr_end(pkt, NFR_REASON_OUTPUT_FAILED);
	pkt->oif = pkt->dst.oif;
	if (pkt->dst.type != NFR_RTN_UNICAST && pkt->family == NFR_IPV4)
		loop_copy(net, pkt);
	if (!(pkt->flags & NFR_PKT_REROUTED))
		verdict = nfr_hook_point(net, pkt, NFR_INET_POST_ROUTING, pkt->iif, pkt->dst.oif);
	return verdict == NFR_ACCEPT ? nfr_output_finish(net, pkt) : verdict;
}

/* ---- the link ---- */

/* The data must stay when the caller's frame is gone. */
static NFR_APART bool into_buffer(struct nfr_net *net, struct nfr_pkt *pkt)
{
	uint32_t buf;

	if (pkt->buf)
		return true;
	buf = nfr_env_buf_get(&net->env);
	if (!buf)
		return false;
	memcpy(nfr_env_buf_data(&net->env, buf), pkt->data, pkt->len);
	pkt->data = nfr_env_buf_data(&net->env, buf);
	pkt->room = NFR_BUF_SIZE - NFR_BUF_HEADROOM;
	pkt->buf = (uint8_t)buf;
	return true;
}

/* Files a packet that comes in again once the present one is done. Its data is in a buffer. */
static void backlog_put(struct nfr_net *net, const struct nfr_pkt *pkt, uint8_t pkt_type)
{
	struct nfr_pkt *in = &net->backlog[net->n_backlog++];

	*in = *pkt;
	in->iif = pkt->dst.oif;
	in->oif = 0;
	in->reason = NFR_REASON_NONE;
	in->pkt_type = pkt_type;
	in->flags &=
		(uint16_t) ~(NFR_PKT_LOCAL | NFR_PKT_SOCKET | NFR_PKT_FORWARDED | NFR_PKT_REROUTED |
			     NFR_PKT_HASHED | NFR_PKT_DEFRAGMENTED | NFR_PKT_FRAG_DF |
			     NFR_PKT_FRAG_LIST | NFR_PKT_ORDINARY);
	in->frag_max = 0;
	/* the loopback has a header of zeros; what only comes back from a link's driver has none */
	in->link_len = pkt_type == NFR_PACKET_HOST ? NFR_LINK_HLEN : 0;
	memset(in->link, 0, sizeof(in->link));
	in->link[12] = pkt->family == NFR_IPV6 ? 0x86 : 0x08;
	in->link[13] = pkt->family == NFR_IPV6 ? 0xdd : 0;
}

/* loopback_xmit(): the packet comes in again, with its connection, mark and route. */
static NFR_APART unsigned loop_back(struct nfr_net *net, struct nfr_pkt *pkt)
{
	if (net->n_backlog == NFR_BACKLOG || !into_buffer(net, pkt))
		return nfr_end(pkt, NFR_REASON_NO_BUFFER);
	backlog_put(net, pkt, NFR_PACKET_HOST);
	/* the one that goes on has the buffer and the connection now */
	pkt->buf = 0;
	pkt->flags &= (uint16_t)~NFR_PKT_CONFIRM;
	return nfr_end(pkt, NFR_REASON_FORWARDED);
}

/* Whether the host itself hears what it sends to many. */
static bool hears_itself(const struct nfr_net *net, const struct nfr_pkt *pkt)
{
	const uint8_t *daddr = pkt->data + (pkt->family == NFR_IPV6 ? 24 : 16);

	if (!(pkt->dst.flags & NFR_DST_OUTPUT) || nfr_is_loopback(net, pkt->dst.oif))
		return false;
	if (pkt->family == NFR_IPV6)
		return daddr[0] == 0xff && nfr_fib_joined6(&net->fib, daddr, pkt->dst.oif);
	return pkt->dst.type == NFR_RTN_BROADCAST ||
	       (pkt->dst.type == NFR_RTN_MULTICAST && nfr_get32(daddr) == 0xe0000001);
}

/* While a program sends, nothing keeps what is looped from being received at once (netif_rx(), in
 * process context), before the packet itself goes on. It may lose its connection meanwhile. */
static void hear_now(struct nfr_net *net, struct nfr_pkt *pkt)
{
	uint32_t id = net->env.ops->ct_id(&net->env, pkt);

	nfr_backlog_run(net);
	if (net->env.ops->ct_id(&net->env, pkt) != id)
		pkt->ct_idx = NFR_CT_NONE;
}

/* ip_mc_output(), ip6_finish_output2(): a copy of what is sent to many passes POST_ROUTING too
 * and comes in again on the interface that it leaves by. */
static NFR_APART void loop_copy(struct nfr_net *net, struct nfr_pkt *pkt)
{
	struct nfr_pkt copy = *pkt;
	unsigned verdict;

	if (!hears_itself(net, pkt) || net->n_backlog == NFR_BACKLOG)
		return;
	copy.buf = 0;
	if (!into_buffer(net, &copy))
		return;
	copy.flags &= (uint16_t)~NFR_PKT_SOCKET; /* as a clone has none */
	verdict = nfr_hook_point(net, &copy, NFR_INET_POST_ROUTING, 0, copy.dst.oif);
	/* the connection is confirmed with either of the two, and stays the original's to free */
	if (!(copy.flags & NFR_PKT_CONFIRM))
		pkt->flags &= (uint16_t)~NFR_PKT_CONFIRM;
	copy.flags &= (uint16_t)~NFR_PKT_CONFIRM;
	if (verdict != NFR_ACCEPT || net->n_backlog == NFR_BACKLOG) {
		nfr_pkt_done(net, &copy, verdict);
		return;
	}
	backlog_put(net, &copy, NFR_PACKET_LOOPBACK);
	if (pkt->flags & NFR_PKT_SOCKET)
		hear_now(net, pkt);
}

/* A group of the interface's own scope (ff01::/16) is never sent on a link. */
static bool stays_here(const uint8_t *daddr)
{
	return daddr[0] == 0xff && (daddr[1] & 0xf) <= 1;
}

/* Writes the link-layer header in front of the packet and lets the frame go. */
unsigned nfr_xmit(struct nfr_net *net, struct nfr_pkt *pkt)
{
	uint32_t headroom = pkt->buf ? NFR_BUF_HEADROOM : pkt->link_len;
	uint32_t hlen = net->fib.link[pkt->dst.oif - 1].header_len;
	uint8_t scratch[NFR_LINK_HLEN];

	if (nfr_is_loopback(net, pkt->dst.oif))
		return loop_back(net, pkt);
	if (pkt->family == NFR_IPV6 && pkt->dst.type != NFR_RTN_UNICAST)
		loop_copy(net, pkt);
	if (pkt->family == NFR_IPV6 && stays_here(pkt->data + 24))
		return nfr_end(pkt, NFR_REASON_OUTPUT_FAILED);
	if (hlen > headroom && !into_buffer(net, pkt))
		return nfr_end(pkt, NFR_REASON_NO_BUFFER);
	if (hlen)
		memcpy(pkt->data - NFR_LINK_HLEN, nfr_neigh_header(&net->fib, pkt, scratch),
		       NFR_LINK_HLEN);
	net->env.sink.xmit(net->env.sink.user, pkt->dst.oif, pkt->data - hlen, pkt->len + hlen,
			   pkt);
	return nfr_end(pkt, NFR_REASON_FORWARDED);
}

/* ---- the MTU ---- */

struct cut {
	struct nfr_net *net;
	struct nfr_pkt *whole;
};

static void transmit_fragment(void *user, struct nfr_pkt *fragment)
{
	const struct cut *cut = user;
	bool to_itself = nfr_is_loopback(cut->net, cut->whole->dst.oif);

	fragment->dst = cut->whole->dst;
	if (to_itself) {
		fragment->buf = 0; /* which the next one is made in: what comes in again is a copy */
		fragment->flags &= (uint16_t)~NFR_PKT_CONFIRM; /* the connection ends with the whole */
	}
	nfr_xmit(cut->net, fragment);
	if (to_itself && cut->whole->flags & NFR_PKT_SOCKET)
		hear_now(cut->net, cut->whole);
}

static unsigned fragment(struct nfr_net *net, struct nfr_pkt *pkt, uint32_t mtu)
{
	struct cut cut = {net, pkt};
	uint32_t id = 0;

	if (pkt->family == NFR_IPV6)
		id = (uint32_t)nfr_rng_u64(&net->env.rng[NFR_RNG_IP_ID]);
	return nfr_end(pkt, nfr_ip_fragment(&net->env, pkt, mtu, id, transmit_fragment, &cut)
				    ? NFR_REASON_FORWARDED
				    : NFR_REASON_NO_BUFFER);
}

static NFR_APART unsigned too_big(struct nfr_net *net, struct nfr_pkt *pkt, uint32_t mtu)
{
	if (pkt->family == NFR_IPV6)
		nfr_icmp_send(net, pkt, NFR_ICMPV6_PKT_TOOBIG, 0, mtu);
	else
		nfr_icmp_send(net, pkt, NFR_ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, mtu);
	return nfr_end(pkt, NFR_REASON_FRAG_NEEDED);
}

static unsigned finish4(struct nfr_net *net, struct nfr_pkt *pkt)
{
	uint32_t mtu = pkt->dst.mtu;

	if (nfr_get16(pkt->data + 6) & IP_DF &&
	    (!(pkt->flags & NFR_PKT_DEFRAGMENTED) || pkt->frag_max > mtu))
		return too_big(net, pkt, mtu);
	if (pkt->frag_max && pkt->frag_max < mtu)
		mtu = pkt->frag_max;
	return pkt->len > mtu ? fragment(net, pkt, mtu) : nfr_xmit(net, pkt);
}

static unsigned finish6(struct nfr_net *net, struct nfr_pkt *pkt)
{
	uint32_t mtu = pkt->dst.mtu;

	if ((pkt->len > mtu && !(pkt->flags & NFR_PKT_DEFRAGMENTED)) || pkt->frag_max > mtu)
		return too_big(net, pkt, mtu);
	if (pkt->frag_max)
		mtu = pkt->frag_max > IPV6_MIN_MTU ? pkt->frag_max : IPV6_MIN_MTU;
	return fragment(net, pkt, mtu);
}

/* Behind POST_ROUTING. */
unsigned nfr_output_finish(struct nfr_net *net, struct nfr_pkt *pkt)
{
	if (pkt->len <= pkt->dst.mtu && !pkt->frag_max)
		return nfr_xmit(net, pkt);
	if (pkt->family == NFR_IPV4)
		return finish4(net, pkt);
	if (pkt->len > pkt->dst.mtu || pkt->len > pkt->frag_max)
		return finish6(net, pkt);
	return nfr_xmit(net, pkt);
}
