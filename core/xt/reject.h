/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What REJECT of IPv4 and of IPv6 share.
 */
#ifndef NFR_XT_REJECT_H
#define NFR_XT_REJECT_H

#include "xt/xt.h"

struct nfr_xt_reject {
	struct nfr_xt_head head;
	uint8_t with; /* code of the ICMP error, or NFR_XT_REJECT_RESET */
};

#define NFR_XT_REJECT_WITH 0 /* the slot of its only option */
#define NFR_XT_REJECT_RESET 255

/* The given answer, or else `preset`; a reset needs -p tcp. */
enum nfr_status nfr_xt_reject_check(struct nfr_xt_check *check, void *data, uint8_t preset);

/* Answers with a reset or an ICMP error of this type; the packet is dropped. */
unsigned nfr_xt_reject(struct nfr_xt_ctx *ctx, const struct nfr_xt_reject *reject, uint8_t type);

#endif
