/* SPDX-License-Identifier: BSD-2-Clause */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void diff_die(const char *fmt, ...)
{
	va_list ap;

	fputs("nfref-diff: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(2);
}

void *diff_grow(void *p, size_t size)
{
	p = realloc(p, size);
	if (!p)
		diff_die("out of memory");
	return p;
}

void *diff_alloc(size_t size)
{
	return memset(diff_grow(NULL, size), 0, size);
}

static void make_room(struct diff_text *text, size_t more)
{
	if (text->len + more + 1 <= text->room)
		return;
	text->room = 2 * text->room + more + 256;
	text->p = diff_grow(text->p, text->room);
}

void diff_put_bytes(struct diff_text *text, const char *p, size_t len)
{
	make_room(text, len);
	memcpy(text->p + text->len, p, len);
	text->len += len;
	text->p[text->len] = '\0';
}

void diff_put(struct diff_text *text, const char *fmt, ...)
{
	va_list ap, again;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	make_room(text, (size_t)len);
	vsnprintf(text->p + text->len, (size_t)len + 1, fmt, again);
	text->len += (size_t)len;
	va_end(again);
	va_end(ap);
}

void diff_cut(struct diff_text *text, size_t len)
{
	text->len = len;
	if (text->p)
		text->p[len] = '\0';
}

void diff_text_free(struct diff_text *text)
{
	free(text->p);
	memset(text, 0, sizeof(*text));
}

const char *diff_str(const struct diff_text *text)
{
	return text->p ? text->p : "";
}
