/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A count on stderr for captures that take longer than a moment, when it is a terminal.
 */
#ifndef NFR_HARNESS_RUN_PROGRESS_H
#define NFR_HARNESS_RUN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct nfr_progress {
	int64_t started_ms, shown_ms;
	bool shown;
};

void nfr_progress(struct nfr_progress *progress, uint32_t n);
void nfr_progress_end(struct nfr_progress *progress);

#endif
