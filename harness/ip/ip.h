/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `ip -batch` lines: addr, route, rule, neigh, link set.
 */
#ifndef NFR_HARNESS_IP_IP_H
#define NFR_HARNESS_IP_IP_H

#include "nfref/nfref.h"
#include "text.h"

/*
 * Tells the name of each interface that the text speaks of, in order, repeats included. Looks at
 * words only (what follows `dev`, `iif`, `oif`, and the name in `link set NAME`); what is wrong is
 * found by nfr_ip_load().
 */
void nfr_ip_devs(const struct nfr_text *text, void (*dev)(void *user, const char *name),
		 void *user);

/*
 * Applies all lines in order. The interfaces must be there. All lines are read before the first
 * is applied, so that a syntax error changes nothing; when Linux would refuse a line for its
 * meaning (no such gateway), the lines before it have been applied, as `ip -batch` does.
 */
int nfr_ip_load(struct nfr_net *net, const struct nfr_text *text, struct nfr_diag *diag);

#endif
