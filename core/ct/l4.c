/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The list of trackers, and what they share.
 */
#include "ct/l4.h"
#include "pkt/parse.h"

const struct nfr_ct_l4 *nfr_ct_l4(uint8_t protonum)
{
	switch (protonum) {
#define L4(name, num)                                                                              \
	case num:                                                                                  \
		return &nfr_ct_l4_##name;
#include "ct/l4.def"
#undef L4
	default:
		return &nfr_ct_l4_generic;
	}
}

bool nfr_ct_l4_never(const struct nfr_ct *ct)
{
	(void)ct;
	return false;
}

bool nfr_ct_l4_no_short_way(struct nfr_ctnet *net, struct nfr_ct *ct, const struct nfr_pkt *pkt,
			    unsigned dir)
{
	(void)net;
	(void)ct;
	(void)pkt;
	(void)dir;
	return false;
}

bool nfr_ct_l4_no_short_open(struct nfr_ctnet *net, struct nfr_ct *ct, const struct nfr_pkt *pkt)
{
	(void)net;
	(void)ct;
	(void)pkt;
	return false;
}

/* What leaves, or was made here, is taken to be right: its checksum may be owed to the device. */
bool nfr_ct_csum_bad(const struct nfr_ctnet *net, struct nfr_pkt *pkt,
		     const struct nfr_hook_state *state)
{
	if (state->hook != NFR_INET_PRE_ROUTING || !net->env->sysctl.ct_checksum ||
	    pkt->flags & NFR_PKT_CSUM_OK)
		return false;
	if (!nfr_l4_csum_ok(pkt))
		return true;
	pkt->flags |= NFR_PKT_CSUM_OK; /* nobody looks at it again (skb->csum_valid) */
	return false;
}
