/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether two lines say the same. Lines are walked word by word; between the words the spaces
 * must be equal. A word may differ when it is
 *   - a remaining time (the first number behind the protocol's, an expectation's first word,
 *     delta-time=): by two seconds;
 *   - use= or id= (of the entry, not an ICMP identifier): these do not count at all;
 *   - ports or an ICMP identifier that NAT picked, as far as they are bound;
 *   - in a log line, the identification or flow label of a packet that the router made.
 * The ports' addresses are the last ones named before them, and the destination's port comes right
 * behind the source's, which is how all these formats go.
 */
#include "compare/compare.h"

#include "nfref/types.h"

#include <arpa/inet.h>
#include <stdlib.h>

#define SLACK_S 2

struct word {
	const char *p;
	size_t len;
};

struct walk {
	struct nfr_cmp *cmp;
	enum nfr_cmp_style style;
	unsigned n;       /* words so far */
	uint8_t proto;
	uint8_t src[16], dst[16];
	uint16_t sport[2]; /* wanted and got, until the destination's is looked at */
	bool differ;       /* they do */
	bool seen_code;   /* an ICMP type and code came: `id=` is the identifier */
	bool made_here;   /* a log line about a packet of the router's own */
	bool looped;      /* of what the router sends itself: it has cut fragments anew */
	bool quoted;      /* inside the [ ] of a log line */
};

static bool starts(const struct word *w, const char *prefix)
{
	size_t len = strlen(prefix);

	return w->len >= len && !memcmp(w->p, prefix, len);
}

static bool is(const struct word *w, const char *text)
{
	return w->len == strlen(text) && starts(w, text);
}

static bool same(const struct word *a, const struct word *b)
{
	return a->len == b->len && !memcmp(a->p, b->p, a->len);
}

static struct word next_word(const char **p)
{
	struct word w = {.p = *p};

	while (**p && **p != ' ' && **p != '\n')
		++*p;
	w.len = (size_t)(*p - w.p);
	return w;
}

static size_t next_space(const char **p)
{
	const char *from = *p;

	while (**p == ' ' || **p == '\n')
		++*p;
	return (size_t)(*p - from);
}

/* The value behind `=`, or the word itself. */
static unsigned long number(const struct word *w)
{
	const char *eq = memchr(w->p, '=', w->len);

	return strtoul(eq ? eq + 1 : w->p, NULL, 10);
}

static bool all_digits(const struct word *w)
{
	size_t i;

	for (i = 0; i < w->len; i++)
		if (w->p[i] < '0' || w->p[i] > '9')
			return false;
	return w->len > 0;
}

static bool near(const struct word *a, const struct word *b)
{
	unsigned long x = number(a), y = number(b);

	return (x > y ? x - y : y - x) <= SLACK_S;
}

static void take_addr(uint8_t addr[16], const struct word *w, size_t skip)
{
	char text[INET6_ADDRSTRLEN];

	memset(addr, 0, 16);
	if (w->len - skip >= sizeof(text))
		return;
	memcpy(text, w->p + skip, w->len - skip);
	text[w->len - skip] = '\0';
	if (inet_pton(AF_INET, text, addr) != 1)
		inet_pton(AF_INET6, text, addr);
}

static uint8_t log_proto(const struct word *w)
{
	static const struct {
		const char *word;
		uint8_t proto;
	} row[] = {{"PROTO=TCP", NFR_IPPROTO_TCP},
		   {"PROTO=UDP", NFR_IPPROTO_UDP},
		   {"PROTO=UDPLITE", NFR_IPPROTO_UDPLITE},
		   {"PROTO=ICMP", NFR_IPPROTO_ICMP},
		   {"PROTO=ICMPv6", NFR_IPPROTO_ICMPV6},
		   {"PROTO=SCTP", NFR_IPPROTO_SCTP}};
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(*row); i++)
		if (is(w, row[i].word))
			return row[i].proto;
	return (uint8_t)number(w);
}

/* What a wanted word tells about those behind it. */
static void learn(struct walk *walk, const struct word *w)
{
	if (starts(w, "src=") || starts(w, "SRC="))
		take_addr(walk->src, w, 4);
	else if (starts(w, "dst=") || starts(w, "DST="))
		take_addr(walk->dst, w, 4);
	else if (starts(w, "master-src="))
		take_addr(walk->src, w, 11);
	else if (starts(w, "master-dst="))
		take_addr(walk->dst, w, 11);
	else if (starts(w, "proto="))
		walk->proto = (uint8_t)number(w);
	else if (starts(w, "PROTO="))
		walk->proto = log_proto(w);
	else if (starts(w, "code=") || starts(w, "CODE="))
		walk->seen_code = true;
	else if (starts(w, "[SRC=")) {
		take_addr(walk->src, w, 5);
		walk->quoted = true;
		walk->seen_code = false;
	}
}

/* Words that are an entry's remaining time; `[NEW]` and the like do not count as words. */
static bool is_time(const struct walk *walk, const struct word *w)
{
	if (starts(w, "delta-time="))
		return true;
	if (!all_digits(w))
		return false;
	return walk->n == 0 || walk->n == 4; /* of an expectation, of a connection */
}

static bool is_sport(const struct word *w)
{
	return starts(w, "sport=") || starts(w, "SPT=");
}

static bool is_dport(const struct word *w)
{
	return starts(w, "dport=") || starts(w, "DPT=");
}

static bool is_icmp_id(const struct walk *walk, const struct word *w)
{
	return walk->seen_code && (starts(w, "id=") || starts(w, "ID="));
}

/* The same name, and a number behind it that fits. */
static bool is_port_too(const struct word *a, const struct word *b)
{
	const char *eq = memchr(a->p, '=', a->len);
	size_t name = (size_t)(eq - a->p) + 1;
	struct word value = {b->p + name, b->len - name};

	return b->len > name && !memcmp(a->p, b->p, name) && all_digits(&value) &&
	       number(b) <= UINT16_MAX;
}

static bool ends_same(struct walk *walk, uint16_t sport, uint16_t dport, const uint16_t got[2])
{
	struct nfr_ends want = {.proto = walk->proto, .addr_len = 16, .src = walk->src,
				.dst = walk->dst, .port = {sport, dport}};

	return nfr_cmp_ports(walk->cmp, &want, got);
}

/* A source's port waits for the destination's. */
static bool port_same(struct walk *walk, const struct word *a, const struct word *b)
{
	uint16_t want = (uint16_t)number(a), got = (uint16_t)number(b);

	if (!is_port_too(a, b))
		return same(a, b);
	if (is_sport(a)) {
		walk->sport[0] = want;
		walk->sport[1] = got;
		walk->differ = want != got;
		return true;
	}
	if (is_dport(a)) {
		walk->differ = false;
		return ends_same(walk, walk->sport[0], want, (uint16_t[]){walk->sport[1], got});
	}
	return ends_same(walk, want, want, (uint16_t[]){got, got});
}

static bool words_same(struct walk *walk, const struct word *a, const struct word *b)
{
	if (walk->style == NFR_CMP_EXACT || walk->style == NFR_CMP_LISTS)
		return same(a, b);
	learn(walk, a);
	if (walk->differ && !is_dport(a))
		return false;
	if (is_sport(a) || is_dport(a) || is_icmp_id(walk, a))
		return port_same(walk, a, b);
	if (same(a, b))
		return true;
	if (walk->style == NFR_CMP_LOG)
		return (walk->looped && starts(a, "ID:") && starts(b, "ID:")) ||
		       (walk->made_here && !walk->quoted &&
		       ((starts(a, "ID=") && starts(b, "ID=")) ||
			(starts(a, "FLOWLBL=") && starts(b, "FLOWLBL="))));
	return is_time(walk, a) && is_time(walk, b) && near(a, b);
}

/* use= and id= with the space before them, so that it is as if they were not there. */
static void pass_over(const struct walk *walk, const char **p)
{
	const char *at = *p;

	while (walk->style != NFR_CMP_EXACT && walk->style != NFR_CMP_LOG) {
		next_space(&at);
		if (strncmp(at, "use=", 4) != 0 && (strncmp(at, "id=", 3) != 0 || walk->seen_code))
			return;
		next_word(&at);
		*p = at;
	}
}

/* What the router sent to many comes back from the interface, without a link-layer header. */
static bool log_came_back(struct nfr_cmp *cmp, const char *line)
{
	const char *id = strstr(line, " ID=");

	return strstr(line, " MAC= ") && strstr(line, "PROTO=ICMP ") && id && cmp->arrived_known &&
	       !nfr_cmp_arrived_id4(cmp, (uint16_t)strtoul(id + 4, NULL, 10));
}

static bool log_made_here(struct nfr_cmp *cmp, const char *line)
{
	if (log_came_back(cmp, line))
		return true;
	return (strstr(line, "IN= ") || strstr(line, "IN=lo ")) && (strstr(line, "PROTO=ICMP") || strstr(line, " RST "));
}

static void count(struct walk *walk, const struct word *w)
{
	/* the id= of a tuple comes right behind its code= */
	if (starts(w, "id=") || starts(w, "ID="))
		walk->seen_code = false;
	if (w->p[0] == '[' && walk->n == 0)
		return;
	if (++walk->n == 4 && all_digits(w))
		walk->proto = (uint8_t)number(w);
}

/* A connection that ends before its time says how many seconds it had left, unless it is none: to
 * be within two seconds of that one side may have to say nothing. Goes to the word behind. */
static void pass_over_seconds(const struct walk *walk, struct word *w, const struct word *other,
			      const char **p)
{
	if (walk->style != NFR_CMP_EVENTS || walk->n != 4 || !all_digits(w) || all_digits(other) ||
	    number(w) > SLACK_S)
		return;
	next_space(p);
	*w = next_word(p);
}

bool nfr_cmp_line(struct nfr_cmp *cmp, enum nfr_cmp_style style, const char *want, const char *got)
{
	struct walk walk = {.cmp = cmp, .style = style};
	struct word a, b;

	walk.made_here = style == NFR_CMP_LOG && log_made_here(cmp, want);
	walk.looped = style == NFR_CMP_LOG && (strstr(want, "IN=lo ") || strstr(want, "OUT=lo "));
	for (;;) {
		pass_over(&walk, &want);
		pass_over(&walk, &got);
		if (next_space(&want) != next_space(&got))
			return false;
		a = next_word(&want);
		b = next_word(&got);
		pass_over_seconds(&walk, &a, &b, &want);
		pass_over_seconds(&walk, &b, &a, &got);
		if (!a.len || !b.len)
			return a.len == b.len && !walk.differ;
		if (!words_same(&walk, &a, &b))
			return false;
		if (style != NFR_CMP_LOG)
			count(&walk, &a);
	}
}
