/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j NFQUEUE: hands the packet to a queue, one of a range chosen by its addresses so that both
 * directions of a flow meet in the same.
 */
#include "xt/xt.h"

struct target_nfqueue {
	struct nfr_xt_head head;
	uint16_t num;
	uint16_t range[2]; /* first and last queue */
};

enum { NUM, BALANCE, BYPASS, FANOUT };

#define BIT NFR_XT_BIT

static const struct nfr_xt_opt opts[] = {
	{.name = "queue-num",
	 .kind = NFR_XT_K_U16,
	 .slot = NUM,
	 .off = offsetof(struct target_nfqueue, num),
	 .max = 65535,
	 .excludes = BIT(BALANCE)},
	{.name = "queue-balance",
	 .kind = NFR_XT_K_QUEUE_RANGE,
	 .slot = BALANCE,
	 .off = offsetof(struct target_nfqueue, range),
	 .max = 65535,
	 .excludes = BIT(NUM)},
	{.name = "queue-bypass", .kind = NFR_XT_K_NONE, .slot = BYPASS},
	{.name = "queue-cpu-fanout", .kind = NFR_XT_K_NONE, .slot = FANOUT},
};

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	struct target_nfqueue *t = data;

	if (nfr_xt_given(t, FANOUT) && !nfr_xt_given(t, BALANCE))
		return nfr_xt_refuse(chk, "NFQUEUE: --queue-cpu-fanout also requires "
					  "--queue-balance");
	if (nfr_xt_given(t, BALANCE)) {
		if (t->range[0] >= t->range[1])
			return nfr_xt_refuse(chk, "NFQUEUE: bad range of queues");
		if (t->range[0] == 0 && t->range[1] == 65535)
			return nfr_xt_refuse(chk, "NFQUEUE: number of total queues is 0");
		return NFR_OK;
	}
	if (!nfr_xt_given(t, NUM))
		t->num = 0;
	t->head.given |= BIT(NUM);
	return NFR_OK;
}

/* A number that both directions of a flow share. Which one is Linux's secret, and ours. */
static uint32_t flow_hash(const struct nfr_xt_ctx *ctx)
{
	const struct nfr_pkt *pkt = ctx->pkt;
	bool ip6 = pkt->family == NFR_IPV6;
	size_t len = ip6 ? 16 : 4;
	const uint8_t *src = pkt->data + (ip6 ? 8 : 12);
	uint64_t a = nfr_hash_bytes(&ctx->env->hash_key, src, len);
	uint64_t b = nfr_hash_bytes(&ctx->env->hash_key, src + len, len);

	return (uint32_t)(nfr_hash_2(&ctx->env->hash_key, a + b, pkt->protonum) >> 32);
}

/* With --queue-cpu-fanout the CPU chooses; there is but one, with number 0. */
static uint16_t balance(const struct nfr_xt_ctx *ctx, const struct target_nfqueue *t)
{
	uint32_t total = t->range[1] - t->range[0] + 1u;

	if (nfr_xt_given(t, FANOUT))
		return t->range[0];
	return (uint16_t)(t->range[0] + ((uint64_t)flow_hash(ctx) * total >> 32));
}

static unsigned target(struct nfr_xt_ctx *ctx, void *data)
{
	const struct target_nfqueue *t = data;
	uint16_t num = nfr_xt_given(t, BALANCE) ? balance(ctx, t) : t->num;

	return nfr_queue_verdict(num, nfr_xt_given(t, BYPASS));
}

const struct nfr_xt_ext nfr_xt_target_NFQUEUE = {
	.name = "NFQUEUE",
	.size = sizeof(struct target_nfqueue),
	.families = NFR_XT_FAMILY_BOTH,
	.is_target = true,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.target = target,
};
