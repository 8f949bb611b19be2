/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The routers that targets send packets through, as text in the formats of Linux's tools.
 */
#ifndef NFR_FUZZ_RULESETS_H
#define NFR_FUZZ_RULESETS_H

#include "nfref/nfref.h"

#define FUZZ_MAX_RULESETS 8

/* Links, and unless it is FUZZ_BARE addresses, routes, sysctls and rules. */
void fuzz_ruleset_load(struct nfr_net *net, unsigned ruleset);

/* Those rules alone, in place of all that are there. False: no memory for them. */
bool fuzz_ruleset_change(struct nfr_net *net, unsigned ruleset);

#endif
