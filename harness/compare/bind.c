/* SPDX-License-Identifier: BSD-2-Clause */
#include "compare/bind.h"

#include <stdlib.h>
#include <string.h>

struct nfr_endpoint nfr_endpoint_of(uint8_t proto, const uint8_t *addr, uint8_t addr_len,
				    uint16_t port)
{
	struct nfr_endpoint end = {.proto = proto, .port = port};

	if (addr_len)
		memcpy(end.addr, addr, addr_len);
	return end;
}

static bool equal(const struct nfr_endpoint *a, const struct nfr_endpoint *b)
{
	return a->port == b->port && a->proto == b->proto && !memcmp(a->addr, b->addr, 16);
}

/* FNV-1a: nobody aims at the tables of a comparison. */
static uint32_t hash(const struct nfr_endpoint *end)
{
	uint32_t h = 2166136261u;
	unsigned i;

	for (i = 0; i < 16; i++)
		h = (h ^ end->addr[i]) * 16777619u;
	h = (h ^ end->proto) * 16777619u;
	h = (h ^ (end->port & 255u)) * 16777619u;
	return (h ^ (uint32_t)(end->port >> 8)) * 16777619u;
}

static struct nfr_endpoint_row *find(const struct nfr_endpoints *set,
				     const struct nfr_endpoint *key)
{
	uint32_t at = hash(key) & (set->room - 1);

	while (set->row[at].used && !equal(&set->row[at].key, key))
		at = (at + 1) & (set->room - 1);
	return &set->row[at];
}

static void grow(struct nfr_endpoints *set)
{
	struct nfr_endpoints bigger = {.room = set->room ? set->room * 2 : 64};
	uint32_t i;

	bigger.row = calloc(bigger.room, sizeof(*bigger.row));
	if (!bigger.row)
		abort();
	for (i = 0; i < set->room; i++)
		if (set->row[i].used)
			nfr_endpoints_put(&bigger, &set->row[i].key, set->row[i].to);
	free(set->row);
	*set = bigger;
}

const uint16_t *nfr_endpoints_get(const struct nfr_endpoints *set, const struct nfr_endpoint *key)
{
	const struct nfr_endpoint_row *row;

	if (!set->n)
		return NULL;
	row = find(set, key);
	return row->used ? &row->to : NULL;
}

void nfr_endpoints_put(struct nfr_endpoints *set, const struct nfr_endpoint *key, uint16_t to)
{
	struct nfr_endpoint_row *row;

	if (set->n * 2 >= set->room)
		grow(set);
	row = find(set, key);
	set->n += !row->used;
	row->key = *key;
	row->to = to;
	row->used = true;
}

bool nfr_bind_put(struct nfr_bind *bind, const struct nfr_endpoint *want, uint16_t got)
{
	const uint16_t *bound = nfr_endpoints_get(&bind->forth, want);
	struct nfr_endpoint other = *want;

	if (bound)
		return *bound == got;
	other.port = got;
	if (nfr_endpoints_get(&bind->back, &other))
		return false;
	nfr_endpoints_put(&bind->forth, want, got);
	nfr_endpoints_put(&bind->back, &other, want->port);
	return true;
}

uint16_t nfr_bind_port(const struct nfr_bind *bind, const struct nfr_endpoint *want)
{
	const uint16_t *bound = nfr_endpoints_get(&bind->forth, want);

	return bound ? *bound : want->port;
}

void nfr_bind_free(struct nfr_bind *bind)
{
	free(bind->forth.row);
	free(bind->back.row);
	memset(bind, 0, sizeof(*bind));
}
