/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inputs that answer to a port which Linux chose at random. A recorded capture holds answers to
 * Linux's choice; nfref chooses otherwise. The recording's steps show Linux's choice: it is bound
 * to nfref's when the packet leaves, flow by flow, and from then on inputs to the one go to the other.
 */
#ifndef NFR_HARNESS_RUN_REBIND_H
#define NFR_HARNESS_RUN_REBIND_H

#include "compare/bind.h"
#include "compare/step.h"

#include <stdio.h>

struct nfr_rebind {
	struct nfr_swap swap;  /* Linux's flows for nfref's */
	FILE *steps;           /* want/steps, or NULL */
	char *line;
	size_t line_room;
	struct nfr_step *step; /* of the current input; NULL: none or unreadable */
	struct nfr_step_seen { /* packets seen in this step, by interface */
		const char *dev;
		unsigned n;
	} seen[64];
	unsigned n_seen;
};

/* `want` is a folder with steps, or NULL. */
void nfr_rebind_open(struct nfr_rebind *rebind, const char *want);
void nfr_rebind_close(struct nfr_rebind *rebind);

/* The next input is on its way: its ports are changed in place. */
void nfr_rebind_input(struct nfr_rebind *rebind, uint8_t *frame, uint32_t len, bool raw);
/* A packet leaves because of it; dev is kept. */
void nfr_rebind_output(struct nfr_rebind *rebind, const char *dev, const uint8_t *frame,
		       uint32_t len, bool raw);

#endif
