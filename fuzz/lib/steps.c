/* SPDX-License-Identifier: BSD-2-Clause */
#include "steps.h"

static const struct {
	uint8_t n_args;
	bool has_bytes;
} shape[FUZZ_OP_MAX] = {
	[FUZZ_OP_FLOW] = {7, false},   [FUZZ_OP_RAW] = {1, true},
	[FUZZ_OP_ANSWER] = {3, false},
	[FUZZ_OP_LOCAL] = {0, true},   [FUZZ_OP_TIME] = {4, false},
	[FUZZ_OP_REINJECT] = {1, false}, [FUZZ_OP_FLUSH] = {0, false},
	[FUZZ_OP_EXPIRE] = {1, false}, [FUZZ_OP_RULES] = {1, false},
	[FUZZ_OP_TEXT] = {1, true},    [FUZZ_OP_SNAPSHOT] = {0, false},
	[FUZZ_OP_FAULT] = {2, false},  [FUZZ_OP_HOOK] = {4, false},
};

bool fuzz_step_next(struct fuzz_in *in, struct fuzz_step *step)
{
	if (!in->left)
		return false;
	step->op = fuzz_u8(in) % FUZZ_OP_MAX;
	step->n_args = shape[step->op].n_args;
	step->has_bytes = shape[step->op].has_bytes;
	memset(step->arg, 0, sizeof(step->arg));
	fuzz_bytes(in, step->arg, step->n_args);
	step->len = step->has_bytes ? fuzz_u16(in) : 0;
	if (step->len > in->left)
		step->len = (uint16_t)in->left;
	step->bytes = in->p;
	in->p += step->len;
	in->left -= step->len;
	return true;
}

size_t fuzz_step_put(const struct fuzz_step *step, uint8_t *to, size_t room)
{
	size_t n = 1u + step->n_args;

	if (n + (step->has_bytes ? 2u + step->len : 0) > room)
		return 0;
	to[0] = (uint8_t)step->op;
	memcpy(to + 1, step->arg, step->n_args);
	if (!step->has_bytes)
		return n;
	to[n] = (uint8_t)(step->len >> 8);
	to[n + 1] = (uint8_t)step->len;
	memmove(to + n + 2, step->bytes, step->len);
	return n + 2 + step->len;
}
