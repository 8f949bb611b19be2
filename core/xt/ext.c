/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lists of extensions, and what several of them share.
 */
#include "base/csum.h"
#include "base/str.h"
#include "xt/table.h"

const struct nfr_xt_ext *const nfr_xt_matches[] = {
#define MATCH(sym) &nfr_xt_match_##sym,
#include "xt/match.def"
#undef MATCH
};

const struct nfr_xt_ext *const nfr_xt_targets[] = {
#define TARGET(sym) &nfr_xt_target_##sym,
#include "xt/target.def"
#undef TARGET
};

static const struct nfr_xt_ext *find(const struct nfr_xt_ext *const *list, size_t n,
				     const char *name, uint8_t family)
{
	uint8_t bit = family == NFR_IPV6 ? NFR_XT_FAMILY_IPV6 : NFR_XT_FAMILY_IPV4;

	for (size_t i = 0; i < n; i++)
		if ((list[i]->families & bit) && nfr_str_eq(list[i]->name, name))
			return list[i];
	return NULL;
}

const struct nfr_xt_ext *nfr_xt_find_match(const char *name, uint8_t family)
{
	return find(nfr_xt_matches, NFR_XT_N_MATCHES, name, family);
}

const struct nfr_xt_ext *nfr_xt_find_target(const char *name, uint8_t family)
{
	return find(nfr_xt_targets, NFR_XT_N_TARGETS, name, family);
}

enum nfr_status nfr_xt_check_ok(struct nfr_xt_check *check, void *data)
{
	(void)check;
	(void)data;
	return NFR_OK;
}

void nfr_xt_set_dsfield(struct nfr_pkt *pkt, uint8_t ds)
{
	uint8_t *ip = pkt->data;

	if (pkt->family == NFR_IPV6) {
		nfr_put16(ip, (uint16_t)((nfr_get16(ip) & 0xf00f) | ds << 4));
		return;
	}
	nfr_csum_replace2(ip + 10, nfr_get16(ip), (uint16_t)(ip[0] << 8 | ds));
	ip[1] = ds;
}
