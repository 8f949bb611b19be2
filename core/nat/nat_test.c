/* SPDX-License-Identifier: BSD-2-Clause */
#include "nat/rig_test.h"

#define A rig_ip4(10, 0, 1, 2)
#define A2 rig_ip4(10, 0, 1, 3)
#define B rig_ip4(10, 0, 2, 2)
#define R1 rig_ip4(10, 0, 2, 1)

static void assert_addr(union nfr_addr got, union nfr_addr want)
{
	assert_memory_equal(got.b, want.b, 16);
}

static void assert_flow(const struct rig_pkt *p, union nfr_addr src, uint16_t sport,
			union nfr_addr dst, uint16_t dport)
{
	assert_addr(rig_src(p), src);
	assert_addr(rig_dst(p), dst);
	assert_int_equal(rig_sport(p), sport);
	assert_int_equal(rig_dport(p), dport);
	assert_true(rig_sums_ok(p));
}

static struct nfr_ct *only_ct(struct rig *rig)
{
	assert_int_equal(rig->ct.cts.used, 1);
	return nfr_ct_at(&rig->ct, 1);
}

static void answers_find_back(void **state)
{
	struct rig *rig = rig_new(16);
	struct rig_pkt p;

	(void)state;
	rig->rule[NFR_INET_POST_ROUTING].kind = RIG_MASQUERADE;
	for (unsigned i = 0; i < 3; i++) {
		rig_udp(&p, A, 4000, B, 53);
		assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
		assert_flow(&p, R1, 4000, B, 53);
		rig_udp(&p, B, 53, R1, 4000);
		assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
		assert_flow(&p, B, 53, A, 4000);
	}
	assert_int_equal(rig->n_lookups, 2); /* once for each side, by the first packet */
	assert_true(only_ct(rig)->status & NFR_IPS_SRC_NAT);
	assert_false(only_ct(rig)->status & NFR_IPS_DST_NAT);
	rig_free(rig);
}

static void ip6_is_translated_alike(void **state)
{
	union nfr_addr a = rig_ip6(1, 2), b = rig_ip6(2, 2), r = rig_ip6(2, 1), d = rig_ip6(2, 9);
	struct rig *rig = rig_new(16);
	struct rig_pkt p;

	(void)state;
	rig->rule[NFR_INET_POST_ROUTING].kind = RIG_MASQUERADE;
	rig->rule[NFR_INET_PRE_ROUTING].kind = RIG_RANGE;
	rig->rule[NFR_INET_PRE_ROUTING].range = (struct nfr_nat_range){
		.flags = NFR_NAT_RANGE_MAP_IPS, .min_addr = b, .max_addr = b};
	rig_tcp(&p, a, 4000, d, 80, 0x02, 1, 0, "");
	assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
	assert_flow(&p, r, 4000, b, 80);
	rig_tcp(&p, b, 80, r, 4000, 0x12, 1, 2, "");
	assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
	assert_flow(&p, d, 80, a, 4000);
	rig_free(rig);
}

/* A connection that no rule translates still may not collide with one that was. */
static void null_binding_makes_way(void **state)
{
	struct rig *rig = rig_new(16);
	struct rig_pkt p;
	int port;

	(void)state;
	rig_snat(rig, A2, A2);
	assert_int_equal(rig_send_udp(rig, A, 4000, B, 53), 4000);
	rig->rule[NFR_INET_POST_ROUTING].kind = RIG_NONE;
	port = rig_send_udp(rig, A2, 4000, B, 53);
	assert_int_not_equal(port, 4000);
	assert_in_range(port, 1024, 65535);
	rig_udp(&p, B, 53, A2, (uint16_t)port);
	assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
	assert_flow(&p, B, 53, A2, 4000);
	rig_udp(&p, B, 53, A2, 4000);
	assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
	assert_flow(&p, B, 53, A, 4000);
	rig_free(rig);
}

/* Delivered packets have their source bound at LOCAL_IN. */
static void local_in_binds_the_source(void **state)
{
	struct rig *rig = rig_new(16);
	struct rig_pkt p;

	(void)state;
	rig->rule[NFR_INET_PRE_ROUTING].kind = RIG_REDIRECT;
	rig_ports(rig, NFR_INET_PRE_ROUTING, 8080, 8080);
	rig_udp(&p, A, 4000, B, 80);
	assert_int_equal(rig_deliver(rig, &p), NFR_ACCEPT);
	assert_flow(&p, A, 4000, R1, 8080);
	assert_int_equal(only_ct(rig)->status & (NFR_IPS_SRC_NAT_DONE | NFR_IPS_DST_NAT_DONE),
			 NFR_IPS_SRC_NAT_DONE | NFR_IPS_DST_NAT_DONE);
	rig_udp(&p, R1, 8080, A, 4000);
	assert_int_equal(rig_output(rig, &p), NFR_ACCEPT);
	assert_flow(&p, B, 80, A, 4000);
	rig_free(rig);
}

static void local_output_is_routed_again(void **state)
{
	static const bool routes[] = {true, false};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct rig *rig = rig_new(16);
		struct rig_pkt p;

		rig->no_route = !routes[i];
		rig->rule[NFR_INET_LOCAL_OUT].kind = RIG_REDIRECT;
		rig_udp(&p, R1, 4000, B, 53);
		assert_int_equal(rig_output(rig, &p), routes[i] ? NFR_ACCEPT : NFR_DROP);
		assert_int_equal(rig->n_rerouted, 1);
		assert_flow(&p, R1, 4000, rig_ip4(127, 0, 0, 1), 53);
		assert_int_equal(p.pkt.reason, routes[i] ? 0 : NFR_REASON_ROUTE_NO_ROUTE);
		rig_free(rig);
	}
}

static void redirect_of_ip6_and_without_address(void **state)
{
	union nfr_addr loopback = {.b = {[15] = 1}};
	struct rig *rig = rig_new(16);
	struct rig_pkt p;

	(void)state;
	rig->rule[NFR_INET_LOCAL_OUT].kind = RIG_REDIRECT;
	rig_udp(&p, rig_ip6(2, 1), 4000, rig_ip6(2, 2), 53);
	assert_int_equal(rig_output(rig, &p), NFR_ACCEPT);
	assert_flow(&p, rig_ip6(2, 1), 4000, loopback, 53);
	rig->no_addr = true;
	rig->rule[NFR_INET_PRE_ROUTING].kind = RIG_REDIRECT;
	rig_udp(&p, A, 4000, B, 53);
	assert_int_equal(rig_deliver(rig, &p), NFR_DROP);
	assert_int_equal(p.pkt.reason, NFR_REASON_NAT_NO_ADDRESS);
	rig->rule[NFR_INET_POST_ROUTING].kind = RIG_MASQUERADE;
	rig->rule[NFR_INET_PRE_ROUTING].kind = RIG_NONE;
	rig_udp(&p, A, 4000, B, 53);
	assert_int_equal(rig_forward(rig, &p), NFR_DROP);
	assert_int_equal(p.pkt.reason, NFR_REASON_NAT_NO_ADDRESS);
	rig_free(rig);
}

/* 10.0.1.0/24 appears as 10.9.9.0/24, and 10.8.8.0/24 stands for it. */
static void netmap_keeps_the_host(void **state)
{
	struct rig *rig = rig_new(16);
	struct rig_pkt p;

	(void)state;
	rig->rule[NFR_INET_POST_ROUTING] = (struct rig_rule){
		RIG_NETMAP, {.min_addr = rig_ip4(10, 9, 9, 0), .max_addr = rig_ip4(10, 9, 9, 255)}};
	rig_udp(&p, A, 4000, B, 53);
	assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
	assert_flow(&p, rig_ip4(10, 9, 9, 2), 4000, B, 53);
	rig->rule[NFR_INET_POST_ROUTING].kind = RIG_NONE;
	rig->rule[NFR_INET_PRE_ROUTING] = (struct rig_rule){
		RIG_NETMAP, {.min_addr = rig_ip6(1, 0), .max_addr = rig_ip6(1, 0)}};
	memset(rig->rule[NFR_INET_PRE_ROUTING].range.max_addr.b + 8, 0xff, 8);
	rig_udp(&p, rig_ip6(2, 2), 4000, rig_ip6(8, 7), 53);
	assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
	assert_flow(&p, rig_ip6(2, 2), 4000, rig_ip6(1, 7), 53);
	rig_free(rig);
}

/* A client reaches a server of its own network by the router's outside address. */
static void hairpin(void **state)
{
	struct rig *rig = rig_new(16);
	union nfr_addr r0 = rig_ip4(10, 0, 1, 1);
	struct rig_pkt p;

	(void)state;
	rig->rule[NFR_INET_PRE_ROUTING] = (struct rig_rule){
		RIG_RANGE, {.flags = NFR_NAT_RANGE_MAP_IPS, .min_addr = A2, .max_addr = A2}};
	rig_snat(rig, r0, r0);
	rig_udp(&p, A, 4000, R1, 53);
	assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
	assert_flow(&p, r0, 4000, A2, 53);
	rig_udp(&p, A2, 53, r0, 4000);
	assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
	assert_flow(&p, R1, 53, A, 4000);
	rig_free(rig);
}

/* Without a lookup function (no nat table) there are null bindings all the same: the hooks are
 * only there when the table is, which may be empty. */
static void empty_table(void **state)
{
	struct rig *rig = rig_new(16);

	(void)state;
	rig->nat.lookup[0] = NULL;
	assert_int_equal(rig_send_udp(rig, A, 4000, B, 53), 4000);
	assert_int_equal(only_ct(rig)->status & NFR_IPS_SRC_NAT, 0);
	assert_true(only_ct(rig)->status & NFR_IPS_SRC_NAT_DONE);
	rig_free(rig);
}

/* Two hosts speak at once, and neither packet has been confirmed when the other comes by. UDP
 * leaves both alone: conntrack joins them. With translation in the game the second one moves. */
static void opposite_packets_in_flight(void **state)
{
	struct rig *rig = rig_new(16);
	struct rig_pkt p, q;

	(void)state;
	rig_udp(&p, A, 4000, B, 53);
	rig_udp(&q, B, 53, A, 4000);
	assert_int_equal(rig_first_half(rig, &p, NFR_INET_PRE_ROUTING), NFR_ACCEPT);
	assert_int_equal(rig_first_half(rig, &q, NFR_INET_PRE_ROUTING), NFR_ACCEPT);
	assert_int_equal(rig_second_half(rig, &p, NFR_INET_POST_ROUTING), NFR_ACCEPT);
	assert_int_equal(rig_second_half(rig, &q, NFR_INET_POST_ROUTING), NFR_ACCEPT);
	assert_flow(&q, B, 53, A, 4000);
	assert_int_equal(rig->ct.cts.used, 1);
	rig_free(rig);
}

static void opposite_tcp_packets_in_flight(void **state)
{
	struct rig *rig = rig_new(16);
	struct rig_pkt p, q;

	(void)state;
	rig_tcp(&p, A, 4000, B, 80, 0x02, 1, 0, "");
	rig_tcp(&q, B, 80, A, 4000, 0x02, 1, 0, "");
	assert_int_equal(rig_first_half(rig, &p, NFR_INET_PRE_ROUTING), NFR_ACCEPT);
	assert_int_equal(rig_first_half(rig, &q, NFR_INET_PRE_ROUTING), NFR_ACCEPT);
	assert_int_equal(rig_second_half(rig, &p, NFR_INET_POST_ROUTING), NFR_ACCEPT);
	rig_end(rig, &q, rig_second_half(rig, &q, NFR_INET_POST_ROUTING));
	assert_int_not_equal(rig_sport(&q), 80);
	rig_free(rig);
}

/* What holds the tuple is translated: an unconfirmed one may not stand beside it. */
static void clash_with_a_translated_connection(void **state)
{
	struct rig *rig = rig_new(16);
	int port;

	(void)state;
	rig->rule[NFR_INET_PRE_ROUTING] = (struct rig_rule){
		RIG_RANGE, {.flags = NFR_NAT_RANGE_MAP_IPS, .min_addr = A2, .max_addr = A2}};
	assert_int_equal(rig_send_udp(rig, A, 4000, B, 53), 4000);
	rig->rule[NFR_INET_PRE_ROUTING].kind = RIG_NONE;
	port = rig_send_udp(rig, A, 4000, A2, 53);
	assert_in_range(port, 1024, 65535);
	assert_int_not_equal(port, 4000);
	rig_free(rig);
}

/* ---- masquerading and its interface ---- */

static void another_interface_ends_a_masqueraded_connection(void **state)
{
	struct rig *rig = rig_new(16);
	struct rig_pkt p;

	(void)state;
	rig->rule[NFR_INET_POST_ROUTING].kind = RIG_MASQUERADE;
	assert_int_equal(rig_send_udp(rig, A, 4000, B, 53), 4000);
	rig->out = 3;
	rig_udp(&p, B, 53, R1, 4000); /* answers go where they go */
	assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
	rig_udp(&p, A, 4000, B, 53);
	assert_int_equal(rig_forward(rig, &p), NFR_DROP);
	assert_int_equal(p.pkt.reason, NFR_REASON_NAT_OIF_CHANGED);
	assert_int_equal(rig->n_destroyed, 1);
	assert_int_equal(rig_send_udp(rig, A, 4000, B, 53), 4000);
	rig_free(rig);
}

static void the_packet_that_ends_it_counts_twice(void **state)
{
	struct rig *rig = rig_new(16);

	(void)state;
	rig->env.sysctl.ct_acct = 1;
	rig->rule[NFR_INET_POST_ROUTING].kind = RIG_MASQUERADE;
	assert_int_equal(rig_send_udp(rig, A, 4000, B, 53), 4000);
	rig->out = 3;
	assert_int_equal(rig_send_udp(rig, A, 4000, B, 53), -1);
	assert_int_equal(rig->n_destroyed, 1);
	rig_free(rig);
}

static void masquerade_is_forgotten(void **state)
{
	union nfr_addr other = rig_ip4(10, 0, 2, 99), now = R1;
	struct rig *rig = rig_new(16);

	(void)state;
	rig->rule[NFR_INET_POST_ROUTING].kind = RIG_MASQUERADE;
	for (uint16_t port = 1; port <= 4; port++)
		rig_send_udp(rig, A, port, B, 53);
	rig->out = 3;
	rig_send_udp(rig, A, 5, B, 53);
	nfr_nat_masq_forget(&rig->nat, RIG_OUTSIDE, &other);
	assert_int_equal(rig->n_destroyed, 0);
	nfr_nat_masq_forget(&rig->nat, RIG_OUTSIDE, &now);
	assert_int_equal(rig->n_destroyed, 4);
	nfr_nat_masq_forget(&rig->nat, 3, NULL);
	assert_int_equal(rig->n_destroyed, 5);
	rig_free(rig);
}

/* A host that asks for an address by DHCP has none yet. */
static void unspecified_source_is_let_through(void **state)
{
	struct rig *rig = rig_new(16);
	struct rig_pkt p;

	(void)state;
	rig->rule[NFR_INET_POST_ROUTING].kind = RIG_MASQUERADE;
	rig_udp(&p, rig_ip4(0, 0, 0, 0), 68, rig_ip4(255, 255, 255, 255), 67);
	assert_int_equal(rig_output(rig, &p), NFR_ACCEPT);
	assert_flow(&p, rig_ip4(0, 0, 0, 0), 68, rig_ip4(255, 255, 255, 255), 67);
	rig_free(rig);
}

/* ---- closing TCP connections ---- */

static void tcp_life(struct rig *rig, union nfr_addr src, uint32_t seq)
{
	static const struct {
		bool reply;
		uint8_t flags;
		uint32_t seq, ack;
	} script[] = {
		{false, 0x02, 0, 0},  {true, 0x12, 0, 1},   {false, 0x10, 1, 1}, {false, 0x11, 1, 1},
		{true, 0x10, 1, 2},   {true, 0x11, 1, 2},   {false, 0x10, 2, 2},
	};

	for (size_t i = 0; i < sizeof(script) / sizeof(*script); i++) {
		uint32_t s = script[i].reply ? 5000 : seq, a = script[i].reply ? seq : 5000;
		struct rig_pkt p;

		if (script[i].reply)
			rig_tcp(&p, B, 80, R1, 7000, script[i].flags, s + script[i].seq,
				a + script[i].ack, "");
		else
			rig_tcp(&p, src, 4000, B, 80, script[i].flags, s + script[i].seq,
				script[i].ack ? a + script[i].ack : 0, "");
		assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
	}
}

/* The only port is held by a connection in TIME_WAIT: a SYN with a higher number takes it, but not
 * before Linux 6.7. */
static void time_wait_is_taken_over(void **state)
{
	static const struct {
		uint32_t version, seq;
		bool taken;
	} rows[] = {{NFR_LINUX(6, 18), 500, false}, {NFR_LINUX(6, 18), 1001, false},
		    {NFR_LINUX(6, 18), 1002, true}, {NFR_LINUX(6, 18), 1100, true},
		    {NFR_LINUX(6, 12), 1002, true}, {NFR_LINUX(6, 1), 1002, false},
		    {NFR_LINUX(6, 1), 1100, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rig *rig = rig_new(16);
		struct rig_pkt p;

		rig->env.linux_version = rows[i].version;
		rig_snat(rig, R1, R1);
		rig_ports(rig, NFR_INET_POST_ROUTING, 7000, 7000);
		tcp_life(rig, A, 1000);
		rig_tcp(&p, A2, 4000, B, 80, 0x02, rows[i].seq, 0, "");
		assert_int_equal(rig_forward(rig, &p), rows[i].taken ? NFR_ACCEPT : NFR_DROP);
		assert_int_equal(rig->n_destroyed, rows[i].taken);
		rig_free(rig);
	}
}

/* ---- ICMP errors ---- */

static void icmp_errors_are_translated_inside_and_out(void **state)
{
	static const bool v6s[] = {false, true};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		bool v6 = v6s[i];
		union nfr_addr a = v6 ? rig_ip6(1, 2) : A, b = v6 ? rig_ip6(2, 2) : B;
		union nfr_addr r = v6 ? rig_ip6(2, 1) : R1, hop = v6 ? rig_ip6(2, 7) : A2;
		uint32_t hlen = v6 ? 40 : 20;
		struct rig *rig = rig_new(16);
		struct rig_pkt seen, p, first;

		rig->rule[NFR_INET_POST_ROUTING].kind = RIG_MASQUERADE;
		rig_udp(&seen, a, 4000, b, 53);
		memcpy(&first, &seen, sizeof(seen));
		first.pkt.data = first.data;
		assert_int_equal(rig_forward(rig, &seen), NFR_ACCEPT);
		rig_error(&p, hop, r, v6 ? 1 : 3, &seen, seen.pkt.len);
		assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
		assert_addr(rig_src(&p), hop);
		assert_addr(rig_dst(&p), a);
		assert_true(rig_sums_ok(&p));
		assert_memory_equal(p.data + hlen + 8, first.data, first.pkt.len);
		assert_int_equal(rig->ct.cts.used, 1);
		rig_free(rig);
	}
}

/* The answer's way: an inside host complains about what came from outside. */
static void icmp_errors_go_out_too(void **state)
{
	struct rig *rig = rig_new(16);
	struct rig_pkt seen, p;

	(void)state;
	rig->rule[NFR_INET_POST_ROUTING].kind = RIG_MASQUERADE;
	rig_udp(&seen, A, 4000, B, 53);
	assert_int_equal(rig_forward(rig, &seen), NFR_ACCEPT);
	rig_udp(&seen, B, 53, R1, 4000);
	assert_int_equal(rig_forward(rig, &seen), NFR_ACCEPT);
	rig_error(&p, A, B, 3, &seen, 28);
	assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
	assert_addr(rig_src(&p), R1);
	assert_addr(rig_dst(&p), B);
	assert_true(rig_sums_ok(&p));
	assert_memory_equal(p.data + 28 + 16, R1.b, 4);
	rig_free(rig);
}

static void icmp_errors_that_are_dropped(void **state)
{
	struct rig *rig = rig_new(16);
	struct rig_pkt seen, p;

	(void)state;
	rig->env.sysctl.ct_checksum = 0;
	rig->rule[NFR_INET_POST_ROUTING].kind = RIG_MASQUERADE;
	rig_udp(&seen, A, 4000, B, 53);
	assert_int_equal(rig_forward(rig, &seen), NFR_ACCEPT);
	rig_error(&p, B, R1, 5, &seen, seen.pkt.len); /* a redirect */
	assert_int_equal(rig_forward(rig, &p), NFR_DROP);
	assert_int_equal(p.pkt.reason, NFR_REASON_NAT_MANGLE);
	rig_error(&p, B, R1, 3, &seen, seen.pkt.len);
	p.data[23] ^= 1; /* its checksum */
	assert_int_equal(rig_forward(rig, &p), NFR_DROP);
	rig_free(rig);
}

/* Errors of connections that are not translated pass as they are. */
static void icmp_errors_without_translation(void **state)
{
	struct rig *rig = rig_new(16);
	struct rig_pkt seen, p, before;

	(void)state;
	rig_udp(&seen, A, 4000, B, 53);
	assert_int_equal(rig_forward(rig, &seen), NFR_ACCEPT);
	rig_error(&p, B, A, 5, &seen, seen.pkt.len);
	memcpy(before.data, p.data, p.pkt.len);
	assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
	assert_memory_equal(before.data, p.data, p.pkt.len);
	rig_free(rig);
}

/* Two hosts' echoes with one identifier do not merge. */
static void echo_identifiers(void **state)
{
	static const bool v6s[] = {false, true};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		bool v6 = v6s[i];
		union nfr_addr host[2] = {v6 ? rig_ip6(1, 2) : A, v6 ? rig_ip6(1, 3) : A2};
		union nfr_addr b = v6 ? rig_ip6(2, 2) : B, r = v6 ? rig_ip6(2, 1) : R1;
		struct rig *rig = rig_new(16);
		uint16_t id[2];
		struct rig_pkt p;

		rig->rule[NFR_INET_POST_ROUTING].kind = RIG_MASQUERADE;
		for (unsigned k = 0; k < 2; k++) {
			rig_echo(&p, host[k], b, v6 ? 128 : 8, 7);
			assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
			assert_true(rig_sums_ok(&p));
			id[k] = nfr_get16(p.data + p.pkt.l4_off + 4);
		}
		assert_int_equal(id[0], 7);
		assert_int_not_equal(id[1], 7);
		for (unsigned k = 0; k < 2; k++) {
			rig_echo(&p, b, r, v6 ? 129 : 0, id[k]);
			assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
			assert_addr(rig_dst(&p), host[k]);
			assert_int_equal(nfr_get16(p.data + p.pkt.l4_off + 4), 7);
			assert_true(rig_sums_ok(&p));
		}
		rig_free(rig);
	}
}

/* ---- the rest ---- */

static void watched_packets_are_told(void **state)
{
	struct rig *rig = rig_new(16);
	struct rig_pkt p;

	(void)state;
	rig_udp(&p, A, 4000, B, 53);
	p.pkt.flags |= NFR_PKT_WATCHED;
	assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
	assert_int_equal(rig->n_traced, 2);
	rig_free(rig);
}

static void untracked_packets_pass(void **state)
{
	struct rig *rig = rig_new(16);
	struct rig_pkt p;

	(void)state;
	rig_udp(&p, A, 4000, B, 53);
	p.pkt.ctinfo = NFR_CT_UNTRACKED;
	assert_int_equal(rig_forward(rig, &p), NFR_ACCEPT);
	assert_int_equal(rig->ct.cts.used, 0);
	rig_free(rig);
}

/* No memory at any point: a drop with a reason, and nothing left behind. */
static void fault_sweep(void **state)
{
	(void)state;
	for (unsigned onward = 0; onward < 2; onward++) {
		for (uint32_t k = 1; k < 12; k++) {
			struct rig *rig = rig_new(16);
			struct nfr_pool *pools[] = {&rig->ct.cts, &rig->ct.ext, &rig->ct.addr6};

			rig->helper = nfr_ct_helper_find("ftp", NFR_IPV4, NFR_IPPROTO_TCP);
			rig->rule[NFR_INET_POST_ROUTING].kind = RIG_MASQUERADE;
			nfr_pool_fail(pools[k % 3], k / 3 + 1, onward);
			for (uint8_t host = 2; host < 7; host++) {
				struct rig_pkt p;

				rig_tcp(&p, rig_ip4(10, 0, 1, host), 4000, B, 21, 2, 1, 0, "");
				if (rig_forward(rig, &p) != NFR_ACCEPT)
					assert_int_not_equal(p.pkt.reason, NFR_REASON_NONE);
				rig_udp(&p, rig_ip6(1, host), 4000, rig_ip6(2, 2), 53);
				if (rig_forward(rig, &p) != NFR_ACCEPT)
					assert_int_not_equal(p.pkt.reason, NFR_REASON_NONE);
				rig_check(rig);
			}
			rig_free(rig);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_find_back),
		cmocka_unit_test(ip6_is_translated_alike),
		cmocka_unit_test(null_binding_makes_way),
		cmocka_unit_test(local_in_binds_the_source),
		cmocka_unit_test(local_output_is_routed_again),
		cmocka_unit_test(redirect_of_ip6_and_without_address),
		cmocka_unit_test(netmap_keeps_the_host),
		cmocka_unit_test(hairpin),
		cmocka_unit_test(empty_table),
		cmocka_unit_test(opposite_packets_in_flight),
		cmocka_unit_test(opposite_tcp_packets_in_flight),
		cmocka_unit_test(clash_with_a_translated_connection),
		cmocka_unit_test(another_interface_ends_a_masqueraded_connection),
		cmocka_unit_test(the_packet_that_ends_it_counts_twice),
		cmocka_unit_test(masquerade_is_forgotten),
		cmocka_unit_test(unspecified_source_is_let_through),
		cmocka_unit_test(time_wait_is_taken_over),
		cmocka_unit_test(icmp_errors_are_translated_inside_and_out),
		cmocka_unit_test(icmp_errors_go_out_too),
		cmocka_unit_test(icmp_errors_that_are_dropped),
		cmocka_unit_test(icmp_errors_without_translation),
		cmocka_unit_test(echo_identifiers),
		cmocka_unit_test(watched_packets_are_told),
		cmocka_unit_test(untracked_packets_pass),
		cmocka_unit_test(fault_sweep),
	};

	return cmocka_run_group_tests_name("nat/nat", tests, NULL, NULL);
}
