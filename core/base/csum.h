/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Internet checksum (RFC 1071) and its incremental update (RFC 1624, equation 3).
 * Sums are folded 16-bit values in host order; a stored checksum is the complement of its sum.
 */
#ifndef NFR_BASE_CSUM_H
#define NFR_BASE_CSUM_H

#include "base/bytes.h"

/* Sum of len bytes (the last one padded with zero), added to sum. */
uint32_t nfr_csum_add(uint32_t sum, const uint8_t *p, size_t len);

static inline uint16_t nfr_csum_fold(uint64_t sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

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

void nfr_csum_replace_bytes(uint8_t *csum, const uint8_t *from, const uint8_t *to, size_t len);

#endif
