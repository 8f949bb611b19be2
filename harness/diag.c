/* SPDX-License-Identifier: BSD-2-Clause */
#include "diag.h"

#include <stdarg.h>
#include <stdio.h>

static void fill(struct nfr_diag *diag, const char *file, unsigned line, unsigned column)
{
	snprintf(diag->file, sizeof(diag->file), "%s", file ? file : "");
	diag->line = line;
	diag->column = column;
}

int nfr_diag_at(struct nfr_diag *diag, const char *file, unsigned line, unsigned column,
		const char *fmt, ...)
{
	va_list ap;

	fill(diag, file, line, column);
	va_start(ap, fmt);
	vsnprintf(diag->text, sizeof(diag->text), fmt, ap);
	va_end(ap);
	return -1;
}

int nfr_diag_file(struct nfr_diag *diag, const char *file, const char *fmt, ...)
{
	va_list ap;

	fill(diag, file, 0, 0);
	va_start(ap, fmt);
	vsnprintf(diag->text, sizeof(diag->text), fmt, ap);
	va_end(ap);
	return -1;
}

/* What the input said may hold anything: a line end or a terminal's commands are shown, not sent. */
static void put_text(const char *text)
{
	for (; *text; text++)
		if (*text == '\r')
			fputs("\\r", stderr);
		else if ((unsigned char)*text < ' ' || *text == 0x7f)
			fprintf(stderr, "\\x%02x", *text);
		else
			fputc(*text, stderr);
}

void nfr_diag_print(const struct nfr_diag *diag)
{
	fprintf(stderr, "nfref: ");
	if (diag->file[0]) {
		put_text(diag->file);
		fputc(':', stderr);
	}
	if (diag->line)
		fprintf(stderr, "%u:", diag->line);
	if (diag->column)
		fprintf(stderr, "%u:", diag->column);
	if (diag->file[0])
		fputc(' ', stderr);
	put_text(diag->text);
	fputc('\n', stderr);
}
