/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The language of inputs: a header of a few bytes, then steps. The targets read it and the mutator
 * writes it; every input is a program, whatever its bytes.
 *
 * A step is an operation's byte and its operands:
 *
 *   FLOW       7 bytes of choices              next packet of a flow (flows.h)
 *   RAW        interface, length (2), bytes    a frame as it stands there
 *   ANSWER     flags, error, spoil             to what left last, which it may be an error about
 *   LOCAL      length (2), bytes               an IP packet of the local host
 *   TIME       4 bytes                         milliseconds go by
 *   REINJECT   verdict                         on the packet queued last
 *   FLUSH                                      conntrack -F
 *   EXPIRE     budget                          nfr_advance()
 *   RULES      ruleset                         its rules in place of those there are
 *   TEXT       kind, length (2), bytes         configuration, as Linux's tools read it
 *   SNAPSHOT                                   taken, and restored at once
 *   FAULT      pool, n-th request              it fails, and all later ones if bit 7 is set
 *   HOOK       4 bytes                         of the targets that have hooks of their own
 */
#ifndef NFR_FUZZ_STEPS_H
#define NFR_FUZZ_STEPS_H

#include "fuzz.h"

enum fuzz_op {
	FUZZ_OP_FLOW,
	FUZZ_OP_RAW,
	FUZZ_OP_ANSWER,
	FUZZ_OP_LOCAL,
	FUZZ_OP_TIME,
	FUZZ_OP_REINJECT,
	FUZZ_OP_FLUSH,
	FUZZ_OP_EXPIRE,
	FUZZ_OP_RULES,
	FUZZ_OP_TEXT,
	FUZZ_OP_SNAPSHOT,
	FUZZ_OP_FAULT,
	FUZZ_OP_HOOK,
	FUZZ_OP_MAX,
};

enum fuzz_text_kind {
	FUZZ_TEXT_NET,
	FUZZ_TEXT_SYSCTL,
	FUZZ_TEXT_RULES4,
	FUZZ_TEXT_RULES6,
	FUZZ_TEXT_MAX,
};

#define FUZZ_ARGS_MAX 7

struct fuzz_step {
	enum fuzz_op op;
	uint8_t arg[FUZZ_ARGS_MAX]; /* operands, but for a length and its bytes */
	uint8_t n_args;
	bool has_bytes;
	const uint8_t *bytes; /* in the input */
	uint16_t len;
};

/* Reads the next step; false at the end of the input. */
bool fuzz_step_next(struct fuzz_in *in, struct fuzz_step *step);

/* Writes it; returns its length, 0 when there is no room. */
size_t fuzz_step_put(const struct fuzz_step *step, uint8_t *to, size_t room);

static inline uint32_t fuzz_step_u32(const struct fuzz_step *step)
{
	return (uint32_t)step->arg[0] << 24 | (uint32_t)step->arg[1] << 16 |
	       (uint32_t)step->arg[2] << 8 | step->arg[3];
}

/* ---- what a target's inputs are, for the mutator ---- */

enum fuzz_format {
	FUZZ_FORMAT_BYTES, /* nothing that the mutator knows */
	FUZZ_FORMAT_FRAME, /* 2 bytes, then a frame */
	FUZZ_FORMAT_STEPS, /* FUZZ_HEADER bytes, then steps */
	FUZZ_FORMAT_TEXT,  /* a byte, then text */
};

#define FUZZ_HEADER 4

extern const enum fuzz_format fuzz_format; /* each target's */

#endif
