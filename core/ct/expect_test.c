/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Expectations: what fits, what clashes, what is replaced, pushed out, expires.
 */
#include "ct/rig.h"

static unsigned help_none(struct nfr_ctnet *net, uint32_t idx, struct nfr_pkt *pkt)
{
	(void)net, (void)idx, (void)pkt;
	return NFR_ACCEPT;
}

static unsigned help_drop(struct nfr_ctnet *net, uint32_t idx, struct nfr_pkt *pkt)
{
	(void)net, (void)idx, (void)pkt;
	return NFR_DROP;
}

static const struct nfr_expect_policy policy[2] = {{2, 300, "a"}, {0, 10, "b"}};
static const struct nfr_ct_helper helper = {
	"test", 0, NFR_IPPROTO_UDP, 2, policy, help_none,
};
static const struct nfr_ct_helper refusing = {
	"refusing", 0, NFR_IPPROTO_UDP, 2, policy, help_drop,
};

struct given {
	struct rig rig;
	uint32_t master;
};

/* A confirmed master with a helper, from port sport. */
static uint32_t make_master(struct rig *rig, uint16_t sport, const struct nfr_ct_helper *h)
{
	struct rig_pkt p;

	rig_udp(&p, 0, sport, 53);
	p.pkt.ct_template.flags = NFR_CT_TEMPLATE_SET;
	p.pkt.ct_template.helper = h;
	rig_put(rig, &p);
	return rig_view(rig, sport)->idx;
}

static void open_given(struct given *g)
{
	rig_open(&g->rig, 16);
	g->master = make_master(&g->rig, 5, &helper);
	assert_string_equal(rig_said(&g->rig), "NEW new,helper;");
}

/* Expects from the reply host, any port, to the original host's port. */
static uint32_t make(struct given *g, uint32_t master, uint8_t class_id, uint16_t dport,
		     const nfr_be16 *sport)
{
	uint32_t idx = nfr_expect_alloc(&g->rig.net, master);
	union nfr_addr src, dst;
	nfr_be16 port = nfr_htons(dport);

	if (!idx)
		return 0;
	memset(&src, 0, sizeof(src));
	memset(&dst, 0, sizeof(dst));
	memcpy(src.b, rig_host[1], 4);
	memcpy(dst.b, rig_host[0], 4);
	nfr_expect_fill(nfr_expect_at(&g->rig.net, idx), class_id, NFR_IPV4, &src, &dst,
			NFR_IPPROTO_UDP, sport, &port);
	return idx;
}

static enum nfr_status relate(struct given *g, uint32_t master, uint8_t class_id, uint16_t dport)
{
	uint32_t idx = make(g, master, class_id, dport, NULL);
	enum nfr_status status = nfr_expect_related(&g->rig.net, idx);

	if (status != NFR_OK)
		nfr_expect_free(&g->rig.net, idx);
	rig_check(&g->rig);
	return status;
}

static unsigned n_listed(const struct given *g)
{
	struct nfr_expect_view view;
	uint32_t cursor = 0;
	unsigned n = 0;

	while (nfr_ctnet_expect_next(&g->rig.net, &cursor, &view))
		n++;
	return n;
}

static void test_fulfilled_once(void **state)
{
	const struct nfr_ct_view *child;
	struct given g;
	struct rig_pkt p;

	(void)state;
	open_given(&g);
	nfr_ct_at(&g.rig.net, g.master)->mark = 42;
	assert_int_equal(relate(&g, g.master, 0, 700), NFR_OK);
	assert_string_equal(rig_said(&g.rig), "NEW expect;");
	rig_udp(&p, 1, 700, 9); /* 10.0.2.2:9 -> 10.0.1.2:700 */
	assert_string_equal(rig_put(&g.rig, &p), "RELATED");
	assert_string_equal(rig_said(&g.rig), "DESTROY expect;NEW related;");
	child = rig_view(&g.rig, 9);
	assert_int_equal(child->mark, 42);
	assert_int_equal(child->master_idx, g.master);
	assert_true(child->status & NFR_IPS_EXPECTED);
	rig_udp(&p, 1, 700, 10);
	assert_string_equal(rig_put(&g.rig, &p), "NEW");
	rig_close(&g.rig);
}

static void test_permanent(void **state)
{
	struct given g;
	struct rig_pkt p;
	uint32_t idx;

	(void)state;
	open_given(&g);
	idx = make(&g, g.master, 1, 700, NULL);
	nfr_expect_at(&g.rig.net, idx)->flags = NFR_EXPECT_PERMANENT;
	nfr_expect_at(&g.rig.net, idx)->helper = &helper;
	assert_int_equal(nfr_expect_related(&g.rig.net, idx), NFR_OK);
	for (uint16_t port = 9; port < 12; port++) {
		rig_udp(&p, 1, 700, port);
		assert_string_equal(rig_put(&g.rig, &p), "RELATED");
		assert_string_equal(rig_view(&g.rig, port)->helper, "test");
	}
	assert_int_equal(n_listed(&g), 1);
	nfr_expect_at(&g.rig.net, idx)->flags |= NFR_EXPECT_INACTIVE;
	rig_udp(&p, 1, 700, 13);
	assert_string_equal(rig_put(&g.rig, &p), "NEW");
	rig_close(&g.rig);
}

static void test_replacing_and_clash(void **state)
{
	struct given g;
	uint32_t other, idx;
	nfr_be16 sport = nfr_htons(9);

	(void)state;
	open_given(&g);
	other = make_master(&g.rig, 6, &helper);
	assert_int_equal(relate(&g, g.master, 0, 700), NFR_OK);
	rig_said(&g.rig);
	assert_int_equal(relate(&g, g.master, 0, 700), NFR_OK);
	assert_string_equal(rig_said(&g.rig), "DESTROY expect;NEW expect;");
	assert_int_equal(relate(&g, other, 0, 700), NFR_EBUSY);
	assert_int_equal(relate(&g, g.master, 1, 700), NFR_EBUSY);
	idx = make(&g, other, 0, 700, &sport); /* narrower, but a packet could fulfil both */
	assert_int_equal(nfr_expect_related(&g.rig.net, idx), NFR_EBUSY);
	nfr_expect_free(&g.rig.net, idx);
	idx = make(&g, other, 0, 700, NULL);
	assert_int_equal(nfr_expect_related_any(&g.rig.net, idx), NFR_OK);
	assert_int_equal(nfr_expect_at(&g.rig.net, idx)->master, other);
	assert_int_equal(n_listed(&g), 1);
	rig_close(&g.rig);
}

static void test_limits(void **state)
{
	struct given g;
	uint32_t plain;

	(void)state;
	open_given(&g);
	for (uint16_t port = 1; port <= 4; port++)
		assert_int_equal(relate(&g, g.master, 0, port), NFR_OK);
	assert_int_equal(n_listed(&g), 2); /* the class holds two; the oldest went */
	for (uint16_t port = 101; port <= 108; port++)
		assert_int_equal(relate(&g, g.master, 1, port), NFR_OK);
	g.rig.env.sysctl.ct_expect_max = 10;
	assert_int_equal(relate(&g, g.master, 1, 200), NFR_ENOMEM);
	plain = make_master(&g.rig, 7, NULL);
	assert_int_equal(relate(&g, plain, 0, 300), NFR_EINVAL);
	assert_int_equal(relate(&g, g.master, 2, 300), NFR_EINVAL);
	nfr_pool_fail(&g.rig.net.expects, 1, false);
	assert_int_equal(make(&g, g.master, 0, 1, NULL), 0);
	rig_close(&g.rig);
}

static void test_time(void **state)
{
	struct given g;
	struct nfr_expect_view view;
	struct rig_pkt p;
	uint32_t idx, cursor = 0;

	(void)state;
	open_given(&g);
	idx = make(&g, g.master, 1, 700, NULL);
	assert_int_equal(nfr_expect_related(&g.rig.net, idx), NFR_OK);
	assert_true(nfr_ctnet_expect_next(&g.rig.net, &cursor, &view));
	assert_int_equal(view.timeout_ns, 10 * (int64_t)NFR_NSEC_PER_SEC);
	assert_string_equal(view.helper, "test");
	assert_int_equal(nfr_ntohs(view.master.src_l4), 5);
	rig_pass(&g.rig, 9 * NFR_NSEC_PER_SEC);
	assert_int_equal(n_listed(&g), 1);
	nfr_expect_refresh(&g.rig.net, idx, 3 * NFR_NSEC_PER_SEC);
	rig_pass(&g.rig, 2 * NFR_NSEC_PER_SEC);
	assert_int_equal(n_listed(&g), 1);
	rig_said(&g.rig);
	g.rig.env.now_ns += NFR_NSEC_PER_SEC; /* over, but not collected yet */
	assert_int_equal(n_listed(&g), 0);
	rig_udp(&p, 1, 700, 9);
	assert_string_equal(rig_put(&g.rig, &p), "NEW");
	rig_said(&g.rig);
	rig_pass(&g.rig, NFR_NSEC_PER_SEC);
	assert_string_equal(rig_said(&g.rig), "DESTROY expect;");
	rig_close(&g.rig);
}

static void test_master_dies(void **state)
{
	struct given g;

	(void)state;
	open_given(&g);
	relate(&g, g.master, 1, 700);
	relate(&g, g.master, 1, 701);
	rig_said(&g.rig);
	nfr_ct_kill(&g.rig.net, g.master);
	assert_string_equal(rig_said(&g.rig), "DESTROY destroy;DESTROY expect;DESTROY expect;");
	rig_close(&g.rig);
}

/* Nobody outside can know of what an unconfirmed connection expects. */
static void test_unconfirmed_master(void **state)
{
	struct given g;
	struct rig_pkt first, p;

	(void)state;
	open_given(&g);
	rig_udp(&first, 0, 6, 53);
	first.pkt.ct_template.helper = &helper;
	rig_in(&g.rig, &first);
	assert_int_equal(relate(&g, first.pkt.ct_idx, 0, 700), NFR_OK);
	rig_udp(&p, 1, 700, 9);
	assert_string_equal(rig_put(&g.rig, &p), "NEW");
	rig_end(&g.rig, &first);
	assert_int_equal(n_listed(&g), 0);
	rig_close(&g.rig);
}

static void test_event_masks(void **state)
{
	struct given g;
	struct rig_pkt p;
	uint32_t idx;

	(void)state;
	open_given(&g);
	rig_udp(&p, 0, 6, 53);
	p.pkt.ct_template.helper = &helper;
	p.pkt.ct_template.flags = NFR_CT_TEMPLATE_SET | NFR_CT_TEMPLATE_EVENTS;
	p.pkt.ct_template.event_mask = NFR_IPCT_NEW;
	p.pkt.ct_template.expect_event_mask = 1u << 1; /* DESTROY */
	rig_put(&g.rig, &p);
	idx = rig_view(&g.rig, 6)->idx;
	rig_said(&g.rig);
	relate(&g, idx, 0, 700);
	assert_string_equal(rig_said(&g.rig), "");
	nfr_ct_kill(&g.rig.net, idx);
	assert_string_equal(rig_said(&g.rig), "DESTROY expect;");
	rig_close(&g.rig);
}

static void test_helper_refuses(void **state)
{
	struct rig_pkt p;
	struct rig rig;

	(void)state;
	rig_open(&rig, 16);
	rig_udp(&p, 0, 5, 53);
	p.pkt.ct_template.helper = &refusing;
	rig_put(&rig, &p);
	assert_int_equal(p.confirm, NFR_DROP);
	assert_int_equal(p.pkt.reason, NFR_REASON_CT_HELPER_DROP);
	assert_int_equal(rig.net.count, 0);
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fulfilled_once),
		cmocka_unit_test(test_permanent),
		cmocka_unit_test(test_replacing_and_clash),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_master_dies),
		cmocka_unit_test(test_unconfirmed_master),
		cmocka_unit_test(test_event_masks),
		cmocka_unit_test(test_helper_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
