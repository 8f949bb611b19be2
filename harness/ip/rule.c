/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `ip rule add|del`: policy routing. A rule is IPv4 unless the line begins with `-6`; without a
 * priority Linux puts it before all rules but the first.
 */
#include "ip/args.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

struct request {
	struct nfr_policy_rule rule;
	bool has_table, has_action;
};

static uint8_t family_of(const struct nfr_ip_args *args)
{
	return args->family ? args->family : NFR_IPV4;
}

static int take_from(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;
	struct nfr_ip_prefix prefix;

	if (nfr_ip_take_prefix(args, family_of(args), &prefix))
		return -1;
	r->rule.src = prefix.addr;
	r->rule.src_len = prefix.len;
	return 0;
}

static int take_to(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;
	struct nfr_ip_prefix prefix;

	if (nfr_ip_take_prefix(args, family_of(args), &prefix))
		return -1;
	r->rule.dst = prefix.addr;
	r->rule.dst_len = prefix.len;
	return 0;
}

static int take_pref(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	return nfr_ip_take_u32(args, "a priority", UINT32_MAX, &r->rule.priority);
}

static int take_tos(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	return nfr_ip_take_tos(args, &r->rule.tos);
}

/* VALUE or VALUE/MASK; the mask is all ones when it is not given. */
static int take_fwmark(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;
	unsigned long long value, mask = UINT32_MAX;
	const char *word;
	char *end;

	if (nfr_ip_take(args, "a mark", &word))
		return -1;
	value = strtoull(word, &end, 0);
	if (end != word && *end == '/' && end[1])
		mask = strtoull(end + 1, &end, 0);
	if (*word < '0' || *word > '9' || *end || value > UINT32_MAX || mask > UINT32_MAX)
		return nfr_ip_bad(args, "expected a mark, or mark/mask, not `%s'", word);
	r->rule.mark = (uint32_t)value;
	r->rule.mark_mask = (uint32_t)mask;
	return 0;
}

static int take_name(struct nfr_ip_args *args, char name[NFR_IFNAMSIZ])
{
	uint16_t ifindex;

	return nfr_ip_take_dev(args, name, &ifindex);
}

static int take_iif(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	return take_name(args, r->rule.iif);
}

static int take_oif(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	return take_name(args, r->rule.oif);
}

static int take_table(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	r->has_table = true;
	return nfr_ip_take_table(args, &r->rule.table);
}

static int take_not(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	(void)args;
	r->rule.invert = true;
	return 0;
}

static int take_ipproto(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;
	const char *word;
	int proto;

	if (nfr_ip_take(args, "a protocol", &word))
		return -1;
	proto = nfr_proto_parse(word);
	if (proto < 0)
		return nfr_ip_bad(args, "expected a protocol, not `%s'", word);
	r->rule.ipproto = (uint8_t)proto;
	return 0;
}

/* Linux refuses 65535 here. */
static int take_ports(struct nfr_ip_args *args, uint16_t *min, uint16_t *max)
{
	unsigned lo, hi;
	const char *word;
	char rest;
	int n;

	if (nfr_ip_take(args, "a port", &word))
		return -1;
	n = sscanf(word, "%u-%u%c", &lo, &hi, &rest);
	if (n == 1 && !strchr(word, '-'))
		hi = lo;
	else if (n != 2)
		lo = 0;
	if (*word < '0' || *word > '9' || strspn(word, "0123456789-") != strlen(word) || !lo ||
	    hi >= 65535 || hi < lo)
		return nfr_ip_bad(args, "expected a port, or first-last, not `%s'", word);
	*min = (uint16_t)lo;
	*max = (uint16_t)hi;
	return 0;
}

static int take_sport(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	return take_ports(args, &r->rule.sport_min, &r->rule.sport_max);
}

static int take_dport(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;

	return take_ports(args, &r->rule.dport_min, &r->rule.dport_max);
}

static int refuse(struct nfr_ip_args *args, void *request)
{
	(void)request;
	return nfr_ip_bad(args, "`%s' is not supported in a rule", nfr_ip_word_now(args));
}

/* blackhole, unreachable or prohibit, with or without `type` before it. */
static int take_action(struct nfr_ip_args *args, void *request)
{
	struct request *r = request;
	int type = nfr_ip_route_type(nfr_ip_word_now(args));

	if (type != NFR_RTN_BLACKHOLE && type != NFR_RTN_UNREACHABLE && type != NFR_RTN_PROHIBIT &&
	    type != NFR_RTN_UNICAST)
		return nfr_ip_bad(args, "expected a selector or an action, not `%s'",
				  nfr_ip_word_now(args));
	r->has_action = true;
	r->rule.action = (uint8_t)type;
	return 0;
}

static int take_type(struct nfr_ip_args *args, void *request)
{
	const char *word;

	return nfr_ip_take(args, "an action", &word) ? -1 : take_action(args, request);
}

static const struct nfr_ip_opt options[] = {
	{"from", take_from},
	{"to", take_to},
	{"pref", take_pref},
	{"priority", take_pref},
	{"preference", take_pref},
	{"order", take_pref},
	{"prio", take_pref},
	{"tos", take_tos},
	{"dsfield", take_tos},
	{"fwmark", take_fwmark},
	{"iif", take_iif},
	{"dev", take_iif},
	{"oif", take_oif},
	{"table", take_table},
	{"lookup", take_table},
	{"not", take_not},
	{"ipproto", take_ipproto},
	{"sport", take_sport},
	{"dport", take_dport},
	{"type", take_type},
	{"protocol", nfr_ip_skip_value},
	{"proto", nfr_ip_skip_value},
	{"goto", refuse},
	{"nop", refuse},
	{"l3mdev", refuse},
	{"uidrange", refuse},
	{"tun_id", refuse},
	{"suppress_prefixlength", refuse},
	{"suppress_ifgroup", refuse},
	{"realms", refuse},
	{"nat", refuse},
	{NULL, take_action},
};

static int parse(struct nfr_ip_args *args, struct request *r)
{
	memset(r, 0, sizeof(*r));
	r->rule.family = family_of(args);
	r->rule.action = NFR_RTN_UNICAST;
	return nfr_ip_options(args, options, r);
}

/* A rule that names neither table nor action looks up main. */
static int add(struct nfr_ip_args *args)
{
	struct request r;

	if (parse(args, &r))
		return -1;
	if (!r.has_table && r.rule.action == NFR_RTN_UNICAST)
		r.rule.table = NFR_RT_TABLE_MAIN;
	return args->dry ? 0 : nfr_ip_status(args, nfr_rule_add(args->net, &r.rule), "rule");
}

/* What the line does not say matches any rule. */
static int del(struct nfr_ip_args *args)
{
	struct request r;

	if (!nfr_ip_more(args))
		return nfr_ip_bad_line(args, "expected what to delete");
	if (parse(args, &r))
		return -1;
	if (!r.has_action)
		r.rule.action = NFR_RTN_UNSPEC;
	return args->dry ? 0 : nfr_ip_status(args, nfr_rule_del(args->net, &r.rule), "rule");
}

const struct nfr_ip_cmd nfr_ip_rule_cmds[] = {
	{"add", add},
	{"delete", del},
	{NULL, NULL},
};
