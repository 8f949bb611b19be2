/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mutator as a library for AFL++ (AFL_CUSTOM_MUTATOR_LIBRARY). Each target has its own, built
 * with FUZZ_FORMAT, the format of its inputs.
 */
#include <stdlib.h>

#include "mutate.h"

const enum fuzz_format fuzz_format = FUZZ_FORMAT;

struct afl_mutator {
	struct fuzz_dice dice;
	uint8_t *buf;
	size_t size;
};

void *afl_custom_init(void *afl, unsigned seed);
size_t afl_custom_fuzz(void *mutator, uint8_t *buf, size_t len, uint8_t **out, uint8_t *add,
		       size_t add_len, size_t max_len);
void afl_custom_deinit(void *mutator);

void *afl_custom_init(void *afl, unsigned seed)
{
	struct afl_mutator *m = calloc(1, sizeof(*m));

	(void)afl;
	if (m)
		m->dice.state = seed;
	return m;
}

size_t afl_custom_fuzz(void *mutator, uint8_t *buf, size_t len, uint8_t **out, uint8_t *add,
		       size_t add_len, size_t max_len)
{
	struct afl_mutator *m = mutator;

	*out = NULL;
	if (max_len > m->size) {
		free(m->buf);
		m->size = max_len;
		m->buf = malloc(max_len);
	}
	if (!m->buf || len > max_len)
		return 0;
	*out = m->buf;
	if (add && FUZZ_FORMAT == FUZZ_FORMAT_STEPS && fuzz_below(&m->dice, 8) == 0)
		return fuzz_cross_steps(&m->dice, buf, len, add, add_len, m->buf, max_len);
	memcpy(m->buf, buf, len);
	return fuzz_mutate(FUZZ_FORMAT, &m->dice, m->buf, len, max_len);
}

void afl_custom_deinit(void *mutator)
{
	struct afl_mutator *m = mutator;

	free(m->buf);
	free(m);
}
