/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of one `ip -batch` line, and how the objects' parsers take them. Functions that return
 * int return 0, or -1 with the diagnosis filled.
 */
#ifndef NFR_HARNESS_IP_ARGS_H
#define NFR_HARNESS_IP_ARGS_H

#include "ip/ip.h"

#define NFR_IP_MAX_WORDS 128

struct nfr_ip_word {
	const char *text;
	unsigned line, column;
};

struct nfr_ip_args {
	struct nfr_net *net;
	const struct nfr_text *text;
	struct nfr_diag *diag;
	uint8_t family; /* of a `-4` or `-6` before the line; 0: as its addresses say */
	bool dry;	/* read only, apply nothing */
	unsigned n, next;
	struct nfr_ip_word word[NFR_IP_MAX_WORDS];
	unsigned end_line, end_column; /* behind the last word */
	char *buf;		       /* what the words point into */
};

/* Where reading of the text stands. */
struct nfr_ip_cursor {
	size_t at;
	unsigned line, column;
};

struct nfr_ip_prefix {
	union nfr_addr addr;
	uint8_t family; /* 0: `default`, `any` or `all`, of either family */
	uint8_t len;
	bool has_len; /* `/len` was given */
};

/* Reads the next line that has words. Returns 1, 0 at the end, -1. */
int nfr_ip_read_line(struct nfr_ip_args *args, struct nfr_ip_cursor *cursor);

/* The word just taken is wrong. */
__attribute__((format(printf, 2, 3))) int nfr_ip_bad(const struct nfr_ip_args *args,
						     const char *fmt, ...);

/* The line as a whole is wrong. */
int nfr_ip_bad_line(const struct nfr_ip_args *args, const char *why);

/* What the core says about applying the line. */
int nfr_ip_status(const struct nfr_ip_args *args, enum nfr_status status, const char *what);

bool nfr_ip_more(const struct nfr_ip_args *args);
const char *nfr_ip_word_now(const struct nfr_ip_args *args); /* the word just taken */

/* Takes the next word; `what` names it when there is none. */
int nfr_ip_take(struct nfr_ip_args *args, const char *what, const char **word);

/* Values: each takes the next word. */
int nfr_ip_take_u32(struct nfr_ip_args *args, const char *what, uint32_t max, uint32_t *value);
int nfr_ip_take_addr(struct nfr_ip_args *args, uint8_t family, uint8_t *got, union nfr_addr *addr);
int nfr_ip_take_prefix(struct nfr_ip_args *args, uint8_t family, struct nfr_ip_prefix *prefix);
int nfr_ip_take_dev(struct nfr_ip_args *args, char name[NFR_IFNAMSIZ], uint16_t *ifindex);
int nfr_ip_take_mac(struct nfr_ip_args *args, uint8_t mac[6]);
int nfr_ip_take_table(struct nfr_ip_args *args, uint32_t *table);
int nfr_ip_take_scope(struct nfr_ip_args *args, uint8_t *scope);
int nfr_ip_take_tos(struct nfr_ip_args *args, uint8_t *tos);

/* The same for the word just taken. */
int nfr_ip_prefix(struct nfr_ip_args *args, uint8_t family, struct nfr_ip_prefix *prefix);

/* RTN_* of a type's name, or -1. */
int nfr_ip_route_type(const char *name);

static inline uint8_t nfr_ip_addr_bits(uint8_t family)
{
	return family == NFR_IPV6 ? 128 : 32;
}

/* An option of an object: its word (or words), and what takes what follows it. */
struct nfr_ip_opt {
	const char *name; /* NULL in the last row: a word that is no option */
	int (*take)(struct nfr_ip_args *args, void *request);
};

/* Takes all words that are left, each by its row. */
int nfr_ip_options(struct nfr_ip_args *args, const struct nfr_ip_opt *rows, void *request);

/* Rows for options that say nothing to nfref: without and with a value. */
int nfr_ip_skip(struct nfr_ip_args *args, void *request);
int nfr_ip_skip_value(struct nfr_ip_args *args, void *request);

/* A command of an object; NULL ends the table. */
struct nfr_ip_cmd {
	const char *name;
	int (*run)(struct nfr_ip_args *args);
};

extern const struct nfr_ip_cmd nfr_ip_addr_cmds[], nfr_ip_link_cmds[], nfr_ip_neigh_cmds[],
	nfr_ip_route_cmds[], nfr_ip_rule_cmds[];

#endif
