/* SPDX-License-Identifier: BSD-2-Clause */
#include "nat/bysource.h"
#include "nat/rig_test.h"
#include "nat/unique.h"

/* ---- the address ---- */

struct pick_row {
	uint8_t src, dst; /* last byte of fd00:1::x and fd00:2::x, or 10.0.1.x and 10.0.2.x */
	uint16_t zone;
	bool persistent;
	uint8_t want[4]; /* the low eight bytes of what Linux 6.18 chose, by 16 bits */
};

/* 10.0.2.100 to 10.0.2.119 */
static const struct pick_row rows4[] = {
	{2, 2, 0, false, {101}},   {3, 2, 0, false, {111}},   {2, 3, 0, false, {101}},
	{3, 3, 0, false, {113}},   {2, 4, 0, false, {103}},   {2, 5, 0, false, {112}},
	{3, 5, 0, false, {100}},   {2, 6, 0, false, {115}},   {2, 2, 0, true, {118}},
	{3, 2, 0, true, {113}},    {2, 9, 0, true, {118}},    {3, 9, 0, true, {113}},
	{2, 2, 7, false, {108}},   {3, 2, 7, false, {100}},   {2, 3, 7, false, {119}},
	{2, 200, 0, false, {114}}, {3, 200, 0, false, {116}}, {2, 201, 0, false, {119}},
};

static void ip4_is_chosen_as_linux_chooses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows4) / sizeof(*rows4); i++) {
		const struct pick_row *row = &rows4[i];
		struct nfr_nat_range range = {
			.flags = NFR_NAT_RANGE_MAP_IPS |
				 (row->persistent ? NFR_NAT_RANGE_PERSISTENT : 0u),
			.min_addr = rig_ip4(10, 0, 2, 100),
			.max_addr = rig_ip4(10, 0, 2, 119),
		};
		struct nfr_tuple tuple = {
			.src = rig_ip4(10, 0, 1, row->src),
			.dst = rig_ip4(10, 0, 2, row->dst),
			.l3num = NFR_IPV4,
		};

		nfr_nat_pick_addr(&tuple, &range, row->zone,
				  row->dst < 200 ? NFR_NAT_MANIP_SRC : NFR_NAT_MANIP_DST);
		assert_int_equal(row->dst < 200 ? tuple.src.b[3] : tuple.dst.b[3], row->want[0]);
	}
}

static const struct {
	uint8_t src, dst;
	bool persistent;
	uint16_t want[4]; /* the lower half of the address */
} rows6[] = {
	{2, 2, false, {0, 0x7179, 0x7177, 0xd27a}}, {3, 2, false, {0, 0x0798, 0x0798, 0x7323}},
	{2, 3, false, {0, 0x33a2, 0x33a1, 0x6902}}, {3, 3, false, {0, 0x970b, 0x9709, 0x6971}},
	{2, 4, false, {0, 0x38d5, 0x38d4, 0x9df2}}, {3, 5, false, {0, 0xf3d1, 0xf3ce, 0xce58}},
	{2, 2, true, {0, 0x1a1c, 0x1a1b, 0xc98b}},  {2, 3, true, {0, 0x1a1c, 0x1a1b, 0xc98b}},
	{3, 2, true, {0, 0xca0e, 0xca0b, 0xa247}},
};

static union nfr_addr net6(uint16_t net, uint16_t a, uint16_t b, uint16_t c, uint16_t d)
{
	union nfr_addr addr = {.b = {0xfd, 0}};

	nfr_put16(addr.b + 2, net);
	nfr_put16(addr.b + 8, a);
	nfr_put16(addr.b + 10, b);
	nfr_put16(addr.b + 12, c);
	nfr_put16(addr.b + 14, d);
	return addr;
}

/* fd00:2:: to fd00:2::1:2:3:4 */
static void ip6_is_chosen_as_linux_chooses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows6) / sizeof(*rows6); i++) {
		struct nfr_nat_range range = {
			.flags = NFR_NAT_RANGE_MAP_IPS |
				 (rows6[i].persistent ? NFR_NAT_RANGE_PERSISTENT : 0u),
			.min_addr = net6(2, 0, 0, 0, 0),
			.max_addr = net6(2, 1, 2, 3, 4),
		};
		struct nfr_tuple tuple = {
			.src = net6(1, 0, 0, 0, rows6[i].src),
			.dst = net6(2, 0, 0, 0, rows6[i].dst),
			.l3num = NFR_IPV6,
		};
		union nfr_addr want = net6(2, rows6[i].want[0], rows6[i].want[1],
					   rows6[i].want[2], rows6[i].want[3]);

		nfr_nat_pick_addr(&tuple, &range, 0, NFR_NAT_MANIP_SRC);
		assert_memory_equal(tuple.src.b, want.b, 16);
	}
}

/* Nothing chosen lies outside; the whole address space is a range, too. */
static void choices_stay_in_range(void **state)
{
	struct nfr_rng rng;

	(void)state;
	nfr_rng_init(&rng, 7, NFR_RNG_NAT);
	for (unsigned i = 0; i < 20000; i++) {
		struct nfr_nat_range range = {.flags = NFR_NAT_RANGE_MAP_IPS};
		struct nfr_tuple tuple = {.l3num = i & 1 ? NFR_IPV6 : NFR_IPV4};
		size_t len = i & 1 ? 16 : 4;

		for (size_t k = 0; k < len; k++) {
			tuple.src.b[k] = (uint8_t)nfr_rng_u64(&rng);
			tuple.dst.b[k] = (uint8_t)nfr_rng_u64(&rng);
			range.min_addr.b[k] = (uint8_t)nfr_rng_u64(&rng) & 0x7f;
			range.max_addr.b[k] = range.min_addr.b[k] | (uint8_t)nfr_rng_u64(&rng);
		}
		nfr_nat_pick_addr(&tuple, &range, 0, NFR_NAT_MANIP_SRC);
		assert_true(memcmp(tuple.src.b, range.min_addr.b, 4) >= 0);
		assert_true(memcmp(tuple.src.b, range.max_addr.b, len) <= 0);
	}
}

/* ---- the port ---- */

static union nfr_addr inside(uint8_t host)
{
	return rig_ip4(10, 0, 1, host);
}

static union nfr_addr server(uint8_t host)
{
	return rig_ip4(10, 0, 2, host);
}

/* The third host of one source port cannot have it; the class of the port is kept. */
static void port_classes(void **state)
{
	static const struct {
		uint16_t port, min, max;
	} rows[] = {
		{0, 1, 511},      {1, 1, 511},         {511, 1, 511},       {512, 600, 1023},
		{600, 600, 1023}, {1023, 600, 1023},   {1024, 1024, 65535}, {65535, 1024, 65535},
	};
	struct rig *rig = rig_new(64);

	(void)state;
	rig_snat(rig, server(1), server(1));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int first = rig_send_udp(rig, inside(2), rows[i].port, server(2), 9);

		assert_int_equal(first, rows[i].port);
		for (uint8_t host = 3; host < 6; host++) {
			int port = rig_send_udp(rig, inside(host), rows[i].port, server(2), 9);

			assert_int_not_equal(port, first);
			assert_in_range(port, rows[i].min, rows[i].max);
		}
	}
	rig_free(rig);
}

/* A small range is searched whole; when it is used up the connection is refused. */
static void a_range_is_used_up(void **state)
{
	struct rig *rig = rig_new(256);
	uint8_t seen[100] = {0};

	(void)state;
	rig_snat(rig, server(1), server(1));
	rig_ports(rig, NFR_INET_POST_ROUTING, 5000, 5099);
	for (uint8_t host = 1; host <= 100; host++) {
		int port = rig_send_udp(rig, inside(host), 4000, server(2), 9);

		assert_in_range(port, 5000, 5099);
		seen[port - 5000]++;
	}
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(seen[i], 1);
	assert_int_equal(rig_send_udp(rig, inside(101), 4000, server(2), 9), -1);
	assert_int_equal(rig_send_udp(rig, inside(102), 4000, server(3), 9) >= 5000, 1);
	rig_free(rig);
}

static bool in_use(struct rig *rig, uint16_t port)
{
	struct nfr_tuple reply = {
		.src = server(2),
		.dst = server(1),
		.src_l4 = nfr_htons(9),
		.dst_l4 = nfr_htons(port),
		.l3num = NFR_IPV4,
		.protonum = NFR_IPPROTO_UDP,
	};

	return nfr_ct_find(&rig->ct, &reply, 0) != 0;
}

/* Linux tries 128 + 64 + 32 + 16 + 8 ports and gives up, though others are free: with two of
 * 2,000 ports left nearly every search fails, and none loops. */
static void search_is_bounded(void **state)
{
	struct rig *rig = rig_new(8192);
	unsigned failed = 0, free_ports = 0;

	(void)state;
	rig_snat(rig, server(1), server(1));
	rig_ports(rig, NFR_INET_POST_ROUTING, 1000, 2999);
	for (unsigned i = 0; i < 1998; i++) {
		union nfr_addr src = rig_ip4(10, 1, (uint8_t)(i >> 8), (uint8_t)i);

		/* a port in the range is kept: all but two are taken one by one */
		assert_int_equal(rig_send_udp(rig, src, (uint16_t)(1000 + i), server(2), 9),
				 1000 + i);
	}
	for (unsigned i = 0; i < 20; i++) {
		union nfr_addr src = rig_ip4(10, 2, 0, (uint8_t)i);

		failed += rig_send_udp(rig, src, 1000, server(2), 9) < 0;
	}
	for (uint16_t port = 1000; port < 3000; port++)
		free_ports += !in_use(rig, port);
	assert_int_equal(20 - failed, 2 - free_ports);
	assert_in_range(failed, 18, 20);
	rig_free(rig);
}

/* Destination ranges: a port inside is kept, others get the first free one. */
static void destination_ranges(void **state)
{
	static const struct {
		uint16_t dport, sport, want;
	} rows[] = {
		{101, 4000, 101}, {100, 4000, 100}, {99, 4000, 102}, {9, 4001, 100}, {9, 4001, 100},
	};
	struct rig *rig = rig_new(64);

	(void)state;
	rig->rule[NFR_INET_PRE_ROUTING] = (struct rig_rule){
		.kind = RIG_RANGE,
		.range = {.flags = NFR_NAT_RANGE_MAP_IPS, .min_addr = server(2),
			  .max_addr = server(2)},
	};
	rig_ports(rig, NFR_INET_PRE_ROUTING, 100, 102);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rig_pkt p;

		rig_udp(&p, inside(2), rows[i].sport, server(3), rows[i].dport);
		assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
		assert_int_equal(rig_dport(&p), rows[i].want);
		assert_int_equal(rig_dst(&p).b[3], 2);
		assert_true(rig_sums_ok(&p));
	}
	rig_free(rig);
}

/* Linux 6.1 searches them from anywhere, as it does those of sources. */
static void destination_ranges_of_old(void **state)
{
	struct rig *rig = rig_new(64);
	unsigned first = 0;

	(void)state;
	rig->env.linux_version = NFR_LINUX(6, 1);
	rig->rule[NFR_INET_PRE_ROUTING] = (struct rig_rule){
		.kind = RIG_RANGE,
		.range = {.flags = NFR_NAT_RANGE_MAP_IPS,
			  .min_addr = server(2),
			  .max_addr = server(2)},
	};
	rig_ports(rig, NFR_INET_PRE_ROUTING, 100, 109);
	for (uint16_t sport = 4000; sport < 4030; sport++) {
		struct rig_pkt p;

		rig_udp(&p, inside(2), sport, server(3), 9);
		assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
		assert_in_range(rig_dport(&p), 100, 109);
		first += rig_dport(&p) == 100;
	}
	assert_in_range(first, 0, 9);
	rig_free(rig);
}

/* `--to-destination 10.0.2.2:2000-2010/1000`: the distance from the base goes round. */
static void port_shift(void **state)
{
	static const struct {
		uint16_t dport, want;
	} rows[] = {
		{1000, 2000}, {1001, 2001}, {1010, 2010}, {1011, 2002},
		{1012, 2003}, {999, 2008},  {998, 2007},
	};
	struct rig *rig = rig_new(64);
	struct nfr_nat_range *range = &rig->rule[NFR_INET_PRE_ROUTING].range;

	(void)state;
	rig->rule[NFR_INET_PRE_ROUTING].kind = RIG_RANGE;
	range->flags = NFR_NAT_RANGE_MAP_IPS | NFR_NAT_RANGE_PROTO_OFFSET;
	range->min_addr = range->max_addr = server(2);
	range->base_proto = 1000;
	rig_ports(rig, NFR_INET_PRE_ROUTING, 2000, 2010);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rig_pkt p;

		rig_udp(&p, inside(2), 4000, server(3), rows[i].dport);
		assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
		assert_int_equal(rig_dport(&p), rows[i].want);
	}
	rig_free(rig);
}

/* --random and --random-fully do not keep a port that is free. */
static void random_ports(void **state)
{
	static const uint32_t flags[] = {NFR_NAT_RANGE_PROTO_RANDOM,
					 NFR_NAT_RANGE_PROTO_RANDOM_FULLY};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct rig *rig = rig_new(64);
		unsigned kept = 0;

		rig_snat(rig, server(1), server(1));
		rig->rule[NFR_INET_POST_ROUTING].range.flags |= flags[i];
		for (uint16_t port = 5000; port < 5020; port++)
			kept += rig_send_udp(rig, inside(2), port, server(2), 9) == port;
		assert_in_range(kept, 0, 2);
		rig_free(rig);
	}
}

/* All connections of one inside port look alike outside: the newest mapping that fits. */
static void mappings_are_shared(void **state)
{
	struct rig *rig = rig_new(64);
	int port;

	(void)state;
	rig_snat(rig, server(1), server(1));
	rig_ports(rig, NFR_INET_POST_ROUTING, 6000, 6010);
	port = rig_send_udp(rig, inside(2), 5000, server(2), 9);
	assert_in_range(port, 6000, 6010);
	rig_snat(rig, server(1), server(1));
	assert_int_equal(rig_send_udp(rig, inside(2), 5000, server(3), 9), port);
	assert_int_equal(rig_send_udp(rig, inside(2), 5000, server(4), 9), port);
	assert_int_equal(rig_send_udp(rig, inside(2), 5001, server(4), 9), 5001);
	rig_free(rig);
}

/* Identifiers of ICMP have ranges like ports; a range may be written backwards. */
static void icmp_identifier_ranges(void **state)
{
	struct rig *rig = rig_new(64);

	(void)state;
	rig_snat(rig, server(1), server(1));
	rig_ports(rig, NFR_INET_POST_ROUTING, 102, 100);
	for (uint8_t host = 2; host < 6; host++) {
		struct rig_pkt p;

		rig_echo(&p, inside(host), server(2), 8, 7);
		if (host < 5) {
			assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
			assert_in_range(nfr_get16(p.data + 24), 100, 102);
		} else {
			assert_int_equal(rig_forward(rig, &p), NFR_DROP);
		}
	}
	rig_free(rig);
}

/* What has no ports can be translated once: the second connection finds no other tuple. */
static void protocols_without_ports(void **state)
{
	static const uint8_t protocols[] = {NFR_IPPROTO_ESP, NFR_IPPROTO_GRE};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct rig *rig = rig_new(64);

		rig_snat(rig, server(1), server(1));
		for (uint8_t host = 2; host < 4; host++) {
			union nfr_addr src = inside(host), dst = server(2);
			struct rig_pkt p;

			rig_ip(&p, &src, &dst, protocols[i], 8);
			rig_finish(&p, 0, false);
			assert_int_equal(rig_forward(rig, &p), host == 2 ? NFR_ACCEPT : NFR_DROP);
		}
		rig_free(rig);
	}
}

/* PPTP's GRE connections are expected: their keys may change. */
static void gre_keys_of_expected_connections(void **state)
{
	static const struct {
		enum nfr_nat_manip manip;
		uint32_t flags;
		uint16_t min, max, want;
	} rows[] = {
		{NFR_NAT_MANIP_DST, 0, 0, 0, 2},
		{NFR_NAT_MANIP_DST, NFR_NAT_RANGE_PROTO_SPECIFIED, 9, 9, 9},
		{NFR_NAT_MANIP_SRC, NFR_NAT_RANGE_PROTO_SPECIFIED, 9, 9, 9},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nfr_nat_range range = {.flags = rows[i].flags, .min_proto = rows[i].min,
					      .max_proto = rows[i].max};
		struct nfr_tuple orig = {
			.src = inside(2), .dst = server(2), .src_l4 = nfr_htons(1),
			.dst_l4 = nfr_htons(2), .l3num = NFR_IPV4, .protonum = NFR_IPPROTO_GRE};
		struct rig *rig = rig_new(64);
		struct nfr_tuple tuple;
		struct nfr_ct_ext *ext;
		struct rig_pkt p;

		rig_ip(&p, &orig.src, &orig.dst, NFR_IPPROTO_GRE, 8);
		rig_finish(&p, 0, false);
		assert_int_equal(rig_first_half(rig, &p, NFR_INET_PRE_ROUTING), NFR_ACCEPT);
		ext = nfr_ct_ext_get(&rig->ct, nfr_ct_of(&rig->ct, &p.pkt));
		ext->has |= NFR_CT_EXT_MASTER;
		nfr_nat_unique_tuple(&rig->nat, p.pkt.ct_idx, &orig, &range, rows[i].manip, &tuple);
		assert_int_equal(nfr_ntohs(rows[i].manip == NFR_NAT_MANIP_DST ? tuple.dst_l4
									     : tuple.src_l4),
				 rows[i].want);
		ext->has &= (uint8_t)~NFR_CT_EXT_MASTER;
		rig_end(rig, &p, NFR_DROP);
		rig_free(rig);
	}
}

/* The list of one source is searched only so far, and its members can all leave. */
static void one_source_with_many_connections(void **state)
{
	struct rig *rig = rig_new(2048);
	unsigned left, n = 0;
	struct nfr_ct_flow flow;
	struct nfr_tuple orig = {
		.src = inside(2),
		.src_l4 = nfr_htons(53),
		.l3num = NFR_IPV4,
		.protonum = NFR_IPPROTO_UDP,
	};
	uint32_t idx;

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(rig_send_udp(rig, inside(2), 53,
					      rig_ip4(10, 0, (uint8_t)(2 + (i >> 8)), (uint8_t)i),
					      53),
				 53);
	rig_check(rig);
	nfr_ct_flow_of(&orig, 0, &flow);
	for (idx = nfr_bysource_first(&rig->nat, &flow, &left); idx;
	     idx = nfr_bysource_next(&rig->nat, &flow, idx, &left))
		n++;
	assert_int_equal(n, NFR_NAT_BYSOURCE_MAX);
	flow.key.protonum = NFR_IPPROTO_TCP;
	assert_int_equal(nfr_bysource_first(&rig->nat, &flow, &left), 0);
	for (uint32_t kill = 1; kill <= 1000; kill += 3)
		nfr_ct_kill(&rig->ct, kill);
	rig_check(rig);
	rig_free(rig);
}

/* Connections of one source, found by the index and by looking at all of them. */
static unsigned count_indexed(const struct rig *rig, const struct nfr_ct_flow *orig)
{
	unsigned left, n = 0;
	uint32_t idx = nfr_bysource_first(&rig->nat, orig, &left);

	for (; idx; idx = nfr_bysource_next(&rig->nat, orig, idx, &left))
		n++;
	return n;
}

static unsigned count_all(const struct rig *rig, const struct nfr_tuple *orig)
{
	struct nfr_ct_view view;
	uint32_t cursor = 0;
	unsigned n = 0;

	while (nfr_ctnet_next(&rig->ct, &cursor, &view))
		n += nfr_addr_eq(&view.tuple[0].src, &orig->src) &&
		     nfr_be16_eq(view.tuple[0].src_l4, orig->src_l4);
	return n;
}

/* More sources than lists, coming and going: the filter of a list never hides one that is there. */
static void index_beside_its_slow_twin(void **state)
{
	struct rig *rig = rig_new(256);
	struct nfr_ct_flow flow;
	struct nfr_rng rng;

	(void)state;
	nfr_rng_init(&rng, 5, NFR_RNG_HASH);
	for (unsigned i = 0; i < 3000; i++) {
		struct nfr_tuple orig = {
			.src = inside((uint8_t)(2 + nfr_rng_below(&rng, 8))),
			.src_l4 = nfr_htons((uint16_t)(1024 + nfr_rng_below(&rng, 40))),
			.l3num = NFR_IPV4,
			.protonum = NFR_IPPROTO_UDP,
		};
		uint32_t kill = 1 + nfr_rng_below(&rng, 256);

		nfr_ct_flow_of(&orig, 0, &flow);
		assert_int_equal(count_indexed(rig, &flow), count_all(rig, &orig));
		if (rig->ct.count < 200)
			rig_send_udp(rig, orig.src, nfr_ntohs(orig.src_l4),
				     server((uint8_t)nfr_rng_below(&rng, 100)), 53);
		if (kill < rig->ct.cts.fresh && nfr_ct_at(&rig->ct, kill)->life & NFR_CT_LIVE)
			nfr_ct_kill(&rig->ct, kill);
		if (i % 100 == 0)
			rig_check(rig);
	}
	rig_free(rig);
}

static void check_sees_a_wrong_filter(void **state)
{
	struct rig *rig = rig_new(16);
	uint32_t i = 0, seen;

	(void)state;
	rig_send_udp(rig, inside(2), 53, server(1), 53);
	while (!rig->nat.bysource[i].first)
		i++;
	seen = rig->nat.bysource[i].seen;
	rig->nat.bysource[i].seen = 0;
	assert_non_null(nfr_natnet_check(&rig->nat));
	rig->nat.bysource[i].seen = seen;
	rig_check(rig);
	i = (i + 1) % rig->nat.n_bysource;
	rig->nat.bysource[i].seen = 1;
	assert_non_null(nfr_natnet_check(&rig->nat));
	rig->nat.bysource[i].seen = 0;
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ip4_is_chosen_as_linux_chooses),
		cmocka_unit_test(ip6_is_chosen_as_linux_chooses),
		cmocka_unit_test(choices_stay_in_range),
		cmocka_unit_test(port_classes),
		cmocka_unit_test(a_range_is_used_up),
		cmocka_unit_test(search_is_bounded),
		cmocka_unit_test(destination_ranges),
		cmocka_unit_test(destination_ranges_of_old),
		cmocka_unit_test(port_shift),
		cmocka_unit_test(random_ports),
		cmocka_unit_test(mappings_are_shared),
		cmocka_unit_test(icmp_identifier_ranges),
		cmocka_unit_test(protocols_without_ports),
		cmocka_unit_test(gre_keys_of_expected_connections),
		cmocka_unit_test(one_source_with_many_connections),
		cmocka_unit_test(index_beside_its_slow_twin),
		cmocka_unit_test(check_sees_a_wrong_filter),
	};

	return cmocka_run_group_tests_name("nat/unique", tests, NULL, NULL);
}
