/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A packet's way through conntrack: states, events, zones, templates, limits.
 */
#include "ct/rig.h"
#include "ct/stage.h"

static void test_udp_question_and_answer(void **state)
{
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	rig_open(&rig, 16);
	rig_udp(&p, 0, 5, 53);
	assert_string_equal(rig_put(&rig, &p), "NEW");
	assert_string_equal(rig_said(&rig), "NEW new;");
	rig_udp(&p, 0, 5, 53);
	assert_string_equal(rig_put(&rig, &p), "NEW");
	assert_string_equal(rig_said(&rig), "");
	rig_udp(&p, 1, 5, 53);
	assert_string_equal(rig_put(&rig, &p), "ESTABLISHED");
	assert_string_equal(rig_said(&rig), "UPDATE reply;");
	rig_udp(&p, 0, 5, 53);
	assert_string_equal(rig_put(&rig, &p), "ESTABLISHED");
	rig_pass(&rig, 29 * NFR_NSEC_PER_SEC);
	assert_non_null(rig_view(&rig, 5));
	rig_pass(&rig, NFR_NSEC_PER_SEC);
	assert_null(rig_view(&rig, 5));
	rig_pass(&rig, NFR_NSEC_PER_SEC);
	assert_string_equal(rig_said(&rig), "DESTROY destroy;");
	rig_close(&rig);
}

/* Linux 6.18: an answer alone does not make a stream, nor does haste. */
static void test_udp_stream(void **state)
{
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	rig_open(&rig, 16);
	for (unsigned i = 0; i < 4; i++) {
		rig_udp(&p, i & 1, 5, 53);
		rig_put(&rig, &p);
	}
	assert_int_equal(rig_view(&rig, 5)->status & NFR_IPS_ASSURED, 0);
	rig_said(&rig);
	rig.env.now_ns = RIG_START_NS + 2 * NFR_NSEC_PER_SEC;
	rig_udp(&p, 0, 5, 53);
	rig_put(&rig, &p);
	assert_int_equal(rig_view(&rig, 5)->timeout_ns, 30 * (int64_t)NFR_NSEC_PER_SEC);
	rig.env.now_ns++;
	rig_udp(&p, 0, 5, 53);
	rig_put(&rig, &p);
	assert_int_equal(rig_view(&rig, 5)->timeout_ns, 120 * (int64_t)NFR_NSEC_PER_SEC);
	assert_string_equal(rig_said(&rig), "UPDATE assured;");
	rig_close(&rig);
}

static void test_ipv6(void **state)
{
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	rig_open(&rig, 16);
	rig_udp6(&p, 0, 5, 53);
	assert_string_equal(rig_put(&rig, &p), "NEW");
	rig_udp6(&p, 1, 5, 53);
	assert_string_equal(rig_put(&rig, &p), "ESTABLISHED");
	assert_int_equal(rig_view(&rig, 5)->tuple[1].src.b[0], 0xfd);
	assert_int_equal(rig.net.addr6.used, 1);
	rig_close(&rig);
}

static void test_accounting_and_time(void **state)
{
	const struct nfr_ct_view *view;
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	rig_open(&rig, 16);
	rig.env.sysctl.ct_acct = rig.env.sysctl.ct_timestamp = 1;
	rig_udp(&p, 0, 5, 53);
	rig_put(&rig, &p);
	rig_udp(&p, 1, 5, 53);
	rig_put(&rig, &p);
	view = rig_view(&rig, 5);
	assert_true(view->has_acct && view->has_timestamp);
	assert_int_equal(view->acct[0].packets, 1);
	assert_int_equal(view->acct[1].bytes, 32);
	assert_int_equal(view->start_ns, RIG_START_NS);
	rig_close(&rig);
}

/* What was left in the cache by a packet that was dropped comes with the next. */
static void test_dropped_packet_tells_nothing(void **state)
{
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	rig_open(&rig, 16);
	rig_udp(&p, 0, 5, 53);
	rig_in(&rig, &p);
	rig_end(&rig, &p);
	assert_int_equal(rig.net.cts.used, 0);
	assert_string_equal(rig_said(&rig), "");
	rig_udp(&p, 0, 5, 53);
	rig_put(&rig, &p);
	rig_said(&rig);
	rig_udp(&p, 1, 5, 53);
	rig_in(&rig, &p);
	rig_end(&rig, &p);
	assert_string_equal(rig_said(&rig), "");
	rig_udp(&p, 1, 5, 53);
	rig_put(&rig, &p);
	assert_string_equal(rig_said(&rig), "UPDATE reply;");
	rig_close(&rig);
}

static void test_event_settings(void **state)
{
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	rig_open(&rig, 16);
	rig.env.sysctl.ct_events = 0;
	rig_udp(&p, 0, 5, 53);
	rig_put(&rig, &p);
	assert_string_equal(rig_said(&rig), "");
	rig_udp(&p, 0, 6, 53);
	p.pkt.ct_template.flags = NFR_CT_TEMPLATE_SET | NFR_CT_TEMPLATE_EVENTS;
	p.pkt.ct_template.event_mask = NFR_IPCT_DESTROY;
	rig_put(&rig, &p);
	assert_string_equal(rig_said(&rig), "");
	rig_pass(&rig, 60 * NFR_NSEC_PER_SEC);
	assert_string_equal(rig_said(&rig), "DESTROY destroy;");
	rig_close(&rig);
}

static void put_in_zone(struct rig *rig, unsigned dir, uint16_t zone, uint8_t zone_dir,
			const char *want)
{
	struct rig_pkt p;

	rig_udp(&p, dir, 5, 53);
	p.pkt.ct_template.flags = NFR_CT_TEMPLATE_SET;
	p.pkt.ct_template.zone = zone;
	p.pkt.ct_template.zone_dir = zone_dir;
	assert_string_equal(rig_put(rig, &p), want);
}

static void test_zones(void **state)
{
	const struct nfr_ct_view *view;
	struct rig_pkt p;
	struct rig rig;

	(void)state;
	rig_open(&rig, 16);
	put_in_zone(&rig, 0, 1, 3, "NEW");
	assert_int_equal(rig_view(&rig, 5)->zone, 1);
	put_in_zone(&rig, 0, 2, 3, "NEW");
	put_in_zone(&rig, 0, 0, 3, "NEW");
	put_in_zone(&rig, 1, 2, 3, "ESTABLISHED");
	put_in_zone(&rig, 1, 3, 3, "NEW");
	nfr_ctnet_flush(&rig.net);
	put_in_zone(&rig, 0, 7, 1, "NEW");
	put_in_zone(&rig, 1, 0, 0, "ESTABLISHED");
	put_in_zone(&rig, 0, 7, 1, "ESTABLISHED");
	view = rig_view(&rig, 5);
	assert_int_equal(view->zone, 0);
	assert_int_equal(view->zone_dir[0], 7);
	put_in_zone(&rig, 0, 0, 0, "NEW");
	rig_udp(&p, 0, 5, 53);
	p.pkt.ct_template.flags = NFR_CT_TEMPLATE_SET | NFR_CT_TEMPLATE_ZONE_MARK;
	p.pkt.ct_template.zone_dir = 1;
	p.pkt.mark = 7;
	assert_string_equal(rig_put(&rig, &p), "ESTABLISHED");
	rig_close(&rig);
}

static void test_untracked(void **state)
{
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	rig_open(&rig, 16);
	rig_udp(&p, 0, 5, 53);
	p.pkt.ctinfo = NFR_CT_UNTRACKED;
	assert_string_equal(rig_put(&rig, &p), "UNTRACKED");
	assert_int_equal(rig.net.count, 0);
	rig_close(&rig);
}

/* Seen before: a packet that comes back over the loopback keeps its connection. */
static void test_seen_before(void **state)
{
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	rig_open(&rig, 16);
	rig.env.sysctl.ct_acct = 1;
	rig_udp(&p, 0, 5, 53);
	rig_put(&rig, &p);
	assert_string_equal(rig_put(&rig, &p), "NEW");
	assert_int_equal(rig_view(&rig, 5)->acct[0].packets, 1);
	rig_close(&rig);
}

static void test_table_full(void **state)
{
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	rig_open(&rig, 16);
	rig.env.sysctl.ct_max = 2;
	for (uint16_t port = 1; port <= 3; port++) {
		rig_udp(&p, 0, port, 53);
		rig_put(&rig, &p);
		assert_int_equal(p.in, NFR_ACCEPT);
		assert_true(rig.net.count <= 2);
	}
	/* the one that came first had no answer, and had to go */
	assert_int_equal(rig.net.count, 2);
	for (uint32_t idx = 1; idx < rig.net.cts.fresh; idx++)
		nfr_ct_at(&rig.net, idx)->status |= NFR_IPS_ASSURED;
	rig_udp(&p, 0, 9, 53);
	rig_put(&rig, &p);
	assert_int_equal(p.in, NFR_DROP);
	assert_int_equal(p.pkt.reason, NFR_REASON_CT_FULL);
	rig.env.sysctl.ct_max = 0;
	rig_udp(&p, 0, 9, 53);
	rig_put(&rig, &p);
	assert_int_equal(p.in, NFR_ACCEPT);
	rig_close(&rig);
}

/* An exhausted pool: the dead are raised before anything is dropped. */
static void test_pool_exhausted(void **state)
{
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	rig_open(&rig, 4);
	for (uint16_t round = 0; round < 5; round++) {
		for (uint16_t port = 1; port <= 4; port++) {
			rig_udp(&p, 0, (uint16_t)(round * 10 + port), 53);
			rig_put(&rig, &p);
			assert_int_equal(p.in, NFR_ACCEPT);
		}
		for (uint32_t idx = 1; idx < rig.net.cts.fresh; idx++)
			nfr_ct_kill(&rig.net, idx);
		assert_int_equal(rig.net.n_dead, 4);
		rig_check(&rig);
	}
	for (uint16_t port = 1; port <= 4; port++) {
		rig_udp(&p, 0, port, 53);
		rig_put(&rig, &p);
	}
	for (uint32_t idx = 1; idx < rig.net.cts.fresh; idx++)
		nfr_ct_at(&rig.net, idx)->status |= NFR_IPS_ASSURED;
	rig_udp(&p, 0, 9, 53);
	rig_put(&rig, &p);
	assert_int_equal(p.pkt.reason, NFR_REASON_CT_MEMORY);
	rig_close(&rig);
}

/* The k-th request of each pool fails: a packet is dropped or goes without its extension, and
 * everything else holds. */
static void test_faults(void **state)
{
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	for (unsigned k = 0; k < 24; k++) {
		struct nfr_pool *pools[3];

		rig_open(&rig, 16);
		rig.env.sysctl.ct_acct = 1;
		pools[0] = &rig.net.cts;
		pools[1] = &rig.net.ext;
		pools[2] = &rig.net.addr6;
		nfr_pool_fail(pools[k % 3], 1 + k / 6, k / 3 % 2);
		for (uint16_t port = 1; port < 8; port++) {
			rig_udp(&p, 0, port, 53);
			rig_put(&rig, &p);
			rig_udp6(&p, 0, port, 53);
			rig_put(&rig, &p);
			if (p.in == NFR_DROP)
				assert_int_equal(p.pkt.reason, NFR_REASON_CT_MEMORY);
		}
		rig_close(&rig);
	}
}

static uint64_t run_mixed(bool staged)
{
	struct rig_pkt p;
	struct rig rig;
	uint64_t digest;

	rig_open(&rig, 64);
	for (unsigned i = 0; i < 200; i++) {
		unsigned dir = i / 3 & 1;

		if (i % 3 == 0)
			rig_udp(&p, dir, (uint16_t)(i % 7), 53);
		else if (i % 3 == 1)
			rig_udp6(&p, dir, (uint16_t)(i % 5), 53);
		else
			rig_icmp(&p, dir, dir ? 0 : 8, 0, (uint16_t)(i % 4));
		p.pkt.ct_template.zone = i % 11 == 0;
		p.pkt.ct_template.zone_dir = 3;
		if (staged) {
			assert_int_equal(nfr_ip_validate(&p.pkt), NFR_REASON_NONE);
			nfr_ct_stage_hash(&rig.net, &p.pkt);
			nfr_ct_stage_entry(&rig.net, &p.pkt);
		}
		rig_put(&rig, &p);
		rig.env.now_ns += NFR_NSEC_PER_SEC / 10;
	}
	digest = nfr_ctnet_digest(&rig.net);
	rig_close(&rig);
	return digest;
}

static void test_stages_only_hint(void **state)
{
	(void)state;
	assert_int_equal(run_mixed(true), run_mixed(false));
}

static void test_watched_packet(void **state)
{
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	rig_open(&rig, 16);
	rig_tcp(&p, 0, 5, (struct rig_tcp){.seq = 1, .bits = NFR_TCP_SYN, .win = 1});
	p.pkt.flags |= NFR_PKT_WATCHED;
	rig_put(&rig, &p);
	assert_true(rig.traced);
	rig_said(&rig);
	rig_tcp(&p, 0, 5, (struct rig_tcp){.seq = 2, .bits = NFR_TCP_FIN, .win = 1});
	p.pkt.flags |= NFR_PKT_WATCHED;
	assert_string_equal(rig_put(&rig, &p), "INVALID");
	assert_true(p.pkt.flags & NFR_PKT_INVALID);
	assert_string_equal(rig_said(&rig), "note invalid tcp flag combination;");
	rig_close(&rig);
}

static void test_attached_answer(void **state)
{
	struct rig rig;
	struct rig_pkt p, answer;

	(void)state;
	rig_open(&rig, 16);
	rig_udp(&p, 0, 5, 53);
	rig_in(&rig, &p);
	rig_icmp(&answer, 1, 3, 3, 0);
	nfr_ct_attach(&rig.net, &answer.pkt, &p.pkt);
	assert_string_equal(rig_put(&rig, &answer), "RELATED");
	assert_int_equal(answer.confirm, NFR_ACCEPT);
	assert_null(rig_view(&rig, 5));
	rig_end(&rig, &p);
	assert_int_equal(rig.net.count, 0);
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_udp_question_and_answer),
		cmocka_unit_test(test_udp_stream),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_accounting_and_time),
		cmocka_unit_test(test_dropped_packet_tells_nothing),
		cmocka_unit_test(test_event_settings),
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_untracked),
		cmocka_unit_test(test_seen_before),
		cmocka_unit_test(test_table_full),
		cmocka_unit_test(test_pool_exhausted),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_stages_only_hint),
		cmocka_unit_test(test_watched_packet),
		cmocka_unit_test(test_attached_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
