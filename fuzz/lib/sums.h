/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checksums as a target sees them, word by word: it shares no code with what it judges.
 */
#ifndef NFR_FUZZ_SUMS_H
#define NFR_FUZZ_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fuzz_sums {
	FUZZ_SUMS_UNKNOWN, /* a fragment, an unknown protocol, or not a packet at all */
	FUZZ_SUMS_BAD,
	FUZZ_SUMS_GOOD, /* every checksum that there is */
};

/* Of an IP packet, with whatever lies behind it. */
enum fuzz_sums fuzz_sums_of(const uint8_t *ip, size_t len);

/* Whether an IPv4 header's own is right; true for anything else. */
bool fuzz_sums_header(const uint8_t *ip, size_t len);

/* Makes them right, as far as there are any, and with them the lengths when `lengths`. */
void fuzz_sums_repair(uint8_t *ip, size_t len, bool lengths);

/* Where the transport header lies and what it is; false when there is none to be found. */
struct fuzz_l4 {
	size_t off, len; /* len up to the end of the IP packet */
	uint8_t proto;
	bool fragment, routed; /* a fragment; behind a routing header, whose end is another one */
};

bool fuzz_l4_find(const uint8_t *ip, size_t len, struct fuzz_l4 *l4);

#endif
