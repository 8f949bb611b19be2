/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What goes wrong between hosts and router: fragments, options, headers that are not what they
 * should be, wrong checksums, frames for others, ICMP errors that quote well or badly.
 */
#include "traffic.h"

#include "base/bytes.h"

#include <string.h>

#define FRAME_MAX (14 + DIFF_IP_MAX + 64)

/* ---- frames ---- */

static void send_frame(struct diff_traffic *t, unsigned dev, const uint8_t *ip, uint32_t len,
		       bool weird)
{
	static const uint8_t other[][6] = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
					   {0x01, 0x00, 0x5e, 0, 0, 1},
					   {0x33, 0x33, 0, 0, 0, 1},
					   {2, 0, 0, 0, 9, 9}};
	uint8_t frame[FRAME_MAX] = {2, 0, 0, 0, (uint8_t)dev, 1, 2, 0, 0, 0, (uint8_t)dev, 0xfe};

	if (dev == 0 || diff_is_tun(t->s, dev)) {
		diff_send_now(t, dev, ip, len);
		return;
	}
	if (len > t->s->mtu[dev])
		return; /* a veth would not take it */
	nfr_put16(frame + 12, ip[0] >> 4 == 6 ? 0x86dd : 0x0800);
	if (weird) {
		if (diff_chance(&t->rnd, 80))
			memcpy(frame, DIFF_PICK(&t->rnd, other), 6);
		else if (diff_chance(&t->rnd, 50))
			frame[11] = 0x33;
		else
			nfr_put16(frame + 12, DIFF_PICK(&t->rnd, ((const uint16_t[]){0x0800, 0x86dd,
										      0x88cc, 50})));
	}
	memcpy(frame + 14, ip, len);
	diff_send_now(t, dev, frame, 14 + len);
}

/* ---- fragments ---- */

static bool picks_ports(const struct diff_traffic *t, const struct diff_pkt *p)
{
	return strstr(diff_str(&t->s->rules[p->family == 6]), "*nat") != NULL;
}

static bool is_error(const struct diff_pkt *p)
{
	if (p->proto == DIFF_ICMP6)
		return p->l4[0] < 128;
	return p->proto == DIFF_ICMP && p->l4[0] != 0 && p->l4[0] != 8;
}

/* What NAT picked could not be told from its pieces: an error quotes it, SCTP's checksum is over all of
 * them. */
static bool stays_whole(const struct diff_traffic *t, const struct diff_pkt *p)
{
	return picks_ports(t, p) && (is_error(p) || p->proto == DIFF_SCTP);
}

/* One piece of the n bytes behind the header of hlen bytes. */
static void send_piece4(struct diff_traffic *t, const struct diff_pkt *p, const uint8_t *ip,
			uint32_t hlen, uint32_t off, uint32_t n, bool more)
{
	uint8_t piece[DIFF_IP_MAX];

	memcpy(piece, ip, hlen);
	memcpy(piece + hlen, ip + hlen + off, n);
	nfr_put16(piece + 2, (uint16_t)(hlen + n));
	nfr_put16(piece + 6, (uint16_t)(off / 8 | (more ? 0x2000u : 0)));
	diff_ip_checksum(piece);
	send_frame(t, p->dev, piece, hlen + n, false);
}

static void send_piece6(struct diff_traffic *t, const struct diff_pkt *p, const uint8_t *ip,
			uint32_t off, uint32_t n, bool more)
{
	uint8_t piece[DIFF_IP_MAX + 8];

	memcpy(piece, ip, 40);
	nfr_put16(piece + 4, (uint16_t)(8 + n));
	piece[6] = 44;
	piece[40] = ip[6];
	piece[41] = 0;
	nfr_put16(piece + 42, (uint16_t)(off | more));
	nfr_put32(piece + 44, 0x0f000000u | p->id);
	memcpy(piece + 48, ip + 40 + off, n);
	send_frame(t, p->dev, piece, 48 + n, false);
}

/* In pieces, maybe in another order, twice, overlapping, or not all of them. */
static void send_fragments(struct diff_traffic *t, const struct diff_pkt *p, const uint8_t *ip,
			   uint32_t len)
{
	uint32_t hlen = p->family == 4 ? (ip[0] & 15) * 4u : 40u, n = len - hlen;
	uint32_t size = 8 * diff_between(&t->rnd, 1, n / 16 ? n / 16 : 1);
	uint32_t off[40], k = 0, i, j, swap;

	/* where NAT may pick a port, it and its checksum must be seen together */
	if (size < 24 && picks_ports(t, p))
		size = 24;
	if (size * 39 < n)
		size = (n / 38 + 8) & ~7u;
	for (i = 0; i < n && k < 40; i += size)
		off[k++] = i;
	for (i = 0; i + 1 < k && diff_chance(&t->rnd, 40); i++) {
		j = diff_below(&t->rnd, k);
		swap = off[i];
		off[i] = off[j];
		off[j] = swap;
	}
	for (i = 0; i < k && i < 12; i++) {
		uint32_t from = off[i], want = size;

		if (diff_chance(&t->rnd, 4))
			continue;
		if (diff_chance(&t->rnd, 4) && from >= 8)
			from -= 8;
		want = from + want > n ? n - from : want;
		if (p->family == 4)
			send_piece4(t, p, ip, hlen, from, want, from + want < n);
		else
			send_piece6(t, p, ip, from, want, from + want < n);
		if (diff_chance(&t->rnd, 4))
			i--;
	}
}

/* ---- spoiling ---- */

static void add_options(struct diff_traffic *t, struct diff_pkt *p)
{
	static const uint8_t v4[][13] = {
		{4, 1, 1, 1, 0},	       {8, 7, 7, 4, 0, 0, 0, 0, 0}, /* record route */
		{8, 68, 8, 9, 0xf0, 0, 0, 0, 0},			    /* timestamps: full */
		{4, 148, 4, 0, 0},					    /* router alert */
		{8, 131, 7, 4, 10, 0, 2, 2, 0},				    /* loose source route */
		{8, 137, 7, 4, 10, 0, 2, 2, 0}, {4, 7, 40, 4, 0}, {4, 130, 1, 0, 0},
		{8, 7, 7, 8, 10, 0, 2, 2, 0},	{8, 68, 8, 9, 0x71, 0, 0, 0, 0}};
	static const struct {
		uint8_t first, len, byte[24];
	} v6[] = {
		{0, 8, {0, 0, 1, 4, 0, 0, 0, 0}},	{60, 8, {0, 0, 1, 4, 0, 0, 0, 0}},
		{0, 8, {0, 0, 5, 2, 0, 0, 1, 0}},	{0, 8, {0, 0, 0xc9, 4, 0, 0, 0, 0}},
		{60, 8, {0, 0, 0xc9, 4, 0, 0, 0, 0}},	{43, 8, {0, 0, 0, 0, 0, 0, 0, 0}},
		{43, 8, {0, 0, 2, 1, 0, 0, 0, 0}},	{0, 8, {0, 0, 0x3e, 60, 0, 0, 0, 0}},
		{60, 16, {0, 1, 1, 12}},		{0, 8, {0, 1, 1, 4, 0, 0, 0, 0}},
	};
	unsigned i;

	if (p->family == 4) {
		i = diff_below(&t->rnd, sizeof(v4) / sizeof(v4[0]));
		p->ext_len = v4[i][0];
		memcpy(p->ext, v4[i] + 1, p->ext_len);
	} else {
		i = diff_below(&t->rnd, sizeof(v6) / sizeof(v6[0]));
		p->ext_len = v6[i].len;
		p->ext_proto = v6[i].first;
		memcpy(p->ext, v6[i].byte, p->ext_len);
		p->ext[0] = p->proto;
	}
	diff_finish(p);
}

static void spoil_tcp(struct diff_traffic *t, struct diff_pkt *p)
{
	static const uint8_t option[][8] = {{4, 2, 4, 5, 180}, {4, 2, 3, 5, 180}, {3, 3, 3, 14},
					    {2, 5, 0},	       {2, 8, 1},	  {4, 254, 4, 1, 1},
					    {3, 3, 2, 7},      {6, 5, 6, 0, 0, 0, 1}};
	const uint8_t *o = DIFF_PICK(&t->rnd, option);

	switch (p->l4_len == 20 ? diff_below(&t->rnd, 4) : diff_below(&t->rnd, 3)) {
	case 0:
		p->l4[13] = (uint8_t)diff_next(&t->rnd);
		break;
	case 1:
		p->l4[12] = (uint8_t)(diff_below(&t->rnd, 16) << 4);
		break;
	case 2:
		p->l4_len = (uint16_t)diff_below(&t->rnd, p->l4_len);
		break;
	default:
		diff_tcp_option(p, o + 1, o[0]);
	}
	diff_finish(p);
}

/* Of the parts; the checksums are right again. */
static void spoil_parts(struct diff_traffic *t, struct diff_pkt *p)
{
	struct diff_rnd *rnd = &t->rnd;

	switch (diff_below(rnd, 8)) {
	case 0:
	case 1:
		p->ttl = (uint8_t)diff_below(rnd, 3);
		break;
	case 2:
		p->tos = DIFF_PICK(rnd, ((const uint8_t[]){1, 2, 3, 4, 0x10, 0xb8, 0xff}));
		break;
	case 3:
		add_options(t, p);
		break;
	case 4:
		if (p->proto == DIFF_TCP)
			spoil_tcp(t, p);
		else if (p->l4_len)
			p->l4_len = (uint16_t)diff_below(rnd, p->l4_len);
		break;
	case 5:
		diff_addr(t->s, rnd, p->family, DIFF_SPECIAL, diff_chance(rnd, 50) ? p->src : p->dst);
		diff_finish(p);
		break;
	case 6:
		if (p->proto == DIFF_UDP && p->l4_len >= 8)
			nfr_put16(p->l4 + 4, (uint16_t)(p->l4_len + diff_between(rnd, 0, 4) - 2u));
		diff_finish(p);
		if (p->proto == DIFF_UDP && p->l4_len >= 8 && diff_chance(rnd, 50))
			nfr_put16(p->l4 + 6, 0);
		break;
	default: /* a wrong checksum, or other damage */
		if (p->l4_len)
			p->l4[diff_below(rnd, p->l4_len < 24 ? p->l4_len : 24)] ^= 1u << diff_below(rnd, 8);
	}
}

/* Of the IP packet as it is; returns its new length. */
static uint32_t spoil_bytes(struct diff_traffic *t, const struct diff_pkt *p, uint8_t *ip,
			    uint32_t len)
{
	struct diff_rnd *rnd = &t->rnd;
	bool repair = p->family == 4 && diff_chance(rnd, 70);
	uint32_t extra;

	switch (diff_below(rnd, 6)) {
	case 0:
		ip[diff_below(rnd, p->family == 4 ? 12 : 8)] ^= 1u << diff_below(rnd, 8);
		break;
	case 1: /* padding */
		extra = diff_between(rnd, 1, 30);
		memset(ip + len, 0, extra);
		len += extra;
		break;
	case 2:
		len = diff_below(rnd, len) + 1;
		break;
	case 3:
		nfr_put16(ip + (p->family == 4 ? 2 : 4), (uint16_t)diff_below(rnd, len + 10));
		break;
	case 4:
		ip[0] = (uint8_t)((ip[0] & 0xf0) | diff_below(rnd, 16));
		break;
	default:
		if (p->family == 4)
			nfr_put16(ip + 6, (uint16_t)diff_next(rnd));
		else
			ip[6] = DIFF_PICK(rnd, ((const uint8_t[]){59, 44, 0, 43, 60, 51, 255}));
	}
	if (repair && len >= 20 && (ip[0] & 15) >= 5 && (ip[0] & 15) * 4u <= len)
		diff_ip_checksum(ip);
	return len;
}

void diff_emit(struct diff_traffic *t, struct diff_pkt *p)
{
	uint8_t ip[FRAME_MAX];
	bool weird = diff_chance(&t->rnd, t->s->weird), odd_frame = false;
	uint32_t len;

	if (weird && diff_chance(&t->rnd, 60))
		spoil_parts(t, p);
	if (!diff_usable(p))
		return;
	len = diff_serialise(p, ip);
	if (p->l4_len > 8 && !stays_whole(t, p) &&
	    (len > t->s->mtu[p->dev] || diff_chance(&t->rnd, p->l4_len > 800 ? 40 : 4))) {
		send_fragments(t, p, ip, len);
		return;
	}
	if (weird && diff_chance(&t->rnd, 30))
		len = spoil_bytes(t, p, ip, len);
	else
		odd_frame = weird && diff_chance(&t->rnd, 15);
	send_frame(t, p->dev, ip, len, odd_frame);
}

/* ---- what came out comes back ---- */

static struct diff_seen *pick_seen(struct diff_traffic *t)
{
	unsigned n = t->n_seen < DIFF_SEEN ? t->n_seen : DIFF_SEEN;

	return n ? &t->seen[diff_below(&t->rnd, n)] : NULL;
}

void diff_error(struct diff_traffic *t)
{
	static const uint8_t type4[] = {3, 3, 3, 11, 12, 5, 4}, type6[] = {1, 1, 2, 3, 4, 137};
	const struct diff_seen *seen = pick_seen(t);
	uint8_t quote[1300];
	uint32_t len, rest = 0;
	unsigned type, code;
	struct diff_view v;
	struct diff_pkt p;

	if (!seen || !diff_parse(seen->ip, seen->len, &v))
		return;
	diff_reply(&p, &v, seen->dev);
	if (diff_chance(&t->rnd, 25))
		diff_addr(t->s, &t->rnd, p.family, DIFF_ANY, p.src);
	len = seen->len < sizeof(quote) ? seen->len : sizeof(quote);
	if (diff_chance(&t->rnd, 60) && len > 28)
		len = diff_between(&t->rnd, p.family == 4 ? 24 : 44, p.family == 4 ? 60 : 100);
	len = len > seen->len ? seen->len : len;
	memcpy(quote, seen->ip, len);
	if (diff_chance(&t->rnd, 12))
		quote[diff_below(&t->rnd, len)] ^= 1u << diff_below(&t->rnd, 8);
	type = p.family == 4 ? DIFF_PICK(&t->rnd, type4) : DIFF_PICK(&t->rnd, type6);
	code = diff_below(&t->rnd, type == 3 && p.family == 4 ? 16 : 5);
	if ((p.family == 4 && type == 3 && code == 4) || (p.family == 6 && type == 2))
		rest = DIFF_PICK(&t->rnd, ((const uint16_t[]){1300, 1280, 600, 0, 68}));
	diff_icmp(&p, type, code, rest, quote, len);
	diff_push(t, &p);
}

void diff_reflect(struct diff_traffic *t)
{
	struct diff_seen *seen = pick_seen(t);
	unsigned dev;

	if (!seen || seen->len < 20)
		return;
	if (seen->ip[0] >> 4 == 4) { /* Linux's own identifications must not become inputs' */
		nfr_put16(seen->ip + 4, ++t->next_id);
		diff_ip_checksum(seen->ip);
	} else {
		memset(seen->ip + 1, 0, 3);
	}
	dev = diff_chance(&t->rnd, 70) ? seen->dev : diff_between(&t->rnd, 0, t->s->n_ifs);
	if (dev == 0)
		return; /* a program sends only from the router's addresses */
	send_frame(t, dev, seen->ip, seen->len < DIFF_IP_MAX ? seen->len : DIFF_IP_MAX, false);
}
