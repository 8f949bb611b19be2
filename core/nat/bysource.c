/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The by-source index (Linux's nf_nat_bysource): it answers "does this source have a mapping
 * already?", so that all connections of one inside port look the same from outside.
 *
 * Every connection whose source has been decided is in it, null bindings too. New ones go to the
 * front: of several mappings the newest is found first, as in Linux. A list is linked through the
 * connections; the links back lie in an array of their own, so that a connection leaves in a few
 * steps even when one port talks to the whole world (a resolver's does).
 *
 * Departure from Linux: a search gives up after NFR_NAT_BYSOURCE_MAX connections. It can only
 * matter to a source with that many newer connections, none of them mapped into the range asked
 * for; and then the mapping is chosen as for a new source.
 */
#include "nat/bysource.h"

struct source_key {
	uint8_t b[16 + 2 + 2 + 1 + 1];
};

static uint32_t bucket_of(const struct nfr_natnet *nat, const struct nfr_tuple *orig, uint16_t zone)
{
	struct source_key key;

	memcpy(key.b, orig->src.b, 16);
	memcpy(key.b + 16, orig->src_l4.b, 2);
	nfr_put16(key.b + 18, zone);
	key.b[20] = orig->protonum;
	key.b[21] = orig->l3num;
	return (uint32_t)nfr_hash_bytes(&nat->env->hash_key, key.b, sizeof(key.b)) &
	       nat->bysource_mask;
}

static uint32_t *head_of(const struct nfr_natnet *nat, uint32_t ct_idx)
{
	const struct nfr_ct *ct = nfr_ct_at(nat->ct, ct_idx);
	struct nfr_tuple orig;

	nfr_ct_tuple(nat->ct, ct, NFR_CT_DIR_ORIGINAL, &orig);
	return &nat->bysource[bucket_of(nat, &orig, nfr_ct_zone(ct, NFR_CT_DIR_ORIGINAL))];
}

void nfr_bysource_init(struct nfr_natnet *nat, struct nfr_arena *arena)
{
	uint32_t n = 1, max = nat->ct->cts.max;

	while (n < max && n < UINT32_C(1) << 31)
		n *= 2;
	nat->bysource_mask = n - 1;
	nat->bysource = nfr_arena_take(arena, n, sizeof(*nat->bysource));
	nat->prev = nfr_arena_take(arena, max, sizeof(*nat->prev));
	if (!nat->prev)
		return;
	memset(nat->bysource, 0, n * sizeof(*nat->bysource));
	memset(nat->prev, 0, max * sizeof(*nat->prev));
}

void nfr_bysource_add(struct nfr_natnet *nat, uint32_t ct_idx)
{
	uint32_t *head = head_of(nat, ct_idx);

	nfr_ct_at(nat->ct, ct_idx)->nat_link = *head;
	nat->prev[ct_idx - 1] = 0;
	if (*head)
		nat->prev[*head - 1] = ct_idx;
	*head = ct_idx;
}

void nfr_bysource_del(struct nfr_natnet *nat, uint32_t ct_idx)
{
	uint32_t next = nfr_ct_at(nat->ct, ct_idx)->nat_link;
	uint32_t prev = nat->prev[ct_idx - 1];

	if (next)
		nat->prev[next - 1] = prev;
	if (prev)
		nfr_ct_at(nat->ct, prev)->nat_link = next;
	else
		*head_of(nat, ct_idx) = next;
}

static bool same_source(const struct nfr_natnet *nat, const struct nfr_ct *ct,
			const struct nfr_tuple *orig, uint16_t zone)
{
	struct nfr_tuple other;

	nfr_ct_tuple(nat->ct, ct, NFR_CT_DIR_ORIGINAL, &other);
	return other.protonum == orig->protonum && other.l3num == orig->l3num &&
	       nfr_addr_eq(&other.src, &orig->src) && nfr_be16_eq(other.src_l4, orig->src_l4) &&
	       nfr_ct_zone(ct, NFR_CT_DIR_ORIGINAL) == zone;
}

uint32_t nfr_bysource_next(const struct nfr_natnet *nat, const struct nfr_tuple *orig,
			   uint16_t zone, uint32_t after, unsigned *left)
{
	uint32_t idx = after ? nfr_ct_at(nat->ct, after)->nat_link
			     : nat->bysource[bucket_of(nat, orig, zone)];

	while (idx && *left) {
		const struct nfr_ct *ct = nfr_ct_at(nat->ct, idx);

		--*left;
		if (same_source(nat, ct, orig, zone))
			return idx;
		idx = ct->nat_link;
	}
	return 0;
}

const char *nfr_bysource_check(const struct nfr_natnet *nat)
{
	uint32_t budget = nat->ct->cts.max;

	for (uint32_t i = 0; i <= nat->bysource_mask; i++) {
		uint32_t prev = 0;

		for (uint32_t idx = nat->bysource[i]; idx; idx = nfr_ct_at(nat->ct, idx)->nat_link) {
			if (idx > nat->ct->cts.max || budget-- == 0)
				return "nat: by-source list does not end";
			if (nat->prev[idx - 1] != prev)
				return "nat: by-source list is not linked back";
			if (!(nfr_ct_at(nat->ct, idx)->status & NFR_IPS_SRC_NAT_DONE))
				return "nat: by-source list holds a connection without a source";
			prev = idx;
		}
	}
	return NULL;
}
