/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux looks at IPv4 options when routing has decided that the packet is to be forwarded or
 * delivered: behind PRE_ROUTING, so rules of that hook still see malformed ones. A pointer in
 * the parameter problem names the byte that is wrong: the type when an option comes twice or does
 * not end, the byte behind it for a wrong length, then the option's own pointer and flags.
 *
 * Record route and time stamp get their entry on arrival, with the address that this router would
 * answer from; on the way out the recorded route's entry (not the time stamp's) is replaced by
 * the address that the packet leaves from. Full options stay as they are; a full time stamp
 * counts the routers it missed, and the sixteenth is an error.
 */
#include "pkt/options.h"

#include "base/csum.h"
#include "pkt/parse.h"

#define OPT_END 0
#define OPT_NOOP 1
#define OPT_RR 7
#define OPT_TS 68
#define OPT_LSRR 131
#define OPT_CIPSO 134
#define OPT_SSRR 137
#define OPT_RA 148
#define OPT_COPIED 0x80

#define TS_ONLY 0
#define TS_AND_ADDR 1
#define TS_PRESPEC 3

#define NSEC_PER_MSEC 1000000u
#define MSEC_PER_DAY 86400000u

/* What the handlers of single options share. */
struct walk {
	struct nfr_env *env;
	struct nfr_pkt *pkt;
	uint8_t *ip;
	const union nfr_addr *spec_dst;
	struct nfr_ip_options *opts;
};

/* A handler returns 0, or 1 + the byte of the option that is wrong. */
#define BAD(byte) (1u + (byte))

/* Milliseconds since midnight UT. */
static uint32_t timestamp(const struct nfr_env *env)
{
	return (uint32_t)(env->now_ns / NSEC_PER_MSEC % MSEC_PER_DAY);
}

/* Only noted: whether source routes are obeyed is a setting, and doing so is routing's. */
static unsigned source_route(struct walk *w, uint8_t *opt)
{
	if (opt[1] < 3)
		return BAD(1);
	if (opt[2] < 4)
		return BAD(2);
	if (w->pkt->srr)
		return BAD(0);
	w->pkt->srr = (uint8_t)(opt - w->ip);
	return 0;
}

/* The pointer counts from 1 at the type; past the length it says that the option is full. */
static unsigned record_route(struct walk *w, uint8_t *opt)
{
	if (w->opts->rr)
		return BAD(0);
	if (opt[1] < 3)
		return BAD(1);
	if (opt[2] < 4)
		return BAD(2);
	if (opt[2] <= opt[1]) {
		if (opt[2] + 3 > opt[1])
			return BAD(2);
		memcpy(opt + opt[2] - 1, w->spec_dst->b, 4);
		opt[2] = (uint8_t)(opt[2] + 4);
		w->opts->rr_needaddr = true;
		w->opts->is_changed = true;
	}
	w->opts->rr = (uint8_t)(opt - w->ip);
	return 0;
}

/* The next free entry of a time stamp option; what the flags mean otherwise is not checked. */
static unsigned stamp(struct walk *w, uint8_t *opt)
{
	uint8_t *entry = opt + opt[2] - 1, flags = opt[3] & 0x0f;
	union nfr_addr addr = {{{0}}};

	if (opt[2] + 3 > opt[1])
		return BAD(2);
	if (flags == TS_ONLY) {
		nfr_put32(entry, timestamp(w->env));
		opt[2] = (uint8_t)(opt[2] + 4);
	} else if (flags == TS_AND_ADDR || flags == TS_PRESPEC) {
		if (opt[2] + 7 > opt[1])
			return BAD(2);
		memcpy(addr.b, entry, 4);
		/* prespecified for another host: left to it */
		if (flags == TS_PRESPEC &&
		    w->env->ops->addr_type(w->env, NFR_IPV4, &addr, 0) == NFR_RTN_UNICAST)
			return 0;
		w->opts->ts_needaddr = flags == TS_AND_ADDR;
		if (flags == TS_AND_ADDR)
			memcpy(entry, w->spec_dst->b, 4);
		nfr_put32(entry + 4, timestamp(w->env));
		opt[2] = (uint8_t)(opt[2] + 8);
	} else {
		return 0;
	}
	w->opts->is_changed = true;
	return 0;
}

/* Unlike the recorded route, an option whose pointer is wrong is complained about before its
 * flags are looked at; one that is full counts up, but not with prespecified addresses. */
static unsigned time_stamp(struct walk *w, uint8_t *opt)
{
	unsigned bad = 0;

	if (w->opts->ts)
		return BAD(0);
	if (opt[1] < 4)
		return BAD(1);
	if (opt[2] < 5)
		return BAD(2);
	if (opt[2] <= opt[1]) {
		bad = stamp(w, opt);
	} else if ((opt[3] & 0x0f) != TS_PRESPEC) {
		if (opt[3] >> 4 == 15)
			return BAD(3);
		opt[3] = (uint8_t)(opt[3] + 0x10);
		w->opts->is_changed = true;
	}
	w->opts->ts = (uint8_t)(opt - w->ip);
	return bad;
}

/* No domain of interpretation is configured: none is valid. */
static unsigned cipso(struct walk *w, uint8_t *opt)
{
	if (w->opts->cipso)
		return BAD(0);
	w->opts->cipso = (uint8_t)(opt - w->ip);
	return opt[1] < 8 ? BAD(1) : BAD(2);
}

/* Values other than zero are reserved, and passed on without notice. */
static unsigned router_alert(struct walk *w, uint8_t *opt)
{
	if (opt[1] < 4)
		return BAD(1);
	if (opt[2] == 0 && opt[3] == 0)
		w->opts->router_alert = (uint8_t)(opt - w->ip);
	return 0;
}

/* Security, stream id and what else Linux does not know pass as they are. */
static unsigned option(struct walk *w, uint8_t *opt)
{
	switch (opt[0]) {
	case OPT_LSRR:
	case OPT_SSRR:
		return source_route(w, opt);
	case OPT_RR:
		return record_route(w, opt);
	case OPT_TS:
		return time_stamp(w, opt);
	case OPT_CIPSO:
		return cipso(w, opt);
	case OPT_RA:
		return router_alert(w, opt);
	default:
		return 0;
	}
}

/* Bytes of the option at opt, of which `left` are in the header; 0: it does not end there. */
static uint32_t option_len(const uint8_t *opt, uint32_t left)
{
	if (opt[0] == OPT_NOOP)
		return 1;
	return left >= 2 && opt[1] >= 2 && opt[1] <= left ? opt[1] : 0;
}

/* What stands behind the end of the list is cleared. */
static void end_of_options(struct walk *w, uint8_t *p, const uint8_t *end)
{
	for (; p < end; p++) {
		w->opts->is_changed |= *p != OPT_END;
		*p = OPT_END;
	}
}

bool nfr_ip_options_compile(struct nfr_env *env, struct nfr_pkt *pkt,
			    const union nfr_addr *spec_dst, struct nfr_ip_options *opts,
			    uint8_t *pointer)
{
	struct walk w = {
		.env = env, .pkt = pkt, .ip = pkt->data, .spec_dst = spec_dst, .opts = opts};
	uint8_t *end = pkt->data + nfr_ip4_hlen(pkt->data), *opt = pkt->data + NFR_IP4_HLEN;

	memset(opts, 0, sizeof(*opts));
	pkt->srr = pkt->srr_hop = 0;
	while (opt < end && *opt != OPT_END) {
		uint32_t len = option_len(opt, (uint32_t)(end - opt));
		unsigned bad = len == 0 ? BAD(0) : *opt == OPT_NOOP ? 0 : option(&w, opt);

		if (bad) {
			*pointer = (uint8_t)(opt - pkt->data + bad - 1);
			return false;
		}
		opt += len;
	}
	end_of_options(&w, opt, end);
	return true;
}

bool nfr_ip_options_stale(const struct nfr_pkt *pkt)
{
	uint32_t hlen = nfr_ip4_hlen(pkt->data);

	return pkt->family == NFR_IPV4 && hlen > NFR_IP4_HLEN &&
	       nfr_csum_words(pkt->data, hlen) != 0xffff;
}

void nfr_ip_options_forward(struct nfr_pkt *pkt, const struct nfr_ip_options *opts,
			    const union nfr_addr *src)
{
	uint8_t *rr = pkt->data + opts->rr;

	if (opts->rr_needaddr)
		memcpy(rr + rr[2] - 5, src->b, 4);
	if (opts->is_changed)
		nfr_ip_send_check(pkt);
}

/* A security option is noted before it is found wrong, and a source route that leads nowhere is
 * well formed. */
static bool is_noted(const struct nfr_pkt *pkt, const uint8_t *opt, uint32_t len, uint8_t fault)
{
	uint32_t at = (uint32_t)(opt - pkt->data);

	return fault < at || fault >= at + len || *opt == OPT_CIPSO || at == pkt->srr;
}

/* The first option of this type, or NULL. The packet has been through hooks since its options were
 * checked: nothing about them is taken for granted. */
static const uint8_t *find_option(const struct nfr_pkt *pkt, uint8_t type, uint8_t fault)
{
	const uint8_t *end = pkt->data + nfr_ip4_hlen(pkt->data), *opt = pkt->data + NFR_IP4_HLEN;

	while (opt < end && *opt != OPT_END) {
		uint32_t len = option_len(opt, (uint32_t)(end - opt));

		if (len == 0 || !is_noted(pkt, opt, len, fault))
			break;
		if (*opt == type)
			return opt;
		opt += len;
	}
	return NULL;
}

uint8_t *nfr_ip_source_route(const struct nfr_pkt *pkt)
{
	uint8_t *opt = pkt->data + pkt->srr;

	if (!pkt->srr || (find_option(pkt, OPT_LSRR, 0) != opt && find_option(pkt, OPT_SSRR, 0) != opt))
		return NULL;
	return opt[1] >= 3 ? opt : NULL;
}

bool nfr_ip_is_strictroute(const struct nfr_pkt *pkt)
{
	const uint8_t *opt = nfr_ip_source_route(pkt);

	return opt && *opt == OPT_SSRR;
}

/* A copy of the record route option, with src in the next free entry. */
static uint32_t echo_route(const uint8_t *opt, const union nfr_addr *src, uint8_t *out)
{
	if (!opt || opt[1] < 3)
		return 0;
	memcpy(out, opt, opt[1]);
	if (opt[2] >= 4 && opt[2] + 3 <= opt[1]) {
		memcpy(out + opt[2] - 1, src->b, 4);
		out[2] = (uint8_t)(opt[2] + 4);
	}
	return opt[1];
}

/* A copy of the time stamp option, stamped once more: the error leaves from here too. */
static uint32_t echo_stamp(struct nfr_env *env, const uint8_t *opt, const union nfr_addr *src,
			   uint8_t *out)
{
	struct nfr_ip_options opts = {0};
	struct walk w = {.env = env, .ip = out, .spec_dst = src, .opts = &opts};

	if (!opt || opt[1] < 4)
		return 0;
	memcpy(out, opt, opt[1]);
	if (opt[2] >= 5 && opt[2] <= opt[1])
		stamp(&w, out);
	return opt[1];
}

/* The n-th hop back from a source route's pointer; NULL before the first of the list. */
static const uint8_t *hop_back(const uint8_t *opt, unsigned n)
{
	unsigned pointer = opt[2] > opt[1] ? opt[1] + 1u : opt[2];

	return pointer >= 8 + 4 * n ? opt + pointer - 5 - 4 * n : NULL;
}

/* Hops of a source route that is turned round, the packet's source as the last. The one where it
 * begins is none of them, but when the packet's source had put itself first, it goes without. */
static unsigned hops_back(const struct nfr_pkt *pkt)
{
	const uint8_t *opt = nfr_ip_source_route(pkt);
	unsigned n = 0;

	if (!opt)
		return 0;
	while (hop_back(opt, n))
		n++;
	return n && memcmp(hop_back(opt, n - 1), pkt->data + 12, 4) == 0 ? n - 1 : n;
}

static uint32_t echo_source_route(const struct nfr_pkt *pkt, uint8_t *out)
{
	const uint8_t *opt = pkt->data + pkt->srr;
	unsigned n = hops_back(pkt);

	if (n == 0)
		return 0;
	out[0] = opt[0];
	out[1] = (uint8_t)(3 + 4 * n);
	out[2] = 4;
	for (unsigned i = 1; i < n; i++)
		memcpy(out + 4 * i - 1, hop_back(opt, i), 4);
	memcpy(out + 4 * n - 1, pkt->data + 12, 4);
	return out[1];
}

const uint8_t *nfr_ip_options_first_hop(const struct nfr_pkt *pkt)
{
	return hops_back(pkt) ? hop_back(pkt->data + pkt->srr, 0) : pkt->data + 12;
}

/* Linux writes the options of an answer in this order, whatever the packet had. */
uint32_t nfr_ip_options_echo(struct nfr_env *env, const struct nfr_pkt *pkt,
			     const union nfr_addr *src, uint8_t fault, uint8_t out[40])
{
	const uint8_t *sec;
	uint32_t len;

	memset(out, OPT_END, 40);
	/* options of local packets were never compiled */
	if (nfr_ip4_hlen(pkt->data) == NFR_IP4_HLEN || (pkt->flags & NFR_PKT_LOCAL))
		return 0;
	len = echo_route(find_option(pkt, OPT_RR, fault), src, out);
	len += echo_stamp(env, find_option(pkt, OPT_TS, fault), src, out + len);
	len += echo_source_route(pkt, out + len);
	sec = find_option(pkt, OPT_CIPSO, fault);
	if (sec) {
		memcpy(out + len, sec, sec[1]);
		len += sec[1];
	}
	return (len + 3) & ~3u;
}

void nfr_ip_options_fragment(uint8_t *options, uint32_t len)
{
	uint8_t *opt = options, *end = options + len;

	while (opt < end && *opt != OPT_END) {
		uint32_t n = option_len(opt, (uint32_t)(end - opt));

		if (n == 0)
			return;
		if (*opt != OPT_NOOP && !(*opt & OPT_COPIED))
			memset(opt, OPT_NOOP, n);
		opt += n;
	}
}
