/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Steps carried out on a router.
 */
#ifndef NFR_FUZZ_RUN_H
#define NFR_FUZZ_RUN_H

#include "flows.h"
#include "steps.h"

struct fuzz_run {
	struct fuzz_router *router;
	struct fuzz_flows flows;
	bool burst; /* packets of one moment go together; nothing is checked in between */
};

void fuzz_run_step(struct fuzz_run *run, const struct fuzz_step *step);

/* The frame of a FLOW, RAW or ANSWER step, and where it arrives; 0: there is none. */
size_t fuzz_run_frame(struct fuzz_run *run, const struct fuzz_step *step, uint8_t *frame,
		      unsigned *iface);

/*
 * An input of a ruleset, three bytes that are unused, then at most `max` steps (lib/steps.h):
 * `bring` carries out those that bring a packet, the others are carried out here.
 */
void fuzz_run_asking(const uint8_t *data, size_t size, unsigned max,
		     void (*bring)(struct fuzz_run *run, const struct fuzz_step *step));

#endif
