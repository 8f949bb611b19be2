/* SPDX-License-Identifier: BSD-2-Clause */
/* The way of one IPv6 packet: why it ends, and what comes out. */
#include "stack/rig.h"

#define ETH0 1
#define ETH1 2
#define SILENT 0xffff
#define ICMP(type, code) ((type) << 8 | (code))

#define NEAR                                     \
	{                                        \
		.b = { 0xfd, 0, 0, 1, [15] = 2 } \
	}
#define FAR                                      \
	{                                        \
		.b = { 0xfd, 0, 0, 2, [15] = 2 } \
	}
#define ME                                       \
	{                                        \
		.b = { 0xfd, 0, 0, 1, [15] = 1 } \
	}
#define LINK_LOCAL                            \
	{                                     \
		.b = { 0xfe, 0x80, [15] = 2 } \
	}

struct row {
	const char *name;
	union nfr_addr src, dst;
	uint8_t hop_limit;
	uint8_t dest_mac;
	uint32_t payload;
	enum nfr_reason reason;
	unsigned answer;
};

static const struct row rows[] = {
	{"forwarded", NEAR, FAR, 64, 0, 4, NFR_REASON_FORWARDED, SILENT},
	{"hop limit 1", NEAR, FAR, 1, 0, 4, NFR_REASON_TTL_EXPIRED, ICMP(3, 0)},
	{"hop limit 1 to the router", NEAR, ME, 1, 0, 4, NFR_REASON_DELIVERED, SILENT},
	{"other address of the router",
	 NEAR,
	 {.b = {0xfd, 0, 0, 2, [15] = 1}},
	 9,
	 0,
	 4,
	 NFR_REASON_DELIVERED,
	 SILENT},
	{"subnet-router anycast",
	 NEAR,
	 {.b = {0xfd, 0, 0, 1}},
	 9,
	 0,
	 4,
	 NFR_REASON_DELIVERED,
	 SILENT},
	{"all nodes", NEAR, {.b = {0xff, 2, [15] = 1}}, 9, 0, 4, NFR_REASON_DELIVERED, SILENT},
	{"all routers", NEAR, {.b = {0xff, 2, [15] = 2}}, 9, 0, 4, NFR_REASON_DELIVERED, SILENT},
	{"all routers of the site",
	 NEAR,
	 {.b = {0xff, 5, [15] = 2}},
	 9,
	 0,
	 4,
	 NFR_REASON_DELIVERED,
	 SILENT},
	{"solicited node",
	 NEAR,
	 {.b = {0xff, 2, [11] = 1, [12] = 0xff, [15] = 1}},
	 9,
	 0,
	 4,
	 NFR_REASON_DELIVERED,
	 SILENT},
	{"another's solicited node",
	 NEAR,
	 {.b = {0xff, 2, [11] = 1, [12] = 0xff, [15] = 9}},
	 9,
	 0,
	 4,
	 NFR_REASON_ROUTE_NO_MEMBER,
	 SILENT},
	{"a group nobody joined",
	 NEAR,
	 {.b = {0xff, 2, [15] = 0x16}},
	 9,
	 0,
	 4,
	 NFR_REASON_ROUTE_NO_MEMBER,
	 SILENT},
	{"from a group", {.b = {0xff, 2, [15] = 1}}, FAR, 9, 0, 4, NFR_REASON_IP6_SOURCE, SILENT},
	{"from loopback", {.b = {[15] = 1}}, FAR, 9, 0, 4, NFR_REASON_IP6_SOURCE, SILENT},
	{"to loopback", NEAR, {.b = {[15] = 1}}, 9, 0, 4, NFR_REASON_IP6_DESTINATION, SILENT},
	{"from nobody", {.b = {0}}, FAR, 9, 0, 4, NFR_REASON_IP6_SOURCE, SILENT},
	{"from a link-local address", LINK_LOCAL, FAR, 9, 0, 4, NFR_REASON_IP6_SOURCE, SILENT},
	{"no route",
	 NEAR,
	 {.b = {0x20, 1, 0x0d, 0xb8, [15] = 9}},
	 9,
	 0,
	 4,
	 NFR_REASON_ROUTE_NO_ROUTE,
	 ICMP(1, 0)},
	{"unreachable",
	 NEAR,
	 {.b = {0x20, 1, 0x0d, 0xb8, [15] = 1}},
	 9,
	 0,
	 4,
	 NFR_REASON_ROUTE_UNREACHABLE,
	 ICMP(1, 0)},
	{"prohibit",
	 NEAR,
	 {.b = {0x20, 1, 0x0d, 0xb8, [15] = 2}},
	 9,
	 0,
	 4,
	 NFR_REASON_ROUTE_PROHIBIT,
	 ICMP(1, 1)},
	{"blackhole",
	 NEAR,
	 {.b = {0x20, 1, 0x0d, 0xb8, [15] = 3}},
	 9,
	 0,
	 4,
	 NFR_REASON_ROUTE_BLACKHOLE,
	 SILENT},
	{"another host's frame", NEAR, FAR, 9, 4, 4, NFR_REASON_LINK_OTHERHOST, SILENT},
	{"frame to many", NEAR, FAR, 9, 0xff, 4, NFR_REASON_LINK_BROADCAST_FORWARD, SILENT},
	{"too big", NEAR, FAR, 9, 0, 1453, NFR_REASON_FRAG_NEEDED, ICMP(2, 0)},
	{"as large as it may be", NEAR, FAR, 9, 0, 1452, NFR_REASON_FORWARDED, SILENT},
};

static void add_routes(struct rig *rig)
{
	for (uint8_t i = 1; i <= 3; i++) {
		static const uint8_t type[] = {0, NFR_RTN_UNREACHABLE, NFR_RTN_PROHIBIT,
					       NFR_RTN_BLACKHOLE};
		struct nfr_route route = {.family = NFR_IPV6,
					  .prefix_len = 128,
					  .type = type[i],
					  .dst = {.b = {0x20, 1, 0x0d, 0xb8, [15] = i}}};

		assert_int_equal(nfr_route_add(rig->net, &route), NFR_OK);
		assert_int_equal(nfr_route_add(rig->net, &route), NFR_EEXIST);
	}
}

static void check_answer(const struct rig *rig, const struct row *row)
{
	static const union nfr_addr me = ME;
	const struct rig_out *out = NULL;

	for (unsigned i = 0; i < rig->n_out; i++)
		if (rig->out[i].oif && rig->out[i].data[6] == NFR_IPPROTO_ICMPV6)
			out = &rig->out[i];
	if ((out != NULL) != (row->answer != SILENT))
		fail_msg("%s: %s", row->name, out ? "an answer" : "no answer");
	if (!out)
		return;
	assert_int_equal(out->oif, ETH0);
	assert_int_equal(ICMP(out->data[40], out->data[41]), row->answer);
	assert_memory_equal(out->data + 8, me.b, 16);
	assert_memory_equal(out->data + 24, row->src.b, 16);
}

static void test_rows(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct rig *rig = rig_new();
		struct rig_pkt p = rig_udp6(ETH0, row->src, row->dst, row->hop_limit, row->payload);
		struct nfr_result r;

		add_routes(rig);
		if (row->dest_mac)
			memset(p.frame, row->dest_mac, 6);
		r = rig_receive(rig, ETH0, p);
		rig_expect(row->name, r, row->reason);
		assert_int_equal(r.verdict, NFR_ACCEPT);
		check_answer(rig, row);
		rig_free(rig);
	}
}

static void test_forwarded_frame(void **state)
{
	static const uint8_t want[14] = {2, 0, 0, 0, 2, 0xfe, 2, 0, 0, 0, 2, 1, 0x86, 0xdd};
	struct rig *rig = rig_new();
	struct rig_pkt p = rig_udp6(ETH0, rig_ip6(1, 2), rig_ip6(2, 2), 64, 4);

	(void)state;
	rig_expect("forward", rig_receive(rig, ETH0, p), NFR_REASON_FORWARDED);
	rig_ip_of(&p)[7] = 63;
	assert_memory_equal(rig->out[0].link, want, 14);
	assert_memory_equal(rig->out[0].data, rig_ip_of(&p), p.len);
	rig_free(rig);
}

static void test_switched_off(void **state)
{
	struct rig *rig = rig_new();

	(void)state;
	nfr_sysctl_set(rig->net, "net.ipv6.conf.all.forwarding", 0);
	rig_expect("forwarding off",
		   rig_receive(rig, ETH0, rig_udp6(ETH0, rig_ip6(1, 2), rig_ip6(2, 2), 9, 4)),
		   NFR_REASON_NOT_FORWARDING);
	rig_expect("no anycast address then",
		   rig_receive(rig, ETH0, rig_udp6(ETH0, rig_ip6(1, 2), rig_ip6(1, 0), 9, 4)),
		   NFR_REASON_NOT_FORWARDING);
	rig_expect("nor all routers",
		   rig_receive(rig, ETH0,
			       rig_udp6(ETH0, rig_ip6(1, 2),
					(union nfr_addr){.b = {0xff, 2, [15] = 2}}, 9, 4)),
		   NFR_REASON_ROUTE_NO_MEMBER);
	nfr_sysctl_set(rig->net, "net.ipv6.conf.eth0.disable_ipv6", 1);
	rig_expect("disabled",
		   rig_receive(rig, ETH0, rig_udp6(ETH0, rig_ip6(1, 2), rig_ip6(1, 1), 9, 4)),
		   NFR_REASON_IP6_DISABLED);
	rig_free(rig);
}

static void set(struct rig *rig, const char *name, int32_t value)
{
	assert_int_equal(nfr_sysctl_set(rig->net, name, value), NFR_OK);
}

/* What net.ipv6.conf.* changes on the way through. */
static void test_interface_settings(void **state)
{
	struct rig *rig = rig_new();
	struct rig_pkt p = rig_udp6(ETH0, rig_ip6(1, 2), rig_ip6(2, 2), 9, 1300);

	(void)state;
	set(rig, "net.ipv6.conf.all.forwarding", 0);
	set(rig, "net.ipv6.conf.eth0.force_forwarding", 1);
	rig_expect("forced", rig_receive(rig, ETH0, p), NFR_REASON_FORWARDED);
	set(rig, "net.ipv6.conf.all.force_forwarding", 0);
	rig_expect("no longer", rig_receive(rig, ETH0, p), NFR_REASON_NOT_FORWARDING);
	set(rig, "net.ipv6.conf.all.forwarding", -3);
	set(rig, "net.ipv6.conf.eth1.mtu", 1300);
	rig_expect("IPv6's own MTU", rig_receive(rig, ETH0, p), NFR_REASON_FRAG_NEEDED);
	assert_int_equal(nfr_sysctl_set(rig->net, "net.ipv6.conf.eth1.mtu", 1501), NFR_ERANGE);
	assert_int_equal(nfr_sysctl_set(rig->net, "net.ipv6.conf.eth1.mtu", 1279), NFR_ERANGE);
	set(rig, "net.ipv6.conf.default.mtu", 1501);
	p = rig_udp6(ETH0, rig_ip6(1, 2), rig_ip6(1, 1), 9, 4);
	memset(p.frame, 0xff, 6);
	rig_expect("unicast in a broadcast", rig_receive(rig, ETH0, p), NFR_REASON_DELIVERED);
	set(rig, "net.ipv6.conf.eth0.drop_unicast_in_l2_multicast", 1);
	rig_expect("is dropped", rig_receive(rig, ETH0, p), NFR_REASON_LINK_BROADCAST_FORWARD);
	set(rig, "net.ipv6.conf.all.disable_ipv6", 1);
	rig_expect("disabled on all", rig_receive(rig, ETH0, p), NFR_REASON_IP6_DISABLED);
	rig_free(rig);
}

/* A route of fe80::/10 is meant on the interface that the packet came in on. */
static void test_link_local(void **state)
{
	union nfr_addr mine = {.b = {0xfe, 0x80, [15] = 1}}, peer = LINK_LOCAL;
	struct rig *rig = rig_new();

	(void)state;
	rig_addr(rig, NFR_IPV6, ETH0, 64, mine);
	rig_expect("to our address", rig_receive(rig, ETH0, rig_udp6(ETH0, peer, mine, 9, 4)),
		   NFR_REASON_DELIVERED);
	rig_expect("on the wrong link", rig_receive(rig, ETH1, rig_udp6(ETH1, peer, mine, 9, 4)),
		   NFR_REASON_ROUTE_NO_ROUTE);
	rig_free(rig);
}

/* The router's own packets: loopback, groups that it belongs to, no route. */
static void test_transmit(void **state)
{
	static const uint8_t all_nodes_mac[6] = {0x33, 0x33, 0, 0, 0, 1};
	union nfr_addr group = {.b = {0xff, 2, [15] = 1}};
	struct rig *rig = rig_new();
	struct rig_pkt p = rig_udp6(ETH0, rig_ip6(1, 1), rig_ip6(2, 2), 9, 4);

	(void)state;
	rig_expect("out", rig_transmit(rig, p), NFR_REASON_FORWARDED);
	assert_int_equal(rig->out[0].oif, ETH1);
	rig_expect("to ourselves",
		   rig_transmit(rig, rig_udp6(ETH0, rig_ip6(1, 1), rig_ip6(2, 1), 9, 4)),
		   NFR_REASON_FORWARDED);
	assert_int_equal(rig->n_out, 1);
	assert_int_equal(rig->out[0].oif, 0);
	rig_expect("to all nodes", rig_transmit(rig, rig_udp6(ETH0, rig_ip6(1, 1), group, 9, 4)),
		   NFR_REASON_FORWARDED);
	assert_int_equal(rig->n_out, 2);
	assert_int_equal(rig->out[0].oif, 0); /* a copy of our own, received before */
	assert_memory_equal(rig->out[1].link, all_nodes_mac, 6);
	rig_expect("no route",
		   rig_transmit(rig, rig_udp6(ETH0, rig_ip6(1, 1), (union nfr_addr){.b = {0x20, 1}},
					      9, 4)),
		   NFR_REASON_ROUTE_NO_ROUTE);
	p.len = 39;
	rig_expect("short", rig_transmit(rig, p), NFR_REASON_LOCAL_NO_PROTOCOL);
	rig_expect("too large",
		   rig_transmit(rig, rig_udp6(ETH0, rig_ip6(1, 1), rig_ip6(2, 2), 9, 1453)),
		   NFR_REASON_LOCAL_NO_PROTOCOL);
	rig_free(rig);
}

/* Options that must be understood (action bits 11), and their answer. */
static void test_hopopts(void **state)
{
	struct rig *rig = rig_new();
	struct rig_pkt p = rig_udp6(ETH0, rig_ip6(1, 2), rig_ip6(2, 2), 9, 4);
	uint8_t *h = rig_ip_of(&p);

	(void)state;
	memmove(h + 48, h + 40, 12);
	memcpy(h + 40, (const uint8_t[8]){17, 0, 0xc5, 4, 0, 0, 0, 0}, 8);
	h[6] = 0;
	nfr_put16(h + 4, 20);
	p.len += 8;
	rig_expect("unknown option", rig_receive(rig, ETH0, p), NFR_REASON_IP6_EXTHDR);
	assert_int_equal(rig->n_out, 1);
	assert_int_equal(rig->out[0].data[40], 4);
	assert_int_equal(rig->out[0].data[41], 2);
	assert_int_equal(nfr_get32(rig->out[0].data + 44), 42);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),	     cmocka_unit_test(test_forwarded_frame),
		cmocka_unit_test(test_switched_off),
		cmocka_unit_test(test_interface_settings), cmocka_unit_test(test_link_local),
		cmocka_unit_test(test_transmit),     cmocka_unit_test(test_hopopts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
