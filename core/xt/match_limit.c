/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m limit: a token bucket in Linux's units.
 *
 * Time counts in jiffies of 4 ms (HZ=250). Each one earns 128 credits, the largest power of two
 * with which a day of jiffies fits into 32 bits; a packet costs what the average time between
 * packets earns. All of it is 32-bit arithmetic that wraps where Linux's wraps: an average of a
 * day with a burst of five overflows and is refused.
 */
#include "xt/xt.h"

#define JIFFY_NS (NFR_NSEC_PER_SEC / 250)
#define CREDITS_PER_JIFFY 128u
#define CREDITS_PER_S (250u * CREDITS_PER_JIFFY)
#define SCALE 10000u /* units of avg in a second */

struct match_limit {
	struct nfr_xt_head head;
	uint32_t avg; /* 1/SCALE s between packets */
	uint32_t burst;
	uint32_t cost, cap; /* credits: of a packet; of a full bucket */
	uint32_t credit;
	uint32_t pad;
	uint64_t prev; /* jiffies when credit was last counted */
};

enum { LIMIT, BURST };

#define DEFAULT_AVG (3600u * SCALE / 3) /* 3/hour */
#define DEFAULT_BURST 5

static const struct nfr_xt_opt opts[] = {
	{.name = "limit",
	 .kind = NFR_XT_K_RATE,
	 .slot = LIMIT,
	 .off = offsetof(struct match_limit, avg),
	 .min = 1,
	 .max = UINT32_MAX},
	{.name = "limit-burst",
	 .kind = NFR_XT_K_U32,
	 .slot = BURST,
	 .off = offsetof(struct match_limit, burst),
	 .max = 10000},
};

static uint32_t credits(uint32_t avg)
{
	if (avg > UINT32_MAX / CREDITS_PER_S)
		return avg / SCALE * CREDITS_PER_S;
	return avg * CREDITS_PER_S / SCALE;
}

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	struct match_limit *m = data;

	if (!nfr_xt_given(m, LIMIT))
		m->avg = DEFAULT_AVG;
	if (!nfr_xt_given(m, BURST))
		m->burst = DEFAULT_BURST;
	m->head.given = NFR_XT_BIT(LIMIT) | (m->burst != DEFAULT_BURST ? NFR_XT_BIT(BURST) : 0);
	if (m->burst == 0 || credits(m->avg * m->burst) < credits(m->avg))
		return nfr_xt_refuse(chk, "limit: overflow, try a lower rate or burst");
	m->cost = credits(m->avg);
	m->cap = m->credit = credits(m->avg * m->burst);
	m->prev = chk->env->now_ns / JIFFY_NS;
	return NFR_OK;
}

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	struct match_limit *m = data;
	uint64_t now = ctx->env->now_ns / JIFFY_NS;
	uint32_t credit = m->credit + (uint32_t)(now - m->prev) * CREDITS_PER_JIFFY;

	m->prev = now;
	if (credit > m->cap)
		credit = m->cap;
	m->credit = credit;
	if (credit < m->cost)
		return false;
	m->credit = credit - m->cost;
	return true;
}

const struct nfr_xt_ext nfr_xt_match_limit = {
	.name = "limit",
	.size = sizeof(struct match_limit),
	.families = NFR_XT_FAMILY_BOTH,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.match = match,
};
