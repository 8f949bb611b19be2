/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Targets of the nat table: what they refuse, what they show, what they ask of NAT. How NAT
 * binds is nat/'s own business and tested there.
 */
#include "xt/rig.h"

static struct nfr_nat_range ports(uint16_t min, uint16_t max, uint32_t more)
{
	return (struct nfr_nat_range){.flags = NFR_NAT_RANGE_PROTO_SPECIFIED | more,
				      .min_proto = min,
				      .max_proto = max,
				      .base_proto = 7};
}

static struct nfr_nat_range addr(uint8_t last)
{
	struct nfr_nat_range range = {.flags = NFR_NAT_RANGE_MAP_IPS};

	rig_addr(range.min_addr.b, NFR_IPV4, last);
	range.max_addr = range.min_addr;
	return range;
}

static void test_ports_need_a_protocol(void **s)
{
	static const struct {
		uint8_t proto;
		enum nfr_status want;
	} rows[] = {
		{NFR_IPPROTO_TCP, NFR_OK},	   {NFR_IPPROTO_UDP, NFR_OK},
		{NFR_IPPROTO_SCTP, NFR_OK},	   {NFR_IPPROTO_DCCP, NFR_OK},
		{NFR_IPPROTO_ICMP, NFR_OK},	   {0, NFR_EINVAL},
		{NFR_IPPROTO_UDPLITE, NFR_EINVAL}, {NFR_IPPROTO_GRE, NFR_EINVAL},
	};
	static const struct {
		const struct nfr_xt_ext *ext;
		const char *opt;
	} exts[] = {
		{&nfr_xt_target_SNAT, "to-source"},
		{&nfr_xt_target_DNAT, "to-destination"},
		{&nfr_xt_target_MASQUERADE, "to-ports"},
		{&nfr_xt_target_REDIRECT, "to-ports"},
	};
	struct nfr_nat_range range = ports(80, 90, 0), wrong = ports(90, 80, 0);
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;

	(void)s;
	for (size_t e = 0; e < sizeof(exts) / sizeof(exts[0]); e++) {
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			rig_use(&use, exts[e].ext);
			rig_set(&use, exts[e].opt, &range);
			assert_int_equal(rig_check(rig, &use, rows[i].proto), rows[i].want);
		}
		rig_set(&use, exts[e].opt, &wrong);
		assert_int_equal(rig_check(rig, &use, NFR_IPPROTO_TCP), NFR_EINVAL);
	}
	rig_free(rig);
}

static const struct nfr_nat_range *range_of(const struct nfr_xt_ext_use *use, const char *opt)
{
	return (const struct nfr_nat_range *)(const void *)(use->data +
							    rig_opt(use->ext, opt)->off);
}

static void test_flags(void **s)
{
	struct nfr_nat_range shifted = ports(80, 90, NFR_NAT_RANGE_PROTO_OFFSET);
	struct nfr_nat_range to = addr(9);
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;

	(void)s;
	rig_use(&use, &nfr_xt_target_SNAT);
	assert_int_equal(rig_check(rig, &use, 0), NFR_EINVAL); /* --to-source is needed */
	rig_set(&use, "to-source", &to);
	rig_set(&use, "random", NULL);
	rig_set(&use, "random-fully", NULL);
	rig_set(&use, "persistent", NULL);
	assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
	assert_int_equal(range_of(&use, "to-source")->flags,
			 NFR_NAT_RANGE_MAP_IPS | NFR_NAT_RANGE_PROTO_RANDOM |
				 NFR_NAT_RANGE_PROTO_RANDOM_FULLY | NFR_NAT_RANGE_PERSISTENT);
	rig_use(&use, &nfr_xt_target_SNAT); /* the base is forgotten: shown as /0 */
	rig_set(&use, "to-source", &shifted);
	assert_int_equal(rig_check(rig, &use, NFR_IPPROTO_TCP), NFR_OK);
	assert_int_equal(range_of(&use, "to-source")->base_proto, 0);
	rig_use(&use, &nfr_xt_target_DNAT);
	rig_set(&use, "to-destination", &shifted);
	assert_int_equal(rig_check(rig, &use, NFR_IPPROTO_TCP), NFR_OK);
	assert_int_equal(range_of(&use, "to-destination")->base_proto, 7);
	rig_use(&use, &nfr_xt_target_REDIRECT);
	rig_set(&use, "to-ports", &shifted);
	assert_int_equal(rig_check(rig, &use, NFR_IPPROTO_TCP), NFR_EINVAL);
	rig_use(&use, &nfr_xt_target_NETMAP);
	assert_int_equal(rig_check(rig, &use, 0), NFR_EINVAL);
	rig_set(&use, "to", &to);
	assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
	rig_free(rig);
}

/* A packet of a connection that is new to conntrack goes through the target; its reply tuple
 * then says where the binding leads. */
static void test_bindings(void **s)
{
	static const struct {
		const struct nfr_xt_ext *ext;
		const char *opt;
		uint8_t hook;
		uint8_t src, dst; /* last bytes of the reply tuple's addresses */
	} rows[] = {
		{&nfr_xt_target_SNAT, "to-source", NFR_INET_POST_ROUTING, 2, 9},
		{&nfr_xt_target_DNAT, "to-destination", NFR_INET_PRE_ROUTING, 9, 1},
		{&nfr_xt_target_MASQUERADE, NULL, NFR_INET_POST_ROUTING, 2, 99},
		{&nfr_xt_target_NETMAP, "to", NFR_INET_POST_ROUTING, 2, 9},
		{&nfr_xt_target_NETMAP, "to", NFR_INET_PRE_ROUTING, 9, 1},
		{&nfr_xt_target_REDIRECT, NULL, NFR_INET_PRE_ROUTING, 99, 1},
	};
	struct nfr_nat_range to = addr(9);

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig = rig_new();
		struct nfr_xt_ext_use use;
		struct nfr_tuple reply;
		struct rig_pkt p;
		struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_UDP, 28);

		rig->state.hook = NFR_INET_PRE_ROUTING;
		assert_int_equal(nfr_ct_in(&rig->ct, pkt, &rig->state), NFR_ACCEPT);
		assert_int_not_equal(pkt->ct_idx, NFR_CT_NONE);
		rig->state.hook = rows[i].hook;
		rig->state.in = rows[i].hook == NFR_INET_PRE_ROUTING;
		pkt->oif = 2;
		rig_use(&use, rows[i].ext);
		if (rows[i].opt)
			rig_set(&use, rows[i].opt, &to);
		assert_int_equal(rig_check(rig, &use, NFR_IPPROTO_UDP), NFR_OK);
		print_message("%s %u\n", rows[i].ext->name, rows[i].hook);
		assert_int_equal(rig_target(rig, &use, pkt), NFR_ACCEPT);
		nfr_ct_tuple(&rig->ct, nfr_ct_of(&rig->ct, pkt), NFR_CT_DIR_REPLY, &reply);
		assert_int_equal(reply.src.b[3], rows[i].src);
		assert_int_equal(reply.dst.b[3], rows[i].dst);
		nfr_ct_put_unconfirmed(&rig->ct, pkt);
		rig_free(rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ports_need_a_protocol),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_bindings),
	};

	return cmocka_run_group_tests_name("xt/target_nat", tests, NULL, NULL);
}
