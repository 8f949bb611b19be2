/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rulesets. Extensions and their options are taken from the core's own tables; which combinations
 * are allowed is left to the core's checks: a rule that they refuse is thrown away. Linux must then
 * accept what the core accepts: that is compared, too.
 *
 * Most traffic should get through most rulesets, or there is little to compare: rules that end a
 * packet's way are mostly narrow.
 */
#include "scenario.h"

#include "iptables/iptables.h"
#include "xt/xt.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MAX_USER_CHAINS 2

static const struct nfr_xt_ext *const matches[] = {
#define MATCH(sym) &nfr_xt_match_##sym,
#include "xt/match.def"
#undef MATCH
};

static const struct nfr_xt_ext *const targets[] = {
#define TARGET(sym) &nfr_xt_target_##sym,
#include "xt/target.def"
#undef TARGET
};

struct builtin {
	const char *name;
	uint8_t hook;
};

static const struct builtin chains[NFR_XT_TABLE_MAX][6] = {
	[NFR_XT_RAW] = {{"PREROUTING", NFR_INET_PRE_ROUTING}, {"OUTPUT", NFR_INET_LOCAL_OUT}},
	[NFR_XT_MANGLE] = {{"PREROUTING", NFR_INET_PRE_ROUTING},
			   {"INPUT", NFR_INET_LOCAL_IN},
			   {"FORWARD", NFR_INET_FORWARD},
			   {"OUTPUT", NFR_INET_LOCAL_OUT},
			   {"POSTROUTING", NFR_INET_POST_ROUTING}},
	[NFR_XT_NAT] = {{"PREROUTING", NFR_INET_PRE_ROUTING},
			{"INPUT", NFR_INET_LOCAL_IN},
			{"OUTPUT", NFR_INET_LOCAL_OUT},
			{"POSTROUTING", NFR_INET_POST_ROUTING}},
	[NFR_XT_FILTER] = {{"INPUT", NFR_INET_LOCAL_IN},
			   {"FORWARD", NFR_INET_FORWARD},
			   {"OUTPUT", NFR_INET_LOCAL_OUT}},
	[NFR_XT_SECURITY] = {{"INPUT", NFR_INET_LOCAL_IN},
			     {"FORWARD", NFR_INET_FORWARD},
			     {"OUTPUT", NFR_INET_LOCAL_OUT}},
};

/* How often a table is there, percent; how many rules it has at most. */
static const struct {
	uint8_t percent, max_rules;
} share[NFR_XT_TABLE_MAX] = {
	[NFR_XT_RAW] = {45, 5},	     [NFR_XT_MANGLE] = {45, 7},	  [NFR_XT_NAT] = {65, 7},
	[NFR_XT_FILTER] = {75, 10}, [NFR_XT_SECURITY] = {6, 3},
};

struct maker {
	struct diff_scenario *s;
	struct diff_rnd *rnd;
	struct diff_text *text; /* the ruleset so far */
	struct nfr_net *net;    /* that checks it */
	uint8_t family;
	enum nfr_xt_table_id table;
	const struct builtin *chain; /* of the rule; NULL: a user chain */
	unsigned n_user;             /* user chains */
	unsigned user;               /* which one, when chain is NULL */
	uint8_t proto;               /* of the rule, 0: any */
	unsigned narrow;             /* how many things the rule asks for */
};

static bool serves(const struct maker *m, const struct nfr_xt_ext *ext)
{
	uint8_t family = m->family == 4 ? NFR_XT_FAMILY_IPV4 : NFR_XT_FAMILY_IPV6;

	return (ext->families & family) && (!ext->tables || (ext->tables & NFR_XT_BIT(m->table))) &&
	       (!ext->hooks || !m->chain || (ext->hooks & NFR_XT_BIT(m->chain->hook))) &&
	       (!ext->proto || ext->proto == m->proto);
}

/* ---- the generic part ---- */

static void put_proto(struct maker *m)
{
	static const uint8_t common[] = {6, 6, 6, 17, 17, 1, 1, 6, 17, 132, 47, 136, 50, 33};
	uint8_t proto;

	m->proto = 0;
	if (!diff_chance(m->rnd, 60))
		return;
	proto = DIFF_PICK(m->rnd, common);
	if (proto == 1 && m->family == 6)
		proto = 58;
	m->narrow++;
	if (diff_chance(m->rnd, 8)) {
		diff_put(m->text, " ! -p %u", proto);
		return;
	}
	diff_put(m->text, " -p %u", proto);
	m->proto = proto;
}

static void put_side(struct maker *m, const char *option)
{
	if (!diff_chance(m->rnd, 18))
		return;
	m->narrow++;
	diff_put(m->text, "%s %s ", diff_chance(m->rnd, 15) ? " !" : "", option);
	diff_put_net(m->s, m->text, m->family);
}

static void put_iface(struct maker *m, const char *option)
{
	if (!diff_chance(m->rnd, 25))
		return;
	m->narrow++;
	diff_put(m->text, "%s %s ", diff_chance(m->rnd, 15) ? " !" : "", option);
	switch (diff_below(m->rnd, 8)) {
	case 0:
		diff_put(m->text, "eth+");
		break;
	case 1:
		diff_put(m->text, "lo");
		break;
	default:
		diff_put(m->text, "%s", diff_dev(m->s, diff_between(m->rnd, 1, m->s->n_ifs)));
	}
}

static void put_generic(struct maker *m)
{
	uint8_t hook = m->chain ? m->chain->hook : NFR_INET_FORWARD;

	put_side(m, "-s");
	put_side(m, "-d");
	if (hook != NFR_INET_LOCAL_OUT && hook != NFR_INET_POST_ROUTING)
		put_iface(m, "-i");
	if (hook != NFR_INET_LOCAL_IN && hook != NFR_INET_PRE_ROUTING)
		put_iface(m, "-o");
	put_proto(m);
	if (m->family == 4 && diff_chance(m->rnd, 2))
		diff_put(m->text, "%s -f", diff_chance(m->rnd, 50) ? " !" : "");
}

/* ---- extensions ---- */

/* One option, if its slot is free. */
static bool put_option(struct maker *m, const struct nfr_xt_opt *opt, uint32_t *given)
{
	size_t before = m->text->len;

	if ((*given >> opt->slot & 1) || (opt->excludes & *given))
		return true;
	if (!strncmp(opt->name, "zone", 4) && *given) /* the last of several zones: see README */
		return true;
	if ((opt->flags & NFR_XT_OPT_INVERT) && diff_chance(m->rnd, 20))
		diff_put(m->text, " !");
	diff_put(m->text, " --%s", opt->name);
	if (!diff_value(m->s, m->text, m->family, opt)) {
		diff_cut(m->text, before);
		return false;
	}
	*given |= NFR_XT_BIT(opt->slot);
	return true;
}

static void put_options(struct maker *m, const struct nfr_xt_ext *ext)
{
	unsigned first, i, tries = 0;
	uint32_t given = 0;

	if (!ext->n_opts)
		return;
	for (i = 0; i < ext->n_opts; i++)
		if (ext->opts[i].flags & NFR_XT_OPT_REQUIRED)
			put_option(m, &ext->opts[i], &given);
	while (!given && tries++ < 8) {
		first = diff_below(m->rnd, ext->n_opts);
		put_option(m, &ext->opts[first], &given);
	}
	first = diff_below(m->rnd, ext->n_opts);
	for (i = 0; i < ext->n_opts; i++)
		if (diff_chance(m->rnd, ext->n_opts > 4 ? 20 : 35))
			put_option(m, &ext->opts[(first + i) % ext->n_opts], &given);
}

static void put_matches(struct maker *m)
{
	static const uint8_t count[] = {0, 0, 1, 1, 1, 1, 2, 2, 3};
	unsigned n = DIFF_PICK(m->rnd, count), tries = 0;
	const struct nfr_xt_ext *ext;
	bool mark = false; /* iptables takes one --mark for another's */

	while (n && tries++ < 30) {
		ext = DIFF_PICK(m->rnd, matches);
		if (!serves(m, ext) || (mark && strstr(ext->name, "mark")))
			continue;
		mark |= strstr(ext->name, "mark") != NULL;
		diff_put(m->text, " -m %s", ext->name);
		put_options(m, ext);
		m->narrow += strcmp(ext->name, "comment") != 0;
		n--;
	}
}

static bool ends_the_way(const char *target)
{
	return !strcmp(target, "DROP") || !strcmp(target, "REJECT") || !strcmp(target, "NFQUEUE") ||
	       !strcmp(target, "QUEUE");
}

/* False: this one would leave too little traffic. */
static bool put_verdict(struct maker *m)
{
	static const char *const verdict[] = {"ACCEPT", "ACCEPT", "ACCEPT", "RETURN", "DROP", "DROP",
					      "QUEUE"};
	const char *name = DIFF_PICK(m->rnd, verdict);

	if (m->chain && m->n_user && diff_chance(m->rnd, 40)) {
		diff_put(m->text, " -%c u%u", diff_chance(m->rnd, 20) ? 'g' : 'j',
			 diff_below(m->rnd, m->n_user));
		return true;
	}
	if (diff_chance(m->rnd, 10))
		return true; /* it only counts */
	if (ends_the_way(name) && m->narrow < 2 && diff_chance(m->rnd, 80))
		return false;
	diff_put(m->text, " -j %s", name);
	return true;
}

/* A port that Linux draws from a rule's own range cannot be told from one that was there before:
 * see README. Then the options from `from` on are not to be --random or --random-fully. */
static void no_chance_in_range(struct maker *m, size_t from)
{
	char *options = m->text->p + from, *random, *end;
	bool range = strstr(options, "--to-ports") || strstr(options, "]:") ||
		     (m->family == NFR_IPV4 && strchr(options, ':'));

	while (range && (random = strstr(options, " --random")) != NULL) {
		end = random + 1 + strcspn(random + 1, " ");
		memmove(random, end, strlen(end) + 1);
		m->text->len -= (size_t)(end - random);
	}
}

static bool put_target(struct maker *m)
{
	const struct nfr_xt_ext *ext;
	unsigned tries = 0;
	size_t from;

	if (diff_chance(m->rnd, m->table == NFR_XT_NAT ? 12 : 40))
		return put_verdict(m);
	do {
		ext = DIFF_PICK(m->rnd, targets);
	} while ((!serves(m, ext) || (m->table == NFR_XT_NAT && !ext->tables && tries % 4)) &&
		 tries++ < 60);
	if (!serves(m, ext))
		return put_verdict(m);
	if (ends_the_way(ext->name) && m->narrow < 2 && diff_chance(m->rnd, 75))
		return false;
	diff_put(m->text, " -j %s", ext->name);
	from = m->text->len;
	put_options(m, ext);
	no_chance_in_range(m, from);
	return true;
}

/* ---- rules and tables ---- */

static bool accepted(struct maker *m)
{
	size_t len = m->text->len;
	struct nfr_text text;
	struct nfr_diag diag;
	int status;

	diff_put(m->text, "COMMIT\n");
	text = nfr_text_string("rules", m->text->p);
	status = nfr_iptables_load(m->net, m->family == 4 ? NFR_IPV4 : NFR_IPV6, &text, false, &diag);
	diff_cut(m->text, len);
	return status == 0;
}

static unsigned count_chains(enum nfr_xt_table_id table)
{
	unsigned n = 0;

	while (n < COUNT(chains[table]) && chains[table][n].name)
		n++;
	return n;
}

static void put_rule(struct maker *m)
{
	size_t before = m->text->len;
	unsigned tries = 0;

	while (tries++ < 12) {
		m->chain = NULL;
		m->narrow = 0;
		m->user = diff_below(m->rnd, MAX_USER_CHAINS);
		if (m->user >= m->n_user || diff_chance(m->rnd, 75))
			m->chain = &chains[m->table][diff_below(m->rnd, count_chains(m->table))];
		if (m->chain)
			diff_put(m->text, "-A %s", m->chain->name);
		else
			diff_put(m->text, "-A u%u", m->user);
		put_generic(m);
		put_matches(m);
		if (put_target(m)) {
			diff_put(m->text, "\n");
			if (accepted(m))
				return;
		}
		diff_cut(m->text, before);
	}
}

static void put_table(struct maker *m)
{
	unsigned i, n = diff_between(m->rnd, 1, share[m->table].max_rules);

	diff_put(m->text, "*%s\n", nfr_xt_table_name(m->table));
	for (i = 0; i < count_chains(m->table); i++)
		diff_put(m->text, ":%s %s [0:0]\n", chains[m->table][i].name,
			 m->table != NFR_XT_NAT && diff_chance(m->rnd, 4) ? "DROP" : "ACCEPT");
	m->n_user = diff_chance(m->rnd, 30) ? diff_between(m->rnd, 1, MAX_USER_CHAINS) : 0;
	for (i = 0; i < m->n_user; i++)
		diff_put(m->text, ":u%u - [0:0]\n", i);
	/* so that the helper has connections to look at */
	if (m->table == NFR_XT_RAW && diff_chance(m->rnd, 60))
		diff_put(m->text,
			 "-A PREROUTING -p tcp -m tcp --dport 21 -j CT --helper ftp\n");
	while (n--)
		put_rule(m);
	diff_put(m->text, "COMMIT\n");
}

void diff_rules_make(struct diff_scenario *s, uint8_t family)
{
	struct nfr_config config = {.max.ct = 16};
	struct maker m = {.s = s, .rnd = &s->rnd, .family = family};
	size_t size;
	void *memory;
	unsigned table;

	size = nfr_size(&config);
	memory = aligned_alloc(64, (size + 63) & ~(size_t)63);
	m.net = memory ? nfr_init(memory, size, &config) : NULL;
	if (!m.net)
		diff_die("no instance to check rules with");
	m.text = &s->rules[family == 6];
	for (table = 0; table < NFR_XT_TABLE_MAX; table++) {
		m.table = (enum nfr_xt_table_id)table;
		if (diff_chance(m.rnd, share[table].percent))
			put_table(&m);
	}
	free(memory);
}
