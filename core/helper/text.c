/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading and writing of addresses in text. What is accepted is what in6_pton() accepts, which is
 * not RFC 4291 to the letter: any number of leading zeros also in an IPv4 tail, `::` for a single
 * group even at the end, never for none; a zero byte ends an address like its delimiter.
 */
#include "helper/text.h"

#define N_GROUPS 8
#define NO_GAP (N_GROUPS + 1u)

/* ASCII only, whatever the locale. */
static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool nfr_text_same(const uint8_t *a, const char *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (lower(a[i]) != lower((uint8_t)b[i]))
			return false;
	}
	return true;
}

/* What is being read: groups of 16 bits, and where `::` stood among them. */
struct ip6_reader {
	const uint8_t *p;
	uint32_t len, pos;
	uint8_t delim;
	uint16_t group[N_GROUPS];
	unsigned n_groups;
	unsigned gap; /* the groups from here on stand at the end */
};

/* The character at pos, 0 at the end. The delimiter wins over whatever else it may mean. */
static uint8_t peek(const struct ip6_reader *r)
{
	uint8_t c = r->pos < r->len ? r->p[r->pos] : 0;

	return c == r->delim ? 0 : c;
}

/* Its value, or -1. */
static int hex_digit(uint8_t c)
{
	if (nfr_text_is_digit(c))
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decimal digits up to 255. */
static bool get_octet(struct ip6_reader *r, uint8_t *octet)
{
	uint32_t start = r->pos;
	unsigned value = 0;

	for (; nfr_text_is_digit(peek(r)) && value <= 255; r->pos++)
		value = value * 10 + r->p[r->pos] - '0';
	*octet = (uint8_t)value;
	return r->pos > start && value <= 255;
}

/* The tail `1.2.3.4`, two groups. What stands behind it is the caller's to judge. */
static bool get_ip4_tail(struct ip6_reader *r)
{
	uint8_t octet[4];

	for (unsigned i = 0; i < 4; i++) {
		if (i && peek(r) != '.')
			return false;
		r->pos += i > 0;
		if (!get_octet(r, &octet[i]))
			return false;
	}
	r->group[r->n_groups++] = (uint16_t)(octet[0] << 8 | octet[1]);
	r->group[r->n_groups++] = (uint16_t)(octet[2] << 8 | octet[3]);
	return true;
}

/* A tail takes two groups: without a gap just the last two, with one it may stand earlier. */
static bool tail_fits(const struct ip6_reader *r)
{
	return r->n_groups == N_GROUPS - 2 || (r->gap != NO_GAP && r->n_groups < N_GROUPS - 2);
}

/* Hexadecimal digits while they fit; at a dot it was the first number of an IPv4 tail. True while
 * more groups may follow. */
static bool get_group(struct ip6_reader *r, bool *bad)
{
	uint32_t start = r->pos, value = 0;

	while (hex_digit(peek(r)) >= 0 && value < 0x1000)
		value = value << 4 | (uint32_t)hex_digit(r->p[r->pos++]);
	*bad = r->pos == start || r->n_groups == N_GROUPS;
	if (*bad)
		return false;
	if (peek(r) == '.' && tail_fits(r)) {
		r->pos = start;
		*bad = !get_ip4_tail(r);
		return false;
	}
	r->group[r->n_groups++] = (uint16_t)value;
	return peek(r) == ':' && r->n_groups < N_GROUPS;
}

/* The colon or two behind a group, or before the first. */
static bool get_colons(struct ip6_reader *r)
{
	r->pos++;
	if (peek(r) != ':')
		return r->n_groups > 0;
	if (r->gap != NO_GAP || r->n_groups == N_GROUPS)
		return false;
	r->group[r->n_groups++] = 0;
	r->gap = r->n_groups;
	r->pos++;
	return true;
}

/* Groups behind the gap move to the end; what is left free is zero. */
static void spread(const struct ip6_reader *r, union nfr_addr *addr)
{
	unsigned hole = N_GROUPS - r->n_groups;

	memset(addr, 0, sizeof(*addr));
	for (unsigned i = 0; i < r->n_groups; i++) {
		unsigned at = i < r->gap ? i : i + hole;

		addr->b[2 * at] = (uint8_t)(r->group[i] >> 8);
		addr->b[2 * at + 1] = (uint8_t)r->group[i];
	}
}

/*
 * Groups and colons by turns. A gap at the very end is complete by itself; a single colon there
 * is not, nor is anything behind the eighth group.
 */
uint32_t nfr_text_get_ip6(const uint8_t *p, uint32_t len, uint8_t delim, union nfr_addr *addr)
{
	struct ip6_reader r = {.p = p, .len = len, .delim = delim, .gap = NO_GAP};
	bool more = true, bad = false;

	if (peek(&r) == ':' && !get_colons(&r))
		return 0;
	while (more && !(peek(&r) == 0 && r.gap == r.n_groups)) {
		more = get_group(&r, &bad);
		if (bad || (more && !get_colons(&r)))
			return 0;
	}
	if (peek(&r) != 0 || (r.gap == NO_GAP && r.n_groups < N_GROUPS))
		return 0;
	spread(&r, addr);
	return r.pos;
}

uint8_t *nfr_text_put(uint8_t *to, const char *text)
{
	while (*text)
		*to++ = (uint8_t)*text++;
	return to;
}

uint8_t *nfr_text_put_dec(uint8_t *to, uint32_t value)
{
	uint8_t digit[10];
	unsigned n = 0;

	do {
		digit[n++] = (uint8_t)('0' + value % 10);
		value /= 10;
	} while (value);
	while (n)
		*to++ = digit[--n];
	return to;
}

uint8_t *nfr_text_put_ip4(uint8_t *to, nfr_be32 addr, char separator)
{
	for (unsigned i = 0; i < 4; i++) {
		if (i)
			*to++ = (uint8_t)separator;
		to = nfr_text_put_dec(to, addr.b[i]);
	}
	return to;
}

uint8_t *nfr_text_put_ip6(uint8_t *to, const union nfr_addr *addr)
{
	static const char hex[] = "0123456789abcdef";

	for (unsigned i = 0; i < 16; i++) {
		if (i && i % 2 == 0)
			*to++ = ':';
		*to++ = (uint8_t)hex[addr->b[i] >> 4];
		*to++ = (uint8_t)hex[addr->b[i] & 15];
	}
	return to;
}
