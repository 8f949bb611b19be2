/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls around the path: local output, single hooks, reinjection, sysctls, rate limits. */
#include "base/str.h"
#include "stack/rig.h"

#define ETH0 1
#define ETH1 2
#define NEAR RIG_IP(10, 0, 1, 2)
#define FAR RIG_IP(10, 0, 2, 2)
#define ME RIG_IP(10, 0, 1, 1)

/* ---- local output ---- */

static void test_transmit(void **state)
{
	static const struct {
		const char *name;
		uint32_t src, dst;
		uint32_t payload;
		enum nfr_reason reason;
		uint16_t oif;
		uint32_t want_src;
		unsigned n_out;
	} rows[] = {
		{"to a neighbour", ME, NEAR, 4, NFR_REASON_FORWARDED, ETH0, ME, 1},
		{"source chosen", 0, FAR, 4, NFR_REASON_FORWARDED, ETH1, RIG_IP(10, 0, 2, 1), 1},
		{"foreign source", RIG_IP(192, 0, 2, 7), FAR, 4, NFR_REASON_FORWARDED, ETH1,
		 RIG_IP(192, 0, 2, 7), 1},
		{"to ourselves", ME, RIG_IP(10, 0, 2, 1), 4, NFR_REASON_FORWARDED, 0, ME, 1},
		{"to ourselves, source chosen", 0, ME, 4, NFR_REASON_FORWARDED, 0, ME, 1},
		{"to loopback", 0, RIG_IP(127, 0, 0, 1), 4, NFR_REASON_FORWARDED, 0,
		 RIG_IP(127, 0, 0, 1), 1},
		{"loopback source outside", RIG_IP(127, 0, 0, 1), FAR, 4,
		 NFR_REASON_ROUTE_MARTIAN_SOURCE, 0, 0, 0},
		{"no route", ME, RIG_IP(192, 0, 2, 1), 4, NFR_REASON_ROUTE_NO_ROUTE, 0, 0, 0},
		{"subnet broadcast, and a copy", ME, RIG_IP(10, 0, 1, 255), 4, NFR_REASON_FORWARDED,
		 ETH0, ME, 2},
		{"limited broadcast, and a copy", ME, RIG_IP(255, 255, 255, 255), 4,
		 NFR_REASON_FORWARDED, ETH0, ME, 2},
		{"all hosts, and a copy", ME, RIG_IP(224, 0, 0, 1), 4, NFR_REASON_FORWARDED, ETH0,
		 ME, 2},
		{"another group", ME, RIG_IP(224, 0, 0, 9), 4, NFR_REASON_FORWARDED, ETH0, ME, 1},
		{"as large as it may be", ME, NEAR, 1472, NFR_REASON_FORWARDED, ETH0, ME, 1},
		{"too large", ME, NEAR, 1473, NFR_REASON_LOCAL_NO_PROTOCOL, 0, 0, 0},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig = rig_new();
		struct rig_pkt p = rig_udp4(ETH0, rows[i].src, rows[i].dst, 64, rows[i].payload);
		uint8_t *h = rig_ip_of(&p);

		memset(h + 2, 0, 4); /* length and identification are the kernel's to write */
		memset(h + 10, 0, 2);
		assert_int_equal(nfr_conntrack_use(rig->net, NFR_IPV4, true), NFR_OK);
		rig_expect(rows[i].name, rig_transmit(rig, p), rows[i].reason);
		if (rig->n_out != rows[i].n_out)
			fail_msg("%s: %u packets", rows[i].name, rig->n_out);
		if (rig->n_out) {
			/* a copy is received before the packet goes on */
			h = rig->out[rig->n_out - 1].data;
			assert_int_equal(rig->out[rig->n_out - 1].oif, rows[i].oif);
			assert_int_equal(nfr_get32(h + 12), rows[i].want_src);
			assert_int_equal(nfr_get16(h + 2), p.len);
			assert_int_equal(nfr_csum_fold(nfr_csum_add(0, h, 20)), 0xffff);
		}
		if (rig->n_out == 2)
			assert_int_equal(rig->out[0].oif, 0);
		rig_free(rig);
	}
}

static void test_transmit_malformed(void **state)
{
	struct rig *rig = rig_new();
	struct rig_pkt p = rig_udp4(ETH0, ME, FAR, 64, 4);
	struct nfr_frame f[2];
	struct nfr_result r[2];

	(void)state;
	p.len = 0;
	rig_expect("nothing", rig_transmit(rig, p), NFR_REASON_LOCAL_NO_PROTOCOL);
	p.len = 19;
	rig_expect("19 bytes", rig_transmit(rig, p), NFR_REASON_LOCAL_NO_PROTOCOL);
	p.len = 32;
	rig_ip_of(&p)[0] = 0x44;
	rig_expect("header of 16", rig_transmit(rig, p), NFR_REASON_LOCAL_NO_PROTOCOL);
	rig_ip_of(&p)[0] = 0x4f;
	rig_expect("header of 60", rig_transmit(rig, p), NFR_REASON_LOCAL_NO_PROTOCOL);
	rig_ip_of(&p)[0] = 0x55;
	rig_expect("version 5", rig_transmit(rig, p), NFR_REASON_FORWARDED);
	rig_ip_of(&p)[0] = 0x45;
	f[0] = f[1] = (struct nfr_frame){rig_ip_of(&p), 32, sizeof(p.frame) - 14};
	nfr_transmit_burst(rig->net, rig->now, f, 2, 7, r);
	rig_expect("burst", r[1], NFR_REASON_FORWARDED);
	nfr_fault_set(rig->net, NFR_POOL_buf, 1, true);
	rig_expect("no room for a header", rig_transmit(rig, rig_udp4(ETH0, ME, FAR, 64, 4)),
		   NFR_REASON_NO_BUFFER);
	rig_expect("no buffer for the loopback", rig_transmit(rig, rig_udp4(ETH0, ME, ME, 64, 4)),
		   NFR_REASON_NO_BUFFER);
	rig_free(rig);
}

/* ---- single hooks ---- */

static unsigned verdict_hook(void *priv, struct nfr_pkt *pkt, const struct nfr_hook_state *state)
{
	(void)pkt, (void)state;
	return *(unsigned *)priv;
}

static void count_ok(void *user, struct nfr_pkt *pkt)
{
	(void)pkt;
	++*(unsigned *)user;
}

static void test_single_hook(void **state)
{
	struct rig *rig = rig_new();
	struct rig_pkt p = rig_udp4(ETH0, NEAR, FAR, 64, 4);
	unsigned verdict = NFR_ACCEPT, ok = 0;
	struct nfr_hook_ops ops = {.hook = verdict_hook,
				   .priv = &verdict,
				   .family = NFR_IPV4,
				   .hooknum = NFR_INET_FORWARD};
	struct nfr_pkt pkt;

	(void)state;
	rig->listen = true;
	assert_int_equal(nfr_hook_register(rig->net, &ops), NFR_OK);
	assert_int_equal(nfr_conntrack_use(rig->net, 3, true), NFR_EINVAL);
	assert_int_equal(nfr_conntrack_use(rig->net, NFR_IPV4, true), NFR_OK);
	assert_int_equal(nfr_pkt_init(&pkt, rig_ip_of(&p), 3, 3), NFR_REASON_IP_TRUNCATED);
	assert_int_equal(nfr_pkt_init(&pkt, rig_ip_of(&p), p.len, p.len), NFR_REASON_NONE);
	assert_int_equal(
		nfr_hook(rig->net, 1, NFR_IPV4, NFR_INET_PRE_ROUTING, 1, 0, &pkt, NULL, NULL),
		NFR_ACCEPT);
	assert_int_equal(
		nfr_hook(rig->net, 1, NFR_IPV4, NFR_INET_FORWARD, 1, 2, &pkt, count_ok, &ok),
		NFR_ACCEPT);
	assert_int_equal(ok, 1);
	verdict = NFR_DROP;
	assert_int_equal(
		nfr_hook(rig->net, 1, NFR_IPV4, NFR_INET_FORWARD, 1, 2, &pkt, count_ok, &ok),
		NFR_DROP);
	assert_int_equal(ok, 1);
	nfr_pkt_free(rig->net, &pkt);
	assert_int_equal(nfr_pool_used(rig->net, NFR_POOL_ct), 0);
	/* queued: the continuation runs when the verdict comes */
	nfr_pkt_init(&pkt, rig_ip_of(&p), p.len, p.len);
	verdict = nfr_queue_verdict(3, false);
	assert_int_equal(
		nfr_hook(rig->net, 1, NFR_IPV4, NFR_INET_FORWARD, 1, 2, &pkt, count_ok, &ok),
		NFR_QUEUE);
	nfr_pkt_free(rig->net, &pkt);
	nfr_reinject(rig->net, 1, rig->queued[0], NFR_ACCEPT, NULL);
	assert_int_equal(ok, 2);
	rig_free(rig);
}

/* ---- reinjection at each hook, with bytes of the listener ---- */

static void test_reinject(void **state)
{
	static const struct {
		uint8_t hook;
		uint32_t src, dst;
		bool local;
	} rows[] = {
		{NFR_INET_PRE_ROUTING, NEAR, FAR, false},  {NFR_INET_FORWARD, NEAR, FAR, false},
		{NFR_INET_POST_ROUTING, NEAR, FAR, false}, {NFR_INET_LOCAL_IN, NEAR, ME, false},
		{NFR_INET_LOCAL_OUT, ME, NEAR, true},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned verdict = nfr_queue_verdict(3, false);
		struct nfr_hook_ops ops = {.hook = verdict_hook,
					   .priv = &verdict,
					   .family = NFR_IPV4,
					   .hooknum = rows[i].hook};
		struct rig *rig = rig_new();
		struct rig_pkt p = rig_udp4(ETH0, rows[i].src, rows[i].dst, 64, 4);
		struct rig_pkt other = rig_udp4(ETH0, rows[i].src, rows[i].dst, 33, 9);
		struct nfr_frame f = {rig_ip_of(&other), other.len, other.len};
		struct nfr_result r;

		rig->listen = true;
		assert_int_equal(nfr_conntrack_use(rig->net, NFR_IPV4, true), NFR_OK);
		assert_int_equal(nfr_hook_register(rig->net, &ops), NFR_OK);
		r = rows[i].local ? rig_transmit(rig, p) : rig_receive(rig, ETH0, p);
		rig_expect("queued", r, NFR_REASON_QUEUED);
		r = nfr_reinject(rig->net, rig->now, rig->queued[0], NFR_ACCEPT, &f);
		rig_expect("reinjected", r,
			   rows[i].hook == NFR_INET_LOCAL_IN ? NFR_REASON_DELIVERED
							     : NFR_REASON_FORWARDED);
		assert_int_equal(rig->n_out, 1);
		assert_int_equal(rig->out[0].len, other.len);
		assert_int_equal(nfr_pool_used(rig->net, NFR_POOL_ct), 1);
		rig_free(rig);
	}
}

/* The interface goes down while the listener thinks. */
static void test_reinject_late(void **state)
{
	struct nfr_link link = {.name = "eth1", .up = false};
	unsigned verdict = nfr_queue_verdict(3, false);
	struct nfr_hook_ops ops = {.hook = verdict_hook,
				   .priv = &verdict,
				   .family = NFR_IPV4,
				   .hooknum = NFR_INET_FORWARD};
	struct rig *rig = rig_new();
	struct rig_pkt p = rig_udp4(ETH0, NEAR, FAR, 64, 4);
	struct nfr_result r;

	(void)state;
	rig->listen = true;
	nfr_hook_register(rig->net, &ops);
	rig_expect("queued", rig_receive(rig, ETH0, p), NFR_REASON_QUEUED);
	assert_int_equal(nfr_link_set(rig->net, &link), ETH1);
	r = nfr_reinject(rig->net, rig->now, rig->queued[0], NFR_ACCEPT, NULL);
	rig_expect("too late", r, NFR_REASON_OUTPUT_FAILED);
	assert_int_equal(rig->n_out, 0);
	assert_null(nfr_check(rig->net));
	rig_free(rig);
}

static void test_reinject_rubbish(void **state)
{
	unsigned verdict = nfr_queue_verdict(3, false);
	struct nfr_hook_ops ops = {.hook = verdict_hook,
				   .priv = &verdict,
				   .family = NFR_IPV4,
				   .hooknum = NFR_INET_LOCAL_OUT};
	static const uint32_t lens[] = {0, 19, 20, 28, 65535};
	struct rig *rig = rig_new();
	struct rig_pkt p = rig_udp4(ETH0, ME, NEAR, 64, 4);
	static uint8_t bytes[66000] = {0x46};
	struct nfr_result r;

	(void)state;
	rig->listen = true;
	nfr_conntrack_use(rig->net, NFR_IPV4, true);
	nfr_hook_register(rig->net, &ops);
	for (unsigned i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		struct nfr_frame f = {bytes, lens[i], sizeof(bytes)};

		rig_expect("queued", rig_transmit(rig, p), NFR_REASON_QUEUED);
		r = nfr_reinject(rig->net, rig->now, rig->queued[i], NFR_ACCEPT, &f);
		assert_int_not_equal(r.reason, NFR_REASON_FORWARDED);
		assert_null(nfr_check(rig->net));
	}
	/* changed addresses: routed again; a listener that takes its time: the connection is gone
	 */
	rig_expect("queued", rig_transmit(rig, p), NFR_REASON_QUEUED);
	{
		struct rig_pkt other = rig_udp4(ETH0, ME, FAR, 64, 4);
		struct nfr_frame f = {rig_ip_of(&other), other.len, other.len};

		r = nfr_reinject(rig->net, rig->now, rig->queued[5], NFR_ACCEPT, &f);
		rig_expect("rerouted", r, NFR_REASON_FORWARDED);
		assert_int_equal(r.oif, ETH1);
	}
	rig_expect("queued", rig_transmit(rig, p), NFR_REASON_QUEUED);
	nfr_ct_flush(rig->net, rig->now);
	r = nfr_reinject(rig->net, rig->now, rig->queued[6], NFR_ACCEPT, NULL);
	rig_expect("flushed meanwhile", r, NFR_REASON_FORWARDED);
	rig_free(rig);
}

/* ---- sysctls ---- */

static void expect_sysctl(struct rig *rig, const char *name, int32_t want)
{
	int32_t got = -99;

	assert_int_equal(nfr_sysctl_get(rig->net, name, &got), NFR_OK);
	if (got != want)
		fail_msg("%s is %d", name, got);
}

static void test_sysctl(void **state)
{
	struct nfr_link link = {.name = "eth2", .up = true};
	struct rig *rig = rig_new();
	struct nfr_net *net = rig->net;
	int32_t v;

	(void)state;
	expect_sysctl(rig, "net.ipv4.conf.eth1.forwarding", 1);
	expect_sysctl(rig, "net.ipv4.conf.default.forwarding", 1);
	nfr_sysctl_set(net, "net.ipv4.conf.all.forwarding", 0);
	expect_sysctl(rig, "net.ipv4.ip_forward", 0);
	expect_sysctl(rig, "net.ipv4.conf.eth0.forwarding", 0);
	nfr_sysctl_set(net, "net.ipv4.conf.eth0.forwarding", 1);
	expect_sysctl(rig, "net.ipv4.ip_forward", 0);
	nfr_sysctl_set(net, "net.ipv4.conf.default.rp_filter", 2);
	expect_sysctl(rig, "net.ipv4.conf.eth0.rp_filter", 0);
	assert_int_equal(nfr_link_set(net, &link), 3);
	expect_sysctl(rig, "net.ipv4.conf.eth2.rp_filter", 2);
	expect_sysctl(rig, "net.ipv6.conf.all.forwarding", 1);
	nfr_sysctl_set(net, "net.ipv6.conf.eth0.accept_source_route", 1);
	expect_sysctl(rig, "net.ipv6.conf.eth0.accept_source_route", 1);
	assert_int_equal(nfr_sysctl_set(net, "net.ipv4.conf.eth9.rp_filter", 1), NFR_ENODEV);
	assert_int_equal(nfr_sysctl_get(net, "net.ipv4.conf.eth9.rp_filter", &v), NFR_ENODEV);
	assert_int_equal(nfr_sysctl_set(net, "net.ipv4.nothing", 1), NFR_ENOENT);
	assert_int_equal(nfr_sysctl_get(net, "net.ipv4.nothing", &v), NFR_ENOENT);
	assert_int_equal(nfr_sysctl_set(net, "net.ipv4.ip_default_ttl", 256), NFR_ERANGE);
	assert_int_equal(nfr_sysctl_set(net, "net.ipv4.ip_default_ttl", 0), NFR_ERANGE);
	rig_free(rig);
}

/* ---- rate limits ---- */

static unsigned answers(struct rig *rig, unsigned n, uint32_t dst, uint8_t ttl)
{
	unsigned got = 0;

	for (unsigned i = 0; i < n; i++) {
		rig_receive(rig, ETH0, rig_udp4(ETH0, NEAR, dst, ttl, 4));
		got += rig->n_out;
	}
	return got;
}

static void test_limits(void **state)
{
	struct rig *rig = rig_new();
	unsigned total = 0;

	(void)state;
	/* six at once to one host, then one a second */
	assert_int_equal(answers(rig, 20, FAR, 1), 6);
	rig->now += RIG_SECOND;
	assert_int_equal(answers(rig, 20, FAR, 1), 1);
	rig->now += 100 * RIG_SECOND;
	/* routes that lead nowhere: five saved up, two for each (recorded from Linux: two answers)
	 */
	assert_int_equal(answers(rig, 20, RIG_IP(192, 0, 2, 1), 9), 2);
	nfr_sysctl_set(rig->net, "net.ipv4.icmp_ratelimit", 0);
	rig->now += 100 * RIG_SECOND;
	/* the global bucket alone: 50, for 0 to 2 each */
	total = answers(rig, 400, FAR, 1);
	assert_in_range(total, 30, 90);
	rig->now += RIG_SECOND / 100;
	assert_int_equal(answers(rig, 10, FAR, 1), 0);
	rig->now += RIG_SECOND / 50;
	assert_true(answers(rig, 10, FAR, 1) > 0);
	nfr_sysctl_set(rig->net, "net.ipv4.icmp_ratemask", 0);
	assert_int_equal(answers(rig, 100, FAR, 1), 100);
	rig_free(rig);
}

/* Redirects: nine, at growing distances, until it has been quiet for long. */
static void test_redirects(void **state)
{
	struct rig *rig = rig_new();
	unsigned n = 0;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		n += answers(rig, 1, RIG_IP(10, 0, 1, 7), 9) - 1;
		rig->now += RIG_SECOND / 1000;
	}
	assert_int_equal(n, 9);
	rig->now += 30 * RIG_SECOND;
	assert_int_equal(answers(rig, 5, RIG_IP(10, 0, 1, 7), 9), 5 + 1);
	nfr_sysctl_set(rig->net, "net.ipv4.conf.all.send_redirects", 0);
	nfr_sysctl_set(rig->net, "net.ipv4.conf.eth0.send_redirects", 0);
	rig->now += 30 * RIG_SECOND;
	assert_int_equal(answers(rig, 5, RIG_IP(10, 0, 1, 7), 9), 5);
	rig_free(rig);
}

/* Two limits on one bucket: what the wide one left is cut to the other's burst with the next jiffy. */
static void test_shared_bucket(void **state)
{
	static const uint8_t addr[4] = {10, 0, 1, 7}, other[4] = {10, 0, 1, 8};
	struct rig *rig = rig_new();
	struct nfr_env *env = &rig->net->env;
	struct nfr_peer *peer = nfr_peer_get(&rig->net->limits, env, NFR_IPV4, addr);
	unsigned n = 0;

	(void)state;
	/* a new peer has rested for one minute, even where time has not been so long */
	env->now_ns = RIG_SECOND + 12345;
	assert_true(nfr_peer_allow(env, nfr_peer_get(&rig->net->limits, env, NFR_IPV4, other),
				   60 * RIG_SECOND, 6));
	assert_false(nfr_peer_allow(env, nfr_peer_get(&rig->net->limits, env, NFR_IPV4, other),
				    60 * RIG_SECOND, 6));
	env->now_ns = 100 * RIG_SECOND;
	assert_true(nfr_peer_allow(env, peer, RIG_SECOND, 6)); /* five seconds are left */
	while (n < 10 && nfr_peer_allow(env, peer, RIG_SECOND / 10, 6))
		n++;
	assert_int_equal(n, 10);
	env->now_ns += RIG_SECOND / 250;
	for (n = 0; nfr_peer_allow(env, peer, RIG_SECOND / 10, 6); n++)
		;
	assert_int_equal(n, 6);
	env->now_ns += RIG_SECOND / 10;
	assert_true(nfr_peer_allow(env, peer, RIG_SECOND / 10, 6));
	assert_false(nfr_peer_allow(env, peer, RIG_SECOND / 10, 6));
	rig_free(rig);
}

/* More destinations than are remembered: every one is still answered, none twice as often. */
static void test_many_peers(void **state)
{
	struct rig *rig = rig_new();
	struct nfr_env *env = &rig->net->env;

	(void)state;
	for (uint32_t i = 0; i < 5000; i++) {
		uint8_t addr[4];
		struct nfr_peer *peer;

		nfr_put32(addr, RIG_IP(172, 16, 0, 0) + i);
		peer = nfr_peer_get(&rig->net->limits, env, NFR_IPV4, addr);
		assert_true(nfr_peer_allow(env, peer, RIG_SECOND, 1));
		assert_ptr_equal(peer, nfr_peer_get(&rig->net->limits, env, NFR_IPV4, addr));
		assert_false(nfr_peer_allow(env, peer, RIG_SECOND, 1));
		env->now_ns += 1000;
	}
	rig_free(rig);
}

/* ---- names and numbers ---- */

static void test_names(void **state)
{
	struct rig *rig = rig_new();
	struct nfr_link link;

	(void)state;
	assert_string_equal(nfr_reason_name(NFR_REASON_POLICY_DROP), "POLICY_DROP");
	assert_string_equal(nfr_reason_text(NFR_REASON_POLICY_DROP), "DROP by a chain's policy");
	assert_string_equal(nfr_reason_name(NFR_REASON_MAX), "?");
	assert_string_equal(nfr_reason_text(NFR_REASON_MAX), "?");
	assert_int_equal(nfr_reason_count(rig->net, NFR_REASON_MAX), 0);
	assert_int_equal(nfr_pool_used(rig->net, NFR_POOL_MAX), 0);
	assert_int_equal(nfr_pool_max(rig->net, NFR_POOL_MAX), 0);
	for (unsigned i = 0; i < NFR_POOL_MAX; i++)
		assert_true(nfr_pool_max(rig->net, (enum nfr_pool_id)i) > 0);
	nfr_fault_set(rig->net, NFR_POOL_MAX, 1, false);
	assert_int_equal(nfr_link_index(rig->net, "eth1"), ETH1);
	assert_int_equal(nfr_link_index(rig->net, "eth9"), NFR_ENODEV);
	assert_int_equal(nfr_link_index(rig->net, ""), NFR_ENODEV);
	assert_int_equal(nfr_link_get(rig->net, ETH1, &link), NFR_OK);
	assert_int_equal(link.mtu, 1500);
	assert_int_equal(nfr_link_get(rig->net, 5, &link), NFR_ENODEV);
	assert_int_equal(nfr_link_get(rig->net, 0, &link), NFR_ENODEV);
	nfr_str_copy(link.name, sizeof(link.name), "lo");
	assert_true(nfr_link_set(rig->net, &link) > ETH1);
	link.name[0] = 0;
	assert_int_equal(nfr_link_set(rig->net, &link), NFR_EINVAL);
	link = (struct nfr_link){.name = "eth1", .mtu = 67};
	assert_int_equal(nfr_link_set(rig->net, &link), NFR_EINVAL);
	rig_free(rig);
}

static void test_trace(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	struct nfr_config config = rig_config(rig);

	(void)state;
	config.watch = true;
	rig_new_with(rig, 0, &config);
	assert_int_equal(nfr_conntrack_use(rig->net, NFR_IPV4, true), NFR_OK);
	rig_receive(rig, ETH0, rig_udp4(ETH0, NEAR, FAR, 64, 4));
	assert_int_equal(rig->n_traced[NFR_TRACE_HOOK], 2);
	assert_int_equal(rig->n_traced[NFR_TRACE_ROUTE], 1);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transmit),      cmocka_unit_test(test_transmit_malformed),
		cmocka_unit_test(test_single_hook),   cmocka_unit_test(test_reinject),
		cmocka_unit_test(test_reinject_late), cmocka_unit_test(test_reinject_rubbish),
		cmocka_unit_test(test_sysctl),	      cmocka_unit_test(test_limits),
		cmocka_unit_test(test_redirects),     cmocka_unit_test(test_many_peers),
		cmocka_unit_test(test_shared_bucket),
		cmocka_unit_test(test_names),	      cmocka_unit_test(test_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
