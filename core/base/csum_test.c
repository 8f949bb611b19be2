/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/csum.h"
#include "base/rng.h"

/* The definition: 16-bit words, end-around carry. */
static uint16_t slow_sum(uint32_t sum, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

static void fill(struct nfr_rng *rng, uint8_t *p, size_t len)
{
	uint32_t kind = nfr_rng_below(rng, 4); /* runs of zeros and ones make the carries */

	for (size_t i = 0; i < len; i++)
		p[i] = kind == 0 ? 0 : kind == 1 ? 0xff : (uint8_t)nfr_rng_u64(rng);
}

static void test_sum(void **state)
{
	static uint8_t buf[2100];
	struct nfr_rng rng;

	(void)state;
	nfr_rng_init(&rng, 1, NFR_RNG_NAT);
	for (unsigned i = 0; i < 20000; i++) {
		size_t len = nfr_rng_below(&rng, i % 8 ? 130 : 2048), off = nfr_rng_below(&rng, 16);
		uint32_t sum = nfr_rng_below(&rng, 0x10000);

		fill(&rng, buf, sizeof(buf));
		assert_int_equal(nfr_csum_fold(nfr_csum_add(sum, buf + off, len)),
				 slow_sum(sum, buf + off, len));
	}
}

static void test_fold(void **state)
{
	(void)state;
	assert_int_equal(nfr_csum_fold(0), 0);
	assert_int_equal(nfr_csum_fold(UINT64_MAX), 0xffff);
	assert_int_equal(nfr_csum_fold(0xffffffffu), 0xffff);
	assert_int_equal(nfr_csum_fold(UINT64_C(0x1ffffffff)), 1);
}

/* A sum that is right is one that folds to all ones. */
static void test_right(void **state)
{
	struct nfr_rng rng;

	(void)state;
	assert_false(nfr_csum_run_right(0));
	assert_true(nfr_csum_run_right(UINT64_MAX));
	nfr_rng_init(&rng, 5, NFR_RNG_NAT);
	for (unsigned i = 0; i < 10000; i++) {
		uint64_t sum = nfr_rng_u64(&rng) >> nfr_rng_below(&rng, 64), right = sum / 0xffff * 0xffff;

		assert_int_equal(nfr_csum_run_right(sum), nfr_csum_fold(sum) == 0xffff);
		assert_int_equal(nfr_csum_run_right(right), right != 0);
		assert_int_equal(nfr_csum_fold(right), right ? 0xffff : 0);
	}
}

/* A header from a real packet, and the pseudo headers written out by hand. */
static void test_known(void **state)
{
	static const uint8_t ip[] = {0x45, 0,	 0,    0x73, 0, 0, 0x40, 0,    0x40, 0x11,
				     0xb8, 0x61, 0xc0, 0xa8, 0, 1, 0xc0, 0xa8, 0,    0xc7};
	uint8_t ip6[40] = {0x60}, pseudo[40] = {0};

	(void)state;
	assert_int_equal(nfr_csum_fold(nfr_csum_add(0, ip, 20)), 0xffff);
	assert_int_equal(nfr_csum_fold(nfr_csum_pseudo(NFR_IPV4, ip, 17, 95)),
			 slow_sum(17 + 95, ip + 12, 8));
	for (unsigned i = 8; i < 40; i++)
		ip6[i] = (uint8_t)(i * 37);
	memcpy(pseudo, ip6 + 8, 32);
	nfr_put32(pseudo + 32, 70001);
	pseudo[39] = 58;
	assert_int_equal(nfr_csum_fold(nfr_csum_pseudo(NFR_IPV6, ip6, 58, 70001)),
			 slow_sum(0, pseudo, 40));
}

/* Updating and computing anew agree; a right checksum is never stored as both zeros. */
static void test_replace(void **state)
{
	uint8_t buf[40], to[16];
	struct nfr_rng rng;

	(void)state;
	nfr_rng_init(&rng, 2, NFR_RNG_NAT);
	for (unsigned i = 0; i < 20000; i++) {
		unsigned n = i % 3, len = n == 0 ? 2 : n == 1 ? 4 : 16;
		unsigned at = 2 * nfr_rng_below(&rng, (38 - len) / 2 + 1) + 2;

		fill(&rng, buf, sizeof(buf));
		buf[20] |= 1; /* a sum of nothing but zeros does not come up in a packet */
		fill(&rng, to, sizeof(to));
		nfr_put16(buf, 0);
		nfr_put16(buf, (uint16_t)~slow_sum(0, buf, 40));
		if (n == 0)
			nfr_csum_replace2(buf, nfr_get16(buf + at), nfr_get16(to));
		else if (n == 1)
			nfr_csum_replace4(buf, nfr_get32(buf + at), nfr_get32(to));
		else
			nfr_csum_replace_bytes(buf, buf + at, to, 16);
		memcpy(buf + at, to, len);
		if (slow_sum(0, buf + 2, 38) != 0)
			assert_int_equal(slow_sum(0, buf, 40), 0xffff);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sum),
		cmocka_unit_test(test_fold), cmocka_unit_test(test_right),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_replace),
	};

	return cmocka_run_group_tests_name("base/csum", tests, NULL, NULL);
}
