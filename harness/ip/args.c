/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words and values of `ip -batch` lines.
 *
 * A line ends at its line end unless a backslash stands right before it; `#` begins a comment
 * anywhere, in the middle of a word too; a word that begins with a quote goes to the same quote
 * (there are no escapes). That is how iproute2 splits, and what it makes of numbers (decimal,
 * 0x.., 0..), addresses (`10.1` is 10.1.0.0, which no other tool takes it for) and prefixes.
 */
#include "ip/args.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char peek(const struct nfr_ip_args *args, const struct nfr_ip_cursor *cursor)
{
	return args->text->data[cursor->at]; /* the text ends with a zero */
}

static void step(const struct nfr_ip_args *args, struct nfr_ip_cursor *cursor)
{
	bool line_end = peek(args, cursor) == '\n';

	cursor->at++;
	cursor->column = line_end ? 1 : cursor->column + 1;
	cursor->line += line_end;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Passes a backslash with its line end, and a comment up to its line end. */
static bool skip_joint_or_comment(const struct nfr_ip_args *args, struct nfr_ip_cursor *cursor)
{
	if (peek(args, cursor) == '\\' && args->text->data[cursor->at + 1] == '\n') {
		step(args, cursor);
		step(args, cursor);
		return true;
	}
	if (peek(args, cursor) != '#')
		return false;
	while (peek(args, cursor) && peek(args, cursor) != '\n')
		step(args, cursor);
	return true;
}

static void skip_blanks(const struct nfr_ip_args *args, struct nfr_ip_cursor *cursor)
{
	while (is_blank(peek(args, cursor)) || skip_joint_or_comment(args, cursor))
		if (is_blank(peek(args, cursor)))
			step(args, cursor);
}

/* Copies a quoted word; its quotes are gone afterwards. */
static int quoted(struct nfr_ip_args *args, struct nfr_ip_cursor *cursor, char **to)
{
	char quote = peek(args, cursor);

	for (step(args, cursor); peek(args, cursor) != quote; step(args, cursor)) {
		if (!peek(args, cursor) || peek(args, cursor) == '\n')
			return nfr_diag_at(args->diag, args->text->name, cursor->line,
					   cursor->column, "expected a closing %c", quote);
		*(*to)++ = peek(args, cursor);
	}
	step(args, cursor);
	return 0;
}

static void plain(struct nfr_ip_args *args, struct nfr_ip_cursor *cursor, char **to)
{
	while (peek(args, cursor) && peek(args, cursor) != '\n' && !is_blank(peek(args, cursor))) {
		if (skip_joint_or_comment(args, cursor))
			continue;
		*(*to)++ = peek(args, cursor);
		step(args, cursor);
	}
}

static int read_word(struct nfr_ip_args *args, struct nfr_ip_cursor *cursor, char **to)
{
	struct nfr_ip_word *word = &args->word[args->n];
	char c = peek(args, cursor);

	if (args->n == NFR_IP_MAX_WORDS)
		return nfr_diag_at(args->diag, args->text->name, cursor->line, cursor->column,
				   "more than %d words in a line", NFR_IP_MAX_WORDS);
	*word = (struct nfr_ip_word){*to, cursor->line, cursor->column};
	if (c == '\'' || c == '"') {
		if (quoted(args, cursor, to))
			return -1;
	} else {
		plain(args, cursor, to);
	}
	*(*to)++ = '\0';
	args->n++;
	return 0;
}

int nfr_ip_read_line(struct nfr_ip_args *args, struct nfr_ip_cursor *cursor)
{
	char *to = args->buf;

	args->n = args->next = 0;
	args->family = 0;
	for (;;) {
		skip_blanks(args, cursor);
		args->end_line = cursor->line;
		args->end_column = cursor->column;
		if (!peek(args, cursor))
			return args->n != 0;
		if (peek(args, cursor) == '\n') {
			step(args, cursor);
			if (args->n)
				return 1;
			continue;
		}
		if (read_word(args, cursor, &to))
			return -1;
	}
}

int nfr_ip_bad(const struct nfr_ip_args *args, const char *fmt, ...)
{
	const struct nfr_ip_word *word = &args->word[args->next ? args->next - 1 : 0];
	char why[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return nfr_diag_at(args->diag, args->text->name, word->line, word->column, "%s", why);
}

int nfr_ip_bad_line(const struct nfr_ip_args *args, const char *why)
{
	return nfr_diag_at(args->diag, args->text->name, args->word[0].line, args->word[0].column,
			   "%s", why);
}

int nfr_ip_status(const struct nfr_ip_args *args, enum nfr_status status, const char *what)
{
	static const struct {
		enum nfr_status status;
		const char *text;
	} why[] = {
		{NFR_EINVAL, "Linux refuses this %s"},
		{NFR_ENOENT, "there is no such %s"},
		{NFR_EEXIST, "this %s is there already"},
		{NFR_ENOMEM, "no room for one more %s"},
		{NFR_ENODEV, "the interface of this %s does not exist"},
		{NFR_EBUSY, "this %s is in use"},
		{NFR_ERANGE, "a number of this %s is outside its limits"},
		{NFR_ENOTSUP, "this kind of %s is not supported"},
	};
	char text[80] = "";
	unsigned i;

	if (status == NFR_OK)
		return 0;
	for (i = 0; i < sizeof(why) / sizeof(why[0]); i++)
		if (why[i].status == status)
			snprintf(text, sizeof(text), why[i].text, what);
	return nfr_ip_bad_line(args, text);
}

bool nfr_ip_more(const struct nfr_ip_args *args)
{
	return args->next < args->n;
}

const char *nfr_ip_word_now(const struct nfr_ip_args *args)
{
	return args->word[args->next - 1].text;
}

int nfr_ip_take(struct nfr_ip_args *args, const char *what, const char **word)
{
	*word = NULL;
	if (!nfr_ip_more(args))
		return nfr_diag_at(args->diag, args->text->name, args->end_line, args->end_column,
				   "expected %s", what);
	*word = args->word[args->next++].text;
	return 0;
}

/* strtoul with all its bases, but nothing after the number and no sign. */
static bool number(const char *text, uint32_t max, uint32_t *value)
{
	unsigned long long n;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	n = strtoull(text, &end, 0);
	if (*end || errno || n > max)
		return false;
	*value = (uint32_t)n;
	return true;
}

int nfr_ip_take_u32(struct nfr_ip_args *args, const char *what, uint32_t max, uint32_t *value)
{
	const char *word;

	if (nfr_ip_take(args, what, &word))
		return -1;
	if (!number(word, max, value))
		return nfr_ip_bad(args, "expected %s from 0 to %u, not `%s'", what, max, word);
	return 0;
}

/* Up to four decimal bytes with dots between; those left out are zero. */
static bool parse_ip4(const char *text, union nfr_addr *addr)
{
	unsigned i, n;

	memset(addr, 0, sizeof(*addr));
	for (i = 0; i < 4; i++) {
		if (*text < '0' || *text > '9')
			return false;
		for (n = 0; *text >= '0' && *text <= '9' && n <= 255; text++)
			n = n * 10 + (unsigned)(*text - '0');
		if (n > 255)
			return false;
		addr->b[i] = (uint8_t)n;
		if (!*text)
			return true;
		if (*text++ != '.')
			return false;
	}
	return false;
}

static bool parse_addr(const char *text, uint8_t family, uint8_t *got, union nfr_addr *addr)
{
	*got = strchr(text, ':') ? NFR_IPV6 : NFR_IPV4;
	if (family && family != *got)
		return false;
	if (*got == NFR_IPV6)
		return inet_pton(AF_INET6, text, addr->b) == 1;
	return parse_ip4(text, addr);
}

static const char *family_name(uint8_t family)
{
	return family == NFR_IPV6 ? "an IPv6 " : family == NFR_IPV4 ? "an IPv4 " : "an ";
}

int nfr_ip_take_addr(struct nfr_ip_args *args, uint8_t family, uint8_t *got, union nfr_addr *addr)
{
	const char *word;

	if (nfr_ip_take(args, "an address", &word))
		return -1;
	if (!parse_addr(word, family, got, addr))
		return nfr_ip_bad(args, "expected %saddress, not `%s'", family_name(family), word);
	return 0;
}

/* Length of a mask written as an address: ones, then zeros. */
static bool mask_len(const union nfr_addr *mask, uint8_t *len)
{
	uint32_t m = nfr_ntohl(mask->ip4), inverse = ~m;

	for (*len = 0; *len < 32 && m & UINT32_C(0x80000000) >> *len; ++*len)
		;
	return (inverse & (inverse + 1)) == 0;
}

static bool parse_len(const char *text, uint8_t family, uint8_t *len)
{
	union nfr_addr mask;
	uint32_t n;

	if (number(text, nfr_ip_addr_bits(family), &n)) {
		*len = (uint8_t)n;
		return true;
	}
	return family == NFR_IPV4 && strchr(text, '.') && parse_ip4(text, &mask) &&
	       mask_len(&mask, len);
}

int nfr_ip_prefix(struct nfr_ip_args *args, uint8_t family, struct nfr_ip_prefix *prefix)
{
	const char *word = nfr_ip_word_now(args), *slash = strchr(word, '/');
	char addr[64];

	memset(prefix, 0, sizeof(*prefix));
	prefix->has_len = slash != NULL;
	if (!strcmp(word, "default") || !strcmp(word, "any") || !strcmp(word, "all")) {
		prefix->family = family;
		return 0;
	}
	snprintf(addr, sizeof(addr), "%.*s", slash ? (int)(slash - word) : 63, word);
	if (!parse_addr(addr, family, &prefix->family, &prefix->addr))
		return nfr_ip_bad(args, "expected %saddress or prefix, not `%s'",
				  family_name(family), word);
	prefix->len = nfr_ip_addr_bits(prefix->family);
	if (slash && !parse_len(slash + 1, prefix->family, &prefix->len))
		return nfr_ip_bad(args, "expected a prefix length from 0 to %u after the `/'",
				  nfr_ip_addr_bits(prefix->family));
	return 0;
}

int nfr_ip_take_prefix(struct nfr_ip_args *args, uint8_t family, struct nfr_ip_prefix *prefix)
{
	const char *word;

	return nfr_ip_take(args, "an address or prefix", &word)
		       ? -1
		       : nfr_ip_prefix(args, family, prefix);
}

int nfr_ip_take_dev(struct nfr_ip_args *args, char name[NFR_IFNAMSIZ], uint16_t *ifindex)
{
	const char *word;
	int index;

	if (nfr_ip_take(args, "an interface", &word))
		return -1;
	index = nfr_link_index(args->net, word);
	if (index < 0 || strlen(word) >= NFR_IFNAMSIZ)
		return nfr_ip_bad(args, "there is no interface `%s'", word);
	snprintf(name, NFR_IFNAMSIZ, "%s", word);
	*ifindex = (uint16_t)index;
	return 0;
}

int nfr_ip_take_mac(struct nfr_ip_args *args, uint8_t mac[6])
{
	const char *word, *p;
	unsigned long byte;
	unsigned i;
	char *end;

	if (nfr_ip_take(args, "a link-layer address", &word))
		return -1;
	for (i = 0, p = word; i < 6; i++, p = end + 1) {
		byte = strtoul(p, &end, 16);
		if (!strchr("0123456789abcdefABCDEF", *p) || end == p || end - p > 2 ||
		    *end != (i < 5 ? ':' : '\0'))
			return nfr_ip_bad(
				args, "expected six bytes like 02:00:00:00:00:01, not `%s'", word);
		mac[i] = (uint8_t)byte;
	}
	return 0;
}

struct name {
	const char *name;
	uint32_t value;
};

/* A name of the table, or a number up to max. */
static int take_named(struct nfr_ip_args *args, const char *what, const struct name *names,
		      uint32_t max, uint32_t *value)
{
	const char *word;

	if (nfr_ip_take(args, what, &word))
		return -1;
	for (; names->name; names++)
		if (!strcmp(names->name, word)) {
			*value = names->value;
			return 0;
		}
	if (!number(word, max, value))
		return nfr_ip_bad(args, "expected %s (a name or a number), not `%s'", what, word);
	return 0;
}

/* The names of Linux itself; a rt_tables file is not read, so that a text means the same
 * everywhere. */
int nfr_ip_take_table(struct nfr_ip_args *args, uint32_t *table)
{
	static const struct name names[] = {
		{"local", NFR_RT_TABLE_LOCAL},
		{"main", NFR_RT_TABLE_MAIN},
		{"default", NFR_RT_TABLE_DEFAULT},
		{NULL, 0},
	};

	return take_named(args, "a routing table", names, UINT32_MAX, table);
}

int nfr_ip_take_scope(struct nfr_ip_args *args, uint8_t *scope)
{
	static const struct name names[] = {{"global", 0}, {"site", 200},    {"link", 253},
					    {"host", 254}, {"nowhere", 255}, {NULL, 0}};
	uint32_t value;

	if (take_named(args, "a scope", names, 255, &value))
		return -1;
	*scope = (uint8_t)value;
	return 0;
}

/* Always hexadecimal, as iproute2 reads it; the names of its rt_dsfield file are not known. */
int nfr_ip_take_tos(struct nfr_ip_args *args, uint8_t *tos)
{
	const char *word;
	unsigned long n;
	char *end;

	if (nfr_ip_take(args, "a tos", &word))
		return -1;
	n = strtoul(word, &end, 16);
	if (!strchr("0123456789abcdefABCDEF", *word) || !*word || *end || n > 255)
		return nfr_ip_bad(args, "expected a tos such as 0x10, not `%s'", word);
	*tos = (uint8_t)n;
	return 0;
}

int nfr_ip_route_type(const char *name)
{
	static const char *const types[] = {
		[NFR_RTN_UNICAST] = "unicast",
		[NFR_RTN_LOCAL] = "local",
		[NFR_RTN_BROADCAST] = "broadcast",
		[NFR_RTN_ANYCAST] = "anycast",
		[NFR_RTN_MULTICAST] = "multicast",
		[NFR_RTN_BLACKHOLE] = "blackhole",
		[NFR_RTN_UNREACHABLE] = "unreachable",
		[NFR_RTN_PROHIBIT] = "prohibit",
		[NFR_RTN_THROW] = "throw",
	};
	int i;

	for (i = NFR_RTN_UNICAST; i <= NFR_RTN_THROW; i++)
		if (!strcmp(types[i], name))
			return i;
	return -1;
}

int nfr_ip_options(struct nfr_ip_args *args, const struct nfr_ip_opt *rows, void *request)
{
	const struct nfr_ip_opt *row;
	const char *word;

	while (nfr_ip_more(args)) {
		if (nfr_ip_take(args, "an option", &word))
			return -1;
		for (row = rows; row->name && strcmp(row->name, word); row++)
			;
		if (row->take(args, request))
			return -1;
	}
	return 0;
}

int nfr_ip_skip(struct nfr_ip_args *args, void *request)
{
	(void)args;
	(void)request;
	return 0;
}

int nfr_ip_skip_value(struct nfr_ip_args *args, void *request)
{
	const char *word;

	(void)request;
	return nfr_ip_take(args, "a value", &word);
}
