/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv6 in LOG lines. Addresses are written in full. Extension headers appear only with
 * --log-ip-options, except the fragment header; the walk over them trusts their lengths, so that
 * a broken one gives `INCOMPLETE [4294967291 bytes]`, as in Linux.
 */
#include "log/dump.h"

#define IP6_HLEN 40u
#define ICMP6_HLEN 8u

enum icmp6_type {
	ICMP6_UNREACH = 1,
	ICMP6_TOO_BIG = 2,
	ICMP6_TIME_EXCEEDED = 3,
	ICMP6_PARAMETER = 4,
	ICMP6_ECHO = 128,
	ICMP6_ECHO_REPLY = 129,
};

/* Where the walk over the extension headers stands. */
struct walk {
	uint32_t off;
	uint8_t proto;
	bool fragment; /* a later fragment: no transport header */
};

static void dump_addr6(const struct nfr_dump *d, const char *label, const uint8_t *p)
{
	unsigned i;

	fprintf(d->to, "%s=", label);
	for (i = 0; i < 16; i += 2)
		fprintf(d->to, "%s%02x%02x", i ? ":" : "", p[i], p[i + 1]);
	fputc(' ', d->to);
}

static bool is_extension(uint8_t proto)
{
	switch (proto) {
	case NFR_IPPROTO_HOPOPTS:
	case NFR_IPPROTO_ROUTING:
	case NFR_IPPROTO_FRAGMENT:
	case NFR_IPPROTO_DSTOPTS:
	case NFR_IPPROTO_AH:
	case NFR_IPPROTO_ESP:
		return true;
	default:
		return false;
	}
}

static bool dump_fragment_header(const struct nfr_dump *d, struct walk *w)
{
	const uint8_t *h = nfr_dump_at(d, w->off, 8);
	uint16_t frag_off;

	fputs("FRAG:", d->to);
	if (!h) {
		fputs("TRUNCATED ", d->to);
		return false;
	}
	frag_off = nfr_dump_u16(h + 2);
	fprintf(d->to, "%u %sID:%08x ", frag_off & 0xfff8u, frag_off & 1 ? "INCOMPLETE " : "",
		nfr_dump_u32(h + 4));
	w->fragment |= (frag_off & 0xfff8) != 0;
	return true;
}

/* `AH SPI=0x123 ` within OPT ( ). */
static bool dump_ipsec(const struct nfr_dump *d, const struct walk *w, const char *name,
		       uint32_t min_len, uint32_t spi_off)
{
	const uint8_t *h = nfr_dump_at(d, w->off, min_len);

	if (!(d->flags & NFR_LOG_IPOPT))
		return true;
	fprintf(d->to, "%s ", name);
	if (!w->fragment && h) {
		fprintf(d->to, "SPI=0x%x ", nfr_dump_u32(h + spi_off));
		return true;
	}
	if (!w->fragment)
		nfr_dump_incomplete(d, w->off);
	fputc(')', d->to);
	return false;
}

/* One extension header whose first two bytes are `h`. False: the line ends here. */
static bool dump_extension(const struct nfr_dump *d, struct walk *w, const uint8_t *h)
{
	bool options = (d->flags & NFR_LOG_IPOPT) != 0;
	uint32_t len = (h[1] + 1u) * 8;

	if (options)
		fputs("OPT ( ", d->to);
	switch (w->proto) {
	case NFR_IPPROTO_FRAGMENT:
		if (!dump_fragment_header(d, w))
			return false;
		len = 8;
		break;
	case NFR_IPPROTO_AH:
		if (!dump_ipsec(d, w, "AH", 12, 4))
			return false;
		len = (h[1] + 2u) * 4;
		break;
	case NFR_IPPROTO_ESP:
		if (dump_ipsec(d, w, "ESP", 8, 0) && options)
			fputc(')', d->to);
		return false;
	default:
		if (!w->fragment)
			break;
		if (options)
			fputc(')', d->to);
		return false;
	}
	if (options)
		fputs(") ", d->to);
	w->proto = h[0];
	w->off += len;
	return true;
}

static void icmp6_error(const struct nfr_dump *d, const struct walk *w, const uint8_t *h,
			bool inner)
{
	if (h[0] == ICMP6_PARAMETER)
		fprintf(d->to, "POINTER=%08x ", nfr_dump_u32(h + 4));
	if (!inner) {
		fputc('[', d->to);
		nfr_dump_ip6(d, w->off + ICMP6_HLEN, true);
		fputs("] ", d->to);
	}
	if (h[0] == ICMP6_TOO_BIG)
		fprintf(d->to, "MTU=%u ", nfr_dump_u32(h + 4));
}

static bool dump_icmp6(const struct nfr_dump *d, const struct walk *w, bool inner)
{
	const uint8_t *h = nfr_dump_at(d, w->off, ICMP6_HLEN);

	fputs("PROTO=ICMPv6 ", d->to);
	if (w->fragment)
		return true;
	if (!h) {
		nfr_dump_incomplete(d, w->off);
		return false;
	}
	fprintf(d->to, "TYPE=%u CODE=%u ", h[0], h[1]);
	if (h[0] == ICMP6_ECHO || h[0] == ICMP6_ECHO_REPLY)
		fprintf(d->to, "ID=%u SEQ=%u ", nfr_dump_u16(h + 4), nfr_dump_u16(h + 6));
	else if (h[0] >= ICMP6_UNREACH && h[0] <= ICMP6_PARAMETER)
		icmp6_error(d, w, h, inner);
	return true;
}

static bool dump_l4(const struct nfr_dump *d, const struct walk *w, bool inner)
{
	switch (w->proto) {
	case NFR_IPPROTO_TCP:
		return nfr_dump_tcp(d, w->off, w->fragment);
	case NFR_IPPROTO_UDP:
	case NFR_IPPROTO_UDPLITE:
		return nfr_dump_udp(d, w->off, w->fragment, w->proto);
	case NFR_IPPROTO_ICMPV6:
		return dump_icmp6(d, w, inner);
	default:
		fprintf(d->to, "PROTO=%u ", w->proto);
		return true;
	}
}

static void dump_header(const struct nfr_dump *d, const uint8_t *h)
{
	uint32_t word = nfr_dump_u32(h);

	dump_addr6(d, "SRC", h + 8);
	dump_addr6(d, "DST", h + 24);
	fprintf(d->to, "LEN=%u TC=%u HOPLIMIT=%u FLOWLBL=%u ", nfr_dump_u16(h + 4) + IP6_HLEN,
		word >> 20 & 0xff, h[7], word & 0xfffff);
}

void nfr_dump_ip6(const struct nfr_dump *d, uint32_t off, bool inner)
{
	const uint8_t *h = nfr_dump_at(d, off, IP6_HLEN);
	struct walk w = {.off = off + IP6_HLEN};

	if (!h) {
		fputs("TRUNCATED", d->to);
		return;
	}
	dump_header(d, h);
	for (w.proto = h[6]; is_extension(w.proto);) {
		h = nfr_dump_at(d, w.off, 2);
		if (!h) {
			fputs("TRUNCATED", d->to);
			return;
		}
		if (!dump_extension(d, &w, h))
			return;
	}
	if (dump_l4(d, &w, inner) && !inner)
		nfr_dump_end(d);
}
