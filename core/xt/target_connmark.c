/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j CONNMARK: sets the connection's mark, or moves bits between it and the packet's mark,
 * shifted on the way.
 */
#include "xt/xt.h"

struct target_connmark {
	struct nfr_xt_head head;
	struct nfr_xt_mark mark;
	uint32_t nfmask, ctmask;
	uint32_t both; /* --mask: nfmask and ctmask */
	uint32_t left, right;
};

enum { SET, SAVE, RESTORE, NFMASK, CTMASK, MASK, LEFT, RIGHT };

#define BIT NFR_XT_BIT
#define OFF(field) offsetof(struct target_connmark, field)
#define MORE                                                         \
	.max = UINT32_MAX, .excludes = BIT(SAVE) | BIT(RESTORE),     \
	.forgets = BIT(NFMASK) | BIT(CTMASK) | BIT(MASK)

static const struct nfr_xt_opt opts[] = {
	{.name = "set-xmark", .kind = NFR_XT_K_XMARK, .slot = SET, .off = OFF(mark), MORE},
	{.name = "set-mark",
	 .kind = NFR_XT_K_MARK_SET,
	 .flags = NFR_XT_OPT_ALIAS,
	 .slot = SET,
	 .off = OFF(mark),
	 MORE},
	{.name = "and-mark",
	 .kind = NFR_XT_K_MARK_AND,
	 .flags = NFR_XT_OPT_ALIAS,
	 .slot = SET,
	 .off = OFF(mark),
	 MORE},
	{.name = "or-mark",
	 .kind = NFR_XT_K_MARK_OR,
	 .flags = NFR_XT_OPT_ALIAS,
	 .slot = SET,
	 .off = OFF(mark),
	 MORE},
	{.name = "xor-mark",
	 .kind = NFR_XT_K_MARK_XOR,
	 .flags = NFR_XT_OPT_ALIAS,
	 .slot = SET,
	 .off = OFF(mark),
	 MORE},
	{.name = "save-mark",
	 .kind = NFR_XT_K_NONE,
	 .slot = SAVE,
	 .excludes = BIT(SET) | BIT(RESTORE)},
	{.name = "restore-mark",
	 .kind = NFR_XT_K_NONE,
	 .slot = RESTORE,
	 .excludes = BIT(SET) | BIT(SAVE)},
	{.name = "nfmask",
	 .kind = NFR_XT_K_HEX32,
	 .slot = NFMASK,
	 .off = OFF(nfmask),
	 .max = UINT32_MAX,
	 .excludes = BIT(MASK)},
	{.name = "ctmask",
	 .kind = NFR_XT_K_HEX32,
	 .slot = CTMASK,
	 .off = OFF(ctmask),
	 .max = UINT32_MAX,
	 .excludes = BIT(MASK)},
	{.name = "mask",
	 .kind = NFR_XT_K_HEX32,
	 .slot = MASK,
	 .off = OFF(both),
	 .max = UINT32_MAX,
	 .excludes = BIT(NFMASK) | BIT(CTMASK)},
	{.name = "left-shift-mark",
	 .kind = NFR_XT_K_U32,
	 .slot = LEFT,
	 .off = OFF(left),
	 .max = 31,
	 .forgets = BIT(RIGHT)},
	{.name = "right-shift-mark",
	 .kind = NFR_XT_K_U32,
	 .slot = RIGHT,
	 .off = OFF(right),
	 .max = 31,
	 .forgets = BIT(LEFT)},
};

static void prepare_masks(struct target_connmark *t)
{
	uint32_t both = nfr_xt_given(t, MASK) ? t->both : UINT32_MAX;

	if (!nfr_xt_given(t, NFMASK))
		t->nfmask = both;
	if (!nfr_xt_given(t, CTMASK))
		t->ctmask = both;
	if (nfr_xt_given(t, SET) && (t->head.given & (BIT(CTMASK) | BIT(MASK))))
		t->mark.mask = t->ctmask;
	t->head.given &= ~(BIT(NFMASK) | BIT(CTMASK) | BIT(MASK));
	if (!nfr_xt_given(t, SET))
		t->head.given |= BIT(NFMASK) | BIT(CTMASK);
}

/* Of two shifts the last one holds; a shift by nothing is none. */
static void prepare_shift(struct target_connmark *t)
{
	if (!nfr_xt_given(t, RIGHT))
		t->right = 0;
	if (!nfr_xt_given(t, LEFT) || nfr_xt_given(t, RIGHT))
		t->left = 0;
	t->head.given &= ~(BIT(LEFT) | BIT(RIGHT));
	t->head.given |= (t->left ? BIT(LEFT) : 0) | (t->right ? BIT(RIGHT) : 0);
}

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	struct target_connmark *t = data;

	if (!(t->head.given & (BIT(SET) | BIT(SAVE) | BIT(RESTORE))))
		return nfr_xt_refuse(chk, "CONNMARK: no operation specified");
	prepare_masks(t);
	prepare_shift(t);
	return NFR_OK;
}

static uint32_t shift(const struct target_connmark *t, uint32_t mark)
{
	return mark << t->left >> t->right;
}

static void set_ct_mark(struct nfr_ctnet *net, struct nfr_ct *ct, uint32_t mark)
{
	if (ct->mark == mark)
		return;
	ct->mark = mark;
	nfr_ct_event_cache(net, ct, NFR_IPCT_MARK);
}

static unsigned target(struct nfr_xt_ctx *ctx, void *data)
{
	const struct target_connmark *t = data;
	struct nfr_pkt *pkt = ctx->pkt;
	struct nfr_ct *ct = nfr_ct_of(ctx->ct, pkt);

	uint32_t mark;

	if (ct)
		mark = ct->mark;
	else if (pkt->ct_template.flags & NFR_CT_TEMPLATE_SET)
		mark = pkt->ct_mark ? *pkt->ct_mark : 0;
	else
		return NFR_XT_CONTINUE;
	if (nfr_xt_given(t, RESTORE)) {
		pkt->mark = (pkt->mark & ~t->nfmask) ^ shift(t, mark & t->ctmask);
		return NFR_XT_CONTINUE;
	}
	if (nfr_xt_given(t, SET))
		mark = shift(t, (mark & ~t->mark.mask) ^ t->mark.value);
	else
		mark = (mark & ~t->ctmask) ^ shift(t, pkt->mark & t->nfmask);
	if (ct)
		set_ct_mark(ctx->ct, ct, mark);
	else if (pkt->ct_mark)
		*pkt->ct_mark = mark;
	return NFR_XT_CONTINUE;
}

const struct nfr_xt_ext nfr_xt_target_CONNMARK = {
	.name = "CONNMARK",
	.size = sizeof(struct target_connmark),
	.families = NFR_XT_FAMILY_BOTH,
	.conntrack = true,
	.is_target = true,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.target = target,
};
