/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hop-by-hop options as ipv6_parse_hopopts() treats them. Linux is stricter than RFC 8200:
 *
 *  - padding must be zero, and no more than 7 bytes of it may stand together, since more is never
 *    needed to align;
 *  - at most 8 options that are no padding (net.ipv6.max_hbh_opts_number);
 *  - a router alert must have two bytes, a jumbo payload four, aligned to 4n + 2;
 *  - CALIPSO and IOAM are known but not configured here: the first is refused, the second passed
 *    over when it is aligned.
 *
 * An option that is not known says by its two highest bits what becomes of the packet: passed
 * over, dropped, dropped with an ICMPv6 parameter problem, or that only when the destination is
 * no multicast address. A jumbo payload option whose length would have fitted the IPv6 header,
 * or beside a length that is not zero, is answered too (RFC 2675).
 */
#include "pkt/hopopts.h"

#define MAX_OPTIONS 8u
#define MAX_PADDING 7u

#define OPT_PAD1 0x00
#define OPT_PADN 0x01
#define OPT_ROUTER_ALERT 0x05
#define OPT_CALIPSO 0x07
#define OPT_IOAM 0x31
#define OPT_JUMBO 0xc2

#define CODE_HEADER_FIELD 0
#define CODE_UNKNOWN_OPTION 2

static void owe(struct nfr_param_problem *problem, uint8_t code, uint32_t pointer)
{
	if (!problem)
		return;
	problem->code = code;
	problem->pointer = pointer;
}

static enum nfr_reason unknown_option(const struct nfr_pkt *pkt, uint32_t off,
				      struct nfr_param_problem *problem)
{
	bool multicast = pkt->data[24] == 0xff;
	uint8_t action = pkt->data[off] >> 6;

	if (action == 0)
		return NFR_REASON_NONE;
	if (action == 2 || (action == 3 && !multicast))
		owe(problem, CODE_UNKNOWN_OPTION, off);
	return NFR_REASON_IP6_EXTHDR;
}

/* No frame is long enough for a jumbogram: whatever the option says, the packet ends here. */
static enum nfr_reason jumbo_option(const struct nfr_pkt *pkt, uint32_t off,
				    struct nfr_param_problem *problem)
{
	const uint8_t *opt = pkt->data + off;

	if (opt[1] != 4 || (off & 3) != 2)
		return NFR_REASON_IP6_EXTHDR;
	if (nfr_get32(opt + 2) <= UINT16_MAX) {
		owe(problem, CODE_HEADER_FIELD, off + 2);
		return NFR_REASON_IP6_EXTHDR;
	}
	if (nfr_get16(pkt->data + 4) == 0)
		return NFR_REASON_IP_LENGTH;
	owe(problem, CODE_HEADER_FIELD, off);
	return NFR_REASON_IP6_EXTHDR;
}

static enum nfr_reason option(const struct nfr_pkt *pkt, uint32_t off,
			      struct nfr_param_problem *problem)
{
	const uint8_t *opt = pkt->data + off;

	switch (opt[0]) {
	case OPT_ROUTER_ALERT:
		return opt[1] == 2 ? NFR_REASON_NONE : NFR_REASON_IP6_EXTHDR;
	case OPT_IOAM:
		return (off & 3) == 0 ? NFR_REASON_NONE : NFR_REASON_IP6_EXTHDR;
	case OPT_CALIPSO:
		return NFR_REASON_IP6_EXTHDR;
	case OPT_JUMBO:
		return jumbo_option(pkt, off, problem);
	default:
		return unknown_option(pkt, off, problem);
	}
}

/* True when all that follows type and length is zero. */
static bool padding_is_zero(const uint8_t *opt, uint32_t len)
{
	uint8_t bits = 0;

	for (uint32_t i = 2; i < len; i++)
		bits |= opt[i];
	return bits == 0;
}

/* Bytes of the option at off: 0 when it does not end before `end`. */
static uint32_t option_len(const struct nfr_pkt *pkt, uint32_t off, uint32_t end)
{
	const uint8_t *opt = pkt->data + off;

	if (opt[0] == OPT_PAD1)
		return 1;
	if (end - off < 2 || opt[1] + 2u > end - off)
		return 0;
	return opt[1] + 2u;
}

enum nfr_reason nfr_hopopts_parse(const struct nfr_pkt *pkt, struct nfr_param_problem *problem)
{
	const uint8_t *hdr = nfr_pkt_at(pkt, NFR_IP6_HLEN, 8);
	uint32_t off = NFR_IP6_HLEN + 2, len, end, padding = 0, n_options = 0;

	if (!hdr || !nfr_pkt_at(pkt, NFR_IP6_HLEN, (hdr[1] + 1u) << 3))
		return NFR_REASON_IP6_EXTHDR;
	end = NFR_IP6_HLEN + ((hdr[1] + 1u) << 3);
	for (; off < end; off += len) {
		const uint8_t *opt = pkt->data + off;
		enum nfr_reason reason;

		len = option_len(pkt, off, end);
		if (len == 0)
			return NFR_REASON_IP6_EXTHDR;
		if (opt[0] == OPT_PAD1 || opt[0] == OPT_PADN) {
			padding += len;
			if (padding > MAX_PADDING || !padding_is_zero(opt, len))
				return NFR_REASON_IP6_EXTHDR;
			continue;
		}
		padding = 0;
		if (++n_options > MAX_OPTIONS)
			return NFR_REASON_IP6_EXTHDR;
		reason = option(pkt, off, problem);
		if (reason != NFR_REASON_NONE)
			return reason;
	}
	return NFR_REASON_NONE;
}
