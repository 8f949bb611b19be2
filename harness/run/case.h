/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A case: a router's configuration in the formats of Linux's own tools, and captures of what
 * arrives. It is a folder, or single files named on the command line. Each file is read once, so
 * that it may be a pipe.
 */
#ifndef NFR_HARNESS_RUN_CASE_H
#define NFR_HARNESS_RUN_CASE_H

#include "diag.h"
#include "nfref/nfref.h"
#include "pcap_in.h"
#include "text.h"

#include <stdio.h>

#define NFR_CASE_MAX_IFS 64

struct nfr_case_if {
	char name[NFR_IFNAMSIZ];
	char *capture;  /* what arrives on it, or NULL */
	bool no_arp;    /* a tun: its capture is raw IP */
	struct nfr_pcap_in in; /* the capture, opened to see its link, until a run takes it */
};

struct nfr_case {
	char *net, *sysctl, *rules4, *rules6; /* paths; NULL: none */
	struct nfr_text net_text, rules4_text, rules6_text; /* what they say */
	char *want; /* folder of what Linux gave, for ports that it chose; or NULL */
	char *local; /* capture of what the router itself sends, or NULL */
	char *any;  /* cooked capture of all interfaces at once, or NULL */
	struct nfr_case_if iface[NFR_CASE_MAX_IFS]; /* sorted by name: [k - 1] is interface k */
	unsigned n_ifs;
};

/* Finds the files of a folder. */
int nfr_case_open(struct nfr_case *c, const char *folder, struct nfr_diag *diag);
/* Names a capture: `local`, `any` or an interface. */
int nfr_case_add_input(struct nfr_case *c, const char *name, const char *path,
		       struct nfr_diag *diag);
/* When all files are named: which interfaces there are. */
int nfr_case_complete(struct nfr_case *c, struct nfr_diag *diag);
void nfr_case_free(struct nfr_case *c);

/* Room for the rules, in KiB: more than any rule of that length takes. */
uint32_t nfr_case_rules_kib(const struct nfr_case *c);

/* Configures an instance: interfaces, sysctl.conf, net, rules. `warn` hears of sysctls that are
 * passed over; it may be NULL. */
int nfr_case_apply(const struct nfr_case *c, struct nfr_net *net, FILE *warn,
		   struct nfr_diag *diag);

#endif
