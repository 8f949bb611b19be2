/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keyed hashing of short keys. The choice of function is argued in hash.c.
 */
#ifndef NFR_BASE_HASH_H
#define NFR_BASE_HASH_H

#include "base/bytes.h"

struct nfr_hash_key {
	uint64_t k[4];
};

/* Two 64-bit words (an IPv4 tuple) and any number of bytes; the hot one is inline. */
static inline uint64_t nfr_hash_mul(uint64_t a, uint64_t b);
static inline uint64_t nfr_hash_2(const struct nfr_hash_key *key, uint64_t a, uint64_t b);
uint64_t nfr_hash_bytes(const struct nfr_hash_key *key, const void *p, size_t len);

/* Folds the 128-bit product, without needing a 128-bit type. */
static inline uint64_t nfr_hash_mul(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
	__extension__ typedef unsigned __int128 u128;
	u128 p = (u128)a * b;

	return (uint64_t)p ^ (uint64_t)(p >> 64);
#else
	uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
	uint64_t ll = al * bl, lh = al * bh, hl = ah * bl, hh = ah * bh;
	uint64_t mid = (ll >> 32) + (uint32_t)lh + (uint32_t)hl;

	return (mid << 32 | (uint32_t)ll) ^ (hh + (lh >> 32) + (hl >> 32) + (mid >> 32));
#endif
}

static inline uint64_t nfr_hash_2(const struct nfr_hash_key *key, uint64_t a, uint64_t b)
{
	return nfr_hash_mul(nfr_hash_mul(a ^ key->k[0], b ^ key->k[1]) ^ key->k[2], key->k[3]);
}

#endif
