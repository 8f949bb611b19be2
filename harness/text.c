/* SPDX-License-Identifier: BSD-2-Clause */
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads to the end of the stream; the length is not asked for, so that pipes work too. */
static char *read_all(FILE *from, size_t *len)
{
	size_t room = 65536, n;
	char *data = malloc(room), *more;

	*len = 0;
	while (data && (n = fread(data + *len, 1, room - *len - 1, from)) > 0) {
		*len += n;
		if (*len + 1 < room)
			continue;
		room *= 2;
		more = room <= 2u * NFR_TEXT_MAX ? realloc(data, room) : NULL;
		if (!more) {
			free(data);
			errno = EFBIG;
		}
		data = more;
	}
	if (data)
		data[*len] = '\0';
	return data;
}

static unsigned line_of(const char *data, const char *at)
{
	unsigned line = 1;

	for (; data < at; data++)
		line += *data == '\n';
	return line;
}

int nfr_text_load(struct nfr_text *text, const char *name, struct nfr_diag *diag)
{
	FILE *from = fopen(name, "rb");
	const char *zero;
	size_t len = 0;
	char *data;
	bool bad;

	if (!from)
		return nfr_diag_file(diag, name, "%s", strerror(errno));
	errno = 0;
	data = read_all(from, &len);
	bad = !data || ferror(from);
	fclose(from);
	if (bad) {
		free(data);
		return nfr_diag_file(diag, name, "%s", strerror(errno ? errno : EIO));
	}
	zero = memchr(data, '\0', len);
	if (zero) {
		nfr_diag_at(diag, name, line_of(data, zero), 0, "a zero byte: this is no text");
		free(data);
		return -1;
	}
	*text = (struct nfr_text){.name = name, .data = data, .len = len, .owned = data};
	return 0;
}

struct nfr_text nfr_text_string(const char *name, const char *data)
{
	return (struct nfr_text){.name = name, .data = data, .len = strlen(data)};
}

void nfr_text_free(struct nfr_text *text)
{
	free(text->owned);
	*text = (struct nfr_text){.name = text->name, .data = "", .len = 0};
}

bool nfr_text_next(const struct nfr_text *text, struct nfr_line *line)
{
	const char *end = text->data + text->len, *nl;
	const char *p = text->data;

	if (line->p) { /* behind the previous line and its end */
		p = line->p + line->len;
		p += p < end && *p == '\n';
	}
	if (p >= end)
		return false;
	nl = memchr(p, '\n', (size_t)(end - p));
	line->p = p;
	line->len = (size_t)((nl ? nl : end) - p);
	line->no++;
	return true;
}
