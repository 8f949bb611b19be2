/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv4 options on their way through the router (ip_options_compile(), ip_forward_options()).
 *
 * They are looked at behind PRE_ROUTING, once the way is known. Malformed ones are answered with
 * a parameter problem that points at the byte. Record route and timestamp get the router's entry:
 * first with the address that faces the sender, and, when the packet is forwarded, again with the
 * one of the interface it leaves by; what was written is kept in pkt->dst.flags between the two.
 * Everything behind an end of options is cleared.
 *
 * Source routes are refused, as Linux does unless accept_source_route is set; where it is set, a
 * source route whose end has been reached passes, and one that would change the packet's
 * destination here is refused all the same: this router follows none.
 */
#include "base/csum.h"
#include "stack/net.h"

enum {
	IPOPT_END = 0,
	IPOPT_NOOP = 1,
	IPOPT_RR = 7,
	IPOPT_TIMESTAMP = 68,
	IPOPT_LSRR = 131,
	IPOPT_SSRR = 137,
	IPOPT_RA = 148,
	TS_TSONLY = 0,
	TS_TSANDADDR = 1,
	TS_PRESPEC = 3,
	ICMP_PARAMETERPROB = 12,
};

enum {
	OPT_RR = 1u << 3, /* bits of pkt->dst.flags beside enum nfr_dst_flags */
	OPT_TS_ADDR = 1u << 4,
	OPT_CHANGED = 1u << 5,
	OPT_STRICT = 1u << 6,
};

struct walk {
	struct nfr_net *net;
	struct nfr_pkt *pkt;
	uint8_t *bad; /* the byte that is wrong */
	uint8_t seen; /* options of which there may be one */
	bool source_route;
};

enum {
	SEEN_RR = 1u << 0,
	SEEN_TS = 1u << 1,
	SEEN_SRR = 1u << 2,
};

static uint32_t ms_since_midnight(const struct nfr_net *net)
{
	return (uint32_t)(net->env.now_ns / 1000000 % 86400000);
}

/* fib_compute_spec_dst(): the address by which the sender knows the router. */
static void spec_dst(struct nfr_net *net, const struct nfr_pkt *pkt, uint8_t out[4])
{
	union nfr_addr addr = {.b = {0}};

	if (pkt->dst.type == NFR_RTN_LOCAL)
		memcpy(addr.b, pkt->data + 16, 4);
	else
		nfr_fib_select_addr4(&net->fib, pkt->iif, pkt->data + 12, NFR_RT_SCOPE_UNIVERSE,
				     &addr);
	memcpy(out, addr.b, 4);
}

static bool wrong(struct walk *w, uint8_t *at)
{
	w->bad = at;
	return false;
}

static bool only_one(struct walk *w, uint8_t *opt, uint8_t which)
{
	if (w->seen & which)
		return wrong(w, opt);
	w->seen |= which;
	return true;
}

static bool record_route(struct walk *w, uint8_t *opt, unsigned len)
{
	if (!only_one(w, opt, SEEN_RR))
		return false;
	if (len < 3)
		return wrong(w, opt + 1);
	if (opt[2] < 4 || (opt[2] <= len && opt[2] + 3u > len))
		return wrong(w, opt + 2);
	if (opt[2] > len)
		return true; /* full */
	spec_dst(w->net, w->pkt, opt + opt[2] - 1);
	opt[2] = (uint8_t)(opt[2] + 4);
	w->pkt->dst.flags |= OPT_RR | OPT_CHANGED;
	return true;
}

/* There is no room left: the overflow counter takes note. */
static bool timestamp_overflow(struct walk *w, uint8_t *opt)
{
	if ((opt[3] & 0xf) == TS_PRESPEC)
		return true;
	if (opt[3] >> 4 == 15)
		return wrong(w, opt + 3);
	opt[3] = (uint8_t)(opt[3] + 0x10);
	w->pkt->dst.flags |= OPT_CHANGED;
	return true;
}

/* Puts the time behind an address, which is written here or was by the sender. */
static bool timestamp_with_addr(struct walk *w, uint8_t *opt, unsigned len)
{
	uint8_t *entry = opt + opt[2] - 1;

	if (opt[2] + 7u > len)
		return wrong(w, opt + 2);
	if ((opt[3] & 0xf) == TS_PRESPEC) {
		union nfr_addr addr = {.b = {0}};

		memcpy(addr.b, entry, 4);
		if (nfr_stack_ops.addr_type(&w->net->env, NFR_IPV4, &addr, 0) == NFR_RTN_UNICAST)
			return true;
	} else {
		spec_dst(w->net, w->pkt, entry);
		w->pkt->dst.flags |= OPT_TS_ADDR;
	}
	nfr_put32(entry + 4, ms_since_midnight(w->net));
	opt[2] = (uint8_t)(opt[2] + 8);
	w->pkt->dst.flags |= OPT_CHANGED;
	return true;
}

static bool timestamp(struct walk *w, uint8_t *opt, unsigned len)
{
	if (!only_one(w, opt, SEEN_TS))
		return false;
	if (len < 4)
		return wrong(w, opt + 1);
	if (opt[2] < 5 || (opt[2] <= len && opt[2] + 3u > len))
		return wrong(w, opt + 2);
	if (opt[2] > len)
		return timestamp_overflow(w, opt);
	switch (opt[3] & 0xf) {
	case TS_TSONLY:
		nfr_put32(opt + opt[2] - 1, ms_since_midnight(w->net));
		opt[2] = (uint8_t)(opt[2] + 4);
		w->pkt->dst.flags |= OPT_CHANGED;
		return true;
	case TS_TSANDADDR:
	case TS_PRESPEC:
		return timestamp_with_addr(w, opt, len);
	default:
		return true;
	}
}

static bool source_route(struct walk *w, uint8_t *opt, unsigned len)
{
	if (len < 3)
		return wrong(w, opt + 1);
	if (opt[2] < 4)
		return wrong(w, opt + 2);
	if (!only_one(w, opt, SEEN_SRR))
		return false;
	w->source_route = true;
	if (opt[0] == IPOPT_SSRR)
		w->pkt->dst.flags |= OPT_STRICT;
	return true;
}

static bool one_option(struct walk *w, uint8_t *opt, unsigned len)
{
	switch (opt[0]) {
	case IPOPT_RR:
		return record_route(w, opt, len);
	case IPOPT_TIMESTAMP:
		return timestamp(w, opt, len);
	case IPOPT_LSRR:
	case IPOPT_SSRR:
		return source_route(w, opt, len);
	case IPOPT_RA:
		return len >= 4 || wrong(w, opt + 1);
	default:
		return true;
	}
}

static void clear_rest(struct walk *w, uint8_t *opt, uint8_t *end)
{
	for (; opt < end; opt++) {
		if (*opt != IPOPT_END)
			w->pkt->dst.flags |= OPT_CHANGED;
		*opt = IPOPT_END;
	}
}

static bool compile(struct walk *w)
{
	uint8_t *opt = w->pkt->data + 20;
	uint8_t *end = w->pkt->data + (w->pkt->data[0] & 0xf) * 4;

	while (opt < end) {
		if (*opt == IPOPT_END) {
			clear_rest(w, opt, end);
			return true;
		}
		if (*opt == IPOPT_NOOP) {
			opt++;
			continue;
		}
		if (end - opt < 2 || opt[1] < 2 || opt[1] > end - opt)
			return wrong(w, opt);
		if (!one_option(w, opt, opt[1]))
			return false;
		opt += opt[1];
	}
	return true;
}

static bool accepts_source_route(struct nfr_net *net, const struct nfr_pkt *pkt)
{
	return net->env.if_all.accept_source_route &&
	       nfr_iface_at(net, pkt->iif)->sysctl.accept_source_route &&
	       pkt->dst.type == NFR_RTN_UNICAST;
}

bool nfr_ip_rcv_options(struct nfr_net *net, struct nfr_pkt *pkt)
{
	struct walk w = {.net = net, .pkt = pkt};

	if (!compile(&w)) {
		nfr_icmp_send(net, pkt, ICMP_PARAMETERPROB, 0, (uint32_t)(w.bad - pkt->data) << 24);
		pkt->reason = NFR_REASON_IP_OPTIONS;
		return false;
	}
	if (w.source_route && !accepts_source_route(net, pkt)) {
		pkt->reason = NFR_REASON_IP_OPTIONS;
		return false;
	}
	return true;
}

bool nfr_ip_strict_route(const struct nfr_pkt *pkt)
{
	return (pkt->dst.flags & OPT_STRICT) != 0;
}

/* Writes addr as the last entry of an option, whose pointer stands `back` bytes behind it. The
 * packet has been through FORWARD since: nothing about it is taken for granted. */
static void write_entry(uint8_t *opt, unsigned back, unsigned first, const uint8_t addr[4])
{
	if (opt[1] > 2 && opt[2] >= first + back && opt[2] - 1u <= opt[1])
		memcpy(opt + opt[2] - back, addr, 4);
}

/* The address of the side that the packet leaves by, where one was written. */
void nfr_ip_forward_options(struct nfr_net *net, struct nfr_pkt *pkt)
{
	uint8_t *opt = pkt->data + 20, *end = pkt->data + (pkt->data[0] & 0xf) * 4;
	union nfr_addr addr = {.b = {0}};

	if (!(pkt->dst.flags & OPT_CHANGED))
		return;
	nfr_fib_select_addr4(&net->fib, pkt->dst.oif, pkt->dst.gateway.b, NFR_RT_SCOPE_UNIVERSE,
			     &addr);
	while (opt < end && *opt != IPOPT_END) {
		if (*opt == IPOPT_NOOP) {
			opt++;
			continue;
		}
		if (end - opt < 2 || opt[1] < 2 || opt[1] > end - opt)
			break;
		if (*opt == IPOPT_RR && pkt->dst.flags & OPT_RR)
			write_entry(opt, 5, 3, addr.b);
		if (*opt == IPOPT_TIMESTAMP && pkt->dst.flags & OPT_TS_ADDR)
			write_entry(opt, 9, 4, addr.b);
		opt += opt[1];
	}
	nfr_ip_send_check(pkt);
}
