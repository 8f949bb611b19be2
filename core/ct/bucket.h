/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scanning one bucket of the table of connections: which of its slots have a tag?
 *
 * A bucket is scanned two times for an established packet and six for a new connection, so this
 * is written for the machine where it can be: two vectors of eight tags each are compared (the
 * second one's last six are references, and masked out), and one bit of each lane taken. Vectors
 * of SSE2 are there on every x86-64. Everywhere else, and beside it in the test, goes the loop.
 */
#ifndef NFR_CT_BUCKET_H
#define NFR_CT_BUCKET_H

#include "ct/ct.h"

/* One bit for each slot with this tag; 0 is that of free ones. */
static inline uint32_t nfr_ct_match_tags_plain(const struct nfr_ct_bucket *bucket, uint16_t tag)
{
	uint32_t hits = 0;

	for (unsigned i = 0; i < NFR_CT_BUCKET_SLOTS; i++)
		hits |= (uint32_t)(bucket->tag[i] == tag) << i;
	return hits;
}

#if defined(__GNUC__) && defined(__SSE2__)
static inline uint32_t nfr_ct_match_tags(const struct nfr_ct_bucket *bucket, uint16_t tag)
{
	typedef short lanes __attribute__((vector_size(16)));
	lanes want = (lanes){0} + (short)tag, low, high;

	memcpy(&low, bucket, sizeof(low));
	memcpy(&high, (const uint8_t *)bucket + sizeof(low), sizeof(high));
	return (uint32_t)__builtin_ia32_pmovmskb128(
		       __builtin_ia32_packsswb128(low == want, high == want)) &
	       ((1u << NFR_CT_BUCKET_SLOTS) - 1);
}
#else
static inline uint32_t nfr_ct_match_tags(const struct nfr_ct_bucket *bucket, uint16_t tag)
{
	return nfr_ct_match_tags_plain(bucket, tag);
}
#endif

static inline unsigned nfr_ct_lowest_bit(uint32_t v)
{
#ifdef __GNUC__
	return (unsigned)__builtin_ctz(v);
#else
	unsigned i = 0;

	while (!(v >> i & 1))
		i++;
	return i;
#endif
}

#endif
