/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The values of nfref/sysctl.def, as fields, and their names.
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

/* A sysctl by name: where its value is and what it may be. */
struct nfr_sysctl_row {
	const char *name;   /* the whole name; of an interface's: the prefix */
	const char *leaf;   /* of an interface's: the last part; otherwise NULL */
	uint16_t off;       /* of the int32_t in struct nfr_sysctl or nfr_sysctl_if */
	int32_t preset, min, max;
};

/* The values of a new network namespace. */
void nfr_sysctl_preset(struct nfr_sysctl *sysctl, struct nfr_sysctl_if *all,
		       struct nfr_sysctl_if *dflt);

/*
 * Looks a name up. For one of an interface's, *ifname and *ifname_len are the part between prefix
 * and leaf ("all", "default", "eth0"; a dot within an interface's name is there as it was
 * written: '/' by sysctl's custom); otherwise *ifname is NULL. NULL: not one that nfref knows.
 */
const struct nfr_sysctl_row *nfr_sysctl_find(const char *name, const char **ifname,
					     size_t *ifname_len);

/* The n-th row, for listings; NULL behind the last one. */
const struct nfr_sysctl_row *nfr_sysctl_row(size_t n);

/* The value of row within base: a struct nfr_sysctl, or nfr_sysctl_if when row->leaf is set. */
static inline int32_t nfr_sysctl_load(const struct nfr_sysctl_row *row, const void *base)
{
	int32_t v;

	memcpy(&v, (const uint8_t *)base + row->off, sizeof(v));
	return v;
}

static inline void nfr_sysctl_store(const struct nfr_sysctl_row *row, void *base, int32_t value)
{
	memcpy((uint8_t *)base + row->off, &value, sizeof(value));
}

#endif
