/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pool hands out the most recently freed object first, because its lines are still warm, and
 * otherwise the next one that was never used: so a large pool costs no pass over its memory at
 * the start, and no byte is read that was not written.
 *
 * Invariants: objects 1 … fresh - 1 have been used; those of them that are not in use form a
 * list through their first four bytes; fresh - 1 = used + length of the list.
 */
#include "base/pool.h"

void nfr_pool_init(struct nfr_pool *pool, struct nfr_arena *arena, uint32_t max, uint32_t size)
{
	memset(pool, 0, sizeof(*pool));
	pool->mem = nfr_arena_take(arena, max, size);
	pool->size = size;
	pool->max = max;
	pool->fresh = 1;
}

/* The list is kept in host order: it never leaves this instance. */
static uint32_t next_get(const struct nfr_pool *pool, uint32_t idx)
{
	uint32_t next;

	memcpy(&next, nfr_pool_at(pool, idx), sizeof(next));
	return next;
}

bool nfr_pool_told_to_fail(struct nfr_pool *pool)
{
	if (pool->fail_in == 0)
		return false;
	if (pool->fail_in > 1) {
		pool->fail_in--;
		return false;
	}
	if (!pool->fail_onward)
		pool->fail_in = 0;
	return true;
}

uint32_t nfr_pool_get_dirty(struct nfr_pool *pool)
{
	uint32_t idx = pool->free;

	if (nfr_pool_told_to_fail(pool))
		return 0;
	if (idx)
		pool->free = next_get(pool, idx);
	else if (pool->fresh <= pool->max)
		idx = pool->fresh++;
	else
		return 0;
	pool->used++;
	return idx;
}

uint32_t nfr_pool_get(struct nfr_pool *pool)
{
	uint32_t idx = nfr_pool_get_dirty(pool);

	if (idx)
		memset(nfr_pool_at(pool, idx), 0, pool->size);
	return idx;
}

void nfr_pool_put(struct nfr_pool *pool, uint32_t idx)
{
	memcpy(nfr_pool_at(pool, idx), &pool->free, sizeof(pool->free));
	pool->free = idx;
	pool->used--;
}

const uint8_t *nfr_pool_peek(const struct nfr_pool *pool)
{
	if (pool->free)
		return nfr_pool_at(pool, pool->free);
	return pool->fresh <= pool->max ? nfr_pool_at(pool, pool->fresh) : NULL;
}

void nfr_pool_fail(struct nfr_pool *pool, uint32_t nth, bool onward)
{
	pool->fail_in = nth;
	pool->fail_onward = onward;
}

/* Walks no further than the list can be long: a list bent into a circle ends too. */
bool nfr_pool_check(const struct nfr_pool *pool)
{
	uint32_t left = pool->fresh - 1 - pool->used;
	uint32_t idx = pool->free;

	if (pool->fresh == 0 || pool->fresh - 1 > pool->max || pool->used > pool->fresh - 1)
		return false;
	for (; idx && left; left--) {
		if (idx >= pool->fresh)
			return false;
		idx = next_get(pool, idx);
	}
	return idx == 0 && left == 0;
}
