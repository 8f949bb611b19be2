/* SPDX-License-Identifier: BSD-2-Clause */
#include "xt/nat_range.h"

#define TEXT_FLAGS \
	(NFR_NAT_RANGE_MAP_IPS | NFR_NAT_RANGE_PROTO_SPECIFIED | NFR_NAT_RANGE_PROTO_OFFSET)

/* iptables looks at the number alone: `! -p tcp' passes, and so does icmp, whose id is a port. */
static bool proto_has_ports(uint16_t proto)
{
	return proto == NFR_IPPROTO_TCP || proto == NFR_IPPROTO_UDP || proto == NFR_IPPROTO_SCTP ||
	       proto == NFR_IPPROTO_DCCP || proto == NFR_IPPROTO_ICMP;
}

static uint32_t option_flags(const struct nfr_xt_nat *t)
{
	return (nfr_xt_given(t, NFR_XT_NAT_RANDOM) ? NFR_NAT_RANGE_PROTO_RANDOM : 0) |
	       (nfr_xt_given(t, NFR_XT_NAT_RANDOM_FULLY) ? NFR_NAT_RANGE_PROTO_RANDOM_FULLY : 0) |
	       (nfr_xt_given(t, NFR_XT_NAT_PERSISTENT) ? NFR_NAT_RANGE_PERSISTENT : 0);
}

enum nfr_status nfr_xt_nat_check(struct nfr_xt_check *check, void *data)
{
	struct nfr_xt_nat *t = data;

	if (!nfr_xt_given(t, NFR_XT_NAT_TO))
		memset(&t->range, 0, sizeof(t->range));
	t->range.flags &= TEXT_FLAGS;
	if ((t->range.flags & NFR_NAT_RANGE_PROTO_SPECIFIED) && !proto_has_ports(check->ip->proto))
		return nfr_xt_refuse(check, "need TCP, UDP, SCTP or DCCP with port specification");
	if (t->range.min_proto > t->range.max_proto)
		return nfr_xt_refuse(check, "port range is upside down");
	t->range.flags |= option_flags(t);
	return NFR_OK;
}
