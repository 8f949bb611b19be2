/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iptables tables inside the instance: evaluation, and what extensions see.
 */
#ifndef NFR_XT_XT_H
#define NFR_XT_XT_H

#include "hook/hook.h"
#include "nat/nat.h"
#include "nfref/xt.h"

struct nfr_xtnet;

/* What a match or target sees of its packet. */
struct nfr_xt_ctx {
	struct nfr_env *env;
	struct nfr_ctnet *ct;
	struct nfr_natnet *nat;
	struct nfr_pkt *pkt;
	const struct nfr_hook_state *state;
	bool hotdrop; /* set by a match that finds the packet broken: drop it at once */
};

/* What an extension's check sees of its rule. */
struct nfr_xt_check {
	struct nfr_env *env;
	const struct nfr_xt_ip *ip;
	uint8_t family;
	enum nfr_xt_table_id table;
	uint8_t hooks;   /* NFR_XT_BIT of all hooks the rule can be reached from */
	const char *why; /* static text when the answer is not NFR_OK */
};

/* Rows of match.def and target.def: one const struct each, in the extension's own file. */
#define MATCH(sym) extern const struct nfr_xt_ext nfr_xt_match_##sym;
#define TARGET(sym) extern const struct nfr_xt_ext nfr_xt_target_##sym;
#include "xt/match.def"
#include "xt/target.def"
#undef MATCH
#undef TARGET

static inline bool nfr_xt_given(const void *data, unsigned slot)
{
	return ((const struct nfr_xt_head *)data)->given >> slot & 1;
}

static inline bool nfr_xt_inverted(const void *data, unsigned slot)
{
	return ((const struct nfr_xt_head *)data)->inverted >> slot & 1;
}

#endif
