/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The conditions of the window check and what a segment that holds them moves: the essay is in
 * tcp_window.c. They stand here because the tracker's short way, for the plain acknowledgements
 * that most segments are, asks and does the same.
 */
#ifndef NFR_CT_TCP_WINDOW_H
#define NFR_CT_TCP_WINDOW_H

#include "ct/tcp.h"

#define NFR_TCP_MAXACKWIN 66000u

/* Numbers of a segment as the conditions compare them. */
struct nfr_tcp_numbers {
	uint32_t seq, ack, sack, end;
};

/* The lowest that condition II lets through is above this, of IV likewise. */
static inline uint32_t nfr_tcp_lowest_seq(const struct nfr_tcp_peer *sender,
					  const struct nfr_tcp_peer *receiver)
{
	return sender->td_end - receiver->td_maxwin - 1;
}

static inline uint32_t nfr_tcp_lowest_ack(const struct nfr_tcp_peer *sender,
					  const struct nfr_tcp_peer *receiver)
{
	uint32_t window =
		sender->td_maxwin > NFR_TCP_MAXACKWIN ? sender->td_maxwin : NFR_TCP_MAXACKWIN;

	return receiver->td_end - window - 1;
}

/* All four conditions hold. */
NFR_INLINE bool nfr_tcp_window_fits(const struct nfr_tcp_peer *sender,
				    const struct nfr_tcp_peer *receiver,
				    const struct nfr_tcp_numbers *n)
{
	return nfr_tcp_before(n->seq, sender->td_maxend + 1) &&
	       (!receiver->td_maxwin ||
		nfr_tcp_after(n->end, nfr_tcp_lowest_seq(sender, receiver))) &&
	       nfr_tcp_before(n->sack, receiver->td_end + 1) &&
	       nfr_tcp_after(n->sack, nfr_tcp_lowest_ack(sender, receiver));
}

/* What the segment tells of its sender; win is scaled. */
NFR_INLINE void nfr_tcp_move_sender(struct nfr_tcp_peer *sender, uint8_t *flags, uint8_t bits,
				    const struct nfr_tcp_numbers *n, uint32_t win)
{
	uint32_t seen_win = win + (n->sack - n->ack);
	uint8_t f = *flags;

	if (sender->td_maxwin < seen_win)
		sender->td_maxwin = seen_win;
	if (nfr_tcp_after(n->end, sender->td_end)) {
		sender->td_end = n->end;
		f |= NFR_TCP_FLAG_DATA_UNACKNOWLEDGED;
	}
	if (bits & NFR_TCP_ACK) {
		if (!(f & NFR_TCP_FLAG_MAXACK_SET) || nfr_tcp_after(n->ack, sender->td_maxack))
			sender->td_maxack = n->ack;
		f |= NFR_TCP_FLAG_MAXACK_SET;
	}
	*flags = f;
}

/* And of its receiver: how far that one may send now. */
NFR_INLINE void nfr_tcp_move_receiver(struct nfr_tcp_peer *receiver, uint8_t *flags,
				      const struct nfr_tcp_peer *sender,
				      const struct nfr_tcp_numbers *n, uint32_t win)
{
	if (receiver->td_maxwin != 0 && nfr_tcp_after(n->end, sender->td_maxend))
		receiver->td_maxwin += n->end - sender->td_maxend;
	if (nfr_tcp_after(n->sack + win, receiver->td_maxend - 1))
		receiver->td_maxend = n->sack + win + (win == 0); /* a window probe is one byte */
	if (n->ack == receiver->td_end)
		*flags &= (uint8_t)~NFR_TCP_FLAG_DATA_UNACKNOWLEDGED;
}

/* The same acknowledgement again and again says that data or window updates are lost. Asked without
 * a branch: nothing foretells which side of a connection speaks next. */
NFR_INLINE void nfr_tcp_count_retrans(struct nfr_ct_tcp *tcp, const struct nfr_tcp_segment *seg,
				      const struct nfr_tcp_numbers *n)
{
	uint32_t differs = (uint32_t)(tcp->last_dir ^ seg->dir) | (tcp->last_seq ^ n->seq) |
			   (tcp->last_ack ^ n->ack) | (tcp->last_end ^ n->end) |
			   (uint32_t)(tcp->last_win ^ seg->win);
	uint32_t again = 0u - (differs == 0);

	tcp->retrans = (uint8_t)((tcp->retrans + 1u) & again);
	tcp->last_dir = seg->dir;
	tcp->last_seq = n->seq;
	tcp->last_ack = n->ack;
	tcp->last_end = n->end;
	tcp->last_win = seg->win;
}

#endif
