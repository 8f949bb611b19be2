/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flow i: who speaks to whom. The peers' programs include this too, one of which is for the
 * kernel's BPF machine: the same flows everywhere.
 *
 * Tuples are chosen so that source NAT finds every port free: then the answer's tuple follows from
 * i, and no table of them disturbs the caches that are measured.
 */
#ifndef NFR_BENCH_FLOW_H
#define NFR_BENCH_FLOW_H

#include <stdint.h>

#define BENCH_INSIDE_NET 0x0a000000u
#define BENCH_OUTSIDE_NET 0x50000000u
#define BENCH_ROUTER_ADDR 0xcb007101u /* 203.0.113.1 */
#define BENCH_SERVER_ADDR 0x0a000002u
#define BENCH_SEQ_ORIG 1000u
#define BENCH_SEQ_REPLY 5000u
#define BENCH_WINDOW 8192

enum bench_flows {
	BENCH_OUTGOING,	 /* 10.0.1.0 + i, port 1024 + i / 65536 -> 80.0.0.0 + i % 65536, 443 */
	BENCH_INCOMING,	 /* 80.0.0.0 + i, port 1024 -> 203.0.113.1, 443, which is 10.0.0.2 */
	BENCH_SCATTERED, /* 10.x, port p -> 80.y, port q: for long chains */
	BENCH_ONE_PORT,	 /* 10.0.1.0 + i, port 1024 -> 80.0.0.0 + i / 65536, 443: ports run out */
	BENCH_TO_FTP,	 /* 10.0.1.0 + i, port 1024 -> 80.0.0.0 + i, 21 */
};

struct bench_ends {
	uint32_t src, dst;
	uint32_t sport, dport;
};

static inline uint32_t bench_scatter(uint32_t x)
{
	x = (x ^ x >> 16) * 0x7feb352du;
	x = (x ^ x >> 15) * 0x846ca68bu;
	return x ^ x >> 16;
}

static inline struct bench_ends bench_scattered(uint32_t flow)
{
	uint32_t a = bench_scatter(flow + 1), b = bench_scatter(a);

	return (struct bench_ends){BENCH_INSIDE_NET | (a & 0xffff00) | 2 | (a >> 24 & 0xfc),
				   BENCH_OUTSIDE_NET | (b & 0xffffff), 1024 | (a & 0xffff),
				   1 | b >> 16};
}

static inline struct bench_ends bench_first(enum bench_flows flows, uint32_t i)
{
	switch (flows) {
	case BENCH_SCATTERED:
		return bench_scattered(i);
	case BENCH_ONE_PORT:
		return (struct bench_ends){BENCH_INSIDE_NET + 256 + i,
					   BENCH_OUTSIDE_NET + (i >> 16), 1024, 443};
	case BENCH_TO_FTP:
		return (struct bench_ends){BENCH_INSIDE_NET + 256 + i, BENCH_OUTSIDE_NET + i, 1024,
					   21};
	case BENCH_INCOMING:
		return (struct bench_ends){BENCH_OUTSIDE_NET + i, BENCH_ROUTER_ADDR, 1024, 443};
	default:
		return (struct bench_ends){BENCH_INSIDE_NET + 256 + i,
					   BENCH_OUTSIDE_NET + (i & 0xffff), 1024 + (i >> 16), 443};
	}
}

/* Of an answer; `snat`: the flow's source is translated to the router's address. */
static inline struct bench_ends bench_answer(enum bench_flows flows, uint32_t i, int snat)
{
	struct bench_ends e = bench_first(flows, i);

	if (flows == BENCH_INCOMING)
		e.dst = BENCH_SERVER_ADDR;
	if (snat)
		e.src = BENCH_ROUTER_ADDR;
	return (struct bench_ends){e.dst, e.src, e.dport, e.sport};
}

#endif
