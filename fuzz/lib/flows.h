/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets that belong together: a few flows of each protocol, whose sequence numbers, ports and
 * identifiers go on from packet to packet, so that a few input bytes make a meaningful exchange;
 * and answers to what left the router, so that the exchange goes on through a NAT.
 */
#ifndef NFR_FUZZ_FLOWS_H
#define NFR_FUZZ_FLOWS_H

#include "fuzz.h"

#define FUZZ_FLOWS 16

struct fuzz_flow {
	uint32_t seq[2]; /* next sequence number of each side */
	uint16_t ip_id;
};

struct fuzz_flows {
	struct fuzz_flow flow[FUZZ_FLOWS];
};

/* What the input says about the next packet; one byte each. */
struct fuzz_choice {
	uint8_t flow;	   /* bits 0, 1: TCP, FTP, UDP, ICMP; bit 2: IPv6; bit 3: other ports */
	uint8_t reply;	   /* bit 0: from the other side; bit 1: to the router's address */
	uint8_t tcp_flags;
	uint8_t seq_off;   /* how far the sequence number is off, in 64 bytes, signed */
	uint8_t payload;   /* its length; FTP: which line */
	uint8_t kind;	   /* bits 0-2: enum fuzz_kind; bit 4: options; bit 5: quote less */
	uint8_t spoil;	   /* a bit of this byte, 0: none */
};

enum fuzz_kind {
	FUZZ_KIND_WHOLE,
	FUZZ_KIND_FRAGMENT_FIRST,
	FUZZ_KIND_FRAGMENT_LAST,
	FUZZ_KIND_ERROR, /* an ICMP error that quotes the packet, in the other direction */
	FUZZ_KIND_TOO_BIG, /* the same, with a path MTU */
	FUZZ_KIND_MAX = 8, /* the others are whole packets too */
};

void fuzz_choice_of(struct fuzz_choice *choice, const uint8_t arg[7]);

/* Writes the next frame of the flow to frame (FUZZ_FRAME_MAX bytes), and the interface that it
 * arrives on. Returns its length. */
size_t fuzz_flow_packet(struct fuzz_flows *flows, const struct fuzz_choice *choice, uint8_t *frame,
			unsigned *iface);

/*
 * The answer to an IP packet: addresses and ports swapped, numbers acknowledged, checksums right.
 * how: TCP flags (0: ACK) or, when error is odd, nothing; error: an ICMP error of the type
 * error / 2 that quotes the packet. Returns the length of the answer's IP packet, 0 for none.
 */
size_t fuzz_answer(const uint8_t *ip, size_t len, uint8_t how, uint8_t error, uint8_t *answer);

/* Puts an ICMP or ICMPv6 error about the n bytes of a packet at quoted into ip, from `src` (4 or
 * 16 bytes) to the packet's source. Returns its length. */
size_t fuzz_icmp_error(uint8_t *ip, const uint8_t *src, uint8_t type, uint8_t code, uint32_t rest,
		       const uint8_t *quoted, size_t n);

#endif
