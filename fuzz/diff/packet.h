/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets of endpoints: in parts while they are made, and taken apart when they arrive.
 */
#ifndef NFR_FUZZ_DIFF_PACKET_H
#define NFR_FUZZ_DIFF_PACKET_H

#include "scenario.h"

#define DIFF_L4_MAX 1700
#define DIFF_EXT_MAX 80
#define DIFF_IP_MAX (60 + DIFF_EXT_MAX + DIFF_L4_MAX)

enum {
	DIFF_ICMP = 1,
	DIFF_TCP = 6,
	DIFF_UDP = 17,
	DIFF_GRE = 47,
	DIFF_ICMP6 = 58,
	DIFF_SCTP = 132,
	DIFF_UDPLITE = 136,
};

enum diff_tcp_flag {
	DIFF_FIN = 1,
	DIFF_SYN = 2,
	DIFF_RST = 4,
	DIFF_PSH = 8,
	DIFF_ACK = 16,
	DIFF_URG = 32,
};

/* A packet that an endpoint sends; it goes in on dev. */
struct diff_pkt {
	uint8_t dev, family, proto, ttl, tos;
	uint8_t src[16], dst[16];
	uint16_t id;
	bool df;
	uint8_t ext[DIFF_EXT_MAX]; /* IPv4: options; IPv6: extension headers */
	uint8_t ext_len;
	uint8_t ext_proto; /* IPv6: the first of them */
	uint8_t l4[DIFF_L4_MAX];
	uint16_t l4_len;
};

/* Where things are in an IP packet. */
struct diff_view {
	uint8_t family, proto, ttl;
	const uint8_t *src, *dst;
	const uint8_t *l4;
	uint32_t l4_len;
	uint16_t sport, dport; /* 0 where there are none */
	bool fragment;         /* one behind the first */
};

/* Length of an address. */
static inline unsigned diff_addr_len(uint8_t family)
{
	return family == 4 ? 4 : 16;
}

/* False: nothing that an endpoint would answer to. */
bool diff_parse(const uint8_t *ip, uint32_t len, struct diff_view *v);

/* A reply to what was seen, without its transport part. */
void diff_reply(struct diff_pkt *p, const struct diff_view *seen, unsigned dev);

/* The transport part: header and payload; checksums come with diff_finish(). */
void diff_put_ports(struct diff_pkt *p, uint8_t proto, unsigned sport, unsigned dport,
		    unsigned header_len);
void diff_payload(struct diff_pkt *p, const void *data, unsigned len);
void diff_udp(struct diff_pkt *p, unsigned sport, unsigned dport, const void *data, unsigned len);
void diff_tcp(struct diff_pkt *p, unsigned sport, unsigned dport, uint32_t seq, uint32_t ack,
	      unsigned flags, unsigned window);
/* A TCP option, behind those that are there and before any payload. */
void diff_tcp_option(struct diff_pkt *p, const uint8_t *option, unsigned len);
void diff_icmp(struct diff_pkt *p, unsigned type, unsigned code, uint32_t rest, const void *data,
	       unsigned len);

/* Puts the transport checksum right. */
void diff_finish(struct diff_pkt *p);
/* The IP packet; returns its length. */
uint32_t diff_serialise(const struct diff_pkt *p, uint8_t *ip);
/* IPv4: the header's checksum. */
void diff_ip_checksum(uint8_t *ip);

#endif
