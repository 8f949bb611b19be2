/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the extensions that look at the packet's connection share.
 */
#ifndef NFR_XT_CONNTRACK_H
#define NFR_XT_CONNTRACK_H

#include "xt/xt.h"

/* Bits of --ctstate and --state; SNAT and DNAT are of --ctstate alone. */
enum nfr_xt_ctstate {
	NFR_XT_CTSTATE_INVALID = 1u << 0,
	NFR_XT_CTSTATE_ESTABLISHED = 1u << 1,
	NFR_XT_CTSTATE_RELATED = 1u << 2,
	NFR_XT_CTSTATE_NEW = 1u << 3,
	NFR_XT_CTSTATE_UNTRACKED = 1u << 4,
	NFR_XT_CTSTATE_SNAT = 1u << 5,
	NFR_XT_CTSTATE_DNAT = 1u << 6,
};

/* The packet's state, one bit. Between CT and conntrack it is NEW. */
static inline uint32_t nfr_xt_ctstate(const struct nfr_pkt *pkt)
{
	unsigned info = pkt->ctinfo;

	if (!pkt->ct_idx && pkt->ct_template.flags & NFR_CT_TEMPLATE_SET)
		return NFR_XT_CTSTATE_NEW;
	if (!pkt->ct_idx)
		return info == NFR_CT_UNTRACKED ? NFR_XT_CTSTATE_UNTRACKED : NFR_XT_CTSTATE_INVALID;
	return NFR_XT_CTSTATE_ESTABLISHED
	       << (info >= NFR_CT_IS_REPLY ? info - NFR_CT_IS_REPLY : info);
}

#endif
