/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pool of objects of one size, named by indices from 1; 0 is none. Objects are handed out
 * zeroed. The lowest index never used comes before freed ones only when no freed one is there;
 * freed objects are handed out last in, first out.
 */
#ifndef NFR_BASE_POOL_H
#define NFR_BASE_POOL_H

#include "base/arena.h"

struct nfr_pool {
	uint8_t *mem;     /* max objects; the free ones hold the next free index */
	uint32_t size;    /* bytes of an object, >= 8 */
	uint32_t max;
	uint32_t fresh;   /* objects below this index have been used at least once */
	uint32_t free;    /* first freed object, 0 for none */
	uint32_t used;
	uint32_t fail_in; /* requests until one fails, 0: never */
	bool fail_onward; /* and all after it */
};

void nfr_pool_init(struct nfr_pool *pool, struct nfr_arena *arena, uint32_t max, uint32_t size);

/* Index of a zeroed object, or 0 when the pool is empty or told to fail. */
uint32_t nfr_pool_get(struct nfr_pool *pool);

/* The same without the zeroes: for large buffers whose every byte is written before it is read. */
uint32_t nfr_pool_get_dirty(struct nfr_pool *pool);
void nfr_pool_put(struct nfr_pool *pool, uint32_t idx);

/* Memory of the object that will be handed out next, NULL when there is none: for prefetching. */
const uint8_t *nfr_pool_peek(const struct nfr_pool *pool);
void nfr_pool_fail(struct nfr_pool *pool, uint32_t nth, bool onward);

/* Counts one request; true when it is to fail. For owners that hand out memory on their own. */
bool nfr_pool_told_to_fail(struct nfr_pool *pool);
bool nfr_pool_check(const struct nfr_pool *pool); /* the free list is whole; O(max) */

static inline void *nfr_pool_at(const struct nfr_pool *pool, uint32_t idx)
{
	return pool->mem + (size_t)(idx - 1) * pool->size;
}

#endif
