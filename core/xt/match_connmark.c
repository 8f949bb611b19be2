/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m connmark: the bits of the connection's mark that the mask names. Without a connection
 * nothing matches, inverted or not; what CT has put in its place has the mark that
 * CONNMARK left there.
 */
#include "xt/xt.h"

struct match_connmark {
	struct nfr_xt_head head;
	struct nfr_xt_mark mark;
};

enum { MARK };

static const struct nfr_xt_opt opts[] = {
	{.name = "mark",
	 .kind = NFR_XT_K_MARK,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_REQUIRED,
	 .slot = MARK,
	 .off = offsetof(struct match_connmark, mark),
	 .max = UINT32_MAX},
};

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	const struct match_connmark *m = data;
	const struct nfr_ct *ct = nfr_ct_of(ctx->ct, ctx->pkt);
	uint32_t mark = 0;

	if (ct)
		mark = ct->mark;
	else if (!(ctx->pkt->ct_template.flags & NFR_CT_TEMPLATE_SET))
		return false;
	else if (ctx->pkt->ct_mark)
		mark = *ctx->pkt->ct_mark;
	return ((mark & m->mark.mask) == m->mark.value) != nfr_xt_inverted(m, MARK);
}

const struct nfr_xt_ext nfr_xt_match_connmark = {
	.name = "connmark",
	.size = sizeof(struct match_connmark),
	.families = NFR_XT_FAMILY_BOTH,
	.conntrack = true,
	NFR_XT_OPTIONS(opts),
	.check = nfr_xt_check_ok,
	.match = match,
};
