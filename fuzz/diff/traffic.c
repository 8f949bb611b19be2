/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The world around the router, as a closed loop: hosts begin conversations, and whoever a packet
 * reaches (by the interface it leaves on, whatever its address) answers to what it sees there. So
 * replies go through the NAT like real ones. It is Linux that they follow; nfref gets the packets
 * that were sent, and cannot hide a difference by leading the conversation elsewhere.
 *
 * What hosts want to send waits in a list; from there packets go in order mostly, but some are
 * lost, overtaken or sent twice, and some are spoilt (spice.c).
 */
#include "traffic.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* SCTP: verification tags by role, so that no state is needed */
#define TAG_CLIENT 0xc11e0001u
#define TAG_SERVER 0x5e44e002u

enum sctp_chunk { DATA, INIT, INIT_ACK, SACK, HEARTBEAT, HEARTBEAT_ACK, ABORT, SHUTDOWN,
		  SHUTDOWN_ACK, SCTP_ERROR, COOKIE_ECHO, COOKIE_ACK, SHUTDOWN_COMPLETE = 14 };

unsigned diff_new_port(struct diff_traffic *t)
{
	return 40000u + t->next_port++ % 20;
}

void diff_push(struct diff_traffic *t, struct diff_pkt *p)
{
	if (!diff_usable(p))
		return;
	p->id = ++t->next_id;
	if (!p->ttl)
		p->ttl = 64;
	diff_finish(p);
	if (t->n_pending < DIFF_PENDING)
		t->pending[t->n_pending++] = *p;
}

/* ---- what hosts answer ---- */

static void answer_echo(struct diff_traffic *t, unsigned dev, const struct diff_view *v)
{
	unsigned request = v->family == 4 ? 8 : 128, reply = v->family == 4 ? 0 : 129;
	struct diff_pkt p;

	if (v->l4_len < 8 || v->l4[0] != request || !diff_chance(&t->rnd, 85))
		return;
	diff_reply(&p, v, dev);
	diff_icmp(&p, reply, 0, nfr_get32(v->l4 + 4), v->l4 + 8, v->l4_len - 8);
	diff_push(t, &p);
}

static void answer_udp(struct diff_traffic *t, unsigned dev, const struct diff_view *v)
{
	struct diff_pkt p;

	if (v->l4_len < 8 || !diff_chance(&t->rnd, 65))
		return;
	diff_reply(&p, v, dev);
	diff_udp(&p, v->dport, v->sport, NULL, diff_below(&t->rnd, 200));
	p.proto = v->proto;
	diff_push(t, &p);
}

static void put_chunk(struct diff_pkt *p, unsigned type, unsigned flags, unsigned len)
{
	uint8_t *c = p->l4 + p->l4_len;

	memset(c, 0, (len + 3) & ~3u);
	c[0] = (uint8_t)type;
	c[1] = (uint8_t)flags;
	nfr_put16(c + 2, (uint16_t)len);
	p->l4_len = (uint16_t)(p->l4_len + ((len + 3) & ~3u));
}

static void put_sctp(struct diff_pkt *p, unsigned sport, unsigned dport, unsigned type,
		     uint32_t tag)
{
	diff_put_ports(p, DIFF_SCTP, sport, dport, 12);
	nfr_put32(p->l4 + 4, type == INIT ? 0 : tag);
	put_chunk(p, type, type == DATA ? 3 : 0, type == INIT || type == INIT_ACK ? 20 : 16);
	if (type == INIT || type == INIT_ACK) {
		nfr_put32(p->l4 + 16, type == INIT ? TAG_CLIENT : TAG_SERVER);
		nfr_put32(p->l4 + 20, 65535);
		nfr_put32(p->l4 + 24, 0x000a000a);
	}
}

static void answer_sctp(struct diff_traffic *t, unsigned dev, const struct diff_view *v)
{
	static const uint8_t reply[16] = {[DATA] = SACK, [INIT] = INIT_ACK, [INIT_ACK] = COOKIE_ECHO,
					  [HEARTBEAT] = HEARTBEAT_ACK, [SHUTDOWN] = SHUTDOWN_ACK,
					  [SHUTDOWN_ACK] = SHUTDOWN_COMPLETE,
					  [COOKIE_ECHO] = COOKIE_ACK, [COOKIE_ACK] = DATA};
	static const uint8_t more[] = {DATA, DATA, HEARTBEAT, SHUTDOWN, ABORT, SCTP_ERROR};
	bool server;
	unsigned type;
	struct diff_pkt p;

	if (v->l4_len < 16 || diff_chance(&t->rnd, 10))
		return;
	type = v->l4[12];
	server = nfr_get32(v->l4 + 4) == TAG_SERVER || type == INIT;
	if (type > 15 || (type != COOKIE_ACK && !reply[type]))
		return;
	type = reply[type];
	if (type == SACK && diff_chance(&t->rnd, 40))
		type = DIFF_PICK(&t->rnd, more);
	diff_reply(&p, v, dev);
	put_sctp(&p, v->dport, v->sport, type, server ? TAG_CLIENT : TAG_SERVER);
	diff_push(t, &p);
}

static void answer_any(struct diff_traffic *t, unsigned dev, const struct diff_view *v)
{
	struct diff_pkt p;

	if (!diff_chance(&t->rnd, 40))
		return;
	diff_reply(&p, v, dev);
	p.proto = v->proto;
	diff_payload(&p, v->l4, v->l4_len);
	diff_push(t, &p);
}

static void react(struct diff_traffic *t, unsigned dev, const uint8_t *ip, uint32_t len)
{
	struct diff_view v;

	if (!diff_parse(ip, len, &v) || v.fragment || v.l4_len > DIFF_L4_MAX)
		return;
	switch (v.proto) {
	case DIFF_TCP:
		diff_tcp_input(t, dev, &v);
		break;
	case DIFF_UDP:
	case DIFF_UDPLITE:
		answer_udp(t, dev, &v);
		break;
	case DIFF_ICMP:
	case DIFF_ICMP6:
		answer_echo(t, dev, &v);
		break;
	case DIFF_SCTP:
		answer_sctp(t, dev, &v);
		break;
	default:
		answer_any(t, dev, &v);
	}
}

static void take_in(struct diff_traffic *t, const struct diff_packet *out)
{
	uint32_t skip = out->dev == 0 || diff_is_tun(t->s, out->dev) ? 0 : 14;
	struct diff_seen *seen = &t->seen[t->n_seen++ % DIFF_SEEN];
	uint32_t len = out->len > skip ? out->len - skip : 0;

	seen->dev = out->dev;
	seen->len = len < sizeof(seen->ip) ? len : sizeof(seen->ip);
	memcpy(seen->ip, out->data + skip, seen->len);
	react(t, out->dev, seen->ip, seen->len);
}

void diff_send_now(struct diff_traffic *t, unsigned dev, const uint8_t *frame, uint32_t len)
{
	struct diff_step *step;
	unsigned i;

	if (t->failed || !len)
		return;
	step = diff_kernel_send(t->kernel, dev, frame, len);
	t->n_sent++;
	if (!step) {
		t->failed = true;
		return;
	}
	for (i = 0; i < step->n_out; i++)
		take_in(t, &step->out[i]);
}

/* ---- how conversations begin ---- */

/* See README: what is left out. */
bool diff_usable(const struct diff_pkt *p)
{
	static const uint8_t zero[16];
	unsigned n = diff_addr_len(p->family);

	if (memcmp(p->src, p->dst, n) == 0)
		return false;
	if (p->dev != 0)
		return true;
	/* the router itself: from an address that it can have, to no IPv6 group */
	return memcmp(p->dst, zero, n) != 0 && !(p->family == 6 && p->dst[0] == 0xff) &&
	       (p->family == 4 ? p->src[0] == 10 && p->src[3] == 1 : p->src[0] == 0xfd && p->src[15] == 1);
}

bool diff_new_pkt(struct diff_traffic *t, struct diff_pkt *p)
{
	struct diff_scenario *s = t->s;
	struct diff_rnd *rnd = &t->rnd;

	memset(p, 0, offsetof(struct diff_pkt, ext));
	p->ext_len = 0;
	p->l4_len = 0;
	p->family = s->family[4] && (!s->family[6] || diff_chance(rnd, 50)) ? 4 : 6;
	p->ttl = 64;
	p->df = diff_chance(rnd, 30);
	diff_addr(s, rnd, p->family, DIFF_ANY, p->dst);
	if (diff_chance(rnd, 15)) { /* the router itself */
		diff_addr(s, rnd, p->family, DIFF_ROUTER, p->src);
		return diff_usable(p);
	}
	p->dev = (uint8_t)diff_between(rnd, 1, s->n_ifs);
	diff_addr_on(rnd, p->family, p->dev, p->src);
	if (diff_chance(rnd, 6))
		diff_addr(s, rnd, p->family, DIFF_ANY, p->src);
	return diff_usable(p);
}

static void begin_udp(struct diff_traffic *t, struct diff_pkt *p)
{
	diff_udp(p, diff_chance(&t->rnd, 70) ? diff_new_port(t) : diff_port(&t->rnd),
		 diff_port(&t->rnd), NULL, diff_below(&t->rnd, diff_chance(&t->rnd, 8) ? 1650 : 300));
	if (diff_chance(&t->rnd, 8))
		p->proto = DIFF_UDPLITE;
	diff_push(t, p);
}

static void begin_ping(struct diff_traffic *t, struct diff_pkt *p)
{
	static const uint8_t type4[] = {8, 8, 8, 8, 8, 8, 13, 15, 17, 0}, type6[] = {128, 128, 128,
										    128, 129, 139};

	diff_icmp(p, p->family == 4 ? DIFF_PICK(&t->rnd, type4) : DIFF_PICK(&t->rnd, type6), 0,
		  (uint32_t)diff_between(&t->rnd, 1, 4) << 16 | diff_between(&t->rnd, 1, 3), NULL,
		  diff_below(&t->rnd, diff_chance(&t->rnd, 8) ? 1600 : 100));
	diff_push(t, p);
}

static void begin_other(struct diff_traffic *t, struct diff_pkt *p)
{
	static const uint8_t proto[] = {DIFF_SCTP, DIFF_SCTP, DIFF_GRE, DIFF_GRE, 50, 33, 4, 103};

	p->proto = DIFF_PICK(&t->rnd, proto);
	if (p->proto == DIFF_SCTP) {
		put_sctp(p, diff_new_port(t), diff_port(&t->rnd),
			 diff_chance(&t->rnd, 85) ? INIT : diff_below(&t->rnd, 15), TAG_SERVER);
	} else if (p->proto == DIFF_GRE) {
		diff_payload(p, diff_chance(&t->rnd, 60)
					? (const uint8_t[]){0x30, 1, 0x88, 0x0b, 0, 4, 0, 7, 0, 0, 0, 1}
					: (const uint8_t[]){0x20, 0, 8, 0, 0, 0, 0, 9, 0, 0, 0, 0}, 12);
	} else {
		diff_payload(p, NULL, diff_below(&t->rnd, 64));
	}
	diff_push(t, p);
}

static void begin(struct diff_traffic *t)
{
	struct diff_pkt p;
	uint32_t which = diff_below(&t->rnd, 100);

	if (!diff_new_pkt(t, &p))
		return;
	if (which < 35)
		diff_tcp_open(t, &p, diff_new_port(t), diff_chance(&t->rnd, 35) ? 21 : diff_port(&t->rnd));
	else if (which < 65)
		begin_udp(t, &p);
	else if (which < 85)
		begin_ping(t, &p);
	else
		begin_other(t, &p);
}

/* Something that was sent before, once more or nearly. */
static void again(struct diff_traffic *t)
{
	unsigned n = t->n_sent_kept < DIFF_SENT ? t->n_sent_kept : DIFF_SENT;
	struct diff_pkt p;

	if (!n)
		return;
	p = t->sent[diff_below(&t->rnd, n)];
	if (p.proto == DIFF_TCP)
		diff_emit(t, &p);
	else
		diff_push(t, &p);
}

static void jump(struct diff_traffic *t)
{
	if (t->s->sleeps && diff_chance(&t->rnd, 40))
		usleep(diff_chance(&t->rnd, 70) ? 1300000 : 2300000);
}

/* ---- the loop ---- */

static void send_pending(struct diff_traffic *t)
{
	unsigned i = diff_chance(&t->rnd, 88) ? 0 : diff_below(&t->rnd, t->n_pending);
	struct diff_pkt p = t->pending[i];
	uint32_t fate = diff_below(&t->rnd, 100);

	if (fate >= 4) { /* else it stays, and will come again */
		memmove(&t->pending[i], &t->pending[i + 1],
			(t->n_pending - i - 1) * sizeof(t->pending[0]));
		t->n_pending--;
	}
	if (fate >= 96)
		return; /* lost */
	t->sent[t->n_sent_kept++ % DIFF_SENT] = p;
	diff_emit(t, &p);
}

static void act(struct diff_traffic *t)
{
	uint32_t which = diff_below(&t->rnd, 100);

	if (t->n_pending && which < 72)
		send_pending(t);
	else if (which < 82)
		begin(t);
	else if (which < 89)
		diff_tcp_act(t);
	else if (which < 92)
		again(t);
	else if (which < 96)
		diff_error(t);
	else if (which < 98)
		diff_reflect(t);
	else
		jump(t);
}

bool diff_traffic_run(struct diff_scenario *s, struct diff_kernel *kernel)
{
	struct diff_traffic *t = diff_alloc(sizeof(*t));
	bool done;

	t->s = s;
	t->kernel = kernel;
	t->rnd.state = s->seed ^ 0x7472616666696321u;
	while (t->n_sent < s->n_packets && !t->failed)
		act(t);
	done = !t->failed;
	free(t);
	return done;
}
