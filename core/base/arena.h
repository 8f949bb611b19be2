/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Carving the caller's block. The same carving code runs twice: with base NULL it only counts,
 * so that nfr_size() and nfr_init() cannot disagree.
 */
#ifndef NFR_BASE_ARENA_H
#define NFR_BASE_ARENA_H

#include "nfref/types.h"

struct nfr_arena {
	uint8_t *base; /* NULL: only count */
	size_t used;
	bool overflow; /* the sizes asked for do not fit in size_t */
};

/* n objects of size bytes, aligned to 64; NULL while only counting. */
void *nfr_arena_take(struct nfr_arena *arena, size_t n, size_t size);

#endif
