/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections, events and expectations as conntrack-tools 1.4.7 prints them.
 */
#ifndef NFR_HARNESS_CONNTRACK_CONNTRACK_H
#define NFR_HARNESS_CONNTRACK_CONNTRACK_H

#include <stdio.h>

#include "nfref/nfref.h"

/* One line, its end included, as `conntrack -L -o extended`. now_ns is for delta-time. */
void nfr_conntrack_print(FILE *to, const struct nfr_ct_view *ct, uint64_t now_ns);

/* One line as `conntrack -E -e ALL -o extended`. */
void nfr_conntrack_print_event(FILE *to, const struct nfr_ct_event *event, uint64_t now_ns);

/* One line as `conntrack -L expect`, and as `conntrack -E expect`. */
void nfr_conntrack_print_expect(FILE *to, const struct nfr_expect_view *expect);
void nfr_conntrack_print_expect_event(FILE *to, const struct nfr_expect_event *event);

/* The whole table: IPv4 then IPv6, each in the order of the walk. */
void nfr_conntrack_dump(FILE *to, const struct nfr_net *net, uint64_t now_ns);
void nfr_conntrack_dump_expect(FILE *to, const struct nfr_net *net, uint64_t now_ns);

#endif
