/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables as they lie in memory.
 *
 * A table is one piece of the arena: a heap, then an array of rows. A row is a cache line, the
 * part of a rule that decides for most packets; what only some rules have (addresses of IPv6,
 * interfaces, matches, parameters of a target) lies in the heap, as do the chains. Everything
 * inside a table is named by its offset in the heap or its index in the rows, so that a table
 * can be moved as it is. The rows of a chain are neighbours, in order.
 */
#ifndef NFR_XT_TABLE_H
#define NFR_XT_TABLE_H

#include "xt/xt.h"

/* What a rule does when it matches. */
enum nfr_xt_kind_of_row {
	NFR_XT_ROW_COUNT,   /* goes on */
	NFR_XT_ROW_VERDICT, /* jump is ACCEPT, DROP or QUEUE */
	NFR_XT_ROW_RETURN,
	NFR_XT_ROW_JUMP, /* jump is a chain */
	NFR_XT_ROW_GOTO,
	NFR_XT_ROW_TARGET, /* jump is a row of target.def */
};

/* Parts that a rule has, in the order in which they lie in the heap. */
enum nfr_xt_needs {
	NFR_XT_NEED_ADDR6 = 1u << 0, /* struct nfr_xt_addr6 */
	NFR_XT_NEED_IN = 1u << 1,    /* struct nfr_xt_ifmask */
	NFR_XT_NEED_OUT = 1u << 2,   /* struct nfr_xt_ifmask */
	NFR_XT_NEED_ADDR4 = 1u << 3,
	NFR_XT_NEED_PROTO = 1u << 4,
	NFR_XT_NEED_FRAG = 1u << 5,
};

struct nfr_xt_addr6 {
	uint64_t src[2], src_mask[2]; /* bytes as in a packet */
	uint64_t dst[2], dst_mask[2];
};

/* An interface's name as two words; the mask leaves out what follows a `+'. */
struct nfr_xt_ifmask {
	uint64_t name[2], mask[2];
};

struct nfr_xt_row {
	uint64_t packets, bytes;
	uint32_t src, src_mask; /* IPv4, bytes as in a packet */
	uint32_t dst, dst_mask;
	uint32_t parts;	  /* heap: first of the parts */
	uint32_t matches; /* heap: first struct nfr_xt_part of n_matches */
	uint32_t target;  /* heap: parameters of the target */
	uint32_t jump;	  /* heap: a chain; or as kind says */
	uint32_t pos;	  /* while loading: heap offset of its chain, then its index */
	uint32_t num;	  /* running number in its transaction, from 1 */
	uint8_t needs;	  /* enum nfr_xt_needs: 0 matches every packet */
	uint8_t kind;	  /* enum nfr_xt_kind_of_row */
	uint8_t n_matches;
	uint8_t proto;
	uint8_t flags;	/* enum nfr_xt_ip_flags */
	uint8_t invert; /* enum nfr_xt_ip_inv */
	uint8_t pad[2];
};

_Static_assert(sizeof(struct nfr_xt_row) == 64, "a row is a cache line");

/* A match in the heap: this, then its parameters. */
struct nfr_xt_part {
	uint16_t ext; /* row of match.def */
	uint16_t len; /* of this and the parameters, up to the next part */
	uint32_t varies; /* its answer may differ between packets of a connection */
};

#define NFR_XT_NO_HOOK 255

struct nfr_xt_chain {
	uint64_t packets, bytes; /* of the policy */
	uint32_t first, n_rows;	 /* its rows */
	/* Where to go on when the chain ends. A chain stands at most once on the way to a rule,
	 * as loops are refused, so it can keep its return address itself. */
	uint32_t back_chain, back_row;
	uint32_t hash_next; /* while loading */
	uint32_t index;	    /* heap: of a long chain, 0 for none */
	uint8_t policy;
	uint8_t hook;	 /* enum nfr_inet_hook of a built-in chain, or NFR_XT_NO_HOOK */
	uint8_t reach;	 /* NFR_XT_BIT of the hooks that lead here */
	uint8_t on_path; /* while looking for loops */
	char name[32];
};

struct nfr_xt_table {
	struct nfr_xtnet *xt;
	uint8_t *heap;
	struct nfr_xt_row *rows;
	uint32_t heap_len, n_rows;
	uint32_t order, n_chains; /* heap: offsets of the chains as iptables-save lists them */
	uint32_t builtin[NFR_INET_NUMHOOKS]; /* heap: chains, 0 where the table has no hook */
	uint8_t family;
	uint8_t id; /* enum nfr_xt_table_id */
	bool loaded;
	bool uses_ct;	  /* one of its rules needs connection tracking */
	size_t base, len; /* its piece of the arena */
};

#define NFR_XT_BUCKETS 4096u

struct nfr_xtnet {
	struct nfr_env *env;
	struct nfr_ctnet *ct;
	struct nfr_natnet *nat;
	struct nfr_hooks *hooks;
	uint8_t *mem; /* the arena: tables one behind the other, then free */
	size_t size, used;
	struct nfr_pool bytes; /* counts KiB and fails on demand; holds no objects */
	struct nfr_xt_table table[2][NFR_XT_TABLE_MAX]; /* [family is IPv6] */
	/* the transaction: a table whose rows grow down from the end of the arena */
	struct nfr_xt_table next;
	bool open;
	uint32_t *bucket; /* NFR_XT_BUCKETS chains by name */
};

void nfr_xtnet_init(struct nfr_xtnet *xt, struct nfr_env *env, struct nfr_ctnet *ct,
		    struct nfr_natnet *nat, struct nfr_hooks *hooks, struct nfr_arena *arena,
		    uint32_t max_kib);

/* NULL when all invariants hold. */
const char *nfr_xtnet_check(const struct nfr_xtnet *xt);

/* A number that is equal for equal rules with equal counters and states. */
uint64_t nfr_xtnet_digest(const struct nfr_xtnet *xt);

static inline void *nfr_xt_at(const struct nfr_xt_table *table, uint32_t off)
{
	return table->heap + off;
}

static inline struct nfr_xt_chain *nfr_xt_chain_at(const struct nfr_xt_table *table, uint32_t off)
{
	return nfr_xt_at(table, off);
}

static inline struct nfr_xt_table *nfr_xt_table_of(struct nfr_xtnet *xt, uint8_t family,
						   enum nfr_xt_table_id id)
{
	return &xt->table[family == NFR_IPV6][id];
}

extern const struct nfr_xt_ext *const nfr_xt_matches[];
extern const struct nfr_xt_ext *const nfr_xt_targets[];

enum {
#define MATCH(sym) NFR_XT_ROW_OF_MATCH_##sym,
#include "xt/match.def"
#undef MATCH
	NFR_XT_N_MATCHES
};

enum {
#define TARGET(sym) NFR_XT_ROW_OF_TARGET_##sym,
#include "xt/target.def"
#undef TARGET
	NFR_XT_N_TARGETS
};

/* table.c: n bytes of the heap of the table being loaded, zeroed; 0 when there is no room. */
uint32_t nfr_xt_alloc(struct nfr_xtnet *xt, size_t n);
struct nfr_xt_row *nfr_xt_alloc_row(struct nfr_xtnet *xt);

/* chain.c: the chain of that name in the table being loaded, or 0. */
uint32_t nfr_xt_find_chain(const struct nfr_xtnet *xt, const char *name);
enum nfr_status nfr_xt_add_builtins(struct nfr_xtnet *xt, const struct nfr_xt_table *old);
enum nfr_status nfr_xt_add_chain(struct nfr_xtnet *xt, const char *name, uint8_t policy,
				 uint64_t packets, uint64_t bytes, const char **why);
/* Puts the chains in order and the rows of each together. */
enum nfr_status nfr_xt_order_chains(struct nfr_xtnet *xt);

/* rule.c: into the table being loaded. */
enum nfr_status nfr_xt_add_rule(struct nfr_xtnet *xt, uint32_t chain,
				const struct nfr_xt_rule *rule, const char **why);
/* read.c: what the row names as its target: ACCEPT, LOG, a chain, or "". */
const char *nfr_xt_row_target(const struct nfr_xt_table *table, const struct nfr_xt_row *row);

/* read.c: the generic part as it was given. */
void nfr_xt_get_ip(const struct nfr_xt_table *table, const struct nfr_xt_row *row,
		   struct nfr_xt_ip *ip);

/* options.c: the limits of an extension's option table. */
enum nfr_status nfr_xt_check_options(const struct nfr_xt_ext *ext, const void *data,
				     const char **why);

/* check.c: everything that can only be said of the whole table. */
enum nfr_status nfr_xt_check_table(struct nfr_xt_table *table, struct nfr_xt_error *err);

/* hooks.c */
uint8_t nfr_xt_table_hooks(enum nfr_xt_table_id id); /* NFR_XT_BIT of its hooks */
/* Connects a table that is about to be loaded in place of the old one; all or nothing. */
enum nfr_status nfr_xt_hooks_load(struct nfr_xtnet *xt, const struct nfr_xt_table *old,
				  const struct nfr_xt_table *next);
void nfr_xt_hooks_unload(struct nfr_xtnet *xt, const struct nfr_xt_table *table);

/* A chain without rules is its policy. When that is ACCEPT, and nobody is to hear of it, counting
 * is all there is to do, and is done: an empty table costs no more. */
static inline bool nfr_xt_table_only_counts(struct nfr_xt_table *table, const struct nfr_pkt *pkt,
					    unsigned hook)
{
	struct nfr_xt_chain *base = nfr_xt_chain_at(table, table->builtin[hook]);

	if (base->n_rows || base->policy != NFR_ACCEPT || nfr_pkt_closely(pkt))
		return false;
	base->packets++;
	base->bytes += pkt->len;
	return true;
}

/* eval.c: the verdict of a table's rules, as ipt_do_table() gives it; priv is the table. */
nfr_hook_fn nfr_xt_table_run;

/* trace.c: tells of the row with this number in its chain; NULL row: the policy or the return
 * at the chain's end. */
void nfr_xt_trace(const struct nfr_xt_table *table, const struct nfr_xt_chain *chain,
		  const struct nfr_xt_row *row, uint32_t num, const struct nfr_pkt *pkt,
		  const struct nfr_hook_state *state);

#endif
