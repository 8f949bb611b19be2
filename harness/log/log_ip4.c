/* SPDX-License-Identifier: BSD-2-Clause */
#include "log/dump.h"

#define IP_HLEN 20u
#define ICMP_HLEN 8u

enum icmp_type {
	ICMP_ECHO_REPLY = 0,
	ICMP_UNREACH = 3,
	ICMP_SOURCE_QUENCH = 4,
	ICMP_REDIRECT = 5,
	ICMP_ECHO = 8,
	ICMP_TIME_EXCEEDED = 11,
	ICMP_PARAMETER = 12,
	ICMP_TIMESTAMP = 13,
	ICMP_TIMESTAMP_REPLY = 14,
	ICMP_MASK = 17,
	ICMP_MASK_REPLY = 18,
};

#define ICMP_CODE_FRAG_NEEDED 4

static void dump_addr4(const struct nfr_dump *d, const char *label, const uint8_t *p)
{
	fprintf(d->to, "%s=%u.%u.%u.%u ", label, p[0], p[1], p[2], p[3]);
}

/* Bytes that a message of the type has at least, its header included. */
static uint32_t icmp_min_len(uint8_t type)
{
	switch (type) {
	case ICMP_UNREACH:
	case ICMP_SOURCE_QUENCH:
	case ICMP_REDIRECT:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETER:
		return ICMP_HLEN + IP_HLEN;
	case ICMP_TIMESTAMP:
	case ICMP_TIMESTAMP_REPLY:
		return 20;
	case ICMP_MASK:
	case ICMP_MASK_REPLY:
		return 12;
	default:
		return ICMP_HLEN;
	}
}

/* An error is quoted once: a quoted error shows only its type and code. */
static void icmp_error(const struct nfr_dump *d, uint32_t off, const uint8_t *h, bool inner)
{
	if (h[0] == ICMP_REDIRECT)
		dump_addr4(d, "GATEWAY", h + 4);
	if (!inner) {
		fputc('[', d->to);
		nfr_dump_ip4(d, off + ICMP_HLEN, true);
		fputs("] ", d->to);
	}
	if (h[0] == ICMP_UNREACH && h[1] == ICMP_CODE_FRAG_NEEDED)
		fprintf(d->to, "MTU=%u ", nfr_dump_u16(h + 6));
}

static void dump_icmp(const struct nfr_dump *d, uint32_t off, bool fragment, bool inner)
{
	const uint8_t *h = nfr_dump_at(d, off, ICMP_HLEN);

	fputs("PROTO=ICMP ", d->to);
	if (fragment)
		return;
	if (!h) {
		nfr_dump_incomplete(d, off);
		return;
	}
	fprintf(d->to, "TYPE=%u CODE=%u ", h[0], h[1]);
	if (d->len - off < icmp_min_len(h[0])) {
		nfr_dump_incomplete(d, off);
		return;
	}
	switch (h[0]) {
	case ICMP_ECHO_REPLY:
	case ICMP_ECHO:
		fprintf(d->to, "ID=%u SEQ=%u ", nfr_dump_u16(h + 4), nfr_dump_u16(h + 6));
		break;
	case ICMP_PARAMETER:
		fprintf(d->to, "PARAMETER=%u ", h[4]);
		break;
	case ICMP_REDIRECT:
	case ICMP_UNREACH:
	case ICMP_SOURCE_QUENCH:
	case ICMP_TIME_EXCEEDED:
		icmp_error(d, off, h, inner);
		break;
	}
}

/* A later fragment of AH says nothing, one of ESP at least its name. */
static void dump_ipsec(const struct nfr_dump *d, uint32_t off, bool fragment, uint8_t proto)
{
	bool ah = proto == NFR_IPPROTO_AH;
	const uint8_t *h = nfr_dump_at(d, off, ah ? 12 : 8);

	if (ah && fragment)
		return;
	fputs(ah ? "PROTO=AH " : "PROTO=ESP ", d->to);
	if (fragment)
		return;
	if (h)
		fprintf(d->to, "SPI=0x%x ", nfr_dump_u32(ah ? h + 4 : h));
	else
		nfr_dump_incomplete(d, off);
}

/* False: the line ends here. */
static bool dump_l4(const struct nfr_dump *d, uint32_t off, uint8_t proto, bool fragment,
		    bool inner)
{
	switch (proto) {
	case NFR_IPPROTO_TCP:
		return nfr_dump_tcp(d, off, fragment);
	case NFR_IPPROTO_UDP:
	case NFR_IPPROTO_UDPLITE:
		return nfr_dump_udp(d, off, fragment, proto);
	case NFR_IPPROTO_ICMP:
		dump_icmp(d, off, fragment, inner);
		return true;
	case NFR_IPPROTO_AH:
	case NFR_IPPROTO_ESP:
		dump_ipsec(d, off, fragment, proto);
		return true;
	default:
		fprintf(d->to, "PROTO=%u ", proto);
		return true;
	}
}

static void dump_fragment(const struct nfr_dump *d, uint16_t frag_off)
{
	fprintf(d->to, "%s%s%s", frag_off & 0x8000 ? "CE " : "", frag_off & 0x4000 ? "DF " : "",
		frag_off & 0x2000 ? "MF " : "");
	if (frag_off & 0x1fff)
		fprintf(d->to, "FRAG:%u ", frag_off & 0x1fffu);
}

/* False: the options do not fit in the packet. */
static bool dump_options(const struct nfr_dump *d, uint32_t off, uint32_t header_len)
{
	const uint8_t *options;

	if (!(d->flags & NFR_LOG_IPOPT) || header_len <= IP_HLEN)
		return true;
	options = nfr_dump_at(d, off + IP_HLEN, header_len - IP_HLEN);
	if (!options) {
		fputs("TRUNCATED", d->to);
		return false;
	}
	fputs("OPT (", d->to);
	nfr_dump_hex(d, options, header_len - IP_HLEN);
	fputs(") ", d->to);
	return true;
}

void nfr_dump_ip4(const struct nfr_dump *d, uint32_t off, bool inner)
{
	const uint8_t *h = nfr_dump_at(d, off, IP_HLEN);
	uint32_t header_len;
	uint16_t frag_off;

	if (!h) {
		fputs("TRUNCATED", d->to);
		return;
	}
	dump_addr4(d, "SRC", h + 12);
	dump_addr4(d, "DST", h + 16);
	fprintf(d->to, "LEN=%u TOS=0x%02X PREC=0x%02X TTL=%u ID=%u ", nfr_dump_u16(h + 2),
		h[1] & 0x1eu, h[1] & 0xe0u, h[8], nfr_dump_u16(h + 4));
	frag_off = nfr_dump_u16(h + 6);
	header_len = (h[0] & 0x0fu) * 4;
	dump_fragment(d, frag_off);
	if (!dump_options(d, off, header_len) ||
	    !dump_l4(d, off + header_len, h[9], frag_off & 0x1fff, inner))
		return;
	if (!inner)
		nfr_dump_end(d);
}
