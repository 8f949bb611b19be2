/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One table of rows, made from the list, serves presets, names and limits. Lookup is by scan: it
 * happens when a configuration is loaded, never for a packet.
 */
#include "base/sysctl.h"

#include "base/str.h"

/* clang-format off */
static const struct nfr_sysctl_row rows[] = {
#define SYSCTL(field, name, preset, min, max) \
	{name, NULL, offsetof(struct nfr_sysctl, field), preset, min, max},
#define SYSCTL_IF(field, prefix, leaf, preset, min, max) \
	{prefix, leaf, offsetof(struct nfr_sysctl_if, field), preset, min, max},
#include "nfref/sysctl.def"
#undef SYSCTL
#undef SYSCTL_IF
};
/* clang-format on */

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

const struct nfr_sysctl_row *nfr_sysctl_row(size_t n)
{
	return n < N_ROWS ? &rows[n] : NULL;
}

void nfr_sysctl_preset(struct nfr_sysctl *sysctl, struct nfr_sysctl_if *all,
		       struct nfr_sysctl_if *dflt)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		if (!rows[i].leaf) {
			nfr_sysctl_store(&rows[i], sysctl, rows[i].preset);
			continue;
		}
		nfr_sysctl_store(&rows[i], dflt, rows[i].preset);
		nfr_sysctl_store(&rows[i], all, rows[i].preset);
	}
	/* the only one where `all` starts otherwise than an interface: source routes are
	 * accepted where both say so, which `all` does not (6.18) */
	all->accept_source_route = 0;
}

/* True when name is prefix.SOMETHING.leaf; SOMETHING may hold dots. */
static bool row_matches(const struct nfr_sysctl_row *row, const char *name, const char **ifname,
			size_t *ifname_len)
{
	const char *mid = nfr_str_after(name, row->name);
	size_t leaf_len = nfr_str_len(row->leaf), len;

	if (!mid || *mid != '.')
		return false;
	mid++;
	len = nfr_str_len(mid);
	if (len < leaf_len + 2 || !nfr_str_eq(mid + len - leaf_len, row->leaf) ||
	    mid[len - leaf_len - 1] != '.')
		return false;
	*ifname = mid;
	*ifname_len = len - leaf_len - 1;
	return true;
}

const struct nfr_sysctl_row *nfr_sysctl_find(const char *name, const char **ifname,
					     size_t *ifname_len)
{
	*ifname = NULL;
	*ifname_len = 0;
	for (size_t i = 0; i < N_ROWS; i++) {
		if (rows[i].leaf ? row_matches(&rows[i], name, ifname, ifname_len)
				 : nfr_str_eq(rows[i].name, name))
			return &rows[i];
	}
	return NULL;
}
