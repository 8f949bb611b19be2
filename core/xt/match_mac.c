/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m mac: source address of the Ethernet frame that the packet came in. A packet that came in
 * none never matches, inverted or not; loopback is no Ethernet, though its frames look like it.
 */
#include "xt/xt.h"

struct match_mac {
	struct nfr_xt_head head;
	uint8_t mac[6];
};

enum { MAC };

#define ETH_HLEN 14
#define ETH_SOURCE 6 /* offset of the source address */

static const struct nfr_xt_opt opts[] = {
	{.name = "mac-source",
	 .kind = NFR_XT_K_MAC,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_REQUIRED,
	 .slot = MAC,
	 .off = offsetof(struct match_mac, mac)},
};

static bool came_in_a_frame(const struct nfr_env *env, const struct nfr_pkt *pkt)
{
	return pkt->iif && pkt->iif <= env->max_iface && pkt->link_len >= ETH_HLEN &&
	       !env->iface[pkt->iif - 1].link.loopback;
}

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	const struct match_mac *m = data;
	const struct nfr_pkt *pkt = ctx->pkt;

	if (!came_in_a_frame(ctx->env, pkt))
		return false;
	return (memcmp(pkt->link + ETH_SOURCE, m->mac, sizeof(m->mac)) == 0) !=
	       nfr_xt_inverted(m, MAC);
}

const struct nfr_xt_ext nfr_xt_match_mac = {
	.name = "mac",
	.size = sizeof(struct match_mac),
	.families = NFR_XT_FAMILY_BOTH,
	.hooks = NFR_XT_BIT(NFR_INET_PRE_ROUTING) | NFR_XT_BIT(NFR_INET_LOCAL_IN) |
		 NFR_XT_BIT(NFR_INET_FORWARD),
	NFR_XT_OPTIONS(opts),
	.check = nfr_xt_check_ok,
	.match = match,
};
