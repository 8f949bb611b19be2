/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs that must not differ: a burst and its packets one by one, memory that held other bytes, a
 * run cut in two by snapshot and restore. And the same traffic with every pool failing.
 */
#include "stack/rig.h"

#define N_PACKETS 160

static const uint8_t addr_choice[] = {2, 3, 9, 1, 255};

/* Random packets of both families, in both directions, with faults and fragments among them. */
static struct rig_pkt random_pkt(struct nfr_rng *rng)
{
	uint16_t in = 1;
	uint8_t a = addr_choice[nfr_rng_below(rng, 5)], b = addr_choice[nfr_rng_below(rng, 5)];
	uint32_t n = nfr_rng_below(rng, 3) ? nfr_rng_below(rng, 64) : nfr_rng_below(rng, 1600);
	uint8_t ttl = (uint8_t)nfr_rng_below(rng, 6);
	struct rig_pkt p;

	if (nfr_rng_below(rng, 4) == 0)
		return rig_udp6(in, rig_ip6(1, a), rig_ip6(1 + nfr_rng_below(rng, 3) % 3, b), ttl,
				n);
	p = rig_udp4(in, RIG_IP(10, 0, 1, a), RIG_IP(10, 0, nfr_rng_below(rng, 4), b), ttl, n);
	switch (nfr_rng_below(rng, 6)) {
	case 0:
		nfr_put16(rig_ip_of(&p) + 6, (uint16_t)(nfr_rng_below(rng, 2) ? 0x2000 : 0x0004));
		break;
	case 1:
		rig_ip_of(&p)[9] = NFR_IPPROTO_ICMP;
		rig_ip_of(&p)[20] = 8;
		break;
	default:
		break;
	}
	rig_check4(rig_ip_of(&p));
	if (nfr_rng_below(rng, 12) == 0)
		p.frame[nfr_rng_below(rng, 50)] ^= 1;
	return p;
}

struct traffic {
	struct rig_pkt pkt[N_PACKETS];
};

static struct traffic *traffic_new(uint64_t seed)
{
	struct traffic *t = calloc(1, sizeof(*t));
	struct nfr_rng rng;

	nfr_rng_init(&rng, seed, NFR_RNG_STATISTIC);
	for (unsigned i = 0; i < N_PACKETS; i++)
		t->pkt[i] = random_pkt(&rng);
	return t;
}

/* What came out, as one number. */
struct record {
	uint64_t sum;
	unsigned n;
};

static const struct nfr_hash_key key = {{3, 5, 7, 11}};

static void record_bytes(struct record *r, const uint8_t *data, uint32_t len, uint16_t oif)
{
	r->sum = nfr_hash_2(&key, r->sum, nfr_hash_bytes(&key, data, len) + oif);
	r->n++;
}

static void record_xmit(void *user, uint16_t oif, const uint8_t *frame, uint32_t len,
			const struct nfr_pkt *pkt)
{
	(void)pkt;
	record_bytes(user, frame, len, oif);
}

static void record_deliver(void *user, const struct nfr_pkt *pkt)
{
	record_bytes(user, pkt->data, pkt->len, 0);
}

static struct rig *rig_recording_with(struct record *r, uint8_t fill, bool watch, bool tracks)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	struct nfr_config config = rig_config(rig);
	struct nfr_route lost = {.family = NFR_IPV4,
				 .prefix_len = 24,
				 .type = NFR_RTN_UNREACHABLE,
				 .dst = rig_ip4(RIG_IP(10, 0, 3, 0))};

	config.sink = (struct nfr_sink){.user = r, .xmit = record_xmit, .deliver = record_deliver};
	config.watch = watch;
	rig_new_with(rig, fill, &config);
	assert_int_equal(nfr_route_add(rig->net, &lost), NFR_OK);
	assert_int_equal(nfr_conntrack_use(rig->net, NFR_IPV4, tracks), NFR_OK);
	assert_int_equal(nfr_conntrack_use(rig->net, NFR_IPV6, tracks), NFR_OK);
	return rig;
}

static struct rig *rig_recording(struct record *r, uint8_t fill)
{
	return rig_recording_with(r, fill, false, true);
}

/* Lets packets from `at` on in, `burst` at a time, and time go by. */
static void run(struct rig *rig, const struct traffic *t, unsigned at, unsigned end, unsigned burst)
{
	static struct rig_pkt copy[N_PACKETS];
	struct nfr_frame frames[N_PACKETS];
	struct nfr_result results[N_PACKETS];

	for (unsigned i = at; i < end; i++) {
		copy[i] = t->pkt[i];
		frames[i] =
			(struct nfr_frame){copy[i].frame, copy[i].len + 14, sizeof(copy[i].frame)};
	}
	for (; at < end; at += burst) {
		unsigned n = end - at < burst ? end - at : burst;

		nfr_receive_burst(rig->net, RIG_SECOND + at / 40 * 40 * 100000000ull, 1,
				  frames + at, n, results + at);
		assert_null(nfr_check(rig->net));
	}
}

static void test_burst(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 6; seed++) {
		struct traffic *t = traffic_new(seed);
		struct record one = {0}, many = {0};
		struct rig *a = rig_recording(&one, 0), *b = rig_recording(&many, 0);

		run(a, t, 0, N_PACKETS, 1);
		run(b, t, 0, N_PACKETS, 40);
		assert_true(one.n > N_PACKETS / 8);
		assert_int_equal(one.n, many.n);
		assert_true(one.sum == many.sum);
		assert_true(nfr_digest(a->net) == nfr_digest(b->net));
		rig_free(a);
		rig_free(b);
		free(t);
	}
}

/* The short way of input routing against the long one. */
static void test_simple_input(void **state)
{
	(void)state;
	for (uint64_t seed = 20; seed <= 26; seed++) {
		struct traffic *t = traffic_new(seed);
		struct record r0 = {0}, r1 = {0};
		struct rig *a = rig_recording(&r0, 0), *b = rig_recording(&r1, 0);

		nfr_fib_build(&b->net->fib);
		assert_true(b->net->fib.link[0].simple_input);
		b->net->fib.link[0].simple_input = false;
		run(a, t, 0, N_PACKETS, 8);
		run(b, t, 0, N_PACKETS, 8);
		assert_true(r0.sum == r1.sum);
		assert_true(nfr_digest(a->net) == nfr_digest(b->net));
		rig_free(a);
		rig_free(b);
		free(t);
	}
}

/* What the rest of a configuration may say against the way without hooks. */
static void hinder(struct rig *rig, unsigned how)
{
	struct nfr_link eth1;

	assert_int_equal(nfr_link_get(rig->net, 2, &eth1), NFR_OK);
	if (how == 1)
		nfr_sysctl_set(rig->net, "net.ipv4.ip_forward", 0);
	else if (how == 2)
		nfr_sysctl_set(rig->net, "net.ipv4.conf.eth0.rp_filter", 1);
	else if (how == 3)
		eth1.mtu = 600;
	else if (how == 4)
		eth1.up = false;
	assert_int_equal(nfr_link_set(rig->net, &eth1), 2);
}

/* Where no hook stands a packet is sent on at once; a watched one goes along the path. */
static void test_unhooked(void **state)
{
	(void)state;
	for (unsigned seed = 30; seed <= 44; seed++) {
		struct traffic *t = traffic_new(seed);
		struct record r0 = {0}, r1 = {0};
		struct rig *a = rig_recording_with(&r0, 0, false, false);
		struct rig *b = rig_recording_with(&r1, 0, true, false);

		hinder(a, seed % 5);
		hinder(b, seed % 5);
		run(a, t, 0, N_PACKETS, 8);
		run(b, t, 0, N_PACKETS, 8);
		assert_true(r0.n > N_PACKETS / 16);
		assert_int_equal(r0.n, r1.n);
		assert_true(r0.sum == r1.sum);
		assert_true(nfr_digest(a->net) == nfr_digest(b->net));
		rig_free(a);
		rig_free(b);
		free(t);
	}
}

static void test_prefill(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 4; seed++) {
		struct traffic *t = traffic_new(seed);
		struct record r0 = {0}, r1 = {0};
		struct rig *a = rig_recording(&r0, 0x00), *b = rig_recording(&r1, 0xff);

		run(a, t, 0, N_PACKETS, 8);
		run(b, t, 0, N_PACKETS, 8);
		assert_true(r0.sum == r1.sum);
		assert_true(nfr_digest(a->net) == nfr_digest(b->net));
		rig_free(a);
		rig_free(b);
		free(t);
	}
}

/* Half the traffic, a snapshot, the rest; restored, the rest gives the same again. */
static void test_snapshot(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 4; seed++) {
		struct traffic *t = traffic_new(seed);
		struct record r = {0}, middle, end;
		struct rig *rig = rig_recording(&r, 0x11);
		void *snapshot = malloc(nfr_snapshot_size(rig->net));
		uint64_t digest;

		run(rig, t, 0, N_PACKETS / 2, 1);
		nfr_snapshot(rig->net, snapshot);
		middle = r;
		run(rig, t, N_PACKETS / 2, N_PACKETS, 1);
		end = r;
		digest = nfr_digest(rig->net);
		nfr_restore(rig->net, snapshot);
		assert_true(nfr_digest(rig->net) != digest);
		r = middle;
		run(rig, t, N_PACKETS / 2, N_PACKETS, 1);
		assert_true(r.sum == end.sum);
		assert_true(nfr_digest(rig->net) == digest);
		free(snapshot);
		rig_free(rig);
		free(t);
	}
}

/* Every pool fails its k-th request once, and from the k-th on: nothing is lost or broken, and
 * when time has gone by nothing is kept. */
static void sweep(const struct traffic *t, enum nfr_pool_id pool, uint32_t nth, bool onward)
{
	struct record r = {0};
	struct rig *rig = rig_recording(&r, 0x5a);

	nfr_fault_set(rig->net, pool, nth, onward);
	run(rig, t, 0, 60, 20);
	while (nfr_advance(rig->net, 1000 * RIG_SECOND, 16) == 16)
		;
	nfr_ct_flush(rig->net, 1000 * RIG_SECOND);
	assert_int_equal(nfr_pool_used(rig->net, NFR_POOL_ct), 0);
	assert_int_equal(nfr_pool_used(rig->net, NFR_POOL_ct6), 0);
	if (nfr_pool_used(rig->net, NFR_POOL_frag))
		fail_msg("pool %u nth %u %d: %u %u", pool, nth, onward,
			 nfr_pool_used(rig->net, NFR_POOL_frag),
			 nfr_pool_used(rig->net, NFR_POOL_frag_queue));
	assert_int_equal(nfr_pool_used(rig->net, NFR_POOL_frag_queue), 0);
	rig_free(rig);
}

static void test_faults(void **state)
{
	static const enum nfr_pool_id pools[] = {NFR_POOL_ct,	NFR_POOL_ct6,
						 NFR_POOL_buf,	NFR_POOL_frag_queue,
						 NFR_POOL_frag, NFR_POOL_ct_ext};
	struct traffic *t = traffic_new(11);

	(void)state;
	for (unsigned i = 0; i < sizeof(pools) / sizeof(pools[0]); i++)
		for (uint32_t nth = 1; nth <= 12; nth++) {
			sweep(t, pools[i], nth, false);
			sweep(t, pools[i], nth, true);
		}
	free(t);
}

/* Configuration under faults: NFR_ENOMEM, and nothing half done. */
static void test_config_faults(void **state)
{
	static const enum nfr_pool_id pools[] = {NFR_POOL_iface, NFR_POOL_addr, NFR_POOL_route,
						 NFR_POOL_policy_rule, NFR_POOL_neigh};
	struct nfr_link link = {.name = "eth2", .up = true};
	struct nfr_ifaddr addr = {
		.family = NFR_IPV4, .prefix_len = 24, .ifindex = 1, .local = {.b = {10, 0, 7, 1}}};
	struct nfr_route route = {.family = NFR_IPV4, .prefix_len = 8, .oif = 1};
	struct nfr_policy_rule rule = {
		.family = NFR_IPV6, .priority = 5, .table = 9, .action = NFR_RTN_UNICAST};
	uint8_t mac[6] = {2};

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		for (uint32_t nth = 1; nth <= 4; nth++) {
			struct rig *rig = rig_new();
			uint32_t routes = nfr_pool_used(rig->net, NFR_POOL_route);
			int failed = 0;

			nfr_fault_set(rig->net, pools[i], nth, true);
			failed += nfr_link_set(rig->net, &link) == NFR_ENOMEM;
			failed += nfr_addr_add(rig->net, &addr) == NFR_ENOMEM;
			if (pools[i] == NFR_POOL_route)
				assert_int_equal(nfr_pool_used(rig->net, NFR_POOL_route),
						 nth == 4 ? routes + 3 : routes);
			failed += nfr_route_add(rig->net, &route) == NFR_ENOMEM;
			failed += nfr_rule_add(rig->net, &rule) == NFR_ENOMEM;
			failed += nfr_neigh_set(rig->net, 1, NFR_IPV4, &addr.local, mac) ==
				  NFR_ENOMEM;
			assert_int_equal(failed != 0, nth == 1 || pools[i] == NFR_POOL_route);
			assert_null(nfr_check(rig->net));
			rig_free(rig);
		}
}

static void test_sizes(void **state)
{
	struct nfr_config config = {.seed = 1};
	static _Alignas(64) uint8_t small[4096];

	(void)state;
	assert_true(nfr_size(&config) > 1 << 20);
	assert_null(nfr_init(small, sizeof(small), &config));
	config.max.buf = 256;
	assert_int_equal(nfr_size(&config), 0);
	assert_null(nfr_init(small, sizeof(small), &config));
	config.max.buf = 1;
	config.max.ct = UINT32_MAX;
	assert_int_equal(nfr_size(&config), 0);
	config.max.ct = 64;
	config.max.policy_rule = 3; /* fewer than a namespace is born with */
	{
		size_t size = nfr_size(&config);
		uint8_t *mem = aligned_alloc(64, size + 64);

		assert_null(nfr_init(mem, size, &config));
		config.max.policy_rule = 5;
		size = nfr_size(&config);
		assert_null(nfr_init(mem + 1, size, &config));
		free(mem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_burst),	     cmocka_unit_test(test_prefill),
		cmocka_unit_test(test_simple_input), cmocka_unit_test(test_unhooked),
		cmocka_unit_test(test_snapshot),
		cmocka_unit_test(test_faults),	     cmocka_unit_test(test_config_faults),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
