/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m length: bytes of the whole IP packet, headers included.
 */
#include "xt/xt.h"

struct match_length {
	struct nfr_xt_head head;
	uint16_t length[2];
};

enum { LENGTH };

static const struct nfr_xt_opt opts[] = {
	{.name = "length",
	 .kind = NFR_XT_K_U16_RANGE,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_REQUIRED,
	 .slot = LENGTH,
	 .off = offsetof(struct match_length, length),
	 .max = 65535},
};

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	const struct match_length *m = data;
	uint32_t len = ctx->pkt->len;

	return (len >= m->length[0] && len <= m->length[1]) != nfr_xt_inverted(m, LENGTH);
}

const struct nfr_xt_ext nfr_xt_match_length = {
	.name = "length",
	.size = sizeof(struct match_length),
	.families = NFR_XT_FAMILY_BOTH,
	NFR_XT_OPTIONS(opts),
	.check = nfr_xt_check_ok,
	.match = match,
};
