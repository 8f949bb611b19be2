/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kinds of values that are names: of an option's own list, TCP flags, ICMP types, log levels,
 * types of service, DSCP classes.
 */
#include "iptables/kinds.h"

#include <stdlib.h>
#include <strings.h>

/* ---- lists of an option ---- */

/* The name that is meant, as the option's flags allow: in any case, cut short. */
static const struct nfr_xt_name *find_name(const struct nfr_xt_opt *opt, const char *text)
{
	int (*compare)(const char *, const char *, size_t) =
		opt->flags & NFR_XT_OPT_NOCASE ? strncasecmp : strncmp;
	size_t len = strlen(text);
	const struct nfr_xt_name *name;

	for (name = opt->names; name->name; name++)
		if (!compare(name->name, text, len + 1))
			return name;
	if (!len || !(opt->flags & NFR_XT_OPT_PREFIX))
		return NULL;
	for (name = opt->names; name->name; name++)
		if (!compare(name->name, text, len))
			return name;
	return NULL;
}

static int bad_name(const struct nfr_ipt_value *value, const char *text)
{
	char known[160] = "";
	const struct nfr_xt_name *name;
	size_t len = 0;

	for (name = value->opt->names; name->name && len < sizeof(known); name++)
		len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s", len ? ", " : "",
					name->name);
	return nfr_ipt_bad_value(value, "expected one of %s, not `%s'", known, text);
}

int nfr_ipt_parse_enum(const struct nfr_ipt_value *value, void *to)
{
	const struct nfr_xt_name *name;
	const char *word;

	if (nfr_ipt_take_value(value, &word))
		return -1;
	name = find_name(value->opt, word);
	if (!name)
		return bad_name(value, word);
	*(uint8_t *)to = (uint8_t)name->value;
	return 0;
}

void nfr_ipt_print_enum(FILE *to, uint8_t family, const struct nfr_xt_opt *opt, const void *from)
{
	const struct nfr_xt_name *name;

	(void)family;
	for (name = opt->names; name->name && name->value != *(const uint8_t *)from; name++)
		;
	fprintf(to, " %s", name->name ? name->name : "");
}

/* Names with commas between. */
static int parse_list(const struct nfr_ipt_value *value, bool may_be_empty, uint32_t *flags)
{
	const struct nfr_xt_name *name;
	const char *word, *rest;
	char text[64];

	if (nfr_ipt_take_value(value, &word))
		return -1;
	*flags = 0;
	for (rest = word; rest; word = rest) {
		if (!nfr_ipt_cut(word, ',', text, sizeof(text), &rest))
			return bad_name(value, word);
		if (!*text && may_be_empty)
			continue;
		name = find_name(value->opt, text);
		if (!name)
			return bad_name(value, text);
		*flags |= name->value;
	}
	return 0;
}

int nfr_ipt_parse_flags(const struct nfr_ipt_value *value, void *to)
{
	return parse_list(value, false, to);
}

void nfr_ipt_print_flags(FILE *to, uint8_t family, const struct nfr_xt_opt *opt, const void *from)
{
	uint32_t flags = *(const uint32_t *)from;
	const struct nfr_xt_name *name;
	const char *before = " ";

	(void)family;
	for (name = opt->names; name->name; name++) {
		if (name->value ? (flags & name->value) != name->value : flags != 0)
			continue;
		fprintf(to, "%s%s", before, name->name);
		before = ",";
	}
}

/* ---- TCP flags ---- */

static const struct nfr_xt_name tcp_flag_names[] = {
	{"FIN", 0x01}, {"SYN", 0x02}, {"RST", 0x04},  {"PSH", 0x08}, {"ACK", 0x10},
	{"URG", 0x20}, {"ALL", 0x3f}, {"NONE", 0x00}, {NULL, 0},
};

static int take_tcp_flags(const struct nfr_ipt_value *value, uint8_t *flags)
{
	struct nfr_xt_opt opt = *value->opt;
	struct nfr_ipt_value names = *value;
	uint32_t got = 0;

	opt.names = tcp_flag_names;
	opt.flags |= NFR_XT_OPT_NOCASE;
	names.opt = &opt;
	if (parse_list(&names, true, &got))
		return -1;
	*flags = (uint8_t)got;
	return 0;
}

int nfr_ipt_parse_tcp_flags(const struct nfr_ipt_value *value, void *to)
{
	uint8_t *pair = to;

	return take_tcp_flags(value, &pair[0]) ? -1 : take_tcp_flags(value, &pair[1]);
}

int nfr_ipt_parse_syn(const struct nfr_ipt_value *value, void *to)
{
	uint8_t *pair = to;

	(void)value;
	pair[0] = 0x17; /* FIN,SYN,RST,ACK */
	pair[1] = 0x02;
	return 0;
}

static void print_tcp_flags(FILE *to, uint8_t flags)
{
	const char *before = " ";
	unsigned i;

	for (i = 0; i < 6; i++) {
		if (!(flags & tcp_flag_names[i].value))
			continue;
		fprintf(to, "%s%s", before, tcp_flag_names[i].name);
		before = ",";
	}
	if (!flags)
		fputs(" NONE", to);
}

void nfr_ipt_print_tcp_flags(FILE *to, uint8_t family, const struct nfr_xt_opt *opt,
			     const void *from)
{
	const uint8_t *pair = from;

	(void)family;
	(void)opt;
	print_tcp_flags(to, pair[0]);
	print_tcp_flags(to, pair[1]);
}

/* ---- ICMP types ---- */

#define ANY_CODE -1
#define ANY_TYPE 255

struct icmp_name {
	const char *name;
	uint8_t type;
	int16_t code;
};

static const struct icmp_name icmp_names[] = {
	{"any", ANY_TYPE, ANY_CODE},
	{"echo-reply", 0, ANY_CODE},
	{"pong", 0, ANY_CODE},
	{"destination-unreachable", 3, ANY_CODE},
	{"network-unreachable", 3, 0},
	{"host-unreachable", 3, 1},
	{"protocol-unreachable", 3, 2},
	{"port-unreachable", 3, 3},
	{"fragmentation-needed", 3, 4},
	{"source-route-failed", 3, 5},
	{"network-unknown", 3, 6},
	{"host-unknown", 3, 7},
	{"network-prohibited", 3, 9},
	{"host-prohibited", 3, 10},
	{"TOS-network-unreachable", 3, 11},
	{"TOS-host-unreachable", 3, 12},
	{"communication-prohibited", 3, 13},
	{"host-precedence-violation", 3, 14},
	{"precedence-cutoff", 3, 15},
	{"source-quench", 4, ANY_CODE},
	{"redirect", 5, ANY_CODE},
	{"network-redirect", 5, 0},
	{"host-redirect", 5, 1},
	{"TOS-network-redirect", 5, 2},
	{"TOS-host-redirect", 5, 3},
	{"echo-request", 8, ANY_CODE},
	{"ping", 8, ANY_CODE},
	{"router-advertisement", 9, ANY_CODE},
	{"router-solicitation", 10, ANY_CODE},
	{"time-exceeded", 11, ANY_CODE},
	{"ttl-exceeded", 11, ANY_CODE},
	{"ttl-zero-during-transit", 11, 0},
	{"ttl-zero-during-reassembly", 11, 1},
	{"parameter-problem", 12, ANY_CODE},
	{"ip-header-bad", 12, 0},
	{"required-option-missing", 12, 1},
	{"timestamp-request", 13, ANY_CODE},
	{"timestamp-reply", 14, ANY_CODE},
	{"address-mask-request", 17, ANY_CODE},
	{"address-mask-reply", 18, ANY_CODE},
};

static const struct icmp_name icmp6_names[] = {
	{"destination-unreachable", 1, ANY_CODE},
	{"no-route", 1, 0},
	{"communication-prohibited", 1, 1},
	{"beyond-scope", 1, 2},
	{"address-unreachable", 1, 3},
	{"port-unreachable", 1, 4},
	{"failed-policy", 1, 5},
	{"reject-route", 1, 6},
	{"packet-too-big", 2, ANY_CODE},
	{"time-exceeded", 3, ANY_CODE},
	{"ttl-exceeded", 3, ANY_CODE},
	{"ttl-zero-during-transit", 3, 0},
	{"ttl-zero-during-reassembly", 3, 1},
	{"parameter-problem", 4, ANY_CODE},
	{"bad-header", 4, 0},
	{"unknown-header-type", 4, 1},
	{"unknown-option", 4, 2},
	{"echo-request", 128, ANY_CODE},
	{"ping", 128, ANY_CODE},
	{"echo-reply", 129, ANY_CODE},
	{"pong", 129, ANY_CODE},
	{"router-solicitation", 133, ANY_CODE},
	{"router-advertisement", 134, ANY_CODE},
	{"neighbour-solicitation", 135, ANY_CODE},
	{"neighbor-solicitation", 135, ANY_CODE},
	{"neighbour-advertisement", 136, ANY_CODE},
	{"neighbor-advertisement", 136, ANY_CODE},
	{"redirect", 137, ANY_CODE},
};

/* A name may be cut short as long as only one fits; one in full needs no other to be unlike it. */
static int find_icmp_name(const struct nfr_ipt_value *value, const struct icmp_name *names,
			  size_t n, const char *text, const struct icmp_name **found)
{
	size_t i, len = strlen(text);

	*found = NULL;
	for (i = 0; i < n; i++) {
		if (strncasecmp(names[i].name, text, len))
			continue;
		if (*found)
			return nfr_ipt_bad_value(value, "`%s' may be `%s' or `%s'", text,
						 (*found)->name, names[i].name);
		*found = &names[i];
	}
	return 0;
}

static int parse_icmp(const struct nfr_ipt_value *value, const struct icmp_name *names, size_t n,
		      struct nfr_xt_icmp_type *icmp)
{
	const struct icmp_name *name;
	const char *word, *rest;
	uint64_t type, code = 0;
	char text[32];

	if (nfr_ipt_take_value(value, &word) || find_icmp_name(value, names, n, word, &name))
		return -1;
	if (name) {
		icmp->type = name->type;
		icmp->code_min = name->code == ANY_CODE ? 0 : (uint8_t)name->code;
		icmp->code_max = name->code == ANY_CODE ? 255 : (uint8_t)name->code;
		return 0;
	}
	if (!nfr_ipt_cut(word, '/', text, sizeof(text), &rest) ||
	    !nfr_ipt_number(text, 255, &type) || (rest && !nfr_ipt_number(rest, 255, &code)))
		return nfr_ipt_bad_value(value, "expected a type, type/code or name, not `%s'",
					 word);
	icmp->type = (uint8_t)type;
	icmp->code_min = rest ? (uint8_t)code : 0;
	icmp->code_max = rest ? (uint8_t)code : 255;
	return 0;
}

int nfr_ipt_parse_icmp_type(const struct nfr_ipt_value *value, void *to)
{
	return parse_icmp(value, icmp_names, sizeof(icmp_names) / sizeof(icmp_names[0]), to);
}

int nfr_ipt_parse_icmp6_type(const struct nfr_ipt_value *value, void *to)
{
	return parse_icmp(value, icmp6_names, sizeof(icmp6_names) / sizeof(icmp6_names[0]), to);
}

static void print_icmp(FILE *to, const struct nfr_xt_icmp_type *icmp)
{
	fprintf(to, " %u", icmp->type);
	if (icmp->code_min == icmp->code_max)
		fprintf(to, "/%u", icmp->code_min);
}

void nfr_ipt_print_icmp_type(FILE *to, uint8_t family, const struct nfr_xt_opt *opt,
			     const void *from)
{
	const struct nfr_xt_icmp_type *icmp = from;

	(void)family;
	(void)opt;
	if (icmp->type == ANY_TYPE)
		fputs(" any", to);
	else
		print_icmp(to, icmp);
}

void nfr_ipt_print_icmp6_type(FILE *to, uint8_t family, const struct nfr_xt_opt *opt,
			      const void *from)
{
	(void)family;
	(void)opt;
	print_icmp(to, from);
}

/* ---- log levels ---- */

int nfr_ipt_parse_log_level(const struct nfr_ipt_value *value, void *to)
{
	const struct nfr_xt_name *name;
	const char *word;
	uint64_t n;

	if (nfr_ipt_take_value(value, &word))
		return -1;
	name = find_name(value->opt, word);
	if (!name && !nfr_ipt_number(word, 7, &n))
		return bad_name(value, word);
	*(uint8_t *)to = (uint8_t)(name ? name->value : n);
	return 0;
}

/* ---- types of service ---- */

#define TOS_NAME_MASK 0x3f

static const struct nfr_xt_name tos_names[] = {
	{"Minimize-Delay", 0x10}, {"Maximize-Throughput", 0x08}, {"Maximize-Reliability", 0x04},
	{"Minimize-Cost", 0x02},  {"Normal-Service", 0x00},	 {NULL, 0},
};

static const struct nfr_xt_name *find_tos(const char *text)
{
	const struct nfr_xt_name *name;

	for (name = tos_names; name->name; name++)
		if (!strcasecmp(name->name, text))
			return name;
	return NULL;
}

int nfr_ipt_parse_tos(const struct nfr_ipt_value *value, void *to)
{
	const struct nfr_xt_name *name;
	struct nfr_xt_tos *tos = to;
	uint64_t number, mask = 255;
	const char *word, *rest;
	char text[32];

	if (nfr_ipt_take_value(value, &word))
		return -1;
	name = find_tos(word);
	if (name) {
		*tos = (struct nfr_xt_tos){(uint8_t)name->value, TOS_NAME_MASK};
		return 0;
	}
	if (!nfr_ipt_cut(word, '/', text, sizeof(text), &rest) ||
	    !nfr_ipt_number(text, 255, &number) || (rest && !nfr_ipt_number(rest, 255, &mask)))
		return nfr_ipt_bad_value(value, "expected value[/mask] or a name, not `%s'", word);
	*tos = (struct nfr_xt_tos){(uint8_t)number, (uint8_t)mask};
	return 0;
}

/* 0 to 255, or -1 */
static int take_tos_bits(const struct nfr_ipt_value *value)
{
	const char *word;
	uint64_t n;

	if (nfr_ipt_take_value(value, &word))
		return -1;
	if (!nfr_ipt_number(word, 255, &n))
		return nfr_ipt_bad_value(value, "expected a number from 0 to 255, not `%s'", word);
	return (int)n;
}

int nfr_ipt_parse_tos_and(const struct nfr_ipt_value *value, void *to)
{
	int bits = take_tos_bits(value);

	if (bits >= 0)
		*(struct nfr_xt_tos *)to = (struct nfr_xt_tos){0, (uint8_t)~bits};
	return bits < 0 ? -1 : 0;
}

int nfr_ipt_parse_tos_or(const struct nfr_ipt_value *value, void *to)
{
	int bits = take_tos_bits(value);

	if (bits >= 0)
		*(struct nfr_xt_tos *)to = (struct nfr_xt_tos){(uint8_t)bits, (uint8_t)bits};
	return bits < 0 ? -1 : 0;
}

int nfr_ipt_parse_tos_xor(const struct nfr_ipt_value *value, void *to)
{
	int bits = take_tos_bits(value);

	if (bits >= 0)
		*(struct nfr_xt_tos *)to = (struct nfr_xt_tos){(uint8_t)bits, 0};
	return bits < 0 ? -1 : 0;
}

void nfr_ipt_print_tos(FILE *to, uint8_t family, const struct nfr_xt_opt *opt, const void *from)
{
	const struct nfr_xt_tos *tos = from;

	(void)family;
	(void)opt;
	fprintf(to, " 0x%02x/0x%02x", tos->value, tos->mask);
}

/* ---- DSCP classes: RFC 2474's selectors, RFC 2597's assured forwarding, RFC 3246 ---- */

int nfr_ipt_parse_dscp_class(const struct nfr_ipt_value *value, void *to)
{
	static const struct nfr_xt_name classes[] = {
		{"CS0", 0x00},	{"CS1", 0x08},	{"CS2", 0x10},	{"CS3", 0x18},	{"CS4", 0x20},
		{"CS5", 0x28},	{"CS6", 0x30},	{"CS7", 0x38},	{"BE", 0x00},	{"AF11", 0x0a},
		{"AF12", 0x0c}, {"AF13", 0x0e}, {"AF21", 0x12}, {"AF22", 0x14}, {"AF23", 0x16},
		{"AF31", 0x1a}, {"AF32", 0x1c}, {"AF33", 0x1e}, {"AF41", 0x22}, {"AF42", 0x24},
		{"AF43", 0x26}, {"EF", 0x2e},	{NULL, 0},
	};
	const struct nfr_xt_name *name;
	const char *word;

	if (nfr_ipt_take_value(value, &word))
		return -1;
	for (name = classes; name->name; name++)
		if (!strcasecmp(name->name, word)) {
			*(uint8_t *)to = (uint8_t)name->value;
			return 0;
		}
	return nfr_ipt_bad_value(value, "expected a class such as CS1, AF21, EF or BE, not `%s'",
				 word);
}
