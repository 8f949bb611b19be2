/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m pkttype: whom the frame was addressed to. What a local program sent through loopback counts
 * as multicast or broadcast, after its destination address.
 */
#include "xt/xt.h"

struct match_pkttype {
	struct nfr_xt_head head;
	uint8_t type; /* enum nfr_pkt_type */
};

enum { TYPE };

static const struct nfr_xt_name type_names[] = {
	{"unicast", NFR_PACKET_HOST},	     {"broadcast", NFR_PACKET_BROADCAST},
	{"multicast", NFR_PACKET_MULTICAST}, {"otherhost", NFR_PACKET_OTHERHOST},
	{"host", NFR_PACKET_HOST},	     {"bcast", NFR_PACKET_BROADCAST},
	{"mcast", NFR_PACKET_MULTICAST},     {NULL, 0},
};

static const struct nfr_xt_opt opts[] = {
	{.name = "pkt-type",
	 .kind = NFR_XT_K_ENUM,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_REQUIRED | NFR_XT_OPT_NOCASE,
	 .slot = TYPE,
	 .off = offsetof(struct match_pkttype, type),
	 .names = type_names},
};

static uint8_t type_of(const struct nfr_pkt *pkt)
{
	bool multicast =
		pkt->family == NFR_IPV4 ? pkt->data[16] >> 4 == 0xe : pkt->data[24] == 0xff;

	if (pkt->pkt_type != NFR_PACKET_LOOPBACK)
		return pkt->pkt_type;
	return multicast ? NFR_PACKET_MULTICAST : NFR_PACKET_BROADCAST;
}

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	const struct match_pkttype *m = data;

	return (type_of(ctx->pkt) == m->type) != nfr_xt_inverted(m, TYPE);
}

const struct nfr_xt_ext nfr_xt_match_pkttype = {
	.name = "pkttype",
	.size = sizeof(struct match_pkttype),
	.families = NFR_XT_FAMILY_BOTH,
	NFR_XT_OPTIONS(opts),
	.check = nfr_xt_check_ok,
	.match = match,
};
