/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m state: the packet's state, the old name of -m conntrack --ctstate.
 */
#include "xt/conntrack.h"

struct match_state {
	struct nfr_xt_head head;
	uint32_t states;
};

enum { STATE };

static const struct nfr_xt_name state_names[] = {
	{"INVALID", NFR_XT_CTSTATE_INVALID},	 {"NEW", NFR_XT_CTSTATE_NEW},
	{"RELATED", NFR_XT_CTSTATE_RELATED},	 {"ESTABLISHED", NFR_XT_CTSTATE_ESTABLISHED},
	{"UNTRACKED", NFR_XT_CTSTATE_UNTRACKED}, {NULL, 0},
};

static const struct nfr_xt_opt opts[] = {
	{.name = "state",
	 .kind = NFR_XT_K_FLAGS,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_REQUIRED | NFR_XT_OPT_NOCASE | NFR_XT_OPT_PREFIX,
	 .slot = STATE,
	 .off = offsetof(struct match_state, states),
	 .names = state_names},
};

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	const struct match_state *m = data;

	return ((m->states & nfr_xt_ctstate(ctx->pkt)) != 0) != (m->head.inverted != 0);
}

const struct nfr_xt_ext nfr_xt_match_state = {
	.name = "state",
	.size = sizeof(struct match_state),
	.families = NFR_XT_FAMILY_BOTH,
	.conntrack = true,
	NFR_XT_OPTIONS(opts),
	.check = nfr_xt_check_ok,
	.constant = NFR_XT_CONSTANT_ALL,
	.match = match,
};
