/* SPDX-License-Identifier: BSD-2-Clause */
/* Which gateways a route may have, and how its packets go then: measured on Linux 6.18. */
#include "stack/rig.h"

#define LO 9 /* behind the eight that the instance has room for */

/* How a gateway is named beside it. */
static const struct {
	uint16_t oif;
	bool onlink;
} how[] = {{0, false}, {1, false}, {2, false}, {LO, false}, {1, true}, {2, true}, {LO, true}};

static const struct {
	uint8_t gateway[16];
	const char *taken; /* '+' where Linux takes it, in the order of `how` */
} rows4[] =
	{
		{{10, 0, 1, 1}, "++-----"}, /* the router's own */
		{{10, 0, 2, 1}, "+-+----"},
		{{10, 0, 1, 9}, "++--+++"},
		{{10, 0, 1, 0}, "++--+++"},
		{{10, 0, 1, 255}, "-------"},
		{{192, 0, 2, 1}, "----+++"},
		{{127, 0, 0, 1}, "+--+---"},
		{{127, 0, 0, 9}, "+--+---"},
		{{224, 0, 0, 1}, "-------"},
		{{240, 0, 0, 1}, "----+++"},
		{{255, 255, 255, 255}, "-------"},
		{{0, 0, 0, 1}, "----+++"},
		{{0, 0, 0, 0}, "-+++---"}, /* none */
},
  rows6[] = {
	  {{0xfd, 0, 0, 1, [15] = 1}, "-------"}, /* the router's own */
	  {{0xfd, 0, 0, 2, [15] = 1}, "-------"},
	  {{0xfd, 0, 0, 1, [15] = 9}, "++--+--"},
	  {{0xfd, 0, 0, 1}, "++--+--"}, /* the anycast address of routers */
	  {{0x20, 1, 0xd, 0xb8, [15] = 9}, "----++-"},
	  {{0xfe, 0x80, [15] = 1}, "-++-++-"},
	  {{0xff, 2, [15] = 1}, "-------"},
	  {{[15] = 1}, "-------"},
	  {{[15] = 5}, "----++-"},
};

static void gateway(struct rig *rig, uint8_t family, const uint8_t *addr, const char *taken)
{
	struct nfr_route r = {.family = family, .prefix_len = 32, .dst = {.b = {198, 51, 100, 1}}};

	memcpy(r.gateway.b, addr, sizeof(r.gateway.b));
	for (size_t i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		r.oif = how[i].oif;
		r.onlink = how[i].onlink;
		if ((nfr_route_add(rig->net, &r) == NFR_OK) != (taken[i] == '+'))
			fail_msg("gateway %u.%u.%u.%u..%u, way %zu", addr[0], addr[1], addr[2],
				 addr[3], addr[15], i);
		if (taken[i] == '+')
			assert_int_equal(nfr_route_del(rig->net, &r), NFR_OK);
	}
}

static void test_taken_and_refused(void **state)
{
	struct rig *rig = rig_new();

	(void)state;
	assert_int_equal(rig->net->env.max_iface, LO);
	for (size_t i = 0; i < sizeof(rows4) / sizeof(rows4[0]); i++)
		gateway(rig, NFR_IPV4, rows4[i].gateway, rows4[i].taken);
	for (size_t i = 0; i < sizeof(rows6) / sizeof(rows6[0]); i++)
		gateway(rig, NFR_IPV6, rows6[i].gateway, rows6[i].taken);
	rig_free(rig);
}

/* What is forwarded to the loopback comes in there again, and again, until its TTL is used up. */
static void test_round_and_round(void **state)
{
	struct nfr_route r = {.family = NFR_IPV4,
			      .prefix_len = 32,
			      .dst = {.b = {198, 51, 100, 1}},
			      .gateway = {.b = {127, 0, 0, 1}}};
	struct rig *rig = rig_new();

	(void)state;
	assert_int_equal(nfr_route_add(rig->net, &r), NFR_OK);
	rig_receive(rig, 1, rig_udp4(1, RIG_IP(10, 0, 1, 2), RIG_IP(198, 51, 100, 1), 255, 4));
	assert_int_equal(rig->n_out, 1);
	assert_int_equal(rig->out[0].data[20], 11); /* time exceeded */
	assert_int_equal(rig->out[0].data[28 + 8], 1); /* the TTL that it quotes */
	rig_free(rig);
}

/* An address can be given to an interface that is down, and is the router's own at once. */
static void test_down(void **state)
{
	struct nfr_ifaddr addr = {
		.family = NFR_IPV4, .prefix_len = 24, .ifindex = 2, .local = rig_ip4(RIG_IP(10, 0, 7, 1))};
	struct nfr_route r = {.family = NFR_IPV4, .prefix_len = 24, .dst = {.b = {10, 0, 8}}, .oif = 2};
	struct nfr_link link = {.name = "eth1", .up = false};
	struct rig *rig = rig_new();

	(void)state;
	assert_int_equal(nfr_link_set(rig->net, &link), 2);
	assert_int_equal(nfr_addr_add(rig->net, &addr), NFR_OK);
	rig_expect("an address on a link that is down",
		   rig_receive(rig, 1, rig_udp4(1, RIG_IP(10, 0, 1, 2), RIG_IP(10, 0, 7, 1), 9, 4)),
		   NFR_REASON_DELIVERED);
	assert_int_equal(nfr_route_add(rig->net, &r), NFR_ENODEV);
	r.type = NFR_RTN_LOCAL;
	assert_int_equal(nfr_route_add(rig->net, &r), NFR_OK);
	r.oif = LO + 1;
	r.dst.b[2] = 9;
	assert_int_equal(nfr_route_add(rig->net, &r), NFR_ENODEV);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken_and_refused),
		cmocka_unit_test(test_down),
		cmocka_unit_test(test_round_and_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
