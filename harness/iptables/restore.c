/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iptables-restore: the lines of a text, from `*table` to COMMIT.
 *
 * The text is read into tables first, and those are loaded when its end was reached without an
 * error. A chain must be declared before a rule names it. `-s a,b -d c,d` makes four rules; when
 * inserted, the later ones come to stand before the earlier ones. Without `counters` the numbers
 * in brackets are not looked at, but `-c` in a rule counts. What follows the table's name or a
 * chain's counters in a line is passed over, as iptables does; a COMMIT must have its line end.
 */
#include "iptables/iptables.h"

#include <stdlib.h>

#include "iptables/rule.h"

struct restore {
	const struct nfr_net *net;
	const struct nfr_text *text;
	struct nfr_diag *diag;
	uint8_t family;
	bool counters;
	struct nfr_ipt_table *tables, **end; /* those committed */
	struct nfr_ipt_table *table;	     /* the one being read, or NULL */
	struct nfr_ipt_rule *rule;	     /* room for a line */
};

static int bad(const struct restore *r, const struct nfr_line *line, const char *why)
{
	return nfr_diag_at(r->diag, r->text->name, line->no, 1, "%s", why);
}

static int no_memory(const struct restore *r)
{
	return nfr_diag_file(r->diag, r->text->name, "out of memory");
}

/* ---- *table, :chain, COMMIT ---- */

static int begin_table(struct restore *r, const struct nfr_line *line)
{
	struct nfr_ipt_words *words = &r->rule->words;
	const char *name;
	unsigned id;

	if (nfr_ipt_split(words, line, 1) || nfr_ipt_take(words, "a table", &name))
		return -1;
	for (id = 0; id < NFR_XT_TABLE_MAX; id++)
		if (!strcmp(nfr_xt_table_name((enum nfr_xt_table_id)id), name))
			break;
	if (id == NFR_XT_TABLE_MAX)
		return nfr_ipt_bad(words, "expected raw, mangle, nat, filter or security, not `%s'",
				   name);
	r->table = nfr_ipt_table_new(r->net, r->family, (enum nfr_xt_table_id)id);
	return r->table ? 0 : no_memory(r);
}

static int set_policy(struct nfr_ipt_words *words, struct nfr_ipt_chain *chain, const char *policy)
{
	if (!chain->builtin)
		return nfr_ipt_bad(words, "only a built-in chain has a policy: `%s' has `-'",
				   chain->name);
	if (!strcmp(policy, "ACCEPT"))
		chain->policy = NFR_ACCEPT;
	else if (!strcmp(policy, "DROP"))
		chain->policy = NFR_DROP;
	else
		return nfr_ipt_bad(words, "expected the policy ACCEPT or DROP, not `%s'", policy);
	return 0;
}

static int new_chain(struct restore *r, const char *name, struct nfr_ipt_chain **chain)
{
	struct nfr_ipt_words *words = &r->rule->words;

	if (strlen(name) >= NFR_XT_CHAIN_LEN)
		return nfr_ipt_bad(words, "chain `%s' is longer than %d bytes", name,
				   NFR_XT_CHAIN_LEN - 1);
	if (!strcmp(name, "ACCEPT") || !strcmp(name, "DROP") || !strcmp(name, "QUEUE") ||
	    !strcmp(name, "RETURN"))
		return nfr_ipt_bad(words, "`%s' is a verdict and no name for a chain", name);
	*chain = nfr_ipt_chain_find(r->table, name);
	if (*chain)
		return nfr_ipt_bad(words, "chain `%s' exists already", name);
	*chain = nfr_ipt_chain_add(r->table, name);
	return *chain ? 0 : no_memory(r);
}

static bool parse_counters(const char *text, uint64_t *packets, uint64_t *bytes)
{
	unsigned long long p, b;
	int end = 0;

	if (sscanf(text, "[%llu:%llu]%n", &p, &b, &end) != 2 || !end)
		return false;
	*packets = p;
	*bytes = b;
	return true;
}

static int declare_chain(struct restore *r, const struct nfr_line *line)
{
	struct nfr_ipt_words *words = &r->rule->words;
	struct nfr_ipt_chain *chain;
	const char *name, *policy, *counters = "";

	if (nfr_ipt_split(words, line, 1) || nfr_ipt_take(words, "a chain", &name))
		return -1;
	if (strpbrk(name, " \t"))
		return nfr_ipt_bad(words, "a chain's name has no blanks: `%s'", name);
	chain = nfr_ipt_chain_find(r->table, name);
	if ((!chain || !chain->builtin) && new_chain(r, name, &chain))
		return -1;
	if (nfr_ipt_take(words, "a policy, or `-'", &policy))
		return -1;
	if (strcmp(policy, "-") && set_policy(words, chain, policy))
		return -1;
	if (!r->counters || !strcmp(policy, "-"))
		return 0;
	if (nfr_ipt_take(words, "counters", &counters))
		return -1;
	if (!parse_counters(counters, &chain->packets, &chain->bytes))
		return nfr_ipt_bad(words, "expected counters such as [0:0], not `%s'", counters);
	return 0;
}

static int commit_table(struct restore *r, const struct nfr_line *line)
{
	if (line->p + line->len == r->text->data + r->text->len)
		return nfr_diag_at(r->diag, r->text->name, line->no, (unsigned)line->len + 1,
				   "expected a line end after COMMIT");
	r->table->line = line->no;
	*r->end = r->table;
	r->end = &r->table->next;
	r->table = NULL;
	return 0;
}

/* ---- rules ---- */

static int add_rule(struct restore *r, struct nfr_ipt_chain *chain, uint32_t before)
{
	return nfr_ipt_rule_add(chain, before, r->rule->words.line, &r->rule->rule) ? 0
										    : no_memory(r);
}

/* One rule for each pair of a source and a destination; an option that was not given is one that
 * matches all. */
static int add_rules(struct restore *r, struct nfr_ipt_chain *chain)
{
	static const struct nfr_ipt_net any;
	struct nfr_ipt_rule *rule = r->rule;
	const struct nfr_ipt_net *src, *dst;
	bool insert = rule->command == 'I';
	unsigned s, d;

	for (s = 0; s < (rule->src.n ? rule->src.n : 1); s++)
		for (d = 0; d < (rule->dst.n ? rule->dst.n : 1); d++) {
			src = rule->src.n ? &rule->src.net[s] : &any;
			dst = rule->dst.n ? &rule->dst.net[d] : &any;
			rule->rule.ip.src = src->addr;
			rule->rule.ip.src_mask = src->mask;
			rule->rule.ip.dst = dst->addr;
			rule->rule.ip.dst_mask = dst->mask;
			if (add_rule(r, chain, insert ? rule->number - 1 : chain->n_rules))
				return -1;
		}
	return 0;
}

/* Stricter than a `:chain` line: names that would look like something else are refused. */
static int run_new_chain(struct restore *r)
{
	const struct nfr_ipt_rule *rule = r->rule;
	struct nfr_ipt_chain *chain;

	if (strchr("-!", *rule->chain) || strchr(rule->chain, ' '))
		return nfr_ipt_bad(&rule->words, "`%s' is no name for a chain", rule->chain);
	if (nfr_xt_find_target(rule->chain, rule->family))
		return nfr_ipt_bad(&rule->words, "chain `%s' has the name of a target",
				   rule->chain);
	return new_chain(r, rule->chain, &chain);
}

static void flush(struct restore *r)
{
	struct nfr_ipt_chain *chain;

	for (chain = r->table->chains; chain; chain = chain->next)
		if (!r->rule->chain || !strcmp(r->rule->chain, chain->name))
			nfr_ipt_chain_flush(chain);
}

static int run_command(struct restore *r)
{
	struct nfr_ipt_rule *rule = r->rule;
	struct nfr_ipt_chain *chain;

	if (rule->command == 'N')
		return run_new_chain(r);
	chain = rule->chain ? nfr_ipt_chain_find(r->table, rule->chain) : r->table->chains;
	if (!chain)
		return nfr_ipt_bad(&rule->words, "there is no chain `%s'", rule->chain);
	switch (rule->command) {
	case 'P':
		if (r->table->id == NFR_XT_NAT && !strcmp(rule->policy, "DROP"))
			return nfr_ipt_bad(&rule->words, "nat is no place to drop packets");
		return set_policy(&rule->words, chain, rule->policy);
	case 'F':
		flush(r);
		return 0;
	case 'I':
		if (rule->number > chain->n_rules + 1)
			return nfr_ipt_bad(&rule->words, "`%s' has only %u rules", chain->name,
					   chain->n_rules);
		break;
	}
	return add_rules(r, chain);
}

/* `[packets:bytes] ` before the command. */
static int take_brackets(struct restore *r, const struct nfr_line *line, size_t *from,
			 uint64_t counters[2])
{
	const char *close;
	char text[64];

	counters[0] = counters[1] = 0;
	*from = 0;
	if (!line->len || line->p[0] != '[')
		return 0;
	close = memchr(line->p, ']', line->len);
	snprintf(text, sizeof(text), "%.*s", close ? (int)(close - line->p) + 1 : 0, line->p);
	if (!close || !strchr(text, ':'))
		return bad(r, line, "expected [packets:bytes]");
	*from = (size_t)(close - line->p) + 1;
	if (r->counters && !parse_counters(text, &counters[0], &counters[1]))
		return bad(r, line, "expected numbers in [packets:bytes]");
	return 0;
}

static int command_line(struct restore *r, const struct nfr_line *line)
{
	struct nfr_ipt_rule *rule = r->rule;
	uint64_t counters[2];
	size_t from;

	if (take_brackets(r, line, &from, counters) || nfr_ipt_split(&rule->words, line, from))
		return -1;
	rule->table = r->table;
	if (nfr_ipt_parse_line(rule))
		return -1;
	if (rule->other_family)
		return 0;
	if (from && r->counters && rule->has_counters)
		return nfr_ipt_bad(&rule->words, "counters are given twice");
	if (from && r->counters) {
		rule->rule.packets = counters[0];
		rule->rule.bytes = counters[1];
	}
	return run_command(r);
}

/* ---- the whole text ---- */

static bool is_commit(const struct nfr_line *line)
{
	return line->len == 6 && !memcmp(line->p, "COMMIT", 6);
}

static int read_line(struct restore *r, const struct nfr_line *line)
{
	if (!line->len || line->p[0] == '#')
		return 0;
	if (!r->table)
		return line->p[0] == '*' ? begin_table(r, line)
					 : bad(r, line, "expected `*' and a table");
	if (line->p[0] == '*')
		return bad(r, line, "expected COMMIT before the next table");
	if (line->p[0] == ':')
		return declare_chain(r, line);
	return is_commit(line) ? commit_table(r, line) : command_line(r, line);
}

static int read_text(struct restore *r)
{
	struct nfr_line line = {0};

	while (nfr_text_next(r->text, &line))
		if (read_line(r, &line))
			return -1;
	if (r->table)
		return nfr_diag_at(r->diag, r->text->name, line.no + 1, 0, "expected COMMIT");
	return 0;
}

int nfr_iptables_load(struct nfr_net *net, uint8_t family, const struct nfr_text *text,
		      bool counters, struct nfr_diag *diag)
{
	struct restore r = {.net = net,
			    .text = text,
			    .diag = diag,
			    .family = family,
			    .counters = counters,
			    .rule = calloc(1, sizeof(*r.rule))};
	int err;

	if (!r.rule)
		return no_memory(&r);
	r.end = &r.tables;
	r.rule->family = family;
	r.rule->words.text = text;
	r.rule->words.diag = diag;
	err = read_text(&r);
	if (!err)
		err = nfr_ipt_tables_load(net, family, r.tables, text, diag);
	nfr_ipt_tables_free(r.table);
	nfr_ipt_tables_free(r.tables);
	free(r.rule);
	return err;
}
