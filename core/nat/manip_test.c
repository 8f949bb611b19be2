/* SPDX-License-Identifier: BSD-2-Clause */
#include "nat/manip.h"
#include "nat/rig_test.h"

static struct nfr_nat_side side_to(const union nfr_addr *addr, uint16_t l4, uint8_t protonum)
{
	struct nfr_nat_side side = {addr->b, nfr_htons(l4), protonum};

	return side;
}

static void build(struct rig_pkt *p, uint8_t protonum, bool v6, uint32_t seed)
{
	union nfr_addr src = v6 ? rig_ip6(1, (uint8_t)seed) : rig_ip4(10, 0, 1, (uint8_t)seed);
	union nfr_addr dst = v6 ? rig_ip6(2, 2) : rig_ip4(10, 0, 2, 2);

	if (protonum == NFR_IPPROTO_UDP)
		rig_udp(p, src, (uint16_t)(seed * 7), dst, 53);
	else if (protonum == NFR_IPPROTO_TCP)
		rig_tcp(p, src, (uint16_t)(seed * 7), dst, 80, 0x10, seed, ~seed, "some text");
	else
		rig_echo(p, src, dst, v6 ? 128 : 8, (uint16_t)(seed * 7));
}

/* To any address and port and back: the same bytes, and every checksum right on the way. */
static void un_nat_of_nat_is_the_identity(void **state)
{
	static const struct {
		uint8_t protonum;
		bool v6;
	} rows[] = {
		{NFR_IPPROTO_UDP, false}, {NFR_IPPROTO_UDP, true},   {NFR_IPPROTO_TCP, false},
		{NFR_IPPROTO_TCP, true},  {NFR_IPPROTO_ICMP, false}, {NFR_IPPROTO_ICMPV6, true},
	};
	struct nfr_rng rng;

	(void)state;
	nfr_rng_init(&rng, 42, NFR_RNG_NAT);
	for (unsigned i = 0; i < 6000; i++) {
		uint8_t protonum = rows[i % 6].protonum;
		bool v6 = rows[i % 6].v6, icmp = i % 6 >= 4;
		enum nfr_nat_manip manip = i / 6 % 2 ? NFR_NAT_MANIP_SRC : NFR_NAT_MANIP_DST;
		struct nfr_nat_side side;
		struct rig_pkt p, before;
		union nfr_addr to = {.b = {0}}, from;
		uint16_t port;

		build(&p, protonum, v6, i);
		memcpy(&before, &p, sizeof(p));
		before.pkt.data = before.data;
		for (unsigned k = 0; k < (v6 ? 16u : 4u); k++)
			to.b[k] = (uint8_t)nfr_rng_u64(&rng);
		side = side_to(&to, (uint16_t)nfr_rng_u64(&rng), protonum);
		assert_true(nfr_nat_manip_pkt(&p.pkt, &side, manip));
		assert_true(rig_sums_ok(&p));
		from = manip == NFR_NAT_MANIP_SRC ? rig_src(&before) : rig_dst(&before);
		port = icmp ? nfr_get16(before.data + p.pkt.l4_off + 4)
			    : manip == NFR_NAT_MANIP_SRC ? rig_sport(&before) : rig_dport(&before);
		side = side_to(&from, port, protonum);
		assert_true(nfr_nat_manip_pkt(&p.pkt, &side, manip));
		assert_memory_equal(p.data, before.data, p.pkt.len);
	}
}

static void key_of(const struct rig_pkt *p, struct nfr_ct_key *key)
{
	memcpy(&key->src, p->data + 12, 8);
	memcpy(&key->src_l4, p->data + 20, 4);
}

/* Both sides at once give what one after the other gives, whichever of them changes. */
static void turned_as_side_by_side(void **state)
{
	struct nfr_rng rng;

	(void)state;
	nfr_rng_init(&rng, 43, NFR_RNG_NAT);
	for (unsigned i = 0; i < 20000; i++) {
		uint8_t protonum = i & 1 ? NFR_IPPROTO_UDP : NFR_IPPROTO_TCP;
		unsigned dir = i >> 1 & 1, sides = i >> 2 & 3, csum_off = 20 + (i & 1 ? 6 : 16);
		struct rig_pkt a, b;
		struct nfr_ct ct = {.status = 0};
		struct nfr_ct_key from = {.protonum = protonum, .l3num = NFR_IPV4}, *to = &ct.key[!dir];
		static const uint16_t sums[] = {0, 1, 0xfffe, 0xffff};

		build(&a, protonum, false, i);
		if (i >> 4 & 1) /* right or wrong, and at the ends of the range */
			nfr_put16(a.data + csum_off, sums[nfr_rng_below(&rng, 4)]);
		if (i >> 5 & 1)
			nfr_put16(a.data + 10, sums[nfr_rng_below(&rng, 4)]);
		memcpy(&b, &a, sizeof(a));
		b.pkt.data = b.data;
		key_of(&a, &from);
		*to = (struct nfr_ct_key){from.dst, from.src, from.dst_l4, from.src_l4, protonum,
					  NFR_IPV4, nfr_htons(0)};
		if (sides & 1 << NFR_NAT_MANIP_SRC) {
			to->dst = nfr_htonl((uint32_t)nfr_rng_u64(&rng));
			to->dst_l4 = nfr_htons((uint16_t)nfr_rng_u64(&rng));
		}
		if (sides & 1 << NFR_NAT_MANIP_DST) {
			to->src = nfr_htonl((uint32_t)nfr_rng_u64(&rng));
			to->src_l4 = nfr_htons((uint16_t)nfr_rng_u64(&rng));
		}
		for (unsigned manip = 0; manip < 2; manip++) {
			struct nfr_nat_side side;

			if (!(sides >> manip & 1))
				continue;
			nfr_nat_side_of(NULL, &ct, dir, (enum nfr_nat_manip)manip, &side);
			assert_true(nfr_nat_manip_pkt(&a.pkt, &side, (enum nfr_nat_manip)manip));
		}
		if (sides)
			nfr_nat_turn4(&b.pkt, &ct, dir, 20);
		assert_memory_equal(a.data, b.data, a.pkt.len);
		assert_int_equal(a.pkt.flags, b.pkt.flags);
	}
}

/* Sum over all that the TCP checksum covers: 0xffff when it is right. */
static uint16_t covered(const struct rig_pkt *p)
{
	uint32_t len = p->pkt.len - p->pkt.l4_off;

	return nfr_csum_fold(nfr_csum_add(
		nfr_csum_pseudo(p->pkt.family, p->pkt.data, p->pkt.protonum, len),
		p->pkt.data + p->pkt.l4_off, len));
}

/* A wrong checksum stays wrong by as much: nothing is computed anew. */
static void wrong_checksums_stay_wrong(void **state)
{
	union nfr_addr to = rig_ip4(192, 0, 2, 1);
	struct nfr_nat_side side = side_to(&to, 4000, NFR_IPPROTO_TCP);
	struct rig_pkt p;
	uint16_t tcp_error, ip_error;

	(void)state;
	build(&p, NFR_IPPROTO_TCP, false, 3);
	assert_int_equal(covered(&p), 0xffff);
	p.data[36] ^= 1;
	p.data[10] ^= 2;
	tcp_error = covered(&p);
	ip_error = nfr_csum_fold(nfr_csum_add(0, p.data, 20));
	assert_int_not_equal(tcp_error, 0xffff);
	assert_true(nfr_nat_manip_pkt(&p.pkt, &side, NFR_NAT_MANIP_SRC));
	assert_int_equal(covered(&p), tcp_error);
	assert_int_equal(nfr_csum_fold(nfr_csum_add(0, p.data, 20)), ip_error);
}

static void udp_without_a_checksum_stays_so(void **state)
{
	union nfr_addr to = rig_ip4(192, 0, 2, 1);
	struct nfr_nat_side side = side_to(&to, 4000, NFR_IPPROTO_UDP);
	struct rig_pkt p;

	(void)state;
	build(&p, NFR_IPPROTO_UDP, false, 3);
	nfr_put16(p.data + 26, 0);
	assert_true(nfr_nat_manip_pkt(&p.pkt, &side, NFR_NAT_MANIP_DST));
	assert_int_equal(nfr_get16(p.data + 26), 0);
	assert_int_equal(rig_dport(&p), 4000);
}

/* One of 65,535 ports makes the checksum zero; it must be sent as 0xffff. */
static void udp_checksum_never_becomes_zero(void **state)
{
	union nfr_addr same = rig_ip4(10, 0, 1, 3);
	unsigned twins = 0;
	struct rig_pkt p;

	(void)state;
	build(&p, NFR_IPPROTO_UDP, false, 3);
	for (unsigned port = 1; port <= UINT16_MAX; port++) {
		struct nfr_nat_side side = side_to(&same, (uint16_t)port, NFR_IPPROTO_UDP);

		assert_true(nfr_nat_manip_pkt(&p.pkt, &side, NFR_NAT_MANIP_SRC));
		assert_int_not_equal(nfr_get16(p.data + 26), 0);
		twins += nfr_get16(p.data + 26) == 0xffff;
	}
	assert_int_equal(twins, 1);
}

static void udplite_has_always_a_checksum(void **state)
{
	union nfr_addr src = rig_ip4(10, 0, 1, 2), dst = rig_ip4(10, 0, 2, 2);
	struct nfr_nat_side side = side_to(&dst, 9, NFR_IPPROTO_UDPLITE);
	struct rig_pkt p;
	uint8_t *l4 = rig_ip(&p, &src, &dst, NFR_IPPROTO_UDPLITE, 12);

	(void)state;
	nfr_put16(l4 + 2, 8);
	rig_finish(&p, 6, true);
	assert_true(nfr_nat_manip_pkt(&p.pkt, &side, NFR_NAT_MANIP_DST));
	assert_int_equal(nfr_csum_fold(nfr_csum_add(
				 nfr_csum_pseudo(NFR_IPV4, p.data, NFR_IPPROTO_UDPLITE, 12),
				 p.data + 20, 12)),
			 0xffff);
}

static uint32_t crc32c_by_bits(const uint8_t *p, uint32_t len)
{
	uint32_t crc = UINT32_MAX;

	for (uint32_t i = 0; i < len; i++) {
		crc ^= p[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0x82f63b78) : 0);
	}
	return ~crc;
}

static void sctp_checksum_is_computed_anew(void **state)
{
	union nfr_addr src = rig_ip4(10, 0, 1, 2), dst = rig_ip4(10, 0, 2, 2);
	struct nfr_nat_side side = side_to(&dst, 3868, NFR_IPPROTO_SCTP);
	struct rig_pkt p;
	uint8_t *l4 = rig_ip(&p, &src, &dst, NFR_IPPROTO_SCTP, 33);
	uint32_t crc;

	(void)state;
	for (unsigned i = 0; i < 33; i++)
		l4[i] = (uint8_t)(i * 5);
	rig_finish(&p, 0, false);
	assert_true(nfr_nat_manip_pkt(&p.pkt, &side, NFR_NAT_MANIP_DST));
	assert_int_equal(nfr_get16(l4 + 2), 3868);
	crc = (uint32_t)l4[8] | (uint32_t)l4[9] << 8 | (uint32_t)l4[10] << 16 |
	      (uint32_t)l4[11] << 24;
	memset(l4 + 8, 0, 4);
	assert_int_equal(crc, crc32c_by_bits(l4, 33));
	assert_int_equal(crc32c_by_bits((const uint8_t *)"123456789", 9), 0xe3069283);
}

/* PPTP's GRE carries a call id, plain GRE nothing, other versions are refused. */
static void gre_keys(void **state)
{
	union nfr_addr src = rig_ip4(10, 0, 1, 2), dst = rig_ip4(10, 0, 2, 2);
	struct nfr_nat_side side = side_to(&dst, 0x1234, NFR_IPPROTO_GRE);

	(void)state;
	for (unsigned version = 0; version < 4; version++) {
		struct rig_pkt p;
		uint8_t *l4 = rig_ip(&p, &src, &dst, NFR_IPPROTO_GRE, 12);

		l4[1] = (uint8_t)version;
		rig_finish(&p, 0, false);
		assert_int_equal(nfr_nat_manip_pkt(&p.pkt, &side, NFR_NAT_MANIP_DST), version < 2);
		assert_int_equal(nfr_get16(l4 + 6), version == 1 ? 0x1234 : 0);
		assert_true(nfr_nat_manip_pkt(&p.pkt, &side, NFR_NAT_MANIP_SRC));
	}
}

/* ICMP messages without an identifier keep their bytes. */
static void icmp_without_identifier(void **state)
{
	union nfr_addr to = rig_ip4(192, 0, 2, 1);
	struct nfr_nat_side side = side_to(&to, 0x1234, NFR_IPPROTO_ICMP);

	(void)state;
	for (unsigned type = 0; type < 20; type++) {
		bool query = type == 0 || type == 8 || type >= 13;
		struct rig_pkt p;

		if (type == 19)
			query = false;
		rig_echo(&p, rig_ip4(10, 0, 1, 2), rig_ip4(10, 0, 2, 2), (uint8_t)type, 7);
		assert_true(nfr_nat_manip_pkt(&p.pkt, &side, NFR_NAT_MANIP_DST));
		assert_int_equal(nfr_get16(p.data + 24), query ? 0x1234 : 7);
		assert_true(rig_sums_ok(&p));
	}
}

/* A quote of n bytes: refused below the eight bytes of transport header, no checksum touched
 * that is not there. */
static void quotes_cut_short(void **state)
{
	static const struct {
		uint8_t protonum;
		uint32_t least;
	} rows[] = {{NFR_IPPROTO_UDP, 28}, {NFR_IPPROTO_TCP, 28}, {NFR_IPPROTO_ICMP, 28}};
	union nfr_addr to = rig_ip4(192, 0, 2, 1), from = rig_ip4(10, 0, 2, 2);

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct nfr_nat_side side = side_to(&to, 4000, rows[i].protonum);
		struct rig_pkt seen;

		build(&seen, rows[i].protonum, false, 9);
		for (uint32_t quote = 0; quote <= seen.pkt.len; quote++) {
			struct rig_pkt p;

			rig_error(&p, from, rig_src(&seen), 3, &seen, quote);
			assert_int_equal(nfr_nat_manip_quoted(&p.pkt, 28, &side,
							      NFR_NAT_MANIP_SRC),
					 quote >= rows[i].least);
			assert_int_equal(p.data[p.pkt.len], 0);
		}
	}
}

/* What an ICMPv6 error quotes may have extension headers; of a later fragment only addresses are
 * known, and a header chain that is cut off hides the rest. */
static void quotes_with_extension_headers(void **state)
{
	static const struct {
		uint16_t frag_off;
		uint32_t quote;
		bool has_l4;
	} rows[] = {{0, 60, true}, {8, 60, false}, {0, 41, false}, {0, 44, true}, {0, 52, true}};
	union nfr_addr src = rig_ip6(1, 2), dst = rig_ip6(2, 2), to = rig_ip6(9, 9);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nfr_nat_side side = side_to(&to, 4000, NFR_IPPROTO_UDP);
		struct rig_pkt seen, p;
		uint8_t *ext = rig_ip(&seen, &src, &dst, NFR_IPPROTO_FRAGMENT, 20), *udp;
		bool ok;

		ext[0] = NFR_IPPROTO_UDP;
		nfr_put16(ext + 2, rows[i].frag_off);
		nfr_put16(ext + 8, 77);
		rig_error(&p, dst, src, 1, &seen, rows[i].quote);
		ok = nfr_nat_manip_quoted(&p.pkt, 48, &side, NFR_NAT_MANIP_SRC);
		udp = p.data + 48 + 48;
		assert_int_equal(ok, !rows[i].has_l4 || rows[i].quote >= 56);
		if (ok) {
			assert_memory_equal(p.data + 48 + 8, to.b, 16);
			if (rows[i].quote >= 56)
				assert_int_equal(nfr_get16(udp), rows[i].has_l4 ? 4000 : 77);
		}
	}
}

/* Other protocols have addresses only, however short the quote. */
static void unknown_protocol(void **state)
{
	union nfr_addr src = rig_ip6(1, 2), dst = rig_ip6(2, 2);
	struct nfr_nat_side side = side_to(&dst, 0, NFR_IPPROTO_ESP);
	struct rig_pkt p;

	(void)state;
	rig_ip(&p, &src, &dst, NFR_IPPROTO_ESP, 3);
	rig_finish(&p, 0, false);
	assert_true(nfr_nat_manip_pkt(&p.pkt, &side, NFR_NAT_MANIP_SRC));
	src = rig_src(&p);
	assert_true(nfr_addr_eq(&src, &dst));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(un_nat_of_nat_is_the_identity),
		cmocka_unit_test(turned_as_side_by_side),
		cmocka_unit_test(wrong_checksums_stay_wrong),
		cmocka_unit_test(udp_without_a_checksum_stays_so),
		cmocka_unit_test(udp_checksum_never_becomes_zero),
		cmocka_unit_test(udplite_has_always_a_checksum),
		cmocka_unit_test(sctp_checksum_is_computed_anew),
		cmocka_unit_test(gre_keys),
		cmocka_unit_test(icmp_without_identifier),
		cmocka_unit_test(quotes_cut_short),
		cmocka_unit_test(quotes_with_extension_headers),
		cmocka_unit_test(unknown_protocol),
	};

	return cmocka_run_group_tests_name("nat/manip", tests, NULL, NULL);
}
