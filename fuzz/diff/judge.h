/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether nfref does what Linux did; and the smallest scenario in which it does not.
 */
#ifndef NFR_FUZZ_DIFF_JUDGE_H
#define NFR_FUZZ_DIFF_JUDGE_H

#include "scenario.h"

enum diff_verdict {
	DIFF_SAME,
	DIFF_DIFFERENT,
	DIFF_UNUSABLE, /* Linux could not be watched */
	DIFF_REFUSED,  /* only one of them takes the configuration */
};

/* Writes the case: configuration, in/ and want/. What is in the folder is replaced. */
void diff_case_write(const struct diff_scenario *s, const struct diff_record *r, const char *dir);

void diff_case_remove(const char *dir);

/* Adds what makes it one of the conformance suite: `about` and packets.py; and the difference. */
void diff_case_describe(const struct diff_scenario *s, const struct diff_record *r, const char *dir,
			const char *told);

/* Writes the case to dir, replays it there and compares. `told`: the first difference. */
enum diff_verdict diff_judge(const struct diff_scenario *s, const struct diff_record *r,
			     const char *dir, struct diff_text *told);

/* The scenario from its seed: Linux first, then nfref. */
enum diff_verdict diff_try(struct diff_scenario *s, struct diff_record *r, const char *dir,
			   struct diff_text *told);

/* Sends the packets of `from` again, as many as it has, under the configuration of s. Ports that
 * NAT picks anew are put into the packets that answer to them. */
enum diff_verdict diff_again(struct diff_scenario *s, const struct diff_record *from,
			     struct diff_record *r, const char *dir, struct diff_text *told);

/* Takes away what is not needed for the difference; the case is in dir afterwards, told is what
 * the difference is then. False: it does not show again. */
bool diff_minimise(struct diff_scenario *s, struct diff_record *r, const char *dir,
		   struct diff_text *told);

#endif
