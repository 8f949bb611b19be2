/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of the mutator share.
 */
#ifndef NFR_FUZZ_MUTATE_H
#define NFR_FUZZ_MUTATE_H

#include "steps.h"

struct fuzz_dice {
	uint64_t state;
};

uint32_t fuzz_roll(struct fuzz_dice *dice); /* 32 random bits */
uint32_t fuzz_below(struct fuzz_dice *dice, uint32_t n);

/* Changes some bytes as the engine likes (LLVMFuzzerMutate), or without one as we like. Returns
 * the new length, at most room. */
size_t fuzz_mutate_bytes(struct fuzz_dice *dice, uint8_t *p, size_t len, size_t room);

/* Changes an IP packet in some meaningful way, and mostly makes its lengths and checksums right
 * again. Returns its new length. */
size_t fuzz_mutate_packet(struct fuzz_dice *dice, uint8_t *ip, size_t len, size_t room);

/* The same for a frame, with an Ethernet header or without one. */
size_t fuzz_mutate_frame(struct fuzz_dice *dice, uint8_t *frame, size_t len, size_t room);

/* Offset of the IP packet in a frame: 14, or 0 where there seems to be no Ethernet header. */
size_t fuzz_frame_ip(const uint8_t *frame, size_t len);

size_t fuzz_mutate_steps(struct fuzz_dice *dice, uint8_t *data, size_t len, size_t room);
size_t fuzz_cross_steps(struct fuzz_dice *dice, const uint8_t *a, size_t a_len, const uint8_t *b,
			size_t b_len, uint8_t *out, size_t room);

/* An input of that format, changed; at most room bytes. */
size_t fuzz_mutate(enum fuzz_format format, struct fuzz_dice *dice, uint8_t *data, size_t len,
		   size_t room);

#endif
