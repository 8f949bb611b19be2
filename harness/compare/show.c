/* SPDX-License-Identifier: BSD-2-Clause */
#include "compare/compare.h"

#include "packet/dissect.h"

#include <stdarg.h>
#include <string.h>

#define VALUE_LEN 64

static const char *red(const struct nfr_cmp *cmp)
{
	return cmp->colour ? "\033[31m" : "";
}

static const char *plain(const struct nfr_cmp *cmp)
{
	return cmp->colour ? "\033[0m" : "";
}

void nfr_cmp_differ(struct nfr_cmp *cmp, const char *fmt, ...)
{
	va_list ap;

	cmp->n_differences++;
	va_start(ap, fmt);
	fprintf(cmp->out, "%sdifferent%s: ", red(cmp), plain(cmp));
	vfprintf(cmp->out, fmt, ap);
	fputc('\n', cmp->out);
	va_end(ap);
}

static void show_row(struct nfr_cmp *cmp, const struct nfr_field *field, const char *want,
		     const char *got, bool differs)
{
	fprintf(cmp->out, "%s%c %s%-18s %-*s %s%s\n", differs ? red(cmp) : "", differs ? '>' : ' ',
		field->quoted ? "  " : "", field->name, 40, want, got, differs ? plain(cmp) : "");
}

/* Sixteen bytes a line around the first that differs, which is marked underneath. */
static void show_hex(struct nfr_cmp *cmp, const char *side, const uint8_t *p, uint32_t len,
		     uint32_t first)
{
	uint32_t from = first & ~15u, i;

	fprintf(cmp->out, "  %s %04x ", side, from);
	for (i = from; i < from + 16 && i < len; i++)
		fprintf(cmp->out, "%s%02x%s ", i == first ? red(cmp) : "", p[i],
			i == first ? plain(cmp) : "");
	fprintf(cmp->out, "\n  %*s^^\n", (int)(10 + (first - from) * 3), "");
}

static uint32_t first_difference(const uint8_t *a, uint32_t a_len, const uint8_t *b,
				 uint32_t b_len)
{
	uint32_t i;

	for (i = 0; i < a_len && i < b_len && a[i] == b[i]; i++)
		;
	return i;
}

static const struct nfr_field *at_offset(const struct nfr_dissection *d, const struct nfr_field *f)
{
	unsigned i;

	for (i = 0; i < d->n; i++)
		if (d->field[i].off == f->off && !strcmp(d->field[i].name, f->name))
			return &d->field[i];
	return NULL;
}

static void show_fields(struct nfr_cmp *cmp, const struct nfr_dissection *dw, const uint8_t *want,
			const struct nfr_dissection *dg, const uint8_t *got)
{
	char w_text[VALUE_LEN], g_text[VALUE_LEN];
	const struct nfr_field *w, *g;
	unsigned i;

	for (i = 0; i < dw->n; i++) {
		w = &dw->field[i];
		g = at_offset(dg, w);
		nfr_field_print(w_text, sizeof(w_text), want, w);
		g_text[0] = '\0';
		if (g)
			nfr_field_print(g_text, sizeof(g_text), got, g);
		show_row(cmp, w, w_text, g_text,
			 !g || g->len != w->len || memcmp(want + w->off, got + g->off, w->len) != 0);
	}
	for (i = 0; i < dg->n; i++) {
		g = &dg->field[i];
		if (at_offset(dw, g))
			continue;
		nfr_field_print(g_text, sizeof(g_text), got, g);
		show_row(cmp, g, "", g_text, true);
	}
}

void nfr_cmp_show_packets(struct nfr_cmp *cmp, bool raw, const uint8_t *want, uint32_t want_len,
			  const uint8_t *got, uint32_t got_len)
{
	struct nfr_dissection dw, dg;
	uint32_t first = first_difference(want, want_len, got, got_len);

	nfr_dissect(&dw, want, want_len, raw);
	nfr_dissect(&dg, got, got_len, raw);
	fprintf(cmp->out, "  %-18s %-40s %s\n", "", "WANT", "GOT");
	show_fields(cmp, &dw, want, &dg, got);
	show_hex(cmp, "WANT", want, want_len, first);
	show_hex(cmp, "GOT ", got, got_len, first);
}

void nfr_cmp_show_packet(struct nfr_cmp *cmp, bool raw, const uint8_t *p, uint32_t len)
{
	uint32_t skip = raw || len < 14 ? 0 : 14;
	char text[256];

	nfr_packet_print(text, sizeof(text), p + skip, len - skip);
	fprintf(cmp->out, "  %s\n", text);
}

/* The line with a mark under the first byte that differs. */
void nfr_cmp_show_lines(struct nfr_cmp *cmp, const char *want, const char *got)
{
	size_t i;

	if (want)
		fprintf(cmp->out, "  WANT %s\n", want);
	if (got)
		fprintf(cmp->out, "  GOT  %s\n", got);
	if (!want || !got)
		return;
	for (i = 0; want[i] && want[i] == got[i]; i++)
		;
	fprintf(cmp->out, "  %*s%s^%s\n", (int)(5 + i), "", red(cmp), plain(cmp));
}
