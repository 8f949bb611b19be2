/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of a line of iptables-save text.
 *
 * Blanks separate. A double quote begins a quoted part, in the middle of a word too; in it a
 * backslash takes the next character as it is, and the closing quote ends the word even when more
 * follows. Outside of quotes a backslash is a character like any other, and so are single quotes
 * and `#`.
 */
#ifndef NFR_HARNESS_IPTABLES_WORDS_H
#define NFR_HARNESS_IPTABLES_WORDS_H

#include "text.h"

#define NFR_IPT_MAX_WORDS 254  /* that iptables-restore takes in a line */
#define NFR_IPT_MAX_WORD 1023  /* bytes */
#define NFR_IPT_MAX_LINE 10238 /* bytes */

struct nfr_ipt_word {
	const char *text;
	unsigned column;
};

struct nfr_ipt_words {
	const struct nfr_text *text;
	struct nfr_diag *diag;
	unsigned line;
	unsigned end_column;
	unsigned n, next;
	struct nfr_ipt_word word[NFR_IPT_MAX_WORDS];
	char buf[NFR_IPT_MAX_LINE + NFR_IPT_MAX_WORDS];
};

/* Splits a line from its byte `from` on. */
int nfr_ipt_split(struct nfr_ipt_words *words, const struct nfr_line *line, size_t from);

static inline bool nfr_ipt_more(const struct nfr_ipt_words *words)
{
	return words->next < words->n;
}

/* Takes the next word; `what` names what it should be. */
int nfr_ipt_take(struct nfr_ipt_words *words, const char *what, const char **word);

/* An error at the word just taken, or at the line when none was; always -1. */
__attribute__((format(printf, 2, 3))) int nfr_ipt_bad(const struct nfr_ipt_words *words,
						      const char *fmt, ...);

#endif
