/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Internet checksum (RFC 1071) and its incremental update (RFC 1624, equation 3).
 * Sums are folded 16-bit values in host order; a stored checksum is the complement of its sum.
 */
#ifndef NFR_BASE_CSUM_H
#define NFR_BASE_CSUM_H

#include "base/bytes.h"

/* Halves are added with the carry put back in: a sum and itself turned round have it in the upper
 * half. Zero only for zero. */
static inline uint16_t nfr_csum_fold(uint64_t sum)
{
	uint32_t half;

	sum += sum << 32 | sum >> 32;
	half = (uint32_t)(sum >> 32);
	half += half << 16 | half >> 16;
	return (uint16_t)(half >> 16);
}

/*
 * Running sums are over words in the machine's own order, 64 bits wide with the carry put back
 * in: see csum.c. Whether one folds to all ones, that is, whether a checksum is right, can be
 * asked of it as it is; for a value to store it is turned into host order by nfr_csum_value().
 */
static inline uint64_t nfr_csum_run64(uint64_t sum, uint64_t w)
{
	sum += w;
	return sum + (sum < w);
}

static inline uint64_t nfr_csum_run8(uint64_t sum, const uint8_t *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return nfr_csum_run64(sum, w);
}

/* Whether what was summed up, its checksum among it, is right: the sum folds to all ones, that is,
 * 65535 divides it and it is not zero. Multiplied by the inverse of 65535 (modulo 2^64) a multiple
 * gives its quotient, and no other number one that is as small. */
static inline bool nfr_csum_run_right(uint64_t sum)
{
	const uint64_t inverse = UINT64_C(0xfffefffefffeffff);

	return sum != 0 && sum * inverse <= UINT64_MAX / 0xffff;
}

uint64_t nfr_csum_run_long(uint64_t sum, const uint8_t *p, size_t len);

/* Adds len bytes, the last one padded with zero: only the last of several pieces may be odd. */
static inline uint64_t nfr_csum_run(uint64_t sum, const uint8_t *p, size_t len)
{
	uint8_t odd[2] = {0};
	uint32_t w4;
	uint16_t w2;

	if (len > 64)
		return nfr_csum_run_long(sum, p, len);
	for (; len >= 8; len -= 8, p += 8)
		sum = nfr_csum_run8(sum, p);
	if (len & 4) {
		memcpy(&w4, p, sizeof(w4));
		sum = nfr_csum_run64(sum, w4);
		p += 4;
	}
	if (len & 2) {
		memcpy(&w2, p, sizeof(w2));
		sum = nfr_csum_run64(sum, w2);
		p += 2;
	}
	if (len & 1) {
		odd[0] = *p;
		memcpy(&w2, odd, sizeof(w2));
		sum = nfr_csum_run64(sum, w2);
	}
	return sum;
}

/* A 16-bit value as it is read from the wire, to be added to a running sum. */
static inline uint16_t nfr_csum_word(uint32_t v)
{
	const uint16_t one = 1;
	uint8_t first;

	memcpy(&first, &one, sizeof(first)); /* known to the compiler: no load, no branch */
	return (uint16_t)(first ? (v >> 8 & 0xff) | v << 8 : v);
}

/* The same of 20 bytes, what the commonest headers have. */
static inline uint64_t nfr_csum_run20(uint64_t sum, const uint8_t *p)
{
	uint32_t w4;

	memcpy(&w4, p + 16, sizeof(w4));
	return nfr_csum_run64(nfr_csum_run8(nfr_csum_run8(sum, p), p + 8), w4);
}

/* Begins with the pseudo header of a transport protocol. */
NFR_INLINE uint64_t nfr_csum_run_pseudo(uint8_t family, const uint8_t *ip_header, uint8_t proto,
					uint32_t l4_len)
{
	uint64_t sum = (uint64_t)nfr_csum_word(proto) + nfr_csum_word(l4_len) +
		       nfr_csum_word(l4_len >> 16);

	if (family == NFR_IPV4)
		return nfr_csum_run8(sum, ip_header + 12);
	return nfr_csum_run(sum, ip_header + 8, 32);
}

static inline uint16_t nfr_csum_value(uint64_t run)
{
	uint16_t folded = nfr_csum_fold(run);
	uint8_t b[2];

	memcpy(b, &folded, sizeof(b));
	return nfr_get16(b);
}

/* Sum of len bytes in host order. */
static inline uint16_t nfr_csum_words(const uint8_t *p, size_t len)
{
	return nfr_csum_value(nfr_csum_run(0, p, len));
}

/* The same, added to sum. */
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

/* CRC32c (SCTP), continued over len more bytes: begin with all ones, complement at the end. */
uint32_t nfr_crc32c(uint32_t crc, const uint8_t *p, size_t len);

#endif
