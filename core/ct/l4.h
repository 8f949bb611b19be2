/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transport protocol trackers: one file each, with one of these and a row in l4.def.
 */
#ifndef NFR_CT_L4_H
#define NFR_CT_L4_H

#include "ct/ct.h"

struct nfr_ct_l4 {
	const char *name;
	uint8_t protonum;
	/*
	 * Looks at a packet of connection idx: moves its state, sets expiry and counts. The
	 * connection is unconfirmed when the packet is its first. Returns NFR_ACCEPT; NFR_DROP;
	 * NFR_REPEAT after the old connection was killed to make way for a new one; or
	 * NFR_CT_L4_INVALID, after which the packet goes on untracked by any connection.
	 */
	unsigned (*packet)(struct nfr_ctnet *net, uint32_t idx, struct nfr_pkt *pkt);
	/* May an early drop take this connection? */
	bool (*can_early_drop)(const struct nfr_ct *ct);
};

#define NFR_CT_L4_INVALID 0xfffffff0u

const struct nfr_ct_l4 *nfr_ct_l4(uint8_t protonum, uint8_t family);

/* A reason in words for the packet being invalid, as nf_ct_l4proto_log_invalid() gives it; goes to
 * the trace and, under nf_conntrack_log_invalid, to the log. */
void nfr_ct_log_invalid(struct nfr_ctnet *net, const struct nfr_pkt *pkt, const char *why);

#endif
