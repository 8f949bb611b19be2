/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arguments that replay, trace and check share: a case as a folder or as single files.
 */
#ifndef NFR_HARNESS_RUN_OPTIONS_H
#define NFR_HARNESS_RUN_OPTIONS_H

#include "run/run.h"

struct nfr_options {
	struct nfr_run_opts run;
	struct nfr_case files;  /* named one by one */
	bool by_files;          /* some were */
	bool help, trace, json;
	bool no_want;
	const char *want;       /* NULL: the case's own */
};

extern const char nfr_options_help[];

/* Parses argv and leaves what are no options behind *optind of getopt. -1: a word on stderr has
 * been said. */
int nfr_options_parse(struct nfr_options *opts, int argc, char **argv);

/* The case of a folder, or (NULL) that of the files, complete. */
int nfr_options_case(const struct nfr_options *opts, const char *folder, struct nfr_case *c,
		     struct nfr_diag *diag);

#endif
