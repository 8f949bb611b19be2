/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Matches that look at the IP header, the frame or the packet's own state.
 */
#include "xt/rig.h"

struct row {
	const char *name;
	const struct nfr_xt_ext *ext;
	uint8_t family;
	const char *opt;
	const void *value;
	bool want;
};

#define V4 NFR_IPV4
#define V6 NFR_IPV6
#define MARK(v, m) (&(struct nfr_xt_mark){(v), (m)})
#define TOS(v, m) (&(struct nfr_xt_tos){(v), (m)})
#define LEN(a, b) ((const uint16_t[]){(a), (b)})
#define U8(v) (&(const uint8_t){(v)})

/* 48 bytes (68 in IPv6), TTL 64, class 0xb9 (DSCP EF, ECN 1), mark 0x1234. */
static struct nfr_pkt *make_pkt(struct rig_pkt *p, uint8_t family)
{
	struct nfr_pkt *pkt = rig_pkt(p, family, NFR_IPPROTO_UDP, 28);

	nfr_xt_set_dsfield(pkt, 0xb9);
	pkt->mark = 0x1234;
	pkt->link_len = 14;
	memcpy(pkt->link + 6, (const uint8_t[]){0, 1, 2, 3, 4, 5}, 6);
	pkt->pkt_type = NFR_PACKET_MULTICAST;
	return pkt;
}

static void range(union nfr_addr a[2], uint8_t family, uint8_t first, uint8_t last)
{
	memset(a, 0, 2 * sizeof(*a));
	rig_addr(a[0].b, family, first);
	rig_addr(a[1].b, family, last);
}

static void run_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct rig *rig = rig_new();
		struct nfr_xt_ext_use use;
		struct rig_pkt p;
		struct nfr_pkt *pkt = make_pkt(&p, rows[i].family);

		rig->state.family = rows[i].family;
		rig_use(&use, rows[i].ext);
		rig_set(&use, rows[i].opt, rows[i].value);
		print_message("%s: %s\n", rows[i].ext->name, rows[i].name);
		assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
		assert_int_equal(rig_match(rig, &use, pkt), rows[i].want);
		rig_free(rig);
	}
}

static void test_header(void **s)
{
	const struct row rows[] = {
		{"whole", &nfr_xt_match_mark, V4, "mark", MARK(0x1234, UINT32_MAX), true},
		{"masked", &nfr_xt_match_mark, V4, "mark", MARK(0x34, 0xff), true},
		{"value outside the mask", &nfr_xt_match_mark, V4, "mark", MARK(0x134, 0xff),
		 false},
		{"not", &nfr_xt_match_mark, V6, "!mark", MARK(0x34, 0xff), false},
		{"always", &nfr_xt_match_comment, V4, "comment", "hello", true},
		{"exact", &nfr_xt_match_length, V4, "length", LEN(48, 48), true},
		{"exact", &nfr_xt_match_length, V6, "length", LEN(68, 68), true},
		{"below", &nfr_xt_match_length, V4, "length", LEN(49, 65535), false},
		{"above", &nfr_xt_match_length, V4, "length", LEN(0, 47), false},
		{"not", &nfr_xt_match_length, V4, "!length", LEN(48, 48), false},
		{"upside down", &nfr_xt_match_length, V4, "length", LEN(50, 40), false},
		{"eq", &nfr_xt_match_ttl, V4, "ttl-eq", U8(64), true},
		{"eq by alias", &nfr_xt_match_ttl, V4, "ttl", U8(64), true},
		{"not eq", &nfr_xt_match_ttl, V4, "!ttl-eq", U8(64), false},
		{"lt", &nfr_xt_match_ttl, V4, "ttl-lt", U8(65), true},
		{"lt itself", &nfr_xt_match_ttl, V4, "ttl-lt", U8(64), false},
		{"gt", &nfr_xt_match_ttl, V4, "ttl-gt", U8(63), true},
		{"gt itself", &nfr_xt_match_ttl, V4, "ttl-gt", U8(64), false},
		{"eq", &nfr_xt_match_hl, V6, "hl-eq", U8(64), true},
		{"not eq", &nfr_xt_match_hl, V6, "!hl-eq", U8(64), false},
		{"lt", &nfr_xt_match_hl, V6, "hl-lt", U8(65), true},
		{"lt itself", &nfr_xt_match_hl, V6, "hl-lt", U8(64), false},
		{"gt", &nfr_xt_match_hl, V6, "hl-gt", U8(63), true},
		{"gt itself", &nfr_xt_match_hl, V6, "hl-gt", U8(64), false},
		{"whole", &nfr_xt_match_tos, V4, "tos", TOS(0xb9, 0xff), true},
		{"masked", &nfr_xt_match_tos, V6, "tos", TOS(0xb0, 0xf0), true},
		{"other", &nfr_xt_match_tos, V4, "tos", TOS(0x10, 0x3f), false},
		{"not", &nfr_xt_match_tos, V4, "!tos", TOS(0x10, 0x3f), true},
		{"EF", &nfr_xt_match_dscp, V4, "dscp", U8(46), true},
		{"EF", &nfr_xt_match_dscp, V6, "dscp-class", U8(46), true},
		{"not EF", &nfr_xt_match_dscp, V6, "!dscp", U8(46), false},
		{"other", &nfr_xt_match_dscp, V4, "dscp", U8(47), false},
		{"same", &nfr_xt_match_mac, V4, "mac-source", (uint8_t[]){0, 1, 2, 3, 4, 5}, true},
		{"not", &nfr_xt_match_mac, V4, "!mac-source", (uint8_t[]){0, 1, 2, 3, 4, 5}, false},
		{"other", &nfr_xt_match_mac, V6, "mac-source", (uint8_t[]){0, 1, 2, 3, 4, 6},
		 false},
		{"same", &nfr_xt_match_pkttype, V4, "pkt-type", U8(NFR_PACKET_MULTICAST), true},
		{"not", &nfr_xt_match_pkttype, V4, "!pkt-type", U8(NFR_PACKET_MULTICAST), false},
		{"other", &nfr_xt_match_pkttype, V4, "pkt-type", U8(NFR_PACKET_HOST), false},
	};

	(void)s;
	run_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void test_iprange(void **s)
{
	static const struct {
		const char *opt;
		uint8_t first, last;
		bool want;
	} rows[] = {
		{"src-range", 1, 1, true},  {"src-range", 0, 5, true},	 {"src-range", 2, 5, false},
		{"src-range", 0, 0, false}, {"!src-range", 0, 5, false}, {"dst-range", 2, 3, true},
		{"dst-range", 0, 1, false}, {"!dst-range", 3, 9, true},	 {"src-range", 5, 0, false},
		{"!src-range", 5, 0, true},
	};

	(void)s;
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		union nfr_addr addr[2];
		struct row row = {"range", &nfr_xt_match_iprange, i % 2 ? V6 : V4, rows[i / 2].opt,
				  addr,	   rows[i / 2].want};

		range(addr, row.family, rows[i / 2].first, rows[i / 2].last);
		run_rows(&row, 1);
	}
}

static void test_mac_without_a_frame(void **s)
{
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;
	struct rig_pkt p;
	struct nfr_pkt *pkt = make_pkt(&p, V4);

	(void)s;
	rig_use(&use, &nfr_xt_match_mac);
	rig_set(&use, "!mac-source", (uint8_t[]){9, 9, 9, 9, 9, 9});
	assert_int_equal(rig_match(rig, &use, pkt), RIG_YES);
	pkt->link_len = 0;
	assert_int_equal(rig_match(rig, &use, pkt), RIG_NO);
	pkt->link_len = 14;
	rig->env.iface[0].link.loopback = true;
	assert_int_equal(rig_match(rig, &use, pkt), RIG_NO);
	rig->env.iface[0].link.loopback = false;
	pkt->iif = 0;
	assert_int_equal(rig_match(rig, &use, pkt), RIG_NO);
	rig_free(rig);
}

/* What came through loopback is judged by its destination. */
static void test_pkttype_loopback(void **s)
{
	static const struct {
		uint8_t family, first, want;
	} rows[] = {
		{V4, 224, NFR_PACKET_MULTICAST},  {V4, 239, NFR_PACKET_MULTICAST},
		{V4, 240, NFR_PACKET_BROADCAST},  {V4, 127, NFR_PACKET_BROADCAST},
		{V6, 0xff, NFR_PACKET_MULTICAST}, {V6, 0xfe, NFR_PACKET_BROADCAST},
	};
	struct rig *rig = rig_new();

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct nfr_xt_ext_use use;
		struct rig_pkt p;
		struct nfr_pkt *pkt = make_pkt(&p, rows[i].family);

		pkt->pkt_type = NFR_PACKET_LOOPBACK;
		pkt->data[rows[i].family == V4 ? 16 : 24] = rows[i].first;
		rig_use(&use, &nfr_xt_match_pkttype);
		rig_set(&use, "pkt-type", &rows[i].want);
		assert_int_equal(rig_match(rig, &use, pkt), RIG_YES);
	}
	rig_free(rig);
}

#define T(type) NFR_XT_BIT(NFR_RTN_##type)

static void test_addrtype(void **s)
{
	static const struct {
		const char *name;
		uint8_t family;
		const char *opt;
		uint32_t types;
		uint8_t found; /* what the routes say */
		uint8_t first; /* first byte of the address */
		bool want;
	} rows[] = {
		{"local", V4, "dst-type", T(LOCAL), NFR_RTN_LOCAL, 10, true},
		{"one of", V4, "dst-type", T(LOCAL) | T(BROADCAST), NFR_RTN_BROADCAST, 10, true},
		{"other", V4, "dst-type", T(LOCAL), NFR_RTN_UNICAST, 10, false},
		{"not", V4, "!dst-type", T(LOCAL), NFR_RTN_UNICAST, 10, true},
		{"src", V4, "src-type", T(BLACKHOLE), NFR_RTN_BLACKHOLE, 10, true},
		{"not src", V4, "!src-type", T(BLACKHOLE), NFR_RTN_BLACKHOLE, 10, false},
		{"6 local", V6, "dst-type", T(LOCAL), NFR_RTN_LOCAL, 0x20, true},
		{"6 not local", V6, "dst-type", T(LOCAL), NFR_RTN_UNICAST, 0x20, false},
		{"6 local or anycast", V6, "dst-type", T(LOCAL) | T(ANYCAST), NFR_RTN_ANYCAST, 0x20,
		 true},
		{"6 unicast", V6, "dst-type", T(UNICAST), NFR_RTN_LOCAL, 0x20, true},
		{"6 multicast", V6, "dst-type", T(MULTICAST), NFR_RTN_UNICAST, 0xff, true},
		{"6 multicast is not unicast", V6, "dst-type", T(UNICAST), NFR_RTN_UNICAST, 0xff,
		 false},
		{"6 both at once", V6, "dst-type", T(UNICAST) | T(MULTICAST), NFR_RTN_UNICAST, 0x20,
		 false},
		{"6 unicast and local", V6, "dst-type", T(UNICAST) | T(LOCAL), NFR_RTN_LOCAL, 0x20,
		 true},
		{"6 unspec", V6, "dst-type", T(UNSPEC), NFR_RTN_UNSPEC, 0, true},
		{"6 unspec of another", V6, "dst-type", T(UNSPEC), NFR_RTN_UNSPEC, 0x20, false},
		{"6 unreachable", V6, "dst-type", T(UNREACHABLE), NFR_RTN_UNREACHABLE, 0x20, true},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig = rig_new();
		struct nfr_xt_ext_use use;
		struct rig_pkt p;
		struct nfr_pkt *pkt = make_pkt(&p, rows[i].family);
		unsigned off = rows[i].family == V4 ? 16 : 24;

		rig->state.family = rows[i].family;
		rig->addr_type = rows[i].found;
		pkt->data[off] = rows[i].first;
		if (rows[i].first == 0)
			memset(pkt->data + off, 0, 16);
		rig_use(&use, &nfr_xt_match_addrtype);
		rig_set(&use, rows[i].opt, &rows[i].types);
		print_message("%s\n", rows[i].name);
		assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
		assert_int_equal(rig_match(rig, &use, pkt), rows[i].want);
		rig_free(rig);
	}
}

static void test_addrtype_interfaces(void **s)
{
	static const struct {
		const char *opt;
		uint8_t hook;
		enum nfr_status want;
		uint16_t ifindex;
	} rows[] = {
		{"limit-iface-in", NFR_INET_FORWARD, NFR_OK, 1},
		{"limit-iface-out", NFR_INET_FORWARD, NFR_OK, 2},
		{"limit-iface-in", NFR_INET_PRE_ROUTING, NFR_OK, 1},
		{"limit-iface-out", NFR_INET_PRE_ROUTING, NFR_EINVAL, 0},
		{"limit-iface-out", NFR_INET_LOCAL_IN, NFR_EINVAL, 0},
		{"limit-iface-in", NFR_INET_LOCAL_OUT, NFR_EINVAL, 0},
		{"limit-iface-in", NFR_INET_POST_ROUTING, NFR_EINVAL, 0},
	};
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;
	struct rig_pkt p;

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rig_use(&use, &nfr_xt_match_addrtype);
		assert_int_equal(rig_check(rig, &use, 0), NFR_EINVAL);
		rig_set(&use, "src-type", &(uint32_t){T(LOCAL)});
		rig_set(&use, rows[i].opt, NULL);
		assert_int_equal(rig_check_in(rig, &use, 0, NFR_XT_BIT(rows[i].hook)),
				 rows[i].want);
		if (rows[i].want != NFR_OK)
			continue;
		rig_match(rig, &use, make_pkt(&p, V4));
		assert_int_equal(rig->addr_ifindex, rows[i].ifindex);
	}
	rig->state.family = V6;
	for (unsigned type = 0; type < 12; type++) {
		uint32_t refused = T(BROADCAST) | T(BLACKHOLE) | T(PROHIBIT) | T(THROW) |
				   NFR_XT_BIT(10) | NFR_XT_BIT(11);

		rig_use(&use, &nfr_xt_match_addrtype);
		rig_set(&use, "src-type", &(uint32_t){NFR_XT_BIT(type)});
		assert_int_equal(rig_check(rig, &use, 0),
				 refused >> type & 1 ? NFR_EINVAL : NFR_OK);
	}
	rig_free(rig);
}

/* ---- limit ---- */

#define SCALE 10000u

static void test_limit_refused(void **s)
{
	static const struct {
		uint32_t avg, burst;
		enum nfr_status want;
	} rows[] = {
		{SCALE, 0, NFR_EINVAL},
		{SCALE, 10000, NFR_OK},
		{SCALE, 10001, NFR_EINVAL},
		{86400 * SCALE, 5, NFR_EINVAL}, /* 1/day overflows */
		{86400 * SCALE, 100, NFR_EINVAL},
		{86400 * SCALE / 2, 5, NFR_OK},
		{3600 * SCALE, 100, NFR_OK},
		{60 * SCALE, 10000, NFR_OK},
		{1, 5, NFR_OK},
	};
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rig_use(&use, &nfr_xt_match_limit);
		rig_set(&use, "limit", &rows[i].avg);
		rig_set(&use, "limit-burst", &rows[i].burst);
		assert_int_equal(rig_check(rig, &use, 0), rows[i].want);
	}
	/* a default burst is not shown, a default limit is */
	rig_use(&use, &nfr_xt_match_limit);
	rig_set(&use, "limit-burst", &(uint32_t){5});
	assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
	assert_true(rig_is_given(&use, "limit"));
	assert_false(rig_is_given(&use, "limit-burst"));
	rig_free(rig);
}

/* 5/s with a burst of 3: three at once, then one each 200 ms, never more than three saved up. */
static void test_limit(void **s)
{
	static const struct {
		unsigned at_ms;
		bool want;
	} rows[] = {
		{0, true},    {0, true},    {0, true},	   {0, false},	  {199, false},
		{200, true},  {200, false}, {399, false},  {400, true},	  {5000, true},
		{5000, true}, {5000, true}, {5000, false}, {5100, false}, {5200, true},
	};
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;
	struct rig_pkt p;
	struct nfr_pkt *pkt = make_pkt(&p, V4);

	(void)s;
	rig->env.now_ns = 1000 * NFR_NSEC_PER_SEC;
	rig_use(&use, &nfr_xt_match_limit);
	rig_set(&use, "limit", &(uint32_t){SCALE / 5});
	rig_set(&use, "limit-burst", &(uint32_t){3});
	assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rig->env.now_ns = 1000 * NFR_NSEC_PER_SEC + rows[i].at_ms * UINT64_C(1000000);
		assert_int_equal(rig_match(rig, &use, pkt), rows[i].want);
	}
	rig_free(rig);
}

/* ---- statistic ---- */

static void test_nth(void **s)
{
	struct rig *rig = rig_new();
	struct rig_pkt p;
	struct nfr_pkt *pkt = make_pkt(&p, V4);

	(void)s;
	for (uint32_t every = 1; every < 5; every++)
		for (uint32_t packet = 0; packet <= every; packet++)
			for (unsigned invert = 0; invert < 2; invert++) {
				struct nfr_xt_ext_use use;

				rig_use(&use, &nfr_xt_match_statistic);
				rig_set(&use, "mode", U8(1));
				assert_int_equal(rig_check(rig, &use, 0), NFR_EINVAL);
				rig_set(&use, invert ? "!every" : "every", &every);
				rig_set(&use, "packet", &packet);
				assert_int_equal(rig_check(rig, &use, 0),
						 packet < every ? NFR_OK : NFR_EINVAL);
				for (uint32_t i = 0; packet < every && i < 20; i++)
					assert_int_equal(rig_match(rig, &use, pkt),
							 (i % every == packet) != invert);
			}
	rig_free(rig);
}

static void test_random(void **s)
{
	static const struct {
		const char *opt;
		uint32_t probability;
		unsigned min, max; /* of 1000 */
	} rows[] = {
		{"probability", 0, 0, 0},
		{"probability", UINT32_C(1) << 31, 1000, 1000},
		{"probability", UINT32_C(1) << 30, 400, 600},
		{"!probability", UINT32_C(1) << 29, 650, 850},
	};
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;
	struct rig_pkt p;
	struct nfr_pkt *pkt = make_pkt(&p, V4);

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned n = 0;

		rig_use(&use, &nfr_xt_match_statistic);
		assert_int_equal(rig_check(rig, &use, 0), NFR_EINVAL); /* no mode */
		rig_set(&use, "mode", U8(0));
		assert_int_equal(rig_check(rig, &use, 0), NFR_EINVAL); /* no probability */
		rig_set(&use, rows[i].opt, &rows[i].probability);
		assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
		for (unsigned k = 0; k < 1000; k++)
			n += rig_match(rig, &use, pkt);
		assert_in_range(n, rows[i].min, rows[i].max);
	}
	rig_free(rig);
}

/* Limits, names and exclusions of option tables that parsers would have refused. */
static void test_options_refused(void **s)
{
	const struct {
		const struct nfr_xt_ext *ext;
		const char *opt;
		const void *value;
		const char *opt2;
		const void *value2;
	} rows[] = {
		{&nfr_xt_match_dscp, "dscp", U8(64), NULL, NULL},
		{&nfr_xt_match_pkttype, "pkt-type", U8(7), NULL, NULL},
		{&nfr_xt_match_addrtype, "src-type", &(uint32_t){1u << 20}, NULL, NULL},
		{&nfr_xt_match_ttl, "ttl-eq", U8(1), "ttl-lt", U8(2)},
		{&nfr_xt_match_ttl, "!ttl-lt", U8(1), NULL, NULL},
		{&nfr_xt_match_conntrack, "ctproto", &(uint16_t){256}, NULL, NULL},
		{&nfr_xt_match_statistic, "mode", U8(1), "every", &(uint32_t){0}},
		{&nfr_xt_target_TTL, "ttl-dec", U8(0), NULL, NULL},
		{&nfr_xt_target_LOG, "log-level", U8(8), NULL, NULL},
		{&nfr_xt_target_LOG, "log-prefix", "", NULL, NULL},
		{&nfr_xt_match_ttl, NULL, NULL, NULL, NULL},
		{&nfr_xt_match_hl, NULL, NULL, NULL, NULL},
		{&nfr_xt_match_dscp, NULL, NULL, NULL, NULL},
		{&nfr_xt_match_iprange, NULL, NULL, NULL, NULL},
		{&nfr_xt_match_mark, NULL, NULL, NULL, NULL},
	};
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rig_use(&use, rows[i].ext);
		if (rows[i].opt)
			rig_set(&use, rows[i].opt, rows[i].value);
		if (rows[i].opt2)
			rig_set(&use, rows[i].opt2, rows[i].value2);
		print_message("%s %s\n", rows[i].ext->name, rows[i].opt ? rows[i].opt : "");
		assert_int_equal(rig_check(rig, &use, 0), NFR_EINVAL);
	}
	rig_use(&use, &nfr_xt_match_comment);
	rig_set(&use, "comment", "x");
	memset(use.data + sizeof(struct nfr_xt_head), 'x', 300); /* does not end */
	assert_int_equal(rig_check(rig, &use, 0), NFR_EINVAL);
	rig_use(&use, &nfr_xt_match_mark);
	memset(use.data, 0xff, 4); /* options that do not exist */
	assert_int_equal(rig_check(rig, &use, 0), NFR_EINVAL);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_iprange),
		cmocka_unit_test(test_mac_without_a_frame),
		cmocka_unit_test(test_pkttype_loopback),
		cmocka_unit_test(test_addrtype),
		cmocka_unit_test(test_addrtype_interfaces),
		cmocka_unit_test(test_limit_refused),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_nth),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_options_refused),
	};

	return cmocka_run_group_tests_name("xt/match_misc", tests, NULL, NULL);
}
