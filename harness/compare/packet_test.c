/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which packets count as the same. Each row changes some bytes of a packet and mends checksums
 * or not.
 */
#include "compare/compare.h"

#include "base/bytes.h"
#include "base/csum.h"
#include "packet/rewrite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* 10.0.2.1:5555 > 10.0.2.2:53 UDP "abc" */
static const uint8_t udp[] = {
	0x45, 0, 0, 31, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 2, 1, 10, 0, 2, 2,
	0x15, 0xb3, 0, 53, 0, 11, 0, 0, 'a', 'b', 'c',
};

/* 10.0.1.1 > 10.0.1.2 ICMP unreachable, quoting 10.0.2.1:5555 > 10.0.2.2:53 */
static const uint8_t error[] = {
	0x45, 0xc0, 0, 56, 0x12, 0x34, 0, 0, 64, 1, 0, 0, 10, 0, 1, 1, 10, 0, 1, 2,
	3, 3, 0, 0, 0, 0, 0, 0,
	0x45, 0, 0, 31, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 2, 1, 10, 0, 2, 2,
	0x15, 0xb3, 0, 53, 0, 11, 0x77, 0x77,
};

/* fd00::1 > fd00::2 ICMPv6 time exceeded, quoting the start of a header */
static const uint8_t error6[] = {
	0x60, 0x01, 0x23, 0x45, 0, 10, 58, 64, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0x60, 0,
};

/* A fragment of IPv6 UDP. */
static const uint8_t fragment6[] = {
	0x60, 0, 0, 0, 0, 16, 44, 64, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 17, 0, 0x05, 0xa8, 1, 2, 3, 4,
	'f', 'r', 'a', 'g', 'm', 'e', 'n', 't',
};

/* Makes every checksum right, the innermost first. */
static void seal(uint8_t *p, uint32_t len)
{
	struct nfr_dissection d;
	unsigned i;

	nfr_dissect(&d, p, len, true);
	for (i = d.n; i-- > 0;) {
		const struct nfr_field *f = &d.field[i];
		uint32_t pseudo = f->addr_len ? (uint32_t)(len - f->cover_off) + p[9] : 0;

		if (f->kind != NFR_FIELD_CSUM || f->quoted)
			continue;
		if (p[0] >> 4 == 6)
			pseudo = (uint32_t)(len - f->cover_off) + p[6];
		nfr_put16(p + f->off, 0);
		pseudo += nfr_field_residue(p, f);
		pseudo = (pseudo & 0xffff) + (pseudo >> 16);
		nfr_put16(p + f->off, (uint16_t)~pseudo);
	}
}

static const struct {
	const char *name;
	const uint8_t *packet;
	uint32_t len;
	uint32_t at; /* this 16-bit field */
	uint16_t to; /* becomes this */
	bool sealed; /* and the checksums follow */
	bool same;
} row[] = {
	{"nothing changes", udp, sizeof(udp), 28, 0x6162, true, true},
	{"payload", udp, sizeof(udp), 28, 0x7777, true, false},
	{"id of a forwarded packet", udp, sizeof(udp), 4, 77, true, false},
	{"ttl", udp, sizeof(udp), 8, 0x3f11, true, false},
	{"a port that NAT chose", udp, sizeof(udp), 20, 6666, true, true},
	{"the same without its checksum", udp, sizeof(udp), 20, 6666, false, false},
	{"a port that it did not choose", udp, sizeof(udp), 22, 54, true, false},
	{"checksum only", udp, sizeof(udp), 26, 0x1111, false, false},
	{"no checksum", udp, sizeof(udp), 26, 0, false, false},
	{"id of the router's error", error, sizeof(error), 4, 0x4321, true, true},
	{"the same without its checksum", error, sizeof(error), 4, 0x4321, false, false},
	{"code of the router's error", error, sizeof(error), 20, 0x0301, true, false},
	{"id that it quotes", error, sizeof(error), 32, 77, true, false},
	{"port that it quotes", error, sizeof(error), 48, 6666, true, false}, /* its checksum not */
	{"flow label of the router's error", error6, sizeof(error6), 2, 0x9999, true, true},
	{"traffic class of it", error6, sizeof(error6), 0, 0x6021, true, false},
	{"fragment id", fragment6, sizeof(fragment6), 44, 0x9999, true, true},
	{"fragment offset", fragment6, sizeof(fragment6), 42, 0x05b0, true, false},
};

static struct nfr_cmp with_choice(uint8_t proto)
{
	struct nfr_cmp cmp = {.out = stderr};
	struct nfr_cmp_flow flow = {.addr = {{10, 0, 2, 1}, {10, 0, 2, 2}}, .port = {5555, 53},
				.proto = proto};

	*nfr_cmp_flows_at(&cmp.chosen, &flow) = 1;
	return cmp;
}

static void packets_are_compared(void **state)
{
	uint8_t want[64], got[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct nfr_cmp cmp = with_choice(17);

		memcpy(want, row[i].packet, row[i].len);
		seal(want, row[i].len);
		memcpy(got, want, row[i].len);
		nfr_put16(got + row[i].at, row[i].to);
		if (row[i].sealed)
			seal(got, row[i].len);
		if (nfr_cmp_packet(&cmp, true, want, row[i].len, got, row[i].len) != row[i].same)
			fail_msg("%s", row[i].name);
		nfr_cmp_free(&cmp);
	}
}

/* Without a checksum there is none to disturb. */
static void no_checksum_is_no_difference(void **state)
{
	struct nfr_cmp cmp = with_choice(17);
	uint8_t want[sizeof(udp)], got[sizeof(udp)];

	(void)state;
	memcpy(want, udp, sizeof(udp));
	seal(want, sizeof(udp));
	nfr_put16(want + 26, 0);
	memcpy(got, want, sizeof(udp));
	nfr_put16(got + 20, 6666);
	assert_true(nfr_cmp_packet(&cmp, true, want, sizeof(want), got, sizeof(got)));
	nfr_cmp_free(&cmp);
}

/* TCP's zero is a checksum like another: both of its forms are right where one is, and it is wrong
 * where another is right. */
static void zero_is_none_to_udp_alone(void **state)
{
	struct nfr_cmp cmp = with_choice(6);
	uint8_t want[40] = {0}, got[40];

	(void)state;
	memcpy(want, udp, 24);
	want[3] = sizeof(want);
	want[9] = 6;
	want[32] = 0x50;
	seal(want, sizeof(want));
	nfr_put16(want + 24, nfr_get16(want + 36)); /* of the sequence number: now the sum is zero */
	seal(want, sizeof(want));
	assert_true(nfr_get16(want + 36) == 0 || nfr_get16(want + 36) == 0xffff);
	nfr_put16(want + 36, 0);
	memcpy(got, want, sizeof(want));
	nfr_put16(got + 36, 0xffff);
	assert_true(nfr_cmp_packet(&cmp, true, want, sizeof(want), got, sizeof(got)));
	nfr_bind_free(&cmp.bind);
	memcpy(got, want, sizeof(want));
	nfr_put16(got + 20, 6666);
	assert_false(nfr_cmp_packet(&cmp, true, want, sizeof(want), got, sizeof(got)));
	seal(got, sizeof(got));
	assert_true(nfr_cmp_packet(&cmp, true, want, sizeof(want), got, sizeof(got)));
	nfr_cmp_free(&cmp);
}

static void mend_crc(uint8_t *p, uint32_t len)
{
	uint32_t crc;

	nfr_put32(p + 28, 0);
	crc = ~nfr_crc32c(UINT32_MAX, p + 20, len - 20);
	for (unsigned i = 0; i < 4; i++)
		p[28 + i] = (uint8_t)(crc >> 8 * i);
}

/* SCTP's CRC is right in both packets, or the same in both. */
static void a_crc_is_right_or_wrong(void **state)
{
	struct nfr_cmp cmp = with_choice(132);
	uint8_t want[36] = {0}, got[36];

	(void)state;
	memcpy(want, udp, 24);
	want[3] = sizeof(want);
	want[9] = 132;
	mend_crc(want, sizeof(want));
	seal(want, sizeof(want));
	memcpy(got, want, sizeof(want));
	nfr_put16(got + 20, 6666);
	assert_false(nfr_cmp_packet(&cmp, true, want, sizeof(want), got, sizeof(got)));
	mend_crc(got, sizeof(got));
	assert_true(nfr_cmp_packet(&cmp, true, want, sizeof(want), got, sizeof(got)));
	got[28] ^= 1;
	assert_false(nfr_cmp_packet(&cmp, true, want, sizeof(want), got, sizeof(got)));
	want[28] ^= 3;
	assert_false(nfr_cmp_packet(&cmp, true, want, sizeof(want), got, sizeof(got)));
	memcpy(want + 28, got + 28, 4);
	assert_true(nfr_cmp_packet(&cmp, true, want, sizeof(want), got, sizeof(got)));
	nfr_cmp_free(&cmp);
}

/* A first fragment's cannot be checked, but for ports that are the same. */
static void the_crc_of_a_fragment(void **state)
{
	struct nfr_cmp cmp = with_choice(132);
	uint8_t want[36] = {0}, got[36];

	(void)state;
	memcpy(want, udp, 24);
	want[3] = sizeof(want);
	want[6] = 0x20;
	want[9] = 132;
	seal(want, sizeof(want));
	memcpy(got, want, sizeof(want));
	got[28] ^= 1;
	assert_false(nfr_cmp_packet(&cmp, true, want, sizeof(want), got, sizeof(got)));
	nfr_bind_free(&cmp.bind);
	nfr_put16(got + 20, 6666);
	assert_true(nfr_cmp_packet(&cmp, true, want, sizeof(want), got, sizeof(got)));
	nfr_cmp_free(&cmp);
}

static void lengths_count(void **state)
{
	struct nfr_cmp cmp = with_choice(17);

	(void)state;
	assert_false(nfr_cmp_packet(&cmp, true, udp, sizeof(udp), udp, sizeof(udp) - 1));
	nfr_cmp_free(&cmp);
}

/* Whatever the bytes, each is in one field, in order. */
static void every_byte_has_a_field(void **state)
{
	uint8_t bytes[160];
	struct nfr_dissection d;
	uint32_t x = 1, len, at;
	unsigned n, i;

	(void)state;
	for (n = 0; n < 200000; n++) {
		for (i = 0; i < sizeof(bytes); i++) {
			x = x * 1664525 + 1013904223;
			bytes[i] = (uint8_t)(x >> 24);
		}
		bytes[0] = (uint8_t)(n & 1 ? 0x45 : 0x60); /* mostly like a packet */
		bytes[9] = (uint8_t)((const uint8_t[]){1, 6, 17, 58, 132, 33, 0, 44}[n / 2 % 8]);
		bytes[6] = n & 1 ? 0 : bytes[9];
		len = x % sizeof(bytes);
		nfr_dissect(&d, bytes, len, true);
		for (i = 0, at = 0; i < d.n; i++) {
			assert_int_equal(d.field[i].off, at);
			at += d.field[i].len;
		}
		assert_int_equal(at, len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_are_compared),
		cmocka_unit_test(no_checksum_is_no_difference),
		cmocka_unit_test(zero_is_none_to_udp_alone),
		cmocka_unit_test(a_crc_is_right_or_wrong),
		cmocka_unit_test(the_crc_of_a_fragment),
		cmocka_unit_test(lengths_count),
		cmocka_unit_test(every_byte_has_a_field),
	};

	return cmocka_run_group_tests_name("compare/packet", tests, NULL, NULL);
}
