/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The values of nfref/sysctl.def, as fields.
 */
#ifndef NFR_BASE_SYSCTL_H
#define NFR_BASE_SYSCTL_H

#include "nfref/types.h"

struct nfr_sysctl {
#define SYSCTL(field, name, preset, min, max) int32_t field;
#define SYSCTL_IF(field, prefix, leaf, preset, min, max)
#include "nfref/sysctl.def"
#undef SYSCTL
#undef SYSCTL_IF
};

/* Per interface; `all` and `default` have one each. */
struct nfr_sysctl_if {
#define SYSCTL(field, name, preset, min, max)
#define SYSCTL_IF(field, prefix, leaf, preset, min, max) int32_t field;
#include "nfref/sysctl.def"
#undef SYSCTL
#undef SYSCTL_IF
};

void nfr_sysctl_preset(struct nfr_sysctl *sysctl, struct nfr_sysctl_if *sysctl_if);

#endif
