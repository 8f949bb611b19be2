/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Internet checksum (RFC 1071) and its incremental update (RFC 1624, equation 3).
 * Sums are folded 16-bit values in host order; a stored checksum is the complement of its sum.
 */
#ifndef NFR_BASE_CSUM_H
#define NFR_BASE_CSUM_H

#include "base/bytes.h"

static inline uint16_t nfr_csum_fold(uint64_t sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32); /* at most 33 bits */
	sum = (sum & 0xffff) + (sum >> 16);     /* 18 */
	sum = (sum & 0xffff) + (sum >> 16);     /* 17 */
	return (uint16_t)(sum + (sum >> 16));
}

/* Eight bytes, in the machine's order, added with the carry put back in. */
static inline uint64_t nfr_csum_add64(uint64_t sum, const uint8_t *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	sum += w;
	return sum + (sum < w);
}

/* Ends a sum in the machine's order with the last bytes, and turns it into host order. */
static inline uint16_t nfr_csum_tail(uint64_t sum, const uint8_t *p, size_t len)
{
	uint8_t rest[8] = {0}, b[2];
	uint16_t folded;

	for (; len >= 8; len -= 8, p += 8)
		sum = nfr_csum_add64(sum, p);
	if (len) {
		for (size_t i = 0; i < len; i++)
			rest[i] = p[i];
		sum = nfr_csum_add64(sum, rest);
	}
	folded = nfr_csum_fold(sum);
	memcpy(b, &folded, sizeof(b));
	return nfr_get16(b);
}

uint16_t nfr_csum_long(const uint8_t *p, size_t len);

/* Sum of len bytes, the last one padded with zero. */
static inline uint16_t nfr_csum_words(const uint8_t *p, size_t len)
{
	return len <= 64 ? nfr_csum_tail(0, p, len) : nfr_csum_long(p, len);
}

/* The same, added to sum; only the last of several pieces may have an odd length. */
uint32_t nfr_csum_add(uint32_t sum, const uint8_t *p, size_t len);

/* Sum of the pseudo header of a transport protocol. */
uint32_t nfr_csum_pseudo(uint8_t family, const uint8_t *ip_header, uint8_t proto, uint32_t l4_len);

/* Stored checksum after a field of the covered bytes changed. */
static inline void nfr_csum_replace2(uint8_t *csum, uint16_t from, uint16_t to)
{
	uint32_t sum = (uint16_t)~nfr_get16(csum) + (uint32_t)(uint16_t)~from + to;

	nfr_put16(csum, (uint16_t)~nfr_csum_fold(sum));
}

static inline void nfr_csum_replace4(uint8_t *csum, uint32_t from, uint32_t to)
{
	uint64_t sum = (uint64_t)(uint16_t)~nfr_get16(csum) + (uint32_t)~from + to;

	nfr_put16(csum, (uint16_t)~nfr_csum_fold(sum));
}

/* The same for len bytes, an even number, at an even offset of what the checksum covers. */
void nfr_csum_replace_bytes(uint8_t *csum, const uint8_t *from, const uint8_t *to, size_t len);

#endif
