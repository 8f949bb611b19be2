/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text files of both folders, line by line. In tables the order of lines does not count: lines
 * that are equal when all that may differ is left out find each other by sorting, and only what
 * is left over is tried pair by pair.
 */
#include "compare/compare.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct lines {
	char *data; /* the lines, each ended by a zero */
	char **line;
	size_t n;
};

static size_t count_lines(const struct nfr_text *text)
{
	struct nfr_line line = {0};

	while (nfr_text_next(text, &line))
		;
	return line.no;
}

static void take_lines(struct lines *lines, const struct nfr_text *text, bool comments)
{
	struct nfr_line line = {0};
	char *p;

	p = lines->data = malloc(text->len + 2);
	lines->line = malloc((count_lines(text) + 1) * sizeof(char *));
	if (!p || !lines->line)
		abort();
	while (nfr_text_next(text, &line)) {
		if (line.len == 0 || (line.p[0] == '#' && !comments))
			continue;
		memcpy(p, line.p, line.len);
		p[line.len] = '\0';
		lines->line[lines->n++] = p;
		p += line.len + 1;
	}
}

/* A file that is not there is empty. */
static int read_lines(struct lines *lines, const char *folder, const char *name, bool comments,
		      struct nfr_diag *diag)
{
	struct nfr_text text;
	char path[4096];

	memset(lines, 0, sizeof(*lines));
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (access(path, F_OK) != 0)
		return 0;
	if (nfr_text_load(&text, path, diag) < 0)
		return -1;
	take_lines(lines, &text, comments);
	nfr_text_free(&text);
	return 0;
}

static void free_lines(struct lines *lines)
{
	free(lines->data);
	free(lines->line);
}

static void differ(struct nfr_cmp *cmp, const char *name, size_t at, const char *want,
		   const char *got)
{
	if (want && got)
		nfr_cmp_differ(cmp, "%s, line %zu", name, at + 1);
	else
		nfr_cmp_differ(cmp, "%s: a line that only %s has", name, want ? "WANT" : "GOT");
	nfr_cmp_show_lines(cmp, want, got);
}

static void compare_ordered(struct nfr_cmp *cmp, const char *name, enum nfr_cmp_style style,
			    const struct lines *want, const struct lines *got)
{
	size_t i, n = want->n > got->n ? want->n : got->n;

	for (i = 0; i < n; i++) {
		const char *w = i < want->n ? want->line[i] : NULL;
		const char *g = i < got->n ? got->line[i] : NULL;

		if (w && g && nfr_cmp_line(cmp, style, w, g))
			continue;
		differ(cmp, name, i, w, g);
		return;
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_lines(struct lines *lines)
{
	if (lines->n)
		qsort(lines->line, lines->n, sizeof(char *), by_text);
}

/* Lines that are equal byte for byte leave both lists. */
static void drop_equal(struct lines *want, struct lines *got)
{
	size_t w = 0, g = 0, nw = 0, ng = 0;
	int order;

	sort_lines(want);
	sort_lines(got);
	while (w < want->n || g < got->n) {
		order = w == want->n ? 1 : g == got->n ? -1 : strcmp(want->line[w], got->line[g]);
		if (order == 0) {
			w++;
			g++;
		} else if (order < 0) {
			want->line[nw++] = want->line[w++];
		} else {
			got->line[ng++] = got->line[g++];
		}
	}
	want->n = nw;
	got->n = ng;
}

static const char *find_partner(struct nfr_cmp *cmp, enum nfr_cmp_style style, const char *line,
				struct lines *got)
{
	bool found;
	size_t i;

	for (i = 0; i < got->n; i++) {
		const char *g = got->line[i];

		cmp->trial = true;
		found = nfr_cmp_line(cmp, style, line, g);
		cmp->trial = false;
		if (!found || !nfr_cmp_line(cmp, style, line, g))
			continue;
		memmove(&got->line[i], &got->line[i + 1], (got->n - i - 1) * sizeof(char *));
		got->n--;
		return g;
	}
	return NULL;
}

/* The line of the others that has most in common with it, for showing. */
static const char *closest(const char *line, const struct lines *lines)
{
	size_t i, k, best = 0;
	const char *found = NULL;

	for (i = 0; i < lines->n; i++) {
		for (k = 0; line[k] && line[k] == lines->line[i][k]; k++)
			;
		if (k > best) {
			best = k;
			found = lines->line[i];
		}
	}
	return found;
}

/* A connection in its last second: on the other side it may just have ended. */
static bool is_ending(enum nfr_cmp_style style, const char *line)
{
	unsigned long left;

	return style == NFR_CMP_TABLE && sscanf(line, "%*s %*u %*s %*u %lu", &left) == 1 &&
	       left == 0;
}

static void compare_unordered(struct nfr_cmp *cmp, const char *name, enum nfr_cmp_style style,
			      struct lines *want, struct lines *got)
{
	size_t i, ended = 0;

	if (style == NFR_CMP_LISTS || !cmp->chosen.n)
		drop_equal(want, got);
	for (i = 0; i < want->n; i++) {
		if (find_partner(cmp, style, want->line[i], got))
			continue;
		if (is_ending(style, want->line[i])) {
			ended++;
			continue;
		}
		differ(cmp, name, i, want->line[i], closest(want->line[i], got));
		return;
	}
	/* one that ended on one side only, not another one in its place */
	for (i = 0; i < got->n && !ended && is_ending(style, got->line[i]); i++)
		;
	if (i < got->n)
		differ(cmp, name, 0, NULL, got->line[i]);
}

int nfr_cmp_text(struct nfr_cmp *cmp, const char *name, enum nfr_cmp_style style,
		 struct nfr_diag *diag)
{
	bool comments = style != NFR_CMP_EXACT;
	struct lines want, got;

	if (read_lines(&want, cmp->want, name, comments, diag) < 0)
		return -1;
	if (read_lines(&got, cmp->got, name, comments, diag) < 0) {
		free_lines(&want);
		return -1;
	}
	if (style == NFR_CMP_TABLE || style == NFR_CMP_LISTS)
		compare_unordered(cmp, name, style, &want, &got);
	else
		compare_ordered(cmp, name, style, &want, &got);
	free_lines(&want);
	free_lines(&got);
	return 0;
}
