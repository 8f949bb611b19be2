/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets that belong together: a few flows of each protocol, whose sequence numbers, ports and
 * identifiers go on from packet to packet, so that a few input bytes make a meaningful exchange.
 */
#ifndef NFR_FUZZ_FLOWS_H
#define NFR_FUZZ_FLOWS_H

#include "fuzz.h"

#define FUZZ_FLOWS 8

struct fuzz_flow {
	uint32_t seq[2]; /* next sequence number of each side */
	uint16_t ip_id;
};

struct fuzz_flows {
	struct fuzz_flow flow[FUZZ_FLOWS];
};

/*
 * Writes the next frame of the flow that the input names to frame (FUZZ_FRAME_MAX bytes), and
 * the interface it arrives on. Returns its length. A flow is IPv4 or IPv6 and TCP, UDP, ICMP or
 * FTP by its number; input bytes choose direction, flags, how far the sequence number is off,
 * payload, a fragment, a quoted error, and one byte to spoil.
 */
size_t fuzz_flow_packet(struct fuzz_flows *flows, struct fuzz_in *in, uint8_t *frame,
			unsigned *iface);

#endif
