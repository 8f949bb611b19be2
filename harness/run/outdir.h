/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A folder that comes into being as a whole: it is filled under another name beside its place and
 * renamed when it is complete. What was there before is replaced, if it was such a folder too.
 */
#ifndef NFR_HARNESS_RUN_OUTDIR_H
#define NFR_HARNESS_RUN_OUTDIR_H

#include "diag.h"

struct nfr_outdir {
	char *path; /* where it shall be */
	char *temp; /* where it is filled */
};

int nfr_outdir_begin(struct nfr_outdir *out, const char *path, struct nfr_diag *diag);
/* A path in it; to be freed. */
char *nfr_outdir_file(const struct nfr_outdir *out, const char *name);
int nfr_outdir_commit(struct nfr_outdir *out, struct nfr_diag *diag);
void nfr_outdir_abort(struct nfr_outdir *out);

#endif
