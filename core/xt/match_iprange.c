/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m iprange: addresses from one to another, both included. A range whose ends are swapped is
 * loaded and never matches.
 */
#include "xt/xt.h"

struct match_iprange {
	struct nfr_xt_head head;
	union nfr_addr src[2];
	union nfr_addr dst[2];
};

enum { SRC, DST };

static const struct nfr_xt_opt opts[] = {
	{.name = "src-range",
	 .kind = NFR_XT_K_ADDR_RANGE,
	 .flags = NFR_XT_OPT_INVERT,
	 .slot = SRC,
	 .off = offsetof(struct match_iprange, src)},
	{.name = "dst-range",
	 .kind = NFR_XT_K_ADDR_RANGE,
	 .flags = NFR_XT_OPT_INVERT,
	 .slot = DST,
	 .off = offsetof(struct match_iprange, dst)},
};

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	const struct match_iprange *m = data;

	return m->head.given ? NFR_OK
			     : nfr_xt_refuse(chk, "iprange needs --src-range or --dst-range");
}

/* Addresses are in network order, so bytes compare as numbers do. */
static bool in_range(const uint8_t *addr, const union nfr_addr range[2], size_t len)
{
	return memcmp(addr, range[0].b, len) >= 0 && memcmp(addr, range[1].b, len) <= 0;
}

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	const struct match_iprange *m = data;
	bool ip6 = ctx->pkt->family == NFR_IPV6;
	const uint8_t *src = ctx->pkt->data + (ip6 ? 8 : 12);
	size_t len = ip6 ? 16 : 4;

	if (nfr_xt_given(m, SRC) && in_range(src, m->src, len) == nfr_xt_inverted(m, SRC))
		return false;
	return !nfr_xt_given(m, DST) || in_range(src + len, m->dst, len) != nfr_xt_inverted(m, DST);
}

const struct nfr_xt_ext nfr_xt_match_iprange = {
	.name = "iprange",
	.size = sizeof(struct match_iprange),
	.families = NFR_XT_FAMILY_BOTH,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.constant = NFR_XT_CONSTANT_ALL,
	.match = match,
};
