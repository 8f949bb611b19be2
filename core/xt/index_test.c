/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Long chains through their index, and the same rules in the plain linear walk: verdicts,
 * counters, logs and traces are the same.
 */
#include "base/rng.h"
#include "xt/index.h"
#include "xt/rig.h"

#define N_RULES 400
#define N_PACKETS 1500

/* Rules about many different hosts and ports, of which a packet meets few; else about few. */
static bool sparse;

static struct nfr_xt_rule rule;
static struct nfr_xt_error err;

static void put_host(struct nfr_rng *rng, uint8_t family, uint8_t *addr)
{
	rig_addr(addr, family, (uint8_t)nfr_rng_below(rng, 5));
	if (sparse)
		nfr_put16(addr + (family == NFR_IPV6 ? 14 : 2), (uint16_t)nfr_rng_below(rng, 500));
}

/* A few addresses, so that rules and packets meet. */
static void set_addr(struct nfr_rng *rng, uint8_t family, union nfr_addr *addr,
		     union nfr_addr *mask)
{
	unsigned most = family == NFR_IPV6 ? 128 : 32;
	unsigned bits = nfr_rng_below(rng, most + 1);

	if (sparse && nfr_rng_below(rng, 10))
		bits = most - nfr_rng_below(rng, 3);

	memset(addr, 0, sizeof(*addr));
	put_host(rng, family, addr->b);
	memset(mask, 0, sizeof(*mask));
	for (unsigned i = 0; i < bits; i++)
		mask->b[i / 8] |= (uint8_t)(0x80 >> i % 8);
	if (nfr_rng_below(rng, 8) == 0)
		mask->b[0] = 0; /* a hole */
	for (unsigned i = 0; i < sizeof(addr->b); i++)
		addr->b[i] &= mask->b[i];
}

static void add_ports(struct nfr_rng *rng)
{
	struct nfr_xt_ext_use *use = &rule.match[rule.n_matches++];
	uint16_t port[2] = {(uint16_t)nfr_rng_below(rng, sparse ? 3000 : 100), 0};
	bool udp = nfr_rng_below(rng, 2);

	port[1] = (uint16_t)(port[0] + nfr_rng_below(rng, 20));
	rig_use(use, udp ? &nfr_xt_match_udp : &nfr_xt_match_tcp);
	rig_set(use, nfr_rng_below(rng, 6) ? "dport" : "!sport", port);
	rule.ip.proto = udp ? NFR_IPPROTO_UDP : NFR_IPPROTO_TCP;
}

static void add_limit(struct nfr_rng *rng)
{
	struct nfr_xt_ext_use *use = &rule.match[rule.n_matches++];
	uint32_t mode = 1, every = nfr_rng_below(rng, 5) + 1, packet = 0;

	rig_use(use, &nfr_xt_match_statistic);
	rig_set(use, "mode", &mode);
	rig_set(use, "every", &every);
	rig_set(use, "packet", &packet);
}

static void set_target(struct nfr_rng *rng, bool user_chain)
{
	static const char *const jumps[] = {"",	      "",     "",     "RETURN",
					    "ACCEPT", "DROP", "long", "short"};
	unsigned which = nfr_rng_below(rng, user_chain ? 6 : 8);

	if (nfr_rng_below(rng, 4) == 0) {
		rig_use(&rule.target, &nfr_xt_target_LOG);
		rig_set(&rule.target, "log-prefix", "seen");
		return;
	}
	/* verdicts are rare: most packets see many rules */
	if (which >= 3 && which < 6 && nfr_rng_below(rng, 8))
		which = 0;
	snprintf(rule.jump, sizeof(rule.jump), "%s", jumps[which]);
	if (which >= 6 && nfr_rng_below(rng, 3) == 0)
		rule.ip.flags |= NFR_XT_IP_GOTO;
}

static void make_rule(struct nfr_rng *rng, uint8_t family, bool user_chain)
{
	static const char *const names[] = {"", "", "", "eth0", "eth+", "eth1", "wlan0", "eth10"};
	struct nfr_xt_ip *ip = &rule.ip;

	memset(&rule, 0, sizeof(rule));
	if (nfr_rng_below(rng, 2))
		set_addr(rng, family, &ip->src, &ip->src_mask);
	if (nfr_rng_below(rng, 2))
		set_addr(rng, family, &ip->dst, &ip->dst_mask);
	snprintf(ip->in, sizeof(ip->in), "%s", names[nfr_rng_below(rng, 8)]);
	snprintf(ip->out, sizeof(ip->out), "%s", names[nfr_rng_below(rng, 8)]);
	if (nfr_rng_below(rng, 4) == 0)
		add_limit(rng);
	if (nfr_rng_below(rng, 2))
		add_ports(rng);
	if (nfr_rng_below(rng, 6) == 0) {
		ip->invert = (uint8_t)nfr_rng_below(rng, 16);
		ip->invert &= (uint8_t) ~((ip->in[0] ? 0 : NFR_XT_INV_IN) |
					  (ip->out[0] ? 0 : NFR_XT_INV_OUT));
	}
	set_target(rng, user_chain);
}

static struct rig *load(uint8_t family, uint64_t seed)
{
	static const char *const chains[] = {"FORWARD", "long", "short"};
	struct rig *rig = rig_new_kib(2048);
	struct nfr_net *net = rig_net(rig);
	struct nfr_rng rng;

	rig->state.family = family;
	nfr_rng_init(&rng, seed, NFR_RNG_STATISTIC);
	assert_int_equal(nfr_xt_begin(net, family, NFR_XT_FILTER), NFR_OK);
	for (unsigned c = 1; c < 3; c++)
		assert_int_equal(nfr_xt_chain(net, chains[c], NFR_XT_NO_POLICY, 0, 0, &err),
				 NFR_OK);
	for (unsigned c = 0; c < 3; c++)
		for (unsigned i = 0; i < (c == 2 ? 5 : N_RULES); i++) {
			make_rule(&rng, family, c != 0);
			if (nfr_xt_append(net, chains[c], &rule, &err) != NFR_OK)
				fail_msg("rule %u: %s", i, err.why);
		}
	assert_int_equal(nfr_xt_commit(net, &err), NFR_OK);
	return rig;
}

/* Takes the indices away; returns how many chains had one. */
static unsigned make_linear(struct rig *rig)
{
	struct nfr_xt_table *table = nfr_xt_table_of(&rig->xt, rig->state.family, NFR_XT_FILTER);
	const uint32_t *order = nfr_xt_at(table, table->order);
	unsigned n = 0;

	for (uint32_t i = 0; i < table->n_chains; i++) {
		n += nfr_xt_chain_at(table, order[i])->index != 0;
		nfr_xt_chain_at(table, order[i])->index = 0;
	}
	return n;
}

static void make_packet(struct nfr_rng *rng, uint8_t family, struct rig_pkt *p,
			struct nfr_hook_state *state)
{
	static const uint8_t protos[] = {NFR_IPPROTO_TCP, NFR_IPPROTO_UDP, NFR_IPPROTO_UDP, 99};
	struct nfr_pkt *pkt = rig_pkt(p, family, protos[nfr_rng_below(rng, 4)],
				      nfr_rng_below(rng, 8) ? 20 : nfr_rng_below(rng, 20));

	put_host(rng, family, pkt->data + (family == NFR_IPV6 ? 8 : 12));
	put_host(rng, family, pkt->data + (family == NFR_IPV6 ? 24 : 16));
	if (pkt->len >= pkt->l4_off + 4u)
		nfr_put16(pkt->data + pkt->l4_off + 2,
			  (uint16_t)nfr_rng_below(rng, sparse ? 3000 : 120));
	if (nfr_rng_below(rng, 10) == 0)
		pkt->frag_off = (uint16_t)(8 * nfr_rng_below(rng, 3));
	if (nfr_rng_below(rng, 10) == 0)
		pkt->flags |= NFR_PKT_TRACE;
	state->in = (uint16_t)nfr_rng_below(rng, 5);
	state->out = (uint16_t)nfr_rng_below(rng, 5);
}

static unsigned run(struct rig *rig, const struct rig_pkt *from, const struct nfr_hook_state *state,
		    uint16_t *reason)
{
	struct nfr_hook_state here = *state;
	struct rig_pkt p = *from;
	unsigned verdict;

	here.net = rig_net(rig);
	p.pkt.data = p.data;
	verdict = nfr_xt_table_run(nfr_xt_table_of(&rig->xt, state->family, NFR_XT_FILTER), &p.pkt,
				   &here);
	*reason = p.pkt.reason;
	return verdict;
}

/* Rules of the FORWARD chain that the index leaves to be looked at. */
static unsigned left_over(struct rig *rig, struct rig_pkt *p, const struct nfr_hook_state *state)
{
	struct nfr_xt_table *table = nfr_xt_table_of(&rig->xt, state->family, NFR_XT_FILTER);
	uint32_t found[NFR_XT_CANDIDATES];
	struct nfr_xt_point point;

	nfr_xt_point_of(&point, &rig->env, &p->pkt, state);
	if (!point.usable)
		return 0;
	return nfr_xt_index_find(table, nfr_xt_chain_at(table, table->builtin[NFR_INET_FORWARD]),
				 &point, 0, found);
}

struct totals {
	unsigned dropped, traced, left_over;
};

static void compare(uint64_t seed, struct totals *totals)
{
	uint8_t family = seed & 1 ? NFR_IPV4 : NFR_IPV6;
	struct rig *fast = load(family, seed), *slow = load(family, seed);
	struct nfr_hook_state state = fast->state;
	struct nfr_rng rng;

	assert_int_equal(make_linear(slow), 2);
	nfr_rng_init(&rng, seed, NFR_RNG_NAT);
	for (unsigned i = 0; i < N_PACKETS; i++) {
		uint16_t reason[2];
		struct rig_pkt p;
		unsigned verdict;

		make_packet(&rng, family, &p, &state);
		totals->left_over += left_over(fast, &p, &state);
		verdict = run(slow, &p, &state, &reason[0]);
		assert_int_equal(run(fast, &p, &state, &reason[1]), verdict);
		assert_int_equal(reason[1], reason[0]);
		assert_int_equal(fast->n_log, slow->n_log);
		assert_int_equal(fast->n_trace, slow->n_trace);
		assert_memory_equal(fast->trace, slow->trace, sizeof(fast->trace));
		totals->dropped += verdict == NFR_DROP;
	}
	assert_int_equal(nfr_xtnet_digest(&fast->xt), nfr_xtnet_digest(&slow->xt));
	totals->traced += fast->n_trace;
	rig_free(fast);
	rig_free(slow);
}

static void test_twin(void **s)
{
	struct totals totals = {0};

	(void)s;
	sparse = false;
	for (uint64_t seed = 1; seed <= 4; seed++)
		compare(seed, &totals);
	assert_in_range(totals.dropped, 50, 4 * N_PACKETS - 50);
	assert_in_range(totals.traced, 100, UINT32_MAX);
}

/* Where most rules are rare, a packet is spared nearly all of them. */
static void test_sparse_twin(void **s)
{
	struct totals totals = {0};

	(void)s;
	sparse = true;
	for (uint64_t seed = 1; seed <= 4; seed++)
		compare(seed, &totals);
	assert_in_range(totals.dropped, 50, 4 * N_PACKETS - 50);
	assert_in_range(totals.left_over, 4 * N_PACKETS, 4 * N_PACKETS * 28);
}

/* No room for an index is no error: the chain is walked. */
static void test_no_room(void **s)
{
	struct rig *rig = rig_new_kib(6);
	struct nfr_net *net = rig_net(rig);
	struct nfr_xt_table *table;

	(void)s;
	assert_int_equal(nfr_xt_begin(net, NFR_IPV4, NFR_XT_FILTER), NFR_OK);
	memset(&rule, 0, sizeof(rule));
	for (unsigned i = 0; i < 40; i++)
		assert_int_equal(nfr_xt_append(net, "FORWARD", &rule, &err), NFR_OK);
	assert_int_equal(nfr_xt_commit(net, &err), NFR_OK);
	table = nfr_xt_table_of(&rig->xt, NFR_IPV4, NFR_XT_FILTER);
	assert_int_equal(nfr_xt_chain_at(table, table->builtin[NFR_INET_FORWARD])->index, 0);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_twin),
		cmocka_unit_test(test_sparse_twin),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests_name("xt/index", tests, NULL, NULL);
}
