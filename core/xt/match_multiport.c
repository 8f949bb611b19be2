/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m multiport: up to fifteen ports or ranges, for the protocols whose header begins with two
 * ports. Fragments behind the first never match; a header that is cut off is dropped.
 */
#include "xt/xt.h"

struct match_multiport {
	struct nfr_xt_head head;
	struct nfr_xt_port_list list;
};

enum { SPORTS, DPORTS, PORTS };

#define BIT NFR_XT_BIT
#define ROW(opt_name, opt_slot, more, excluded)                              \
	{                                                                    \
		.name = (opt_name), .kind = NFR_XT_K_PORT_LIST,              \
		.flags = NFR_XT_OPT_INVERT | (more), .slot = (opt_slot),     \
		.off = offsetof(struct match_multiport, list), .max = 65535, \
		.excludes = (excluded),                                      \
	}

static const struct nfr_xt_opt opts[] = {
	ROW("sports", SPORTS, 0, BIT(DPORTS) | BIT(PORTS)),
	ROW("source-ports", SPORTS, NFR_XT_OPT_ALIAS, BIT(DPORTS) | BIT(PORTS)),
	ROW("dports", DPORTS, 0, BIT(SPORTS) | BIT(PORTS)),
	ROW("destination-ports", DPORTS, NFR_XT_OPT_ALIAS, BIT(SPORTS) | BIT(PORTS)),
	ROW("ports", PORTS, 0, BIT(SPORTS) | BIT(DPORTS)),
};

static bool has_ports(uint16_t proto)
{
	return proto == NFR_IPPROTO_TCP || proto == NFR_IPPROTO_UDP ||
	       proto == NFR_IPPROTO_UDPLITE || proto == NFR_IPPROTO_SCTP ||
	       proto == NFR_IPPROTO_DCCP;
}

/* The list must be whole: it may come from a caller who did not use the parser. */
static bool is_sound(const struct nfr_xt_port_list *list)
{
	if (list->n == 0 || list->n > sizeof(list->range))
		return false;
	for (unsigned i = 0; i < list->n; i++) {
		if (!list->range[i])
			continue;
		if (i + 1 == list->n || list->port[i] >= list->port[i + 1])
			return false;
		i++;
	}
	return true;
}

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	const struct match_multiport *m = data;

	if (!m->head.given)
		return nfr_xt_refuse(chk, "multiport needs --sports, --dports or --ports");
	if (!has_ports(chk->ip->proto) || (chk->ip->invert & NFR_XT_INV_PROTO))
		return nfr_xt_refuse(chk, "multiport needs `-p tcp', `-p udp', `-p udplite', "
					  "`-p sctp' or `-p dccp'");
	if (!is_sound(&m->list))
		return nfr_xt_refuse(chk, "multiport: invalid list of ports");
	return NFR_OK;
}

static bool in_list(const struct nfr_xt_port_list *list, uint16_t src, uint16_t dst, uint32_t given)
{
	for (unsigned i = 0; i < list->n; i++) {
		uint16_t lo = list->port[i];
		uint16_t hi = list->range[i] ? list->port[++i] : lo;

		if ((given & (BIT(SPORTS) | BIT(PORTS))) && src >= lo && src <= hi)
			return true;
		if ((given & (BIT(DPORTS) | BIT(PORTS))) && dst >= lo && dst <= hi)
			return true;
	}
	return false;
}

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	const struct match_multiport *m = data;
	const uint8_t *l4;

	if (ctx->pkt->frag_off)
		return false;
	l4 = nfr_xt_l4(ctx, 4);
	if (!l4)
		return false;
	return in_list(&m->list, nfr_get16(l4), nfr_get16(l4 + 2), m->head.given) !=
	       (m->head.inverted != 0);
}

const struct nfr_xt_ext nfr_xt_match_multiport = {
	.name = "multiport",
	.size = sizeof(struct match_multiport),
	.families = NFR_XT_FAMILY_BOTH,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.constant = NFR_XT_CONSTANT_ALL,
	.match = match,
};
