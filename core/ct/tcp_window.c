/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The window check, after Guido van Rooij, "Real Stateful TCP Packet Filtering in IP Filter",
 * with the changes that Linux made to it.
 *
 * For each side three numbers are kept, learnt from what passes by:
 *
 *   td_end      the end of the highest data that it has sent
 *   td_maxend   how far it may send: the other side's highest acknowledgement plus window
 *   td_maxwin   the largest window that it has offered
 *
 * A segment is in the window when
 *
 *   I    seq <= sender's td_maxend                       not beyond what the receiver offered
 *   II   end >= sender's td_end - receiver's td_maxwin   not older than a window
 *   III  sack <= receiver's td_end                       acknowledges only what was sent
 *   IV   sack >= receiver's td_end - MAXACKWINDOW        and nothing from long ago
 *
 * where sack is the acknowledgement, or the highest edge of its SACK blocks. What fails I or III
 * is refused: INVALID. What fails II or IV is old, not hostile, and is ignored: it passes in the
 * state ESTABLISHED, but nothing is learnt from it. A segment that goes beyond the offered window
 * by no more than that window's size is ignored too, since some stacks send so, and td_end
 * follows it: otherwise the answer would fail III, and all answers after it.
 *
 * All numbers are modulo 2^32 and compared by their difference (RFC 793, 3.3).
 */
#include "ct/tcp_window.h"

static uint32_t at_least_one(uint32_t win)
{
	return win ? win : 1;
}

/* A SYN without any option leaves what an earlier one said, as in Linux. */
static void learn_options(struct nfr_ct_tcp *tcp, const struct nfr_tcp_segment *seg)
{
	struct nfr_tcp_syn_options options;
	unsigned dir = seg->dir;

	if (!seg->opts_len)
		return;
	nfr_tcp_syn_options(seg, &options);
	tcp->td_scale[dir] = options.scale;
	tcp->flags[dir] = (uint8_t)((tcp->flags[dir] & NFR_TCP_FLAG_BE_LIBERAL) | options.flags);
}

void nfr_tcp_window_open(struct nfr_ct_tcp *tcp, const struct nfr_tcp_segment *seg)
{
	struct nfr_tcp_peer *sender = &tcp->seen[seg->dir];

	sender->td_end = sender->td_maxend = seg->end;
	sender->td_maxwin = at_least_one(seg->win);
	learn_options(tcp, seg);
}

/* The history is lost: scaling and SACK may have been agreed on, so neither side is judged. */
void nfr_tcp_window_pick_up(struct nfr_ct_tcp *tcp, const struct nfr_tcp_segment *seg)
{
	struct nfr_tcp_peer *sender = &tcp->seen[seg->dir];

	sender->td_end = seg->end;
	sender->td_maxwin = at_least_one(seg->win);
	sender->td_maxend = seg->end + sender->td_maxwin;
	tcp->flags[0] = tcp->flags[1] = NFR_TCP_FLAG_SACK_PERM | NFR_TCP_FLAG_BE_LIBERAL;
}

/* A SYN or SYN/ACK begins its side anew. Scaling holds only if both sides agreed. */
static void init_sender(struct nfr_ct_tcp *tcp, const struct nfr_tcp_segment *seg)
{
	nfr_tcp_window_open(tcp, seg);
	if (seg->dir == NFR_CT_DIR_REPLY &&
	    !(tcp->flags[0] & tcp->flags[1] & NFR_TCP_FLAG_WINDOW_SCALE))
		tcp->td_scale[0] = tcp->td_scale[1] = 0;
}

/* First segment of its side, and no SYN: the numbers are taken from it as they are. */
static void init_sender_midway(struct nfr_ct_tcp *tcp, const struct nfr_tcp_segment *seg,
			       uint32_t sack)
{
	struct nfr_tcp_peer *sender = &tcp->seen[seg->dir], *receiver = &tcp->seen[!seg->dir];

	sender->td_end = seg->end;
	sender->td_maxwin = at_least_one((uint32_t)seg->win << tcp->td_scale[seg->dir]);
	sender->td_maxend = seg->end + sender->td_maxwin;
	if (receiver->td_maxwin == 0)
		receiver->td_end = receiver->td_maxend = sack;
	else if (sack == receiver->td_end + 1)
		receiver->td_end++; /* the answer to a keep-alive */
}

/* Learns the sender from its first segment, or again from a SYN with higher numbers while the
 * connection is being opened. True: a SYN from the reply direction (simultaneous open), which has
 * nothing to be judged. */
static bool begin_sender(struct nfr_ct_tcp *tcp, const struct nfr_tcp_segment *seg, uint32_t sack)
{
	const struct nfr_tcp_peer *sender = &tcp->seen[seg->dir];
	bool syn = (seg->bits & NFR_TCP_SYN) != 0, ack = (seg->bits & NFR_TCP_ACK) != 0;

	if (sender->td_maxwin == 0) {
		if (!syn) {
			init_sender_midway(tcp, seg, sack);
			return false;
		}
		init_sender(tcp, seg);
		return !ack;
	}
	if (syn && nfr_tcp_after(seg->end, sender->td_end) &&
	    (tcp->state == NFR_TCP_SYN_SENT || tcp->state == NFR_TCP_SYN_RECV)) {
		init_sender(tcp, seg);
		return seg->dir == NFR_CT_DIR_REPLY && !ack;
	}
	return false;
}

static struct nfr_tcp_finding finding(enum nfr_tcp_judgement judgement, const char *why,
				      uint32_t value)
{
	struct nfr_tcp_finding f = {judgement, why, value};

	return f;
}

/* Condition I fails. */
static struct nfr_tcp_finding beyond_window(struct nfr_ct_tcp *tcp,
					    const struct nfr_tcp_segment *seg,
					    const struct nfr_tcp_numbers *n)
{
	struct nfr_tcp_peer *sender = &tcp->seen[seg->dir];
	const struct nfr_tcp_peer *receiver = &tcp->seen[!seg->dir];
	uint32_t overshot = n->end - sender->td_maxend + 1;

	if (receiver->td_maxwin &&
	    nfr_tcp_after(n->end, nfr_tcp_lowest_seq(sender, receiver)) &&
	    nfr_tcp_after(n->sack, nfr_tcp_lowest_ack(sender, receiver)) &&
	    overshot <= receiver->td_maxwin && nfr_tcp_before(n->sack, receiver->td_end + 1)) {
		sender->td_end = n->end;
		tcp->flags[seg->dir] |= NFR_TCP_FLAG_DATA_UNACKNOWLEDGED;
		return finding(NFR_TCP_WINDOW_IGNORE, "%u bytes more than expected", overshot);
	}
	return finding(NFR_TCP_WINDOW_REFUSE,
		       "SEQ is over upper bound %u (over the window of the receiver)",
		       sender->td_maxend + 1);
}

static struct nfr_tcp_finding judge(struct nfr_ct_tcp *tcp, const struct nfr_tcp_segment *seg,
				    const struct nfr_tcp_numbers *n)
{
	const struct nfr_tcp_peer *sender = &tcp->seen[seg->dir];
	const struct nfr_tcp_peer *receiver = &tcp->seen[!seg->dir];
	uint32_t lowest_seq = nfr_tcp_lowest_seq(sender, receiver);
	uint32_t lowest_ack = nfr_tcp_lowest_ack(sender, receiver);

	if (nfr_tcp_window_fits(sender, receiver, n))
		return finding(NFR_TCP_WINDOW_IN, NULL, 0);
	if (!nfr_tcp_before(n->seq, sender->td_maxend + 1))
		return beyond_window(tcp, seg, n);
	if (!nfr_tcp_before(n->sack, receiver->td_end + 1))
		return finding(NFR_TCP_WINDOW_REFUSE,
			       "ACK is over upper bound %u (ACKed data not seen yet)",
			       receiver->td_end + 1);
	if (receiver->td_maxwin && !nfr_tcp_after(n->end, lowest_seq))
		return finding(NFR_TCP_WINDOW_IGNORE,
			       "SEQ is under lower bound %u (already ACKed data retransmitted)",
			       lowest_seq);
	return finding(NFR_TCP_WINDOW_IGNORE,
		       "ignored ACK under lower bound %u (possible overly delayed)", lowest_ack);
}

/* A segment without ACK, and a RST whose ACK is zero because its stack does not care, are taken
 * to acknowledge everything; a RST with sequence number zero answers a SYN. */
static void complete_numbers(const struct nfr_ct_tcp *tcp, const struct nfr_tcp_segment *seg,
			     struct nfr_tcp_numbers *n)
{
	bool rst = (seg->bits & NFR_TCP_RST) != 0;

	if (!(seg->bits & NFR_TCP_ACK) || (rst && n->ack == 0))
		n->ack = n->sack = tcp->seen[!seg->dir].td_end;
	if (rst && n->seq == 0 && tcp->state == NFR_TCP_SYN_SENT)
		n->seq = n->end = tcp->seen[seg->dir].td_end;
}

struct nfr_tcp_finding nfr_tcp_in_window(struct nfr_ct_tcp *tcp, const struct nfr_tcp_segment *seg,
					 int32_t receiver_offset, bool be_liberal)
{
	struct nfr_tcp_numbers n = {seg->seq, seg->ack, seg->ack, seg->end};
	struct nfr_tcp_finding f = {NFR_TCP_WINDOW_IN, NULL, 0};
	uint32_t win = seg->win;

	if (seg->opts_len && tcp->flags[!seg->dir] & NFR_TCP_FLAG_SACK_PERM)
		n.sack = nfr_tcp_sack(seg, n.sack);
	n.ack -= (uint32_t)receiver_offset;
	n.sack -= (uint32_t)receiver_offset;
	if (begin_sender(tcp, seg, n.sack))
		return f;
	complete_numbers(tcp, seg, &n);
	f = judge(tcp, seg, &n);
	if (f.judgement != NFR_TCP_WINDOW_IN) {
		if (be_liberal || tcp->flags[seg->dir] & NFR_TCP_FLAG_BE_LIBERAL)
			f.judgement = NFR_TCP_WINDOW_LIBERAL;
		return f;
	}
	if (!(seg->bits & NFR_TCP_SYN))
		win <<= tcp->td_scale[seg->dir];
	nfr_tcp_move_sender(&tcp->seen[seg->dir], &tcp->flags[seg->dir], seg->bits, &n, win);
	nfr_tcp_move_receiver(&tcp->seen[!seg->dir], &tcp->flags[!seg->dir], &tcp->seen[seg->dir],
			      &n, win);
	if (seg->index == NFR_TCP_ACK_SET)
		nfr_tcp_count_retrans(tcp, seg, &n);
	return f;
}
