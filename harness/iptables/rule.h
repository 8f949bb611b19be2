/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One command line of a table: `-A CHAIN ...` and its kin.
 */
#ifndef NFR_HARNESS_IPTABLES_RULE_H
#define NFR_HARNESS_IPTABLES_RULE_H

#include "iptables/addr.h"
#include "iptables/model.h"

#define NFR_IPT_MAX_ADDRS 256 /* addresses in one -s or -d; their products are the rules */

struct nfr_ipt_net {
	union nfr_addr addr, mask;
};

struct nfr_ipt_nets {
	unsigned n;
	struct nfr_ipt_net net[NFR_IPT_MAX_ADDRS];
};

/* What is known of the line so far. */
struct nfr_ipt_rule {
	struct nfr_ipt_words words;
	const struct nfr_ipt_table *table;
	uint8_t family;
	char command;	    /* 'A', 'I', 'N', 'P', 'F', or 0 for none yet */
	const char *chain;  /* of the command; NULL: all */
	const char *policy; /* of -P */
	uint32_t number;    /* of -I, from 1 */
	bool other_family;  /* -4 or -6 says that the line is not for this family */
	bool invert;	    /* a `!` stands before what comes next */
	bool equals;	    /* the option at hand was written --name=value */
	uint32_t seen;	    /* generic options that were given */
	bool has_counters;
	bool proto_tried; /* the match that -p implies was loaded */
	struct nfr_ipt_nets src, dst;
	unsigned n_loaded; /* extensions in order of loading */
	struct nfr_xt_ext_use *loaded[NFR_XT_MAX_MATCHES + 1];
	struct nfr_xt_rule rule; /* addresses of src and dst apart */
};

/* Reads a line whose words are in rule->words; the rest is reset first. */
int nfr_ipt_parse_line(struct nfr_ipt_rule *rule);

/* ---- option.c: what belongs to extensions ---- */

/* Takes the extension's place in the rule and makes its options known. */
int nfr_ipt_load_match(struct nfr_ipt_rule *rule, const char *name);
void nfr_ipt_load_target(struct nfr_ipt_rule *rule, const struct nfr_xt_ext *ext);

/* The option that the name (or the beginning of one) means. Fills use and opt; 1, or 0 when there
 * is none, or -1 when there are several: then *opt is one of them. */
int nfr_ipt_find_option(const struct nfr_ipt_rule *rule, const char *name,
			struct nfr_xt_ext_use **use, const struct nfr_xt_opt **opt);

/* Loads the match that the rule's protocol implies, once. False: there is none. */
bool nfr_ipt_load_implied(struct nfr_ipt_rule *rule);

/* Reads an option's value into its extension. */
int nfr_ipt_take_option(struct nfr_ipt_rule *rule, struct nfr_xt_ext_use *use,
			const struct nfr_xt_opt *opt);

/* At the end of the line: what must be given was given. */
int nfr_ipt_check_options(const struct nfr_ipt_rule *rule);

#endif
