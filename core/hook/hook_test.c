/* SPDX-License-Identifier: BSD-2-Clause */
#include "stack/rig.h"

/* A hook of the tests: notes that it ran and gives its verdict. */
struct probe {
	char name;
	unsigned verdict;
	unsigned runs;
	unsigned repeats; /* REPEAT so many times first */
	enum nfr_reason reason;
};

static char order[64];

static unsigned probe_hook(void *priv, struct nfr_pkt *pkt, const struct nfr_hook_state *state)
{
	struct probe *p = priv;
	size_t n = strlen(order);

	assert_int_equal(state->family, pkt->family);
	p->runs++;
	if (n + 1 < sizeof(order))
		order[n] = p->name;
	if (p->repeats) {
		p->repeats--;
		return NFR_REPEAT;
	}
	if (p->reason)
		pkt->reason = (uint16_t)p->reason;
	return p->verdict;
}

static struct nfr_hook_ops ops_at(struct probe *p, int32_t priority)
{
	return (struct nfr_hook_ops){.hook = probe_hook,
				     .priv = p,
				     .priority = priority,
				     .family = NFR_IPV4,
				     .hooknum = NFR_INET_FORWARD};
}

static struct nfr_result forward_one(struct rig *rig)
{
	memset(order, 0, sizeof(order));
	return rig_receive(rig, 1, rig_udp4(1, RIG_IP(10, 0, 1, 2), RIG_IP(10, 0, 2, 2), 64, 4));
}

/* Lower priorities first; of equal ones the last registered first. */
static void test_order(void **state)
{
	static const struct {
		char name;
		int32_t priority;
	} rows[] = {{'c', 10},	      {'a', -300}, {'d', 10},
		    {'e', INT32_MAX}, {'b', 0},	   {'f', INT32_MIN}};
	struct probe probes[6] = {{0}};
	struct nfr_hook_ops ops[6];
	struct rig *rig = rig_new();

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		probes[i] = (struct probe){.name = rows[i].name, .verdict = NFR_ACCEPT};
		ops[i] = ops_at(&probes[i], rows[i].priority);
		assert_int_equal(nfr_hook_register(rig->net, &ops[i]), NFR_OK);
		assert_null(nfr_check(rig->net));
	}
	rig_expect("all", forward_one(rig), NFR_REASON_FORWARDED);
	assert_string_equal(order, "fabdce");
	assert_int_equal(nfr_hook_unregister(rig->net, &ops[4]), NFR_OK);
	assert_int_equal(nfr_hook_unregister(rig->net, &ops[4]), NFR_ENOENT);
	forward_one(rig);
	assert_string_equal(order, "fadce");
	rig_free(rig);
}

static void test_refused(void **state)
{
	struct probe p = {.name = 'p', .verdict = NFR_ACCEPT};
	struct nfr_hook_ops bad = ops_at(&p, 0);
	struct rig *rig = rig_new();

	(void)state;
	bad.family = 3;
	assert_int_equal(nfr_hook_register(rig->net, &bad), NFR_EINVAL);
	assert_int_equal(nfr_hook_unregister(rig->net, &bad), NFR_EINVAL);
	bad = ops_at(&p, 0);
	bad.hooknum = NFR_INET_NUMHOOKS;
	assert_int_equal(nfr_hook_register(rig->net, &bad), NFR_EINVAL);
	bad = ops_at(&p, 0);
	bad.hook = NULL;
	assert_int_equal(nfr_hook_register(rig->net, &bad), NFR_EINVAL);
	/* a hook of the instance's own is not the caller's to remove */
	assert_int_equal(nfr_conntrack_use(rig->net, NFR_IPV4, true), NFR_OK);
	bad = (struct nfr_hook_ops){.hook = nfr_ct_in,
				    .priv = &rig->net->ct,
				    .priority = NFR_IP_PRI_CONNTRACK,
				    .family = NFR_IPV4,
				    .hooknum = NFR_INET_PRE_ROUTING};
	assert_int_equal(nfr_hook_unregister(rig->net, &bad), NFR_ENOENT);
	rig_free(rig);
}

static void test_full(void **state)
{
	struct probe p = {.name = 'p', .verdict = NFR_ACCEPT};
	struct nfr_hook_ops ops = ops_at(&p, 0);
	struct rig *rig = rig_new();
	uint32_t max = nfr_pool_max(rig->net, NFR_POOL_hook);

	(void)state;
	for (uint32_t i = 0; i < max; i++)
		assert_int_equal(nfr_hook_register(rig->net, &ops), NFR_OK);
	assert_int_equal(nfr_hook_register(rig->net, &ops), NFR_ENOMEM);
	assert_int_equal(nfr_conntrack_use(rig->net, NFR_IPV4, true), NFR_ENOMEM);
	assert_int_equal(nfr_pool_used(rig->net, NFR_POOL_hook), max);
	for (uint32_t i = 0; i < max; i++)
		assert_int_equal(nfr_hook_unregister(rig->net, &ops), NFR_OK);
	nfr_fault_set(rig->net, NFR_POOL_hook, 3, false);
	assert_int_equal(nfr_conntrack_use(rig->net, NFR_IPV4, true), NFR_ENOMEM);
	assert_int_equal(nfr_pool_used(rig->net, NFR_POOL_hook), 0);
	rig_free(rig);
}

static void test_verdicts(void **state)
{
	static const struct {
		const char *name;
		struct probe probe;
		unsigned verdict;
		enum nfr_reason reason;
		bool second_runs;
	} rows[] = {
		{"accept", {.verdict = NFR_ACCEPT}, NFR_ACCEPT, NFR_REASON_FORWARDED, true},
		{"drop", {.verdict = NFR_DROP}, NFR_DROP, NFR_REASON_HOOK_DROP, false},
		{"drop with a reason",
		 {.verdict = NFR_DROP, .reason = NFR_REASON_RULE_DROP},
		 NFR_DROP,
		 NFR_REASON_RULE_DROP,
		 false},
		{"stolen", {.verdict = NFR_STOLEN}, NFR_STOLEN, NFR_REASON_STOLEN, false},
		{"queue, no listener",
		 {.verdict = NFR_QUEUE},
		 NFR_DROP,
		 NFR_REASON_QUEUE_NO_LISTENER,
		 false},
		{"queue with bypass",
		 {.verdict = NFR_QUEUE | NFR_VERDICT_FLAG_QUEUE_BYPASS},
		 NFR_ACCEPT,
		 NFR_REASON_FORWARDED,
		 true},
		{"repeat twice",
		 {.verdict = NFR_ACCEPT, .repeats = 2},
		 NFR_ACCEPT,
		 NFR_REASON_FORWARDED,
		 true},
		{"repeat for ever",
		 {.verdict = NFR_ACCEPT, .repeats = 1000},
		 NFR_DROP,
		 NFR_REASON_HOOK_DROP,
		 false},
		{"no verdict at all", {.verdict = 77}, NFR_DROP, NFR_REASON_HOOK_DROP, false},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct probe first = rows[i].probe, second = {.verdict = NFR_ACCEPT};
		struct rig *rig = rig_new();
		struct nfr_hook_ops a = ops_at(&first, 0), b = ops_at(&second, 1);
		struct nfr_result r;

		assert_int_equal(nfr_hook_register(rig->net, &a), NFR_OK);
		assert_int_equal(nfr_hook_register(rig->net, &b), NFR_OK);
		r = forward_one(rig);
		rig_expect(rows[i].name, r, rows[i].reason);
		assert_int_equal(r.verdict, rows[i].verdict);
		assert_int_equal(second.runs, rows[i].second_runs);
		assert_int_equal(nfr_reason_count(rig->net, rows[i].reason), 1);
		rig_free(rig);
	}
}

/* A hook that queues, then one behind it: the verdict from outside decides. */
static void test_queue(void **state)
{
	static const struct {
		const char *name;
		unsigned reinject, again; /* `again`: what the hook says when asked anew */
		enum nfr_reason reason;
		unsigned first_runs, second_runs;
	} rows[] = {
		{"accept", NFR_ACCEPT, NFR_ACCEPT, NFR_REASON_FORWARDED, 1, 1},
		{"drop", NFR_DROP, NFR_ACCEPT, NFR_REASON_REINJECT_DROP, 1, 0},
		{"repeat", NFR_REPEAT, NFR_ACCEPT, NFR_REASON_FORWARDED, 2, 1},
		{"repeat, then drop", NFR_REPEAT, NFR_DROP, NFR_REASON_HOOK_DROP, 2, 0},
		{"repeat, then queue", NFR_REPEAT, NFR_QUEUE, NFR_REASON_QUEUED, 2, 0},
		{"stolen is no answer", NFR_STOLEN, NFR_ACCEPT, NFR_REASON_REINJECT_DROP, 1, 0},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct probe first = {.verdict = nfr_queue_verdict(7, false)};
		struct probe second = {.verdict = NFR_ACCEPT};
		struct rig *rig = rig_new();
		struct nfr_hook_ops a = ops_at(&first, 0), b = ops_at(&second, 1);
		struct nfr_result r;

		rig->listen = true;
		assert_int_equal(nfr_conntrack_use(rig->net, NFR_IPV4, true), NFR_OK);
		assert_int_equal(nfr_hook_register(rig->net, &a), NFR_OK);
		assert_int_equal(nfr_hook_register(rig->net, &b), NFR_OK);
		r = forward_one(rig);
		rig_expect("queued", r, NFR_REASON_QUEUED);
		assert_int_equal(r.verdict, NFR_QUEUE);
		assert_int_equal(nfr_pool_used(rig->net, NFR_POOL_queued), 1);
		first.verdict = rows[i].again;
		r = nfr_reinject(rig->net, rig->now, rig->queued[0], rows[i].reinject, NULL);
		rig_expect(rows[i].name, r, rows[i].reason);
		assert_int_equal(first.runs, rows[i].first_runs);
		assert_int_equal(second.runs, rows[i].second_runs);
		/* the id is used up */
		r = nfr_reinject(rig->net, rig->now, rig->queued[0], NFR_ACCEPT, NULL);
		assert_int_equal(r.verdict, NFR_DROP);
		assert_int_equal(nfr_pool_used(rig->net, NFR_POOL_ct),
				 rows[i].reason == NFR_REASON_FORWARDED ||
					 rows[i].reason == NFR_REASON_QUEUED);
		rig_free(rig);
	}
}

static void test_queue_full_and_flush(void **state)
{
	struct probe first = {.verdict = nfr_queue_verdict(0, true)};
	struct rig *rig = rig_new();
	struct nfr_hook_ops a = ops_at(&first, 0);
	uint32_t max = nfr_pool_max(rig->net, NFR_POOL_queued);

	(void)state;
	rig->listen = true;
	assert_int_equal(nfr_conntrack_use(rig->net, NFR_IPV4, true), NFR_OK);
	assert_int_equal(nfr_hook_register(rig->net, &a), NFR_OK);
	for (uint32_t i = 0; i < max; i++)
		rig_expect("queued", forward_one(rig), NFR_REASON_QUEUED);
	rig_expect("one too many", forward_one(rig), NFR_REASON_QUEUE_FULL);
	/* hooks go: what waits is dropped, connections that were not confirmed with it */
	assert_int_equal(nfr_hook_unregister(rig->net, &a), NFR_OK);
	assert_int_equal(nfr_pool_used(rig->net, NFR_POOL_queued), 0);
	assert_int_equal(nfr_pool_used(rig->net, NFR_POOL_ct), 0);
	assert_int_equal(nfr_reason_count(rig->net, NFR_REASON_REINJECT_DROP), max);
	assert_int_equal(nfr_reinject(rig->net, rig->now, rig->queued[0], NFR_ACCEPT, NULL).verdict,
			 NFR_DROP);
	assert_int_equal(nfr_reinject(rig->net, rig->now, 0, NFR_ACCEPT, NULL).verdict, NFR_DROP);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_full),  cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_queue), cmocka_unit_test(test_queue_full_and_flush),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
