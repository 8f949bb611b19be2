/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words that lines of connections and of expectations share. Each brings the space before it.
 */
#ifndef NFR_HARNESS_CONNTRACK_WORDS_H
#define NFR_HARNESS_CONNTRACK_WORDS_H

#include "conntrack/conntrack.h"

void nfr_conntrack_addr(FILE *to, const char *label, uint8_t family, const union nfr_addr *addr);

/* Ports, ICMP's type, code and id, or GRE's keys; nothing for other protocols. */
void nfr_conntrack_l4(FILE *to, const struct nfr_tuple *tuple);

/* `    [NEW] ` and the like. */
const char *nfr_conntrack_event_name(enum nfr_ct_event_type type);

#endif
