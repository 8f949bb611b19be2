/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz.h"

uint8_t fuzz_u8(struct fuzz_in *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->p++;
}

uint16_t fuzz_u16(struct fuzz_in *in)
{
	uint16_t high = fuzz_u8(in);

	return (uint16_t)(high << 8 | fuzz_u8(in));
}

uint32_t fuzz_u32(struct fuzz_in *in)
{
	uint32_t high = fuzz_u16(in);

	return high << 16 | fuzz_u16(in);
}

size_t fuzz_bytes(struct fuzz_in *in, void *to, size_t n)
{
	if (n > in->left)
		n = in->left;
	memcpy(to, in->p, n);
	in->p += n;
	in->left -= n;
	return n;
}

void fuzz_eth_header(uint8_t *frame, unsigned iface, bool six)
{
	static const uint8_t header[12] = {2, 0, 0, 0, 0, 1, 4, 4, 4, 4, 4, 4};

	memcpy(frame, header, sizeof(header));
	frame[4] = (uint8_t)(iface + 1);
	frame[12] = six ? 0x86 : 0x08;
	frame[13] = six ? 0xdd : 0x00;
}
