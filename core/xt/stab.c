/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ranges of one dimension, by the values that they hold.
 *
 * The ends of all ranges cut the numbers into intervals, within which nothing changes. Sixteen
 * neighbouring intervals are a group of the next level, sixteen of these one of the level above,
 * until sixteen or less are left. A range is noted where it holds a whole group, on the highest
 * level that this is true of: at most thirty times a level, most ranges once. A value is looked
 * for from the top; in each level one cache line of borders tells the next group, and the ranges
 * noted at the groups on the way are those that hold it, no more and no less.
 */
#include "xt/stab.h"

#include "base/hint.h"

/* ---- sorted values ---- */

void nfr_sort_u32(uint32_t *value, uint32_t *scratch, uint32_t n)
{
	for (unsigned shift = 0; shift < 32; shift += 8) {
		uint32_t at[257] = {0}, *swap;

		for (uint32_t i = 0; i < n; i++)
			at[(value[i] >> shift & 255) + 1]++;
		for (unsigned byte = 0; byte < 256; byte++)
			at[byte + 1] += at[byte];
		for (uint32_t i = 0; i < n; i++)
			scratch[at[value[i] >> shift & 255]++] = value[i];
		swap = value;
		value = scratch;
		scratch = swap;
	}
}

uint32_t nfr_sorted_below(const uint32_t *value, uint32_t n, uint32_t v)
{
	uint32_t below = 0;

	while (n) {
		uint32_t half = (n + 1) / 2;

		if (value[below + half - 1] < v)
			below += half;
		n -= half;
	}
	return below;
}

uint32_t nfr_sorted_up_to(const uint32_t *value, uint32_t n, uint32_t v)
{
	return v == UINT32_MAX ? n : nfr_sorted_below(value, n, v + 1);
}

/* ---- building ---- */

uint32_t nfr_stab_borders(const struct nfr_stab_range *range, uint32_t n, uint32_t *value,
			  uint32_t *scratch)
{
	uint32_t n_values = 0, n_borders = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (range[i].min)
			value[n_values++] = range[i].min;
		if (range[i].max < UINT32_MAX)
			value[n_values++] = range[i].max + 1;
	}
	nfr_sort_u32(value, scratch, n_values);
	for (uint32_t i = 0; i < n_values; i++)
		if (!n_borders || value[i] != value[n_borders - 1])
			value[n_borders++] = value[i];
	return n_borders;
}

void nfr_stab_size(struct nfr_stab *stab, uint32_t n_borders)
{
	uint32_t n_groups = n_borders + 1;

	memset(stab, 0, sizeof(*stab));
	stab->n_borders = n_borders;
	for (;;) {
		stab->first[stab->n_levels] = stab->n_slots;
		stab->n_groups[stab->n_levels++] = n_groups;
		stab->n_slots += (n_groups + NFR_STAB_FAN - 1) & ~(NFR_STAB_FAN - 1);
		if (n_groups <= NFR_STAB_FAN)
			break;
		n_groups = (n_groups + NFR_STAB_FAN - 1) / NFR_STAB_FAN;
	}
}

/* Signed and in the same order: processors have a comparison of four of these at once. */
static inline int32_t key_of(uint32_t value)
{
	return (int32_t)(value ^ 0x80000000u);
}

/* Slots behind a level's last group begin where nothing does. */
void nfr_stab_set_borders(const struct nfr_stab *stab, const struct nfr_stab_mem *mem,
			  const uint32_t *value)
{
	for (uint32_t slot = 0; slot < stab->n_slots; slot++)
		mem->border[slot] = INT32_MAX;
	for (uint32_t j = 0; j < stab->n_levels; j++)
		for (uint32_t g = 0; g < stab->n_groups[j]; g++)
			mem->border[stab->first[j] + g] = key_of(g ? value[(g << 4 * j) - 1] : 0);
}

/* Of sixteen groups, the last that does not begin behind the value. */
static inline uint32_t last_of_line(const int32_t *border, int32_t key)
{
	int32_t behind = 0;

	for (unsigned i = 0; i < NFR_STAB_FAN; i++)
		behind += border[i] > key;
	return NFR_STAB_FAN - 1 - (uint32_t)behind;
}

/* The value's group in the level below group g of level j + 1. */
static inline uint32_t descend(const struct nfr_stab *stab, const struct nfr_stab_mem *mem,
			       uint32_t j, uint32_t g, int32_t key)
{
	g = g * NFR_STAB_FAN;
	g += last_of_line(mem->border + stab->first[j] + g, key);
	return g < stab->n_groups[j] ? g : stab->n_groups[j] - 1;
}

static uint32_t interval_of(const struct nfr_stab *stab, const struct nfr_stab_mem *mem,
			    uint32_t value)
{
	uint32_t g = 0;

	for (uint32_t j = stab->n_levels; j-- > 0;)
		g = descend(stab, mem, j, g, key_of(value));
	return g;
}

/* Calls note() for each group that the range is noted at. */
static void for_groups(const struct nfr_stab *stab, const struct nfr_stab_mem *mem,
		       const struct nfr_stab_range *range,
		       void (*note)(const struct nfr_stab_mem *mem, uint32_t slot, uint32_t id))
{
	uint32_t l = interval_of(stab, mem, range->min), r = interval_of(stab, mem, range->max) + 1;

	for (uint32_t j = 0; l < r; j++) {
		bool top = j + 1 == stab->n_levels;

		while (l < r && (top || l % NFR_STAB_FAN))
			note(mem, stab->first[j] + l++, range->id);
		while (l < r && r % NFR_STAB_FAN)
			note(mem, stab->first[j] + --r, range->id);
		l /= NFR_STAB_FAN;
		r /= NFR_STAB_FAN;
	}
}

static void count(const struct nfr_stab_mem *mem, uint32_t slot, uint32_t id)
{
	(void)id;
	mem->start[slot]++;
}

static void put(const struct nfr_stab_mem *mem, uint32_t slot, uint32_t id)
{
	mem->id[mem->start[slot]++] = id;
}

uint32_t nfr_stab_set_starts(const struct nfr_stab *stab, const struct nfr_stab_mem *mem,
			     const struct nfr_stab_range *range, uint32_t n)
{
	uint32_t sum = 0;

	memset(mem->start, 0, (stab->n_slots + 1) * sizeof(*mem->start));
	for (uint32_t i = 0; i < n; i++)
		for_groups(stab, mem, &range[i], count);
	for (uint32_t slot = 0; slot <= stab->n_slots; slot++) {
		uint32_t here = mem->start[slot];

		mem->start[slot] = sum;
		sum += here;
	}
	return sum;
}

/* Each start moves to its end, which is the next one's start. */
void nfr_stab_set_ids(const struct nfr_stab *stab, const struct nfr_stab_mem *mem,
		      const struct nfr_stab_range *range, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		for_groups(stab, mem, &range[i], put);
	memmove(mem->start + 1, mem->start, stab->n_slots * sizeof(*mem->start));
	mem->start[0] = 0;
}

/* ---- finding ---- */

void nfr_stab_way(const struct nfr_stab *stab, const struct nfr_stab_mem *mem, uint32_t value,
		  uint32_t *slot)
{
	int32_t key = key_of(value);
	uint32_t g = 0;

	for (uint32_t j = stab->n_levels; j-- > 0;) {
		nfr_prefetch(mem->start + stab->first[j] + g * NFR_STAB_FAN);
		g = descend(stab, mem, j, g, key);
		*slot++ = stab->first[j] + g;
	}
}

uint32_t nfr_stab_find(const struct nfr_stab *stab, const struct nfr_stab_mem *mem,
		       const uint32_t *slot, uint32_t from, uint32_t *found, uint32_t n,
		       uint32_t max)
{
	for (uint32_t j = 0; j < stab->n_levels; j++) {
		const uint32_t *start = mem->start + slot[j];

		for (uint32_t i = start[0]; i < start[1]; i++)
			if (mem->id[i] >= from)
				n = nfr_ids_keep(found, n, max, mem->id[i]);
	}
	return n;
}
