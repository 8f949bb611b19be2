/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iptables tables as they are loaded: rules made of a generic part, matches and a target.
 *
 * An extension (match or target) is one const struct nfr_xt_ext. Its parameters live in a plain
 * struct that begins with struct nfr_xt_head; its command-line options are a const table that
 * says where each value goes, so that one parser and one printer serve every extension.
 */
#ifndef NFREF_XT_H
#define NFREF_XT_H

#include "nfref/hook.h"

enum nfr_xt_table_id {
	NFR_XT_RAW,
	NFR_XT_MANGLE,
	NFR_XT_NAT,
	NFR_XT_FILTER,
	NFR_XT_SECURITY,
	NFR_XT_TABLE_MAX,
};

#define NFR_XT_NO_POLICY 255   /* of user chains */
#define NFR_XT_CHAIN_LEN 29    /* longest chain name with its zero, as in iptables 1.8.9 */
#define NFR_XT_MAX_MATCHES 16  /* matches in one rule */
#define NFR_XT_DATA_MAX 512    /* bytes of one extension's parameters */

#define NFR_XT_FAMILY_IPV4 1u
#define NFR_XT_FAMILY_IPV6 2u
#define NFR_XT_FAMILY_BOTH 3u
#define NFR_XT_BIT(n) (1u << (n))

/*
 * First member of every extension's parameters. Bit i belongs to the options with slot i:
 * whether one of them was given, and whether `!` stood before it.
 */
struct nfr_xt_head {
	uint32_t given;
	uint32_t inverted;
};

/*
 * How the text of an option's value is read, stored and printed. A number is decimal, 0x hex or
 * 0 octal wherever nothing else is said, and lies in min..max of its option.
 */
enum nfr_xt_kind {
	NFR_XT_K_NONE,        /* a flag without a value */
	NFR_XT_K_U8,          /* uint8_t, printed decimal */
	NFR_XT_K_U16,         /* uint16_t */
	NFR_XT_K_U32,         /* uint32_t */
	NFR_XT_K_HEX8,        /* uint8_t, printed 0x%02x */
	NFR_XT_K_HEX32,       /* uint32_t, printed 0x%x */
	NFR_XT_K_U16_RANGE,   /* uint16_t[2]: `a`, `a:b`, `a:`, `:b`; printed `a` when equal */
	NFR_XT_K_U32_RANGE,   /* uint32_t[2], likewise */
	NFR_XT_K_PORTS,       /* uint16_t[2]: a port, service name or range, min <= max */
	NFR_XT_K_PORTS_ANY,   /* the same as getaddrinfo() reads ports, min > max is allowed (udp,
				 conntrack) */
	NFR_XT_K_PORT_LIST,   /* struct nfr_xt_port_list: up to 15, a range a:b (a < b) counts two */
	NFR_XT_K_MARK,        /* struct nfr_xt_mark: value[/mask], 0x%x[/0x%x], no mask when full */
	NFR_XT_K_XMARK,       /* struct nfr_xt_mark: value[/mask], printed 0x%x/0x%x */
	NFR_XT_K_MARK_SET,    /* --set-mark v[/m] stored as xmark v/(m|v) */
	NFR_XT_K_MARK_AND,    /* stored as xmark 0/~bits */
	NFR_XT_K_MARK_OR,     /* stored as xmark bits/bits */
	NFR_XT_K_MARK_XOR,    /* stored as xmark bits/0 */
	NFR_XT_K_TOS,         /* struct nfr_xt_tos: value[/mask] (mask 0xff), a name (mask 0x3f);
				 printed 0x%02x/0x%02x */
	NFR_XT_K_TOS_SET,     /* --set-tos: as TOS, value[/mask]; a name has mask 0x3f */
	NFR_XT_K_TOS_AND,     /* stored as 0/~bits */
	NFR_XT_K_TOS_OR,      /* stored as bits/bits */
	NFR_XT_K_TOS_XOR,     /* stored as bits/0 */
	NFR_XT_K_ENUM,        /* uint8_t: one of names; the first name of a value is printed */
	NFR_XT_K_FLAGS,       /* uint32_t: comma-separated names, printed in order of the names;
				 a value of 0 is printed by a name of value 0 */
	NFR_XT_K_TCP_FLAGS,   /* uint8_t[2]: mask and comparison, two words */
	NFR_XT_K_SYN,         /* --syn stored as --tcp-flags FIN,SYN,RST,ACK SYN */
	NFR_XT_K_ICMP_TYPE,   /* struct nfr_xt_icmp_type: name, type, type/code; 255 prints `any` */
	NFR_XT_K_ICMP6_TYPE,  /* the same with ICMPv6's names and no `any` */
	NFR_XT_K_STRING,      /* char[max + 1], at most max bytes: printed quoted when needed */
	NFR_XT_K_ADDR,        /* union nfr_addr[2]: address (not masked) and mask; printed with
				 /len when the mask is a prefix that is not full */
	NFR_XT_K_ADDR_RANGE,  /* union nfr_addr[2]: a[-b], printed a-b */
	NFR_XT_K_MAC,         /* uint8_t[6] */
	NFR_XT_K_RATE,        /* uint32_t: n[/second ... /day] as 1/10000 s between packets */
	NFR_XT_K_PROBABILITY, /* uint32_t: 0..1 as 0..2^31, printed %.11f */
	NFR_XT_K_PROTO,       /* uint16_t: name or number, printed as a number */
	NFR_XT_K_LOG_LEVEL,   /* uint8_t: one of names, or a number */
	NFR_XT_K_DSCP_CLASS,  /* uint8_t: CS0..7, AFxy, EF, BE */
	NFR_XT_K_NAT_RANGE,   /* struct nfr_nat_range: [addr[-addr]][:port[-port[/base]]]; IPv6
				 addresses stand in [] before a port */
	NFR_XT_K_NAT_PORTS,   /* struct nfr_nat_range: port[-port] */
	NFR_XT_K_NETMAP,      /* struct nfr_nat_range: addr[/mask] as first and last address */
	NFR_XT_K_QUEUE_RANGE, /* uint16_t[2]: first and last queue, a:b with a < b */
	NFR_XT_K_ZONE,        /* struct nfr_xt_zone: a number, or `mark` */
	NFR_XT_K_MAX,
};

struct nfr_xt_name {
	const char *name;
	uint32_t value;
};

/*
 * An option is printed when its slot is given, in the order of the table; an extension's check()
 * sets and clears `given` so that what is read back is what iptables-save prints.
 */
enum nfr_xt_opt_flags {
	NFR_XT_OPT_INVERT = 1u << 0,   /* may be preceded by `!` */
	NFR_XT_OPT_REQUIRED = 1u << 1, /* must be given */
	NFR_XT_OPT_ALIAS = 1u << 2,    /* read only: printed by the other option of its slot */
	NFR_XT_OPT_NOCASE = 1u << 3,   /* names in any case */
	NFR_XT_OPT_PREFIX = 1u << 4,   /* names may be cut short: the first that fits is meant */
	NFR_XT_OPT_CUT = 1u << 5,      /* a string that is too long is cut, not refused */
};

struct nfr_xt_opt {
	const char *name;  /* without dashes */
	uint8_t kind;      /* enum nfr_xt_kind */
	uint8_t flags;     /* enum nfr_xt_opt_flags */
	uint8_t slot;      /* bit in struct nfr_xt_head; aliases share it */
	uint16_t off;      /* of the value in the parameters */
	uint32_t min, max; /* limits of a number; min and max length of a string */
	uint32_t excludes; /* NFR_XT_BIT of the slots that may not be given beside it */
	uint32_t forgets;  /* NFR_XT_BIT of the slots that it takes the place of, given before it */
	const struct nfr_xt_name *names; /* of ENUM, FLAGS and LOG_LEVEL, ends with a NULL name */
};

struct nfr_xt_port_list {
	uint8_t n;
	uint8_t range[15]; /* true: port[i] to port[i + 1] is a range */
	uint16_t port[15];
};

struct nfr_xt_mark {
	uint32_t value;
	uint32_t mask;
};

struct nfr_xt_tos {
	uint8_t value;
	uint8_t mask;
};

struct nfr_xt_zone {
	uint16_t id;
	uint16_t is_mark; /* the zone is the packet's mark */
};

struct nfr_xt_icmp_type {
	uint8_t type; /* 255: any, for IPv4 */
	uint8_t code_min; /* without a code 0..255 */
	uint8_t code_max;
};

/* What a NAT rule asks for; flags with the numbers of Linux's NF_NAT_RANGE_*. */
enum nfr_nat_range_flags {
	NFR_NAT_RANGE_MAP_IPS = 1u << 0,
	NFR_NAT_RANGE_PROTO_SPECIFIED = 1u << 1,
	NFR_NAT_RANGE_PROTO_RANDOM = 1u << 2,
	NFR_NAT_RANGE_PERSISTENT = 1u << 3,
	NFR_NAT_RANGE_PROTO_RANDOM_FULLY = 1u << 4,
	NFR_NAT_RANGE_PROTO_OFFSET = 1u << 5,
	NFR_NAT_RANGE_NETMAP = 1u << 6,
};

struct nfr_nat_range {
	uint32_t flags;
	union nfr_addr min_addr, max_addr;
	uint16_t min_proto, max_proto; /* ports or ids, host order */
	uint16_t base_proto;
};

struct nfr_xt_ctx;
struct nfr_xt_check;

struct nfr_xt_ext {
	const char *name;
	uint16_t size;     /* bytes of parameters, struct nfr_xt_head first */
	uint8_t families;  /* NFR_XT_FAMILY_* */
	uint8_t tables;    /* NFR_XT_BIT(table) of those it may stand in; 0: all */
	uint8_t hooks;     /* NFR_XT_BIT(hook) of those it may be reached from; 0: all */
	uint8_t proto;     /* the rule must say `-p` this protocol, not inverted; 0: any or none */
	bool is_target;
	bool conntrack;    /* connections are tracked while a rule uses it */
	uint8_t n_opts;
	const struct nfr_xt_opt *opts;
	/* Of a match: NFR_XT_CONSTANT() of the option slots whose answer is the same for all
	 * packets of an established connection that come in one direction by one interface, as
	 * long as nobody changes rules or settings; 0: none is. */
	uint32_t constant;
	/* Called once at loading, after the limits of the options were checked: refuses (with a
	 * text in check->why) or prepares the parameters, options that were not given too. */
	enum nfr_status (*check)(struct nfr_xt_check *check, void *data);
	union {
		bool (*match)(struct nfr_xt_ctx *ctx, void *data);
		/* A verdict, or NFR_XT_CONTINUE. */
		unsigned (*target)(struct nfr_xt_ctx *ctx, void *data);
	};
};

#define NFR_XT_CONSTANT(slots) (UINT32_C(1) << 31 | (slots))
#define NFR_XT_CONSTANT_ALL UINT32_MAX

#define NFR_XT_CONTINUE 0xffffffffu
#define NFR_XT_RETURN 0xfffffffeu

/* The extension of that name, or NULL. */
const struct nfr_xt_ext *nfr_xt_find_match(const char *name, uint8_t family);
const struct nfr_xt_ext *nfr_xt_find_target(const char *name, uint8_t family);

enum nfr_xt_ip_flags {
	NFR_XT_IP_FRAG = 1u << 0,  /* -f */
	NFR_XT_IP_PROTO = 1u << 1, /* -p (IPv6: IP6T_F_PROTO) */
	NFR_XT_IP_GOTO = 1u << 2,  /* -g instead of -j */
};

enum nfr_xt_ip_inv {
	NFR_XT_INV_SRC = 1u << 0,
	NFR_XT_INV_DST = 1u << 1,
	NFR_XT_INV_IN = 1u << 2,
	NFR_XT_INV_OUT = 1u << 3,
	NFR_XT_INV_PROTO = 1u << 4,
	NFR_XT_INV_FRAG = 1u << 5,
};

/* The generic part of a rule. A mask of zero matches everything. */
struct nfr_xt_ip {
	union nfr_addr src, src_mask;
	union nfr_addr dst, dst_mask;
	char in[NFR_IFNAMSIZ]; /* interface name; a trailing `+` matches any ending; "" any */
	char out[NFR_IFNAMSIZ];
	uint16_t proto; /* 0: any */
	uint8_t flags;  /* enum nfr_xt_ip_flags */
	uint8_t invert; /* enum nfr_xt_ip_inv */
};

struct nfr_xt_ext_use {
	const struct nfr_xt_ext *ext;
	uint8_t data[NFR_XT_DATA_MAX]; /* ext->size bytes of it count */
};

/* A rule on its way in or out of the instance. */
struct nfr_xt_rule {
	struct nfr_xt_ip ip;
	uint64_t packets, bytes;
	uint32_t n_matches;
	struct nfr_xt_ext_use match[NFR_XT_MAX_MATCHES];
	struct nfr_xt_ext_use target; /* ext NULL: see jump */
	/* The name of a user chain, ACCEPT, DROP, QUEUE, RETURN, or "": only count. */
	char jump[NFR_XT_CHAIN_LEN];
};

struct nfr_xt_chain_info {
	char name[NFR_XT_CHAIN_LEN];
	bool builtin;
	uint8_t policy; /* of built-in chains: NFR_ACCEPT or NFR_DROP; else NFR_XT_NO_POLICY */
	uint64_t packets, bytes; /* of the policy */
	uint32_t n_rules;
};

/*
 * Replacing a table. begin() opens a transaction on one table of one family; chains must be
 * there before rules name them; commit() checks hooks, loops and extensions, and puts the new
 * rules in place of the old in one step. On any error nothing has changed, `why` (a static
 * string) says what is wrong, and the transaction is over. One transaction at a time.
 *
 * The built-in chains are there from the start, with the policy and counters they have in the
 * table as it is loaded, like after iptables-restore; a new table accepts. chain() makes a user
 * chain (policy NFR_XT_NO_POLICY) or sets a built-in one's policy and counters; with
 * NFR_XT_NO_POLICY it leaves those alone.
 *
 * Memory comes from the pool xt_bytes, old and new rules together until commit: 64 bytes a rule,
 * 32 for each interface it names, 128 for addresses of IPv6, and the parameters of its matches
 * (8 bytes more each) and its target. Time is linear, but for the sorting of chains by name.
 */
struct nfr_xt_error {
	const char *why;
	uint32_t rule; /* running number of the rule in the transaction, from 1; 0: not a rule's */
	const struct nfr_xt_ext *ext; /* the match or target of it that is refused, or NULL */
};

enum nfr_status nfr_xt_begin(struct nfr_net *net, uint8_t family, enum nfr_xt_table_id table);
enum nfr_status nfr_xt_chain(struct nfr_net *net, const char *name, uint8_t policy,
			     uint64_t packets, uint64_t bytes, struct nfr_xt_error *err);
enum nfr_status nfr_xt_append(struct nfr_net *net, const char *chain,
			      const struct nfr_xt_rule *rule, struct nfr_xt_error *err);
enum nfr_status nfr_xt_commit(struct nfr_net *net, struct nfr_xt_error *err);
void nfr_xt_abort(struct nfr_net *net);

/* Removes a table, as if it had never been loaded. */
void nfr_xt_unload(struct nfr_net *net, uint8_t family, enum nfr_xt_table_id table);

/* Reading a table back, counters included. Chains count from 0 in iptables-save's order. */
bool nfr_xt_loaded(const struct nfr_net *net, uint8_t family, enum nfr_xt_table_id table);
enum nfr_status nfr_xt_get_chain(const struct nfr_net *net, uint8_t family,
				 enum nfr_xt_table_id table, uint32_t chain,
				 struct nfr_xt_chain_info *info);
enum nfr_status nfr_xt_get_rule(const struct nfr_net *net, uint8_t family,
				enum nfr_xt_table_id table, uint32_t chain, uint32_t rule,
				struct nfr_xt_rule *out);

const char *nfr_xt_table_name(enum nfr_xt_table_id table);

#endif
