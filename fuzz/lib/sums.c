/* SPDX-License-Identifier: BSD-2-Clause */
#include "sums.h"

#include "base/bytes.h"
#include "fuzz.h"

#define UDP_HLEN 8u

/* ---- where things are ---- */

static bool find4(const uint8_t *ip, size_t len, struct fuzz_l4 *l4)
{
	size_t total = nfr_get16(ip + 2), hlen = (size_t)(ip[0] & 15) * 4;

	if (hlen < 20 || total < hlen || total > len)
		return false;
	l4->off = hlen;
	l4->len = total - hlen;
	l4->proto = ip[9];
	l4->fragment = (nfr_get16(ip + 6) & 0x3fff) != 0;
	l4->routed = hlen > 20; /* a source route, perhaps */
	return true;
}

static bool find6(const uint8_t *ip, size_t len, struct fuzz_l4 *l4)
{
	size_t end = 40 + (size_t)nfr_get16(ip + 4), at = 40;
	uint8_t proto = ip[6];

	if (end > len)
		return false;
	for (;;) {
		size_t n;

		if (proto != NFR_IPPROTO_HOPOPTS && proto != NFR_IPPROTO_DSTOPTS &&
		    proto != NFR_IPPROTO_ROUTING && proto != NFR_IPPROTO_FRAGMENT)
			break;
		if (at + 8 > end)
			return false;
		n = proto == NFR_IPPROTO_FRAGMENT ? 8 : 8 + (size_t)ip[at + 1] * 8;
		l4->routed |= proto == NFR_IPPROTO_ROUTING;
		l4->fragment |= proto == NFR_IPPROTO_FRAGMENT;
		proto = ip[at];
		at += n;
		if (at > end)
			return false;
	}
	l4->off = at;
	l4->len = end - at;
	l4->proto = proto;
	return true;
}

bool fuzz_l4_find(const uint8_t *ip, size_t len, struct fuzz_l4 *l4)
{
	memset(l4, 0, sizeof(*l4));
	if (len >= 20 && ip[0] >> 4 == 4)
		return find4(ip, len, l4);
	return len >= 40 && ip[0] >> 4 == 6 && find6(ip, len, l4);
}

/* ---- sums ---- */

FUZZ_QUIET static uint32_t add_words(uint32_t sum, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		sum += nfr_get16(p + i);
	if (len & 1)
		sum += (uint32_t)p[len - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static uint32_t pseudo(const uint8_t *ip, const struct fuzz_l4 *l4)
{
	uint8_t tail[8] = {0};

	nfr_put32(tail, (uint32_t)l4->len);
	tail[7] = l4->proto;
	if (ip[0] >> 4 == 4)
		return add_words(add_words(0, ip + 12, 8), tail, 8);
	return add_words(add_words(0, ip + 8, 32), tail, 8);
}

FUZZ_QUIET static uint32_t crc32c(const uint8_t *p, size_t len)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < len; i++) {
		crc ^= p[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	}
	return ~crc;
}

/* Where a transport's checksum lies and what it begins with. */
struct place {
	size_t off;	/* of the two bytes; 0: there is none that is known */
	size_t covered; /* bytes of the transport that it covers */
	bool pseudo, zero_is_none;
};

static struct place place_of(const uint8_t *ip, const struct fuzz_l4 *l4)
{
	struct place place = {.covered = l4->len};
	bool six = ip[0] >> 4 == 6;

	switch (l4->proto) {
	case NFR_IPPROTO_TCP:
		place.off = l4->len >= 20 ? 16 : 0;
		place.pseudo = true;
		break;
	case NFR_IPPROTO_UDP:
		place.off = l4->len >= UDP_HLEN ? 6 : 0;
		place.pseudo = true;
		place.zero_is_none = !six;
		/* UDP has a length of its own: one that is not the packet's makes it unreadable */
		if (place.off && nfr_get16(ip + l4->off + 4) != l4->len)
			place.off = 0;
		break;
	case NFR_IPPROTO_ICMP:
		place.off = !six && l4->len >= 8 ? 2 : 0;
		break;
	case NFR_IPPROTO_ICMPV6:
		place.off = six && l4->len >= 8 ? 2 : 0;
		place.pseudo = true;
		break;
	default:
		break;
	}
	return place;
}

static enum fuzz_sums sctp_sums(const uint8_t *l4, size_t len)
{
	static const uint8_t zero[4];
	uint8_t copy[2048];

	if (len < 12 || len > sizeof(copy))
		return FUZZ_SUMS_UNKNOWN;
	memcpy(copy, l4, len);
	memcpy(copy + 8, zero, 4);
	return crc32c(copy, len) == nfr_le32(l4 + 8) ? FUZZ_SUMS_GOOD : FUZZ_SUMS_BAD;
}

static enum fuzz_sums l4_sums(const uint8_t *ip, const struct fuzz_l4 *l4)
{
	struct place place = place_of(ip, l4);
	const uint8_t *p = ip + l4->off;

	if (l4->proto == NFR_IPPROTO_SCTP)
		return sctp_sums(p, l4->len);
	if (!place.off)
		return FUZZ_SUMS_UNKNOWN;
	if (nfr_get16(p + place.off) == 0 && place.zero_is_none)
		return FUZZ_SUMS_GOOD;
	return add_words(place.pseudo ? pseudo(ip, l4) : 0, p, place.covered) == 0xffff
		       ? FUZZ_SUMS_GOOD
		       : FUZZ_SUMS_BAD;
}

enum fuzz_sums fuzz_sums_of(const uint8_t *ip, size_t len)
{
	struct fuzz_l4 l4;

	if (!fuzz_l4_find(ip, len, &l4))
		return FUZZ_SUMS_UNKNOWN;
	if (ip[0] >> 4 == 4 && add_words(0, ip, l4.off) != 0xffff)
		return FUZZ_SUMS_BAD;
	return l4.fragment || l4.routed ? FUZZ_SUMS_UNKNOWN : l4_sums(ip, &l4);
}

bool fuzz_sums_header(const uint8_t *ip, size_t len)
{
	struct fuzz_l4 l4;

	return !fuzz_l4_find(ip, len, &l4) || ip[0] >> 4 != 4 || add_words(0, ip, l4.off) == 0xffff;
}

/* ---- repair ---- */

static void repair_lengths(uint8_t *ip, size_t len)
{
	if (len >= 20 && ip[0] >> 4 == 4)
		nfr_put16(ip + 2, (uint16_t)len);
	else if (len >= 40 && ip[0] >> 4 == 6)
		nfr_put16(ip + 4, (uint16_t)(len - 40));
}

static void repair_l4(uint8_t *ip, const struct fuzz_l4 *l4, bool lengths)
{
	uint8_t *p = ip + l4->off;
	struct place place;
	uint32_t crc;

	if (lengths && l4->proto == NFR_IPPROTO_UDP && l4->len >= UDP_HLEN)
		nfr_put16(p + 4, (uint16_t)l4->len);
	place = place_of(ip, l4);
	if (place.off) {
		nfr_put16(p + place.off, 0);
		nfr_put16(p + place.off, (uint16_t)~add_words(place.pseudo ? pseudo(ip, l4) : 0, p,
							      place.covered));
	} else if (l4->proto == NFR_IPPROTO_SCTP && l4->len >= 12) {
		memset(p + 8, 0, 4);
		crc = crc32c(p, l4->len);
		for (unsigned i = 0; i < 4; i++)
			p[8 + i] = (uint8_t)(crc >> 8 * i);
	}
}

void fuzz_sums_repair(uint8_t *ip, size_t len, bool lengths)
{
	struct fuzz_l4 l4;

	if (lengths)
		repair_lengths(ip, len);
	if (!fuzz_l4_find(ip, len, &l4))
		return;
	if (ip[0] >> 4 == 4) {
		nfr_put16(ip + 10, 0);
		nfr_put16(ip + 10, (uint16_t)~add_words(0, ip, l4.off));
	}
	if (!l4.fragment)
		repair_l4(ip, &l4, lengths);
}
