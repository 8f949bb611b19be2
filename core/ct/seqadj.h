/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sequence adjustment: when a helper's NAT makes a line of text longer or shorter, all later
 * sequence numbers of that direction, and the acknowledgements of the other, move with it.
 *
 * It lives beside the trackers as in Linux: the TCP window check needs the offsets, and
 * conntrack's last hook applies them, after NAT has rewritten the packet's text.
 */
#ifndef NFR_CT_SEQADJ_H
#define NFR_CT_SEQADJ_H

#include "ct/ct.h"

/* Makes room for offsets (nfct_seqadj_ext_add). False: the extension pool is empty. */
bool nfr_seqadj_add(struct nfr_ctnet *net, struct nfr_ct *ct);

/* The segment at seq of direction dir has been made `off` bytes longer (nf_ct_seqadj_set). Nothing
 * without nfr_seqadj_add() before, as in Linux. */
void nfr_seqadj_set(struct nfr_ctnet *net, struct nfr_ct *ct, unsigned dir, uint32_t seq,
		    int32_t off);

/* What is added to sequence number seq of direction dir (nf_ct_seq_offset). */
int32_t nfr_seq_offset(const struct nfr_ctnet *net, const struct nfr_ct *ct, unsigned dir,
		       uint32_t seq);

/* Rewrites sequence, acknowledgement and SACK numbers of a TCP segment of a connection with
 * NFR_IPS_SEQ_ADJUST. False: its header is cut off or its options are broken, drop it. */
bool nfr_seq_adjust(struct nfr_ctnet *net, const struct nfr_ct *ct, struct nfr_pkt *pkt);

#endif
