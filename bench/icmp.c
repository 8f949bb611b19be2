/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * icmp-error: servers answer packets of established flows, source NAT behind them, with "port
 * unreachable". Each quotes the packet as it left the router: conntrack finds the flow by the
 * quotation, and NAT rewrites both headers and three checksums.
 */
#include "bench.h"

#include "base/bytes.h"
#include "base/csum.h"

#define QUOTE_LEN 28u /* IP header and eight bytes */
#define FRAME_LEN (14 + 20 + 8 + QUOTE_LEN)

static int prepare(struct bench *b)
{
	return bench_establish(&b->world, 0, b->world.w->n_flows);
}

static void put_ip(uint8_t *ip, uint8_t proto, uint16_t len, uint32_t src, uint32_t dst)
{
	static const uint8_t head[12] = {0x45, 0, 0, 0, 0, 1, 0, 0, 60, 0, 0, 0};

	memcpy(ip, head, sizeof(head));
	nfr_put16(ip + 2, len);
	ip[9] = proto;
	nfr_put32(ip + 12, src);
	nfr_put32(ip + 16, dst);
	nfr_put16(ip + 10, (uint16_t)~nfr_csum_words(ip, 20));
}

static void put_error(uint8_t *frame, const struct bench_workload *w, uint32_t flow)
{
	struct bench_ends e = bench_ends_of(w, flow, BENCH_REPLY);
	uint8_t *ip = frame + 14, *icmp = ip + 20, *quote = icmp + 8;

	bench_put_ether(frame, false);
	put_ip(ip, NFR_IPPROTO_ICMP, 20 + 8 + QUOTE_LEN, e.src, e.dst);
	memset(icmp, 0, 8);
	icmp[0] = icmp[1] = 3;
	put_ip(quote, w->proto, BENCH_FRAME_LEN - 14, e.dst, e.src);
	nfr_put16(quote + 20, (uint16_t)e.dport);
	nfr_put16(quote + 22, (uint16_t)e.sport);
	memset(quote + 24, 0, 4);
	nfr_put16(icmp + 2, (uint16_t)~nfr_csum_words(icmp, 8 + QUOTE_LEN));
}

static uint16_t fill(struct bench *b, uint32_t at, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++)
		put_error(bench_room(b, i, FRAME_LEN), b->world.w,
			  b->order[(at + i) % BENCH_STREAM] & 0x7fffffff);
	return b->world.outside;
}

const struct bench_traffic bench_icmp_error = {
	.name = "icmp-error", .prepare = prepare, .fill = fill};
