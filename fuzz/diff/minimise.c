/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking away what a difference does not need: packets, rules, tables, routes, sysctls. Each try is
 * a run on Linux and in nfref with what is left; it counts when the two still differ, and in the
 * same kind of thing, lest a rare difference become a common one.
 */
#include "judge.h"

#include <stdlib.h>
#include <string.h>

#define MAX_TRIES 400

struct minimiser {
	struct diff_scenario *s;
	struct diff_record *r; /* of the smallest that differs */
	const char *dir;
	struct diff_text *told;
	unsigned n_tries;
};

/* The file, or `step` with what is wrong there: "different: step 3 (in eth0): only GOT ..." */
static bool same_kind(const struct diff_text *a, const struct diff_text *b)
{
	const char *const word[] = {"different: step", "different: rules", "different: events",
				    "different: log", "different: conntrack", "different: expect",
				    "only WANT", "only GOT", "the packet out"};
	size_t i;

	for (i = 0; i < sizeof(word) / sizeof(word[0]); i++)
		if (!strstr(diff_str(a), word[i]) != !strstr(diff_str(b), word[i]))
			return false;
	return true;
}

/* Whether it differs with these packets; then the outcome is kept. */
static bool try_packets(struct minimiser *m, const struct diff_record *packets)
{
	struct diff_text told = {0};
	struct diff_record r;
	bool differs = m->n_tries++ < MAX_TRIES &&
		       diff_again(m->s, packets, &r, m->dir, &told) == DIFF_DIFFERENT &&
		       same_kind(m->told, &told);

	if (m->n_tries > MAX_TRIES)
		return false;
	if (!differs) {
		diff_record_free(&r);
		diff_text_free(&told);
		return false;
	}
	diff_record_free(m->r);
	*m->r = r;
	diff_text_free(m->told);
	*m->told = told;
	return true;
}

/* ---- packets ---- */

static bool without_packets(struct minimiser *m, unsigned from, unsigned n)
{
	struct diff_record some = {0};
	unsigned i;
	bool differs;

	some.step = diff_alloc((m->r->n_steps + 1) * sizeof(*some.step));
	for (i = 0; i < m->r->n_steps; i++)
		if (i < from || i >= from + n)
			some.step[some.n_steps++] = m->r->step[i];
	differs = some.n_steps && try_packets(m, &some);
	free(some.step);
	return differs;
}

static void fewer_packets(struct minimiser *m)
{
	unsigned n, at;

	for (n = m->r->n_steps / 2; n; n /= 2)
		for (at = m->r->n_steps; at > 0;) {
			at = at > n ? at - n : 0;
			if (without_packets(m, at, n) && at > m->r->n_steps)
				at = m->r->n_steps;
		}
}

/* ---- lines ---- */

static const char *line_end(const char *p)
{
	const char *end = strchr(p, '\n');

	return end ? end + 1 : p + strlen(p);
}

/* Takes len bytes at `at` out of a text, if it differs without them. */
static bool without_text(struct minimiser *m, struct diff_text *text, size_t at, size_t len)
{
	struct diff_text before = *text, less = {0};

	diff_put_bytes(&less, before.p, at);
	diff_put_bytes(&less, before.p + at + len, before.len - at - len);
	*text = less;
	if (try_packets(m, m->r)) {
		diff_text_free(&before);
		return true;
	}
	diff_text_free(&less);
	*text = before;
	return false;
}

static bool may_go(const char *line)
{
	return !strncmp(line, "-A ", 3) || !strncmp(line, ":u", 2) || !strncmp(line, "route ", 6) ||
	       !strncmp(line, "rule ", 5) || !strncmp(line, "link ", 5) || !strncmp(line, "net.", 4);
}

static void fewer_lines(struct minimiser *m, struct diff_text *text)
{
	size_t at = 0, next;

	while (at < text->len) {
		next = (size_t)(line_end(text->p + at) - text->p);
		if (!may_go(text->p + at) || !without_text(m, text, at, next - at))
			at = next;
	}
}

static void fewer_tables(struct minimiser *m, struct diff_text *text)
{
	const char *end;
	size_t at = 0, len;

	while (at < text->len) {
		end = strstr(text->p + at, "COMMIT\n");
		if (!end)
			return;
		len = (size_t)(end + 7 - text->p) - at;
		if (!without_text(m, text, at, len))
			at += len;
	}
}

/* An option and its value at a time. */
static void shorter_rules(struct minimiser *m, struct diff_text *text)
{
	size_t at = 0, len;
	const char *next;

	while (at + 3 < text->len) {
		const char *p = strstr(text->p + at, " -");

		if (!p)
			return;
		at = (size_t)(p - text->p);
		next = strstr(p + 1, " -");
		len = (size_t)(line_end(p) - p) - 1;
		if (next && (size_t)(next - p) < len)
			len = (size_t)(next - p);
		if (at >= 2 && !strncmp(p - 2, " !", 2) && without_text(m, text, at - 2, len + 2))
			continue;
		if (!without_text(m, text, at, len))
			at++;
	}
}

bool diff_minimise(struct diff_scenario *s, struct diff_record *r, const char *dir,
		   struct diff_text *told)
{
	struct minimiser m = {.s = s, .r = r, .dir = dir, .told = told};
	struct diff_text *part[] = {&s->rules[0], &s->rules[1], &s->net, &s->sysctl};
	unsigned i;
	bool shown;

	shown = try_packets(&m, r) || try_packets(&m, r);
	if (shown) {
		fewer_packets(&m);
		for (i = 0; i < 4; i++) {
			if (i < 2)
				fewer_tables(&m, part[i]);
			fewer_lines(&m, part[i]);
			if (i < 2)
				shorter_rules(&m, part[i]);
		}
		fewer_packets(&m);
	}
	return shown;
}
