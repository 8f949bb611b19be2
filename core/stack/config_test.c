/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses and what they bring, what lower layers ask of the stack, options, cutting again. */
#include "stack/rig.h"

#define ETH0 1
#define ETH1 2
#define NEAR RIG_IP(10, 0, 1, 2)
#define FAR RIG_IP(10, 0, 2, 2)
#define ME RIG_IP(10, 0, 1, 1)

static struct nfr_ifaddr addr4(uint16_t ifindex, uint32_t addr, uint8_t len)
{
	return (struct nfr_ifaddr){
		.family = NFR_IPV4, .prefix_len = len, .ifindex = ifindex, .local = rig_ip4(addr)};
}

/* How many routes each address brings. */
static void test_routes_of_addresses(void **state)
{
	static const struct {
		const char *name;
		uint32_t addr, peer, broadcast;
		uint8_t len;
		unsigned routes;
	} rows[] = {
		{"/24: local, network, broadcast", RIG_IP(10, 9, 0, 1), 0, 0, 24, 3},
		{"named broadcast, the same", RIG_IP(10, 9, 0, 1), 0, RIG_IP(10, 9, 0, 255), 24, 3},
		{"named broadcast, another", RIG_IP(10, 9, 0, 1), 0, RIG_IP(10, 9, 0, 254), 24, 4},
		{"/30", RIG_IP(10, 9, 0, 1), 0, 0, 30, 3},
		{"/31 has no broadcast", RIG_IP(10, 9, 0, 1), 0, 0, 31, 2},
		{"/32", RIG_IP(10, 9, 0, 1), 0, 0, 32, 1},
		{"/32 with a peer", RIG_IP(10, 9, 0, 1), RIG_IP(10, 9, 5, 1), 0, 32, 2},
		{"/0 of the zero network", RIG_IP(10, 9, 0, 1), 0, 0, 0, 1},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig = rig_new();
		struct nfr_ifaddr a = addr4(ETH0, rows[i].addr, rows[i].len);
		uint32_t before = nfr_pool_used(rig->net, NFR_POOL_route);

		if (rows[i].peer)
			a.peer = rig_ip4(rows[i].peer);
		if (rows[i].broadcast)
			a.broadcast = rig_ip4(rows[i].broadcast);
		assert_int_equal(nfr_addr_add(rig->net, &a), NFR_OK);
		if (nfr_pool_used(rig->net, NFR_POOL_route) != before + rows[i].routes)
			fail_msg("%s: %u", rows[i].name,
				 nfr_pool_used(rig->net, NFR_POOL_route) - before);
		assert_int_equal(nfr_addr_add(rig->net, &a), NFR_EEXIST);
		assert_int_equal(nfr_addr_del(rig->net, &a), NFR_OK);
		assert_int_equal(nfr_pool_used(rig->net, NFR_POOL_route), before);
		assert_int_equal(nfr_addr_del(rig->net, &a), NFR_ENOENT);
		rig_free(rig);
	}
}

static void test_addresses_refused(void **state)
{
	struct rig *rig = rig_new();
	struct nfr_ifaddr a = addr4(ETH0, FAR, 33);

	(void)state;
	assert_int_equal(nfr_addr_add(rig->net, &a), NFR_EINVAL);
	a = addr4(7, FAR, 24);
	assert_int_equal(nfr_addr_add(rig->net, &a), NFR_ENODEV);
	assert_int_equal(nfr_addr_del(rig->net, &a), NFR_ENODEV);
	a.family = 1;
	assert_int_equal(nfr_addr_add(rig->net, &a), NFR_EINVAL);
	rig_free(rig);
}

/* A second address of a network is not chosen, and goes with the first. */
static void test_secondary(void **state)
{
	struct rig *rig = rig_new();
	struct nfr_ifaddr first = addr4(ETH0, ME, 24);
	struct nfr_ifaddr second = addr4(ETH0, RIG_IP(10, 0, 1, 5), 24);
	const struct nfr_env_ops *ops = rig->net->env.ops;
	union nfr_addr out, towards = rig_ip4(NEAR);

	(void)state;
	assert_int_equal(nfr_addr_add(rig->net, &second), NFR_OK);
	assert_true(ops->select_addr(&rig->net->env, NFR_IPV4, ETH0, &towards, &out));
	assert_int_equal(nfr_get32(out.b), ME);
	rig_expect("its packets are ours",
		   rig_receive(rig, ETH0, rig_udp4(ETH0, NEAR, RIG_IP(10, 0, 1, 5), 9, 4)),
		   NFR_REASON_DELIVERED);
	assert_int_equal(nfr_addr_del(rig->net, &second), NFR_OK);
	assert_int_equal(nfr_addr_add(rig->net, &second), NFR_OK);
	assert_int_equal(nfr_addr_del(rig->net, &first), NFR_OK);
	assert_int_equal(nfr_addr_del(rig->net, &second), NFR_ENOENT);
	rig_free(rig);
}

static void test_addr_type(void **state)
{
	static const struct {
		uint8_t family;
		union nfr_addr addr;
		uint16_t ifindex;
		uint8_t type;
	} rows[] = {
		{NFR_IPV4, {.b = {0}}, 0, NFR_RTN_BROADCAST},
		{NFR_IPV4, {.b = {255, 255, 255, 255}}, 0, NFR_RTN_BROADCAST},
		{NFR_IPV4, {.b = {224, 0, 0, 5}}, 0, NFR_RTN_MULTICAST},
		{NFR_IPV4, {.b = {10, 0, 1, 1}}, 0, NFR_RTN_LOCAL},
		{NFR_IPV4, {.b = {10, 0, 1, 1}}, ETH0, NFR_RTN_LOCAL},
		{NFR_IPV4, {.b = {10, 0, 1, 1}}, ETH1, NFR_RTN_UNICAST},
		{NFR_IPV4, {.b = {10, 0, 1, 255}}, 0, NFR_RTN_BROADCAST},
		{NFR_IPV4, {.b = {10, 0, 1, 7}}, 0, NFR_RTN_UNICAST},
		{NFR_IPV4, {.b = {8, 8, 8, 8}}, 0, NFR_RTN_UNICAST},
		{NFR_IPV6, {.b = {0}}, 0, NFR_RTN_UNSPEC},
		{NFR_IPV6, {.b = {0xff, 2}}, 0, NFR_RTN_MULTICAST},
		{NFR_IPV6, {.b = {0xfd, 0, 0, 1, [15] = 1}}, 0, NFR_RTN_LOCAL},
		{NFR_IPV6, {.b = {0xfd, 0, 0, 1}}, 0, NFR_RTN_ANYCAST},
		{NFR_IPV6, {.b = {0xfd, 0, 0, 1, [15] = 7}}, ETH0, NFR_RTN_UNICAST},
		{NFR_IPV6, {.b = {0x20, 1}}, 0, NFR_RTN_UNREACHABLE},
	};
	struct rig *rig = rig_new();

	(void)state;
	nfr_fib_build(&rig->net->fib);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(rig->net->env.ops->addr_type(&rig->net->env, rows[i].family,
							      &rows[i].addr, rows[i].ifindex),
				 rows[i].type);
	rig_free(rig);
}

/* RFC 6724: scope, then label and common prefix decide. */
static void test_select_addr6(void **state)
{
	union nfr_addr link_local = {.b = {0xfe, 0x80, [15] = 1}};
	union nfr_addr global = {.b = {0x20, 1, 0x0d, 0xb8, [15] = 1}};
	static const struct {
		union nfr_addr dst;
		uint8_t first_byte; /* of the source chosen */
	} rows[] = {
		{{.b = {0xfe, 0x80, [15] = 9}}, 0xfe}, {{.b = {0xff, 2, [15] = 1}}, 0xfe},
		{{.b = {0x26, 7, [15] = 9}}, 0x20},    {{.b = {0xfd, 0, 0, 7, [15] = 9}}, 0xfd},
		{{.b = {0xff, 0x0e, [15] = 9}}, 0x20},
	};
	struct rig *rig = rig_new();
	const struct nfr_env_ops *ops = rig->net->env.ops;
	union nfr_addr out;

	(void)state;
	rig_addr(rig, NFR_IPV6, ETH0, 64, link_local);
	rig_addr(rig, NFR_IPV6, ETH0, 64, global);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(ops->select_addr(&rig->net->env, NFR_IPV6, ETH0, &rows[i].dst, &out));
		assert_int_equal(out.b[0], rows[i].first_byte);
	}
	assert_false(nfr_fib_has_addr(&rig->net->fib, NFR_IPV4, rows[0].dst.b, 0));
	rig_free(rig);
}

static void test_reverse_mtu(void **state)
{
	struct rig *rig = rig_new();
	struct nfr_route r = {.family = NFR_IPV4,
			      .prefix_len = 24,
			      .oif = ETH0,
			      .mtu = 700,
			      .dst = rig_ip4(RIG_IP(172, 16, 0, 0))};
	struct rig_pkt p = rig_udp4(ETH0, NEAR, FAR, 9, 4);
	struct nfr_pkt pkt;
	const struct nfr_env_ops *ops = rig->net->env.ops;

	(void)state;
	assert_int_equal(nfr_route_add(rig->net, &r), NFR_OK);
	nfr_fib_build(&rig->net->fib);
	nfr_pkt_init(&pkt, rig_ip_of(&p), p.len, p.len);
	assert_int_equal(ops->reverse_mtu(&rig->net->env, &pkt), 1500);
	nfr_put32(rig_ip_of(&p) + 12, RIG_IP(172, 16, 0, 9));
	assert_int_equal(ops->reverse_mtu(&rig->net->env, &pkt), 700);
	nfr_put32(rig_ip_of(&p) + 12, RIG_IP(9, 9, 9, 9));
	assert_int_equal(ops->reverse_mtu(&rig->net->env, &pkt), UINT32_MAX);
	nfr_put32(rig_ip_of(&p) + 12, ME); /* to itself: by the loopback */
	assert_int_equal(ops->reverse_mtu(&rig->net->env, &pkt), UINT32_MAX);
	rig_free(rig);
}

/* ---- options ---- */

static struct rig_pkt with_options(const uint8_t *options, uint32_t len, uint32_t dst)
{
	struct rig_pkt p = rig_udp4(ETH0, NEAR, dst, 9, 4);
	uint8_t *h = rig_ip_of(&p);

	memmove(h + 20 + len, h + 20, p.len - 20);
	memcpy(h + 20, options, len);
	h[0] = (uint8_t)(0x45 + len / 4);
	p.len += len;
	nfr_put16(h + 2, (uint16_t)p.len);
	rig_check4(h);
	return p;
}

static const struct {
	const char *name;
	uint8_t options[20];
	uint8_t len;
	uint32_t dst;
	const char *sysctl;
	enum nfr_reason reason;
	uint8_t at, want[4]; /* bytes of the header that leaves */
} option_rows[] = {
	{"nothing but no-ops",
	 {1, 1, 1, 0},
	 4,
	 FAR,
	 NULL,
	 NFR_REASON_FORWARDED,
	 20,
	 {1, 1, 1, 0}},
	{"record route, forwarded",
	 {7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0},
	 12,
	 FAR,
	 NULL,
	 NFR_REASON_FORWARDED,
	 23,
	 {10, 0, 2, 1}},
	{"record route, full",
	 {7, 7, 8, 9, 9, 9, 9, 0},
	 8,
	 FAR,
	 NULL,
	 NFR_REASON_FORWARDED,
	 23,
	 {9, 9, 9, 9}},
	{"record route, delivered",
	 {7, 7, 4, 0, 0, 0, 0, 0},
	 8,
	 ME,
	 NULL,
	 NFR_REASON_DELIVERED,
	 23,
	 {10, 0, 1, 1}},
	{"pointer too small",
	 {7, 7, 3, 0, 0, 0, 0, 0},
	 8,
	 FAR,
	 NULL,
	 NFR_REASON_IP_OPTIONS,
	 40,
	 {22, 0, 0, 0}},
	{"length beyond the header",
	 {7, 40, 4, 0},
	 4,
	 FAR,
	 NULL,
	 NFR_REASON_IP_OPTIONS,
	 0,
	 {0}},
	{"source route",
	 {131, 7, 8, 9, 9, 9, 9, 0},
	 8,
	 FAR,
	 NULL,
	 NFR_REASON_IP_OPTIONS,
	 0,
	 {0}},
	{"source route at its end, accepted",
	 {131, 7, 8, 9, 9, 9, 9, 0},
	 8,
	 FAR,
	 "net.ipv4.conf.all.accept_source_route",
	 NFR_REASON_FORWARDED,
	 20,
	 {131, 7, 8, 9}},
	{"strict source route, not the router's turn",
	 {137, 7, 8, 9, 9, 9, 9, 0},
	 8,
	 FAR,
	 "net.ipv4.conf.all.accept_source_route",
	 NFR_REASON_IP_OPTIONS,
	 40,
	 {16, 0, 0, 0}},
	{"strict source route, on link",
	 {137, 7, 4, 10, 0, 2, 9, 0},
	 8,
	 ME,
	 "net.ipv4.conf.all.accept_source_route",
	 NFR_REASON_FORWARDED,
	 20,
	 {137, 7, 8, 10}},
	{"source route and time stamp, which says where it leaves",
	 {131, 7, 4, 10, 0, 2, 9, 68, 12, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0},
	 20,
	 ME,
	 "net.ipv4.conf.all.accept_source_route",
	 NFR_REASON_FORWARDED,
	 31,
	 {10, 0, 2, 1}},
	{"strict source route to a gateway",
	 {137, 7, 4, 192, 0, 2, 1, 0},
	 8,
	 ME,
	 "net.ipv4.conf.all.accept_source_route",
	 NFR_REASON_SOURCE_ROUTE,
	 20,
	 {3, 5, 0, 0}},
};

static void test_options(void **state)
{
	struct nfr_route dflt = {.family = NFR_IPV4, .gateway = rig_ip4(RIG_IP(10, 0, 2, 9))};

	(void)state;
	for (unsigned i = 0; i < sizeof(option_rows) / sizeof(option_rows[0]); i++) {
		struct rig *rig = rig_new();
		struct rig_pkt p = with_options(option_rows[i].options, option_rows[i].len, option_rows[i].dst);

		assert_int_equal(nfr_route_add(rig->net, &dflt), NFR_OK);
		if (option_rows[i].sysctl)
			nfr_sysctl_set(rig->net, option_rows[i].sysctl, 1);
		rig_expect(option_rows[i].name, rig_receive(rig, ETH0, p), option_rows[i].reason);
		if (option_rows[i].at && option_rows[i].reason != NFR_REASON_IP_OPTIONS &&
		    option_rows[i].reason != NFR_REASON_SOURCE_ROUTE)
			assert_memory_equal(rig->out[0].data + option_rows[i].at, option_rows[i].want, 4);
		if (option_rows[i].reason == NFR_REASON_IP_OPTIONS && option_rows[i].at)
			assert_int_equal(rig->n_out, 1);
		if (option_rows[i].reason == NFR_REASON_FORWARDED) {
			const uint8_t *h = rig->out[0].data;

			assert_int_equal(nfr_csum_fold(nfr_csum_add(0, h, (h[0] & 0xfu) * 4)),
					 0xffff);
		}
		rig_free(rig);
	}
}

/* ---- what was put together is cut again ---- */

/* Two fragments of `first` and 400 bytes; DF on both when `df`. */
static struct nfr_result send_fragments(struct rig *rig, uint32_t first, bool df)
{
	struct rig_pkt a = rig_udp4(ETH0, NEAR, FAR, 9, first - 8);
	struct rig_pkt b = rig_udp4(ETH0, NEAR, FAR, 9, 392);
	uint16_t flag = df ? 0x4000 : 0;

	nfr_put16(rig_ip_of(&a) + 6, (uint16_t)(0x2000 | flag));
	nfr_put16(rig_ip_of(&a) + 24, (uint16_t)(first + 400));
	nfr_put16(rig_ip_of(&b) + 6, (uint16_t)(first / 8 | flag));
	rig_check4(rig_ip_of(&a));
	rig_check4(rig_ip_of(&b));
	rig_expect("first", rig_receive(rig, ETH0, a), NFR_REASON_QUEUED_FRAGMENT);
	return rig_receive(rig, ETH0, b);
}

static void test_cut_again(void **state)
{
	static const struct {
		const char *name;
		uint32_t first, mtu;
		bool df;
		enum nfr_reason reason;
		unsigned n_out;
	} rows[] = {
		{"as it came", 800, 1500, false, NFR_REASON_FORWARDED, 2},
		{"smaller", 800, 500, false, NFR_REASON_FORWARDED, 3},
		{"with DF, fits", 800, 1500, true, NFR_REASON_FORWARDED, 2},
		{"with DF, does not fit", 800, 600, true, NFR_REASON_FRAG_NEEDED, 1},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct nfr_link link = {.name = "eth1", .up = true, .mtu = rows[i].mtu};
		struct rig *rig = rig_new();

		nfr_link_set(rig->net, &link);
		nfr_conntrack_use(rig->net, NFR_IPV4, true);
		rig_expect(rows[i].name, send_fragments(rig, rows[i].first, rows[i].df),
			   rows[i].reason);
		if (rig->n_out != rows[i].n_out)
			fail_msg("%s: %u pieces", rows[i].name, rig->n_out);
		rig_free(rig);
	}
}

/* Fragments for the router itself are put together without conntrack too. */
static void test_deliver_fragments(void **state)
{
	struct rig *rig = rig_new();
	struct rig_pkt a = rig_udp4(ETH0, NEAR, ME, 9, 8), b = rig_udp4(ETH0, NEAR, ME, 9, 8);

	(void)state;
	nfr_put16(rig_ip_of(&a) + 6, 0x2000);
	nfr_put16(rig_ip_of(&b) + 6, 2);
	rig_check4(rig_ip_of(&a));
	rig_check4(rig_ip_of(&b));
	rig_expect("first", rig_receive(rig, ETH0, a), NFR_REASON_QUEUED_FRAGMENT);
	rig_expect("second", rig_receive(rig, ETH0, b), NFR_REASON_DELIVERED);
	assert_int_equal(rig->out[0].len, 20 + 32);
	rig_free(rig);
}

/* ---- readers ---- */

static void test_tables(void **state)
{
	struct rig *rig = rig_new();
	struct nfr_ct_view view;
	struct nfr_expect_view expect;
	uint32_t cursor = 0, idx;

	(void)state;
	nfr_conntrack_use(rig->net, NFR_IPV4, true);
	rig_receive(rig, ETH0, rig_udp4(ETH0, NEAR, FAR, 9, 4));
	assert_true(nfr_ct_next(rig->net, rig->now, &cursor, &view));
	assert_int_equal(view.timeout_ns, 30 * RIG_SECOND);
	idx = view.idx;
	assert_false(nfr_ct_next(rig->net, rig->now, &cursor, &view));
	cursor = 0;
	assert_false(nfr_expect_next(rig->net, rig->now, &cursor, &expect));
	assert_true(nfr_ct_get(rig->net, rig->now + RIG_SECOND, idx, &view));
	assert_int_equal(view.timeout_ns, 29 * RIG_SECOND);
	assert_false(nfr_ct_get(rig->net, rig->now + 31 * RIG_SECOND, idx, &view));
	assert_false(nfr_ct_get(rig->net, rig->now, idx + 1, &view));
	cursor = 0;
	assert_false(nfr_ct_next(rig->net, rig->now + 31 * RIG_SECOND, &cursor, &view));
	assert_int_equal(nfr_conntrack_use(rig->net, NFR_IPV4, false), NFR_OK);
	assert_int_equal(nfr_pool_used(rig->net, NFR_POOL_hook), 0);
	nfr_ct_flush(rig->net, rig->now);
	assert_int_equal(nfr_pool_used(rig->net, NFR_POOL_ct), 0);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_routes_of_addresses),
		cmocka_unit_test(test_addresses_refused),
		cmocka_unit_test(test_secondary),
		cmocka_unit_test(test_addr_type),
		cmocka_unit_test(test_select_addr6),
		cmocka_unit_test(test_reverse_mtu),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_cut_again),
		cmocka_unit_test(test_deliver_fragments),
		cmocka_unit_test(test_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
