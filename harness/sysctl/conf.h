/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sysctl.conf: what the core obeys is set, other names are passed over with a warning.
 */
#ifndef NFR_HARNESS_SYSCTL_CONF_H
#define NFR_HARNESS_SYSCTL_CONF_H

#include <stdio.h>

#include "nfref/nfref.h"
#include "text.h"

/*
 * Sets each `name = value`. A line that is no assignment, a value that is no number and a number
 * that Linux refuses are errors; a name that the core does not know is not: it is told to `warn`
 * (which may be NULL), since a router's sysctl.conf has many that do not concern netfilter.
 * Interfaces must be there before their `net.ipv4.conf.IF.*` are set.
 */
int nfr_sysctl_load(struct nfr_net *net, const struct nfr_text *text, FILE *warn,
		    struct nfr_diag *diag);

#endif
