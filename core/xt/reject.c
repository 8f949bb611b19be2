/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j REJECT: drops the packet and tells its sender, by an ICMP error or a TCP reset.
 *
 * Linux answers only what is sound: a packet whose transport checksum is wrong is dropped in
 * silence. As it does not know every protocol it takes the payload of those it has never heard
 * of to carry a plain Internet checksum over all of it, and stays silent when that does not hold.
 */
#include "xt/reject.h"

#include "base/csum.h"
#include "pkt/icmp.h"
#include "pkt/options.h"
#include "pkt/parse.h"

#define GRE_CSUM 0x80 /* first byte: a checksum is present */

enum nfr_status nfr_xt_reject_check(struct nfr_xt_check *check, void *data, uint8_t preset)
{
	struct nfr_xt_reject *r = data;

	if (!nfr_xt_given(r, NFR_XT_REJECT_WITH))
		r->with = preset;
	r->head.given |= NFR_XT_BIT(NFR_XT_REJECT_WITH);
	if (r->with == NFR_XT_REJECT_RESET &&
	    (check->ip->proto != NFR_IPPROTO_TCP || (check->ip->invert & NFR_XT_INV_PROTO)))
		return nfr_xt_refuse(check, "REJECT: TCP_RESET invalid for non-tcp");
	return NFR_OK;
}

/* True when the whole payload carries a checksum that Linux would look at before it answers. */
static bool has_csum(const struct nfr_env *env, const struct nfr_pkt *pkt)
{
	const uint8_t *l4 = nfr_pkt_at(pkt, pkt->l4_off, 8);

	switch (pkt->protonum) {
	case NFR_IPPROTO_UDP:
		return l4 && nfr_get16(l4 + 6) != 0;
	case NFR_IPPROTO_GRE:
		return l4 && (l4[0] & GRE_CSUM);
	case NFR_IPPROTO_AH:
	case NFR_IPPROTO_ESP:
	case NFR_IPPROTO_SCTP:
	case NFR_IPPROTO_UDPLITE:
		return false;
	case NFR_IPPROTO_DCCP: /* unknown since it left Linux: any other protocol */
		return env->linux_version >= NFR_LINUX(6, 16);
	default:
		return true;
	}
}

static bool csum_ok(const struct nfr_env *env, const struct nfr_pkt *pkt)
{
	uint32_t len = pkt->len - pkt->l4_off;
	uint32_t sum = pkt->family == NFR_IPV4 ? 0xffff : 0; /* of the header, which Linux takes along */

	if (!has_csum(env, pkt) || pkt->flags & NFR_PKT_CSUM_OK)
		return true;
	if (nfr_ip_options_stale(pkt))
		return false;
	if (pkt->family == NFR_IPV6 || pkt->protonum == NFR_IPPROTO_TCP ||
	    pkt->protonum == NFR_IPPROTO_UDP)
		sum = nfr_csum_pseudo(pkt->family, pkt->data, pkt->protonum, len);
	sum = nfr_csum_add(sum, pkt->data + pkt->l4_off, len);
	return nfr_csum_fold(sum) == 0xffff;
}

/* The stack attaches it to the connection that it ends. */
static void send_reset(struct nfr_xt_ctx *ctx)
{
	struct nfr_pkt reset;

	if (!nfr_tcp_reset_build(ctx->env, ctx->pkt, &reset))
		return;
	ctx->env->ops->send(ctx->env, &reset, ctx->pkt);
}

unsigned nfr_xt_reject(struct nfr_xt_ctx *ctx, const struct nfr_xt_reject *reject, uint8_t type)
{
	if (reject->with == NFR_XT_REJECT_RESET)
		send_reset(ctx);
	else if (!ctx->pkt->frag_off && csum_ok(ctx->env, ctx->pkt))
		ctx->env->ops->icmp_error(ctx->env, ctx->pkt, type, reject->with, 0,
					  ctx->state->hook);
	ctx->pkt->reason = NFR_REASON_RULE_REJECT;
	return NFR_DROP;
}
