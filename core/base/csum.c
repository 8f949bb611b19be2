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

uint64_t nfr_csum_run_long(uint64_t sum, const uint8_t *p, size_t len)
{
	uint64_t other = 0;

	/* two chains, so that one addition need not wait for the other's carry */
	for (; len >= 32; len -= 32, p += 32) {
		sum = nfr_csum_run8(sum, p);
		other = nfr_csum_run8(other, p + 8);
		sum = nfr_csum_run8(sum, p + 16);
		other = nfr_csum_run8(other, p + 24);
	}
	return nfr_csum_run(nfr_csum_run64(sum, other), p, len);
}

uint32_t nfr_csum_pseudo(uint8_t family, const uint8_t *ip_header, uint8_t proto, uint32_t l4_len)
{
	return nfr_csum_value(nfr_csum_run_pseudo(family, ip_header, proto, l4_len));
}

void nfr_csum_replace_bytes(uint8_t *csum, const uint8_t *from, const uint8_t *to, size_t len)
{
	uint32_t sum = (uint16_t)~nfr_get16(csum);

	/* the complement of a sum takes its bytes away */
	sum += (uint16_t)~nfr_csum_words(from, len);
	nfr_put16(csum, (uint16_t)~nfr_csum_fold(nfr_csum_add(sum, to, len)));
}

/* Bit-reflected, four bits at a time. */
uint32_t nfr_crc32c(uint32_t crc, const uint8_t *p, size_t len)
{
	static const uint32_t table[16] = {
		0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
		0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
		0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
	};

	for (; len; len--, p++) {
		crc ^= *p;
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return crc;
}
