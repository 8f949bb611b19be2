/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of kinds, and the kinds that are numbers, marks, rates and strings.
 */
#include "iptables/kinds.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>

int nfr_ipt_bad_value(const struct nfr_ipt_value *value, const char *fmt, ...)
{
	char why[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return nfr_ipt_bad(value->words, "--%s: %s", value->opt->name, why);
}

int nfr_ipt_take_value(const struct nfr_ipt_value *value, const char **word)
{
	char what[80];

	snprintf(what, sizeof(what), "a value for --%s", value->opt->name);
	return nfr_ipt_take(value->words, what, word);
}

bool nfr_ipt_cut(const char *text, char sign, char *head, size_t room, const char **rest)
{
	const char *at = strchr(text, sign);
	size_t len = at ? (size_t)(at - text) : strlen(text);

	*rest = at ? at + 1 : NULL;
	if (len >= room)
		return false;
	memcpy(head, text, len);
	head[len] = '\0';
	return true;
}

static int parse_none(const struct nfr_ipt_value *value, void *to)
{
	(void)value;
	(void)to;
	return 0;
}

static void print_none(FILE *to, uint8_t family, const struct nfr_xt_opt *opt, const void *from)
{
	(void)to;
	(void)family;
	(void)opt;
	(void)from;
}

/* ---- numbers ---- */

static int take_number(const struct nfr_ipt_value *value, uint32_t most, uint32_t *n)
{
	uint32_t max = value->opt->max && value->opt->max < most ? value->opt->max : most;
	const char *word;
	uint64_t got;

	if (nfr_ipt_take_value(value, &word))
		return -1;
	if (!nfr_ipt_number(word, UINT64_MAX, &got) || got > max || got < value->opt->min)
		return nfr_ipt_bad_value(value, "expected a number from %u to %u, not `%s'",
					 value->opt->min, max, word);
	*n = (uint32_t)got;
	return 0;
}

static int parse_u8(const struct nfr_ipt_value *value, void *to)
{
	uint32_t n;

	if (take_number(value, UINT8_MAX, &n))
		return -1;
	*(uint8_t *)to = (uint8_t)n;
	return 0;
}

static int parse_u16(const struct nfr_ipt_value *value, void *to)
{
	uint32_t n;

	if (take_number(value, UINT16_MAX, &n))
		return -1;
	*(uint16_t *)to = (uint16_t)n;
	return 0;
}

static int parse_u32(const struct nfr_ipt_value *value, void *to)
{
	return take_number(value, UINT32_MAX, to);
}

static void print_u8(FILE *to, uint8_t family, const struct nfr_xt_opt *opt, const void *from)
{
	(void)family;
	(void)opt;
	fprintf(to, " %u", *(const uint8_t *)from);
}

static void print_u16(FILE *to, uint8_t family, const struct nfr_xt_opt *opt, const void *from)
{
	(void)family;
	(void)opt;
	fprintf(to, " %u", *(const uint16_t *)from);
}

static void print_u32(FILE *to, uint8_t family, const struct nfr_xt_opt *opt, const void *from)
{
	(void)family;
	(void)opt;
	fprintf(to, " %u", *(const uint32_t *)from);
}

static void print_hex8(FILE *to, uint8_t family, const struct nfr_xt_opt *opt, const void *from)
{
	(void)family;
	(void)opt;
	fprintf(to, " 0x%02x", *(const uint8_t *)from);
}

static void print_hex32(FILE *to, uint8_t family, const struct nfr_xt_opt *opt, const void *from)
{
	(void)family;
	(void)opt;
	fprintf(to, " 0x%x", *(const uint32_t *)from);
}

/* `a`, `a:b`, `a:` and `:b`; an end that is missing is the limit, and nothing at all is 0. A range that is upside down never
 * matches, which iptables leaves to the user. */
static int take_range(const struct nfr_ipt_value *value, uint32_t most, uint32_t range[2])
{
	uint32_t max = value->opt->max && value->opt->max < most ? value->opt->max : most;
	uint64_t lo = value->opt->min, hi = max;
	const char *word, *second;
	char first[32];

	if (nfr_ipt_take_value(value, &word))
		return -1;
	if (!nfr_ipt_cut(word, ':', first, sizeof(first), &second) ||
	    (*first && !nfr_ipt_number(first, max, &lo)) ||
	    (second && *second && !nfr_ipt_number(second, max, &hi)))
		return nfr_ipt_bad_value(value, "expected a number or range up to %u, not `%s'",
					 max, word);
	if (!second)
		hi = lo;
	range[0] = (uint32_t)lo;
	range[1] = (uint32_t)hi;
	return 0;
}

static int parse_u16_range(const struct nfr_ipt_value *value, void *to)
{
	uint16_t *pair = to;
	uint32_t range[2];

	if (take_range(value, UINT16_MAX, range))
		return -1;
	pair[0] = (uint16_t)range[0];
	pair[1] = (uint16_t)range[1];
	return 0;
}

static int parse_u32_range(const struct nfr_ipt_value *value, void *to)
{
	return take_range(value, UINT32_MAX, to);
}

static void print_range(FILE *to, uint32_t lo, uint32_t hi)
{
	fprintf(to, " %u", lo);
	if (lo != hi)
		fprintf(to, ":%u", hi);
}

static void print_u16_range(FILE *to, uint8_t family, const struct nfr_xt_opt *opt,
			    const void *from)
{
	const uint16_t *pair = from;

	(void)family;
	(void)opt;
	print_range(to, pair[0], pair[1]);
}

static void print_u32_range(FILE *to, uint8_t family, const struct nfr_xt_opt *opt,
			    const void *from)
{
	const uint32_t *pair = from;

	(void)family;
	(void)opt;
	print_range(to, pair[0], pair[1]);
}

/* First and last queue, which must be two. */
static int parse_queue_range(const struct nfr_ipt_value *value, void *to)
{
	uint16_t *pair = to;

	if (parse_u16_range(value, to))
		return -1;
	if (pair[0] >= pair[1])
		return nfr_ipt_bad_value(value, "expected a range such as 0:3");
	return 0;
}

static int parse_zone(const struct nfr_ipt_value *value, void *to)
{
	struct nfr_xt_zone *zone = to;
	const char *word;
	uint64_t id = 0;

	if (nfr_ipt_take_value(value, &word))
		return -1;
	zone->is_mark = !strcasecmp(word, "mark");
	if (!zone->is_mark && !nfr_ipt_number(word, UINT16_MAX, &id))
		return nfr_ipt_bad_value(value, "expected a zone up to 65535 or `mark', not `%s'",
					 word);
	zone->id = (uint16_t)id;
	return 0;
}

static void print_zone(FILE *to, uint8_t family, const struct nfr_xt_opt *opt, const void *from)
{
	const struct nfr_xt_zone *zone = from;

	(void)family;
	(void)opt;
	if (zone->is_mark)
		fputs(" mark", to);
	else
		fprintf(to, " %u", zone->id);
}

/* ---- marks ---- */

static int parse_mark(const struct nfr_ipt_value *value, void *to)
{
	uint64_t number, bits = UINT32_MAX;
	struct nfr_xt_mark *mark = to;
	const char *word, *mask;
	char first[32];

	if (nfr_ipt_take_value(value, &word))
		return -1;
	if (!nfr_ipt_cut(word, '/', first, sizeof(first), &mask) ||
	    !nfr_ipt_number(first, UINT32_MAX, &number) ||
	    (mask && !nfr_ipt_number(mask, UINT32_MAX, &bits)))
		return nfr_ipt_bad_value(value, "expected value or value/mask, not `%s'", word);
	mark->value = (uint32_t)number;
	mark->mask = (uint32_t)bits;
	return 0;
}

/* The bits of value are set whatever the mask says. */
static int parse_mark_set(const struct nfr_ipt_value *value, void *to)
{
	struct nfr_xt_mark *mark = to;

	if (parse_mark(value, to))
		return -1;
	mark->mask |= mark->value;
	return 0;
}

static int take_bits(const struct nfr_ipt_value *value, uint32_t *bits)
{
	const char *word;
	uint64_t n;

	if (nfr_ipt_take_value(value, &word))
		return -1;
	if (!nfr_ipt_number(word, UINT32_MAX, &n))
		return nfr_ipt_bad_value(value, "expected a number of 32 bits, not `%s'", word);
	*bits = (uint32_t)n;
	return 0;
}

static int parse_mark_and(const struct nfr_ipt_value *value, void *to)
{
	struct nfr_xt_mark *mark = to;
	uint32_t bits;

	if (take_bits(value, &bits))
		return -1;
	*mark = (struct nfr_xt_mark){0, ~bits};
	return 0;
}

static int parse_mark_or(const struct nfr_ipt_value *value, void *to)
{
	struct nfr_xt_mark *mark = to;
	uint32_t bits;

	if (take_bits(value, &bits))
		return -1;
	*mark = (struct nfr_xt_mark){bits, bits};
	return 0;
}

static int parse_mark_xor(const struct nfr_ipt_value *value, void *to)
{
	struct nfr_xt_mark *mark = to;
	uint32_t bits;

	if (take_bits(value, &bits))
		return -1;
	*mark = (struct nfr_xt_mark){bits, 0};
	return 0;
}

static void print_mark(FILE *to, uint8_t family, const struct nfr_xt_opt *opt, const void *from)
{
	const struct nfr_xt_mark *mark = from;

	(void)family;
	(void)opt;
	fprintf(to, " 0x%x", mark->value);
	if (mark->mask != UINT32_MAX)
		fprintf(to, "/0x%x", mark->mask);
}

static void print_xmark(FILE *to, uint8_t family, const struct nfr_xt_opt *opt, const void *from)
{
	const struct nfr_xt_mark *mark = from;

	(void)family;
	(void)opt;
	fprintf(to, " 0x%x/0x%x", mark->value, mark->mask);
}

/* ---- rates and probabilities ---- */

#define RATE_SCALE 10000u /* a period of one second */

static const struct {
	const char *name; /* as it is printed */
	const char *full; /* of which any beginning is read */
	uint32_t period;
} rate_units[] = {
	{"day", "day", RATE_SCALE * 24 * 60 * 60},
	{"hour", "hour", RATE_SCALE * 60 * 60},
	{"min", "minute", RATE_SCALE * 60},
	{"sec", "second", RATE_SCALE},
};

#define N_RATE_UNITS (sizeof(rate_units) / sizeof(rate_units[0]))

static uint32_t unit_period(const char *text)
{
	size_t i, len = strlen(text);

	for (i = 0; len && i < N_RATE_UNITS; i++)
		if (!strncasecmp(rate_units[i].full, text, len))
			return rate_units[i].period;
	return 0;
}

/* Digits are decimal, whatever they begin with. */
static bool rate_count(const char *text, uint64_t *n)
{
	char *end;

	*n = strtoull(text, &end, 10);
	return end != text && !*end && *n > 0 && *n <= UINT32_MAX;
}

static int parse_rate(const struct nfr_ipt_value *value, void *to)
{
	uint32_t period = RATE_SCALE;
	const char *word, *unit;
	char count[32];
	uint64_t n;

	if (nfr_ipt_take_value(value, &word))
		return -1;
	if (!nfr_ipt_cut(word, '/', count, sizeof(count), &unit) ||
	    !rate_count(count, &n) || (unit && !(period = unit_period(unit))))
		return nfr_ipt_bad_value(value, "expected a rate such as 5/minute, not `%s'", word);
	if (n > period)
		return nfr_ipt_bad_value(value, "the rate `%s' is too fast", word);
	*(uint32_t *)to = period / (uint32_t)n;
	return 0;
}

/* The longest unit in which the count of a rate comes out better than in the next shorter one. */
static void print_rate(FILE *to, uint8_t family, const struct nfr_xt_opt *opt, const void *from)
{
	uint32_t period = *(const uint32_t *)from, next;
	size_t i;

	(void)family;
	(void)opt;
	if (!period)
		period = 1;
	for (i = N_RATE_UNITS - 1; i > 0; i--) {
		next = rate_units[i].period;
		if (period <= next && next / period >= next % period)
			break;
	}
	fprintf(to, " %u/%s", rate_units[i].period / period, rate_units[i].name);
}

static int parse_probability(const struct nfr_ipt_value *value, void *to)
{
	const char *word;
	double p;
	char *end;

	if (nfr_ipt_take_value(value, &word))
		return -1;
	p = strtod(word, &end);
	if (end == word || *end || !(p >= 0 && p <= 1))
		return nfr_ipt_bad_value(value, "expected a probability from 0 to 1, not `%s'",
					 word);
	*(uint32_t *)to = (uint32_t)(p * 0x80000000u + 0.5);
	return 0;
}

static void print_probability(FILE *to, uint8_t family, const struct nfr_xt_opt *opt,
			      const void *from)
{
	(void)family;
	(void)opt;
	fprintf(to, " %.11f", (double)*(const uint32_t *)from / 0x80000000u);
}

/* ---- strings ---- */

static int parse_string(const struct nfr_ipt_value *value, void *to)
{
	const char *word;
	size_t len;

	if (nfr_ipt_take_value(value, &word))
		return -1;
	len = strlen(word);
	if (len < value->opt->min)
		return nfr_ipt_bad_value(value, "the text is too short");
	if (len > value->opt->max && !(value->opt->flags & NFR_XT_OPT_CUT))
		return nfr_ipt_bad_value(value, "the text is longer than %u bytes",
					 value->opt->max);
	if (len > value->opt->max)
		len = value->opt->max;
	memset(to, 0, value->opt->max + 1);
	memcpy(to, word, len);
	return 0;
}

void nfr_ipt_print_string(FILE *to, const char *text)
{
	const char *p = text;

	while (isalnum((unsigned char)*p) || *p == '_' || *p == '-')
		p++;
	if (*text && !*p) {
		fputs(text, to);
		return;
	}
	fputc('"', to);
	for (p = text; *p; p++) {
		if (strchr("\"\\'", *p))
			fputc('\\', to);
		fputc(*p, to);
	}
	fputc('"', to);
}

static void print_string(FILE *to, uint8_t family, const struct nfr_xt_opt *opt, const void *from)
{
	(void)family;
	(void)opt;
	fputc(' ', to);
	nfr_ipt_print_string(to, from);
}

const struct nfr_ipt_kind nfr_ipt_kinds[NFR_XT_K_MAX] = {
	[NFR_XT_K_NONE] = {parse_none, print_none},
	[NFR_XT_K_U8] = {parse_u8, print_u8},
	[NFR_XT_K_U16] = {parse_u16, print_u16},
	[NFR_XT_K_U32] = {parse_u32, print_u32},
	[NFR_XT_K_HEX8] = {parse_u8, print_hex8},
	[NFR_XT_K_HEX32] = {parse_u32, print_hex32},
	[NFR_XT_K_U16_RANGE] = {parse_u16_range, print_u16_range},
	[NFR_XT_K_U32_RANGE] = {parse_u32_range, print_u32_range},
	[NFR_XT_K_PORTS] = {nfr_ipt_parse_ports, nfr_ipt_print_ports},
	[NFR_XT_K_PORTS_ANY] = {nfr_ipt_parse_ports_any, nfr_ipt_print_ports},
	[NFR_XT_K_PORT_LIST] = {nfr_ipt_parse_port_list, nfr_ipt_print_port_list},
	[NFR_XT_K_MARK] = {parse_mark, print_mark},
	[NFR_XT_K_XMARK] = {parse_mark, print_xmark},
	[NFR_XT_K_MARK_SET] = {parse_mark_set, print_xmark},
	[NFR_XT_K_MARK_AND] = {parse_mark_and, print_xmark},
	[NFR_XT_K_MARK_OR] = {parse_mark_or, print_xmark},
	[NFR_XT_K_MARK_XOR] = {parse_mark_xor, print_xmark},
	[NFR_XT_K_TOS] = {nfr_ipt_parse_tos, nfr_ipt_print_tos},
	[NFR_XT_K_TOS_SET] = {nfr_ipt_parse_tos, nfr_ipt_print_tos},
	[NFR_XT_K_TOS_AND] = {nfr_ipt_parse_tos_and, nfr_ipt_print_tos},
	[NFR_XT_K_TOS_OR] = {nfr_ipt_parse_tos_or, nfr_ipt_print_tos},
	[NFR_XT_K_TOS_XOR] = {nfr_ipt_parse_tos_xor, nfr_ipt_print_tos},
	[NFR_XT_K_ENUM] = {nfr_ipt_parse_enum, nfr_ipt_print_enum},
	[NFR_XT_K_FLAGS] = {nfr_ipt_parse_flags, nfr_ipt_print_flags},
	[NFR_XT_K_TCP_FLAGS] = {nfr_ipt_parse_tcp_flags, nfr_ipt_print_tcp_flags},
	[NFR_XT_K_SYN] = {nfr_ipt_parse_syn, nfr_ipt_print_tcp_flags},
	[NFR_XT_K_ICMP_TYPE] = {nfr_ipt_parse_icmp_type, nfr_ipt_print_icmp_type},
	[NFR_XT_K_ICMP6_TYPE] = {nfr_ipt_parse_icmp6_type, nfr_ipt_print_icmp6_type},
	[NFR_XT_K_STRING] = {parse_string, print_string},
	[NFR_XT_K_ADDR] = {nfr_ipt_parse_addr, nfr_ipt_print_addr},
	[NFR_XT_K_ADDR_RANGE] = {nfr_ipt_parse_addr_range, nfr_ipt_print_addr_range},
	[NFR_XT_K_MAC] = {nfr_ipt_parse_mac, nfr_ipt_print_mac},
	[NFR_XT_K_RATE] = {parse_rate, print_rate},
	[NFR_XT_K_PROBABILITY] = {parse_probability, print_probability},
	[NFR_XT_K_PROTO] = {nfr_ipt_parse_proto, print_u16},
	[NFR_XT_K_LOG_LEVEL] = {nfr_ipt_parse_log_level, print_u8},
	[NFR_XT_K_DSCP_CLASS] = {nfr_ipt_parse_dscp_class, print_hex8},
	[NFR_XT_K_NAT_RANGE] = {nfr_ipt_parse_nat_range, nfr_ipt_print_nat_range},
	[NFR_XT_K_NAT_PORTS] = {nfr_ipt_parse_nat_ports, nfr_ipt_print_nat_ports},
	[NFR_XT_K_NETMAP] = {nfr_ipt_parse_netmap, nfr_ipt_print_netmap},
	[NFR_XT_K_QUEUE_RANGE] = {parse_queue_range, print_u16_range},
	[NFR_XT_K_ZONE] = {parse_zone, print_zone},
};
