/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the tests of fast paths: whether a packet took one, TCP segments, and routers that get the
 * same traffic (fastpath_test.c says why).
 */
#ifndef NFR_STACK_FASTPATH_RIG_H
#define NFR_STACK_FASTPATH_RIG_H

#include "stack/rig.h"

/* ---- who comes by conntrack's first hook ---- */

static unsigned fp_n_path;
static nfr_hook_fn *fp_ct_in;

static unsigned fp_counting_hook(void *priv, struct nfr_pkt *pkt,
				 const struct nfr_hook_state *state)
{
	fp_n_path++;
	return fp_ct_in(priv, pkt, state);
}

static struct nfr_hook_entry *fp_ct_entry(struct nfr_net *net)
{
	const struct nfr_hook_list *list = &net->hooks.list[0][NFR_INET_PRE_ROUTING];

	for (unsigned k = list->first; k < list->first + (unsigned)list->n; k++)
		if (net->hooks.entries[k].kind == NFR_HOOK_BUILTIN)
			return &net->hooks.entries[k];
	return NULL;
}

/* Lets a frame in; *took: it was forwarded, and not along the path. */
static struct nfr_result fp_receive(struct nfr_net *net, uint64_t now, uint16_t iif,
				    struct nfr_frame *frame, bool *took)
{
	struct nfr_hook_entry *entry = fp_ct_entry(net);
	struct nfr_result result;

	fp_n_path = 0;
	if (entry) {
		fp_ct_in = entry->hook;
		entry->hook = fp_counting_hook;
	}
	result = nfr_receive(net, now, iif, frame);
	if (entry)
		entry->hook = fp_ct_in;
	*took = entry && result.reason == NFR_REASON_FORWARDED && !fp_n_path;
	return result;
}

/* ---- segments ---- */

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16, URG = 32 };

struct fp_seg {
	uint8_t flags;
	uint32_t seq, ack;
	uint16_t win;
	uint8_t opts[12];
	uint8_t opts_len;
	uint32_t n; /* bytes of payload */
};

static void fp_l4_check(uint8_t *h, uint32_t len)
{
	uint8_t *l4 = h + (h[0] & 15) * 4;
	unsigned at = h[9] == NFR_IPPROTO_TCP ? 16 : 6;
	uint32_t n = len - (h[0] & 15) * 4u, sum;

	nfr_put16(l4 + at, 0);
	sum = nfr_csum_pseudo(NFR_IPV4, h, h[9], n);
	nfr_put16(l4 + at, (uint16_t)~nfr_csum_fold(nfr_csum_add(sum, l4, n)));
}

static struct rig_pkt fp_tcp(uint16_t iif, uint32_t src, uint32_t dst, uint16_t sport,
			     uint16_t dport, const struct fp_seg *s)
{
	struct rig_pkt p = rig_udp4(iif, src, dst, 64, 12 + s->opts_len + s->n);
	uint8_t *h = rig_ip_of(&p), *th = h + 20;

	h[9] = NFR_IPPROTO_TCP;
	nfr_put16(th, sport);
	nfr_put16(th + 2, dport);
	nfr_put32(th + 4, s->seq);
	nfr_put32(th + 8, s->flags & ACK ? s->ack : 0);
	th[12] = (uint8_t)((20 + s->opts_len) / 4 << 4);
	th[13] = s->flags;
	nfr_put16(th + 14, s->win);
	memcpy(th + 20, s->opts, s->opts_len);
	rig_check4(h);
	fp_l4_check(h, p.len);
	return p;
}

/* ---- flows ---- */

enum phase { OPENING, ANSWERING, COMPLETING, OPEN, CLOSING };

struct fp_flow {
	uint16_t iif;  /* of the original direction */
	uint16_t back; /* where answers come in */
	uint8_t proto;
	enum phase phase;
	uint32_t addr[2]; /* original source and destination */
	uint16_t port[2];
	uint32_t far_addr[2]; /* the same as they last left the router */
	uint16_t far_port[2];
	uint32_t seq[2];
};

#define TUN 4
#define N_FLOWS 9

#define FLOW(in, out, protonum, src, sport, dst, dport)                       \
	{                                                                     \
		.iif = (in), .back = (out), .proto = NFR_IPPROTO_##protonum,  \
		.addr = {RIG_IP src, RIG_IP dst}, .port = {(sport), (dport)}, \
	}

static const struct fp_flow fp_flows[N_FLOWS] = {
	FLOW(1, 2, TCP, (10, 0, 1, 10), 4000, (10, 0, 2, 20), 80),
	FLOW(1, 2, TCP, (10, 0, 1, 10), 4001, (10, 0, 2, 21), 443),
	FLOW(1, 2, TCP, (10, 0, 1, 11), 4000, (10, 0, 2, 21), 22),
	FLOW(1, 2, TCP, (10, 0, 1, 12), 4000, (198, 51, 100, 9), 80),
	FLOW(1, 2, TCP, (10, 0, 1, 13), 4000, (198, 51, 100, 9), 443),
	FLOW(2, 1, TCP, (10, 0, 2, 22), 700, (10, 0, 1, 12), 8000),
	FLOW(TUN, 2, TCP, (10, 0, 5, 5), 4000, (10, 0, 2, 20), 443),
	FLOW(1, 2, UDP, (10, 0, 1, 10), 4000, (10, 0, 2, 20), 53),
	FLOW(2, 1, UDP, (10, 0, 2, 20), 4000, (10, 0, 1, 13), 53),
};

static struct rig_pkt flow_pkt(const struct fp_flow *f, unsigned dir, const struct fp_seg *s)
{
	const uint32_t *addr = dir ? f->far_addr : f->addr;
	const uint16_t *port = dir ? f->far_port : f->port;
	uint16_t iif = dir ? f->back : f->iif;
	struct rig_pkt p;
	uint8_t *h;

	if (f->proto == NFR_IPPROTO_TCP)
		return fp_tcp(iif, addr[dir], addr[!dir], port[dir], port[!dir], s);
	p = rig_udp4(iif, addr[dir], addr[!dir], 64, s->n);
	h = rig_ip_of(&p);
	nfr_put16(h + 20, port[dir]);
	nfr_put16(h + 22, port[!dir]);
	fp_l4_check(h, p.len);
	return p;
}

/* What left the router for a packet of the original direction. */
static void flow_far(struct fp_flow *f, const uint8_t *h)
{
	f->far_addr[0] = nfr_get32(h + 12);
	f->far_addr[1] = nfr_get32(h + 16);
	f->far_port[0] = nfr_get16(h + 20);
	f->far_port[1] = nfr_get16(h + 22);
}

static void flow_reopen(struct fp_flow *f, struct nfr_rng *rng)
{
	f->phase = f->proto == NFR_IPPROTO_TCP ? OPENING : OPEN;
	memcpy(f->far_addr, f->addr, sizeof(f->addr));
	memcpy(f->far_port, f->port, sizeof(f->port));
	f->seq[0] = nfr_rng_below(rng, UINT32_MAX);
	f->seq[1] = nfr_rng_below(rng, UINT32_MAX);
}

/* In an open connection nearly everything is data or an acknowledgement. */
static void open_segment(struct fp_flow *f, struct fp_seg *s, struct nfr_rng *rng)
{
	static const uint8_t timestamp[12] = {1, 1, 8, 10};
	static const uint8_t sack[12] = {1, 1, 5, 10};

	s->n = nfr_rng_below(rng, 2) ? nfr_rng_below(rng, 80) : 0;
	s->flags = s->n ? ACK | PSH : ACK;
	switch (nfr_rng_below(rng, 60)) {
	case 0:
		s->flags |= FIN;
		f->phase = CLOSING;
		break;
	case 1:
		s->flags = RST | (nfr_rng_below(rng, 2) ? ACK : 0);
		f->phase = CLOSING;
		break;
	case 2:
		s->flags = SYN;
		break;
	case 3:
		s->seq += nfr_rng_below(rng, 2) ? 100000 : (uint32_t)-100000;
		break;
	case 4:
		s->ack += nfr_rng_below(rng, 2) ? 5000 : (uint32_t)-100000;
		break;
	case 5:
		s->flags |= URG;
		break;
	case 6:
	case 7:
		s->opts_len = 12;
		memcpy(s->opts, nfr_rng_below(rng, 2) ? timestamp : sack, 12);
		break;
	case 8:
	case 9:
		s->seq -= s->n; /* a retransmission */
		break;
	case 10:
		s->win = 0;
		break;
	default:
		break;
	}
}

static void closing_segment(struct fp_flow *f, struct fp_seg *s, struct nfr_rng *rng)
{
	static const uint8_t flags[] = {ACK, FIN | ACK, FIN | ACK, RST, RST | ACK, ACK | PSH};

	s->flags = flags[nfr_rng_below(rng, sizeof(flags))];
	if (nfr_rng_below(rng, 6) == 0)
		flow_reopen(f, rng);
}

/* The next packet of a flow, as well-behaved ends would send it, nearly always. */
static struct rig_pkt flow_next(struct fp_flow *f, unsigned *dir, struct nfr_rng *rng)
{
	struct fp_seg s = {.win = 8000};
	enum phase phase = f->phase;

	*dir = phase <= COMPLETING ? phase == ANSWERING : nfr_rng_below(rng, 2);
	s.seq = f->seq[*dir];
	s.ack = f->seq[!*dir];
	if (f->proto == NFR_IPPROTO_UDP) {
		s.n = nfr_rng_below(rng, 80);
	} else if (phase <= ANSWERING) {
		s.flags = phase == OPENING ? SYN : SYN | ACK;
		f->phase++;
		s.opts_len = 4;
		memcpy(s.opts, (const uint8_t[4]){3, 3, 2, 1}, 4);
	} else if (phase == COMPLETING) {
		s.flags = ACK;
		f->phase++;
	} else if (phase == OPEN) {
		open_segment(f, &s, rng);
	} else {
		closing_segment(f, &s, rng);
	}
	if (s.seq == f->seq[*dir] && s.flags != SYN && f->phase != OPENING)
		f->seq[*dir] += s.n + (s.flags & (SYN | FIN) ? 1 : 0);
	else if (phase == OPENING)
		f->seq[*dir]++;
	return flow_pkt(f, *dir, &s);
}

/* ---- what goes wrong with packets ---- */

static void with_options(struct rig_pkt *p)
{
	uint8_t *h = rig_ip_of(p);

	memmove(h + 24, h + 20, p->len - 20);
	memset(h + 20, 1, 4);
	h[0] = 0x46;
	p->len += 4;
	nfr_put16(h + 2, (uint16_t)p->len);
}

/* One longer than any link is wide. */
static void lengthen(struct rig_pkt *p, uint32_t n)
{
	uint8_t *h = rig_ip_of(p);

	p->len += n;
	nfr_put16(h + 2, (uint16_t)p->len);
	if (h[9] == NFR_IPPROTO_UDP)
		nfr_put16(h + 24, (uint16_t)(p->len - 20));
	fp_l4_check(h, p->len);
}

static void spoil(struct rig_pkt *p, uint16_t *iif, struct nfr_rng *rng)
{
	uint8_t *h = rig_ip_of(p);

	switch (nfr_rng_below(rng, 12)) {
	case 0:
		h[8] = (uint8_t)nfr_rng_below(rng, 4);
		break;
	case 1:
		h[20 + 16] ^= 0x10;
		break;
	case 2:
		with_options(p);
		break;
	case 3:
		lengthen(p, 800 + nfr_rng_below(rng, 900));
		h[6] = nfr_rng_below(rng, 2) ? 0x40 : 0;
		break;
	case 4:
		*iif = (uint16_t)(1 + nfr_rng_below(rng, 4));
		rig_link(p, *iif, false);
		break;
	case 5:
		h[6] = 0x20; /* more fragments */
		break;
	case 6:
		h[7] = 3; /* a later one */
		break;
	case 7:
		p->frame[0] = nfr_rng_below(rng, 2) ? 0xff : 3;
		break;
	case 8:
		h[1] = (uint8_t)nfr_rng_below(rng, 256);
		break;
	case 9:
		p->len -= p->len > 40 ? 1 + nfr_rng_below(rng, 12) : 0;
		break;
	case 10:
		h[6] = 0x40;
		break;
	default:
		h[20 + nfr_rng_below(rng, 20)] ^= (uint8_t)(1u << nfr_rng_below(rng, 8));
		break;
	}
	rig_check4(h);
}

/* ---- three routers ---- */

enum { AS_IT_IS, WATCHED, BURST, N_ROUTERS };

#define BURST_MAX 12

struct fp_router {
	struct rig *rig;
	struct nfr_net *net;
	uint64_t sum; /* of everything that came out */
	unsigned n_out;
	uint8_t last[64]; /* how the last frame began */
	uint32_t queued;  /* id of the last packet that waits */
};

struct twin {
	const char *name, *rules;
	bool mixed; /* changes of rules take any of the rulesets */
	uint64_t seed, now;
	struct nfr_rng rng;
	struct fp_router router[N_ROUTERS];
	struct fp_flow flow[N_FLOWS];
	unsigned n_packets, n_taken;
	uint16_t burst_iif;
	unsigned n_burst;
	struct rig_pkt burst[BURST_MAX];
	struct nfr_result want[BURST_MAX];
};

static void fp_record(struct fp_router *r, const void *data, size_t len, uint64_t what)
{
	static const struct nfr_hash_key key = {{3, 5, 7, 11}};

	r->sum = nfr_hash_2(&key, r->sum, nfr_hash_bytes(&key, data, len) + what);
	r->n_out++;
}

static void fp_xmit(void *user, uint16_t oif, const uint8_t *frame, uint32_t len,
		    const struct nfr_pkt *pkt)
{
	struct fp_router *r = user;
	uint64_t what = (uint64_t)oif << 32 | (uint64_t)pkt->ct_idx << 8 | pkt->ctinfo;

	fp_record(r, frame, len, what + ((uint64_t)pkt->iif << 48) + ((uint64_t)pkt->oif << 56));
	fp_record(r, &pkt->dst, sizeof(pkt->dst), pkt->mark);
	memcpy(r->last, pkt->data, pkt->len < sizeof(r->last) ? pkt->len : sizeof(r->last));
}

static void fp_deliver(void *user, const struct nfr_pkt *pkt)
{
	fp_record(user, pkt->data, pkt->len, 1);
}

static void fp_log(void *user, const struct nfr_log *log)
{
	fp_record(user, log->pkt->data, log->pkt->len, 2);
}

static void fp_event(void *user, const struct nfr_ct_event *event)
{
	fp_record(user, event->ct.tuple, sizeof(event->ct.tuple),
		  (uint64_t)event->type << 32 | event->bits);
}

static bool fp_queue(void *user, uint16_t num, uint32_t id, const struct nfr_pkt *pkt,
		     const struct nfr_hook_state *state)
{
	struct fp_router *r = user;

	(void)state;
	fp_record(r, pkt->data, pkt->len, num);
	r->queued = id;
	return id % 3 != 0;
}

static void fp_router_new(struct fp_router *r, bool watch, uint8_t fill, uint32_t max_fastpath)
{
	struct nfr_link link = {.name = "eth2", .up = true};
	struct nfr_config config;

	r->rig = calloc(1, sizeof(*r->rig));
	config = rig_config(r->rig);
	config.max.ct = 64;
	config.max.fastpath = max_fastpath;
	config.watch = watch;
	config.sink = (struct nfr_sink){.user = r,
					.xmit = fp_xmit,
					.deliver = fp_deliver,
					.log = fp_log,
					.ct_event = fp_event,
					.queue = fp_queue};
	rig_new_with(r->rig, fill, &config);
	r->net = r->rig->net;
	assert_int_equal(nfr_link_set(r->net, &link), 3);
	memcpy(link.name, "tun0", 5);
	link.no_arp = true;
	assert_int_equal(nfr_link_set(r->net, &link), TUN);
	rig_addr(r->rig, NFR_IPV4, 3, 24, rig_ip4(RIG_IP(10, 0, 4, 1)));
	rig_addr(r->rig, NFR_IPV4, TUN, 24, rig_ip4(RIG_IP(10, 0, 5, 1)));
	assert_int_equal(nfr_conntrack_use(r->net, NFR_IPV4, true), NFR_OK);
}

static void twin_free(struct twin *t)
{
	for (unsigned i = 0; i < N_ROUTERS; i++)
		rig_free(t->router[i].rig);
	free(t);
}

static void twin_fail(const struct twin *t, const char *what, struct nfr_result want,
		      struct nfr_result got)
{
	fail_msg("%s, seed %llu, packet %u: %s differ: %s instead of %s", t->name,
		 (unsigned long long)t->seed, t->n_packets, what, nfr_reason_name(got.reason),
		 nfr_reason_name(want.reason));
}

static bool same_result(struct nfr_result a, struct nfr_result b)
{
	return a.verdict == b.verdict && a.ctstate == b.ctstate && a.reason == b.reason &&
	       a.oif == b.oif;
}

/* Of what came out and what is inside, router i with the watched one. */
static void twin_same(const struct twin *t, unsigned i, struct nfr_result want,
		      struct nfr_result got)
{
	const struct fp_router *a = &t->router[WATCHED], *b = &t->router[i];

	if (!same_result(want, got))
		twin_fail(t, "results", want, got);
	if (a->n_out != b->n_out || a->sum != b->sum)
		twin_fail(t, "frames", want, got);
	if (nfr_digest(a->net) != nfr_digest(b->net))
		twin_fail(t, "digests", want, got);
}

static void twin_compare(const struct twin *t)
{
	struct nfr_result none = {0};

	for (unsigned i = 0; i < N_ROUTERS; i++) {
		const char *why = nfr_check(t->router[i].net);

		twin_same(t, i, none, none);
		if (why)
			fail_msg("%s, seed %llu, packet %u: %s", t->name,
				 (unsigned long long)t->seed, t->n_packets, why);
	}
}

static struct nfr_frame fp_frame(struct rig_pkt *p, uint16_t iif)
{
	if (iif == TUN)
		return (struct nfr_frame){rig_ip_of(p), p->len, sizeof(p->frame) - 14};
	return (struct nfr_frame){p->frame, p->len + 14, sizeof(p->frame)};
}

/* The third router gets what has gathered. */
static void twin_flush(struct twin *t)
{
	struct nfr_frame frames[BURST_MAX];
	struct nfr_result got[BURST_MAX];

	if (!t->n_burst)
		return;
	for (unsigned i = 0; i < t->n_burst; i++)
		frames[i] = fp_frame(&t->burst[i], t->burst_iif);
	nfr_receive_burst(t->router[BURST].net, t->now, t->burst_iif, frames, t->n_burst, got);
	for (unsigned i = 0; i < t->n_burst; i++)
		if (!same_result(t->want[i], got[i]))
			twin_fail(t, "results of a burst", t->want[i], got[i]);
	t->n_burst = 0;
	twin_compare(t);
}

static struct nfr_result twin_receive(struct twin *t, uint16_t iif, const struct rig_pkt *p)
{
	struct nfr_result result[2];
	struct rig_pkt copy;
	bool took;

	if (t->n_burst == BURST_MAX || iif != t->burst_iif)
		twin_flush(t);
	for (unsigned i = AS_IT_IS; i <= WATCHED; i++) {
		struct nfr_frame frame;

		copy = *p;
		frame = fp_frame(&copy, iif);
		result[i] = fp_receive(t->router[i].net, t->now, iif, &frame, &took);
		t->n_taken += took;
		if (took && i == WATCHED)
			fail_msg("a watched packet took a fast path");
	}
	t->n_packets++;
	twin_same(t, AS_IT_IS, result[WATCHED], result[AS_IT_IS]);
	t->burst_iif = iif;
	t->burst[t->n_burst] = *p;
	t->want[t->n_burst++] = result[WATCHED];
	return result[WATCHED];
}

/* A verdict on the packet that was queued last, if it is there still. */
static void twin_reinject(struct twin *t)
{
	static const unsigned verdicts[] = {NFR_ACCEPT, NFR_ACCEPT, NFR_REPEAT, NFR_DROP};
	unsigned verdict = verdicts[nfr_rng_below(&t->rng, 4)];

	twin_flush(t);
	for (unsigned i = 0; i < N_ROUTERS; i++)
		nfr_reinject(t->router[i].net, t->now, t->router[i].queued, verdict, NULL);
	twin_compare(t);
}

static void twin_wait(struct twin *t)
{
	twin_flush(t);
	t->now +=
		nfr_rng_below(&t->rng, 40) ? nfr_rng_below(&t->rng, 1000000000u) : 100 * RIG_SECOND;
	for (unsigned i = 0; i < N_ROUTERS; i++)
		nfr_advance(t->router[i].net, t->now, 4);
}

/* A packet of some flow. */
static void twin_step(struct twin *t)
{
	struct fp_flow *f = &t->flow[nfr_rng_below(&t->rng, N_FLOWS)];
	unsigned dir;
	struct rig_pkt p = flow_next(f, &dir, &t->rng);
	uint16_t iif = dir ? f->back : f->iif;
	struct nfr_result result;

	if (nfr_rng_below(&t->rng, 10) == 0)
		twin_wait(t);
	if (nfr_rng_below(&t->rng, 50) == 0)
		twin_reinject(t);
	nfr_put16(rig_ip_of(&p) + 4, (uint16_t)nfr_rng_below(&t->rng, 65536));
	rig_check4(rig_ip_of(&p));
	if (nfr_rng_below(&t->rng, 12) == 0)
		spoil(&p, &iif, &t->rng);
	result = twin_receive(t, iif, &p);
	if (dir == 0 && result.reason == NFR_REASON_FORWARDED && rig_ip_of(&p)[0] == 0x45)
		flow_far(f, t->router[WATCHED].last);
}

#endif
