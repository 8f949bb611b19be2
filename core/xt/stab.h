/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of many ranges hold a value: how a long chain finds the rules that one address, port,
 * protocol or interface of a packet leaves over.
 */
#ifndef NFR_XT_STAB_H
#define NFR_XT_STAB_H

#include "nfref/types.h"

#define NFR_STAB_FAN 16u /* groups in one of the next level; their borders are a cache line */
#define NFR_STAB_LEVELS 8u

struct nfr_stab_range {
	uint32_t min, max; /* both inclusive */
	uint32_t id;
};

/* Sizes, and where things are; the arrays are the caller's. Slot first[j] + g is group g of
 * level j. */
struct nfr_stab {
	uint32_t n_borders;
	uint32_t n_levels;
	uint32_t n_slots;
	uint32_t first[NFR_STAB_LEVELS];
	uint32_t n_groups[NFR_STAB_LEVELS];
};

struct nfr_stab_mem {
	int32_t *border; /* n_slots: where a group begins, on a cache line; made signed */
	uint32_t *start; /* n_slots + 1: of a group's ids */
	uint32_t *id;
};

/* Sorts n values; scratch has room for as many. O(n). */
void nfr_sort_u32(uint32_t *value, uint32_t *scratch, uint32_t n);

/* Values that are smaller than, or not larger than, v; of n sorted ones. */
uint32_t nfr_sorted_below(const uint32_t *value, uint32_t n, uint32_t v);
uint32_t nfr_sorted_up_to(const uint32_t *value, uint32_t n, uint32_t v);

/*
 * Building, in this order:
 *  - the borders of n ranges, sorted, into 2 * n values: returns how many
 *  - the sizes that so many borders need
 *  - border[] from them; start[] from the ranges: returns how many ids there are
 *  - id[]; the ranges must be the same, in ascending order of id.
 */
uint32_t nfr_stab_borders(const struct nfr_stab_range *range, uint32_t n, uint32_t *value,
			  uint32_t *scratch);
void nfr_stab_size(struct nfr_stab *stab, uint32_t n_borders);
void nfr_stab_set_borders(const struct nfr_stab *stab, const struct nfr_stab_mem *mem,
			  const uint32_t *value);
uint32_t nfr_stab_set_starts(const struct nfr_stab *stab, const struct nfr_stab_mem *mem,
			     const struct nfr_stab_range *range, uint32_t n);
void nfr_stab_set_ids(const struct nfr_stab *stab, const struct nfr_stab_mem *mem,
		      const struct nfr_stab_range *range, uint32_t n);

/* Finding in two steps, so that memory of several is fetched at once: the slots, one a level, that
 * are on the value's way (n_levels of them), and the ids there that are `from` or larger. These
 * join the n that are found, as nfr_ids_keep() does; returns how many are found then. */
void nfr_stab_way(const struct nfr_stab *stab, const struct nfr_stab_mem *mem, uint32_t value,
		  uint32_t *slot);
uint32_t nfr_stab_find(const struct nfr_stab *stab, const struct nfr_stab_mem *mem,
		       const uint32_t *slot, uint32_t from, uint32_t *found, uint32_t n,
		       uint32_t max);

/* Keeps the smallest max ids in ascending order; returns how many there are. */
static inline uint32_t nfr_ids_keep(uint32_t *found, uint32_t n, uint32_t max, uint32_t id)
{
	uint32_t pos = n;

	if (pos == max) {
		if (found[max - 1] < id)
			return n;
		pos--;
	} else {
		n++;
	}
	for (; pos > 0 && found[pos - 1] > id; pos--)
		found[pos] = found[pos - 1];
	found[pos] = id;
	return n;
}

#endif
