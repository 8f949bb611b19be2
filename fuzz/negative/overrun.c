/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Must crash: reads behind its input when that begins with "over". A rig that lets it pass has no
 * sanitizer.
 */
#include "lib/steps.h"

const enum fuzz_format fuzz_format = FUZZ_FORMAT_BYTES;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const volatile uint8_t *p = data;

	if (size < 4 || memcmp(data, "over", 4) != 0)
		return 0;
	return p[size] == 0xff && p[0] == 0; /* never true */
}
