/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A packet as a list of its header fields: what comparison needs to know which bytes may differ,
 * and what people need to read a packet. Looks into the packet that an ICMP error quotes, too.
 */
#ifndef NFR_HARNESS_PACKET_DISSECT_H
#define NFR_HARNESS_PACKET_DISSECT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum nfr_field_kind {
	NFR_FIELD_PLAIN,
	NFR_FIELD_IP_ID,    /* identification of IPv4 */
	NFR_FIELD_FLOW6,    /* traffic class (lower half) and flow label of IPv6 */
	NFR_FIELD_FRAG6_ID, /* identification in IPv6's fragment header */
	NFR_FIELD_SPORT,    /* source port; the destination port is the next field */
	NFR_FIELD_DPORT,
	NFR_FIELD_ICMP_ID,
	NFR_FIELD_CSUM,     /* Internet checksum of cover_off, cover_len, and the pseudo header */
	NFR_FIELD_CRC,      /* SCTP's checksum */
};

enum nfr_field_format {
	NFR_FIELD_HEX,
	NFR_FIELD_DEC,
	NFR_FIELD_IP4,
	NFR_FIELD_IP6,
	NFR_FIELD_MAC,
	NFR_FIELD_TCP_FLAGS,
	NFR_FIELD_TEXT, /* payload */
};

struct nfr_field {
	const char *name;
	uint32_t off, len; /* bytes in the frame */
	uint8_t kind;      /* enum nfr_field_kind */
	uint8_t format;    /* enum nfr_field_format */
	uint8_t quoted;    /* 1: of the packet that an ICMP error quotes */
	uint8_t proto;     /* of ports and their checksum: the transport protocol */
	uint8_t addr_len;  /* of ports: 4 or 16; of checksums: of the pseudo header, or 0 */
	uint32_t addr_off; /* the source address */
	uint32_t cover_off, cover_len; /* a CRC's length 0: not all that it covers is here */
};

#define NFR_MAX_FIELDS 96

struct nfr_dissection {
	struct nfr_field field[NFR_MAX_FIELDS];
	unsigned n;
	bool is_ip;
	bool is_error; /* an ICMP error or a TCP reset: what a router may have made itself */
};

/* Every byte of the frame is in exactly one field. `raw`: it begins with the IP header. */
void nfr_dissect(struct nfr_dissection *d, const uint8_t *frame, uint32_t len, bool raw);

/* What a packet, or a line about it, says of its two ends. */
struct nfr_ends {
	uint8_t proto, addr_len;
	const uint8_t *src, *dst;
	uint16_t port[2]; /* or an ICMP identifier, twice */
};

/* False: no ports, nor an ICMP identifier, begin in the field. */
bool nfr_ends_at(struct nfr_ends *ends, const uint8_t *frame, const struct nfr_field *field);

/* The field's value as text; always terminated. */
void nfr_field_print(char *to, size_t size, const uint8_t *frame, const struct nfr_field *field);

/* One line: `10.0.1.2:40000 > 10.0.2.2:21 TCP SYN seq 1000 win 8192`. */
void nfr_packet_print(char *to, size_t size, const uint8_t *ip, uint32_t len);

#endif
