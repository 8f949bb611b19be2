/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TCP tracker: what a segment does to its connection.
 *
 * A segment is checked for itself (length, checksum, flags that no stack sends), then the table
 * says where it leads from the present state, then some cells are looked at closer (below), then
 * the window is checked, and only what is in the window moves the state, counts as the last
 * segment, and sets the timeout. In between, an IGNOREd segment passes without moving anything.
 *
 * What the table cannot say:
 *
 *   reopening      A SYN in TIME_WAIT or CLOSE ends the old connection and begins a new one, if
 *                  the old was closed by FIN, or by this side's RST. Otherwise it is ignored.
 *   out of sync    A SYN in ORIGINAL that the table ignores may be a new connection that we know
 *                  nothing of. Its numbers are annotated; if a SYN/ACK then acknowledges just
 *                  them, both ends agree and we follow them. If it was nonsense, the answer is a
 *                  challenge ACK (RFC 5961), which must not be taken for the acknowledgement of
 *                  a FIN in LAST_ACK, nor a RST that answers a challenge for a stray one.
 *   simultaneous   open: SYN_SENT2, and then the ACK of either side establishes it.
 *   RST            must be exact: at the sequence number that the other side has acknowledged
 *                  last. One that is in the window but elsewhere passes (a stack will answer it
 *                  with a challenge ACK), but the connection stays; one below is INVALID, unless
 *                  tcp_ignore_invalid_rst. A connection that is closing already is not defended.
 *
 * A connection picked up midway (tcp_loose) is not judged by windows that we have not seen, and
 * until there is an answer it lives for the timeout of unacknowledged data, not five days.
 */
#include "ct/l4.h"
#include "ct/seqadj.h"
#include "ct/tcp_short.h"
#include "pkt/parse.h"

#define SYN_SENT2_S 120 /* no sysctl changes it */
#define HZ 250u /* Debian's kernel; one of its texts counts in ticks */

/* What a step of the tracker says about how to go on. */
enum step {
	STEP_WINDOW,  /* check the window */
	STEP_IN,      /* take it as in the window */
	STEP_PASS,    /* let it through, nothing moves */
	STEP_INVALID,
	STEP_REPEAT,
};

struct tcp_ctx {
	struct nfr_ctnet *net;
	struct nfr_pkt *pkt;
	const struct nfr_hook_state *hook;
	struct nfr_ct *ct;
	struct nfr_ct_tcp *tcp;
	struct nfr_tcp_segment seg;
	uint8_t old_state, new_state;
};

static void log_invalid(const struct tcp_ctx *c, const char *why, const uint32_t *value)
{
	nfr_ct_log_invalid(c->net, c->pkt, NFR_IPPROTO_TCP, c->hook, why, value);
}

/* ---- the segment for itself ---- */

/* Besides PSH, ECE and CWR, which may come with anything: SYN (URG), SYN/ACK, FIN/ACK (URG),
 * ACK (URG), RST, RST/ACK. */
static bool flags_are_sane(uint8_t bits)
{
	switch (bits & (NFR_TCP_FIN | NFR_TCP_SYN | NFR_TCP_RST | NFR_TCP_ACK | NFR_TCP_URG)) {
	case NFR_TCP_SYN:
	case NFR_TCP_SYN | NFR_TCP_URG:
	case NFR_TCP_SYN | NFR_TCP_ACK:
	case NFR_TCP_RST:
	case NFR_TCP_RST | NFR_TCP_ACK:
	case NFR_TCP_FIN | NFR_TCP_ACK:
	case NFR_TCP_FIN | NFR_TCP_ACK | NFR_TCP_URG:
	case NFR_TCP_ACK:
	case NFR_TCP_ACK | NFR_TCP_URG:
		return true;
	default:
		return false;
	}
}

static uint8_t index_of(uint8_t bits)
{
	if (bits & NFR_TCP_RST)
		return NFR_TCP_RST_SET;
	if (bits & NFR_TCP_SYN)
		return bits & NFR_TCP_ACK ? NFR_TCP_SYNACK_SET : NFR_TCP_SYN_SET;
	if (bits & NFR_TCP_FIN)
		return NFR_TCP_FIN_SET;
	return bits & NFR_TCP_ACK ? NFR_TCP_ACK_SET : NFR_TCP_NONE_SET;
}

/* Reads the header; NULL, or why the segment is invalid: "" where Linux does not say. */
static const char *read_segment(const struct nfr_pkt *pkt, struct nfr_tcp_segment *seg)
{
	const uint8_t *th = nfr_pkt_at(pkt, pkt->l4_off, NFR_TCP_HLEN);
	uint32_t hlen, len = pkt->len - pkt->l4_off;

	if (!th)
		return "";
	hlen = (uint32_t)(th[12] >> 4) * 4;
	if (hlen < NFR_TCP_HLEN || hlen > len)
		return "truncated packet";
	seg->bits = th[13];
	seg->index = index_of(seg->bits);
	seg->dir = (uint8_t)nfr_ctinfo_dir(pkt->ctinfo);
	seg->seq = nfr_get32(th + 4);
	seg->ack = nfr_get32(th + 8);
	seg->win = nfr_get16(th + 14);
	seg->end = seg->seq + (len - hlen) + (seg->bits & NFR_TCP_SYN ? 1 : 0) +
		   (seg->bits & NFR_TCP_FIN ? 1 : 0);
	seg->opts = th + NFR_TCP_HLEN;
	seg->opts_len = (uint8_t)(hlen - NFR_TCP_HLEN);
	return NULL;
}

static const char *segment_error(struct tcp_ctx *c)
{
	const char *why = read_segment(c->pkt, &c->seg);

	if (why)
		return why;
	if (nfr_ct_csum_bad(c->net, c->pkt, c->hook))
		return "bad checksum";
	return flags_are_sane(c->seg.bits) ? NULL : "invalid tcp flag combination";
}

/* ---- the first segment ---- */

/* False: it begins no connection. */
static bool begin(struct tcp_ctx *c)
{
	uint8_t state = nfr_tcp_next_state[NFR_TCP_NONE][c->seg.dir][c->seg.index];

	if (state >= NFR_TCP_MAX) {
		log_invalid(c, "invalid new", NULL);
		return false;
	}
	if (state == NFR_TCP_SYN_SENT)
		nfr_tcp_window_open(c->tcp, &c->seg);
	else if (c->net->env->sysctl.tcp_loose)
		nfr_tcp_window_pick_up(c->tcp, &c->seg);
	else
		return false;
	c->tcp->last_index = NFR_TCP_NONE_SET;
	return true;
}

/* ---- cells that need a closer look ---- */

/* A SYN/ACK for the SYN that was annotated: both ends agree, so we follow them. */
static bool answers_annotated_syn(const struct tcp_ctx *c)
{
	return c->seg.index == NFR_TCP_SYNACK_SET && c->tcp->last_index == NFR_TCP_SYN_SET &&
	       c->tcp->last_dir != c->seg.dir && c->seg.ack == c->tcp->last_end;
}

static void get_in_sync(struct tcp_ctx *c)
{
	struct nfr_ct_tcp *tcp = c->tcp;
	struct nfr_tcp_peer *peer = &tcp->seen[tcp->last_dir];

	c->old_state = NFR_TCP_SYN_SENT;
	c->new_state = NFR_TCP_SYN_RECV;
	peer->td_end = peer->td_maxend = tcp->last_end;
	peer->td_maxwin = tcp->last_win ? tcp->last_win : 1;
	tcp->td_scale[tcp->last_dir] = tcp->last_wscale;
	tcp->last_flags &= (uint8_t)~NFR_TCP_FLAG_EXP_CHALLENGE_ACK;
	tcp->flags[tcp->last_dir] = tcp->last_flags;
	memset(&tcp->seen[c->seg.dir], 0, sizeof(tcp->seen[0]));
	tcp->td_scale[c->seg.dir] = 0;
	tcp->flags[c->seg.dir] &= NFR_TCP_FLAG_BE_LIBERAL; /* a side that was picked up stays so */
}

static void annotate_syn(struct tcp_ctx *c)
{
	struct nfr_tcp_syn_options options;

	nfr_tcp_syn_options(&c->seg, &options);
	c->tcp->last_flags = options.flags;
	c->tcp->last_wscale = options.scale;
	if (c->old_state == NFR_TCP_LAST_ACK)
		c->tcp->last_flags |= NFR_TCP_FLAG_EXP_CHALLENGE_ACK;
}

static enum step ignore(struct tcp_ctx *c)
{
	struct nfr_ct_tcp *tcp = c->tcp;
	const struct nfr_tcp_segment *seg = &c->seg;

	if (answers_annotated_syn(c)) {
		get_in_sync(c);
		return STEP_WINDOW;
	}
	tcp->last_index = seg->index;
	tcp->last_dir = seg->dir;
	tcp->last_seq = seg->seq;
	tcp->last_end = seg->end;
	tcp->last_win = seg->win;
	if (seg->index == NFR_TCP_SYN_SET && seg->dir == NFR_CT_DIR_ORIGINAL)
		annotate_syn(c);
	if (c->old_state == NFR_TCP_SYN_SENT && seg->index == NFR_TCP_ACK_SET &&
	    seg->dir == NFR_CT_DIR_REPLY)
		tcp->last_ack = seg->ack; /* a challenge ACK, perhaps */
	log_invalid(c, "packet (index %u) in dir %u ignored, state %t",
		    (const uint32_t[]){seg->index, seg->dir, c->old_state});
	return STEP_PASS;
}

/* A SYN after the end. */
static enum step reopen(struct tcp_ctx *c)
{
	const struct nfr_ct_tcp *tcp = c->tcp;

	if (c->old_state < NFR_TCP_TIME_WAIT)
		return STEP_WINDOW;
	if ((tcp->flags[0] | tcp->flags[1]) & NFR_TCP_FLAG_CLOSE_INIT ||
	    (tcp->last_dir == c->seg.dir && tcp->last_index == NFR_TCP_RST_SET)) {
		nfr_ct_kill(c->net, c->pkt->ct_idx);
		return STEP_REPEAT;
	}
	return ignore(c);
}

static enum step time_wait(struct tcp_ctx *c)
{
	struct nfr_ct_tcp *tcp = c->tcp;

	if (c->old_state == NFR_TCP_LAST_ACK && c->seg.index == NFR_TCP_ACK_SET &&
	    tcp->last_dir != c->seg.dir && tcp->last_index == NFR_TCP_SYN_SET &&
	    tcp->last_flags & NFR_TCP_FLAG_EXP_CHALLENGE_ACK) {
		tcp->last_flags &= (uint8_t)~NFR_TCP_FLAG_EXP_CHALLENGE_ACK;
		log_invalid(c, "challenge-ack ignored", NULL);
		return STEP_PASS;
	}
	return STEP_WINDOW;
}

static bool can_early_drop(const struct nfr_ct *ct)
{
	switch (ct->proto.tcp.state) {
	case NFR_TCP_FIN_WAIT:
	case NFR_TCP_CLOSE_WAIT:
	case NFR_TCP_LAST_ACK:
	case NFR_TCP_TIME_WAIT:
	case NFR_TCP_CLOSE:
		return true;
	default:
		return false;
	}
}

static bool is_established(const struct tcp_ctx *c)
{
	return c->tcp->state == NFR_TCP_ESTABLISHED && c->ct->status & NFR_IPS_ASSURED;
}

/* The last segment of a train whose earlier ones were not acknowledged yet. */
static bool follows_own_ack(const struct tcp_ctx *c)
{
	return c->tcp->last_index == NFR_TCP_ACK_SET && c->tcp->last_dir == c->seg.dir &&
	       c->seg.seq == c->tcp->last_end;
}

/* A RST against what the other side has acknowledged. STEP_IN: nothing to object, and nothing
 * further to look at but the window. */
static enum step rst_exactness(struct tcp_ctx *c)
{
	const struct nfr_ct_tcp *tcp = c->tcp;
	uint32_t maxack = tcp->seen[!c->seg.dir].td_maxack;

	if (c->seg.seq == 0 && !is_established(c))
		return STEP_IN;
	if (nfr_tcp_before(c->seg.seq, maxack) && !c->net->env->sysctl.tcp_ignore_invalid_rst) {
		log_invalid(c, "invalid rst", NULL);
		return STEP_INVALID;
	}
	if (!is_established(c) || c->seg.seq == maxack || follows_own_ack(c))
		return STEP_IN;
	c->new_state = c->old_state; /* not exact: wait for what the challenge brings */
	return STEP_WINDOW;
}

/* The RST answers a segment that we let through although it did not fit. */
static bool rst_answers_ignored(const struct tcp_ctx *c)
{
	const struct nfr_ct_tcp *tcp = c->tcp;
	bool syn = c->ct->status & NFR_IPS_SEEN_REPLY && tcp->last_index == NFR_TCP_SYN_SET;
	bool ack = !(c->ct->status & NFR_IPS_ASSURED) && tcp->last_index == NFR_TCP_ACK_SET;

	if ((syn || ack) && tcp->last_dir != c->seg.dir && c->seg.ack == tcp->last_end)
		return true;
	return c->old_state == NFR_TCP_SYN_SENT && tcp->last_index == NFR_TCP_ACK_SET &&
	       tcp->last_dir == NFR_CT_DIR_REPLY && c->seg.seq == tcp->last_ack;
}

static enum step close_by_rst(struct tcp_ctx *c)
{
	enum step step;

	if (c->seg.index != NFR_TCP_RST_SET)
		return STEP_WINDOW;
	if (can_early_drop(c->ct))
		return STEP_IN;
	if (c->tcp->flags[!c->seg.dir] & NFR_TCP_FLAG_MAXACK_SET &&
	    c->tcp->last_index != NFR_TCP_SYN_SET) {
		step = rst_exactness(c);
		if (step != STEP_WINDOW)
			return step == STEP_IN ? STEP_WINDOW : step;
	}
	return rst_answers_ignored(c) ? STEP_IN : STEP_WINDOW;
}

static enum step look_closer(struct tcp_ctx *c)
{
	switch (c->new_state) {
	case NFR_TCP_SYN_SENT:
		return reopen(c);
	case NFR_TCP_IGNORE:
		return ignore(c);
	case NFR_TCP_INVALID:
		log_invalid(c, "packet (index %u) in dir %u invalid, state %t",
			    (const uint32_t[]){c->seg.index, c->seg.dir, c->old_state});
		return STEP_INVALID;
	case NFR_TCP_TIME_WAIT:
		return time_wait(c);
	case NFR_TCP_SYN_SENT2:
		c->tcp->last_flags |= NFR_TCP_FLAG_SIMULTANEOUS_OPEN;
		return STEP_WINDOW;
	case NFR_TCP_SYN_RECV:
		if (c->seg.dir == NFR_CT_DIR_REPLY && c->seg.index == NFR_TCP_ACK_SET &&
		    c->tcp->last_flags & NFR_TCP_FLAG_SIMULTANEOUS_OPEN)
			c->new_state = NFR_TCP_ESTABLISHED;
		return STEP_WINDOW;
	case NFR_TCP_CLOSE:
		return close_by_rst(c);
	default:
		return STEP_WINDOW;
	}
}

/* ---- the window ---- */

static void trace_window(const struct tcp_ctx *c, const char *why)
{
	const struct nfr_tcp_peer *sender = &c->tcp->seen[c->seg.dir];
	const struct nfr_tcp_peer *receiver = &c->tcp->seen[!c->seg.dir];
	struct nfr_trace trace;

	memset(&trace, 0, sizeof(trace));
	trace.kind = NFR_TRACE_TCP;
	trace.pkt = c->pkt;
	trace.state = c->hook;
	trace.note = why;
	trace.value[0] = c->seg.seq;
	trace.value[1] = c->seg.end;
	trace.value[2] = c->seg.ack;
	trace.value[3] = c->seg.win;
	trace.value[4] = sender->td_end;
	trace.value[5] = sender->td_maxend;
	trace.value[6] = receiver->td_end;
	trace.value[7] = receiver->td_maxwin;
	c->net->env->sink.trace(c->net->env->sink.user, &trace);
}

#define TIMEOUT(state) offsetof(struct nfr_sysctl, tcp_timeout_##state)

static int32_t timeout_s(const struct nfr_sysctl *sysctl, unsigned state)
{
	static const uint16_t at[NFR_TCP_MAX] = {
		TIMEOUT(syn_sent),   TIMEOUT(syn_sent), TIMEOUT(syn_recv),  TIMEOUT(established),
		TIMEOUT(fin_wait),   TIMEOUT(close_wait), TIMEOUT(last_ack), TIMEOUT(time_wait),
		TIMEOUT(close),
	};
	int32_t seconds;

	if (state == NFR_TCP_SYN_SENT2)
		return SYN_SENT2_S;
	memcpy(&seconds, (const uint8_t *)sysctl + at[state], sizeof(seconds));
	return seconds;
}

/*
 * Both sides say FIN or RST, but outside of what we take for their windows: the connection is
 * over and we are out of step with it. It is not to hang around for days.
 */
static void shorten_timeout(struct tcp_ctx *c)
{
	struct nfr_ct_tcp *tcp = c->tcp;
	uint64_t until = c->net->env->now_ns +
			 nfr_ct_s_to_ns(c->net->env->sysctl.tcp_timeout_unacknowledged);
	uint8_t last = tcp->last_index;

	if (!(c->ct->status & NFR_IPS_ASSURED) || c->ct->status & NFR_IPS_FIXED_TIMEOUT ||
	    (c->seg.index != NFR_TCP_RST_SET && c->seg.index != NFR_TCP_FIN_SET))
		return;
	if (tcp->last_dir == c->seg.dir || (last != NFR_TCP_FIN_SET && last != NFR_TCP_RST_SET)) {
		tcp->last_index = c->seg.index;
		tcp->last_dir = c->seg.dir;
		return;
	}
	if (c->ct->expires_ns <= until)
		return;
	c->ct->expires_ns = until;
	log_invalid(c, "packet (index %u, dir %u) response for index %u lower timeout to %u",
		    (const uint32_t[]){
			    c->seg.index, c->seg.dir, last,
			    HZ * (uint32_t)c->net->env->sysctl.tcp_timeout_unacknowledged});
}

static enum step check_window(struct tcp_ctx *c)
{
	struct nfr_tcp_finding f;
	int32_t offset = 0;

	if (nfr_pkt_watched(c->pkt))
		trace_window(c, "window");
	if (c->ct->status & NFR_IPS_SEQ_ADJUST)
		offset = nfr_seq_offset(c->net, c->ct, !c->seg.dir, c->seg.ack - 1);
	f = nfr_tcp_in_window(c->tcp, &c->seg, offset, c->net->env->sysctl.tcp_be_liberal);
	if (f.judgement == NFR_TCP_WINDOW_IN || f.judgement == NFR_TCP_WINDOW_LIBERAL)
		return STEP_IN;
	log_invalid(c, f.why, &f.value);
	if (f.judgement == NFR_TCP_WINDOW_IGNORE)
		return STEP_PASS;
	shorten_timeout(c);
	return STEP_INVALID;
}

/* ---- after it ---- */

/* How many seconds the connection lives behind a segment of this index that led to this state. A
 * reset that does not end it leaves it as few as one that does; not so in 6.12. */
static int32_t choose_timeout(const struct nfr_env *env, const struct nfr_ct_tcp *tcp,
			      uint8_t state, uint8_t index)
{
	const struct nfr_sysctl *sysctl = &env->sysctl;
	int32_t timeout = timeout_s(sysctl, state);

	if (index == NFR_TCP_RST_SET && env->linux_version != NFR_LINUX(6, 12) &&
	    !nfr_tcp_repeats_itself(sysctl, tcp, timeout))
		return timeout_s(sysctl, NFR_TCP_CLOSE);
	return nfr_tcp_shorter_timeout(sysctl, tcp, timeout);
}

static bool becomes_assured(const struct tcp_ctx *c)
{
	return !(c->ct->status & NFR_IPS_ASSURED) && c->new_state == NFR_TCP_ESTABLISHED &&
	       (c->old_state == NFR_TCP_SYN_RECV || c->old_state == NFR_TCP_ESTABLISHED);
}

static void refresh(struct tcp_ctx *c)
{
	int32_t unack = c->net->env->sysctl.tcp_timeout_unacknowledged;
	int32_t timeout =
		choose_timeout(c->net->env, c->tcp, c->new_state, c->seg.index);

	if (!(c->ct->status & NFR_IPS_SEEN_REPLY)) {
		if (c->seg.bits & NFR_TCP_RST) {
			/* nobody else has spoken: there is no connection to wait for */
			nfr_ct_count(c->net, c->ct, c->pkt);
			if (nfr_ct_is_confirmed(c->ct))
				nfr_ct_kill_under(c->net, c->pkt->ct_idx, c->pkt);
			return;
		}
		if (c->seg.index == NFR_TCP_SYN_SET && c->old_state == NFR_TCP_SYN_SENT)
			return; /* a port in use again must not keep an old entry alive */
		if (c->new_state == NFR_TCP_ESTABLISHED && timeout > unack)
			timeout = unack;
	} else if (becomes_assured(c)) {
		nfr_ct_set_assured(c->net, c->ct);
	}
	nfr_ct_refresh_acct(c->net, c->ct, c->pkt, nfr_ct_s_to_ns(timeout));
}

static void move(struct tcp_ctx *c)
{
	c->tcp->last_index = c->seg.index;
	c->tcp->last_dir = c->seg.dir;
	c->tcp->state = c->new_state;
	if (c->new_state != c->old_state) {
		if (c->new_state == NFR_TCP_FIN_WAIT)
			c->tcp->flags[c->seg.dir] |= NFR_TCP_FLAG_CLOSE_INIT;
		nfr_ct_event_cache(c->net, c->ct, NFR_IPCT_PROTOINFO);
	}
	refresh(c);
}

static unsigned tcp_packet(struct nfr_ctnet *net, uint32_t idx, struct nfr_pkt *pkt,
			   const struct nfr_hook_state *state)
{
	struct nfr_ct *ct = nfr_ct_at(net, idx);
	struct tcp_ctx c = {.net = net, .pkt = pkt, .hook = state, .ct = ct, .tcp = &ct->proto.tcp};
	const char *why = segment_error(&c);
	enum step step;

	if (why) {
		if (*why)
			log_invalid(&c, why, NULL);
		return NFR_CT_L4_INVALID;
	}
	if (!nfr_ct_is_confirmed(ct) && !begin(&c))
		return NFR_CT_L4_INVALID;
	c.old_state = c.tcp->state;
	c.new_state = nfr_tcp_next_state[c.old_state][c.seg.dir][c.seg.index];
	step = look_closer(&c);
	if (step == STEP_WINDOW)
		step = check_window(&c);
	if (step == STEP_IN)
		move(&c);
	if (step == STEP_REPEAT)
		return NFR_REPEAT;
	return step == STEP_INVALID ? NFR_CT_L4_INVALID : NFR_ACCEPT;
}

/* ---- the short way ---- */

/*
 * A SYN to nobody: the way above opens the sender's window, finds the SYN in it, and lets the
 * receiver send what the sender offers.
 */
static bool tcp_open(struct nfr_ctnet *net, struct nfr_ct *ct, const struct nfr_pkt *pkt)
{
	const struct nfr_sysctl *sysctl = &net->env->sysctl;
	struct nfr_ct_tcp *tcp = &ct->proto.tcp;
	struct nfr_tcp_segment seg;

	if (read_segment(pkt, &seg) ||
	    (seg.bits & (uint8_t)~(NFR_TCP_PSH | NFR_TCP_ECE | NFR_TCP_CWR)) != NFR_TCP_SYN ||
	    (sysctl->ct_checksum && !nfr_tcp4_csum_ok(pkt, pkt->l4_off)))
		return false;
	nfr_tcp_window_open(tcp, &seg);
	tcp->seen[NFR_CT_DIR_REPLY].td_maxend = tcp->seen[NFR_CT_DIR_ORIGINAL].td_maxwin;
	tcp->last_index = NFR_TCP_SYN_SET;
	tcp->state = NFR_TCP_SYN_SENT;
	nfr_ct_event_cache(net, ct, NFR_IPCT_PROTOINFO);
	ct->expires_ns = nfr_ct_s_to_ns(
		choose_timeout(net->env, tcp, NFR_TCP_SYN_SENT, NFR_TCP_SYN_SET));
	return true;
}

void nfr_ct_set_closing(struct nfr_ctnet *net, uint32_t idx)
{
	struct nfr_ct *ct = nfr_ct_at(net, idx);

	if (!idx || ct->key[0].protonum != NFR_IPPROTO_TCP || !nfr_ct_is_confirmed(ct) ||
	    ct->proto.tcp.state == NFR_TCP_CLOSE)
		return;
	ct->proto.tcp.state = NFR_TCP_CLOSE;
	ct->expires_ns = net->env->now_ns +
			 nfr_ct_s_to_ns(timeout_s(&net->env->sysctl, NFR_TCP_CLOSE));
	nfr_ct_event_cache(net, ct, NFR_IPCT_PROTOINFO);
}

const struct nfr_ct_l4 nfr_ct_l4_tcp = {
	.name = "tcp",
	.protonum = NFR_IPPROTO_TCP,
	.packet = tcp_packet,
	.established = nfr_ct_l4_no_short_way, /* it has one: ct/stage.h compiles it in */
	.open = tcp_open,
	.can_early_drop = can_early_drop,
};
