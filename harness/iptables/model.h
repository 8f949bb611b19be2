/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables as they were read, before any of them is loaded: so that an error in the last line of a
 * text changes nothing, and a rule can be inserted before others.
 */
#ifndef NFR_HARNESS_IPTABLES_MODEL_H
#define NFR_HARNESS_IPTABLES_MODEL_H

#include "iptables/words.h"
#include "nfref/nfref.h"

#define NFR_IPT_BUCKETS 4096

struct nfr_ipt_stored; /* a rule, in as many bytes as it needs */

struct nfr_ipt_chain {
	struct nfr_ipt_chain *next; /* in order of appearance; built-in ones first */
	struct nfr_ipt_chain *hash_next;
	char name[NFR_XT_CHAIN_LEN];
	bool builtin;
	uint8_t policy;
	uint64_t packets, bytes;
	struct nfr_ipt_stored *first, *last;
	uint32_t n_rules;
};

struct nfr_ipt_table {
	struct nfr_ipt_table *next;
	enum nfr_xt_table_id id;
	struct nfr_ipt_chain *chains, *last;
	struct nfr_ipt_chain *bucket[NFR_IPT_BUCKETS]; /* by a hash of their names */
	unsigned line; /* of its COMMIT */
};

/* A table with its built-in chains, their policies as the instance has them now. NULL: no memory.
 */
struct nfr_ipt_table *nfr_ipt_table_new(const struct nfr_net *net, uint8_t family,
					enum nfr_xt_table_id id);
void nfr_ipt_tables_free(struct nfr_ipt_table *tables);

struct nfr_ipt_chain *nfr_ipt_chain_find(const struct nfr_ipt_table *table, const char *name);
struct nfr_ipt_chain *nfr_ipt_chain_add(struct nfr_ipt_table *table, const char *name);

/* The rule comes to stand at `before` (from 0), which is at most the number of rules; it was
 * written in that line. False: no memory. */
bool nfr_ipt_rule_add(struct nfr_ipt_chain *chain, uint32_t before, unsigned line,
		      const struct nfr_xt_rule *rule);
void nfr_ipt_chain_flush(struct nfr_ipt_chain *chain);

/* Puts the tables into the instance, one after the other. */
int nfr_ipt_tables_load(struct nfr_net *net, uint8_t family, const struct nfr_ipt_table *tables,
			const struct nfr_text *text, struct nfr_diag *diag);

#endif
