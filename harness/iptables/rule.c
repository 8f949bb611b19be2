/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A command line: the command, the generic part of a rule, and where extensions come in.
 *
 * Options come in any order and are taken one after the other, as iptables does: an extension's
 * options are known only after its -m or -j. An option that nobody knows loads the match that -p
 * implies, if there is one: `-p tcp --dport 80` becomes `-p tcp -m tcp --dport 80`.
 *
 * A rule for IPv6 has no -f. `-4` and `-6` make the line one for that family alone. Interface
 * names may be anything of at most 15 bytes without blanks; `+` alone is any interface, even
 * after a `!`.
 */
#include "iptables/rule.h"

#include <stdlib.h>

#include "names.h"

/* Generic options that may be given only once. */
enum seen {
	SEEN_SRC = 1u << 0,
	SEEN_DST = 1u << 1,
	SEEN_PROTO = 1u << 2,
	SEEN_IN = 1u << 3,
	SEEN_OUT = 1u << 4,
	SEEN_JUMP = 1u << 5,
	SEEN_FRAG = 1u << 6,
	SEEN_COUNTERS = 1u << 7,
};

static int once(struct nfr_ipt_rule *rule, uint32_t option, const char *name)
{
	if (rule->seen & option)
		return nfr_ipt_bad(&rule->words, "%s may be given only once", name);
	rule->seen |= option;
	return 0;
}

/* A `!` that stood before an option, which takes it away. */
static bool take_invert(struct nfr_ipt_rule *rule)
{
	bool invert = rule->invert;

	rule->invert = false;
	return invert;
}

/* ---- commands ---- */

static int set_command(struct nfr_ipt_rule *rule, char command)
{
	if (rule->command)
		return nfr_ipt_bad(&rule->words, "-%c beside -%c: one command a line", command,
				   rule->command);
	rule->command = command;
	if (command == 'F' && !nfr_ipt_more(&rule->words))
		return 0;
	return nfr_ipt_take(&rule->words, "a chain", &rule->chain);
}

static int take_append(struct nfr_ipt_rule *rule)
{
	return set_command(rule, 'A');
}

static int take_insert(struct nfr_ipt_rule *rule)
{
	struct nfr_ipt_words *words = &rule->words;
	const char *word;
	uint64_t number;

	rule->number = 1;
	if (set_command(rule, 'I'))
		return -1;
	if (!nfr_ipt_more(words) || strchr("-!", *words->word[words->next].text))
		return 0;
	if (nfr_ipt_take(words, "a rule number", &word))
		return -1;
	if (!nfr_ipt_number(word, UINT32_MAX, &number) || !number)
		return nfr_ipt_bad(words, "expected a rule number from 1, not `%s'", word);
	rule->number = (uint32_t)number;
	return 0;
}

static int take_new_chain(struct nfr_ipt_rule *rule)
{
	return set_command(rule, 'N');
}

static int take_policy(struct nfr_ipt_rule *rule)
{
	return set_command(rule, 'P') ? -1 : nfr_ipt_take(&rule->words, "a policy", &rule->policy);
}

static int take_flush(struct nfr_ipt_rule *rule)
{
	return set_command(rule, 'F');
}

static int refuse(struct nfr_ipt_rule *rule)
{
	return nfr_ipt_bad(&rule->words, "this option has no place in a ruleset");
}

/* ---- the generic part of a rule ---- */

static int take_net(struct nfr_ipt_rule *rule, char *text, struct nfr_ipt_net *net)
{
	char *slash = strchr(text, '/');
	const char *mask = slash ? slash + 1 : NULL;

	if (slash)
		*slash = '\0';
	while (*text == ' ')
		text++;
	if (!nfr_ipt_addr_parse(rule->family, text, &net->addr))
		return nfr_ipt_bad(&rule->words, "expected an %s address, not `%s'",
				   rule->family == NFR_IPV6 ? "IPv6" : "IPv4", text);
	nfr_ipt_mask_of(rule->family, nfr_ipt_addr_bits(rule->family), &net->mask);
	if (mask && !nfr_ipt_mask_parse(rule->family, mask, &net->mask))
		return nfr_ipt_bad(&rule->words, "expected a mask, not `%s'", mask);
	nfr_ipt_addr_and(&net->addr, &net->mask);
	return 0;
}

/* Addresses with commas between; each will make a rule of its own. */
static int take_nets(struct nfr_ipt_rule *rule, struct nfr_ipt_nets *nets)
{
	char list[NFR_IPT_MAX_WORD + 1], *text = list, *comma;
	const char *word;

	if (nfr_ipt_take(&rule->words, "an address", &word))
		return -1;
	snprintf(list, sizeof(list), "%s", word);
	for (nets->n = 0; text; text = comma ? comma + 1 : NULL) {
		if (nets->n == NFR_IPT_MAX_ADDRS)
			return nfr_ipt_bad(&rule->words, "more than %d addresses",
					   NFR_IPT_MAX_ADDRS);
		comma = strchr(text, ',');
		if (comma)
			*comma = '\0';
		if (take_net(rule, text, &nets->net[nets->n++]))
			return -1;
	}
	return 0;
}

static int take_addrs(struct nfr_ipt_rule *rule, struct nfr_ipt_nets *nets, uint8_t inverted)
{
	bool invert = take_invert(rule);

	if (take_nets(rule, nets))
		return -1;
	if (invert && nets->n > 1)
		return nfr_ipt_bad(&rule->words, "no `!' is allowed before several addresses");
	if (invert)
		rule->rule.ip.invert |= inverted;
	return 0;
}

static int take_source(struct nfr_ipt_rule *rule)
{
	return once(rule, SEEN_SRC, "-s") ? -1 : take_addrs(rule, &rule->src, NFR_XT_INV_SRC);
}

static int take_destination(struct nfr_ipt_rule *rule)
{
	return once(rule, SEEN_DST, "-d") ? -1 : take_addrs(rule, &rule->dst, NFR_XT_INV_DST);
}

static int take_protocol(struct nfr_ipt_rule *rule)
{
	bool invert = take_invert(rule);
	const char *word;
	int proto;

	if (once(rule, SEEN_PROTO, "-p") || nfr_ipt_take(&rule->words, "a protocol", &word))
		return -1;
	proto = nfr_proto_parse(word);
	if (proto < 0)
		return nfr_ipt_bad(&rule->words, "unknown protocol `%s'", word);
	if (!proto && invert)
		return nfr_ipt_bad(&rule->words, "the rule would never match a protocol");
	rule->rule.ip.proto = (uint16_t)proto;
	if (invert)
		rule->rule.ip.invert |= NFR_XT_INV_PROTO;
	if (proto)
		rule->rule.ip.flags |= NFR_XT_IP_PROTO;
	return 0;
}

static int take_interface(struct nfr_ipt_rule *rule, char name[NFR_IFNAMSIZ], uint8_t inverted)
{
	bool invert = take_invert(rule);
	const char *word;

	if (nfr_ipt_take(&rule->words, "an interface", &word))
		return -1;
	if (!*word)
		return nfr_ipt_bad(&rule->words, "an empty interface is hardly meant");
	if (strlen(word) >= NFR_IFNAMSIZ)
		return nfr_ipt_bad(&rule->words, "interface `%s' is longer than 15 bytes", word);
	if (strpbrk(word, " \t"))
		return nfr_ipt_bad(&rule->words, "no interface has a blank in its name");
	if (!strcmp(word, "+"))
		return 0;
	snprintf(name, NFR_IFNAMSIZ, "%s", word);
	if (invert)
		rule->rule.ip.invert |= inverted;
	return 0;
}

static int take_in(struct nfr_ipt_rule *rule)
{
	return once(rule, SEEN_IN, "-i") ? -1
					 : take_interface(rule, rule->rule.ip.in, NFR_XT_INV_IN);
}

static int take_out(struct nfr_ipt_rule *rule)
{
	return once(rule, SEEN_OUT, "-o") ? -1
					  : take_interface(rule, rule->rule.ip.out, NFR_XT_INV_OUT);
}

static int take_fragment(struct nfr_ipt_rule *rule)
{
	if (rule->family == NFR_IPV6)
		return nfr_ipt_bad(&rule->words, "-f is not for IPv6");
	rule->rule.ip.flags |= NFR_XT_IP_FRAG;
	if (take_invert(rule))
		rule->rule.ip.invert |= NFR_XT_INV_FRAG;
	return once(rule, SEEN_FRAG, "-f");
}

static int take_counter(struct nfr_ipt_rule *rule, uint64_t *counter)
{
	const char *word;
	char *end;

	if (nfr_ipt_take(&rule->words, "packets and bytes", &word))
		return -1;
	*counter = strtoull(word, &end, 10); /* too large a number is the largest */
	if (*word < '0' || *word > '9' || *end)
		return nfr_ipt_bad(&rule->words, "expected a counter, not `%s'", word);
	return 0;
}

static int take_counters(struct nfr_ipt_rule *rule)
{
	rule->has_counters = true;
	return once(rule, SEEN_COUNTERS, "-c") || take_counter(rule, &rule->rule.packets)
		       ? -1
		       : take_counter(rule, &rule->rule.bytes);
}

static int take_match(struct nfr_ipt_rule *rule)
{
	const char *name;

	return nfr_ipt_take(&rule->words, "a match", &name) ? -1 : nfr_ipt_load_match(rule, name);
}

static bool is_verdict(const char *name)
{
	return !strcmp(name, "ACCEPT") || !strcmp(name, "DROP") || !strcmp(name, "QUEUE") ||
	       !strcmp(name, "RETURN");
}

/* A target goes before a chain of the same name. */
static int take_jump(struct nfr_ipt_rule *rule)
{
	const struct nfr_ipt_chain *chain;
	const struct nfr_xt_ext *ext;
	const char *name;

	if (once(rule, SEEN_JUMP, "-j") || nfr_ipt_take(&rule->words, "a target", &name))
		return -1;
	if (strlen(name) >= NFR_XT_CHAIN_LEN)
		return nfr_ipt_bad(&rule->words, "target `%s' is longer than %d bytes", name,
				   NFR_XT_CHAIN_LEN - 1);
	ext = is_verdict(name) ? NULL : nfr_xt_find_target(name, rule->family);
	if (ext) {
		nfr_ipt_load_target(rule, ext);
		return 0;
	}
	chain = nfr_ipt_chain_find(rule->table, name);
	if (!is_verdict(name) && !chain)
		return nfr_ipt_bad(&rule->words, "unknown target or chain `%s'", name);
	if (chain && chain->builtin)
		return nfr_ipt_bad(&rule->words, "no rule can jump to the built-in chain `%s'",
				   name);
	snprintf(rule->rule.jump, sizeof(rule->rule.jump), "%s", name);
	return 0;
}

static int take_goto(struct nfr_ipt_rule *rule)
{
	const struct nfr_ipt_chain *chain;
	const char *name;

	if (once(rule, SEEN_JUMP, "-g beside -j") || nfr_ipt_take(&rule->words, "a chain", &name))
		return -1;
	chain = nfr_ipt_chain_find(rule->table, name);
	if (!chain || chain->builtin)
		return nfr_ipt_bad(&rule->words, "expected a chain of this table, not `%s'", name);
	snprintf(rule->rule.jump, sizeof(rule->rule.jump), "%s", name);
	rule->rule.ip.flags |= NFR_XT_IP_GOTO;
	return 0;
}

static int take_ipv4(struct nfr_ipt_rule *rule)
{
	rule->other_family |= rule->family != NFR_IPV4;
	return 0;
}

static int take_ipv6(struct nfr_ipt_rule *rule)
{
	rule->other_family |= rule->family != NFR_IPV6;
	return 0;
}

/* ---- options ---- */

struct generic {
	const char *name; /* long */
	char letter;
	bool invert; /* may stand after a `!` */
	bool apart;  /* the value is a word of its own: no --name=value */
	int (*take)(struct nfr_ipt_rule *rule);
};

/* All that iptables knows, since abbreviations are judged by all of them. */
static const struct generic generics[] = {
	{"append", 'A', false, false, take_append},
	{"insert", 'I', false, false, take_insert},
	{"new-chain", 'N', false, false, take_new_chain},
	{"policy", 'P', false, false, take_policy},
	{"flush", 'F', false, false, take_flush},
	{"source", 's', true, true, take_source},
	{"src", 0, true, true, take_source},
	{"destination", 'd', true, true, take_destination},
	{"dst", 0, true, true, take_destination},
	{"protocol", 'p', true, true, take_protocol},
	{"in-interface", 'i', true, true, take_in},
	{"out-interface", 'o', true, true, take_out},
	{"fragments", 'f', true, false, take_fragment},
	{"set-counters", 'c', false, false, take_counters},
	{"match", 'm', false, false, take_match},
	{"jump", 'j', false, true, take_jump},
	{"goto", 'g', false, false, take_goto},
	{"ipv4", '4', false, false, take_ipv4},
	{"ipv6", '6', false, false, take_ipv6},
	{"delete", 'D', false, false, refuse},
	{"check", 'C', false, false, refuse},
	{"replace", 'R', false, false, refuse},
	{"list", 'L', false, false, refuse},
	{"list-rules", 'S', false, false, refuse},
	{"zero", 'Z', false, false, refuse},
	{"delete-chain", 'X', false, false, refuse},
	{"rename-chain", 'E', false, false, refuse},
	{"table", 't', false, false, refuse},
	{"numeric", 'n', false, false, refuse},
	{"verbose", 'v', false, false, refuse},
	{"wait", 'w', false, false, refuse},
	{"exact", 'x', false, false, refuse},
	{"version", 'V', false, false, refuse},
	{"help", 'h', false, false, refuse},
	{"line-numbers", 0, false, false, refuse},
	{"modprobe", 'M', false, false, refuse},
};

#define N_GENERICS (sizeof(generics) / sizeof(generics[0]))

static int take_generic(struct nfr_ipt_rule *rule, const struct generic *generic)
{
	if (rule->equals && generic->apart)
		return nfr_ipt_bad(&rule->words, "expected --%s and its value as two words",
				   generic->name);
	if (rule->invert && !generic->invert)
		return nfr_ipt_bad(&rule->words, "no `!' is allowed before --%s", generic->name);
	return generic->take(rule);
}

static const struct generic *find_letter(char letter)
{
	size_t i;

	for (i = 0; i < N_GENERICS; i++)
		if (letter && generics[i].letter == letter)
			return &generics[i];
	return NULL;
}

/* Those whose name begins so; names of the same thing are one. *n: how many. */
static const struct generic *find_generic(const char *name, size_t len, int *n)
{
	const struct generic *found = NULL;
	size_t i;

	*n = 0;
	for (i = 0; i < N_GENERICS; i++) {
		if (strncmp(generics[i].name, name, len))
			continue;
		*n += !found || found->take != generics[i].take || found->take == refuse;
		found = &generics[i];
	}
	return found;
}

/* A long option: by its full name, else by a beginning that only one option has, else one of the
 * match that the protocol implies. */
static int take_named(struct nfr_ipt_rule *rule, const char *name)
{
	size_t len = strlen(name);
	const struct generic *generic;
	const struct nfr_xt_opt *opt;
	struct nfr_xt_ext_use *use;
	int n_generic, n;

	generic = find_generic(name, len + 1, &n_generic);
	if (generic)
		return take_generic(rule, generic);
	generic = find_generic(name, len, &n_generic);
	n = nfr_ipt_find_option(rule, name, &use, &opt);
	if (n == 1 && (!n_generic || !opt->name[len]))
		return nfr_ipt_take_option(rule, use, opt);
	if (!n && n_generic == 1)
		return take_generic(rule, generic);
	if (nfr_ipt_load_implied(rule))
		return take_named(rule, name);
	return nfr_ipt_bad(&rule->words,
			   n || n_generic ? "option --%s may mean several things"
					  : "unknown option --%s",
			   name);
}

/* `--name` or `--name=value`, whose value becomes the next word. */
static int take_long(struct nfr_ipt_rule *rule, const char *text)
{
	struct nfr_ipt_words *words = &rule->words;
	struct nfr_ipt_word *word = &words->word[words->next - 1];
	const char *equals = strchr(text, '=');
	unsigned after = words->next;
	char name[64];

	rule->equals = equals != NULL;
	snprintf(name, sizeof(name), "%.*s", equals ? (int)(equals - text) : 63, text);
	if (!equals)
		return take_named(rule, name);
	word->text = equals + 1;
	word->column += (unsigned)(equals - text) + 3;
	words->next--;
	if (take_named(rule, name))
		return -1;
	return words->next < after ? nfr_ipt_bad(words, "--%s takes no value", name) : 0;
}

static int take_word(struct nfr_ipt_rule *rule, const char *word)
{
	const struct generic *generic;

	if (!strcmp(word, "!")) {
		if (rule->invert)
			return nfr_ipt_bad(&rule->words, "a second `!'");
		rule->invert = true;
		return 0;
	}
	if (!strncmp(word, "--", 2) && word[2])
		return take_long(rule, word + 2);
	if (word[0] != '-' || !word[1] || word[2])
		return nfr_ipt_bad(&rule->words, "expected an option, not `%s'", word);
	rule->equals = false;
	generic = find_letter(word[1]);
	if (!generic)
		return nfr_ipt_bad(&rule->words, "unknown option %s", word);
	return take_generic(rule, generic);
}

/* A chain of the input side sees no outgoing interface, one of the output side no incoming one. */
static int check_interfaces(const struct nfr_ipt_rule *rule)
{
	const char *chain = rule->chain;

	if ((rule->seen & SEEN_IN) && (!strcmp(chain, "OUTPUT") || !strcmp(chain, "POSTROUTING")))
		return nfr_ipt_bad(&rule->words, "-i has no place in %s", chain);
	if ((rule->seen & SEEN_OUT) && (!strcmp(chain, "INPUT") || !strcmp(chain, "PREROUTING")))
		return nfr_ipt_bad(&rule->words, "-o has no place in %s", chain);
	return 0;
}

static int check_line(const struct nfr_ipt_rule *rule)
{
	bool is_rule = rule->command == 'A' || rule->command == 'I';

	if (rule->invert)
		return nfr_ipt_bad(&rule->words, "nothing stands after the `!'");
	if (!rule->command)
		return nfr_ipt_bad(&rule->words, "expected a command such as -A");
	if (!is_rule && (rule->seen || rule->n_loaded))
		return nfr_ipt_bad(&rule->words, "-%c takes no rule", rule->command);
	return is_rule && (nfr_ipt_check_options(rule) || check_interfaces(rule)) ? -1 : 0;
}

/* Only what was used is cleared: the room for parameters is large. */
static void reset(struct nfr_ipt_rule *rule)
{
	rule->command = 0;
	rule->chain = rule->policy = NULL;
	rule->number = rule->seen = 0;
	rule->other_family = rule->invert = rule->has_counters = rule->proto_tried = false;
	rule->src.n = rule->dst.n = 0;
	rule->n_loaded = 0;
	memset(&rule->rule.ip, 0, sizeof(rule->rule.ip));
	memset(rule->rule.jump, 0, sizeof(rule->rule.jump));
	rule->rule.packets = rule->rule.bytes = 0;
	rule->rule.n_matches = 0;
	rule->rule.target.ext = NULL;
}

int nfr_ipt_parse_line(struct nfr_ipt_rule *rule)
{
	const char *word;

	reset(rule);
	while (nfr_ipt_more(&rule->words))
		if (nfr_ipt_take(&rule->words, "an option", &word) || take_word(rule, word))
			return -1;
	return check_line(rule);
}
