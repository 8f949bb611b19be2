/* SPDX-License-Identifier: BSD-2-Clause */
#include "iptables/words.h"

#include <stdarg.h>
#include <stdio.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static int bad_at(const struct nfr_ipt_words *words, size_t at, const char *why)
{
	return nfr_diag_at(words->diag, words->text->name, words->line, (unsigned)at + 1, "%s",
			   why);
}

/* One word from *at on into *to; *at ends behind it. */
static int read_word(struct nfr_ipt_words *words, const struct nfr_line *line, size_t *at,
		     char **to)
{
	const char *start = *to;
	bool open = false, closed = false;

	for (; *at < line->len && !closed && (open || !is_blank(line->p[*at])); ++*at) {
		if (line->p[*at] == '"') {
			closed = open;
			open = !open;
			continue;
		}
		if (open && line->p[*at] == '\\' && *at + 1 < line->len)
			++*at;
		*(*to)++ = line->p[*at];
	}
	*(*to)++ = '\0';
	if (open)
		return bad_at(words, *at, "expected a closing quote");
	if (*to - start > NFR_IPT_MAX_WORD + 1)
		return bad_at(words, *at, "the word is longer than 1023 bytes");
	return 0;
}

int nfr_ipt_split(struct nfr_ipt_words *words, const struct nfr_line *line, size_t from)
{
	char *to = words->buf;
	size_t at = from;

	words->line = line->no;
	words->n = words->next = 0;
	words->end_column = (unsigned)line->len + 1;
	if (line->len > NFR_IPT_MAX_LINE)
		return bad_at(words, NFR_IPT_MAX_LINE, "the line is longer than 10238 bytes");
	while (true) {
		while (at < line->len && is_blank(line->p[at]))
			at++;
		if (at == line->len)
			return 0;
		if (words->n == NFR_IPT_MAX_WORDS)
			return bad_at(words, at, "more than 254 words in a line");
		words->word[words->n++] = (struct nfr_ipt_word){to, (unsigned)at + 1};
		if (read_word(words, line, &at, &to))
			return -1;
	}
}

int nfr_ipt_take(struct nfr_ipt_words *words, const char *what, const char **word)
{
	*word = NULL;
	if (!nfr_ipt_more(words))
		return nfr_diag_at(words->diag, words->text->name, words->line, words->end_column,
				   "expected %s", what);
	*word = words->word[words->next++].text;
	return 0;
}

int nfr_ipt_bad(const struct nfr_ipt_words *words, const char *fmt, ...)
{
	char why[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return nfr_diag_at(words->diag, words->text->name, words->line,
			   words->next ? words->word[words->next - 1].column : 0, "%s", why);
}
