/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j TCPMSS: lowers the MSS option of a SYN, to a number or to what the smaller path MTU of both
 * directions leaves room for. It never raises one.
 *
 * A segment without the option gets it in front of its other options, with no more than the
 * default MSS of RFC 879 and RFC 8200, unless it carries data or its header is full. A header
 * that is cut off or impossible drops the packet.
 */
#include "base/csum.h"
#include "xt/xt.h"

struct target_tcpmss {
	struct nfr_xt_head head;
	uint16_t mss;
};

enum { SET, CLAMP };

#define BIT NFR_XT_BIT
#define CLAMP_HOOKS (BIT(NFR_INET_FORWARD) | BIT(NFR_INET_LOCAL_OUT) | BIT(NFR_INET_POST_ROUTING))
#define TCP_HLEN 20u
#define TCP_HLEN_MAX 60u
#define TCPOPT_NOP 1
#define TCPOPT_MSS 2
#define TCPOLEN_MSS 4u
#define IPV4_HLEN 20u
#define IPV6_HLEN 40u
#define MAX_MSS_IPV6 (65535 - IPV6_HLEN)

static const struct nfr_xt_opt opts[] = {
	{.name = "set-mss",
	 .kind = NFR_XT_K_U16,
	 .slot = SET,
	 .off = offsetof(struct target_tcpmss, mss),
	 .max = 65535 - IPV4_HLEN,
	 .forgets = BIT(CLAMP)},
	{.name = "clamp-mss-to-pmtu",
	 .kind = NFR_XT_K_NONE,
	 .slot = CLAMP,
	 .forgets = BIT(SET)},
};

static bool looks_at_syn(const struct nfr_xt_check *chk)
{
	const void *tcp;

	for (unsigned i = 0; (tcp = nfr_xt_check_match(chk, &nfr_xt_match_tcp, i)); i++)
		if (nfr_xt_tcp_wants_syn(tcp))
			return true;
	return false;
}

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	struct target_tcpmss *t = data;

	if (!t->head.given)
		return nfr_xt_refuse(chk, "TCPMSS: --set-mss or --clamp-mss-to-pmtu is required");
	if (nfr_xt_given(t, SET))
		t->head.given = BIT(SET);
	if (nfr_xt_given(t, SET) && chk->family == NFR_IPV6 && t->mss > MAX_MSS_IPV6)
		return nfr_xt_refuse(chk, "TCPMSS: --set-mss is out of range (0-65495)");
	if (nfr_xt_given(t, CLAMP) && (chk->hooks & ~CLAMP_HOOKS))
		return nfr_xt_refuse(chk, "path-MTU clamping only supported in FORWARD, OUTPUT "
					  "and POSTROUTING hooks");
	if (!looks_at_syn(chk))
		return nfr_xt_refuse(chk, "TCPMSS works only on TCP SYN packets");
	return NFR_OK;
}

/* The MSS to allow, or -1 when the path MTU has no room for one. */
static int32_t wanted_mss(struct nfr_xt_ctx *ctx, const struct target_tcpmss *t)
{
	uint32_t headers = (ctx->pkt->family == NFR_IPV4 ? IPV4_HLEN : IPV6_HLEN) + TCP_HLEN;
	uint32_t mtu, back;

	if (nfr_xt_given(t, SET))
		return t->mss;
	mtu = ctx->pkt->dst.mtu;
	back = ctx->env->ops->reverse_mtu(ctx->env, ctx->pkt);
	if (back < mtu)
		mtu = back;
	return mtu > headers ? (int32_t)((mtu - headers) & 0xffff) : -1;
}

/* Lowers the option where it stands; false when there is none. */
static bool lower_option(uint8_t *tcp, uint32_t hlen, uint16_t mss)
{
	uint32_t i = TCP_HLEN;

	while (i + TCPOLEN_MSS <= hlen) {
		uint8_t *opt = tcp + i;

		if (opt[0] == TCPOPT_MSS && opt[1] == TCPOLEN_MSS) {
			uint16_t old = nfr_get16(opt + 2);

			if (old > mss) {
				nfr_put16(opt + 2, mss);
				nfr_csum_replace2(tcp + 16, old, mss);
			}
			return true;
		}
		i += opt[0] <= TCPOPT_NOP || opt[1] == 0 ? 1 : opt[1];
	}
	return false;
}

static void fix_ip_length(struct nfr_pkt *pkt)
{
	uint8_t *ip = pkt->data;

	if (pkt->family == NFR_IPV6) {
		nfr_put16(ip + 4, (uint16_t)(nfr_get16(ip + 4) + TCPOLEN_MSS));
		return;
	}
	nfr_csum_replace2(ip + 10, nfr_get16(ip + 2), (uint16_t)pkt->len);
	nfr_put16(ip + 2, (uint16_t)pkt->len);
}

/* Puts the option behind the fixed header: the segment is all header, so only options move. */
static bool add_option(struct nfr_xt_ctx *ctx, uint32_t hlen, uint16_t mss)
{
	struct nfr_pkt *pkt = ctx->pkt;
	uint16_t words;
	uint8_t *tcp, *opt;

	if (!nfr_env_pkt_grow(ctx->env, pkt, pkt->len + TCPOLEN_MSS))
		return false;
	pkt->len += TCPOLEN_MSS;
	tcp = pkt->data + pkt->l4_off;
	opt = tcp + TCP_HLEN;
	memmove(opt + TCPOLEN_MSS, opt, hlen - TCP_HLEN);
	nfr_csum_replace2(tcp + 16, (uint16_t)hlen, (uint16_t)(hlen + TCPOLEN_MSS));
	opt[0] = TCPOPT_MSS;
	opt[1] = TCPOLEN_MSS;
	nfr_put16(opt + 2, mss);
	nfr_csum_replace4(tcp + 16, 0, nfr_get32(opt));
	words = nfr_get16(tcp + 12);
	tcp[12] = (uint8_t)(tcp[12] + (1 << 4));
	nfr_csum_replace2(tcp + 16, words, nfr_get16(tcp + 12));
	fix_ip_length(pkt);
	return true;
}

static unsigned drop(struct nfr_xt_ctx *ctx, enum nfr_reason reason)
{
	ctx->pkt->reason = reason;
	return NFR_DROP;
}

static unsigned target(struct nfr_xt_ctx *ctx, void *data)
{
	const struct target_tcpmss *t = data;
	struct nfr_pkt *pkt = ctx->pkt;
	uint8_t *tcp = nfr_pkt_at(pkt, pkt->l4_off, TCP_HLEN);
	uint16_t cap = pkt->family == NFR_IPV4 ? 536 : 1220;
	uint32_t len, hlen;
	int32_t mss;

	if (pkt->frag_off)
		return NFR_XT_CONTINUE;
	pkt->flags &= (uint16_t)~NFR_PKT_FRAG_LIST; /* Linux makes the whole segment writable */
	len = pkt->len - pkt->l4_off;
	hlen = tcp ? (tcp[12] >> 4) * 4u : 0;
	if (hlen < TCP_HLEN || len < hlen)
		return drop(ctx, NFR_REASON_RULE_TARGET_DROP);
	mss = wanted_mss(ctx, t);
	if (mss < 0)
		return drop(ctx, NFR_REASON_RULE_TARGET_DROP);
	if (lower_option(tcp, hlen, (uint16_t)mss) || len > hlen || hlen >= TCP_HLEN_MAX)
		return NFR_XT_CONTINUE;
	if (!add_option(ctx, hlen, mss < cap ? (uint16_t)mss : cap))
		return drop(ctx, NFR_REASON_NO_BUFFER);
	return NFR_XT_CONTINUE;
}

const struct nfr_xt_ext nfr_xt_target_TCPMSS = {
	.name = "TCPMSS",
	.size = sizeof(struct target_tcpmss),
	.families = NFR_XT_FAMILY_BOTH,
	.proto = NFR_IPPROTO_TCP,
	.is_target = true,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.target = target,
};
