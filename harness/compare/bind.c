/* SPDX-License-Identifier: BSD-2-Clause */
#include "compare/bind.h"

#include <stdlib.h>
#include <string.h>

struct nfr_cmp_flow nfr_cmp_flow_of(const struct nfr_ends *ends, bool *swapped)
{
	struct nfr_cmp_flow flow = {.proto = ends->proto};
	int order = memcmp(ends->src, ends->dst, ends->addr_len);
	bool swap = order ? order > 0 : ends->port[0] > ends->port[1];

	memcpy(flow.addr[swap], ends->src, ends->addr_len);
	memcpy(flow.addr[!swap], ends->dst, ends->addr_len);
	flow.port[swap] = ends->port[0];
	flow.port[!swap] = ends->port[1];
	*swapped = swap;
	return flow;
}

static bool equal(const struct nfr_cmp_flow *a, const struct nfr_cmp_flow *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* FNV-1a: nobody aims at the tables of a comparison. */
static uint32_t hash(const struct nfr_cmp_flow *flow)
{
	const uint8_t *p = (const uint8_t *)flow;
	uint32_t h = 2166136261u;
	size_t i;

	for (i = 0; i < sizeof(*flow); i++)
		h = (h ^ p[i]) * 16777619u;
	return h;
}

static struct nfr_cmp_flow_row *find(const struct nfr_cmp_flows *set, const struct nfr_cmp_flow *key)
{
	uint32_t at = hash(key) & (set->room - 1);

	while (set->row[at].used && !equal(&set->row[at].key, key))
		at = (at + 1) & (set->room - 1);
	return &set->row[at];
}

static void grow(struct nfr_cmp_flows *set)
{
	struct nfr_cmp_flows bigger = {.n = set->n, .room = set->room ? set->room * 2 : 64};
	uint32_t i;

	bigger.row = calloc(bigger.room, sizeof(*bigger.row));
	if (!bigger.row)
		abort();
	for (i = 0; i < set->room; i++)
		if (set->row[i].used)
			*find(&bigger, &set->row[i].key) = set->row[i];
	free(set->row);
	*set = bigger;
}

const uint64_t *nfr_cmp_flows_get(const struct nfr_cmp_flows *set, const struct nfr_cmp_flow *key)
{
	const struct nfr_cmp_flow_row *row;

	if (!set->n)
		return NULL;
	row = find(set, key);
	return row->used ? &row->value : NULL;
}

uint64_t *nfr_cmp_flows_at(struct nfr_cmp_flows *set, const struct nfr_cmp_flow *key)
{
	struct nfr_cmp_flow_row *row;

	if (set->n * 2 >= set->room)
		grow(set);
	row = find(set, key);
	set->n += !row->used;
	row->key = *key;
	row->used = true;
	return &row->value;
}

void nfr_cmp_flows_free(struct nfr_cmp_flows *set)
{
	free(set->row);
	memset(set, 0, sizeof(*set));
}

static struct nfr_cmp_flow partner(const struct nfr_cmp_flows *set, const struct nfr_cmp_flow *flow)
{
	const uint64_t *to = nfr_cmp_flows_get(set, flow);
	struct nfr_cmp_flow other = *flow;

	if (to) {
		other.port[0] = (uint16_t)(*to >> 16);
		other.port[1] = (uint16_t)*to;
	}
	return other;
}

static void join(struct nfr_swap *swap, const struct nfr_cmp_flow *want, const struct nfr_cmp_flow *got)
{
	*nfr_cmp_flows_at(&swap->forth, want) = (uint64_t)got->port[0] << 16 | got->port[1];
	*nfr_cmp_flows_at(&swap->back, got) = (uint64_t)want->port[0] << 16 | want->port[1];
}

struct nfr_cmp_flow nfr_swap_get(const struct nfr_swap *swap, const struct nfr_cmp_flow *want)
{
	return partner(&swap->forth, want);
}

void nfr_swap_put(struct nfr_swap *swap, const struct nfr_cmp_flow *want, const struct nfr_cmp_flow *got)
{
	struct nfr_cmp_flow other = partner(&swap->back, got), left = partner(&swap->forth, want);

	join(swap, &other, &left);
	join(swap, want, got);
}

void nfr_swap_free(struct nfr_swap *swap)
{
	nfr_cmp_flows_free(&swap->forth);
	nfr_cmp_flows_free(&swap->back);
}

static bool has_room(const struct nfr_cmp_flows *count, const struct nfr_cmp_flows *limit,
		     const struct nfr_cmp_flow *flow)
{
	const uint64_t *n = nfr_cmp_flows_get(count, flow), *most = nfr_cmp_flows_get(limit, flow);

	return !n || *n < (most ? *most : 1);
}

static struct nfr_cmp_flow pair_of(const struct nfr_cmp_flow *want, const uint16_t to[2])
{
	struct nfr_cmp_flow pair = *want;

	memcpy(pair.to, to, sizeof(pair.to));
	return pair;
}

bool nfr_bind_has(const struct nfr_bind *bind, const struct nfr_cmp_flow *want, const uint16_t to[2])
{
	struct nfr_cmp_flow pair = pair_of(want, to);

	return nfr_cmp_flows_get(&bind->pair, &pair);
}

/* Two flows stand for each other from now on; so do those that did with them before. */
static void bind_flows(struct nfr_bind *bind, const struct nfr_cmp_flow *want, const struct nfr_cmp_flow *got)
{
	struct nfr_cmp_flow other = partner(&bind->swap.back, got), left = partner(&bind->swap.forth, want);
	struct nfr_cmp_flow pair = pair_of(want, got->port);

	nfr_cmp_flows_at(&bind->pair, &pair);
	pair = pair_of(&other, left.port);
	nfr_cmp_flows_at(&bind->pair, &pair);
	nfr_swap_put(&bind->swap, want, got);
}

bool nfr_bind_put(struct nfr_bind *bind, const struct nfr_cmp_flow *want, const uint16_t to[2],
		  bool trial)
{
	struct nfr_cmp_flow got = *want;

	if (nfr_bind_has(bind, want, to))
		return true;
	memcpy(got.port, to, sizeof(got.port));
	if (!has_room(&bind->forth, &bind->want_limit, want) ||
	    !has_room(&bind->back, &bind->got_limit, &got))
		return false;
	if (trial)
		return true;
	bind_flows(bind, want, &got);
	++*nfr_cmp_flows_at(&bind->forth, want);
	++*nfr_cmp_flows_at(&bind->back, &got);
	return true;
}

void nfr_bind_free(struct nfr_bind *bind)
{
	nfr_swap_free(&bind->swap);
	nfr_cmp_flows_free(&bind->pair);
	nfr_cmp_flows_free(&bind->forth);
	nfr_cmp_flows_free(&bind->back);
	nfr_cmp_flows_free(&bind->want_limit);
	nfr_cmp_flows_free(&bind->got_limit);
}
