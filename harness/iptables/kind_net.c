/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kinds of values that are protocols, ports, addresses, or ranges of them.
 */
#include "iptables/kinds.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "names.h"

int nfr_ipt_parse_proto(const struct nfr_ipt_value *value, void *to)
{
	const char *word;
	int proto;

	if (nfr_ipt_take_value(value, &word))
		return -1;
	proto = nfr_proto_parse(word);
	if (proto < 0)
		return nfr_ipt_bad_value(value, "expected a protocol, not `%s'", word);
	*(uint16_t *)to = (uint16_t)proto;
	return 0;
}

/* ---- ports ---- */

bool nfr_ipt_port(const char *text, uint16_t proto, uint16_t *port)
{
	uint64_t number;
	int service;

	if (nfr_ipt_number(text, UINT16_MAX, &number)) {
		*port = (uint16_t)number;
		return true;
	}
	service = *text ? nfr_service_port(text, nfr_proto_name(proto)) : -1;
	if (service < 0)
		return false;
	*port = (uint16_t)service;
	return true;
}

/* As getaddrinfo() reads a port: a decimal number of which 16 bits count, nothing for 0, or the
 * name of any protocol's service. */
static bool resolve_port(const char *text, uint16_t proto, uint16_t *port)
{
	char *end;
	int n = (int)strtoul(text, &end, 10);

	(void)proto;
	if (*end || n < 0)
		n = nfr_service_port(text, NULL);
	*port = (uint16_t)n;
	return n >= 0;
}

/* `a`, `a:b`, `a:` and `:b`; an end that is missing is the limit. */
static int take_ports(const struct nfr_ipt_value *value, uint16_t pair[2],
		      bool read(const char *text, uint16_t proto, uint16_t *port))
{
	const char *word, *second;
	char first[64];

	if (nfr_ipt_take_value(value, &word))
		return -1;
	pair[0] = 0;
	pair[1] = UINT16_MAX;
	if (!nfr_ipt_cut(word, ':', first, sizeof(first), &second) ||
	    ((*first || !second) && !read(first, value->proto, &pair[0])) ||
	    (second && *second && !read(second, value->proto, &pair[1])))
		return nfr_ipt_bad_value(value, "expected a port or range of ports, not `%s'",
					 word);
	if (!second)
		pair[1] = pair[0];
	return 0;
}

int nfr_ipt_parse_ports_any(const struct nfr_ipt_value *value, void *to)
{
	return take_ports(value, to, resolve_port);
}

int nfr_ipt_parse_ports(const struct nfr_ipt_value *value, void *to)
{
	uint16_t *pair = to;

	if (take_ports(value, pair, nfr_ipt_port))
		return -1;
	if (pair[0] > pair[1])
		return nfr_ipt_bad_value(value, "the range %u:%u is upside down", pair[0], pair[1]);
	return 0;
}

void nfr_ipt_print_ports(FILE *to, uint8_t family, const struct nfr_xt_opt *opt, const void *from)
{
	const uint16_t *pair = from;

	(void)family;
	(void)opt;
	fprintf(to, " %u", pair[0]);
	if (pair[0] != pair[1])
		fprintf(to, ":%u", pair[1]);
}

/* iptables looks at the protocol when it reads the ports, and at what stands before them only. */
static int check_proto(const struct nfr_ipt_value *value)
{
	if (value->proto)
		return 0;
	return nfr_ipt_bad_value(value, "ports need a `-p' with a protocol before them");
}

#define MAX_PORTS 15

/* One port, or a range that takes two places. */
static int add_ports(const struct nfr_ipt_value *value, const char *text,
		     struct nfr_xt_port_list *list)
{
	const char *second;
	char first[64];
	uint16_t lo, hi = 0;

	if (!nfr_ipt_cut(text, ':', first, sizeof(first), &second) ||
	    !nfr_ipt_port(first, value->proto, &lo) ||
	    (second && !nfr_ipt_port(second, value->proto, &hi)))
		return nfr_ipt_bad_value(value, "expected a port or range of ports, not `%s'",
					 text);
	if (second && lo >= hi)
		return nfr_ipt_bad_value(value, "the range `%s' is upside down", text);
	if (list->n + (second ? 2 : 1) > MAX_PORTS)
		return nfr_ipt_bad_value(value, "more than %d ports", MAX_PORTS);
	list->range[list->n] = second != NULL;
	list->port[list->n++] = lo;
	if (second)
		list->port[list->n++] = hi;
	return 0;
}

int nfr_ipt_parse_port_list(const struct nfr_ipt_value *value, void *to)
{
	struct nfr_xt_port_list *list = to;
	const char *word, *rest;
	char text[64];

	if (nfr_ipt_take_value(value, &word) || check_proto(value))
		return -1;
	memset(list, 0, sizeof(*list));
	for (rest = word; rest; word = rest) {
		if (!nfr_ipt_cut(word, ',', text, sizeof(text), &rest))
			return nfr_ipt_bad_value(value, "expected a port, not `%s'", word);
		if (add_ports(value, text, list))
			return -1;
	}
	return 0;
}

void nfr_ipt_print_port_list(FILE *to, uint8_t family, const struct nfr_xt_opt *opt,
			     const void *from)
{
	const struct nfr_xt_port_list *list = from;
	unsigned i;

	(void)family;
	(void)opt;
	for (i = 0; i < list->n && i < MAX_PORTS; i++)
		fprintf(to, "%s%u", !i ? " " : list->range[i - 1] ? ":" : ",", list->port[i]);
}

/* ---- addresses ---- */

static int bad_addr(const struct nfr_ipt_value *value, const char *text)
{
	return nfr_ipt_bad_value(value, "expected an %s address, not `%s'",
				 value->family == NFR_IPV6 ? "IPv6" : "IPv4", text);
}

/* address[/mask], the address as it is. */
static int take_addr_mask(const struct nfr_ipt_value *value, union nfr_addr *addr,
			  union nfr_addr *mask)
{
	const char *word, *rest;
	char text[64];

	if (nfr_ipt_take_value(value, &word))
		return -1;
	if (!nfr_ipt_cut(word, '/', text, sizeof(text), &rest) ||
	    !nfr_ipt_addr_resolve(value->family, text, addr))
		return bad_addr(value, word);
	nfr_ipt_mask_of(value->family, nfr_ipt_addr_bits(value->family), mask);
	if (rest && !nfr_ipt_mask_parse(value->family, rest, mask))
		return nfr_ipt_bad_value(value, "expected a mask, not `%s'", rest);
	return 0;
}

int nfr_ipt_parse_addr(const struct nfr_ipt_value *value, void *to)
{
	union nfr_addr *pair = to;

	return take_addr_mask(value, &pair[0], &pair[1]);
}

/* A mask that is no prefix is not printed at all: so does iptables-save. */
void nfr_ipt_print_addr(FILE *to, uint8_t family, const struct nfr_xt_opt *opt, const void *from)
{
	const union nfr_addr *pair = from;
	int len = nfr_ipt_mask_len(family, &pair[1]);

	(void)opt;
	fputc(' ', to);
	nfr_ipt_addr_print(to, family, &pair[0]);
	if (len >= 0 && len != (int)nfr_ipt_addr_bits(family))
		nfr_ipt_mask_print(to, family, &pair[1]);
}

/* first[-last] */
static bool parse_range(uint8_t family, const char *word, union nfr_addr *first,
			union nfr_addr *last)
{
	const char *rest;
	char text[64];

	if (!nfr_ipt_cut(word, '-', text, sizeof(text), &rest) ||
	    !nfr_ipt_addr_parse(family, text, first))
		return false;
	*last = *first;
	return !rest || nfr_ipt_addr_parse(family, rest, last);
}

int nfr_ipt_parse_addr_range(const struct nfr_ipt_value *value, void *to)
{
	union nfr_addr *pair = to;
	const char *word;

	if (nfr_ipt_take_value(value, &word))
		return -1;
	if (!parse_range(value->family, word, &pair[0], &pair[1]))
		return bad_addr(value, word);
	return 0;
}

void nfr_ipt_print_addr_range(FILE *to, uint8_t family, const struct nfr_xt_opt *opt,
			      const void *from)
{
	const union nfr_addr *pair = from;

	(void)opt;
	fputc(' ', to);
	nfr_ipt_addr_print(to, family, &pair[0]);
	fputc('-', to);
	nfr_ipt_addr_print(to, family, &pair[1]);
}

int nfr_ipt_parse_mac(const struct nfr_ipt_value *value, void *to)
{
	unsigned i, byte[6];
	const char *word;
	uint8_t *mac = to;
	int end = 0;

	if (nfr_ipt_take_value(value, &word))
		return -1;
	if (strspn(word, "0123456789abcdefABCDEF:") != strlen(word) ||
	    sscanf(word, "%2x:%2x:%2x:%2x:%2x:%2x%n", &byte[0], &byte[1], &byte[2], &byte[3],
		   &byte[4], &byte[5], &end) != 6 ||
	    word[end])
		return nfr_ipt_bad_value(value,
					 "expected an address such as 02:00:00:00:00:01, "
					 "not `%s'",
					 word);
	for (i = 0; i < 6; i++)
		mac[i] = (uint8_t)byte[i];
	return 0;
}

void nfr_ipt_print_mac(FILE *to, uint8_t family, const struct nfr_xt_opt *opt, const void *from)
{
	const uint8_t *mac = from;

	(void)family;
	(void)opt;
	fprintf(to, " %02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
		mac[5]);
}

/* ---- what NAT targets map to ---- */

/* NAT wants all bytes of an address to be written. */
static bool in_full(uint8_t family, const char *text)
{
	unsigned dots = 0;

	for (; *text && *text != '-'; text++)
		dots += *text == '.';
	return family == NFR_IPV6 || (dots == 3 && (!*text || in_full(family, text + 1)));
}

static bool parse_number_port(const char *text, uint16_t *port)
{
	uint64_t number;

	if (!nfr_ipt_number(text, UINT16_MAX, &number))
		return false;
	*port = (uint16_t)number;
	return true;
}

/* port[-port[/base]]; a service's name, of any protocol, only where it stands alone. */
static int parse_nat_ports(const struct nfr_ipt_value *value, const char *text,
			   struct nfr_nat_range *range)
{
	const char *last, *base = NULL;
	char first[64], second[64];

	if (check_proto(value))
		return -1;
	if (!nfr_ipt_cut(text, '-', first, sizeof(first), &last) ||
	    (last && !nfr_ipt_cut(last, '/', second, sizeof(second), &base)) ||
	    !(last ? parse_number_port(first, &range->min_proto)
		   : nfr_ipt_port(first, 0, &range->min_proto)) ||
	    (last && !parse_number_port(second, &range->max_proto)) ||
	    (base && (!nfr_ipt_port(base, 0, &range->base_proto) || !range->base_proto)))
		return nfr_ipt_bad_value(value, "expected a port or range of ports, not `%s'",
					 text);
	if (!last)
		range->max_proto = range->min_proto;
	if (range->min_proto > range->max_proto)
		return nfr_ipt_bad_value(value, "the range `%s' is upside down", text);
	range->flags |= NFR_NAT_RANGE_PROTO_SPECIFIED | (base ? NFR_NAT_RANGE_PROTO_OFFSET : 0);
	return 0;
}

int nfr_ipt_parse_nat_ports(const struct nfr_ipt_value *value, void *to)
{
	struct nfr_nat_range *range = to;
	const char *word;

	if (nfr_ipt_take_value(value, &word))
		return -1;
	memset(range, 0, sizeof(*range));
	return parse_nat_ports(value, word, range);
}

/* The addresses before the ports: those of IPv6 in brackets when ports follow; a colon that is the
 * only one begins the ports all the same. *ports: NULL when there are none. */
static bool cut_nat_addrs(uint8_t family, const char *word, char *addrs, size_t room, const char **ports)
{
	const char *colon = strchr(word, ':'), *rest;

	*ports = NULL;
	if (*word == '[' && family == NFR_IPV6) {
		if (!nfr_ipt_cut(word + 1, ']', addrs, room, &rest) || !rest)
			return false;
		if (*rest == ':')
			*ports = rest + 1;
		return *rest == ':' || !*rest;
	}
	if (colon && strchr(colon + 1, ':'))
		return nfr_ipt_cut(word, ' ', addrs, room, &rest) && !rest;
	return nfr_ipt_cut(word, ':', addrs, room, ports);
}

int nfr_ipt_parse_nat_range(const struct nfr_ipt_value *value, void *to)
{
	struct nfr_nat_range *range = to;
	const char *word, *ports;
	char addrs[100];

	if (nfr_ipt_take_value(value, &word))
		return -1;
	memset(range, 0, sizeof(*range));
	if (!cut_nat_addrs(value->family, word, addrs, sizeof(addrs), &ports))
		return bad_addr(value, word);
	if (*addrs || !ports) {
		if (!in_full(value->family, addrs) ||
		    !parse_range(value->family, addrs, &range->min_addr, &range->max_addr))
			return bad_addr(value, addrs);
		range->flags |= NFR_NAT_RANGE_MAP_IPS;
	}
	return ports ? parse_nat_ports(value, ports, range) : 0;
}

static void print_nat_ports(FILE *to, const struct nfr_nat_range *range)
{
	fprintf(to, "%u", range->min_proto);
	if (range->max_proto != range->min_proto || (range->flags & NFR_NAT_RANGE_PROTO_OFFSET))
		fprintf(to, "-%u", range->max_proto);
	if (range->flags & NFR_NAT_RANGE_PROTO_OFFSET)
		fprintf(to, "/%u", range->base_proto);
}

void nfr_ipt_print_nat_ports(FILE *to, uint8_t family, const struct nfr_xt_opt *opt,
			     const void *from)
{
	(void)family;
	(void)opt;
	fputc(' ', to);
	print_nat_ports(to, from);
}

void nfr_ipt_print_nat_range(FILE *to, uint8_t family, const struct nfr_xt_opt *opt,
			     const void *from)
{
	const struct nfr_nat_range *range = from;
	bool ports = (range->flags & NFR_NAT_RANGE_PROTO_SPECIFIED) != 0;
	bool brackets = family == NFR_IPV6 && ports;

	(void)opt;
	fputc(' ', to);
	if (range->flags & NFR_NAT_RANGE_MAP_IPS) {
		fputs(brackets ? "[" : "", to);
		nfr_ipt_addr_print(to, family, &range->min_addr);
		if (!nfr_addr_eq(&range->min_addr, &range->max_addr)) {
			fputc('-', to);
			nfr_ipt_addr_print(to, family, &range->max_addr);
		}
		fputs(brackets ? "]" : "", to);
	}
	if (ports) {
		fputc(':', to);
		print_nat_ports(to, range);
	}
}

/* The first and last address of the net, whatever host bits the address had. */
int nfr_ipt_parse_netmap(const struct nfr_ipt_value *value, void *to)
{
	struct nfr_nat_range *range = to;
	union nfr_addr mask;
	unsigned i;

	memset(range, 0, sizeof(*range));
	if (take_addr_mask(value, &range->min_addr, &mask))
		return -1;
	if (nfr_ipt_mask_len(value->family, &mask) < 0)
		return nfr_ipt_bad_value(value, "expected a mask of ones, then zeros");
	nfr_ipt_addr_and(&range->min_addr, &mask);
	range->max_addr = range->min_addr;
	for (i = 0; i < nfr_ipt_addr_bits(value->family) / 8; i++)
		range->max_addr.b[i] |= (uint8_t)~mask.b[i];
	range->flags = NFR_NAT_RANGE_MAP_IPS;
	return 0;
}

void nfr_ipt_print_netmap(FILE *to, uint8_t family, const struct nfr_xt_opt *opt, const void *from)
{
	const struct nfr_nat_range *range = from;
	union nfr_addr mask;
	unsigned i;

	(void)opt;
	memset(&mask, 0, sizeof(mask));
	for (i = 0; i < nfr_ipt_addr_bits(family) / 8; i++)
		mask.b[i] = (uint8_t) ~(range->min_addr.b[i] ^ range->max_addr.b[i]);
	fputc(' ', to);
	nfr_ipt_addr_print(to, family, &range->min_addr);
	nfr_ipt_mask_print(to, family, &mask);
}
