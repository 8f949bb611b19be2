/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UDP and UDP-Lite.
 *
 * An entry lives for udp_timeout after each packet. Once there was an answer, and packets still
 * come more than two seconds after the first, it is a stream: it lives for udp_timeout_stream and
 * is ASSURED. So a question with its answer, DNS above all, stays short-lived however often the
 * answer is repeated, and can be dropped early. The first answer itself does not count as one
 * seen: a stream takes a third packet.
 *
 * UDP-Lite's checksum is verified with UDP's protocol number in the pseudo-header, where RFC 3828
 * says 136: to Linux 6.18 a right one is INVALID, unless nf_conntrack_checksum is off.
 */
#include "base/csum.h"
#include "ct/l4.h"
#include "pkt/parse.h"

#define UDP_HLEN 8u
#define STREAM_AFTER_NS (2 * NFR_NSEC_PER_SEC)

/* Length and checksum; a reason why the datagram is invalid, or NULL. */
static const char *udp_error(const struct nfr_ctnet *net, struct nfr_pkt *pkt,
			     const struct nfr_hook_state *state)
{
	const uint8_t *udp = nfr_pkt_at(pkt, pkt->l4_off, UDP_HLEN);
	uint16_t len;

	if (!udp)
		return "short packet";
	len = nfr_get16(udp + 4);
	if (len > pkt->len - pkt->l4_off || len < UDP_HLEN)
		return "truncated/malformed packet";
	if (nfr_get16(udp + 6) != 0 && nfr_ct_csum_bad(net, pkt, state))
		return "bad checksum";
	return NULL;
}

static bool udplite_csum_bad(const struct nfr_ctnet *net, const struct nfr_pkt *pkt,
			     const struct nfr_hook_state *state, uint32_t coverage)
{
	uint32_t sum;

	if (state->hook != NFR_INET_PRE_ROUTING || !net->env->sysctl.ct_checksum)
		return false;
	sum = nfr_csum_pseudo(pkt->family, pkt->data, NFR_IPPROTO_UDP, pkt->len - pkt->l4_off);
	sum = nfr_csum_add(sum, pkt->data + pkt->l4_off, coverage);
	return nfr_csum_fold(sum) != 0xffff;
}

/* UDP-Lite's length is how much the checksum covers (RFC 3828): 0 is all; there is no "none". */
static const char *udplite_error(const struct nfr_ctnet *net, const struct nfr_pkt *pkt,
				 const struct nfr_hook_state *state)
{
	const uint8_t *udp = nfr_pkt_at(pkt, pkt->l4_off, UDP_HLEN);
	uint32_t coverage, len;

	if (!udp)
		return "short packet";
	len = pkt->len - pkt->l4_off;
	coverage = nfr_get16(udp + 4);
	if (coverage == 0)
		coverage = len;
	else if (coverage < UDP_HLEN || coverage > len)
		return "invalid checksum coverage";
	if (nfr_get16(udp + 6) == 0)
		return "checksum missing";
	return udplite_csum_bad(net, pkt, state, coverage) ? "bad checksum" : NULL;
}

static void refresh(struct nfr_ctnet *net, struct nfr_ct *ct, const struct nfr_pkt *pkt, bool stream)
{
	const struct nfr_sysctl *sysctl = &net->env->sysctl;

	nfr_ct_refresh_acct(net, ct, pkt,
			    nfr_ct_s_to_ns(stream ? sysctl->udp_timeout_stream
						  : sysctl->udp_timeout));
	/* the loser of a clash is to go away soon: it stays open to early drop */
	if (stream && !(ct->status & (NFR_IPS_ASSURED | NFR_IPS_NAT_CLASH))) {
		nfr_ct_set_assured(net, ct);
	}
}

/* A conversation that lasts for two seconds is a stream. */
static bool is_stream(const struct nfr_ctnet *net, const struct nfr_ct *ct)
{
	return ct->status & NFR_IPS_SEEN_REPLY && net->env->now_ns > ct->proto.udp.stream_ns;
}

static void udp_refresh(struct nfr_ctnet *net, struct nfr_ct *ct, const struct nfr_pkt *pkt)
{
	if (!nfr_ct_is_confirmed(ct))
		ct->proto.udp.stream_ns = net->env->now_ns + STREAM_AFTER_NS;
	refresh(net, ct, pkt, is_stream(net, ct));
}

static unsigned udp_packet(struct nfr_ctnet *net, uint32_t idx, struct nfr_pkt *pkt,
			   const struct nfr_hook_state *state)
{
	const char *why = udp_error(net, pkt, state);

	if (why) {
		nfr_ct_log_invalid(net, pkt, NFR_IPPROTO_UDP, state, why, NULL);
		return NFR_CT_L4_INVALID;
	}
	udp_refresh(net, nfr_ct_at(net, idx), pkt);
	return NFR_ACCEPT;
}

/* There is nothing to object to a received datagram. */
static bool is_sound(const struct nfr_ctnet *net, const struct nfr_pkt *pkt)
{
	const uint8_t *udp = nfr_pkt_at(pkt, pkt->l4_off, UDP_HLEN);
	uint16_t len = udp ? nfr_get16(udp + 4) : 0;

	return len >= UDP_HLEN && len <= pkt->len - pkt->l4_off &&
	       (nfr_get16(udp + 6) == 0 || !net->env->sysctl.ct_checksum || nfr_l4_csum_ok(pkt));
}

/* The short way is short by itself, but for the packet that makes it a stream. */
static bool udp_established(struct nfr_ctnet *net, struct nfr_ct *ct, const struct nfr_pkt *pkt,
			    unsigned dir)
{
	(void)dir;
	if ((is_stream(net, ct) && !(ct->status & NFR_IPS_ASSURED)) || !is_sound(net, pkt))
		return false;
	udp_refresh(net, ct, pkt);
	return true;
}

static bool udp_open(struct nfr_ctnet *net, struct nfr_ct *ct, const struct nfr_pkt *pkt)
{
	if (!is_sound(net, pkt))
		return false;
	udp_refresh(net, ct, pkt);
	return true;
}

static unsigned udplite_packet(struct nfr_ctnet *net, uint32_t idx, struct nfr_pkt *pkt,
			       const struct nfr_hook_state *state)
{
	const char *why = udplite_error(net, pkt, state);
	struct nfr_ct *ct = nfr_ct_at(net, idx);

	if (why) {
		nfr_ct_log_invalid(net, pkt, NFR_IPPROTO_UDPLITE, state, why, NULL);
		return NFR_CT_L4_INVALID;
	}
	/* one answer makes it a stream */
	refresh(net, ct, pkt, ct->status & NFR_IPS_SEEN_REPLY);
	return NFR_ACCEPT;
}

const struct nfr_ct_l4 nfr_ct_l4_udp = {
	.name = "udp",
	.protonum = NFR_IPPROTO_UDP,
	.allow_clash = true,
	.packet = udp_packet,
	.established = udp_established,
	.open = udp_open,
	.can_early_drop = nfr_ct_l4_never,
};

const struct nfr_ct_l4 nfr_ct_l4_udplite = {
	.name = "udplite",
	.protonum = NFR_IPPROTO_UDPLITE,
	.allow_clash = true,
	.packet = udplite_packet,
	.established = nfr_ct_l4_no_short_way,
	.open = nfr_ct_l4_no_short_open,
	.can_early_drop = nfr_ct_l4_never,
};
