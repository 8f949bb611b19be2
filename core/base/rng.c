/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * xoroshiro128++ (Blackman and Vigna), its state filled by SplitMix64 from the seed and the
 * purpose: streams of different purposes start at unrelated points, whatever the seed. SplitMix64
 * is a permutation of its counter, so it never gives two zeros in a row: the state of all zeros,
 * which the generator would not leave, cannot come about.
 */
#include "base/rng.h"

static uint64_t rotl(uint64_t v, unsigned n)
{
	return v << n | v >> (64 - n);
}

static uint64_t splitmix(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

void nfr_rng_init(struct nfr_rng *rng, uint64_t seed, enum nfr_rng_purpose purpose)
{
	uint64_t stream = (uint64_t)purpose + 1;
	uint64_t state = seed ^ splitmix(&stream);

	rng->s[0] = splitmix(&state);
	rng->s[1] = splitmix(&state);
}

uint64_t nfr_rng_u64(struct nfr_rng *rng)
{
	uint64_t a = rng->s[0], b = rng->s[1];
	uint64_t out = rotl(a + b, 17) + a;

	b ^= a;
	rng->s[0] = rotl(a, 49) ^ b ^ b << 21;
	rng->s[1] = rotl(b, 28);
	return out;
}

/*
 * Lemire's method: the high half of a 32×32-bit product is the draw. The low half tells when the
 * draw lies in the part of the range that would make some values more likely; the threshold
 * costs a division, and only one draw in 2^32 / n needs it.
 */
uint32_t nfr_rng_below(struct nfr_rng *rng, uint32_t n)
{
	uint64_t product = (nfr_rng_u64(rng) >> 32) * n;

	if ((uint32_t)product < n) {
		uint32_t biased = (uint32_t)(-n) % n;

		while ((uint32_t)product < biased)
			product = (nfr_rng_u64(rng) >> 32) * n;
	}
	return (uint32_t)(product >> 32);
}
