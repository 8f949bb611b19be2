/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the scenarios of a run had in them, so that nothing is missing unseen. Counters lie in memory
 * that the workers share.
 */
#ifndef NFR_FUZZ_DIFF_COVER_H
#define NFR_FUZZ_DIFF_COVER_H

#include "scenario.h"

#include <stdatomic.h>
#include <stdio.h>

#define DIFF_COVER_MAX 640

struct diff_cover {
	struct diff_cover_row {
		atomic_ulong made; /* it was in so many scenarios, rules or packets */
		atomic_ulong met;  /* and, of rules, met packets in so many */
	} row[DIFF_COVER_MAX];
};

/* Counts a scenario that was compared; dir is its case, with got/. */
void diff_cover_take(struct diff_cover *cover, const struct diff_scenario *s,
		     const struct diff_record *r, const char *dir);
/* The table. Returns how many rows there are that nothing was in. */
unsigned diff_cover_print(FILE *to, const struct diff_cover *cover);

#endif
