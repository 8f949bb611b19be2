/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Most bindings go a short way (bind_plainly()), those of persistent ranges never: a single address is
 * the same address either way. So two routers whose rules differ in that alone must do the same with
 * every packet. There are few hosts and ports, so that tuples collide, sources come again, and
 * addresses are in the range already.
 */
#include "nat/rig_test.h"

struct twins {
	struct rig *rig[2]; /* the second one's ranges are persistent */
	uint64_t x;
};

static unsigned draw(struct twins *t, unsigned n)
{
	t->x ^= t->x << 13;
	t->x ^= t->x >> 7;
	t->x ^= t->x << 17;
	return (unsigned)(t->x >> 33) % n;
}

static void set_rule(struct twins *t, unsigned hook, union nfr_addr addr)
{
	for (unsigned i = 0; i < 2; i++)
		t->rig[i]->rule[hook] = (struct rig_rule){
			.kind = RIG_RANGE,
			.range = {.flags = NFR_NAT_RANGE_MAP_IPS | (i ? NFR_NAT_RANGE_PERSISTENT : 0u),
				  .min_addr = addr,
				  .max_addr = addr},
		};
}

/* Inside or outside hosts, and the router. */
static union nfr_addr any_host(struct twins *t)
{
	return rig_ip4(10, 0, (uint8_t)(1 + draw(t, 2)), (uint8_t)(1 + draw(t, 3)));
}

static void make(struct twins *t, struct rig_pkt *p)
{
	union nfr_addr src = any_host(t), dst = any_host(t);
	uint16_t sport = (uint16_t)(1024 + draw(t, 3)), dport = (uint16_t)(1024 + draw(t, 2));

	switch (draw(t, 6)) {
	case 0:
		rig_echo(p, src, dst, draw(t, 2) ? 8 : 0, sport);
		break;
	case 1:
		rig_udp(p, rig_ip6(1, (uint8_t)sport), sport, rig_ip6(2, 2), dport);
		break;
	case 2:
	case 3:
		rig_tcp(p, src, sport, dst, dport, 2, draw(t, 100), 0, "");
		break;
	default:
		rig_udp(p, src, sport, dst, dport);
	}
}

static void forward_both(struct twins *t)
{
	struct rig_pkt p[2];
	unsigned verdict[2];

	make(t, &p[0]);
	p[1] = p[0];
	p[1].pkt.data = p[1].data;
	for (unsigned i = 0; i < 2; i++) {
		verdict[i] = rig_forward(t->rig[i], &p[i]);
		rig_check(t->rig[i]);
	}
	assert_int_equal(verdict[0], verdict[1]);
	assert_int_equal(p[0].pkt.reason, p[1].pkt.reason);
	assert_memory_equal(p[0].data, p[1].data, p[0].pkt.len);
	assert_int_equal(nfr_ctnet_digest(&t->rig[0]->ct), nfr_ctnet_digest(&t->rig[1]->ct));
	assert_int_equal(t->rig[0]->env.rng[NFR_RNG_NAT].s[0], t->rig[1]->env.rng[NFR_RNG_NAT].s[0]);
}

static void pass(struct twins *t)
{
	for (unsigned i = 0; i < 2; i++) {
		t->rig[i]->env.now_ns += 7 * NFR_NSEC_PER_SEC;
		nfr_ct_expire(&t->rig[i]->ct, 64);
	}
}

static void run(union nfr_addr snat, union nfr_addr dnat, unsigned n)
{
	struct twins t = {.rig = {rig_new(512), rig_new(512)}, .x = 88172645463325252u + n};

	for (unsigned i = 0; i < n; i++) {
		if (i % 300 == 0) /* connections that are there keep what they have */
			set_rule(&t, draw(&t, 2) ? NFR_INET_POST_ROUTING : NFR_INET_PRE_ROUTING,
				 draw(&t, 2) ? snat : dnat);
		forward_both(&t);
		if (draw(&t, 4) == 0)
			pass(&t);
	}
	rig_free(t.rig[0]);
	rig_free(t.rig[1]);
}

static void as_persistent_ranges(void **state)
{
	(void)state;
	for (uint8_t host = 1; host <= 4; host++)
		run(rig_ip4(10, 0, 2, host), rig_ip4(10, 0, 1, (uint8_t)(5 - host)), 1500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(as_persistent_ranges)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
