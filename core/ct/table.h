/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hash table of connections; how it works is told in table.c.
 */
#ifndef NFR_CT_TABLE_H
#define NFR_CT_TABLE_H

#include "ct/bucket.h"

/* What is looked for: a tuple in the form in which the table compares it. */
struct nfr_ct_flow {
	struct nfr_ct_key key;
	struct nfr_in6 addr6[2]; /* of IPv6 alone: source, destination */
};

enum nfr_ct_dirs {
	NFR_CT_IN_ORIGINAL = 1u << NFR_CT_DIR_ORIGINAL,
	NFR_CT_IN_REPLY = 1u << NFR_CT_DIR_REPLY,
	NFR_CT_IN_ANY = NFR_CT_IN_ORIGINAL | NFR_CT_IN_REPLY,
};

void nfr_ct_table_init(struct nfr_ctnet *net, struct nfr_arena *arena, uint32_t max);
void nfr_ct_table_clear(struct nfr_ctnet *net);

static inline void nfr_ct_flow_of(const struct nfr_tuple *tuple, uint16_t zone,
				  struct nfr_ct_flow *flow)
{
	struct nfr_ct_key key = {.src_l4 = tuple->src_l4,
				 .dst_l4 = tuple->dst_l4,
				 .protonum = tuple->protonum,
				 .l3num = tuple->l3num,
				 .zone = nfr_htons(zone)};

	if (tuple->l3num == NFR_IPV4) {
		key.src = tuple->src.ip4;
		key.dst = tuple->dst.ip4;
	} else {
		flow->addr6[0] = tuple->src.ip6;
		flow->addr6[1] = tuple->dst.ip6;
	}
	flow->key = key;
}

/* The addresses of one direction of an IPv6 connection: source, destination. */
static inline struct nfr_in6 *nfr_ct_addr6(const struct nfr_ctnet *net, const struct nfr_ct *ct,
					   unsigned dir)
{
	struct nfr_ct_addr6 *a = nfr_pool_at(&net->addr6, ct->addr6);

	return a->dir[dir];
}

static inline void nfr_ct_flow_of_ct(const struct nfr_ctnet *net, const struct nfr_ct *ct,
				     unsigned dir, struct nfr_ct_flow *flow)
{
	flow->key = ct->key[dir];
	if (nfr_ct_is_ipv6(ct))
		memcpy(flow->addr6, nfr_ct_addr6(net, ct, dir), sizeof(flow->addr6));
}

static inline bool nfr_ct_flow_eq(const struct nfr_ct_flow *a, const struct nfr_ct_flow *b)
{
	return memcmp(&a->key, &b->key, sizeof(a->key)) == 0 &&
	       (a->key.l3num == NFR_IPV4 || memcmp(a->addr6, b->addr6, sizeof(a->addr6)) == 0);
}

/* The flow of the answers, which are in this zone. False: there are none to such a packet. */
static inline bool nfr_ct_invert_flow(const struct nfr_ct_flow *flow, uint16_t zone,
				      struct nfr_ct_flow *inverse)
{
	const struct nfr_ct_key *key = &flow->key;

	inverse->key.src = key->dst;
	inverse->key.dst = key->src;
	inverse->key.protonum = key->protonum;
	inverse->key.l3num = key->l3num;
	inverse->key.zone = nfr_htons(zone);
	if (key->l3num != NFR_IPV4) {
		inverse->addr6[0] = flow->addr6[1];
		inverse->addr6[1] = flow->addr6[0];
	}
	return nfr_ct_invert_l4(key->protonum, key->src_l4, key->dst_l4, &inverse->key.src_l4,
				&inverse->key.dst_l4);
}

uint64_t nfr_ct_hash6(const struct nfr_hash_key *key, const struct nfr_ct_flow *flow);

static inline uint64_t nfr_ct_hash(const struct nfr_ctnet *net, const struct nfr_ct_flow *flow)
{
	const uint8_t *p = (const uint8_t *)&flow->key;

	if (flow->key.l3num != NFR_IPV4)
		return nfr_ct_hash6(&net->env->hash_key, flow);
	return nfr_hash_2(&net->env->hash_key, nfr_le64(p), nfr_le64(p + 8));
}

/*
 * A key of IPv4 as two numbers, its halves as nfr_le64() reads them: addresses; ports, protocol,
 * family and zone. So it is hashed, and so it is written, because whoever reads at once what was
 * written in parts waits until the parts have reached the cache.
 */
struct nfr_ct_words {
	uint64_t addrs, rest;
};

static inline struct nfr_ct_words nfr_ct_words_of(const struct nfr_ct_key *key)
{
	const uint8_t *p = (const uint8_t *)key;

	return (struct nfr_ct_words){nfr_le64(p), nfr_le64(p + 8)};
}

static inline void nfr_ct_put_words(struct nfr_ct_key *key, struct nfr_ct_words words)
{
	uint8_t *p = (uint8_t *)key;

	nfr_put_le64(p, words.addrs);
	nfr_put_le64(p + 8, words.rest);
}

/* The key of the answers, of a protocol that has ports. */
static inline struct nfr_ct_words nfr_ct_turn(struct nfr_ct_words w)
{
	return (struct nfr_ct_words){
		.addrs = w.addrs << 32 | w.addrs >> 32,
		.rest = (w.rest & ~UINT64_C(0xffffffff)) | (w.rest & 0xffff) << 16 |
			(w.rest >> 16 & 0xffff),
	};
}

/* The addresses of a key with another one in place of the source or destination. */
static inline uint64_t nfr_ct_addr_put(uint64_t addrs, bool is_dst, nfr_be32 addr)
{
	unsigned shift = is_dst ? 32 : 0;

	return (addrs & ~(UINT64_C(0xffffffff) << shift)) | (uint64_t)nfr_le32(addr.b) << shift;
}

static inline uint64_t nfr_ct_hash_words(const struct nfr_ctnet *net, struct nfr_ct_words words)
{
	return nfr_hash_2(&net->env->hash_key, words.addrs, words.rest);
}

/* The hash of one direction of a connection. */
static inline uint64_t nfr_ct_hash_of(const struct nfr_ctnet *net, const struct nfr_ct *ct,
				      unsigned dir)
{
	struct nfr_ct_flow flow;

	if (!nfr_ct_is_ipv6(ct))
		return nfr_ct_hash_words(net, nfr_ct_words_of(&ct->key[dir]));
	nfr_ct_flow_of_ct(net, ct, dir, &flow);
	return nfr_ct_hash6(&net->env->hash_key, &flow);
}

/*
 * In which directions others can have the tuple that ct has in `dir`: where its directions are of
 * different zones, only in the same one. Linux compares the zones in the direction of what it
 * finds (nf_ct_key_equal()), and looks in the bucket of this one's.
 */
static inline unsigned nfr_ct_dirs_in_way(const struct nfr_ct *ct, unsigned dir)
{
	return nfr_ct_zone(ct, 0) == nfr_ct_zone(ct, 1) ? NFR_CT_IN_ANY : 1u << dir;
}

/* Puts a record into the table; the hashes are those of its two directions. False: no room
 * within reach. */
bool nfr_ct_table_add(struct nfr_ctnet *net, uint32_t idx, const uint64_t hash[NFR_CT_DIR_MAX]);
bool nfr_ct_table_add_reply(struct nfr_ctnet *net, uint32_t idx, uint64_t hash);
void nfr_ct_table_del(struct nfr_ctnet *net, uint32_t idx);

/* The bucket of a hash: its lower half, scaled to their number. */
static inline uint32_t nfr_ct_home(const struct nfr_ctnet *net, uint64_t hash)
{
	return (uint32_t)((uint64_t)(uint32_t)hash * net->n_buckets >> 32);
}

/* A slot's tag: other bits than the bucket's, and never 0. */
static inline uint16_t nfr_ct_tag(uint64_t hash)
{
	return (uint16_t)(hash >> 48 | 1);
}

static inline struct nfr_ct_bucket *nfr_ct_bucket_of(const struct nfr_ctnet *net, uint64_t hash)
{
	return &net->bucket[nfr_ct_home(net, hash)];
}

/* One look at the bucket says that nobody has the flow of this hash: no slot has its tag, and
 * nothing of the bucket lies elsewhere. Mostly so when nobody has. */
static inline bool nfr_ct_bucket_lacks(const struct nfr_ct_bucket *bucket, uint64_t hash)
{
	return !bucket->reach && !nfr_ct_match_tags(bucket, nfr_ct_tag(hash));
}

uint32_t nfr_ct_lookup_slots(struct nfr_ctnet *net, const struct nfr_ct_flow *flow, uint64_t hash,
			     unsigned dirs);

/* Index << 1 | direction of the live connection that has this flow in one of these directions, or
 * 0. One that has expired and lies in the way is killed. */
static inline uint32_t nfr_ct_lookup(struct nfr_ctnet *net, const struct nfr_ct_flow *flow,
				     uint64_t hash, unsigned dirs)
{
	if (nfr_ct_bucket_lacks(nfr_ct_bucket_of(net, hash), hash))
		return 0;
	return nfr_ct_lookup_slots(net, flow, hash, dirs);
}

static inline void nfr_ct_fill_slot(struct nfr_ct_bucket *bucket, uint32_t free, uint32_t ref,
				    uint64_t hash)
{
	unsigned i = nfr_ct_lowest_bit(free);

	bucket->tag[i] = nfr_ct_tag(hash);
	bucket->ref[i] = ref;
}

/* What nfr_ct_lookup() of both flows and then nfr_ct_table_add() do, if one look at each bucket
 * says that nobody has the flow and that there is room. False: nothing is done. */
static inline bool nfr_ct_table_add_at_once(struct nfr_ctnet *net, uint32_t idx,
					    const uint64_t hash[NFR_CT_DIR_MAX])
{
	struct nfr_ct_bucket *original = nfr_ct_bucket_of(net, hash[NFR_CT_DIR_ORIGINAL]);
	struct nfr_ct_bucket *reply = nfr_ct_bucket_of(net, hash[NFR_CT_DIR_REPLY]);
	uint32_t free_original = nfr_ct_match_tags(original, 0);
	uint32_t free_reply = nfr_ct_match_tags(reply, 0);

	if (original == reply || !free_original || !free_reply ||
	    !nfr_ct_bucket_lacks(original, hash[NFR_CT_DIR_ORIGINAL]) ||
	    !nfr_ct_bucket_lacks(reply, hash[NFR_CT_DIR_REPLY]))
		return false;
	nfr_ct_fill_slot(original, free_original, idx << 1, hash[NFR_CT_DIR_ORIGINAL]);
	nfr_ct_fill_slot(reply, free_reply, idx << 1 | 1, hash[NFR_CT_DIR_REPLY]);
	return true;
}

/* A guess which slot the hash leads to: for prefetching only. 0: none. */
static inline uint32_t nfr_ct_table_guess(const struct nfr_ctnet *net, uint64_t hash)
{
	const struct nfr_ct_bucket *bucket = nfr_ct_bucket_of(net, hash);
	uint32_t hits = nfr_ct_match_tags(bucket, nfr_ct_tag(hash));

	return hits ? bucket->ref[nfr_ct_lowest_bit(hits)] : 0;
}

#endif
