/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A text that was read as a whole, and its lines. Parsers take one of these, so that a file, a
 * pipe and a string in a test are the same to them.
 */
#ifndef NFR_HARNESS_TEXT_H
#define NFR_HARNESS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"

#define NFR_TEXT_MAX (256u << 20) /* bytes; what is longer is no configuration */

struct nfr_text {
	const char *name; /* as errors call it */
	const char *data; /* len bytes, then a zero; none of them is zero */
	size_t len;
	char *owned; /* memory behind data, or NULL */
};

struct nfr_line {
	const char *p;
	size_t len;  /* without the line end */
	unsigned no; /* from 1 */
};

/* `name` must live as long as the text. Returns -1 (diag filled) when there is no such
 * file, or when it has bytes that no text has. A text from load must be freed, one from string need
 * not. */
int nfr_text_load(struct nfr_text *text, const char *name, struct nfr_diag *diag);
struct nfr_text nfr_text_string(const char *name, const char *data);
void nfr_text_free(struct nfr_text *text);

/* The next line; begin with a zeroed line. False at the end. */
bool nfr_text_next(const struct nfr_text *text, struct nfr_line *line);

#endif
