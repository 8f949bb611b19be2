/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sum is taken over words in the machine's own byte order, eight bytes at a time with the
 * carry put back in: ones' complement addition does not care in which order the bytes of its
 * words are, as long as the result is turned round at the end (RFC 1071, 2.B). Reading the folded
 * sum back as two bytes does that on a little-endian machine and nothing on a big-endian one.
 */
#include "base/csum.h"

uint32_t nfr_csum_add(uint32_t sum, const uint8_t *p, size_t len)
{
	return sum + nfr_csum_words(p, len);
}

uint16_t nfr_csum_long(const uint8_t *p, size_t len)
{
	uint64_t a = 0, b = 0;

	/* two chains, so that one addition need not wait for the other's carry */
	for (; len >= 32; len -= 32, p += 32) {
		a = nfr_csum_add64(a, p);
		b = nfr_csum_add64(b, p + 8);
		a = nfr_csum_add64(a, p + 16);
		b = nfr_csum_add64(b, p + 24);
	}
	a += b;
	a += a < b;
	return nfr_csum_tail(a, p, len);
}

uint32_t nfr_csum_pseudo(uint8_t family, const uint8_t *ip_header, uint8_t proto, uint32_t l4_len)
{
	uint32_t sum = proto + (l4_len >> 16) + (l4_len & 0xffff);

	if (family == NFR_IPV4)
		return nfr_csum_add(sum, ip_header + 12, 8);
	return nfr_csum_add(sum, ip_header + 8, 32);
}

void nfr_csum_replace_bytes(uint8_t *csum, const uint8_t *from, const uint8_t *to, size_t len)
{
	uint32_t sum = (uint16_t)~nfr_get16(csum);

	/* the complement of a sum takes its bytes away */
	sum += (uint16_t)~nfr_csum_words(from, len);
	nfr_put16(csum, (uint16_t)~nfr_csum_fold(nfr_csum_add(sum, to, len)));
}
