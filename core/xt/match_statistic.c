/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m statistic: a share of the packets, at random or every n-th.
 *
 * Of each n packets the one with number `--packet` (from 0) matches.
 */
#include "xt/xt.h"

struct match_statistic {
	struct nfr_xt_head head;
	uint32_t probability; /* of 2^31 */
	uint32_t every;
	uint32_t packet;
	uint32_t count; /* packets since the last match of nth */
	uint8_t mode;
};

enum { MODE, PROBABILITY, EVERY, PACKET };
enum { RANDOM, NTH };

#define BIT NFR_XT_BIT

static const struct nfr_xt_name mode_names[] = {{"random", RANDOM}, {"nth", NTH}, {NULL, 0}};

static const struct nfr_xt_opt opts[] = {
	{.name = "mode",
	 .kind = NFR_XT_K_ENUM,
	 .flags = NFR_XT_OPT_REQUIRED,
	 .slot = MODE,
	 .off = offsetof(struct match_statistic, mode),
	 .names = mode_names},
	{.name = "probability",
	 .kind = NFR_XT_K_PROBABILITY,
	 .flags = NFR_XT_OPT_INVERT,
	 .slot = PROBABILITY,
	 .off = offsetof(struct match_statistic, probability),
	 .max = UINT32_C(1) << 31,
	 .excludes = BIT(EVERY) | BIT(PACKET)},
	{.name = "every",
	 .kind = NFR_XT_K_U32,
	 .flags = NFR_XT_OPT_INVERT,
	 .slot = EVERY,
	 .off = offsetof(struct match_statistic, every),
	 .min = 1,
	 .max = UINT32_MAX,
	 .excludes = BIT(PROBABILITY)},
	{.name = "packet",
	 .kind = NFR_XT_K_U32,
	 .slot = PACKET,
	 .off = offsetof(struct match_statistic, packet),
	 .max = UINT32_MAX,
	 .excludes = BIT(PROBABILITY)},
};

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	struct match_statistic *m = data;

	if (m->mode == RANDOM && !nfr_xt_given(m, PROBABILITY))
		return nfr_xt_refuse(chk, "statistic: --probability must be specified when using "
					  "random mode");
	if (m->mode == RANDOM)
		return NFR_OK;
	if (!nfr_xt_given(m, EVERY) || !nfr_xt_given(m, PACKET))
		return nfr_xt_refuse(chk, "statistic: --every and --packet must be specified when "
					  "using nth mode");
	if (m->packet >= m->every)
		return nfr_xt_refuse(chk, "statistic: the --packet p must be 0 <= p <= n-1");
	m->count = m->every - 1 - m->packet;
	return NFR_OK;
}

static bool is_nth(struct match_statistic *m)
{
	m->count = m->count == m->every - 1 ? 0 : m->count + 1;
	return m->count == 0;
}

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	struct match_statistic *m = data;

	if (m->mode == NTH)
		return is_nth(m) != nfr_xt_inverted(m, EVERY);
	return (nfr_rng_u64(&ctx->env->rng[NFR_RNG_STATISTIC]) >> 33 < m->probability) !=
	       nfr_xt_inverted(m, PROBABILITY);
}

const struct nfr_xt_ext nfr_xt_match_statistic = {
	.name = "statistic",
	.size = sizeof(struct match_statistic),
	.families = NFR_XT_FAMILY_BOTH,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.match = match,
};
