/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The by-source index (Linux's nf_nat_bysource): it answers "does this source have a mapping
 * already?", so that all connections of one inside port look the same from outside.
 *
 * Every connection whose source has been decided is in it, null bindings too. New ones go to the
 * front: of several mappings the newest is found first, as in Linux. A list is linked through the
 * connections; the links back lie in an array of their own, so that a connection leaves in a few
 * steps even when one port talks to the whole world (a resolver's does), and one that comes does
 * not fetch the record of another.
 *
 * There is a list for every two connections. Most sources that are looked for are new: so that
 * they need not read the records in their list, its head remembers, two bits of 32 for each, which
 * sources have come in since it was last empty. Bits that are set say nothing.
 *
 * Departure from Linux: a search gives up after NFR_NAT_BYSOURCE_MAX connections. It can only
 * matter to a source with that many newer connections, none of them mapped into the range asked
 * for; and then the mapping is chosen as for a new source.
 */
#include "base/hint.h"
#include "nat/bysource.h"

/* A key without its destination: source address (of IPv4), and port, protocol, family, zone. */
static uint64_t source_addr(struct nfr_ct_words key)
{
	return (uint32_t)key.addrs;
}

static uint64_t source_rest(struct nfr_ct_words key)
{
	return key.rest & ~(UINT64_C(0xffff) << 16);
}

static struct nfr_nat_place place_at(const struct nfr_natnet *nat, uint64_t addr, uint64_t rest)
{
	uint64_t hash = nfr_hash_2(&nat->env->hash_key, addr, rest);

	return (struct nfr_nat_place){
		.list = &nat->bysource[(uint64_t)(uint32_t)hash * nat->n_bysource >> 32],
		.bits = UINT32_C(1) << (hash >> 59) | UINT32_C(1) << (hash >> 54 & 31),
	};
}

static struct nfr_nat_place place4(const struct nfr_natnet *nat, struct nfr_ct_words orig)
{
	return place_at(nat, source_addr(orig), source_rest(orig));
}

static struct nfr_nat_place place_of(const struct nfr_natnet *nat, const struct nfr_ct_flow *orig)
{
	const uint8_t *addr6 = orig->addr6[0].b;
	struct nfr_ct_words key = nfr_ct_words_of(&orig->key);

	if (orig->key.l3num == NFR_IPV4)
		return place4(nat, key);
	return place_at(nat,
			nfr_hash_2(&nat->env->hash_key, nfr_le64(addr6), nfr_le64(addr6 + 8)),
			source_rest(key));
}

struct nfr_nat_place nfr_bysource_place(const struct nfr_natnet *nat, uint32_t ct_idx)
{
	const struct nfr_ct *ct = nfr_ct_at(nat->ct, ct_idx);
	struct nfr_ct_flow orig;

	if (!nfr_ct_is_ipv6(ct))
		return place4(nat, nfr_ct_words_of(&ct->key[NFR_CT_DIR_ORIGINAL]));
	nfr_ct_flow_of_ct(nat->ct, ct, NFR_CT_DIR_ORIGINAL, &orig);
	return place_of(nat, &orig);
}

void nfr_bysource_init(struct nfr_natnet *nat, struct nfr_arena *arena)
{
	uint32_t max = nat->ct->cts.max;

	nat->n_bysource = max / 2 + 1;
	nat->bysource = nfr_arena_take(arena, nat->n_bysource, sizeof(*nat->bysource));
	nat->prev = nfr_arena_take(arena, max, sizeof(*nat->prev));
	if (nat->bysource)
		memset(nat->bysource, 0, nat->n_bysource * sizeof(*nat->bysource));
}

void nfr_bysource_prefetch(const struct nfr_natnet *nat, const struct nfr_ct_flow *orig)
{
	nfr_prefetch(place_of(nat, orig).list);
}

void nfr_bysource_prefetch4(const struct nfr_natnet *nat, struct nfr_ct_words orig)
{
	nfr_prefetch(place4(nat, orig).list);
}

void nfr_bysource_prefetch_link(const struct nfr_natnet *nat, const struct nfr_nat_place *place)
{
	uint32_t first = place->list->first;

	if (first)
		nfr_prefetch(&nat->prev[first - 1]);
}

void nfr_bysource_add(struct nfr_natnet *nat, const struct nfr_nat_place *place, uint32_t ct_idx)
{
	uint32_t next = place->list->first;

	nfr_ct_at(nat->ct, ct_idx)->nat_link = next;
	nat->prev[ct_idx - 1] = 0;
	if (next)
		nat->prev[next - 1] = ct_idx;
	place->list->first = ct_idx;
	place->list->seen |= place->bits;
}

void nfr_bysource_del(struct nfr_natnet *nat, uint32_t ct_idx)
{
	uint32_t next = nfr_ct_at(nat->ct, ct_idx)->nat_link;
	uint32_t prev = nat->prev[ct_idx - 1];
	struct nfr_nat_sources *list;

	if (next)
		nat->prev[next - 1] = prev;
	if (prev) {
		nfr_ct_at(nat->ct, prev)->nat_link = next;
		return;
	}
	list = nfr_bysource_place(nat, ct_idx).list;
	list->first = next;
	if (!next)
		list->seen = 0;
}

static bool same_source(const struct nfr_natnet *nat, const struct nfr_ct *ct,
			const struct nfr_ct_flow *orig)
{
	struct nfr_ct_words a = nfr_ct_words_of(&ct->key[NFR_CT_DIR_ORIGINAL]);
	struct nfr_ct_words b = nfr_ct_words_of(&orig->key);

	return source_addr(a) == source_addr(b) && source_rest(a) == source_rest(b) &&
	       (orig->key.l3num == NFR_IPV4 ||
		memcmp(nfr_ct_addr6(nat->ct, ct, NFR_CT_DIR_ORIGINAL), orig->addr6,
		       sizeof(orig->addr6[0])) == 0);
}

/* The first connection of this source from idx on. */
static uint32_t find_from(const struct nfr_natnet *nat, uint32_t idx,
			  const struct nfr_ct_flow *orig, unsigned *left)
{
	while (idx && *left) {
		const struct nfr_ct *ct = nfr_ct_at(nat->ct, idx);

		--*left;
		if (same_source(nat, ct, orig))
			return idx;
		idx = ct->nat_link;
	}
	return 0;
}

uint32_t nfr_bysource_first(const struct nfr_natnet *nat, const struct nfr_ct_flow *orig,
			    unsigned *left)
{
	struct nfr_nat_place place = place_of(nat, orig);

	*left = NFR_NAT_BYSOURCE_MAX;
	if (nfr_bysource_is_new(&place))
		return 0;
	return find_from(nat, place.list->first, orig, left);
}

uint32_t nfr_bysource_next(const struct nfr_natnet *nat, const struct nfr_ct_flow *orig,
			   uint32_t after, unsigned *left)
{
	return find_from(nat, nfr_ct_at(nat->ct, after)->nat_link, orig, left);
}

static const char *check_list(const struct nfr_natnet *nat, const struct nfr_nat_sources *list,
			      uint32_t *budget)
{
	uint32_t prev = 0;

	for (uint32_t idx = list->first; idx; idx = nfr_ct_at(nat->ct, idx)->nat_link) {
		struct nfr_nat_place place;

		if (idx > nat->ct->cts.max || (*budget)-- == 0)
			return "nat: by-source list does not end";
		if (nat->prev[idx - 1] != prev)
			return "nat: by-source list is not linked back";
		if (!(nfr_ct_at(nat->ct, idx)->status & NFR_IPS_SRC_NAT_DONE))
			return "nat: by-source list holds a connection without a source";
		place = nfr_bysource_place(nat, idx);
		if (place.list != list || (list->seen & place.bits) != place.bits)
			return "nat: by-source list holds a source that it has not seen";
		prev = idx;
	}
	return list->first || !list->seen ? NULL : "nat: an empty by-source list has seen a source";
}

const char *nfr_bysource_check(const struct nfr_natnet *nat)
{
	uint32_t budget = nat->ct->cts.max;
	const char *why = NULL;

	for (uint32_t i = 0; !why && i < nat->n_bysource; i++)
		why = check_list(nat, &nat->bysource[i], &budget);
	return why;
}
