/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line of `steps`: what an input made leave.
 */
#ifndef NFR_HARNESS_COMPARE_STEP_H
#define NFR_HARNESS_COMPARE_STEP_H

#include "json.h"

#define NFR_STEP_MAX_OUT 1024
#define NFR_STEP_MAX_FRAME 131072u

struct nfr_step_out {
	struct nfr_json_text dev, hex;
};

/* Texts point into the line. */
struct nfr_step {
	struct nfr_json_text in, ctstate, verdict, reason; /* p NULL: not there */
	uint64_t n;
	unsigned n_out;
	struct nfr_step_out out[NFR_STEP_MAX_OUT];
};

bool nfr_step_parse(struct nfr_step *step, const char *line, size_t len);

/* The nth packet (from 0) that left on an interface, or NULL. */
const struct nfr_step_out *nfr_step_nth(const struct nfr_step *step, const char *dev,
					size_t dev_len, unsigned nth);

/* How many bytes the hex digits make; at most room of them are stored. */
uint32_t nfr_step_bytes(const struct nfr_step_out *out, uint8_t *to, uint32_t room);

#endif
