/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP's short way. Most segments only acknowledge, or carry data, in a connection that both sides
 * have spoken in, and are in the window: after Van Jacobson, that is asked first. For them the
 * tracker (tcp.c) comes down to this. Whatever is not so is left to it, with nothing changed.
 */
#ifndef NFR_CT_TCP_SHORT_H
#define NFR_CT_TCP_SHORT_H

#include "ct/tcp_window.h"
#include "ct/l4.h"
#include "pkt/parse.h"

/* The same segment came so often that the connection is not to outlive it for long. */
NFR_INLINE bool nfr_tcp_repeats_itself(const struct nfr_sysctl *sysctl,
				       const struct nfr_ct_tcp *tcp, int32_t timeout_s)
{
	return (tcp->retrans >= sysctl->tcp_max_retrans) &
	       (timeout_s > sysctl->tcp_timeout_max_retrans);
}

/* The timeout of a state, or a shorter one that the connection must do with, in seconds. What is
 * asked last counts most. */
NFR_INLINE int32_t nfr_tcp_shorter_timeout(const struct nfr_sysctl *sysctl,
					   const struct nfr_ct_tcp *tcp, int32_t timeout_s)
{
	int32_t retrans_s = sysctl->tcp_timeout_max_retrans;
	int32_t unack_s = sysctl->tcp_timeout_unacknowledged;
	uint8_t flags = tcp->flags[0] | tcp->flags[1];
	int32_t s = timeout_s;

	if (tcp->last_win == 0 && timeout_s > retrans_s)
		s = retrans_s;
	if (flags & NFR_TCP_FLAG_DATA_UNACKNOWLEDGED && timeout_s > unack_s)
		s = unack_s;
	return nfr_tcp_repeats_itself(sysctl, tcp, timeout_s) ? retrans_s : s;
}

/* What an ACK in ESTABLISHED may carry to go the short way: nothing that moves the state. */
#define NFR_TCP_PLAIN_BITS (NFR_TCP_ACK | NFR_TCP_PSH | NFR_TCP_ECE | NFR_TCP_CWR)

/* An acknowledgement without options, all of whose header is there. */
NFR_INLINE bool nfr_tcp_is_plain_ack(const struct nfr_pkt *pkt, uint32_t l4_off)
{
	const uint8_t *th = pkt->data + l4_off;

	return pkt->len >= l4_off + NFR_TCP_HLEN && th[12] >> 4 == NFR_TCP_HLEN / 4 &&
	       (th[13] & (NFR_TCP_ACK | (uint8_t)~NFR_TCP_PLAIN_BITS)) == NFR_TCP_ACK;
}

NFR_INLINE void nfr_tcp_read_plain_ack(const struct nfr_pkt *pkt, uint32_t l4_off, unsigned dir,
				       struct nfr_tcp_segment *seg)
{
	const uint8_t *th = pkt->data + l4_off;

	seg->bits = th[13];
	seg->dir = (uint8_t)dir;
	seg->seq = nfr_get32(th + 4);
	seg->ack = nfr_get32(th + 8);
	seg->win = nfr_get16(th + 14);
	seg->end = seg->seq + (pkt->len - l4_off - NFR_TCP_HLEN);
}

/* The tracker's `established` (ct/l4.h); l4_off is pkt->l4_off. */
NFR_INLINE bool nfr_tcp_keeps_established(struct nfr_ctnet *net, struct nfr_ct *ct,
					  const struct nfr_pkt *pkt, unsigned dir,
					  uint32_t l4_off)
{
	const struct nfr_sysctl *sysctl = &net->env->sysctl;
	struct nfr_ct_tcp *tcp = &ct->proto.tcp;
	struct nfr_tcp_peer *sender = &tcp->seen[dir], *receiver = &tcp->seen[!dir];
	struct nfr_tcp_segment seg;
	struct nfr_tcp_numbers n;
	uint32_t win;

	if (!nfr_tcp_is_plain_ack(pkt, l4_off) ||
	    (sysctl->ct_checksum && !nfr_tcp4_csum_ok(pkt, l4_off)) ||
	    tcp->state != NFR_TCP_ESTABLISHED || !(ct->status & NFR_IPS_ASSURED) ||
	    sender->td_maxwin == 0)
		return false;
	nfr_tcp_read_plain_ack(pkt, l4_off, dir, &seg);
	n = (struct nfr_tcp_numbers){seg.seq, seg.ack, seg.ack, seg.end};
	if (!nfr_tcp_window_fits(sender, receiver, &n))
		return false;
	win = (uint32_t)seg.win << tcp->td_scale[dir];
	nfr_tcp_move_sender(sender, &tcp->flags[dir], NFR_TCP_ACK, &n, win);
	nfr_tcp_move_receiver(receiver, &tcp->flags[!dir], sender, &n, win);
	nfr_tcp_count_retrans(tcp, &seg, &n);
	tcp->last_index = NFR_TCP_ACK_SET;
	tcp->last_dir = (uint8_t)dir;
	ct->expires_ns = net->env->now_ns +
			 nfr_ct_s_to_ns(nfr_tcp_shorter_timeout(sysctl, tcp,
								sysctl->tcp_timeout_established));
	return true;
}

#endif
