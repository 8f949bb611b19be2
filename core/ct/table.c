/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of connections.
 *
 * A bucket is one cache line of ten slots: ten tags (bits of the hash), then ten references, an
 * index with the direction in its lowest bit. A connection has two slots, one for each direction;
 * there are four buckets for every eleven connections that the pool can hold, whatever their
 * number (the hash is scaled to it, not masked), so that a full pool fills 55 % of the slots and
 * costs 23 bytes a connection. A lookup reads the bucket's line, compares all tags at once and
 * then, nearly always, just one record: two tags are alike once in 32,768.
 *
 * When the pool is full one bucket in twenty is. A slot that finds its bucket full lies in the
 * nearest one behind it with room, at most PROBES - 1 further. So that lookups of flows that are
 * not there (every new connection) need no second line, a bucket says whether any of its slots
 * lie elsewhere, and how far. When the last such slot goes, the reach goes back to zero.
 *
 * Does a full pool always find room? A refusal takes PROBES full buckets in a row. Slots fall on
 * buckets like rain, 5.5 on each: of 160 slots in a row 88 are taken, with a deviation of 9.4, so
 * that all of them being taken (with what came from before them, little at this load) lies 7
 * deviations off. The test fills pools of all sizes and asserts that nothing is refused and how
 * far the farthest slot lies. In a table of no more than PROBES buckets every slot can be reached.
 *
 * Nothing is ever moved: a slot stays where it was put. The hash is keyed, and the work of every
 * call is bounded by PROBES lines, whoever chose the tuples.
 *
 * The zone belongs to the key of each direction, as in Linux: a connection with a zone for the
 * original direction only is found by packets of that zone one way, and of zone 0 the other.
 *
 * Invariants: each slot refers to a live, confirmed record whose key hashes to a bucket at most
 * PROBES - 1 before it; each confirmed record has exactly two slots (one if it is HIDDEN: the
 * original tuple of a connection that lost a clash belongs to the winner); n_spilled of a bucket
 * is the number of slots that belong to it and lie in another; a free slot's tag is 0, and no
 * other's.
 */
#include "ct/table.h"

#define PROBES 16u

void nfr_ct_table_init(struct nfr_ctnet *net, struct nfr_arena *arena, uint32_t max)
{
	if (max > UINT32_C(1) << 30) {
		arena->overflow = true;
		max = 1;
	}
	net->n_buckets = (uint32_t)(((uint64_t)max * 4 + 10) / 11);
	net->bucket = nfr_arena_take(arena, net->n_buckets, sizeof(*net->bucket));
}

void nfr_ct_table_clear(struct nfr_ctnet *net)
{
	memset(net->bucket, 0, (size_t)net->n_buckets * sizeof(*net->bucket));
}

void nfr_ct_tuple(const struct nfr_ctnet *net, const struct nfr_ct *ct, unsigned dir,
		  struct nfr_tuple *tuple)
{
	const struct nfr_ct_key *key = &ct->key[dir];

	memset(tuple, 0, sizeof(*tuple));
	tuple->src_l4 = key->src_l4;
	tuple->dst_l4 = key->dst_l4;
	tuple->protonum = key->protonum;
	tuple->l3num = key->l3num;
	if (nfr_ct_is_ipv6(ct)) {
		tuple->src.ip6 = nfr_ct_addr6(net, ct, dir)[0];
		tuple->dst.ip6 = nfr_ct_addr6(net, ct, dir)[1];
	} else {
		tuple->src.ip4 = key->src;
		tuple->dst.ip4 = key->dst;
	}
}

static uint64_t hash_in6(const struct nfr_hash_key *key, const struct nfr_in6 *a)
{
	return nfr_hash_2(key, nfr_le64(a->b), nfr_le64(a->b + 8));
}

uint64_t nfr_ct_hash6(const struct nfr_hash_key *key, const struct nfr_ct_flow *flow)
{
	const uint8_t *p = (const uint8_t *)&flow->key;

	return nfr_hash_2(key, hash_in6(key, &flow->addr6[0]),
			  nfr_hash_2(key, hash_in6(key, &flow->addr6[1]), nfr_le64(p + 8)));
}

static bool is_flow(const struct nfr_ctnet *net, uint32_t ref, const struct nfr_ct_flow *flow)
{
	const struct nfr_ct *ct = nfr_ct_at(net, ref >> 1);

	return memcmp(&ct->key[ref & 1], &flow->key, sizeof(flow->key)) == 0 &&
	       (!nfr_ct_is_ipv6(ct) || memcmp(nfr_ct_addr6(net, ct, ref & 1), flow->addr6,
				     sizeof(flow->addr6)) == 0);
}

static bool is_newer(const struct nfr_ctnet *net, uint32_t ref, uint32_t than)
{
	return (int32_t)(nfr_ct_at(net, ref >> 1)->id - nfr_ct_at(net, than >> 1)->id) > 0;
}

/* Within one bucket. A record whose time is over is not found; Linux too removes what it meets on
 * a lookup. A direction's zone lets two connections have the same flow: the newest is found, which
 * Linux puts in front. */
static uint32_t lookup_in(struct nfr_ctnet *net, const struct nfr_ct_bucket *bucket, uint16_t tag,
			  const struct nfr_ct_flow *flow, unsigned dirs)
{
	uint32_t hits = nfr_ct_match_tags(bucket, tag), found = 0;

	while (hits) {
		uint32_t ref = bucket->ref[nfr_ct_lowest_bit(hits)];

		hits &= hits - 1;
		if (!(dirs >> (ref & 1) & 1) || !is_flow(net, ref, flow))
			continue;
		if (nfr_ct_at(net, ref >> 1)->expires_ns <= net->env->now_ns) {
			nfr_ct_kill(net, ref >> 1);
			hits &= nfr_ct_match_tags(bucket, tag); /* both its tuples may be this one */
		} else if (!found || is_newer(net, ref, found)) {
			found = ref;
		}
	}
	return found;
}

static uint32_t behind(const struct nfr_ctnet *net, uint32_t at)
{
	return at + 1 < net->n_buckets ? at + 1 : 0;
}

uint32_t nfr_ct_lookup_slots(struct nfr_ctnet *net, const struct nfr_ct_flow *flow, uint64_t hash,
			     unsigned dirs)
{
	uint32_t home = nfr_ct_home(net, hash), at = home;
	uint32_t ref = lookup_in(net, &net->bucket[at], nfr_ct_tag(hash), flow, dirs);

	for (unsigned i = 0; !ref && i < net->bucket[home].reach; i++) {
		at = behind(net, at);
		ref = lookup_in(net, &net->bucket[at], nfr_ct_tag(hash), flow, dirs);
	}
	return ref;
}

/* ---- putting and taking ---- */

static unsigned max_probes(const struct nfr_ctnet *net)
{
	return net->n_buckets < PROBES ? net->n_buckets : PROBES;
}

static bool put_slot(struct nfr_ctnet *net, uint32_t ref, uint64_t hash)
{
	struct nfr_ct_bucket *home = nfr_ct_bucket_of(net, hash);
	uint32_t at = nfr_ct_home(net, hash);

	for (unsigned i = 0; i < max_probes(net); i++, at = behind(net, at)) {
		struct nfr_ct_bucket *bucket = &net->bucket[at];
		uint32_t free = nfr_ct_match_tags(bucket, 0);

		if (!free)
			continue;
		nfr_ct_fill_slot(bucket, free, ref, hash);
		home->n_spilled = (uint8_t)(home->n_spilled + (i != 0));
		if (i > home->reach)
			home->reach = (uint8_t)i;
		return true;
	}
	return false;
}

static bool clear_slot(struct nfr_ct_bucket *bucket, uint32_t ref, uint16_t tag)
{
	for (uint32_t hits = nfr_ct_match_tags(bucket, tag); hits; hits &= hits - 1) {
		unsigned i = nfr_ct_lowest_bit(hits);

		if (bucket->ref[i] != ref)
			continue;
		bucket->ref[i] = bucket->tag[i] = 0;
		return true;
	}
	return false;
}

static void take_slot(struct nfr_ctnet *net, uint32_t ref, uint64_t hash)
{
	struct nfr_ct_bucket *home = nfr_ct_bucket_of(net, hash);
	uint32_t at = nfr_ct_home(net, hash);

	for (unsigned i = 0; i <= home->reach; i++, at = behind(net, at)) {
		if (!clear_slot(&net->bucket[at], ref, nfr_ct_tag(hash)))
			continue;
		if (i && --home->n_spilled == 0)
			home->reach = 0;
		return;
	}
}

bool nfr_ct_table_add(struct nfr_ctnet *net, uint32_t idx, const uint64_t hash[NFR_CT_DIR_MAX])
{
	if (!put_slot(net, idx << 1, hash[NFR_CT_DIR_ORIGINAL]))
		return false;
	if (put_slot(net, idx << 1 | 1, hash[NFR_CT_DIR_REPLY]))
		return true;
	take_slot(net, idx << 1, hash[NFR_CT_DIR_ORIGINAL]);
	return false;
}

bool nfr_ct_table_add_reply(struct nfr_ctnet *net, uint32_t idx, uint64_t hash)
{
	return put_slot(net, idx << 1 | 1, hash);
}

void nfr_ct_table_del(struct nfr_ctnet *net, uint32_t idx)
{
	const struct nfr_ct *ct = nfr_ct_at(net, idx);

	for (unsigned dir = ct->life & NFR_CT_HIDDEN ? 1 : 0; dir < NFR_CT_DIR_MAX; dir++)
		take_slot(net, idx << 1 | dir, nfr_ct_hash_of(net, ct, dir));
}

uint32_t nfr_ct_find(struct nfr_ctnet *net, const struct nfr_tuple *tuple, uint16_t zone)
{
	struct nfr_ct_flow flow;

	nfr_ct_flow_of(tuple, zone, &flow);
	return nfr_ct_lookup(net, &flow, nfr_ct_hash(net, &flow), NFR_CT_IN_ANY);
}
