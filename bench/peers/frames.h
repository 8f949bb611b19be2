/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the BPF program that writes frames is told, and keeps: one element of a map.
 */
#ifndef NFR_BENCH_FRAMES_H
#define NFR_BENCH_FRAMES_H

#include <stdint.h>

struct frames {
	uint64_t random; /* state of the generator; 0: flows one after the other */
	uint32_t next;	 /* flow, then */
	uint32_t n_flows;
	uint32_t flows; /* enum bench_flows */
	uint32_t dir;	/* 0 original, 1 reply; 2: either, at random */
	uint32_t snat;	/* the flows' source is translated */
	uint32_t proto; /* 6 or 17 */
	uint32_t tcp_flags;
	uint32_t action;	/* enum xdp_action */
	uint8_t dst[6], src[6]; /* of Ethernet */
};

#endif
