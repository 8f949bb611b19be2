/* SPDX-License-Identifier: BSD-2-Clause */
/* The small parts of base/: hash, random streams, names of sysctls, strings, packet buffers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/env.h"
#include "base/str.h"

/* ---- hash ---- */

static struct nfr_hash_key make_key(uint64_t seed)
{
	struct nfr_hash_key key;
	struct nfr_rng rng;

	nfr_rng_init(&rng, seed, NFR_RNG_HASH);
	for (unsigned i = 0; i < 4; i++)
		key.k[i] = nfr_rng_u64(&rng);
	return key;
}

/* The portable multiplication, whatever the compiler offers. */
static uint64_t slow_mul(uint64_t a, uint64_t b)
{
	uint64_t hi = 0, lo = 0;

	for (unsigned i = 0; i < 64; i++) {
		if (!(b >> i & 1))
			continue;
		hi += i ? a >> (64 - i) : 0;
		hi += lo + (a << i) < lo;
		lo += a << i;
	}
	return hi ^ lo;
}

static void test_hash_mul(void **state)
{
	struct nfr_rng rng;

	(void)state;
	nfr_rng_init(&rng, 1, NFR_RNG_NAT);
	for (unsigned i = 0; i < 2000; i++) {
		uint64_t a = nfr_rng_u64(&rng), b = nfr_rng_u64(&rng) >> i % 64;

		assert_true(nfr_hash_mul(a, b) == slow_mul(a, b));
	}
}

/* Each bit of the key and of the input moves about half of the output bits. */
static void test_hash_avalanche(void **state)
{
	struct nfr_hash_key key = make_key(9);
	unsigned flipped = 0, n = 0;

	(void)state;
	for (unsigned round = 0; round < 64; round++) {
		for (unsigned bit = 0; bit < 128; bit++) {
			uint64_t a = round * 77, b = round, h = nfr_hash_2(&key, a, b);

			if (bit < 64)
				a ^= UINT64_C(1) << bit;
			else
				b ^= UINT64_C(1) << (bit - 64);
			for (h ^= nfr_hash_2(&key, a, b), n += 64; h; h &= h - 1)
				flipped++;
		}
	}
	assert_in_range(flipped * 100 / n, 48, 52);
}

/* Sequential tuples under many keys fill buckets evenly: no bucket of 256 with 512 keys gets
 * more than a random function would give with any likelihood. */
static void test_hash_spread(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct nfr_hash_key key = make_key(seed);
		unsigned low[256] = {0}, high[256] = {0};

		for (uint64_t i = 0; i < 512; i++) {
			uint64_t h = nfr_hash_2(&key, UINT64_C(0x0a0000010a000002), i << 16);

			assert_in_range(++low[h & 255], 1, 14);
			assert_in_range(++high[h >> 56], 1, 14);
		}
	}
}

static void test_hash_bytes(void **state)
{
	struct nfr_hash_key key = make_key(3), other = make_key(4);
	uint8_t bytes[64] = {0};
	uint64_t seen[64];

	(void)state;
	for (unsigned len = 0; len < 64; len++) {
		seen[len] = nfr_hash_bytes(&key, bytes, len);
		assert_true(seen[len] != nfr_hash_bytes(&other, bytes, len));
		for (unsigned i = 0; i < len; i++)
			assert_true(seen[i] != seen[len]);
		for (unsigned i = 0; i < len; i++) {
			bytes[i] = 1;
			assert_true(seen[len] != nfr_hash_bytes(&key, bytes, len));
			bytes[i] = 0;
		}
	}
}

/* ---- random streams ---- */

static void test_rng(void **state)
{
	struct nfr_rng a, b;
	unsigned count[7] = {0};

	(void)state;
	nfr_rng_init(&a, 1, NFR_RNG_NAT);
	nfr_rng_init(&b, 1, NFR_RNG_IP_ID);
	assert_true(nfr_rng_u64(&a) != nfr_rng_u64(&b));
	nfr_rng_init(&b, 1, NFR_RNG_NAT);
	nfr_rng_u64(&b);
	assert_true(nfr_rng_u64(&a) == nfr_rng_u64(&b));
	for (unsigned i = 0; i < 70000; i++)
		count[nfr_rng_below(&a, 7)]++;
	for (unsigned i = 0; i < 7; i++)
		assert_in_range(count[i], 9600, 10400);
	assert_int_equal(nfr_rng_below(&a, 1), 0);
	for (unsigned i = 0; i < 1000; i++)
		assert_true(nfr_rng_below(&a, 0xc0000000u) < 0xc0000000u);
}

/* ---- sysctls ---- */

static void test_sysctl_preset(void **state)
{
	struct nfr_sysctl sysctl;
	struct nfr_sysctl_if all, dflt;
	const struct nfr_sysctl_row *row;
	size_t n = 0;

	(void)state;
	memset(&sysctl, 0xa5, sizeof(sysctl));
	nfr_sysctl_preset(&sysctl, &all, &dflt);
	assert_int_equal(sysctl.ip_default_ttl, 64);
	assert_int_equal(sysctl.tcp_timeout_established, 432000);
	assert_int_equal(all.accept_source_route, 0);
	assert_int_equal(dflt.accept_source_route, 1);
	for (; (row = nfr_sysctl_row(n)); n++) {
		assert_in_range((int64_t)row->preset - INT32_MIN, (int64_t)row->min - INT32_MIN,
				(int64_t)row->max - INT32_MIN);
		assert_int_equal(nfr_sysctl_load(row, row->leaf ? (void *)&dflt : (void *)&sysctl),
				 row->preset);
	}
	assert_true(n > 60);
}

static void test_sysctl_find(void **state)
{
	static const struct {
		const char *name, *ifname;
		bool known;
	} rows[] = {
		{"net.ipv4.ip_forward", NULL, true},
		{"net.ipv4.ip_forwar", NULL, false},
		{"net.ipv4.ip_forwards", NULL, false},
		{"", NULL, false},
		{"net.ipv4.conf.eth0.forwarding", "eth0", true},
		{"net.ipv4.conf.eth0.7.forwarding", "eth0.7", true},
		{"net.ipv6.conf.all.forwarding", "all", true},
		{"net.ipv4.conf.forwarding", NULL, false},
		{"net.ipv4.conf..forwarding", NULL, false},
		{"net.ipv4.confeth0.forwarding", NULL, false},
		{"net.ipv4.conf.eth0.xforwarding", NULL, false},
		{"net.ipv4.conf.eth0.hop_limit", NULL, false},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct nfr_sysctl_row *row;
		const char *ifname;
		size_t len;

		row = nfr_sysctl_find(rows[i].name, &ifname, &len);
		assert_int_equal(row != NULL, rows[i].known);
		assert_int_equal(ifname != NULL, rows[i].ifname != NULL);
		if (ifname)
			assert_true(nfr_str_is(rows[i].ifname, ifname, len));
	}
}

/* ---- strings ---- */

static void test_str(void **state)
{
	char buf[4] = {9, 9, 9, 9};

	(void)state;
	assert_int_equal(nfr_str_len(""), 0);
	assert_int_equal(nfr_str_len("abc"), 3);
	assert_true(nfr_str_eq("ab", "ab"));
	assert_false(nfr_str_eq("ab", "a"));
	assert_false(nfr_str_eq("a", "ab"));
	assert_true(nfr_str_is("ab", "abc", 2));
	assert_false(nfr_str_is("ab", "abc", 3));
	assert_string_equal(nfr_str_after("abc", "ab"), "c");
	assert_null(nfr_str_after("abc", "abd"));
	assert_null(nfr_str_after("a", "ab"));
	assert_true(nfr_str_copy(buf, sizeof(buf), "a"));
	assert_memory_equal(buf, "a\0\0", 4);
	assert_false(nfr_str_copy(buf, sizeof(buf), "abcd"));
	assert_memory_equal(buf, "abc", 4);
}

/* ---- packet buffers ---- */

static void test_grow(void **state)
{
	static _Alignas(64) uint8_t mem[2 * (NFR_BUF_SIZE + 64)];
	struct nfr_env env = {0};
	struct nfr_arena arena = {.base = mem};
	uint8_t bytes[32];
	struct nfr_pkt pkt = {.data = bytes, .len = 20, .room = 32};

	(void)state;
	memset(mem, 0xa5, sizeof(mem));
	memset(bytes, 7, sizeof(bytes));
	nfr_pool_init(&env.bufs, &arena, 1, NFR_BUF_SIZE);
	assert_true(nfr_env_pkt_grow(&env, &pkt, 30));
	assert_ptr_equal(pkt.data, bytes);
	assert_int_equal(bytes[29], 0);
	assert_int_equal(bytes[30], 7);
	assert_true(nfr_env_pkt_grow(&env, &pkt, 1000));
	assert_int_equal(pkt.buf, 1);
	assert_int_equal(pkt.data[19], 7);
	assert_int_equal(pkt.data[20], 0);
	assert_int_equal(pkt.data[999], 0);
	assert_true(nfr_env_pkt_grow(&env, &pkt, pkt.room));
	assert_false(nfr_env_pkt_grow(&env, &pkt, pkt.room + 1));
	pkt = (struct nfr_pkt){.data = bytes, .len = 20, .room = 32};
	assert_false(nfr_env_pkt_grow(&env, &pkt, 33)); /* none left */
	nfr_env_buf_put(&env, 0);
	nfr_env_buf_put(&env, 1);
	assert_int_equal(env.bufs.used, 0);
	assert_false(nfr_env_pkt_grow(&env, &pkt, NFR_BUF_SIZE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash_mul),    cmocka_unit_test(test_hash_avalanche),
		cmocka_unit_test(test_hash_spread), cmocka_unit_test(test_hash_bytes),
		cmocka_unit_test(test_rng),	    cmocka_unit_test(test_sysctl_preset),
		cmocka_unit_test(test_sysctl_find), cmocka_unit_test(test_str),
		cmocka_unit_test(test_grow),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
