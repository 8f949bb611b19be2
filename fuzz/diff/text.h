/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Small things that all parts use: random draws that repeat, texts that grow.
 */
#ifndef NFR_FUZZ_DIFF_TEXT_H
#define NFR_FUZZ_DIFF_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- random draws ---- */

struct diff_rnd {
	uint64_t state;
};

/* splitmix64 */
static inline uint64_t diff_next(struct diff_rnd *rnd)
{
	uint64_t z = rnd->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static inline uint32_t diff_below(struct diff_rnd *rnd, uint32_t n)
{
	return (uint32_t)((diff_next(rnd) >> 32) * n >> 32);
}

static inline uint32_t diff_between(struct diff_rnd *rnd, uint32_t min, uint32_t max)
{
	return min + diff_below(rnd, max - min + 1);
}

static inline bool diff_chance(struct diff_rnd *rnd, unsigned percent)
{
	return diff_below(rnd, 100) < percent;
}

#define DIFF_PICK(rnd, array) ((array)[diff_below((rnd), sizeof(array) / sizeof((array)[0]))])

/* ---- texts ---- */

struct diff_text {
	char *p; /* NULL or zero-terminated */
	size_t len, room;
};

__attribute__((format(printf, 2, 3))) void diff_put(struct diff_text *text, const char *fmt, ...);
void diff_put_bytes(struct diff_text *text, const char *p, size_t len);
void diff_cut(struct diff_text *text, size_t len);
void diff_text_free(struct diff_text *text);
const char *diff_str(const struct diff_text *text);

/* Ends the program: something that must work does not. */
__attribute__((format(printf, 1, 2))) _Noreturn void diff_die(const char *fmt, ...);
void *diff_alloc(size_t size);
void *diff_grow(void *p, size_t size);

#endif
