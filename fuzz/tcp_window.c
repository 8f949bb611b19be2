/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TCP window check against a naive model: the same rules, written from what Linux is seen to do
 * with segments, as plain arithmetic on one struct for each side, nothing shared and nothing
 * clever. After each segment the two agree in their judgement and in all that they remember.
 *
 * Input: settings, then segments of 16 bytes: direction and flags, numbers relative to what was
 * seen or absolute, window, length, options.
 */
#include "base/bytes.h"
#include "ct/tcp.h"
#include "lib/steps.h"

#define MAX_SEGMENTS 64

const enum fuzz_format fuzz_format = FUZZ_FORMAT_BYTES;

struct side {
	uint32_t end, maxend, maxwin, maxack, scale;
	bool scales, sacks, liberal, unacknowledged, acked, closed_first;
};

struct model {
	struct side side[2];
	unsigned state;
	unsigned last_dir, retrans;
	uint32_t last_seq, last_ack, last_end, last_win;
};

static bool less(uint32_t a, uint32_t b)
{
	return a != b && b - a < UINT32_C(0x80000000);
}

/* as Linux: (s32)(a - b) < 0, which holds for the antipode too */
static bool before(uint32_t a, uint32_t b)
{
	return less(a, b) || a - b == UINT32_C(0x80000000);
}

/* ---- options, byte by byte ---- */

static void scan_options(const struct nfr_tcp_segment *seg, bool *sack_ok, bool *scale_ok,
			 uint32_t *scale, uint32_t *sack, bool *sacked)
{
	unsigned at = 0;

	*sack_ok = *scale_ok = *sacked = false;
	*scale = 0;
	while (at < seg->opts_len && seg->opts[at] != 0) {
		const uint8_t *opt = seg->opts + at;
		unsigned left = seg->opts_len - at;

		if (opt[0] == 1) {
			at++;
			continue;
		}
		if (left < 2 || opt[1] < 2 || opt[1] > left)
			return;
		if (opt[0] == 4 && opt[1] == 2)
			*sack_ok = true;
		if (opt[0] == 3 && opt[1] == 3) {
			*scale_ok = true;
			*scale = opt[2] > 14 ? 14 : opt[2];
		}
		if (opt[0] == 5 && opt[1] >= 10 && (opt[1] - 2) % 8 == 0 && !*sacked) {
			*sacked = true;
			for (unsigned i = 6; i < opt[1]; i += 8)
				if (before(*sack, nfr_get32(opt + i)))
					*sack = nfr_get32(opt + i);
		}
		at += opt[1];
	}
}

static void hear_syn(struct model *m, const struct nfr_tcp_segment *seg)
{
	struct side *s = &m->side[seg->dir];
	bool sack_ok, scale_ok, sacked;
	uint32_t scale, ignored = 0;

	s->end = s->maxend = seg->end;
	s->maxwin = seg->win ? seg->win : 1;
	if (!seg->opts_len)
		return;
	scan_options(seg, &sack_ok, &scale_ok, &scale, &ignored, &sacked);
	s->scale = scale;
	s->scales = scale_ok;
	s->sacks = sack_ok;
	s->unacknowledged = s->acked = s->closed_first = false;
}

/* ---- the window ---- */

enum verdict {
	IN,
	OLD,
	REFUSED,
};

static void agree_on_scaling(struct model *m, unsigned dir)
{
	if (dir == 1 && !(m->side[0].scales && m->side[1].scales))
		m->side[0].scale = m->side[1].scale = 0;
}

/* True: a SYN in answer to nothing, which is not judged. */
static bool introduce(struct model *m, const struct nfr_tcp_segment *seg, uint32_t sack)
{
	struct side *s = &m->side[seg->dir], *r = &m->side[!seg->dir];
	bool syn = seg->bits & NFR_TCP_SYN, ack = seg->bits & NFR_TCP_ACK;
	bool opening = m->state == NFR_TCP_SYN_SENT || m->state == NFR_TCP_SYN_RECV;

	if (s->maxwin == 0 && syn) {
		hear_syn(m, seg);
		agree_on_scaling(m, seg->dir);
		return !ack;
	}
	if (s->maxwin == 0) {
		s->end = seg->end;
		s->maxwin = seg->win << s->scale;
		s->maxwin = s->maxwin ? s->maxwin : 1;
		s->maxend = s->end + s->maxwin;
		if (r->maxwin == 0)
			r->end = r->maxend = sack;
		else if (sack - r->end == 1)
			r->end = sack;
		return false;
	}
	if (syn && opening && before(s->end, seg->end)) {
		hear_syn(m, seg);
		agree_on_scaling(m, seg->dir);
		return seg->dir == 1 && !ack;
	}
	return false;
}

static enum verdict judge(struct model *m, const struct nfr_tcp_segment *seg, uint32_t seq,
			  uint32_t end, uint32_t sack)
{
	struct side *s = &m->side[seg->dir], *r = &m->side[!seg->dir];
	uint32_t back = s->maxwin > 66000 ? s->maxwin : 66000;
	bool not_beyond = before(seq, s->maxend + 1);
	bool data_new = r->maxwin == 0 || before(s->end - r->maxwin - 1, end);
	bool ack_seen = before(sack, r->end + 1);
	bool ack_new = before(r->end - back - 1, sack);

	if (not_beyond)
		return !ack_seen ? REFUSED : data_new && ack_new ? IN : OLD;
	if (r->maxwin == 0 || !data_new || !ack_seen || !ack_new || end - s->maxend + 1 > r->maxwin)
		return REFUSED;
	s->end = end; /* a little beyond what was offered */
	s->unacknowledged = true;
	return OLD;
}

static void learn(struct model *m, const struct nfr_tcp_segment *seg, uint32_t seq, uint32_t end,
		  uint32_t ack, uint32_t sack)
{
	struct side *s = &m->side[seg->dir], *r = &m->side[!seg->dir];
	uint32_t win = seg->bits & NFR_TCP_SYN ? seg->win : (uint32_t)seg->win << s->scale;

	if (win + (sack - ack) > s->maxwin)
		s->maxwin = win + (sack - ack);
	if (before(s->end, end)) {
		s->end = end;
		s->unacknowledged = true;
	}
	if (seg->bits & NFR_TCP_ACK && (!s->acked || before(s->maxack, ack))) {
		s->acked = true;
		s->maxack = ack;
	}
	if (r->maxwin && before(s->maxend, end))
		r->maxwin += end - s->maxend;
	if (before(r->maxend - 1, sack + win))
		r->maxend = win ? sack + win : sack + 1;
	if (ack == r->end)
		r->unacknowledged = false;
	if (seg->index != NFR_TCP_ACK_SET)
		return;
	if (m->last_dir == seg->dir && m->last_seq == seq && m->last_ack == ack &&
	    m->last_end == end && m->last_win == seg->win) {
		m->retrans = (m->retrans + 1) % 256;
		return;
	}
	m->last_dir = seg->dir;
	m->last_seq = seq;
	m->last_ack = ack;
	m->last_end = end;
	m->last_win = seg->win;
	m->retrans = 0;
}

static enum nfr_tcp_judgement model_segment(struct model *m, const struct nfr_tcp_segment *seg,
					    int32_t offset, bool liberal)
{
	uint32_t seq = seg->seq, end = seg->end, ack = seg->ack, sack = seg->ack, scale;
	bool rst = seg->bits & NFR_TCP_RST, sack_ok, scale_ok, sacked;
	enum verdict verdict;

	if (m->side[!seg->dir].sacks)
		scan_options(seg, &sack_ok, &scale_ok, &scale, &sack, &sacked);
	ack -= (uint32_t)offset;
	sack -= (uint32_t)offset;
	if (introduce(m, seg, sack))
		return NFR_TCP_WINDOW_IN;
	if (!(seg->bits & NFR_TCP_ACK) || (rst && ack == 0))
		ack = sack = m->side[!seg->dir].end;
	if (rst && seq == 0 && m->state == NFR_TCP_SYN_SENT)
		seq = end = m->side[seg->dir].end;
	verdict = judge(m, seg, seq, end, sack);
	if (verdict == IN) {
		learn(m, seg, seq, end, ack, sack);
		return NFR_TCP_WINDOW_IN;
	}
	if (liberal || m->side[seg->dir].liberal)
		return NFR_TCP_WINDOW_LIBERAL;
	return verdict == OLD ? NFR_TCP_WINDOW_IGNORE : NFR_TCP_WINDOW_REFUSE;
}

/* ---- both ---- */

static void compare(const struct model *m, const struct nfr_ct_tcp *tcp)
{
	for (unsigned dir = 0; dir < 2; dir++) {
		const struct side *s = &m->side[dir];
		const struct nfr_tcp_peer *peer = &tcp->seen[dir];
		uint8_t flags = (uint8_t)((s->scales ? NFR_TCP_FLAG_WINDOW_SCALE : 0) |
					  (s->sacks ? NFR_TCP_FLAG_SACK_PERM : 0) |
					  (s->liberal ? NFR_TCP_FLAG_BE_LIBERAL : 0) |
					  (s->unacknowledged ? NFR_TCP_FLAG_DATA_UNACKNOWLEDGED : 0) |
					  (s->acked ? NFR_TCP_FLAG_MAXACK_SET : 0));

		fuzz_must(peer->td_end == s->end, "td_end differs");
		fuzz_must(peer->td_maxend == s->maxend, "td_maxend differs");
		fuzz_must(peer->td_maxwin == s->maxwin, "td_maxwin differs");
		fuzz_must(!s->acked || peer->td_maxack == s->maxack, "td_maxack differs");
		fuzz_must(tcp->td_scale[dir] == s->scale, "the scale differs");
		fuzz_must(tcp->flags[dir] == flags, "the flags differ");
	}
	fuzz_must(tcp->retrans == m->retrans, "retransmissions are counted otherwise");
}

/* A number near one that was seen, or any. */
static uint32_t number(struct fuzz_in *in, uint32_t seen)
{
	uint32_t v = fuzz_u32(in);

	if (v >> 31)
		return v;
	return seen + (uint32_t)((int32_t)(v << 1) >> 1 >> (v >> 26 & 31));
}

static void read_segment(struct fuzz_in *in, const struct model *m, struct nfr_tcp_segment *seg,
			 uint8_t opts[40])
{
	static const uint8_t bits[] = {NFR_TCP_SYN, NFR_TCP_SYN | NFR_TCP_ACK, NFR_TCP_ACK,
				       NFR_TCP_FIN | NFR_TCP_ACK, NFR_TCP_RST, NFR_TCP_RST | NFR_TCP_ACK};
	static const uint8_t indices[] = {NFR_TCP_SYN_SET, NFR_TCP_SYNACK_SET, NFR_TCP_ACK_SET,
					  NFR_TCP_FIN_SET, NFR_TCP_RST_SET, NFR_TCP_RST_SET};
	uint8_t first = fuzz_u8(in), kind = (first >> 1) % 6;

	memset(seg, 0, sizeof(*seg));
	seg->dir = first & 1;
	seg->bits = bits[kind];
	seg->index = indices[kind];
	seg->seq = number(in, m->side[seg->dir].end);
	seg->ack = number(in, m->side[!seg->dir].end);
	seg->win = fuzz_u16(in);
	seg->end = seg->seq + (fuzz_u16(in) & 0x3fff) + (kind < 2 || kind == 3);
	seg->opts_len = (uint8_t)(fuzz_u8(in) % 11 * 4);
	seg->opts_len = (uint8_t)fuzz_bytes(in, opts, seg->opts_len);
	seg->opts = opts;
}

/* The first segment of a connection is a SYN, or it is picked up midway. */
static void open_both(struct model *m, struct nfr_ct_tcp *tcp, const struct nfr_tcp_segment *seg)
{
	struct side *s = &m->side[seg->dir];

	if (seg->index == NFR_TCP_SYN_SET) {
		nfr_tcp_window_open(tcp, seg);
		hear_syn(m, seg);
		m->state = tcp->state = NFR_TCP_SYN_SENT;
		return;
	}
	nfr_tcp_window_pick_up(tcp, seg);
	s->end = seg->end;
	s->maxwin = seg->win ? seg->win : 1;
	s->maxend = s->end + s->maxwin;
	for (unsigned dir = 0; dir < 2; dir++) {
		m->side[dir].sacks = m->side[dir].liberal = true;
		m->side[dir].scales = m->side[dir].unacknowledged = false;
	}
	m->state = tcp->state = NFR_TCP_ESTABLISHED;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = {data, size};
	uint8_t settings = fuzz_u8(&in), states = fuzz_u8(&in), opts[40];
	int32_t offset = (int8_t)fuzz_u8(&in);
	struct nfr_tcp_segment seg;
	struct nfr_ct_tcp tcp;
	struct model m;

	memset(&tcp, 0, sizeof(tcp));
	memset(&m, 0, sizeof(m));
	read_segment(&in, &m, &seg, opts);
	seg.dir = 0;
	open_both(&m, &tcp, &seg);
	compare(&m, &tcp);
	for (unsigned i = 0; i < MAX_SEGMENTS && in.left; i++) {
		enum nfr_tcp_judgement want;

		read_segment(&in, &m, &seg, opts);
		want = model_segment(&m, &seg, settings & 2 ? offset : 0, settings & 1);
		fuzz_must(nfr_tcp_in_window(&tcp, &seg, settings & 2 ? offset : 0, settings & 1)
					  .judgement == want,
			  "a segment is judged otherwise");
		compare(&m, &tcp);
		if (states >> (i & 7) & 1 && want == NFR_TCP_WINDOW_IN)
			m.state = tcp.state = m.state == NFR_TCP_SYN_SENT ? NFR_TCP_SYN_RECV
									  : NFR_TCP_ESTABLISHED;
	}
	return 0;
}
