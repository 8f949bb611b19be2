/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flow i as frames. Tuples are chosen so that source NAT finds every port free: then the answer's
 * tuple follows from i, and no table of them disturbs the caches that are measured.
 *
 *   outgoing (none, snat, masq): 10.0.0.0 + i, port 1024 + i / 65536 -> 80.0.0.0 + i % 65536, 443
 *   incoming (dnat):             80.0.0.0 + i, port 1024 -> 203.0.113.1, 443 (10.0.0.2, 443)
 */
#include "bench.h"

#include "base/bytes.h"
#include "base/csum.h"

#define INSIDE_NET 0x0a000000u
#define OUTSIDE_NET 0x50000000u
#define ROUTER_ADDR 0xcb007101u /* 203.0.113.1 */
#define SERVER_ADDR 0x0a000002u
#define SERVER_PORT 443
#define WINDOW 8192
#define SEQ_ORIG 1000u
#define SEQ_REPLY 5000u

struct ends {
	uint32_t src, dst;
	uint16_t sport, dport;
};

static struct ends ends_of(const struct bench_workload *w, uint32_t flow, enum bench_dir dir)
{
	struct ends e;

	if (w->nat == BENCH_DNAT)
		e = (struct ends){OUTSIDE_NET + flow, dir == BENCH_ORIG ? ROUTER_ADDR : SERVER_ADDR,
				  1024, SERVER_PORT};
	else
		e = (struct ends){INSIDE_NET + 256 + flow, OUTSIDE_NET + (flow & 0xffff),
				  (uint16_t)(1024 + (flow >> 16)), SERVER_PORT};
	if (dir == BENCH_ORIG)
		return e;
	if (w->nat == BENCH_SNAT || w->nat == BENCH_MASQ)
		e.src = ROUTER_ADDR;
	return (struct ends){e.dst, e.src, e.dport, e.sport};
}

static void put_ip(uint8_t *ip, const struct bench_workload *w, const struct ends *e, uint16_t len)
{
	static const uint8_t head[12] = {0x45, 0, 0, 0, 0, 1, 0x40, 0, 64, 0, 0, 0};

	memcpy(ip, head, sizeof(head));
	nfr_put16(ip + 2, len);
	ip[9] = w->proto;
	nfr_put32(ip + 12, e->src);
	nfr_put32(ip + 16, e->dst);
	nfr_put16(ip + 10, (uint16_t)~nfr_csum_fold(nfr_csum_add(0, ip, 20)));
}

static void put_tcp(uint8_t *p, enum bench_dir dir, uint8_t flags)
{
	bool syn = flags & 2;
	uint32_t seq = (dir == BENCH_ORIG ? SEQ_ORIG : SEQ_REPLY) + !syn;
	uint32_t ack = (dir == BENCH_ORIG ? SEQ_REPLY : SEQ_ORIG) + 1;

	nfr_put32(p + 4, seq);
	nfr_put32(p + 8, flags & 0x10 ? ack : 0);
	p[12] = 0x50;
	p[13] = flags;
	nfr_put16(p + 14, WINDOW);
	memset(p + 16, 0, 4);
}

void bench_frame(uint8_t *frame, const struct bench_workload *w, uint32_t flow,
		 enum bench_dir dir, uint8_t tcp_flags)
{
	static const uint8_t ether[14] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0xfe, 8, 0};
	bool inside = (dir == BENCH_ORIG) != (w->nat == BENCH_DNAT);
	struct ends e = ends_of(w, flow, dir);
	bool tcp = w->proto == NFR_IPPROTO_TCP;
	uint16_t l4_len = tcp ? 20 : 26, csum_off = tcp ? 16 : 6;
	uint8_t *ip = frame + 14, *l4 = ip + 20;
	uint32_t sum;

	memcpy(frame, ether, sizeof(ether));
	frame[4] = frame[10] = inside ? 1 : 2;
	put_ip(ip, w, &e, (uint16_t)(20 + l4_len));
	memset(l4 + 20, 0, 6);
	nfr_put16(l4, e.sport);
	nfr_put16(l4 + 2, e.dport);
	if (tcp) {
		put_tcp(l4, dir, tcp_flags);
	} else {
		nfr_put16(l4 + 4, l4_len);
		memset(l4 + 6, 0, 14);
	}
	sum = nfr_csum_add((uint32_t)w->proto + l4_len, ip + 12, 8);
	nfr_put16(l4 + csum_off, (uint16_t)~nfr_csum_fold(nfr_csum_add(sum, l4, l4_len)));
}

uint16_t bench_side(const struct bench_world *world, enum bench_dir dir)
{
	bool inside = (dir == BENCH_ORIG) != (world->w->nat == BENCH_DNAT);

	return inside ? world->inside : world->outside;
}
