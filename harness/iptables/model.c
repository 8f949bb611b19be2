/* SPDX-License-Identifier: BSD-2-Clause */
#include "iptables/model.h"

#include <stdio.h>
#include <stdlib.h>

struct nfr_ipt_stored {
	struct nfr_ipt_stored *next;
	unsigned line;
	struct nfr_xt_ip ip;
	uint64_t packets, bytes;
	char jump[NFR_XT_CHAIN_LEN];
	uint32_t n_matches;
	const struct nfr_xt_ext *ext[NFR_XT_MAX_MATCHES + 1]; /* the target's, or NULL, last */
	uint8_t data[];					      /* their parameters end to end */
};

#define BIT(hook) (1u << (hook))

static const uint8_t table_hooks[NFR_XT_TABLE_MAX] = {
	[NFR_XT_RAW] = BIT(NFR_INET_PRE_ROUTING) | BIT(NFR_INET_LOCAL_OUT),
	[NFR_XT_MANGLE] = BIT(NFR_INET_NUMHOOKS) - 1,
	[NFR_XT_NAT] = (BIT(NFR_INET_NUMHOOKS) - 1) & ~BIT(NFR_INET_FORWARD),
	[NFR_XT_FILTER] = BIT(NFR_INET_LOCAL_IN) | BIT(NFR_INET_FORWARD) | BIT(NFR_INET_LOCAL_OUT),
	[NFR_XT_SECURITY] =
		BIT(NFR_INET_LOCAL_IN) | BIT(NFR_INET_FORWARD) | BIT(NFR_INET_LOCAL_OUT),
};

static const char *const builtin_names[NFR_INET_NUMHOOKS] = {
	[NFR_INET_PRE_ROUTING] = "PREROUTING",	 [NFR_INET_LOCAL_IN] = "INPUT",
	[NFR_INET_FORWARD] = "FORWARD",		 [NFR_INET_LOCAL_OUT] = "OUTPUT",
	[NFR_INET_POST_ROUTING] = "POSTROUTING",
};

static unsigned bucket_of(const char *name)
{
	unsigned hash = 0;

	for (; *name; name++)
		hash = hash * 31 + (unsigned char)*name;
	return hash % NFR_IPT_BUCKETS;
}

struct nfr_ipt_chain *nfr_ipt_chain_find(const struct nfr_ipt_table *table, const char *name)
{
	struct nfr_ipt_chain *chain = table->bucket[bucket_of(name)];

	while (chain && strcmp(chain->name, name) != 0)
		chain = chain->hash_next;
	return chain;
}

struct nfr_ipt_chain *nfr_ipt_chain_add(struct nfr_ipt_table *table, const char *name)
{
	struct nfr_ipt_chain *chain = calloc(1, sizeof(*chain)), **bucket;

	if (!chain)
		return NULL;
	snprintf(chain->name, sizeof(chain->name), "%s", name);
	chain->policy = NFR_XT_NO_POLICY;
	*(table->last ? &table->last->next : &table->chains) = chain;
	table->last = chain;
	bucket = &table->bucket[bucket_of(chain->name)];
	chain->hash_next = *bucket;
	*bucket = chain;
	return chain;
}

/* `:FORWARD -` and a chain that the text does not name keep the policy that there is. */
static void take_policies(const struct nfr_net *net, uint8_t family, struct nfr_ipt_table *table)
{
	struct nfr_xt_chain_info info;
	struct nfr_ipt_chain *chain;
	uint32_t i;

	if (!nfr_xt_loaded(net, family, table->id))
		return;
	for (i = 0; nfr_xt_get_chain(net, family, table->id, i, &info) == NFR_OK; i++) {
		chain = nfr_ipt_chain_find(table, info.name);
		if (chain && info.builtin)
			chain->policy = info.policy;
	}
}

struct nfr_ipt_table *nfr_ipt_table_new(const struct nfr_net *net, uint8_t family,
					enum nfr_xt_table_id id)
{
	struct nfr_ipt_table *table = calloc(1, sizeof(*table));
	struct nfr_ipt_chain *chain;
	unsigned hook;

	if (!table)
		return NULL;
	table->id = id;
	for (hook = 0; hook < NFR_INET_NUMHOOKS; hook++) {
		if (!(table_hooks[id] & BIT(hook)))
			continue;
		chain = nfr_ipt_chain_add(table, builtin_names[hook]);
		if (!chain) {
			nfr_ipt_tables_free(table);
			return NULL;
		}
		chain->builtin = true;
		chain->policy = NFR_ACCEPT;
	}
	take_policies(net, family, table);
	return table;
}

void nfr_ipt_chain_flush(struct nfr_ipt_chain *chain)
{
	struct nfr_ipt_stored *rule;

	while ((rule = chain->first)) {
		chain->first = rule->next;
		free(rule);
	}
	chain->last = NULL;
	chain->n_rules = 0;
}

void nfr_ipt_tables_free(struct nfr_ipt_table *table)
{
	struct nfr_ipt_table *next;
	struct nfr_ipt_chain *chain;

	for (; table; table = next) {
		next = table->next;
		while ((chain = table->chains)) {
			table->chains = chain->next;
			nfr_ipt_chain_flush(chain);
			free(chain);
		}
		free(table);
	}
}

static size_t data_size(const struct nfr_xt_rule *rule)
{
	size_t size = rule->target.ext ? rule->target.ext->size : 0;
	uint32_t i;

	for (i = 0; i < rule->n_matches; i++)
		size += rule->match[i].ext->size;
	return size;
}

static struct nfr_ipt_stored *pack(const struct nfr_xt_rule *rule, unsigned line)
{
	struct nfr_ipt_stored *s = calloc(1, sizeof(*s) + data_size(rule));
	const struct nfr_xt_ext_use *use;
	uint8_t *to;
	uint32_t i;

	if (!s)
		return NULL;
	s->line = line;
	s->ip = rule->ip;
	s->packets = rule->packets;
	s->bytes = rule->bytes;
	memcpy(s->jump, rule->jump, sizeof(s->jump));
	s->n_matches = rule->n_matches;
	for (i = 0, to = s->data; i <= s->n_matches; i++) {
		use = i < s->n_matches ? &rule->match[i] : &rule->target;
		s->ext[i] = use->ext;
		if (!use->ext)
			break;
		memcpy(to, use->data, use->ext->size);
		to += use->ext->size;
	}
	return s;
}

static void unpack(const struct nfr_ipt_stored *s, struct nfr_xt_rule *rule)
{
	const uint8_t *from = s->data;
	struct nfr_xt_ext_use *use;
	uint32_t i;

	rule->ip = s->ip;
	rule->packets = s->packets;
	rule->bytes = s->bytes;
	memcpy(rule->jump, s->jump, sizeof(rule->jump));
	rule->n_matches = s->n_matches;
	for (i = 0; i <= s->n_matches; i++) {
		use = i < s->n_matches ? &rule->match[i] : &rule->target;
		use->ext = s->ext[i];
		if (!use->ext)
			break;
		memcpy(use->data, from, use->ext->size);
		from += use->ext->size;
	}
}

bool nfr_ipt_rule_add(struct nfr_ipt_chain *chain, uint32_t before, unsigned line,
		      const struct nfr_xt_rule *rule)
{
	struct nfr_ipt_stored *s = pack(rule, line), **at = &chain->first;

	if (!s)
		return false;
	if (before == chain->n_rules && chain->last)
		at = &chain->last->next;
	else
		while (before--)
			at = &(*at)->next;
	s->next = *at;
	*at = s;
	if (!s->next)
		chain->last = s;
	chain->n_rules++;
	return true;
}

/* ---- into the instance ---- */

struct load {
	struct nfr_net *net;
	const struct nfr_text *text;
	struct nfr_diag *diag;
	const struct nfr_ipt_table *table;
	struct nfr_xt_rule rule;
};

/* The line of the n-th rule in the order in which they were appended. */
static unsigned line_of(const struct nfr_ipt_table *table, uint32_t n)
{
	const struct nfr_ipt_chain *chain;
	const struct nfr_ipt_stored *s;

	for (chain = table->chains; chain && n; chain = chain->next)
		for (s = chain->first; s; s = s->next)
			if (!--n)
				return s->line;
	return table->line;
}

/* Where a word first stands in a line, from 1; 0: nowhere. */
static unsigned column_of(const struct nfr_text *text, unsigned no, const char *word)
{
	struct nfr_line line = {0};
	size_t len = strlen(word), i;

	while (line.no < no)
		if (!nfr_text_next(text, &line))
			return 0;
	for (i = 0; i + len <= line.len; i++)
		if (!memcmp(line.p + i, word, len) && (i == 0 || line.p[i - 1] == ' ') &&
		    (i + len == line.len || line.p[i + len] == ' '))
			return (unsigned)i + 1;
	return 0;
}

/* The tables it may stand in, when this is not one of them. */
static void put_tables(char *to, size_t room, const struct nfr_xt_ext *ext, unsigned table)
{
	size_t len = 0;
	unsigned i;

	*to = '\0';
	if (!ext->tables || ext->tables & NFR_XT_BIT(table))
		return;
	for (i = 0; i < NFR_XT_TABLE_MAX && len < room; i++)
		if (ext->tables & NFR_XT_BIT(i))
			len += (size_t)snprintf(to + len, room - len, "%s%s", len ? ", " : ": ",
						nfr_xt_table_name((enum nfr_xt_table_id)i));
}

/* The core knows the rule and its match or target: the text shows where that is written. */
static int refused(const struct load *load, enum nfr_status status, const struct nfr_xt_error *err)
{
	const char *why = err->why, *name = err->ext ? err->ext->name : "";
	unsigned line = line_of(load->table, err->rule);
	char tables[64] = "";

	if (!why)
		why = status == NFR_ENOMEM ? "no room for more rules" : "Linux refuses this table";
	if (!err->ext)
		return nfr_diag_at(load->diag, load->text->name, line, 0, "%s", why);
	put_tables(tables, sizeof(tables), err->ext, load->table->id);
	if (!strncmp(why, name, strlen(name)))
		name = "";
	return nfr_diag_at(load->diag, load->text->name, line,
			   column_of(load->text, line, err->ext->name), "%s%s%s%s", name,
			   *name ? ": " : "", why, tables);
}

static enum nfr_status append_rules(struct load *load, const struct nfr_ipt_chain *chain,
				    struct nfr_xt_error *err)
{
	enum nfr_status status = NFR_OK;
	const struct nfr_ipt_stored *s;

	for (s = chain->first; s && status == NFR_OK; s = s->next) {
		unpack(s, &load->rule);
		status = nfr_xt_append(load->net, chain->name, &load->rule, err);
	}
	return status;
}

static int load_table(struct load *load, uint8_t family)
{
	struct nfr_xt_error err = {0};
	const struct nfr_ipt_chain *chain;
	enum nfr_status status = nfr_xt_begin(load->net, family, load->table->id);

	if (status != NFR_OK)
		return refused(load, status, &err);
	for (chain = load->table->chains; chain && status == NFR_OK; chain = chain->next)
		status = nfr_xt_chain(load->net, chain->name, chain->policy, chain->packets,
				      chain->bytes, &err);
	for (chain = load->table->chains; chain && status == NFR_OK; chain = chain->next)
		status = append_rules(load, chain, &err);
	if (status == NFR_OK)
		status = nfr_xt_commit(load->net, &err);
	return status == NFR_OK ? 0 : refused(load, status, &err);
}

int nfr_ipt_tables_load(struct nfr_net *net, uint8_t family, const struct nfr_ipt_table *tables,
			const struct nfr_text *text, struct nfr_diag *diag)
{
	struct load *load = calloc(1, sizeof(*load));
	int err = 0;

	if (!load)
		return nfr_diag_file(diag, text->name, "out of memory");
	*load = (struct load){.net = net, .text = text, .diag = diag};
	for (load->table = tables; load->table && !err; load->table = load->table->next)
		err = load_table(load, family);
	free(load);
	return err;
}
