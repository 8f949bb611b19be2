/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table beside its slow twin, an array that is scanned: random insertions, removals and
 * lookups, in a roomy table and in one that is crowded enough to spill.
 */
#include "base/rng.h"
#include "ct/bucket.h"
#include "ct/rig.h"

#define MAX 512

struct twin {
	struct rig rig;
	struct nfr_rng rng;
	uint32_t idx[MAX]; /* what is in the table */
	uint32_t n;
};

static void random_tuple(struct nfr_rng *rng, struct nfr_tuple *tuple)
{
	memset(tuple, 0, sizeof(*tuple));
	tuple->l3num = nfr_rng_below(rng, 3) ? NFR_IPV4 : NFR_IPV6;
	tuple->protonum = NFR_IPPROTO_UDP;
	tuple->src.b[3] = (uint8_t)nfr_rng_below(rng, 8);
	tuple->dst.b[3] = (uint8_t)nfr_rng_below(rng, 8);
	if (tuple->l3num == NFR_IPV6)
		tuple->dst.b[15] = (uint8_t)nfr_rng_below(rng, 8);
	tuple->src_l4 = nfr_htons((uint16_t)nfr_rng_below(rng, 16));
	tuple->dst_l4 = nfr_htons((uint16_t)(1000 + nfr_rng_below(rng, 16)));
}

/* Reference by scanning, or 0. */
static uint32_t slow_find(const struct twin *t, const struct nfr_tuple *tuple, uint16_t zone)
{
	struct nfr_tuple other;

	for (uint32_t i = 0; i < t->n; i++)
		for (unsigned dir = 0; dir < 2; dir++) {
			const struct nfr_ct *ct = nfr_ct_at(&t->rig.net, t->idx[i]);

			nfr_ct_tuple(&t->rig.net, ct, dir, &other);
			if (nfr_tuple_eq(&other, tuple) && nfr_ct_zone(ct, dir) == zone)
				return t->idx[i] << 1 | dir;
		}
	return 0;
}

static bool table_add(struct rig *rig, uint32_t idx)
{
	uint64_t hash[NFR_CT_DIR_MAX];
	struct nfr_ct_flow flow;

	for (unsigned dir = 0; dir < NFR_CT_DIR_MAX; dir++) {
		nfr_ct_flow_of_ct(&rig->net, nfr_ct_at(&rig->net, idx), dir, &flow);
		hash[dir] = nfr_ct_hash(&rig->net, &flow);
	}
	return nfr_ct_table_add(&rig->net, idx, hash);
}

static uint32_t alloc(struct rig *rig, const struct nfr_tuple *tuple, const struct nfr_tuple *reply,
		      uint16_t zone)
{
	struct nfr_pkt pkt = {.data = NULL};
	struct nfr_ct_flow flow[NFR_CT_DIR_MAX];

	nfr_ct_flow_of(tuple, zone, &flow[NFR_CT_DIR_ORIGINAL]);
	nfr_ct_flow_of(reply, zone, &flow[NFR_CT_DIR_REPLY]);
	return nfr_ct_alloc(&rig->net, &pkt, flow, 0);
}

static void insert(struct twin *t)
{
	uint16_t zone = (uint16_t)nfr_rng_below(&t->rng, 2);
	struct nfr_tuple tuple, reply;
	struct nfr_ct *ct;
	uint32_t idx;

	random_tuple(&t->rng, &tuple);
	assert_true(nfr_ct_invert_tuple(&tuple, &reply));
	if (t->n == MAX / 2 || slow_find(t, &tuple, zone) || slow_find(t, &reply, zone))
		return;
	idx = alloc(&t->rig, &tuple, &reply, zone);
	assert_int_not_equal(idx, 0);
	ct = nfr_ct_at(&t->rig.net, idx);
	ct->expires_ns = UINT64_MAX;
	ct->status |= NFR_IPS_CONFIRMED;
	assert_true(table_add(&t->rig, idx));
	nfr_ct_file(&t->rig.net, idx);
	t->idx[t->n++] = idx;
}

static void drop_one(struct twin *t)
{
	uint32_t at;

	if (t->n == 0)
		return;
	at = nfr_rng_below(&t->rng, t->n);
	nfr_ct_kill(&t->rig.net, t->idx[at]);
	t->idx[at] = t->idx[--t->n];
}

static void look_up(struct twin *t)
{
	uint16_t zone = (uint16_t)nfr_rng_below(&t->rng, 2);
	struct nfr_tuple tuple;

	random_tuple(&t->rng, &tuple);
	assert_int_equal(nfr_ct_find(&t->rig.net, &tuple, zone), slow_find(t, &tuple, zone));
}

static void run_twins(uint64_t seed, uint32_t max)
{
	struct twin t;

	memset(&t, 0, sizeof(t));
	rig_open(&t.rig, max);
	nfr_rng_init(&t.rng, seed, NFR_RNG_HASH);
	for (unsigned i = 0; i < 20000; i++) {
		unsigned what = nfr_rng_below(&t.rng, 10);

		if (what < 5)
			insert(&t);
		else if (what < 7)
			drop_one(&t);
		else
			look_up(&t);
		if (i % 500 == 0)
			rig_check(&t.rig);
	}
	rig_close(&t.rig);
}

static void test_roomy(void **state)
{
	(void)state;
	run_twins(1, MAX);
}

static void test_crowded(void **state)
{
	(void)state;
	run_twins(2, MAX / 2);
}

/* Flows that all meet in one bucket: what does not fit within reach is refused, and nothing of it
 * stays behind. */
static void test_reach_is_bounded(void **state)
{
	struct nfr_tuple tuple, reply;
	struct rig rig;
	uint32_t idx, n = 0;

	(void)state;
	rig_open(&rig, 1024);
	memset(&rig.env.hash_key, 0, sizeof(rig.env.hash_key)); /* all hashes are zero */
	memset(&tuple, 0, sizeof(tuple));
	tuple.l3num = NFR_IPV4;
	tuple.protonum = NFR_IPPROTO_UDP;
	for (unsigned i = 0; i < 200; i++) {
		tuple.src_l4 = nfr_htons((uint16_t)i);
		assert_true(nfr_ct_invert_tuple(&tuple, &reply));
		reply.dst.b[0] = 1;
		idx = alloc(&rig, &tuple, &reply, 0);
		if (!table_add(&rig, idx)) {
			nfr_ct_release(&rig.net, idx);
			continue;
		}
		nfr_ct_at(&rig.net, idx)->status |= NFR_IPS_CONFIRMED;
		nfr_ct_at(&rig.net, idx)->expires_ns = UINT64_MAX;
		nfr_ct_file(&rig.net, idx);
		n++;
	}
	rig_check(&rig);
	assert_int_equal(n, 80); /* 16 buckets of 10 slots, two slots each */
	rig_close(&rig);
}

/* A connection of random addresses, in the table; false: refused. */
static bool fill_one(struct rig *rig, struct nfr_rng *rng)
{
	struct nfr_tuple tuple, reply;
	uint64_t r = nfr_rng_u64(rng);
	uint32_t idx;

	memset(&tuple, 0, sizeof(tuple));
	tuple.l3num = NFR_IPV4;
	tuple.protonum = NFR_IPPROTO_TCP;
	memcpy(tuple.src.b, &r, 4);
	memcpy(tuple.dst.b, (const uint8_t *)&r + 4, 4);
	assert_true(nfr_ct_invert_tuple(&tuple, &reply));
	idx = alloc(rig, &tuple, &reply, 0);
	nfr_ct_at(&rig->net, idx)->status |= NFR_IPS_CONFIRMED;
	nfr_ct_at(&rig->net, idx)->expires_ns = UINT64_MAX;
	nfr_ct_file(&rig->net, idx);
	return table_add(rig, idx);
}

/* A full pool has room in the table for both directions of every connection, whatever its size;
 * no slot lies farther off than `reach`, and so many of each thousand lie in their bucket. */
static void test_full_pools(void **state)
{
	static const struct {
		uint32_t max, reach;
	} row[] = {{1, 0}, {2, 0}, {3, 1}, {5, 1}, {8, 2}, {64, 4}, {1000, 6}, {100000, 6}};
	uint32_t n_spilled, reach;
	struct nfr_rng rng;
	struct rig rig;

	(void)state;
	nfr_rng_init(&rng, 3, NFR_RNG_HASH);
	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		rig_open(&rig, row[i].max);
		for (uint32_t n = 0; n < row[i].max; n++)
			assert_true(fill_one(&rig, &rng));
		n_spilled = reach = 0;
		for (uint32_t at = 0; at < rig.net.n_buckets; at++) {
			n_spilled += rig.net.bucket[at].n_spilled;
			if (rig.net.bucket[at].reach > reach)
				reach = rig.net.bucket[at].reach;
		}
		assert_in_range(reach, 0, row[i].reach);
		if (row[i].max >= 1000)
			assert_in_range(n_spilled, 1, 2 * row[i].max / 50);
		rig_close(&rig);
	}
}

/* The scan by vectors and the loop. What lies behind the tags must not matter. */
static void test_scans_agree(void **state)
{
	struct nfr_ct_bucket bucket;
	struct nfr_rng rng;
	uint16_t tag;

	(void)state;
	nfr_rng_init(&rng, 4, NFR_RNG_HASH);
	for (unsigned i = 0; i < 10000; i++) {
		for (unsigned slot = 0; slot < NFR_CT_BUCKET_SLOTS; slot++) {
			bucket.tag[slot] = (uint16_t)(nfr_rng_below(&rng, 3) * 0x7fff);
			bucket.ref[slot] = nfr_rng_below(&rng, 3) * 0x7fff7fff;
		}
		tag = (uint16_t)(nfr_rng_below(&rng, 3) * 0x7fff);
		bucket.n_spilled = bucket.reach = (uint8_t)nfr_rng_below(&rng, 256);
		assert_int_equal(nfr_ct_match_tags(&bucket, tag),
				 nfr_ct_match_tags_plain(&bucket, tag));
	}
}

/* Who speaks to itself, from a port to the same one, has both slots in one bucket: the lookup that
 * kills the connection by the first does not stumble over the second. */
static void test_expired_palindrome(void **state)
{
	struct nfr_tuple tuple, reply;
	struct rig rig;
	uint32_t idx;

	(void)state;
	rig_open(&rig, 8);
	memset(&tuple, 0, sizeof(tuple));
	tuple.l3num = NFR_IPV4;
	tuple.protonum = NFR_IPPROTO_UDP;
	tuple.src.b[3] = tuple.dst.b[3] = 7;
	tuple.src_l4 = tuple.dst_l4 = nfr_htons(7);
	assert_true(nfr_ct_invert_tuple(&tuple, &reply));
	assert_true(nfr_tuple_eq(&tuple, &reply));
	idx = alloc(&rig, &tuple, &reply, 0);
	nfr_ct_at(&rig.net, idx)->status |= NFR_IPS_CONFIRMED;
	nfr_ct_at(&rig.net, idx)->expires_ns = rig.env.now_ns;
	assert_true(table_add(&rig, idx));
	nfr_ct_file(&rig.net, idx);
	assert_int_equal(nfr_ct_find(&rig.net, &tuple, 0), 0);
	rig_check(&rig);
	rig_close(&rig);
}

static void test_too_large(void **state)
{
	struct nfr_arena arena = {NULL, 0, false};
	struct nfr_ctnet net;

	(void)state;
	memset(&net, 0, sizeof(net));
	nfr_ct_table_init(&net, &arena, UINT32_C(1) << 31);
	assert_true(arena.overflow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_roomy),
		cmocka_unit_test(test_crowded),
		cmocka_unit_test(test_reach_is_bounded),
		cmocka_unit_test(test_full_pools),
		cmocka_unit_test(test_scans_agree),
		cmocka_unit_test(test_expired_palindrome),
		cmocka_unit_test(test_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
