/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is wrong with an input: where, and what was expected. Functions of the harness that read
 * something return 0, or -1 with a filled diagnosis; only main() prints it and ends.
 */
#ifndef NFR_HARNESS_DIAG_H
#define NFR_HARNESS_DIAG_H

struct nfr_diag {
	char file[256];  /* "" when it is not about a file */
	unsigned line;   /* from 1; 0: the whole file */
	unsigned column; /* from 1; 0: the whole line */
	char text[512];  /* one line, without a full stop */
};

/* Fills diag and returns -1, so that `return nfr_diag_at(...)` does both. */
__attribute__((format(printf, 5, 6))) int nfr_diag_at(struct nfr_diag *diag, const char *file,
						      unsigned line, unsigned column,
						      const char *fmt, ...);
__attribute__((format(printf, 3, 4))) int nfr_diag_file(struct nfr_diag *diag, const char *file,
							const char *fmt, ...);

/* "nfref: FILE:LINE:COLUMN: TEXT" on stderr. */
void nfr_diag_print(const struct nfr_diag *diag);

#endif
