/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `nfref replay`: a case in, a folder of results out.
 */
#ifndef NFR_HARNESS_RUN_REPLAY_H
#define NFR_HARNESS_RUN_REPLAY_H

#include "run/run.h"

/* Writes `out` as a whole, or leaves it as it was. `trace`: steps tell the whole way. */
int nfr_replay(struct nfr_case *c, const struct nfr_run_opts *opts, bool trace,
	       const char *out, struct nfr_diag *diag);

/* One line of steps for an input; outs is the inside of the "out" array, way may be NULL. */
struct nfr_way;
void nfr_replay_put_step(FILE *to, const struct nfr_run_frame *frame, const char *outs,
			 const struct nfr_result *result, const struct nfr_way *way);
/* What left, appended to such a list. */
void nfr_replay_put_out(FILE *outs, const char *dev, const uint8_t *data, uint32_t len);

#endif
