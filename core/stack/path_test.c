/* SPDX-License-Identifier: BSD-2-Clause */
/* The way of one IPv4 packet: why it ends, and what comes out. */
#include "stack/rig.h"

#define ETH0 1
#define ETH1 2
#define NEAR RIG_IP(10, 0, 1, 2)
#define FAR RIG_IP(10, 0, 2, 2)
#define ME RIG_IP(10, 0, 1, 1)

/* What the router says: ICMP type and code, or nothing. */
#define SILENT 0xffff
#define ICMP(type, code) ((type) << 8 | (code))

struct row {
	const char *name;
	const char *sysctl; /* set to 1 before */
	uint32_t src, dst;
	uint8_t ttl;
	uint8_t dest_mac; /* first byte of the frame's destination; 0: as it should be */
	uint32_t payload;
	uint16_t frag; /* flags and offset */
	enum nfr_reason reason;
	unsigned answer;
};

static const struct row rows[] = {
	{"forwarded", NULL, NEAR, FAR, 64, 0, 4, 0, NFR_REASON_FORWARDED, SILENT},
	{"ttl 2", NULL, NEAR, FAR, 2, 0, 4, 0, NFR_REASON_FORWARDED, SILENT},
	{"ttl 1", NULL, NEAR, FAR, 1, 0, 4, 0, NFR_REASON_TTL_EXPIRED, ICMP(11, 0)},
	{"ttl 0", NULL, NEAR, FAR, 0, 0, 4, 0, NFR_REASON_TTL_EXPIRED, ICMP(11, 0)},
	{"ttl 1 to the router", NULL, NEAR, ME, 1, 0, 4, 0, NFR_REASON_DELIVERED, SILENT},
	{"other address of the router", NULL, NEAR, RIG_IP(10, 0, 2, 1), 9, 0, 4, 0,
	 NFR_REASON_DELIVERED, SILENT},
	{"subnet broadcast", NULL, NEAR, RIG_IP(10, 0, 1, 255), 9, 0, 4, 0, NFR_REASON_DELIVERED,
	 SILENT},
	{"limited broadcast", NULL, NEAR, RIG_IP(255, 255, 255, 255), 9, 0, 4, 0,
	 NFR_REASON_DELIVERED, SILENT},
	{"limited broadcast from nobody", NULL, 0, RIG_IP(255, 255, 255, 255), 9, 0, 4, 0,
	 NFR_REASON_DELIVERED, SILENT},
	{"broadcast of the other network", NULL, NEAR, RIG_IP(10, 0, 2, 255), 9, 0, 4, 0,
	 NFR_REASON_DELIVERED, SILENT},
	{"all hosts", NULL, NEAR, RIG_IP(224, 0, 0, 1), 9, 0, 4, 0, NFR_REASON_DELIVERED, SILENT},
	{"a group nobody joined", NULL, NEAR, RIG_IP(224, 0, 0, 9), 9, 0, 4, 0,
	 NFR_REASON_ROUTE_MARTIAN_DESTINATION, SILENT},
	{"all hosts from loopback", NULL, RIG_IP(127, 0, 0, 1), RIG_IP(224, 0, 0, 1), 9, 0, 4, 0,
	 NFR_REASON_ROUTE_MARTIAN_SOURCE, SILENT},
	{"all hosts from a group", NULL, RIG_IP(224, 0, 0, 5), RIG_IP(224, 0, 0, 1), 9, 0, 4, 0,
	 NFR_REASON_ROUTE_MARTIAN_SOURCE, SILENT},
	{"from a group", NULL, RIG_IP(224, 0, 0, 5), FAR, 9, 0, 4, 0,
	 NFR_REASON_ROUTE_MARTIAN_SOURCE, SILENT},
	{"from broadcast", NULL, RIG_IP(255, 255, 255, 255), FAR, 9, 0, 4, 0,
	 NFR_REASON_ROUTE_MARTIAN_SOURCE, SILENT},
	{"from nobody", NULL, 0, FAR, 9, 0, 4, 0, NFR_REASON_ROUTE_MARTIAN_SOURCE, SILENT},
	{"to nobody", NULL, NEAR, 0, 9, 0, 4, 0, NFR_REASON_ROUTE_MARTIAN_DESTINATION, SILENT},
	{"to loopback", NULL, NEAR, RIG_IP(127, 0, 0, 1), 9, 0, 4, 0,
	 NFR_REASON_ROUTE_MARTIAN_DESTINATION, SILENT},
	{"to loopback, route_localnet", "net.ipv4.conf.all.route_localnet", NEAR,
	 RIG_IP(127, 0, 0, 1), 9, 0, 4, 0, NFR_REASON_DELIVERED, SILENT},
	{"from loopback", NULL, RIG_IP(127, 0, 0, 1), FAR, 9, 0, 4, 0,
	 NFR_REASON_ROUTE_MARTIAN_SOURCE, SILENT},
	{"from the router", NULL, ME, FAR, 9, 0, 4, 0, NFR_REASON_ROUTE_MARTIAN_SOURCE, SILENT},
	{"from the router, accept_local", "net.ipv4.conf.eth0.accept_local", ME, FAR, 9, 0, 4, 0,
	 NFR_REASON_FORWARDED, SILENT},
	{"wrong side", NULL, RIG_IP(10, 0, 2, 9), FAR, 9, 0, 4, 0, NFR_REASON_FORWARDED, SILENT},
	{"wrong side, rp_filter", "net.ipv4.conf.all.rp_filter", RIG_IP(10, 0, 2, 9), FAR, 9, 0, 4,
	 0, NFR_REASON_ROUTE_RP_FILTER, SILENT},
	{"right side, rp_filter", "net.ipv4.conf.all.rp_filter", NEAR, FAR, 9, 0, 4, 0,
	 NFR_REASON_FORWARDED, SILENT},
	{"unknown source, rp_filter", "net.ipv4.conf.eth0.rp_filter", RIG_IP(192, 0, 2, 1), FAR, 9,
	 0, 4, 0, NFR_REASON_ROUTE_RP_FILTER, SILENT},
	{"no route", NULL, NEAR, RIG_IP(192, 0, 2, 1), 9, 0, 4, 0, NFR_REASON_ROUTE_NO_ROUTE,
	 ICMP(3, 0)},
	{"unreachable", NULL, NEAR, RIG_IP(198, 51, 100, 1), 9, 0, 4, 0,
	 NFR_REASON_ROUTE_UNREACHABLE, ICMP(3, 1)},
	{"prohibit", NULL, NEAR, RIG_IP(198, 51, 100, 2), 9, 0, 4, 0, NFR_REASON_ROUTE_PROHIBIT,
	 ICMP(3, 13)},
	{"blackhole", NULL, NEAR, RIG_IP(198, 51, 100, 3), 9, 0, 4, 0, NFR_REASON_ROUTE_BLACKHOLE,
	 SILENT},
	{"throw", NULL, NEAR, RIG_IP(198, 51, 100, 4), 9, 0, 4, 0, NFR_REASON_ROUTE_NO_ROUTE,
	 ICMP(3, 0)},
	{"another host's frame", NULL, NEAR, FAR, 9, 4, 4, 0, NFR_REASON_LINK_OTHERHOST, SILENT},
	{"frame to many", NULL, NEAR, FAR, 9, 0xff, 4, 0, NFR_REASON_LINK_BROADCAST_FORWARD,
	 SILENT},
	{"frame to many, for the router", NULL, NEAR, ME, 9, 0xff, 4, 0, NFR_REASON_DELIVERED,
	 SILENT},
	{"frame to many, refused", "net.ipv4.conf.all.drop_unicast_in_l2_multicast", NEAR, ME, 9,
	 0xff, 4, 0, NFR_REASON_LINK_BROADCAST_FORWARD, SILENT},
	{"no route, frame to many", NULL, NEAR, RIG_IP(192, 0, 2, 1), 9, 0xff, 4, 0,
	 NFR_REASON_ROUTE_NO_ROUTE, SILENT},
	{"too big with DF", NULL, NEAR, FAR, 9, 0, 1473, 0x4000, NFR_REASON_FRAG_NEEDED,
	 ICMP(3, 4)},
	{"as large as it may be", NULL, NEAR, FAR, 9, 0, 1472, 0x4000, NFR_REASON_FORWARDED,
	 SILENT},
	{"too big without DF", NULL, NEAR, FAR, 9, 0, 1473, 0, NFR_REASON_FORWARDED, SILENT},
	{"back where it came from", NULL, NEAR, RIG_IP(10, 0, 1, 3), 9, 0, 4, 0,
	 NFR_REASON_FORWARDED, ICMP(5, 1)},
};

static void add_routes(struct rig *rig)
{
	for (uint8_t i = 1; i <= 4; i++) {
		static const uint8_t type[] = {0, NFR_RTN_UNREACHABLE, NFR_RTN_PROHIBIT,
					       NFR_RTN_BLACKHOLE, NFR_RTN_THROW};
		struct nfr_route route = {.family = NFR_IPV4,
					  .prefix_len = 32,
					  .type = type[i],
					  .dst = rig_ip4(RIG_IP(198, 51, 100, i))};

		assert_int_equal(nfr_route_add(rig->net, &route), NFR_OK);
	}
}

static const struct rig_out *find_answer(const struct rig *rig)
{
	for (unsigned i = 0; i < rig->n_out; i++)
		if (rig->out[i].oif && rig->out[i].data[9] == NFR_IPPROTO_ICMP)
			return &rig->out[i];
	return NULL;
}

static void check_answer(const struct rig *rig, const struct row *row)
{
	const struct rig_out *out = find_answer(rig);

	if ((out != NULL) != (row->answer != SILENT))
		fail_msg("%s: %s", row->name, out ? "an answer" : "no answer");
	if (!out)
		return;
	assert_int_equal(out->oif, ETH0);
	assert_int_equal(ICMP(out->data[20], out->data[21]), row->answer);
	assert_int_equal(nfr_get32(out->data + 12), ME);
	assert_int_equal(nfr_get32(out->data + 16), NEAR);
	/* its own checksum, and the packet it is about, are whole */
	assert_int_equal(nfr_csum_fold(nfr_csum_add(0, out->data + 20, out->len - 20)), 0xffff);
	assert_int_equal(nfr_get32(out->data + 28 + 16), row->dst);
}

static void test_rows(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct rig *rig = rig_new();
		struct rig_pkt p = rig_udp4(ETH0, row->src, row->dst, row->ttl, row->payload);
		struct nfr_result r;

		add_routes(rig);
		if (row->sysctl)
			assert_int_equal(nfr_sysctl_set(rig->net, row->sysctl, 1), NFR_OK);
		nfr_put16(rig_ip_of(&p) + 6, row->frag);
		rig_check4(rig_ip_of(&p));
		if (row->dest_mac)
			memset(p.frame, row->dest_mac, 6);
		r = rig_receive(rig, ETH0, p);
		rig_expect(row->name, r, row->reason);
		assert_int_equal(r.verdict, NFR_ACCEPT);
		assert_int_equal(r.oif != 0, row->reason == NFR_REASON_FORWARDED);
		assert_int_equal(nfr_reason_count(rig->net, row->reason) != 0, 1);
		check_answer(rig, row);
		rig_free(rig);
	}
}

/* Header and addresses of a forwarded frame. */
static void test_frame(void **state)
{
	static const uint8_t want[14] = {2, 0, 0, 0, 2, 0xfe, 2, 0, 0, 0, 2, 1, 8, 0};
	static const uint8_t mac[6] = {2, 9, 9, 9, 9, 9};
	union nfr_addr far = rig_ip4(FAR);
	struct rig *rig = rig_new();
	struct rig_pkt p = rig_udp4(ETH0, NEAR, FAR, 64, 4);

	(void)state;
	rig_expect("forward", rig_receive(rig, ETH0, p), NFR_REASON_FORWARDED);
	assert_int_equal(rig->n_out, 1);
	assert_memory_equal(rig->out[0].link, want, 14);
	rig_ip_of(&p)[8] = 63;
	rig_check4(rig_ip_of(&p));
	assert_memory_equal(rig->out[0].data, rig_ip_of(&p), p.len);
	assert_int_equal(nfr_neigh_set(rig->net, ETH1, NFR_IPV4, &far, mac), NFR_OK);
	assert_int_equal(nfr_neigh_set(rig->net, 7, NFR_IPV4, &far, mac), NFR_ENODEV);
	assert_int_equal(nfr_neigh_set(rig->net, ETH1, 3, &far, mac), NFR_EINVAL);
	rig_receive(rig, ETH0, rig_udp4(ETH0, NEAR, FAR, 64, 4));
	assert_memory_equal(rig->out[0].link, mac, 6);
	rig_receive(rig, ETH0, rig_udp4(ETH0, NEAR, FAR + 1, 64, 4));
	assert_memory_equal(rig->out[0].link, want, 6);
	rig_free(rig);
}

/* RFC 1141: every checksum survives the decrement of the TTL. */
static void test_ttl_checksum(void **state)
{
	struct rig *rig = rig_new();

	(void)state;
	for (uint32_t id = 0; id < 65536; id += 13) {
		struct rig_pkt p = rig_udp4(ETH0, NEAR, FAR, (uint8_t)(2 + id % 254), 0);

		nfr_put16(rig_ip_of(&p) + 4, (uint16_t)id);
		rig_check4(rig_ip_of(&p));
		rig_expect("ttl", rig_receive(rig, ETH0, p), NFR_REASON_FORWARDED);
		assert_int_equal(nfr_csum_fold(nfr_csum_add(0, rig->out[0].data, 20)), 0xffff);
	}
	rig_free(rig);
}

static void test_link_layer(void **state)
{
	static const struct {
		const char *name;
		uint16_t ifindex, type, vlan;
		uint32_t len;
		enum nfr_reason reason;
	} frames[] = {
		{"no such interface", 99, 0x0800, 0, 60, NFR_REASON_LINK_DOWN},
		{"interface 0", 0, 0x0800, 0, 60, NFR_REASON_LINK_DOWN},
		{"interface not in use", 5, 0x0800, 0, 60, NFR_REASON_LINK_DOWN},
		{"13 bytes", ETH0, 0x0800, 0, 13, NFR_REASON_LINK_TRUNCATED},
		{"14 bytes", ETH0, 0x0800, 0, 14, NFR_REASON_IP_TRUNCATED},
		{"arp", ETH0, 0x0806, 0, 60, NFR_REASON_LINK_NOT_IP},
		{"length", ETH0, 40, 0, 60, NFR_REASON_LINK_NOT_IP},
		{"IPv4 said to be IPv6", ETH0, 0x86dd, 0, 60, NFR_REASON_IP_VERSION},
		{"vlan 5", ETH0, 0x8100, 5, 60, NFR_REASON_LINK_OTHERHOST},
		{"half a vlan tag", ETH0, 0x8100, 0, 16, NFR_REASON_LINK_TRUNCATED},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		struct rig *rig = rig_new();
		struct rig_pkt p = rig_udp4(ETH0, NEAR, FAR, 64, 18);
		struct nfr_frame f = {p.frame, frames[i].len, sizeof(p.frame)};

		nfr_put16(p.frame + 12, frames[i].type);
		if (frames[i].vlan)
			nfr_put16(p.frame + 14, frames[i].vlan);
		else if (frames[i].type == 0x8100)
			nfr_put16(p.frame + 14, 0);
		rig_expect(frames[i].name, nfr_receive(rig->net, rig->now, frames[i].ifindex, &f),
			   frames[i].reason);
		rig_free(rig);
	}
}

/* A tag of VLAN 0 only carries a priority. */
static void test_priority_tag(void **state)
{
	struct rig *rig = rig_new();
	struct rig_pkt p = rig_udp4(ETH0, NEAR, FAR, 64, 4);
	struct nfr_frame f = {p.frame, p.len + 18, sizeof(p.frame)};

	(void)state;
	memmove(p.frame + 16, p.frame + 12, p.len + 2);
	nfr_put16(p.frame + 12, 0x8100);
	nfr_put16(p.frame + 14, 0x6000);
	rig_expect("vlan 0", nfr_receive(rig->net, rig->now, ETH0, &f), NFR_REASON_FORWARDED);
	assert_int_equal(rig->out[0].len, p.len);
	rig_free(rig);
}

/* A link without link-layer addresses, in both directions: there is no room for a header. */
static void test_raw_link(void **state)
{
	struct nfr_link link = {.name = "tun0", .up = true, .no_arp = true};
	struct rig *rig = rig_new();
	struct rig_pkt p = rig_udp4(ETH0, RIG_IP(10, 0, 3, 2), FAR, 64, 4);
	struct nfr_frame f = {rig_ip_of(&p), p.len, sizeof(p.frame) - 14};

	(void)state;
	assert_int_equal(nfr_link_set(rig->net, &link), 3);
	rig_addr(rig, NFR_IPV4, 3, 24, rig_ip4(RIG_IP(10, 0, 3, 1)));
	rig_expect("from tun", nfr_receive(rig->net, rig->now, 3, &f), NFR_REASON_FORWARDED);
	assert_int_equal(rig->out[0].oif, ETH1);
	assert_int_equal(rig->out[0].link[5], 0xfe);
	rig_expect("to tun",
		   rig_receive(rig, ETH0, rig_udp4(ETH0, NEAR, RIG_IP(10, 0, 3, 2), 64, 4)),
		   NFR_REASON_FORWARDED);
	assert_int_equal(rig->out[0].oif, 3);
	assert_int_equal(rig->out[0].len, p.len);
	f.data[0] = 0x15;
	rig_expect("version 1", nfr_receive(rig->net, rig->now, 3, &f), NFR_REASON_LINK_NOT_IP);
	f.len = 0;
	rig_expect("nothing", nfr_receive(rig->net, rig->now, 3, &f), NFR_REASON_LINK_NOT_IP);
	rig_free(rig);
}

static void test_switched_off(void **state)
{
	struct nfr_link link = {.name = "eth1", .up = false};
	struct rig *rig = rig_new();

	(void)state;
	nfr_sysctl_set(rig->net, "net.ipv4.conf.eth0.forwarding", 0);
	rig_expect("forwarding off", rig_receive(rig, ETH0, rig_udp4(ETH0, NEAR, FAR, 64, 4)),
		   NFR_REASON_NOT_FORWARDING);
	assert_int_equal(rig->n_out, 0);
	rig_expect("no route either",
		   rig_receive(rig, ETH0, rig_udp4(ETH0, NEAR, RIG_IP(192, 0, 2, 1), 64, 4)),
		   NFR_REASON_NOT_FORWARDING);
	assert_int_equal(rig->n_out, 0);
	nfr_sysctl_set(rig->net, "net.ipv4.ip_forward", 1);
	assert_int_equal(nfr_link_set(rig->net, &link), ETH1);
	rig_expect("interface down", rig_receive(rig, ETH0, rig_udp4(ETH0, NEAR, FAR, 64, 4)),
		   NFR_REASON_ROUTE_NO_ROUTE);
	rig_expect("its address is still ours",
		   rig_receive(rig, ETH0, rig_udp4(ETH0, NEAR, RIG_IP(10, 0, 2, 1), 64, 4)),
		   NFR_REASON_DELIVERED);
	rig_expect("and takes nothing in", rig_receive(rig, ETH1, rig_udp4(ETH1, FAR, NEAR, 64, 4)),
		   NFR_REASON_LINK_DOWN);
	link.up = true;
	nfr_link_set(rig->net, &link);
	rig_expect("up again", rig_receive(rig, ETH0, rig_udp4(ETH0, NEAR, FAR, 64, 4)),
		   NFR_REASON_FORWARDED);
	rig_free(rig);
}

/* Fragments of what was cut fit and carry all bytes. */
static void test_cut(void **state)
{
	struct nfr_link link = {.name = "eth1", .up = true, .mtu = 600};
	struct rig *rig = rig_new();
	uint32_t bytes = 0;

	(void)state;
	nfr_link_set(rig->net, &link);
	rig_expect("cut", rig_receive(rig, ETH0, rig_udp4(ETH0, NEAR, FAR, 64, 1400)),
		   NFR_REASON_FORWARDED);
	assert_int_equal(rig->n_out, 3);
	for (unsigned i = 0; i < rig->n_out; i++) {
		assert_true(rig->out[i].len <= 600);
		assert_int_equal(nfr_csum_fold(nfr_csum_add(0, rig->out[i].data, 20)), 0xffff);
		assert_int_equal((nfr_get16(rig->out[i].data + 6) & 0x1fff) * 8, bytes);
		bytes += rig->out[i].len - 20;
	}
	assert_int_equal(bytes, 1408);
	nfr_fault_set(rig->net, NFR_POOL_buf, 1, true);
	rig_expect("no buffer", rig_receive(rig, ETH0, rig_udp4(ETH0, NEAR, FAR, 64, 1400)),
		   NFR_REASON_NO_BUFFER);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),	     cmocka_unit_test(test_frame),
		cmocka_unit_test(test_ttl_checksum), cmocka_unit_test(test_link_layer),
		cmocka_unit_test(test_priority_tag), cmocka_unit_test(test_raw_link),
		cmocka_unit_test(test_switched_off), cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
