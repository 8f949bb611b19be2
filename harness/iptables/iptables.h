/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iptables-save and ip6tables-save text, in and out, as iptables 1.8.9 (legacy) reads and writes.
 */
#ifndef NFR_HARNESS_IPTABLES_IPTABLES_H
#define NFR_HARNESS_IPTABLES_IPTABLES_H

#include <stdio.h>

#include "nfref/nfref.h"
#include "text.h"

/*
 * Replaces the tables that the text names. Everything is read before the first table is
 * replaced. Counters in the text are kept when `counters` (iptables-restore -c), else zeroed.
 */
int nfr_iptables_load(struct nfr_net *net, uint8_t family, const struct nfr_text *text,
		      bool counters, struct nfr_diag *diag);

/* All loaded tables; with `counters` as iptables-save -c. The comment lines carry no date. */
void nfr_iptables_save(FILE *to, const struct nfr_net *net, uint8_t family, bool counters);

/* One rule as a line of iptables-save, without its end: `-A CHAIN ...`. */
void nfr_iptables_print_rule(FILE *to, uint8_t family, const char *chain,
			     const struct nfr_xt_rule *rule);

#endif
