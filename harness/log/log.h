/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What LOG (and TRACE) write to the kernel log, without the time stamp.
 */
#ifndef NFR_HARNESS_LOG_LOG_H
#define NFR_HARNESS_LOG_LOG_H

#include <stdio.h>

#include "nfref/nfref.h"

/* One line of `-j LOG` or TRACE, its end included; the net is asked for the names of interfaces. */
void nfr_log_print(FILE *to, const struct nfr_net *net, const struct nfr_log *log);

#endif
