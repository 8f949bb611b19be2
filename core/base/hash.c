/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keyed hash: multiply and fold under a 256-bit key.
 *
 * Who fills a connection table chooses addresses and ports. With a hash that he can compute, or
 * whose collisions do not depend on the key (CRC32: a seed only shifts all values alike), he can
 * send packets that all meet in one bucket. So the collisions must depend on secret bits, and at
 * one lookup a packet the function may cost only a few nanoseconds.
 *
 *   SipHash-1-3       the cautious choice; 6 ns for 16 bytes
 *   seeded AES rounds 2 ns, but an instruction of particular machines, slow without it
 *   multiply-fold     2 ns: two 64×64→128-bit multiplications, on every 64-bit machine
 *
 * One round is mul(a ^ k0, b ^ k1), the halves of the 128-bit product xored. Two keys (a, b) and
 * (c, d) meet only if the folded products are equal, for which the difference that the attacker
 * controls goes through a multiplication by numbers that he does not know: he has no better way
 * than to guess bits of k0 and k1. The known weak point of such a round is an operand of zero:
 * a = k0 swallows b. It takes one guess of 64 bits, not many, and does not tell when it was
 * right. The second round, with its own key words, hides the first one's result: it mixes every
 * bit into the high and low bits from which bucket and tag are taken, so that nothing learnt from
 * crowded buckets gives bits of the first product.
 *
 * What an attacker sees is at most which packets were slow; the key is drawn from the instance's
 * seed and does not leave it. The table in ct/ is bounded a bucket besides: even a guessed key
 * makes new connections fail early, it does not make lookups long.
 *
 * Longer keys chain the same round over 16 bytes at a time; the length enters at the end, so that
 * a key and its extension by zero bytes differ.
 */
#include "base/hash.h"

/* The last 1 … 15 bytes, filled up with zeros. */
static uint64_t hash_tail(const struct nfr_hash_key *key, uint64_t h, const uint8_t *p, size_t len)
{
	uint8_t block[16] = {0};

	memcpy(block, p, len);
	return nfr_hash_mul(nfr_le64(block) ^ key->k[0] ^ h, nfr_le64(block + 8) ^ key->k[1]);
}

uint64_t nfr_hash_bytes(const struct nfr_hash_key *key, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;
	size_t left = len;
	uint64_t h = 0;

	for (; left >= 16; left -= 16, p += 16)
		h = nfr_hash_mul(nfr_le64(p) ^ key->k[0] ^ h, nfr_le64(p + 8) ^ key->k[1]);
	if (left)
		h = hash_tail(key, h, p, left);
	return nfr_hash_mul(h ^ key->k[2], key->k[3] ^ len);
}
