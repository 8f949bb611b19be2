/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options of matches and targets, all through their tables.
 *
 * Names may be cut short as long as only one option fits; where several extensions know the
 * name, the one that was loaded last is meant, so that `-m mark --mark 1 -m mark --mark 2` gives
 * two matches.
 */
#include "iptables/kinds.h"
#include "iptables/rule.h"

static void use_init(struct nfr_ipt_rule *rule, struct nfr_xt_ext_use *use,
		     const struct nfr_xt_ext *ext)
{
	use->ext = ext;
	memset(use->data, 0, ext->size);
	rule->loaded[rule->n_loaded++] = use;
}

static int load_match(struct nfr_ipt_rule *rule, const struct nfr_xt_ext *ext)
{
	if (rule->rule.n_matches == NFR_XT_MAX_MATCHES)
		return nfr_ipt_bad(&rule->words, "more than %d matches in a rule",
				   NFR_XT_MAX_MATCHES);
	use_init(rule, &rule->rule.match[rule->rule.n_matches++], ext);
	return 0;
}

int nfr_ipt_load_match(struct nfr_ipt_rule *rule, const char *name)
{
	const struct nfr_xt_ext *ext = nfr_xt_find_match(name, rule->family);

	return ext ? load_match(rule, ext) : nfr_ipt_bad(&rule->words, "unknown match `%s'", name);
}

void nfr_ipt_load_target(struct nfr_ipt_rule *rule, const struct nfr_xt_ext *ext)
{
	use_init(rule, &rule->rule.target, ext);
}

static const char *implied_match(uint16_t proto)
{
	switch (proto) {
	case NFR_IPPROTO_TCP:
		return "tcp";
	case NFR_IPPROTO_UDP:
		return "udp";
	case NFR_IPPROTO_ICMP:
		return "icmp";
	case NFR_IPPROTO_ICMPV6:
		return "icmp6";
	default:
		return "";
	}
}

bool nfr_ipt_load_implied(struct nfr_ipt_rule *rule)
{
	const struct nfr_xt_ext *ext =
		nfr_xt_find_match(implied_match(rule->rule.ip.proto), rule->family);

	if (!ext || rule->proto_tried)
		return false;
	rule->proto_tried = true;
	return load_match(rule, ext) == 0;
}

/* One pass over all options, the last loaded first. Counts those that fit. */
static int search(const struct nfr_ipt_rule *rule, const char *name, size_t len,
		  struct nfr_xt_ext_use **use, const struct nfr_xt_opt **opt)
{
	const struct nfr_xt_ext *ext;
	unsigned i, k;
	int n = 0;

	for (i = rule->n_loaded; i--;) {
		ext = rule->loaded[i]->ext;
		for (k = 0; k < ext->n_opts; k++) {
			if (strncmp(ext->opts[k].name, name, len) || *opt == &ext->opts[k])
				continue;
			n++;
			if (*opt)
				continue;
			*opt = &ext->opts[k];
			*use = rule->loaded[i];
		}
	}
	return n;
}

int nfr_ipt_find_option(const struct nfr_ipt_rule *rule, const char *name,
			struct nfr_xt_ext_use **use, const struct nfr_xt_opt **opt)
{
	size_t len = strlen(name);
	int n;

	*opt = NULL;
	if (search(rule, name, len + 1, use, opt))
		return 1;
	n = search(rule, name, len, use, opt);
	return n > 1 ? -1 : n;
}

static int check_use(const struct nfr_ipt_rule *rule, const struct nfr_xt_head *head,
		     const struct nfr_xt_ext *ext, const struct nfr_xt_opt *opt)
{
	unsigned i;

	if (rule->invert && !(opt->flags & NFR_XT_OPT_INVERT))
		return nfr_ipt_bad(&rule->words, "no `!' is allowed before --%s", opt->name);
	if (head->given >> opt->slot & 1)
		return nfr_ipt_bad(&rule->words, "--%s may be given only once", opt->name);
	for (i = 0; i < ext->n_opts; i++)
		if ((head->given >> ext->opts[i].slot & 1) &&
		    ((opt->excludes >> ext->opts[i].slot & 1) ||
		     (ext->opts[i].excludes >> opt->slot & 1)))
			return nfr_ipt_bad(&rule->words, "--%s may not be given beside --%s",
					   opt->name, ext->opts[i].name);
	return 0;
}

int nfr_ipt_take_option(struct nfr_ipt_rule *rule, struct nfr_xt_ext_use *use,
			const struct nfr_xt_opt *opt)
{
	struct nfr_xt_head *head = (struct nfr_xt_head *)(void *)use->data;
	struct nfr_ipt_value value = {.words = &rule->words,
				      .opt = opt,
				      .family = rule->family,
				      .proto = rule->rule.ip.proto};

	if (check_use(rule, head, use->ext, opt) ||
	    nfr_ipt_kinds[opt->kind].parse(&value, use->data + opt->off))
		return -1;
	head->given &= ~opt->forgets;
	head->given |= 1u << opt->slot;
	if (rule->invert)
		head->inverted |= 1u << opt->slot;
	rule->invert = false;
	return 0;
}

int nfr_ipt_check_options(const struct nfr_ipt_rule *rule)
{
	const struct nfr_xt_head *head;
	const struct nfr_xt_ext *ext;
	unsigned i, k;

	for (i = 0; i < rule->n_loaded; i++) {
		ext = rule->loaded[i]->ext;
		head = (const struct nfr_xt_head *)(const void *)rule->loaded[i]->data;
		for (k = 0; k < ext->n_opts; k++)
			if ((ext->opts[k].flags & NFR_XT_OPT_REQUIRED) &&
			    !(head->given >> ext->opts[k].slot & 1))
				return nfr_diag_at(rule->words.diag, rule->words.text->name,
						   rule->words.line, rule->words.end_column,
						   "%s `%s' needs --%s",
						   ext->is_target ? "target" : "match", ext->name,
						   ext->opts[k].name);
	}
	return 0;
}
