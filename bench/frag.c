/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * frag: datagrams of established UDP flows, 1,600 bytes of payload and header in two fragments.
 * Each is put together for conntrack, translated and cut again: two fragments in, two out.
 */
#include "bench.h"

#include "base/bytes.h"
#include "base/csum.h"

#define L4_LEN 1600u
#define CUT 1480u
#define MORE 0x2000u
#define ROOM 2048u

static int prepare(struct bench *b)
{
	return bench_establish(&b->world, 0, b->world.w->n_flows);
}

static void put_ip(uint8_t *frame, const struct bench_ends *e, uint16_t id, uint16_t offset,
		   uint16_t len)
{
	static const uint8_t head[12] = {0x45, 0, 0, 0, 0, 0, 0, 0, 64, NFR_IPPROTO_UDP, 0, 0};
	uint8_t *ip = frame + 14;

	bench_put_ether(frame, true);
	memcpy(ip, head, sizeof(head));
	nfr_put16(ip + 2, (uint16_t)(20 + len));
	nfr_put16(ip + 4, id);
	nfr_put16(ip + 6, offset);
	nfr_put32(ip + 12, e->src);
	nfr_put32(ip + 16, e->dst);
	nfr_put16(ip + 10, (uint16_t)~nfr_csum_words(ip, 20));
}

static void put_udp(uint8_t *frame, const struct bench_ends *e)
{
	uint8_t *udp = frame + 34;
	uint32_t sum = NFR_IPPROTO_UDP + L4_LEN;

	nfr_put16(udp, (uint16_t)e->sport);
	nfr_put16(udp + 2, (uint16_t)e->dport);
	nfr_put16(udp + 4, L4_LEN);
	nfr_put16(udp + 6, 0);
	sum = nfr_csum_add(sum, frame + 14 + 12, 8);
	nfr_put16(udp + 6, (uint16_t)~nfr_csum_fold(nfr_csum_add(sum, udp, 8)));
}

/* Two frames a datagram; all that follows the UDP header is zero. */
static uint16_t fill(struct bench *b, uint32_t at, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i += 2) {
		uint32_t flow = b->order[(at + i) / 2 % BENCH_STREAM] & 0x7fffffff;
		uint16_t id = (uint16_t)((at + i) / 2);
		struct bench_ends e = bench_ends_of(b->world.w, flow, BENCH_ORIG);
		uint8_t *first = bench_room(b, i, 34 + CUT);
		uint8_t *last = bench_room(b, i + 1, 34 + L4_LEN - CUT);

		memset(first + 34, 0, CUT);
		memset(last + 34, 0, L4_LEN - CUT);
		put_ip(first, &e, id, MORE, CUT);
		put_udp(first, &e);
		put_ip(last, &e, id, CUT / 8, L4_LEN - CUT);
	}
	return b->world.inside;
}

const struct bench_traffic bench_frag = {
	.name = "frag", .prepare = prepare, .fill = fill, .room = ROOM};
