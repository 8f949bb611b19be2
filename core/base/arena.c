/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/arena.h"

#define ALIGN 64u

void *nfr_arena_take(struct nfr_arena *arena, size_t n, size_t size)
{
	size_t at = arena->used;

	if (size != 0 && n > (SIZE_MAX / 2 - at) / size) {
		arena->overflow = true;
		return NULL;
	}
	arena->used = at + ((n * size + ALIGN - 1) & ~(size_t)(ALIGN - 1));
	return arena->base ? arena->base + at : NULL;
}
