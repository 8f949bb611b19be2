/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kinds of option values: how each is read and printed. One row for each enum nfr_xt_kind.
 */
#ifndef NFR_HARNESS_IPTABLES_KINDS_H
#define NFR_HARNESS_IPTABLES_KINDS_H

#include "iptables/addr.h"
#include "iptables/words.h"

/* What a reader of a value knows. */
struct nfr_ipt_value {
	struct nfr_ipt_words *words;
	const struct nfr_xt_opt *opt;
	uint8_t family;
	uint16_t proto; /* of the rule, for names of services */
};

/* Takes the words of the value and stores it; 0, or -1 with a diagnosis. */
typedef int nfr_ipt_parse_fn(const struct nfr_ipt_value *value, void *to);

/* Writes the value with a space before it. */
typedef void nfr_ipt_print_fn(FILE *to, uint8_t family, const struct nfr_xt_opt *opt,
			      const void *from);

struct nfr_ipt_kind {
	nfr_ipt_parse_fn *parse;
	nfr_ipt_print_fn *print;
};

extern const struct nfr_ipt_kind nfr_ipt_kinds[NFR_XT_K_MAX];

/* For the files of kinds: an error at the value, which begins with the option's name. */
__attribute__((format(printf, 2, 3))) int nfr_ipt_bad_value(const struct nfr_ipt_value *value,
							    const char *fmt, ...);
int nfr_ipt_take_value(const struct nfr_ipt_value *value, const char **word);

/* A port number or a service's name. */
bool nfr_ipt_port(const char *text, uint16_t proto, uint16_t *port);

/* Copies up to the sign, or all; what lies behind the sign, or NULL. False: too long. */
bool nfr_ipt_cut(const char *text, char sign, char *head, size_t room, const char **rest);

/* Plain where it is harmless, else in quotes with escapes. */
void nfr_ipt_print_string(FILE *to, const char *text);

/* kind_name.c: values that are names */
extern nfr_ipt_parse_fn nfr_ipt_parse_enum, nfr_ipt_parse_flags, nfr_ipt_parse_tcp_flags,
	nfr_ipt_parse_syn, nfr_ipt_parse_icmp_type, nfr_ipt_parse_icmp6_type,
	nfr_ipt_parse_log_level, nfr_ipt_parse_dscp_class, nfr_ipt_parse_tos, nfr_ipt_parse_tos_and,
	nfr_ipt_parse_tos_or, nfr_ipt_parse_tos_xor;
extern nfr_ipt_print_fn nfr_ipt_print_enum, nfr_ipt_print_flags, nfr_ipt_print_tcp_flags,
	nfr_ipt_print_icmp_type, nfr_ipt_print_icmp6_type, nfr_ipt_print_tos;

/* kind_net.c: ports, addresses and ranges of them */
extern nfr_ipt_parse_fn nfr_ipt_parse_proto, nfr_ipt_parse_ports, nfr_ipt_parse_ports_any,
	nfr_ipt_parse_port_list, nfr_ipt_parse_addr, nfr_ipt_parse_addr_range, nfr_ipt_parse_mac,
	nfr_ipt_parse_nat_range, nfr_ipt_parse_nat_ports, nfr_ipt_parse_netmap;
extern nfr_ipt_print_fn nfr_ipt_print_ports, nfr_ipt_print_port_list, nfr_ipt_print_addr,
	nfr_ipt_print_addr_range, nfr_ipt_print_mac, nfr_ipt_print_nat_range,
	nfr_ipt_print_nat_ports, nfr_ipt_print_netmap;

#endif
