/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flow i as frames. Tuples are chosen so that source NAT finds every port free: then the answer's
 * tuple follows from i, and no table of them disturbs the caches that are measured.
 *
 *   outgoing (none, snat, masq): 10.0.1.0 + i, port 1024 + i / 65536 -> 80.0.0.0 + i % 65536, 443
 *   incoming (dnat):             80.0.0.0 + i, port 1024 -> 203.0.113.1, 443 (10.0.0.2, 443)
 *   for long chains:             10.x, port p -> 80.y, port q, all of them scattered
 *
 * A frame is 60 bytes, the least that Ethernet carries before its check sequence. Making one is a
 * copy of its form, four numbers, and sums of these added to those of the form: little beside what
 * is measured.
 */
#include "bench.h"

#include "base/bytes.h"
#include "base/csum.h"

#define INSIDE_NET 0x0a000000u
#define OUTSIDE_NET 0x50000000u
#define ROUTER_ADDR 0xcb007101u /* 203.0.113.1 */
#define SERVER_ADDR 0x0a000002u
#define SERVER_PORT 443
#define FTP_PORT 21
#define WINDOW 8192
#define SEQ_ORIG 1000u
#define SEQ_REPLY 5000u

static uint32_t scatter(uint32_t x)
{
	x = (x ^ x >> 16) * 0x7feb352du;
	x = (x ^ x >> 15) * 0x846ca68bu;
	return x ^ x >> 16;
}

static struct bench_ends scattered(uint32_t flow)
{
	uint32_t a = scatter(flow + 1), b = scatter(a);

	return (struct bench_ends){INSIDE_NET | (a & 0xffff00) | 2 | (a >> 24 & 0xfc),
				   OUTSIDE_NET | (b & 0xffffff), 1024 | (a & 0xffff), 1 | b >> 16};
}

static inline struct bench_ends original(const struct bench_workload *w, uint32_t flow, bool reply)
{
	if (w->path == BENCH_RULES)
		return scattered(flow);
	if (w->traffic == &bench_ports) /* all from one port, to few servers */
		return (struct bench_ends){INSIDE_NET + 256 + flow, OUTSIDE_NET + (flow >> 16),
					   1024, SERVER_PORT};
	if (w->path == BENCH_HELPER)
		return (struct bench_ends){INSIDE_NET + 256 + flow, OUTSIDE_NET + flow, 1024,
					   FTP_PORT};
	if (w->nat == BENCH_DNAT)
		return (struct bench_ends){OUTSIDE_NET + flow, reply ? SERVER_ADDR : ROUTER_ADDR,
					   1024, SERVER_PORT};
	return (struct bench_ends){INSIDE_NET + 256 + flow, OUTSIDE_NET + (flow & 0xffff),
				   1024 + (flow >> 16), SERVER_PORT};
}

static inline struct bench_ends ends_of(const struct bench_workload *w, uint32_t flow,
					enum bench_dir dir)
{
	struct bench_ends e = original(w, flow, dir == BENCH_REPLY);

	if (dir == BENCH_ORIG)
		return e;
	if (w->nat == BENCH_SNAT || w->nat == BENCH_MASQ)
		e.src = ROUTER_ADDR;
	return (struct bench_ends){e.dst, e.src, e.dport, e.sport};
}

struct bench_ends bench_ends_of(const struct bench_workload *w, uint32_t flow, enum bench_dir dir)
{
	return ends_of(w, flow, dir);
}

void bench_put_ether(uint8_t *frame, bool inside)
{
	static const uint8_t ether[14] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0xfe, 8, 0};

	memcpy(frame, ether, sizeof(ether));
	frame[4] = frame[10] = inside ? 1 : 2;
}

static void put_tcp(uint8_t *p, enum bench_dir dir, uint8_t flags)
{
	bool syn = flags & BENCH_SYN;
	uint32_t seq = (dir == BENCH_ORIG ? SEQ_ORIG : SEQ_REPLY) + !syn;
	uint32_t ack = (dir == BENCH_ORIG ? SEQ_REPLY : SEQ_ORIG) + 1;

	nfr_put32(p + 4, seq);
	nfr_put32(p + 8, flags & BENCH_ACK ? ack : 0);
	p[12] = 0x50;
	p[13] = flags;
	nfr_put16(p + 14, WINDOW);
}

void bench_form_set(struct bench_form *form, const struct bench_workload *w, enum bench_dir dir,
		    uint8_t tcp_flags)
{
	static const uint8_t head[12] = {0x45, 0, 0, 0, 0, 1, 0x40, 0, 64, 0, 0, 0};
	uint8_t *ip = form->bytes + 14, *l4 = ip + 20;
	bool tcp = w->proto == NFR_IPPROTO_TCP;
	uint16_t l4_len = tcp ? 20 : 26;

	*form = (struct bench_form){.w = w, .dir = dir};
	bench_put_ether(form->bytes, (dir == BENCH_ORIG) != (w->nat == BENCH_DNAT));
	memcpy(ip, head, sizeof(head));
	nfr_put16(ip + 2, (uint16_t)(20 + l4_len));
	ip[9] = w->proto;
	if (tcp)
		put_tcp(l4, dir, tcp_flags);
	else
		nfr_put16(l4 + 4, l4_len);
	form->ip_sum = nfr_csum_fold(nfr_csum_add(0, ip, 20));
	form->l4_sum = nfr_csum_fold(nfr_csum_add((uint32_t)w->proto + l4_len, l4, l4_len));
}

void bench_frame(uint8_t *frame, const struct bench_form *form, uint32_t flow)
{
	struct bench_ends e = ends_of(form->w, flow, form->dir);
	uint32_t addrs = (e.src >> 16) + (e.src & 0xffff) + (e.dst >> 16) + (e.dst & 0xffff);
	uint8_t *ip = frame + 14, *l4 = ip + 20;
	unsigned csum_off = form->w->proto == NFR_IPPROTO_TCP ? 16 : 6;

	memcpy(frame, form->bytes, sizeof(form->bytes));
	nfr_put32(ip + 12, e.src);
	nfr_put32(ip + 16, e.dst);
	nfr_put16(ip + 10, (uint16_t)~nfr_csum_fold(form->ip_sum + addrs));
	nfr_put16(l4, (uint16_t)e.sport);
	nfr_put16(l4 + 2, (uint16_t)e.dport);
	nfr_put16(l4 + csum_off,
		  (uint16_t)~nfr_csum_fold(form->l4_sum + addrs + e.sport + e.dport));
}

uint16_t bench_side(const struct bench_world *world, enum bench_dir dir)
{
	bool inside = (dir == BENCH_ORIG) != (world->w->nat == BENCH_DNAT);

	return inside ? world->inside : world->outside;
}
