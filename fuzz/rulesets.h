/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The routers that targets send packets through, as text in the formats of Linux's tools.
 */
#ifndef NFR_FUZZ_RULESETS_H
#define NFR_FUZZ_RULESETS_H

#include "nfref/nfref.h"

#define FUZZ_MAX_RULESETS 8

void fuzz_ruleset_load(struct nfr_net *net, unsigned ruleset);

#endif
