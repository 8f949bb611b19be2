/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes to packets: fields that trackers look at, options, extension headers, fragments.
 */
#include "base/bytes.h"
#include "mutate.h"
#include "sums.h"

struct packet {
	struct fuzz_dice *dice;
	uint8_t *ip;
	size_t len, room;
	struct fuzz_l4 l4;
	bool six;
};

/* Some steps on from what it is, or close to the edges of a 16-bit window. */
static uint32_t near(struct fuzz_dice *dice, uint32_t v)
{
	static const uint32_t step[] = {1,     2,     8,      64,	1460,	   8192,
					65535, 66000, 131072, 0x40000000, 0x7fffffff, 0x80000000};
	uint32_t d = step[fuzz_below(dice, sizeof(step) / sizeof(step[0]))];

	return fuzz_below(dice, 2) ? v + d : v - d;
}

/* Opens a gap of n bytes at `at`. False: no room. */
static bool open_gap(struct packet *p, size_t at, size_t n)
{
	if (at > p->len || n > p->room - p->len)
		return false;
	memmove(p->ip + at + n, p->ip + at, p->len - at);
	memset(p->ip + at, 0, n);
	p->len += n;
	return true;
}

/* ---- IP ---- */

static void change_addresses(struct packet *p)
{
	static const uint8_t hosts[][4] = {{10, 0, 1, 2}, {10, 0, 2, 2}, {10, 0, 1, 1}, {10, 0, 2, 1},
					   {10, 0, 3, 2}, {10, 9, 0, 1}, {10, 0, 1, 255},
					   {224, 0, 0, 1}, {255, 255, 255, 255}, {127, 0, 0, 1},
					   {0, 0, 0, 0}, {192, 0, 2, 1}};
	const uint8_t *host = hosts[fuzz_below(p->dice, sizeof(hosts) / sizeof(hosts[0]))];
	unsigned which = fuzz_below(p->dice, 2);

	if (!p->six) {
		memcpy(p->ip + 12 + 4 * which, host, 4);
		return;
	}
	/* the same hosts in fd00:1:: and fd00:2::, or link-local, or multicast */
	memset(p->ip + 8 + 16 * which, 0, 16);
	p->ip[8 + 16 * which] = (uint8_t)(host[0] == 224 ? 0xff : 0xfd);
	p->ip[8 + 16 * which + 1] = (uint8_t)(host[0] == 224 ? 2 : 0);
	p->ip[8 + 16 * which + 3] = host[0] == 224 ? 0 : host[2];
	p->ip[8 + 16 * which + 15] = host[3];
}

static void change_ip_field(struct packet *p)
{
	uint8_t v = (uint8_t)fuzz_roll(p->dice);

	switch (fuzz_below(p->dice, 4)) {
	case 0:
		p->ip[p->six ? 7 : 8] = (uint8_t)(v % 4);
		break;
	case 1:
		p->ip[1] = v;
		break;
	case 2:
		p->ip[p->six ? 6 : 9] = v;
		break;
	default:
		if (!p->six)
			nfr_put16(p->ip + 4, (uint16_t)(nfr_get16(p->ip + 4) + v % 3));
		break;
	}
}

static void add_ip_option(struct packet *p)
{
	static const uint8_t options[][8] = {{7, 7, 4, 0, 0, 0, 0, 0},	  {0x44, 8, 5, 0, 0, 0, 0, 0},
					     {0x83, 7, 4, 10, 0, 2, 2, 0}, {0x89, 7, 4, 10, 0, 2, 2, 0},
					     {0x94, 4, 0, 0, 1, 1, 1, 1},  {1, 1, 1, 1, 1, 1, 1, 0}};
	size_t hlen = (size_t)(p->ip[0] & 15) * 4;

	if (hlen > 52 || hlen > p->len || !open_gap(p, hlen, 8))
		return;
	memcpy(p->ip + hlen, options[fuzz_below(p->dice, 6)], 8);
	p->ip[0] = (uint8_t)(0x40 | (hlen + 8) / 4);
}

static void add_extension(struct packet *p)
{
	static const uint8_t kinds[] = {NFR_IPPROTO_HOPOPTS, NFR_IPPROTO_DSTOPTS, NFR_IPPROTO_ROUTING,
					NFR_IPPROTO_FRAGMENT, NFR_IPPROTO_AH};
	uint8_t kind = kinds[fuzz_below(p->dice, sizeof(kinds))];

	if (!open_gap(p, 40, 8))
		return;
	p->ip[40] = p->ip[6];
	p->ip[6] = kind;
	if (kind == NFR_IPPROTO_HOPOPTS || kind == NFR_IPPROTO_DSTOPTS) {
		p->ip[42] = 1; /* PadN */
		p->ip[43] = 4;
	} else if (kind == NFR_IPPROTO_FRAGMENT) {
		nfr_put16(p->ip + 42, (uint16_t)(fuzz_roll(p->dice) & 0x1ff9));
		p->ip[47] = (uint8_t)fuzz_below(p->dice, 4);
	} else {
		p->ip[42] = (uint8_t)fuzz_below(p->dice, 4);
		p->ip[43] = (uint8_t)fuzz_below(p->dice, 2);
	}
}

/* Offsets at which fragments of a few hundred bytes meet or overlap. */
static void make_fragment(struct packet *p)
{
	uint16_t field = (uint16_t)(fuzz_below(p->dice, 8) * (fuzz_below(p->dice, 2) ? 1 : 8));

	if (p->six) {
		add_extension(p);
		return;
	}
	if (fuzz_below(p->dice, 2))
		field |= 0x2000;
	if (fuzz_below(p->dice, 8) == 0)
		field |= 0x4000;
	nfr_put16(p->ip + 6, field);
}

/* ---- transports ---- */

static void change_tcp(struct packet *p, uint8_t *tcp)
{
	static const uint8_t flags[] = {0x02, 0x12, 0x10, 0x18, 0x11, 0x01, 0x04, 0x14, 0x00, 0x29, 0xc2};

	switch (fuzz_below(p->dice, 5)) {
	case 0:
		nfr_put32(tcp + 4, near(p->dice, nfr_get32(tcp + 4)));
		break;
	case 1:
		nfr_put32(tcp + 8, near(p->dice, nfr_get32(tcp + 8)));
		break;
	case 2:
		tcp[13] = flags[fuzz_below(p->dice, sizeof(flags))];
		break;
	case 3:
		nfr_put16(tcp + 14, (uint16_t)near(p->dice, nfr_get16(tcp + 14)));
		break;
	default:
		tcp[12] = (uint8_t)(fuzz_roll(p->dice) << 4);
		break;
	}
}

static void add_tcp_option(struct packet *p)
{
	static const uint8_t options[][12] = {
		{2, 4, 5, 180, 1, 1, 1, 1, 1, 1, 1, 1},	   {3, 3, 7, 1, 4, 2, 1, 1, 1, 1, 1, 1},
		{1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 9},	   {1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0},
		{2, 4, 0, 1, 3, 3, 15, 0, 0, 0, 0, 0},	   {5, 2, 5, 9, 254, 0, 1, 1, 1, 1, 30, 40}};
	size_t hlen = (size_t)(p->ip[p->l4.off + 12] >> 4) * 4;

	if (hlen < 20 || hlen > 48 || hlen > p->l4.len || !open_gap(p, p->l4.off + hlen, 12))
		return;
	memcpy(p->ip + p->l4.off + hlen, options[fuzz_below(p->dice, 6)], 12);
	p->ip[p->l4.off + 12] = (uint8_t)((hlen + 12) / 4 << 4 | (p->ip[p->l4.off + 12] & 15));
}

static void change_ports(struct packet *p, uint8_t *l4)
{
	static const uint16_t ports[] = {21, 80, 53, 5353, 20, 40000, 40001, 8000, 1, 65535, 0};
	uint16_t port = ports[fuzz_below(p->dice, sizeof(ports) / sizeof(ports[0]))];

	if (fuzz_below(p->dice, 4) == 0)
		port = (uint16_t)near(p->dice, nfr_get16(l4));
	nfr_put16(l4 + 2 * fuzz_below(p->dice, 2), port);
}

static void change_l4(struct packet *p)
{
	uint8_t *l4 = p->ip + p->l4.off;

	if (p->l4.proto == NFR_IPPROTO_TCP && p->l4.len >= 20) {
		switch (fuzz_below(p->dice, 4)) {
		case 0:
			change_ports(p, l4);
			break;
		case 1:
			add_tcp_option(p);
			break;
		default:
			change_tcp(p, l4);
			break;
		}
	} else if (p->l4.len >= 8) {
		if (p->l4.proto == NFR_IPPROTO_ICMP || p->l4.proto == NFR_IPPROTO_ICMPV6)
			l4[fuzz_below(p->dice, 8)] = (uint8_t)fuzz_below(p->dice, 19);
		else
			change_ports(p, l4);
	}
}

static void change_payload(struct packet *p)
{
	size_t skip = p->l4.off + (p->l4.proto == NFR_IPPROTO_TCP ? 20 : 8);

	if (skip > p->len)
		skip = p->len;
	p->len = skip + fuzz_mutate_bytes(p->dice, p->ip + skip, p->len - skip, p->room - skip);
}

static void resize(struct packet *p)
{
	size_t n = fuzz_below(p->dice, 2) ? fuzz_below(p->dice, 64) : fuzz_below(p->dice, 1500);

	if (n < p->len && n >= 20)
		p->len = n;
	else
		open_gap(p, p->len, n);
}

static void change(struct packet *p)
{
	switch (fuzz_below(p->dice, 12)) {
	case 0:
		change_addresses(p);
		break;
	case 1:
		change_ip_field(p);
		break;
	case 2:
		if (p->six)
			add_extension(p);
		else
			add_ip_option(p);
		break;
	case 3:
		make_fragment(p);
		break;
	case 4:
		resize(p);
		break;
	case 5:
	case 6:
		change_payload(p);
		break;
	default:
		change_l4(p);
		break;
	}
}

size_t fuzz_mutate_packet(struct fuzz_dice *dice, uint8_t *ip, size_t len, size_t room)
{
	struct packet p = {.dice = dice, .ip = ip, .len = len, .room = room};
	uint32_t times = 1 + fuzz_below(dice, 3), repair = fuzz_below(dice, 16);

	while (times--) {
		if (!fuzz_l4_find(ip, p.len, &p.l4)) {
			p.len = fuzz_mutate_bytes(dice, ip, p.len, room);
			break;
		}
		p.six = ip[0] >> 4 == 6;
		change(&p);
	}
	if (repair)
		fuzz_sums_repair(ip, p.len, repair > 1);
	return p.len;
}

size_t fuzz_frame_ip(const uint8_t *frame, size_t len)
{
	bool ethernet = len > 14 && ((frame[12] == 8 && frame[13] == 0) ||
				     (frame[12] == 0x86 && frame[13] == 0xdd));

	return ethernet ? 14 : 0;
}

size_t fuzz_mutate_frame(struct fuzz_dice *dice, uint8_t *frame, size_t len, size_t room)
{
	size_t at = fuzz_frame_ip(frame, len);

	if (len <= at || fuzz_below(dice, 16) == 0)
		return fuzz_mutate_bytes(dice, frame, len, room);
	return at + fuzz_mutate_packet(dice, frame + at, len - at, room - at);
}
