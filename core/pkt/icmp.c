/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMP errors.
 *
 * IPv4 (icmp_send): the type of service is the packet's own, but for the bits that RT_TOS leaves
 * out, with precedence "internetwork control"; DF is off; the identification is drawn. Quoted is
 * as much as makes a packet of 576 bytes. Record route and time stamp options are echoed, a source
 * route is turned round.
 *
 * IPv6 (icmp6_send): traffic class 0; quoted is as much as makes a packet of 1280 bytes. Linux
 * gives its own packets a flow label made by a hash of the flow whose key is drawn at boot
 * (net.ipv6.auto_flowlabels): nfref's is zero.
 *
 * Nobody is told about: packets that were broadcast or multicast, fragments other than the first,
 * ICMP errors (all of ICMP's types beyond 18 count as such), sources that are no single host.
 */
#include "pkt/icmp.h"

#include "base/csum.h"
#include "pkt/hopopts.h"
#include "pkt/options.h"
#include "pkt/parse.h"

#define ICMP_HLEN 8u
#define MAX_ERROR4 576u
#define MAX_ERROR6 1280u
#define RT_TOS_MASK 0x1e
#define PREC_INTERNETCONTROL 0xc0
#define MAX_ICMP_TYPE 18

/* A type that is not known counts as an error, and so do router discovery's: better silent than
 * in a loop. */
static bool icmp4_is_error(uint8_t type)
{
	static const uint32_t queries = 1u << 0 | 1u << 8 | 0x3fu << 13;

	return type > MAX_ICMP_TYPE || !(queries >> type & 1);
}

/* Broadcast is known by the route when the caller has one, by the all-ones address always. */
static bool may_answer4(const struct nfr_pkt *pkt)
{
	const uint8_t *ip = pkt->data;
	uint32_t dst = nfr_get32(ip + 16);

	if (pkt->dst.type == NFR_RTN_BROADCAST || pkt->dst.type == NFR_RTN_MULTICAST ||
	    dst >> 28 == 0xe || dst == UINT32_MAX || nfr_get32(ip + 12) == 0)
		return false;
	if (nfr_get16(ip + 6) & 0x1fff)
		return false;
	if (ip[9] == NFR_IPPROTO_ICMP) {
		const uint8_t *type = nfr_pkt_at(pkt, nfr_ip4_hlen(ip), 1);

		return type && !icmp4_is_error(*type);
	}
	return true;
}

/* A fragment without the ICMPv6 header says nothing; a whole packet without one is refused. */
static bool icmp6_is_ineligible(const struct nfr_pkt *pkt)
{
	uint8_t nexthdr = pkt->data[6];
	const uint8_t *type;
	uint16_t frag_off;
	int off = nfr_ipv6_skip_exthdr(pkt, NFR_IP6_HLEN, &nexthdr, &frag_off);

	if (off < 0 || nexthdr != NFR_IPPROTO_ICMPV6)
		return false;
	type = nfr_pkt_at(pkt, (uint32_t)off, 1);
	return type ? *type < 128 : frag_off == 0;
}

/* A multicast packet is answered when it is too big, and when an option demands it. */
static bool multicast_may_answer(const struct nfr_pkt *pkt, uint8_t type)
{
	uint32_t pointer;
	uint8_t code;

	if (type == NFR_ICMPV6_PARAMPROB)
		return nfr_ip6_param_problem(pkt, &code, &pointer) && code == 2 &&
		       pkt->data[pointer] >> 6 == 2;
	return type == NFR_ICMPV6_PKT_TOOBIG;
}

static bool may_answer6(const struct nfr_pkt *pkt, uint8_t type)
{
	static const uint8_t any[16];
	const uint8_t *ip = pkt->data;

	if ((ip[24] == 0xff || pkt->pkt_type != NFR_PACKET_HOST) &&
	    !multicast_may_answer(pkt, type))
		return false;
	if (ip[8] == 0xff || memcmp(ip + 8, any, 16) == 0)
		return false;
	return !icmp6_is_ineligible(pkt);
}

bool nfr_icmp_may_answer(const struct nfr_pkt *pkt, uint8_t type)
{
	bool own = (pkt->flags & NFR_PKT_LOCAL) != 0;

	if (pkt->family == NFR_IPV6)
		return may_answer6(pkt, type);
	return (own || pkt->pkt_type == NFR_PACKET_HOST) && may_answer4(pkt);
}

/* An empty packet of the router's own. The mark is reflected where a sysctl asks for it, so that
 * policy routing can send the answer the way the packet came. */
static bool start(struct nfr_env *env, const struct nfr_pkt *about, struct nfr_pkt *out)
{
	bool reflect = about->family == NFR_IPV4 ? env->sysctl.fwmark_reflect
						 : env->sysctl.ip6_fwmark_reflect;
	uint32_t buf = nfr_env_buf_get(env);

	if (!buf)
		return false;
	memset(out, 0, sizeof(*out));
	out->buf = (uint8_t)buf;
	out->data = nfr_env_buf_data(env, buf);
	out->room = NFR_BUF_ROOM;
	out->family = about->family;
	out->flags = NFR_PKT_LOCAL;
	out->pkt_type = NFR_PACKET_HOST; /* Linux marks packets as outgoing only for captures */
	out->mark = reflect ? about->mark : 0;
	return true;
}

/* An IPv4 header of hlen bytes, its options behind it already, addressed back to `about`. */
static void put_ip4(struct nfr_env *env, const struct nfr_pkt *about, const uint8_t *src,
		    uint32_t hlen, struct nfr_pkt *out)
{
	uint8_t *ip = out->data;

	memset(ip, 0, NFR_IP4_HLEN);
	ip[0] = (uint8_t)(0x40 | hlen >> 2);
	ip[8] = (uint8_t)env->sysctl.ip_default_ttl;
	ip[9] = out->protonum;
	memcpy(ip + 12, src, 4);
	memcpy(ip + 16, about->data + 12, 4);
}

static void put_ip6(struct nfr_env *env, const struct nfr_pkt *about, const uint8_t *src,
		    struct nfr_pkt *out)
{
	uint8_t *ip = out->data;

	memset(ip, 0, NFR_IP6_HLEN);
	ip[0] = 0x60;
	ip[6] = out->protonum;
	ip[7] = (uint8_t)env->if_default.hop_limit; /* until routing knows the interface */
	memcpy(ip + 8, src, 16);
	memcpy(ip + 24, about->data + 8, 16);
}

/* Bytes of `about` that fit behind `before` bytes of headers. */
static uint32_t quote_len(const struct nfr_pkt *about, uint32_t mtu, uint32_t before)
{
	uint32_t max = MAX_ERROR6;

	if (about->family == NFR_IPV4)
		max = mtu < MAX_ERROR4 ? mtu : MAX_ERROR4;
	if (max <= before)
		return 0;
	return about->len < max - before ? about->len : max - before;
}

/* ICMP header and quotation behind the IP header, which is complete but for its lengths. */
static void put_error(const struct nfr_pkt *about, uint8_t type, uint8_t code, uint32_t info,
		      uint32_t n_quoted, struct nfr_pkt *out)
{
	uint8_t *icmp = out->data + out->l4_off;
	uint32_t sum = 0;

	icmp[0] = type;
	icmp[1] = code;
	nfr_put16(icmp + 2, 0);
	nfr_put32(icmp + 4, info);
	memcpy(icmp + ICMP_HLEN, about->data, n_quoted);
	out->len = out->l4_off + ICMP_HLEN + n_quoted;
	nfr_ip_set_len(out);
	if (out->family == NFR_IPV6)
		sum = nfr_csum_pseudo(NFR_IPV6, out->data, NFR_IPPROTO_ICMPV6,
				      ICMP_HLEN + n_quoted);
	sum = nfr_csum_add(sum, icmp, ICMP_HLEN + n_quoted);
	nfr_put16(icmp + 2, (uint16_t)~nfr_csum_fold(sum));
}

bool nfr_icmp_build(struct nfr_env *env, const struct nfr_pkt *about, uint8_t type, uint8_t code,
		    uint32_t info, const union nfr_addr *src, const struct nfr_dst *dst,
		    struct nfr_pkt *out)
{
	uint8_t fault = type == NFR_ICMP_PARAMETERPROB ? (uint8_t)(info >> 24) : 0, options[40];
	uint32_t n_options;

	if (!start(env, about, out))
		return false;
	out->dst = *dst;
	if (about->family == NFR_IPV6) {
		out->protonum = NFR_IPPROTO_ICMPV6;
		out->l4_off = NFR_IP6_HLEN;
		put_ip6(env, about, src->b, out);
	} else {
		n_options = nfr_ip_options_echo(env, about, src, fault, options);
		out->protonum = NFR_IPPROTO_ICMP;
		out->l4_off = (uint16_t)(NFR_IP4_HLEN + n_options);
		put_ip4(env, about, src->b, out->l4_off, out);
		memcpy(out->data + 16, nfr_ip_options_first_hop(about), 4);
		memcpy(out->data + NFR_IP4_HLEN, options, n_options);
		out->data[1] = (about->data[1] & RT_TOS_MASK) | PREC_INTERNETCONTROL;
		nfr_put16(out->data + 4, (uint16_t)nfr_rng_u64(&env->rng[NFR_RNG_IP_ID]));
	}
	put_error(about, type, code, info, quote_len(about, dst->mtu, out->l4_off + ICMP_HLEN), out);
	return true;
}

/*
 * Resets (nf_send_reset, nf_send_reset6). A segment with ACK is answered with its acknowledgement
 * number as sequence number and no ACK; one without with sequence number 0 and all that it took
 * acknowledged. No options, no window. IPv4: identification 0, DF.
 */
#define TCP_HLEN 20u
#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10

static bool is_unicast6(const uint8_t *addr)
{
	static const uint8_t any[16];

	return addr[0] != 0xff && memcmp(addr, any, 16) != 0;
}

/* Forwarding makes Linux forget what conntrack found out: it sums up the packet again. */
static bool csum_ok(const struct nfr_pkt *about)
{
	bool known = (about->flags & NFR_PKT_CSUM_OK) != 0;

	if ((!known || about->flags & NFR_PKT_FORWARDED) && nfr_ip_options_stale(about))
		return false;
	return known || nfr_l4_csum_ok(about);
}

/* Also broken segments get none, and resets, and what is no first fragment. */
static bool may_reset(const struct nfr_pkt *about)
{
	const uint8_t *ip = about->data, *tcp = nfr_pkt_at(about, about->l4_off, TCP_HLEN);

	if (about->protonum != NFR_IPPROTO_TCP || about->frag_off || !tcp || tcp[13] & TCP_RST)
		return false;
	if (about->family == NFR_IPV4
		    ? about->dst.type == NFR_RTN_BROADCAST || about->dst.type == NFR_RTN_MULTICAST
		    : !is_unicast6(ip + 8) || !is_unicast6(ip + 24))
		return false;
	return csum_ok(about);
}

/* The data length comes from the packet, less what the segment claims for its header: with a
 * claim beyond the end it is negative, and Linux acknowledges that. */
static void put_reset(const struct nfr_pkt *about, struct nfr_pkt *out)
{
	const uint8_t *seg = about->data + about->l4_off;
	uint8_t *tcp = out->data + out->l4_off;
	uint32_t taken = about->len - about->l4_off - (seg[12] >> 4) * 4u;
	uint32_t sum;

	taken += (seg[13] & TCP_SYN) != 0;
	taken += (seg[13] & TCP_FIN) != 0;
	memset(tcp, 0, TCP_HLEN);
	memcpy(tcp, seg + 2, 2);
	memcpy(tcp + 2, seg, 2);
	tcp[12] = 5 << 4;
	tcp[13] = TCP_RST;
	if (seg[13] & TCP_ACK) {
		memcpy(tcp + 4, seg + 8, 4);
	} else {
		nfr_put32(tcp + 8, nfr_get32(seg + 4) + taken);
		tcp[13] |= TCP_ACK;
	}
	sum = nfr_csum_pseudo(out->family, out->data, NFR_IPPROTO_TCP, TCP_HLEN);
	nfr_put16(tcp + 16, (uint16_t)~nfr_csum_fold(nfr_csum_add(sum, tcp, TCP_HLEN)));
}

bool nfr_tcp_reset_build(struct nfr_env *env, const struct nfr_pkt *about, struct nfr_pkt *out)
{
	bool six = about->family == NFR_IPV6;
	uint32_t hlen = six ? NFR_IP6_HLEN : NFR_IP4_HLEN;

	if (!may_reset(about) || !start(env, about, out))
		return false;
	out->protonum = NFR_IPPROTO_TCP;
	out->l4_off = (uint16_t)hlen;
	out->len = hlen + TCP_HLEN;
	if (six) {
		put_ip6(env, about, about->data + 24, out);
	} else {
		put_ip4(env, about, about->data + 16, hlen, out);
		nfr_put16(out->data + 6, NFR_IP4_DF);
	}
	nfr_ip_set_len(out);
	put_reset(about, out);
	return true;
}
