/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP as hosts speak it: just enough of it to keep connections going through losses, and to
 * say what no host should. Who an end talks to is what it has seen, so it follows the NAT.
 */
#include "traffic.h"

#include "base/bytes.h"

#include <stdio.h>
#include <string.h>

#define FTP_PORT 21

static struct diff_end *find(struct diff_traffic *t, unsigned dev, const struct diff_view *v)
{
	unsigned n = diff_addr_len(v->family), i;

	for (i = 0; i < DIFF_ENDS; i++) {
		struct diff_end *e = &t->end[i];

		if (e->used && e->family == v->family && e->dev == dev && e->lport == v->dport &&
		    e->rport == v->sport && !memcmp(e->local, v->dst, n) &&
		    !memcmp(e->remote, v->src, n))
			return e;
	}
	return NULL;
}

static struct diff_end *new_end(struct diff_traffic *t)
{
	struct diff_end *e;
	unsigned i;

	for (i = 0; i < DIFF_ENDS && t->end[i].used; i++)
		;
	e = &t->end[i < DIFF_ENDS ? i : diff_below(&t->rnd, DIFF_ENDS)];
	memset(e, 0, sizeof(*e));
	e->used = true;
	e->next = (uint32_t)diff_next(&t->rnd);
	e->window = DIFF_PICK(&t->rnd, ((const uint16_t[]){8192, 65535, 1000, 29200, 0}));
	return e;
}

static void head(struct diff_traffic *t, const struct diff_end *e, struct diff_pkt *p, uint32_t seq,
		 unsigned flags)
{
	struct diff_view v = {.family = e->family, .src = e->remote, .dst = e->local};

	(void)t;
	diff_reply(p, &v, e->dev);
	p->df = true;
	diff_tcp(p, e->lport, e->rport, seq, e->peer, flags, e->window);
	if (e->timestamps && !(flags & DIFF_RST))
		diff_tcp_option(p, (const uint8_t[]){1, 1, 8, 10, 0, 0, 1, 0, 0, 0, 0, 1}, 12);
}

static void say(struct diff_traffic *t, struct diff_end *e, unsigned flags, const void *data,
		unsigned len)
{
	struct diff_pkt p;

	head(t, e, &p, e->next, flags);
	diff_payload(&p, data, len);
	e->next += len + !!(flags & DIFF_SYN) + !!(flags & DIFF_FIN);
	e->turn++;
	diff_push(t, &p);
}

static void put_syn_options(struct diff_traffic *t, struct diff_end *e, struct diff_pkt *p)
{
	struct diff_rnd *rnd = &t->rnd;
	uint16_t mss = DIFF_PICK(rnd, ((const uint16_t[]){1460, 1400, 536, 9000, 65495}));

	if (diff_chance(rnd, 75))
		diff_tcp_option(p, (uint8_t[]){2, 4, (uint8_t)(mss >> 8), (uint8_t)mss}, 4);
	if (diff_chance(rnd, 50))
		diff_tcp_option(p, (const uint8_t[]){4, 2}, 2);
	if (diff_chance(rnd, 50))
		diff_tcp_option(p, (uint8_t[]){3, 3, (uint8_t)diff_below(rnd, 16)}, 3);
	e->timestamps = diff_chance(rnd, 30);
	if (e->timestamps)
		diff_tcp_option(p, (const uint8_t[]){8, 10, 0, 0, 1, 0, 0, 0, 0, 0}, 10);
}

static void say_syn(struct diff_traffic *t, struct diff_end *e, unsigned flags)
{
	struct diff_pkt p;

	head(t, e, &p, e->next, flags);
	put_syn_options(t, e, &p);
	e->next++;
	diff_push(t, &p);
}

void diff_tcp_open(struct diff_traffic *t, const struct diff_pkt *from_to, unsigned sport,
		   unsigned dport)
{
	struct diff_end *e = new_end(t);

	e->client = true;
	e->dev = from_to->dev;
	e->family = from_to->family;
	memcpy(e->local, from_to->src, 16);
	memcpy(e->remote, from_to->dst, 16);
	e->lport = (uint16_t)sport;
	e->rport = (uint16_t)dport;
	say_syn(t, e, DIFF_SYN);
}

static bool is_ftp(const struct diff_end *e)
{
	return (e->client ? e->rport : e->lport) == FTP_PORT;
}

/* The next thing that it has to say, if there is one. */
static void say_more(struct diff_traffic *t, struct diff_end *e)
{
	char room[256];
	const char *line;
	unsigned cut;

	if (e->fin_sent || !e->open)
		return;
	if (e->turn > 3 && diff_chance(&t->rnd, is_ftp(e) ? 5 : 25)) {
		e->fin_sent = true;
		say(t, e, DIFF_FIN | DIFF_ACK, NULL, 0);
		return;
	}
	if (!is_ftp(e)) {
		say(t, e, DIFF_PSH | DIFF_ACK, NULL,
		    DIFF_PICK(&t->rnd, ((const uint16_t[]){1, 10, 100, 536, 1200, 1400})));
		return;
	}
	line = diff_ftp_say(t, e, room, sizeof(room));
	if (!line)
		return;
	cut = diff_chance(&t->rnd, 6) ? diff_below(&t->rnd, (uint32_t)strlen(line)) : 0;
	if (cut)
		say(t, e, DIFF_PSH | DIFF_ACK, line, cut);
	say(t, e, DIFF_PSH | DIFF_ACK, line + cut, (unsigned)strlen(line) - cut);
}

static void accept_connection(struct diff_traffic *t, unsigned dev, const struct diff_view *v)
{
	struct diff_end *e;

	if (diff_chance(&t->rnd, 8))
		return;
	e = new_end(t);
	e->dev = (uint8_t)dev;
	e->family = v->family;
	memcpy(e->local, v->dst, diff_addr_len(v->family));
	memcpy(e->remote, v->src, diff_addr_len(v->family));
	e->lport = v->dport;
	e->rport = v->sport;
	e->peer = nfr_get32(v->l4 + 4) + 1;
	if (diff_chance(&t->rnd, 6)) {
		e->used = false;
		e->next = 0;
		say(t, e, DIFF_RST | DIFF_ACK, NULL, 0);
		return;
	}
	say_syn(t, e, DIFF_SYN | DIFF_ACK);
}

static void hear(struct diff_traffic *t, struct diff_end *e, const uint8_t *data, uint32_t len)
{
	char line[256];

	if (!is_ftp(e) || !len || !data)
		return;
	snprintf(line, sizeof(line), "%.*s", (int)(len < 255 ? len : 255), (const char *)data);
	diff_ftp_hear(t, e, line);
}

/* A segment that an end takes in: how far the other has come, and an answer. */
static void take(struct diff_traffic *t, struct diff_end *e, const struct diff_view *v)
{
	unsigned flags = v->l4[13], hlen = (v->l4[12] >> 4) * 4u;
	uint32_t seq = nfr_get32(v->l4 + 4), len = hlen <= v->l4_len ? v->l4_len - hlen : 0;
	bool news = len || (flags & (DIFF_FIN | DIFF_SYN));

	if ((flags & DIFF_SYN) && !(flags & DIFF_ACK)) {
		say(t, e, DIFF_ACK, NULL, 0); /* a challenge */
		return;
	}
	if (flags & DIFF_SYN)
		seq++;
	if (flags & DIFF_SYN || seq == e->peer)
		e->peer = seq + len + !!(flags & DIFF_FIN);
	if (!e->open) {
		e->open = true;
		if (e->client)
			say(t, e, DIFF_ACK, NULL, 0);
		if (!e->client || !is_ftp(e))
			say_more(t, e);
		return;
	}
	hear(t, e, v->l4 + hlen, len);
	if (news && diff_chance(&t->rnd, 60))
		say(t, e, DIFF_ACK, NULL, 0);
	if (flags & DIFF_FIN) {
		if (!e->fin_sent && diff_chance(&t->rnd, 80))
			say(t, e, DIFF_FIN | DIFF_ACK, NULL, 0);
		e->fin_sent = true;
	} else if (len && diff_chance(&t->rnd, 80)) {
		say_more(t, e);
	}
}

void diff_tcp_input(struct diff_traffic *t, unsigned dev, const struct diff_view *v)
{
	struct diff_end *e;

	if (v->l4_len < 20)
		return;
	e = find(t, dev, v);
	if (v->l4[13] & DIFF_RST) {
		if (e)
			e->used = false;
	} else if (e) {
		take(t, e, v);
	} else if ((v->l4[13] & (DIFF_SYN | DIFF_ACK)) == DIFF_SYN) {
		accept_connection(t, dev, v);
	}
}

static void say_nonsense(struct diff_traffic *t, struct diff_end *e)
{
	static const int32_t off[] = {0, 1, -1, 1000, -1000, 65536, -65536, 100000, 1 << 30};
	static const uint8_t flags[] = {DIFF_RST, DIFF_RST | DIFF_ACK, DIFF_SYN, DIFF_SYN | DIFF_ACK,
					DIFF_ACK, DIFF_FIN | DIFF_ACK, DIFF_PSH | DIFF_ACK, 0,
					DIFF_FIN, DIFF_SYN | DIFF_FIN, DIFF_SYN | DIFF_RST, 0x3f,
					DIFF_URG | DIFF_ACK, 0xff, DIFF_RST, DIFF_FIN | DIFF_RST};
	struct diff_rnd *rnd = &t->rnd;
	struct diff_pkt p;

	head(t, e, &p, e->next + (uint32_t)DIFF_PICK(rnd, off), DIFF_PICK(rnd, flags));
	if (diff_chance(rnd, 40))
		nfr_put32(p.l4 + 8, e->peer + (uint32_t)DIFF_PICK(rnd, off));
	if (diff_chance(rnd, 20)) {
		uint32_t left = e->peer + (uint32_t)DIFF_PICK(rnd, off);
		uint8_t sack[10] = {5, 10};

		nfr_put32(sack + 2, left);
		nfr_put32(sack + 6, left + 100);
		diff_tcp_option(&p, sack, 10);
	}
	diff_payload(&p, NULL, DIFF_PICK(rnd, ((const uint16_t[]){0, 0, 0, 1, 100, 1300})));
	diff_push(t, &p);
}

void diff_tcp_act(struct diff_traffic *t)
{
	unsigned i = diff_below(&t->rnd, DIFF_ENDS), n;
	struct diff_end *e = NULL;

	for (n = 0; n < DIFF_ENDS && !e; n++, i = (i + 1) % DIFF_ENDS)
		e = t->end[i].used ? &t->end[i] : NULL;
	if (!e)
		return;
	switch (diff_below(&t->rnd, 10)) {
	case 0:
		say_nonsense(t, e);
		break;
	case 1:
		e->used = false;
		say(t, e, DIFF_RST | (diff_chance(&t->rnd, 50) ? DIFF_ACK : 0), NULL, 0);
		break;
	case 2: /* keep-alive */
		e->next--;
		say(t, e, DIFF_ACK, NULL, diff_below(&t->rnd, 2));
		break;
	case 3:
		e->window = DIFF_PICK(&t->rnd, ((const uint16_t[]){0, 1, 500, 65535}));
		say(t, e, DIFF_ACK, NULL, 0);
		break;
	case 4: /* a client that opens the same connection again */
		e->open = e->fin_sent = false;
		e->next += diff_chance(&t->rnd, 50) ? 70000 : 0;
		say_syn(t, e, e->client ? DIFF_SYN : DIFF_SYN | DIFF_ACK);
		break;
	default:
		if (e->open)
			say_more(t, e);
		else
			say_nonsense(t, e);
	}
}
