/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of connections.
 *
 * A bucket is one cache line of eight slots: eight tags (upper halves of the hash), then eight
 * references, an index with the direction in its lowest bit. A connection has two slots, one for
 * each direction; the table has four slots for each connection that the pool can hold, so that at
 * most half of it is in use. A lookup reads the bucket's line, compares all eight tags at once and
 * then, nearly always, just one record.
 *
 * At half load one bucket in fifty is full. A slot that finds its bucket full lies in the nearest
 * one behind it with room, at most PROBES - 1 further. So that lookups of flows that are not there
 * (every new connection) need no second line, spill[] says for each bucket whether any of its
 * slots lie elsewhere, and how far. It is two bytes a bucket and read only when the bucket itself
 * had no match. When the last such slot goes, the reach goes back to zero.
 *
 * Nothing is ever moved: a slot stays where it was put. The hash is keyed, and the work of every
 * call is bounded by PROBES lines, whoever chose the tuples.
 *
 * The zone belongs to the key of each direction, as in Linux: a connection with a zone for the
 * original direction only is found by packets of that zone one way, and of zone 0 the other.
 *
 * Invariants: each slot refers to a live, confirmed record whose key hashes to a bucket at most
 * PROBES - 1 before it; each confirmed record has exactly two slots (one if it is HIDDEN: the
 * original tuple of a connection that lost a clash belongs to the winner); spill[b].n is the
 * number of slots whose bucket is b and that lie in another.
 */
#include "ct/table.h"

#define PROBES 16u

static uint32_t pow2_at_least(uint32_t n)
{
	uint32_t p = 1;

	while (p < n)
		p <<= 1;
	return p;
}

void nfr_ct_table_init(struct nfr_ctnet *net, struct nfr_arena *arena, uint32_t max)
{
	uint32_t n;

	if (max > UINT32_C(1) << 30) {
		arena->overflow = true;
		max = 1;
	}
	n = pow2_at_least(max / 2 + (max & 1));
	net->bucket = nfr_arena_take(arena, n, sizeof(*net->bucket));
	net->spill = nfr_arena_take(arena, n, sizeof(*net->spill));
	net->bucket_mask = n - 1;
}

void nfr_ct_table_clear(struct nfr_ctnet *net)
{
	size_t n = (size_t)net->bucket_mask + 1;

	memset(net->bucket, 0, n * sizeof(*net->bucket));
	memset(net->spill, 0, n * sizeof(*net->spill));
}

void nfr_ct_flow_of(const struct nfr_tuple *tuple, uint16_t zone, struct nfr_ct_flow *flow)
{
	struct nfr_ct_key *key = &flow->key;

	memset(flow, 0, sizeof(*flow));
	key->src_l4 = tuple->src_l4;
	key->dst_l4 = tuple->dst_l4;
	key->protonum = tuple->protonum;
	key->l3num = tuple->l3num;
	key->zone = nfr_htons(zone);
	if (tuple->l3num == NFR_IPV4) {
		key->src = tuple->src.ip4;
		key->dst = tuple->dst.ip4;
	} else {
		flow->src6 = tuple->src.ip6;
		flow->dst6 = tuple->dst.ip6;
	}
}

/* The addresses of one direction of an IPv6 connection: source, then destination. */
static struct nfr_in6 *addr6_of(const struct nfr_ctnet *net, const struct nfr_ct *ct, unsigned dir)
{
	struct nfr_ct_addr6 *a = nfr_pool_at(&net->addr6, ct->addr6);

	return a->dir[dir];
}

void nfr_ct_flow_of_ct(const struct nfr_ctnet *net, const struct nfr_ct *ct, unsigned dir,
		       struct nfr_ct_flow *flow)
{
	memset(flow, 0, sizeof(*flow));
	flow->key = ct->key[dir];
	if (ct->addr6) {
		flow->src6 = addr6_of(net, ct, dir)[0];
		flow->dst6 = addr6_of(net, ct, dir)[1];
	}
}

void nfr_ct_set_tuple(struct nfr_ctnet *net, struct nfr_ct *ct, unsigned dir,
		      const struct nfr_tuple *tuple, uint16_t zone)
{
	struct nfr_ct_flow flow;

	nfr_ct_flow_of(tuple, zone, &flow);
	ct->key[dir] = flow.key;
	if (ct->addr6) {
		addr6_of(net, ct, dir)[0] = flow.src6;
		addr6_of(net, ct, dir)[1] = flow.dst6;
	}
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
	if (ct->addr6) {
		tuple->src.ip6 = addr6_of(net, ct, dir)[0];
		tuple->dst.ip6 = addr6_of(net, ct, dir)[1];
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

	return nfr_hash_2(key, hash_in6(key, &flow->src6),
			  nfr_hash_2(key, hash_in6(key, &flow->dst6), nfr_le64(p + 8)));
}

static uint32_t tag_of(uint64_t hash)
{
	return (uint32_t)(hash >> 32);
}

/* One bit for each slot with this tag, free ones too. Written so that compilers make vector code
 * of it: a comparison and a mask for four slots at a time, then one reduction. */
static uint32_t match_tags(const struct nfr_ct_bucket *bucket, uint32_t tag)
{
	static const uint32_t bit[NFR_CT_BUCKET_SLOTS] = {1, 2, 4, 8, 16, 32, 64, 128};
	uint32_t hits = 0;

	for (unsigned i = 0; i < NFR_CT_BUCKET_SLOTS; i++)
		hits |= bucket->tag[i] == tag ? bit[i] : 0;
	return hits;
}

static unsigned lowest_bit(uint32_t v)
{
#ifdef __GNUC__
	return (unsigned)__builtin_ctz(v);
#else
	unsigned i = 0;

	while (!(v >> i & 1))
		i++;
	return i;
#endif
}

static bool is_flow(const struct nfr_ctnet *net, uint32_t ref, const struct nfr_ct_flow *flow)
{
	const struct nfr_ct *ct = nfr_ct_at(net, ref >> 1);
	const struct nfr_in6 *addr;

	if (memcmp(&ct->key[ref & 1], &flow->key, sizeof(flow->key)) != 0)
		return false;
	if (!ct->addr6)
		return true;
	addr = addr6_of(net, ct, ref & 1);
	return memcmp(&addr[0], &flow->src6, sizeof(*addr)) == 0 &&
	       memcmp(&addr[1], &flow->dst6, sizeof(*addr)) == 0;
}

/* Within one bucket. A record whose time is over is not found; Linux too removes what it meets on
 * a lookup. */
static uint32_t lookup_in(struct nfr_ctnet *net, const struct nfr_ct_bucket *bucket, uint32_t tag,
			  const struct nfr_ct_flow *flow, unsigned dirs)
{
	uint32_t hits = match_tags(bucket, tag);

	for (; hits; hits &= hits - 1) {
		uint32_t ref = bucket->ref[lowest_bit(hits)];

		if (!ref || !(dirs >> (ref & 1) & 1) || !is_flow(net, ref, flow))
			continue;
		if (nfr_ct_at(net, ref >> 1)->expires_ns > net->env->now_ns)
			return ref;
		nfr_ct_kill(net, ref >> 1);
	}
	return 0;
}

uint32_t nfr_ct_lookup(struct nfr_ctnet *net, const struct nfr_ct_flow *flow, uint64_t hash,
		       unsigned dirs)
{
	uint32_t at = (uint32_t)hash & net->bucket_mask;
	uint32_t ref = lookup_in(net, &net->bucket[at], tag_of(hash), flow, dirs);

	for (unsigned i = 1; !ref && i <= net->spill[at].reach; i++)
		ref = lookup_in(net, &net->bucket[(at + i) & net->bucket_mask], tag_of(hash), flow,
				dirs);
	return ref;
}

uint32_t nfr_ct_table_guess(const struct nfr_ctnet *net, uint64_t hash)
{
	const struct nfr_ct_bucket *bucket = nfr_ct_bucket_of(net, hash);
	uint32_t hits = match_tags(bucket, tag_of(hash));

	return hits ? bucket->ref[lowest_bit(hits)] : 0;
}

/* The slot that holds ref (0: a free one), or NULL. */
static uint32_t *slot_with(struct nfr_ct_bucket *bucket, uint32_t ref)
{
	for (unsigned i = 0; i < NFR_CT_BUCKET_SLOTS; i++)
		if (bucket->ref[i] == ref)
			return &bucket->ref[i];
	return NULL;
}

static unsigned max_probes(const struct nfr_ctnet *net)
{
	return net->bucket_mask < PROBES ? net->bucket_mask + 1 : PROBES;
}

static void spill_more(struct nfr_ct_spill *spill, unsigned distance)
{
	spill->n++;
	if (distance > spill->reach)
		spill->reach = (uint8_t)distance;
}

static bool put_slot(struct nfr_ctnet *net, uint32_t ref)
{
	struct nfr_ct_flow flow;
	uint64_t hash;
	uint32_t at;

	nfr_ct_flow_of_ct(net, nfr_ct_at(net, ref >> 1), ref & 1, &flow);
	hash = nfr_ct_hash(net, &flow);
	at = (uint32_t)hash & net->bucket_mask;
	for (unsigned i = 0; i < max_probes(net); i++) {
		struct nfr_ct_bucket *bucket = &net->bucket[(at + i) & net->bucket_mask];
		uint32_t *slot = slot_with(bucket, 0);

		if (!slot)
			continue;
		*slot = ref;
		bucket->tag[slot - bucket->ref] = tag_of(hash);
		if (i)
			spill_more(&net->spill[at], i);
		return true;
	}
	return false;
}

static void take_slot(struct nfr_ctnet *net, uint32_t ref)
{
	struct nfr_ct_flow flow;
	struct nfr_ct_spill *spill;
	uint32_t at, *slot;

	nfr_ct_flow_of_ct(net, nfr_ct_at(net, ref >> 1), ref & 1, &flow);
	at = (uint32_t)nfr_ct_hash(net, &flow) & net->bucket_mask;
	spill = &net->spill[at];
	for (unsigned i = 0; i <= spill->reach; i++) {
		slot = slot_with(&net->bucket[(at + i) & net->bucket_mask], ref);
		if (!slot)
			continue;
		*slot = 0;
		if (i && --spill->n == 0)
			spill->reach = 0;
		return;
	}
}

bool nfr_ct_table_add(struct nfr_ctnet *net, uint32_t idx)
{
	if (!put_slot(net, idx << 1))
		return false;
	if (put_slot(net, idx << 1 | 1))
		return true;
	take_slot(net, idx << 1);
	return false;
}

bool nfr_ct_table_add_reply(struct nfr_ctnet *net, uint32_t idx)
{
	return put_slot(net, idx << 1 | 1);
}

void nfr_ct_table_del(struct nfr_ctnet *net, uint32_t idx)
{
	if (!(nfr_ct_at(net, idx)->life & NFR_CT_HIDDEN))
		take_slot(net, idx << 1);
	take_slot(net, idx << 1 | 1);
}

uint32_t nfr_ct_find(struct nfr_ctnet *net, const struct nfr_tuple *tuple, uint16_t zone)
{
	struct nfr_ct_flow flow;

	nfr_ct_flow_of(tuple, zone, &flow);
	return nfr_ct_lookup(net, &flow, nfr_ct_hash(net, &flow), NFR_CT_IN_ANY);
}

bool nfr_ct_tuple_taken(struct nfr_ctnet *net, const struct nfr_tuple *tuple, uint16_t zone,
			uint32_t ignored)
{
	uint32_t ref = nfr_ct_find(net, tuple, zone);

	return ref && ref >> 1 != ignored;
}
