/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sysctl.conf as `sysctl -p` reads it: `name = value` a line, `#` and `;` begin comment lines.
 *
 * The first `.` or `/` of a name says which of the two separates its parts; the other then stands
 * for a dot inside a part: net/ipv4/conf/eth0.100/forwarding and
 * net.ipv4.conf.eth0/100.forwarding are the same. A `-` before the name means that a failure does
 * not matter. The value is what the kernel makes of it: a number in C's notation, of which only
 * the first counts.
 *
 * Where nfref departs: a name that it does not know is a warning, for a router's file is full of
 * settings that do not concern it, while sysctl says so and goes on; a line without `=` is an
 * error, while sysctl passes over it. A `*` may stand for the interface's part alone.
 */
#include "sysctl/conf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LEN 200

struct conf {
	struct nfr_net *net;
	const struct nfr_text *text;
	FILE *warn;
	struct nfr_diag *diag;
};

/* One assignment, its name in the form that the core takes: dots between the parts. */
struct setting {
	unsigned line, name_column, value_column;
	bool lenient; /* `-` stood before it */
	char name[NAME_MAX_LEN];
	int32_t value;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Narrows to what lies between the blanks at both ends. */
static void trim(const char **p, const char **end)
{
	while (*p < *end && is_blank(**p))
		++*p;
	while (*end > *p && is_blank((*end)[-1]))
		--*end;
}

/* Parts are separated by what comes first, and the other sign is a dot in a part. The core finds
 * interfaces with dots in their name by what stands before and behind. */
static int read_name(const struct conf *conf, const char *p, const char *end, struct setting *s)
{
	size_t i, len = (size_t)(end - p);

	if (!len)
		return nfr_diag_at(conf->diag, conf->text->name, s->line, s->name_column,
				   "expected a name before the `='");
	if (len >= sizeof(s->name))
		return nfr_diag_at(conf->diag, conf->text->name, s->line, s->name_column,
				   "the name is longer than any sysctl's");
	for (i = 0; i < len; i++)
		s->name[i] = p[i] == '/' ? '.' : p[i];
	s->name[len] = '\0';
	return 0;
}

static int read_value(const struct conf *conf, const char *p, const char *end, struct setting *s)
{
	char value[32], *rest;
	long long n;

	snprintf(value, sizeof(value), "%.*s", (int)(end - p < 31 ? end - p : 31), p);
	errno = 0;
	n = strtoll(value, &rest, 0);
	if (rest == value || (*rest && !is_blank(*rest)) || *value == '+')
		return nfr_diag_at(conf->diag, conf->text->name, s->line, s->value_column,
				   "expected a number, not `%.*s'", (int)(end - p), p);
	if (errno || n < INT32_MIN || n > INT32_MAX)
		return nfr_diag_at(conf->diag, conf->text->name, s->line, s->value_column,
				   "%s is beyond 32 bits", value);
	s->value = (int32_t)n;
	return 0;
}

/* Splits a line. Returns 1 when it holds a setting, 0 when it does not, -1. */
static int read_line(const struct conf *conf, const struct nfr_line *line, struct setting *s)
{
	const char *p = line->p, *end = line->p + line->len, *equals, *name_end;

	memset(s, 0, sizeof(*s));
	s->line = line->no;
	trim(&p, &end);
	if (p == end || *p == '#' || *p == ';')
		return 0;
	if (*p == '-') {
		s->lenient = true;
		p++;
	}
	s->name_column = (unsigned)(p - line->p) + 1;
	equals = memchr(p, '=', (size_t)(end - p));
	if (!equals && s->lenient)
		return 0; /* keeps a name out of the patterns of sysctl.d */
	if (!equals)
		return nfr_diag_at(conf->diag, conf->text->name, line->no, s->name_column,
				   "expected `name = value'");
	name_end = equals++;
	trim(&p, &name_end);
	trim(&equals, &end);
	s->value_column = (unsigned)(equals - line->p) + 1;
	if (read_name(conf, p, name_end, s) || read_value(conf, equals, end, s))
		return -1;
	return 1;
}

/* Only what nfref looks at can be refused: the rest is the kernel's. */
static int refused(const struct conf *conf, const struct setting *s, const char *name,
		   enum nfr_status status)
{
	if (status == NFR_OK || s->lenient)
		return 0;
	if (status == NFR_ENOENT || status == NFR_ENODEV) {
		if (conf->warn)
			fprintf(conf->warn, "%s:%u:%u: warning: %s is not known to nfref\n",
				conf->text->name, s->line, s->name_column, name);
		return 0;
	}
	return nfr_diag_at(conf->diag, conf->text->name, s->line, s->value_column,
			   "%d is outside the limits of %s", s->value, name);
}

static int set_one(const struct conf *conf, const struct setting *s, const char *name)
{
	return refused(conf, s, name, nfr_sysctl_set(conf->net, name, s->value));
}

/* net.ipv4.conf.*.NAME: for all, default and each interface. */
static int set_pattern(const struct conf *conf, const struct setting *s, const char *star)
{
	char name[NAME_MAX_LEN + NFR_IFNAMSIZ];
	struct nfr_link link = {.name = "all"};
	int head = (int)(star - s->name);
	uint16_t ifindex = 0;

	do {
		snprintf(name, sizeof(name), "%.*s%s%s", head, s->name, link.name, star + 1);
		if (set_one(conf, s, name))
			return -1;
		if (!strcmp(link.name, "all"))
			strcpy(link.name, "default");
		else if (nfr_link_get(conf->net, ++ifindex, &link) != NFR_OK)
			return 0;
	} while (true);
}

static int apply(const struct conf *conf, const struct setting *s)
{
	const char *star = strchr(s->name, '*');

	return star ? set_pattern(conf, s, star) : set_one(conf, s, s->name);
}

/* First all lines are read, then all are applied: a slip changes nothing. */
static int pass(const struct conf *conf, bool dry)
{
	struct nfr_line line = {0};
	struct setting setting;
	int got;

	while (nfr_text_next(conf->text, &line)) {
		got = read_line(conf, &line, &setting);
		if (got < 0 || (got && !dry && apply(conf, &setting)))
			return -1;
	}
	return 0;
}

int nfr_sysctl_load(struct nfr_net *net, const struct nfr_text *text, FILE *warn,
		    struct nfr_diag *diag)
{
	struct conf conf = {.net = net, .text = text, .warn = warn, .diag = diag};

	return pass(&conf, true) ? -1 : pass(&conf, false);
}
