/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sequence adjustment, as nf_conntrack_seqadj.c.
 *
 * Each direction remembers one place, correction_pos: segments up to it are shifted by
 * offset_before, later ones by offset_after. A second change moves the place on, and what was
 * offset_after becomes offset_before; the shifts of still older segments are forgotten, so a
 * retransmission from before the last but one change is shifted wrongly, in Linux as here.
 *
 * Numbers of the sender are compared as the sender sent them. An acknowledgement or SACK block
 * speaks of numbers as the *other* side was shown them: it is first brought back by
 * offset_before, then compared. Near the place of a change that is not exact, but it is Linux's.
 */
#include "base/csum.h"
#include "ct/seqadj.h"

#define TCP_HLEN 20u
#define TCP_ACK 0x10
#define TCPOPT_EOL 0
#define TCPOPT_NOP 1
#define TCPOPT_SACK 5
#define SACK_BLOCK 8u

static bool after(uint32_t a, uint32_t b)
{
	return (int32_t)(b - a) < 0;
}

/* Asked for when a connection with a helper is translated, by its first packet. */
bool nfr_seqadj_add(struct nfr_ctnet *net, struct nfr_ct *ct)
{
	struct nfr_ct_ext *ext = nfr_ct_ext_get(net, ct);

	if (!ext)
		return false;
	ext->has |= NFR_CT_EXT_SEQADJ;
	return true;
}

static const struct nfr_seqadj *seqadj_of(const struct nfr_ctnet *net, const struct nfr_ct *ct)
{
	const struct nfr_ct_ext *ext = nfr_ct_ext(net, ct);

	return ext && ext->has & NFR_CT_EXT_SEQADJ ? ext->seqadj : NULL;
}

void nfr_seqadj_set(struct nfr_ctnet *net, struct nfr_ct *ct, unsigned dir, uint32_t seq,
		    int32_t off)
{
	struct nfr_ct_ext *ext = nfr_ct_ext(net, ct);
	struct nfr_seqadj *way;

	if (off == 0 || !ext || !(ext->has & NFR_CT_EXT_SEQADJ))
		return;
	ct->status |= NFR_IPS_SEQ_ADJUST;
	way = &ext->seqadj[dir];
	/* a retransmission of the changed segment must not count twice */
	if (way->offset_before == way->offset_after || after(seq, way->correction_pos)) {
		way->correction_pos = seq;
		way->offset_before = way->offset_after;
		way->offset_after = (int32_t)((uint32_t)way->offset_after + (uint32_t)off);
	}
}

/* For a number as the sender of this direction wrote it. */
static uint32_t sent_offset(const struct nfr_seqadj *way, uint32_t seq)
{
	return (uint32_t)(after(seq, way->correction_pos) ? way->offset_after
							  : way->offset_before);
}

/* For a number that the receiver of this direction wrote back. */
static uint32_t acked_offset(const struct nfr_seqadj *way, uint32_t ack)
{
	return sent_offset(way, ack - (uint32_t)way->offset_before);
}

int32_t nfr_seq_offset(const struct nfr_ctnet *net, const struct nfr_ct *ct, unsigned dir,
		       uint32_t seq)
{
	const struct nfr_seqadj *seqadj = seqadj_of(net, ct);

	return seqadj ? (int32_t)sent_offset(&seqadj[dir], seq) : 0;
}

/* The checksum follows by the difference. */
static void replace32(uint8_t *csum, uint8_t *field, uint32_t value)
{
	nfr_csum_replace4(csum, nfr_get32(field), value);
	nfr_put32(field, value);
}

/* Both edges of every block (RFC 2018), each by itself: a change may lie between them. */
static void adjust_sack_blocks(uint8_t *csum, uint8_t *edge, const uint8_t *end,
			       const struct nfr_seqadj *way)
{
	for (; edge < end; edge += 4) {
		uint32_t seq = nfr_get32(edge);

		replace32(csum, edge, seq - acked_offset(way, seq));
	}
}

/* One option of at least two bytes; its length, or 0 when it is broken. */
static uint32_t adjust_option(uint8_t *csum, uint8_t *opt, uint32_t left,
			      const struct nfr_seqadj *way)
{
	uint32_t len;

	if (left < 2)
		return 0;
	len = opt[1];
	if (len < 2 || len > left)
		return 0;
	if (opt[0] == TCPOPT_SACK && len > 2 && (len - 2) % SACK_BLOCK == 0)
		adjust_sack_blocks(csum, opt + 2, opt + len, way);
	return len;
}

static bool adjust_sack(const struct nfr_pkt *pkt, uint8_t *tcp, const struct nfr_seqadj *way)
{
	uint32_t off = TCP_HLEN, end = (uint32_t)(tcp[12] >> 4) * 4;

	if (!nfr_pkt_at(pkt, pkt->l4_off, end))
		return false;
	while (off < end && tcp[off] != TCPOPT_EOL) {
		uint32_t len = 1;

		if (tcp[off] != TCPOPT_NOP)
			len = adjust_option(tcp + 16, tcp + off, end - off, way);
		if (len == 0)
			return false;
		off += len;
	}
	return true;
}

bool nfr_seq_adjust(struct nfr_ctnet *net, const struct nfr_ct *ct, struct nfr_pkt *pkt)
{
	const struct nfr_seqadj *seqadj = seqadj_of(net, ct);
	unsigned dir = nfr_ctinfo_dir(pkt->ctinfo);
	uint8_t *tcp = nfr_pkt_at(pkt, pkt->l4_off, TCP_HLEN);
	uint32_t seq, ack;

	if (!seqadj)
		return true;
	if (!tcp)
		return false;
	seq = nfr_get32(tcp + 4);
	replace32(tcp + 16, tcp + 4, seq + sent_offset(&seqadj[dir], seq));
	if (!(tcp[13] & TCP_ACK))
		return true;
	ack = nfr_get32(tcp + 8);
	replace32(tcp + 16, tcp + 8, ack - acked_offset(&seqadj[!dir], ack));
	return adjust_sack(pkt, tcp, &seqadj[!dir]);
}
