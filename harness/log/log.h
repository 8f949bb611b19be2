/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What LOG and TRACE write to the kernel log, without the time stamp.
 */
#ifndef NFR_HARNESS_LOG_LOG_H
#define NFR_HARNESS_LOG_LOG_H

#include <stdio.h>

#include "nfref/nfref.h"

/* One line of `-j LOG`, its end included; the net is asked for the names of interfaces. */
void nfr_log_print(FILE *to, const struct nfr_net *net, const struct nfr_log *log);

/* `TRACE: table:chain:type:number ` and the packet, for a trace of kind RULE. */
void nfr_log_print_trace(FILE *to, const struct nfr_net *net, const struct nfr_trace *trace);

#endif
