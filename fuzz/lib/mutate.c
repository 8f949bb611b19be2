/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mutator: it knows what inputs are made of (steps.h), packets and their checksums. libFuzzer
 * finds it by its name; AFL++ gets it as a library of its own (afl_mutator.c).
 */
#include "mutate.h"

/* The engine's; not there in a plain program or in AFL++'s library. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len,
				 uint8_t *out, size_t room, unsigned seed);

/* ---- dice ---- */

uint32_t fuzz_roll(struct fuzz_dice *dice)
{
	uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)(z >> 32);
}

uint32_t fuzz_below(struct fuzz_dice *dice, uint32_t n)
{
	return n ? fuzz_roll(dice) % n : 0;
}

/* ---- bytes ---- */

static size_t insert_bytes(struct fuzz_dice *dice, uint8_t *p, size_t len, size_t room)
{
	size_t n = 1 + fuzz_below(dice, 16), at = fuzz_below(dice, (uint32_t)len + 1);

	if (n > room - len)
		return len;
	memmove(p + at + n, p + at, len - at);
	for (size_t i = 0; i < n; i++)
		p[at + i] = (uint8_t)fuzz_roll(dice);
	return len + n;
}

static size_t erase_bytes(struct fuzz_dice *dice, uint8_t *p, size_t len)
{
	size_t at = fuzz_below(dice, (uint32_t)len), n = 1 + fuzz_below(dice, 16);

	if (n > len - at)
		n = len - at;
	memmove(p + at, p + at + n, len - at - n);
	return len - n;
}

static size_t mutate_alone(struct fuzz_dice *dice, uint8_t *p, size_t len, size_t room)
{
	size_t at = fuzz_below(dice, (uint32_t)len);

	switch (len ? fuzz_below(dice, 5) : 0) {
	case 0:
		return insert_bytes(dice, p, len, room);
	case 1:
		return erase_bytes(dice, p, len);
	case 2:
		p[at] ^= (uint8_t)(1u << fuzz_below(dice, 8));
		return len;
	case 3:
		p[at] = (uint8_t)(p[at] + fuzz_below(dice, 33) - 16);
		return len;
	default:
		p[at] = (uint8_t)fuzz_roll(dice);
		return len;
	}
}

size_t fuzz_mutate_bytes(struct fuzz_dice *dice, uint8_t *p, size_t len, size_t room)
{
	if (!room)
		return 0;
	return LLVMFuzzerMutate ? LLVMFuzzerMutate(p, len, room) : mutate_alone(dice, p, len, room);
}

/* ---- inputs ---- */

static size_t mutate_behind(size_t skip, struct fuzz_dice *dice, uint8_t *data, size_t len,
			    size_t room)
{
	if (len <= skip || room <= skip)
		return fuzz_mutate_bytes(dice, data, len, room);
	return skip + fuzz_mutate_bytes(dice, data + skip, len - skip, room - skip);
}

size_t fuzz_mutate(enum fuzz_format format, struct fuzz_dice *dice, uint8_t *data, size_t len,
		   size_t room)
{
	if (fuzz_below(dice, 8) == 0)
		format = FUZZ_FORMAT_BYTES;
	switch (format) {
	case FUZZ_FORMAT_FRAME:
		if (len < 2 || room < 64)
			return fuzz_mutate_bytes(dice, data, len, room);
		return 2 + fuzz_mutate_frame(dice, data + 2, len - 2, room - 2);
	case FUZZ_FORMAT_STEPS:
		return fuzz_mutate_steps(dice, data, len, room);
	case FUZZ_FORMAT_TEXT:
		return mutate_behind(1, dice, data, len, room);
	default:
		return fuzz_mutate_bytes(dice, data, len, room);
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	struct fuzz_dice dice = {seed};

	return fuzz_mutate(fuzz_format, &dice, data, size, max_size);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len,
				 uint8_t *out, size_t room, unsigned seed)
{
	struct fuzz_dice dice = {seed};
	size_t head;

	if (fuzz_format == FUZZ_FORMAT_STEPS)
		return fuzz_cross_steps(&dice, a, a_len, b, b_len, out, room);
	head = fuzz_below(&dice, (uint32_t)a_len + 1);
	if (head > room)
		head = room;
	if (b_len > room - head)
		b_len = room - head;
	memcpy(out, a, head);
	memcpy(out + head, b, b_len);
	return head + b_len;
}
