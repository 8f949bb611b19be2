/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clashes at confirmation, connections that die under a packet, expiry, early drop; and that the
 * check of the invariants sees what is broken.
 */
#include "ct/rig.h"

/* Two packets of one flow are under way; the second one is confirmed first. */
static void race(struct rig *rig, struct rig_pkt *loser, struct rig_pkt *winner)
{
	rig_in(rig, loser);
	rig_in(rig, winner);
	rig_out(rig, winner);
	rig_end(rig, winner);
	assert_int_equal(winner->confirm, NFR_ACCEPT);
}

static void test_udp_joins_the_winner(void **state)
{
	struct rig_pkt a, b;
	struct rig rig;

	(void)state;
	rig_open(&rig, 16);
	rig.env.sysctl.ct_acct = 1;
	rig_udp(&a, 0, 5, 53);
	rig_udp(&b, 0, 5, 53);
	race(&rig, &a, &b);
	rig_out(&rig, &a);
	assert_int_equal(a.confirm, NFR_ACCEPT);
	assert_int_equal(a.pkt.ct_idx, b.pkt.ct_idx);
	rig_end(&rig, &a);
	assert_int_equal(rig.net.count, 1);
	assert_int_equal(rig_view(&rig, 5)->acct[0].packets, 2);
	rig_close(&rig);
}

static void test_tcp_is_dropped(void **state)
{
	struct rig_tcp syn = {.seq = 1, .bits = NFR_TCP_SYN, .win = 100};
	struct rig_pkt a, b;
	struct rig rig;

	(void)state;
	rig_open(&rig, 16);
	rig_tcp(&a, 0, 5, syn);
	rig_tcp(&b, 0, 5, syn);
	race(&rig, &a, &b);
	rig_out(&rig, &a);
	assert_int_equal(a.confirm, NFR_DROP);
	assert_int_equal(a.pkt.reason, NFR_REASON_CT_CONFIRM_CLASH);
	rig_end(&rig, &a);
	assert_int_equal(rig.net.count, 1);
	rig_close(&rig);
}

static void translate(struct rig *rig, const struct rig_pkt *p, uint8_t last_byte)
{
	struct nfr_ct *ct = nfr_ct_at(&rig->net, p->pkt.ct_idx);
	struct nfr_tuple reply;

	nfr_ct_tuple(&rig->net, ct, NFR_CT_DIR_REPLY, &reply);
	reply.src.b[3] = last_byte;
	nfr_ct_alter_reply(&rig->net, ct, &reply);
	ct->status |= NFR_IPS_DST_NAT | NFR_IPS_DST_NAT_DONE;
}

/* DNAT sent the two to different servers: the loser's answer still finds its way, for a second. */
static void test_nat_clash(void **state)
{
	struct rig_pkt a, b, answer;
	struct rig rig;

	(void)state;
	rig_open(&rig, 16);
	rig_udp(&a, 0, 5, 53);
	rig_udp(&b, 0, 5, 53);
	rig_in(&rig, &a);
	rig_in(&rig, &b);
	translate(&rig, &a, 7);
	translate(&rig, &b, 8);
	rig_out(&rig, &b);
	rig_end(&rig, &b);
	rig_out(&rig, &a);
	rig_end(&rig, &a);
	assert_int_equal(a.confirm, NFR_ACCEPT);
	rig_check(&rig);
	assert_int_equal(rig.net.count, 2);
	assert_int_equal(rig_view(&rig, 5)->idx, b.pkt.ct_idx);
	rig_udp(&answer, 1, 5, 53);
	answer.bytes[15] = 7;
	nfr_put16(answer.bytes + 10, 0);
	nfr_put16(answer.bytes + 10, (uint16_t)~nfr_csum_fold(nfr_csum_add(0, answer.bytes, 20)));
	rig_l4_csum(answer.bytes, NFR_IPV4, NFR_IPPROTO_UDP, answer.bytes + 20, 12, 6);
	assert_string_equal(rig_put(&rig, &answer), "ESTABLISHED");
	assert_int_equal(answer.pkt.ct_idx, a.pkt.ct_idx);
	rig_pass(&rig, 2 * NFR_NSEC_PER_SEC);
	assert_int_equal(rig.net.count, 1);
	rig_close(&rig);
}

static void test_nat_clash_of_replies(void **state)
{
	struct rig_pkt a, b;
	struct rig rig;

	(void)state;
	rig_open(&rig, 16);
	rig_udp(&a, 0, 5, 53);
	rig_udp(&b, 0, 6, 53);
	rig_in(&rig, &a);
	rig_in(&rig, &b);
	nfr_ct_at(&rig.net, b.pkt.ct_idx)->status |= NFR_IPS_SRC_NAT_DONE;
	nfr_ct_at(&rig.net, b.pkt.ct_idx)->key[1].dst_l4 = nfr_htons(5);
	rig_out(&rig, &b);
	rig_out(&rig, &a);
	assert_int_equal(a.confirm, NFR_DROP);
	rig_end(&rig, &a);
	rig_close(&rig);
}

/* A RST before any answer ends the connection, but its packet keeps it to the end of its way. */
static void test_dies_under_its_packet(void **state)
{
	struct rig_pkt p;
	struct rig rig;

	(void)state;
	rig_open(&rig, 16);
	rig_tcp(&p, 0, 5, (struct rig_tcp){.seq = 1, .bits = NFR_TCP_SYN, .win = 100});
	rig_put(&rig, &p);
	rig_said(&rig);
	rig_tcp(&p, 1, 5, (struct rig_tcp){.ack = 2, .bits = NFR_TCP_RST | NFR_TCP_ACK});
	rig_in(&rig, &p);
	assert_string_equal(rig_ctstate(&p), "ESTABLISHED");
	assert_string_equal(rig_said(&rig), "DESTROY destroy;");
	rig_check(&rig);
	assert_int_equal(rig.net.count, 1);
	rig_out(&rig, &p);
	assert_int_equal(p.confirm, NFR_ACCEPT);
	rig_end(&rig, &p);
	assert_int_equal(rig.net.count, 0);
	nfr_ct_kill_under(&rig.net, 1, &p.pkt); /* dead already: nothing */
	rig_check(&rig);
	rig_close(&rig);
}

/* Timeouts get shorter too: the wheel finds out in time. */
static void test_expiry(void **state)
{
	struct rig_pkt p;
	struct rig rig;

	(void)state;
	rig_open(&rig, 16);
	for (uint16_t port = 1; port <= 8; port++) {
		rig_udp(&p, 0, port, 53);
		rig_put(&rig, &p);
		rig.env.now_ns += NFR_NSEC_PER_SEC;
	}
	nfr_ct_at(&rig.net, 8)->expires_ns = rig.env.now_ns + 5 * NFR_NSEC_PER_SEC;
	for (unsigned s = 0; s < 60; s++) {
		unsigned n = 0;

		rig_pass(&rig, NFR_NSEC_PER_SEC);
		for (uint32_t idx = 1; idx <= 8; idx++)
			n += nfr_ct_at(&rig.net, idx)->life != 0 &&
			     nfr_ct_at(&rig.net, idx)->expires_ns + 15 * NFR_NSEC_PER_SEC <
				     rig.env.now_ns;
		assert_int_equal(n, 0);
		rig_check(&rig);
	}
	assert_int_equal(rig.net.cts.used, 0);
	rig_close(&rig);
}

/* An expired entry in the way of a new one is removed on sight. */
static void test_expired_in_the_way(void **state)
{
	struct rig_pkt p;
	struct rig rig;

	(void)state;
	rig_open(&rig, 16);
	rig_udp(&p, 0, 5, 53);
	rig_put(&rig, &p);
	rig_said(&rig);
	rig.env.now_ns += 31 * NFR_NSEC_PER_SEC;
	rig_udp(&p, 0, 5, 53);
	assert_string_equal(rig_put(&rig, &p), "NEW");
	assert_string_equal(rig_said(&rig), "DESTROY destroy;NEW new;");
	rig_close(&rig);
}

/* When the table was full, the wheel also takes what is closing. */
static void test_early_drop_of_closing(void **state)
{
	struct rig_pkt p;
	struct rig rig;

	(void)state;
	rig_open(&rig, 16);
	for (uint16_t port = 1; port <= 16; port++) {
		rig_tcp(&p, 0, port, (struct rig_tcp){.seq = 1, .bits = NFR_TCP_SYN, .win = 100});
		rig_put(&rig, &p);
		nfr_ct_at(&rig.net, port)->status |= NFR_IPS_ASSURED;
		nfr_ct_at(&rig.net, port)->proto.tcp.state =
			port & 1 ? NFR_TCP_TIME_WAIT : NFR_TCP_ESTABLISHED;
	}
	rig_tcp(&p, 0, 99, (struct rig_tcp){.seq = 1, .bits = NFR_TCP_SYN, .win = 100});
	rig_put(&rig, &p);
	assert_int_equal(p.in, NFR_DROP);
	rig_pass(&rig, 20 * NFR_NSEC_PER_SEC);
	assert_in_range(rig.net.count, 8, 15);
	assert_false(rig.net.early_drop);
	rig_tcp(&p, 0, 99, (struct rig_tcp){.seq = 1, .bits = NFR_TCP_SYN, .win = 100});
	rig_put(&rig, &p);
	assert_int_equal(p.in, NFR_ACCEPT);
	rig_close(&rig);
}

static void test_router_resets(void **state)
{
	struct rig_pkt p;
	struct rig rig;

	(void)state;
	rig_open(&rig, 16);
	rig_tcp(&p, 0, 5, (struct rig_tcp){.seq = 1, .bits = NFR_TCP_SYN, .win = 100});
	rig_put(&rig, &p);
	nfr_ct_set_closing(&rig.net, NFR_CT_NONE);
	nfr_ct_set_closing(&rig.net, rig_view(&rig, 5)->idx);
	assert_int_equal(rig_view(&rig, 5)->tcp_state, NFR_TCP_CLOSE);
	assert_int_equal(rig_view(&rig, 5)->timeout_ns, 10 * (int64_t)NFR_NSEC_PER_SEC);
	rig_close(&rig);
}

static void test_check_sees(void **state)
{
	struct rig_pkt p;
	struct rig rig;
	struct nfr_ct *ct;
	uint32_t at = 0;
	unsigned i = 0;

	(void)state;
	rig_open(&rig, 16);
	rig_udp(&p, 0, 5, 53);
	rig_put(&rig, &p);
	ct = nfr_ct_at(&rig.net, 1);
	while (!rig.net.bucket[at].ref[i])
		i = (i + 1) % NFR_CT_BUCKET_SLOTS, at += i == 0;
#define BREAK(change, undo)                                                                        \
	change;                                                                                    \
	assert_non_null(nfr_ctnet_check(&rig.net));                                                \
	undo;                                                                                      \
	rig_check(&rig)
	BREAK(rig.net.bucket[at].tag[i] ^= 1, rig.net.bucket[at].tag[i] ^= 1);
	BREAK(rig.net.bucket[at].tag[9] = 1, rig.net.bucket[at].tag[9] = 0);
	BREAK(rig.net.bucket[at].ref[i] ^= 64, rig.net.bucket[at].ref[i] ^= 64);
	BREAK(rig.net.bucket[at].n_spilled++, rig.net.bucket[at].n_spilled--);
	BREAK(rig.net.bucket[at].n_spilled++; rig.net.bucket[at].reach++,
	      rig.net.bucket[at].n_spilled--; rig.net.bucket[at].reach--);
	BREAK(rig.net.count++, rig.net.count--);
	BREAK(rig.net.n_dead++, rig.net.n_dead--);
	BREAK(rig.net.n_expects++, rig.net.n_expects--);
	BREAK(rig.net.timer.n_filed++, rig.net.timer.n_filed--);
	BREAK(rig.net.cts.used++, rig.net.cts.used--);
	BREAK(ct->life ^= NFR_CT_DEAD, ct->life ^= NFR_CT_DEAD);
	BREAK(ct->life ^= NFR_CT_FILED, ct->life ^= NFR_CT_FILED);
	BREAK(ct->life ^= NFR_CT_HIDDEN, ct->life ^= NFR_CT_HIDDEN);
	BREAK(ct->key[0].l3num = NFR_IPV6, ct->key[0].l3num = NFR_IPV4);
	BREAK(ct->key[1].protonum++, ct->key[1].protonum--);
	BREAK(ct->status ^= NFR_IPS_DYING, ct->status ^= NFR_IPS_DYING);
#undef BREAK
	rig_close(&rig);
}

static void test_digest_moves(void **state)
{
	struct rig_pkt p;
	struct rig rig;
	uint64_t before;

	(void)state;
	rig_open(&rig, 16);
	rig.env.sysctl.ct_acct = 1;
	rig_tcp(&p, 0, 5, (struct rig_tcp){.seq = 1, .bits = NFR_TCP_SYN, .win = 100});
	rig_put(&rig, &p);
	rig_udp(&p, 0, 5, 53);
	rig_put(&rig, &p);
	before = nfr_ctnet_digest(&rig.net);
	assert_int_equal(nfr_ctnet_digest(&rig.net), before);
	nfr_ct_at(&rig.net, 1)->proto.tcp.seen[1].td_end ^= 1;
	assert_int_not_equal(nfr_ctnet_digest(&rig.net), before);
	nfr_ct_at(&rig.net, 1)->proto.tcp.seen[1].td_end ^= 1;
	nfr_ct_at(&rig.net, 2)->mark++;
	assert_int_not_equal(nfr_ctnet_digest(&rig.net), before);
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_udp_joins_the_winner),
		cmocka_unit_test(test_tcp_is_dropped),
		cmocka_unit_test(test_nat_clash),
		cmocka_unit_test(test_nat_clash_of_replies),
		cmocka_unit_test(test_dies_under_its_packet),
		cmocka_unit_test(test_expiry),
		cmocka_unit_test(test_expired_in_the_way),
		cmocka_unit_test(test_early_drop_of_closing),
		cmocka_unit_test(test_router_resets),
		cmocka_unit_test(test_check_sees),
		cmocka_unit_test(test_digest_moves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
