/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m helper: connections that a helper expected, by the helper of their master.
 *
 * As in Linux only the helper's own name is compared, so that `ftp-2121' names the helper ftp;
 * an empty name stands for any helper.
 */
#include "ct/expect.h"
#include "xt/xt.h"

struct match_helper {
	struct nfr_xt_head head;
	char name[30];
};

enum { HELPER };

static const struct nfr_xt_opt opts[] = {
	{.name = "helper",
	 .kind = NFR_XT_K_STRING,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_REQUIRED | NFR_XT_OPT_CUT,
	 .slot = HELPER,
	 .off = offsetof(struct match_helper, name),
	 .max = 29},
};

/* Helper of the connection that expected this one, or NULL. */
static const struct nfr_ct_helper *master_helper(struct nfr_ctnet *net, const struct nfr_pkt *pkt)
{
	const struct nfr_ct *ct = nfr_ct_of(net, pkt);
	const struct nfr_ct_ext *ext = ct ? nfr_ct_ext(net, ct) : NULL;
	const struct nfr_ct *master;

	if (!ext || !(ext->has & NFR_CT_EXT_MASTER) || !ext->master)
		return NULL;
	master = nfr_ct_at(net, ext->master);
	if (master->id != ext->master_id)
		return NULL;
	ext = nfr_ct_ext(net, master);
	return ext ? ext->helper : NULL;
}

static bool starts_with(const char *s, const char *start)
{
	while (*start)
		if (*s++ != *start++)
			return false;
	return true;
}

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	const struct match_helper *m = data;
	const struct nfr_ct_helper *helper = master_helper(ctx->ct, ctx->pkt);
	bool found = helper && (m->name[0] == 0 || starts_with(m->name, helper->name));

	return found != nfr_xt_inverted(m, HELPER);
}

const struct nfr_xt_ext nfr_xt_match_helper = {
	.name = "helper",
	.size = sizeof(struct match_helper),
	.families = NFR_XT_FAMILY_BOTH,
	.conntrack = true,
	NFR_XT_OPTIONS(opts),
	.check = nfr_xt_check_ok,
	.match = match,
};
