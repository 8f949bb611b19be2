/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A packet on its way through the stack: what Linux keeps in an sk_buff, as far as netfilter
 * looks at it. Embedders that use the one-hook interface fill it with nfr_pkt_init().
 */
#ifndef NFREF_PKT_H
#define NFREF_PKT_H

#include "nfref/types.h"

/* Where a frame was addressed to, with Linux's numbers (`-m pkttype`). */
enum nfr_pkt_type {
	NFR_PACKET_HOST = 0,
	NFR_PACKET_BROADCAST = 1,
	NFR_PACKET_MULTICAST = 2,
	NFR_PACKET_OTHERHOST = 3,
	NFR_PACKET_OUTGOING = 4,
	NFR_PACKET_LOOPBACK = 5,
};

/* How the packet stands to its connection, with Linux's numbers. */
enum nfr_ctinfo {
	NFR_CT_ESTABLISHED = 0,
	NFR_CT_RELATED = 1,
	NFR_CT_NEW = 2,
	NFR_CT_IS_REPLY = 3, /* ESTABLISHED_REPLY; RELATED_REPLY is 4 */
	NFR_CT_ESTABLISHED_REPLY = 3,
	NFR_CT_RELATED_REPLY = 4,
	NFR_CT_UNTRACKED = 7, /* set by NOTRACK; ct_idx is NFR_CT_NONE */
};

static inline unsigned nfr_ctinfo_dir(uint8_t ctinfo)
{
	return ctinfo >= NFR_CT_IS_REPLY && ctinfo != NFR_CT_UNTRACKED;
}

/* No connection. Indices of connections and all other pools start at 1. */
#define NFR_CT_NONE 0u

enum nfr_pkt_flags {
	NFR_PKT_CSUM_OK = 1u << 0,   /* the transport checksum is known to be right, or owed */
	NFR_PKT_LOCAL = 1u << 1,     /* made by the router or its host, not received */
	NFR_PKT_DEFRAGMENTED = 1u << 2,
	NFR_PKT_FRAG_DF = 1u << 3,   /* the largest fragment carried DF (IPSKB_FRAG_PMTU) */
	NFR_PKT_HASHED = 1u << 4,    /* ct_hash belongs to the headers as they stand */
	NFR_PKT_FORWARDED = 1u << 5, /* passed FORWARD (IPSKB_FORWARDED) */
	NFR_PKT_TRACE = 1u << 6,     /* `-j TRACE` has marked it */
	NFR_PKT_REROUTED = 1u << 7,  /* POST_ROUTING is not passed again (IPSKB_REROUTED) */
	NFR_PKT_INVALID = 1u << 8,   /* conntrack saw it and refused to track it */
	NFR_PKT_CONFIRM = 1u << 9,   /* its connection is new and waits for confirmation */
	NFR_PKT_WATCHED = 1u << 10,  /* the caller asked for the whole trace of this packet */
	NFR_PKT_FRAG_LIST = 1u << 11, /* reassembled, and nothing has yet looked at its payload as
				       * one piece: it is cut again where it was. Whoever writes
				       * beyond the transport header clears it, as Linux
				       * linearizes the skb then (TCPMSS, helpers' mangling) */
	NFR_PKT_SOCKET = 1u << 12,   /* a program of the local host sent it (UID= in LOG) */
	NFR_PKT_LEARN = 1u << 13,    /* the stack learns from it what its connection's packets do */
	NFR_PKT_ORDINARY = 1u << 14, /* as it was received, there is nothing about it that the path
				      * would have to look at closer than at most packets: IPv4
				      * without options, sent to us, with a hop to spare; and
				      * nobody watches it. While it is on no path */
};

/* How a packet leaves, as found by routing; numbers as RTN_* in Linux. */
enum nfr_route_type {
	NFR_RTN_UNSPEC = 0,
	NFR_RTN_UNICAST = 1,
	NFR_RTN_LOCAL = 2,
	NFR_RTN_BROADCAST = 3,
	NFR_RTN_ANYCAST = 4,
	NFR_RTN_MULTICAST = 5,
	NFR_RTN_BLACKHOLE = 6,
	NFR_RTN_UNREACHABLE = 7,
	NFR_RTN_PROHIBIT = 8,
	NFR_RTN_THROW = 9,
};

struct nfr_dst {
	union nfr_addr gateway; /* next hop; the destination itself when on-link */
	uint32_t mtu;           /* bytes, of the route or else of the interface */
	uint16_t oif;           /* interface index; 0: no route */
	uint8_t type;           /* enum nfr_route_type */
	uint8_t flags;          /* the stack's own */
};

struct nfr_ct_helper;

enum nfr_ct_template_flags {
	NFR_CT_TEMPLATE_SET = 1u << 0,       /* the packet passed `-j CT` */
	NFR_CT_TEMPLATE_ZONE_MARK = 1u << 1, /* the zone is the packet's mark */
	NFR_CT_TEMPLATE_EVENTS = 1u << 2,    /* the masks of events count */
};

/*
 * What `-j CT` asks of the connection that conntrack finds or makes for the packet. It is a
 * copy, so that rules may change while the packet waits in a queue.
 *
 * Linux has a connection in its place, one a rule, whose mark CONNMARK and connmark work on until
 * conntrack has seen the packet; it stays for the next one.
 */
struct nfr_ct_template {
	const struct nfr_ct_helper *helper; /* NULL: none */
	uint16_t zone;
	uint16_t event_mask, expect_event_mask; /* of enum nfr_ct_event_bits */
	uint8_t zone_dir; /* bit 0 original, bit 1 reply: directions that the zone holds for */
	uint8_t flags;    /* enum nfr_ct_template_flags */
};

#define NFR_LINK_HLEN_MAX 18

struct nfr_pkt {
	uint8_t *data;       /* first byte of the IP header */
	uint32_t len;        /* bytes of the IP packet, link-layer padding cut off */
	uint32_t room;       /* bytes that may be used from data on, >= len */
	uint16_t flags;      /* enum nfr_pkt_flags */
	uint8_t family;      /* enum nfr_family */
	uint8_t protonum;    /* transport protocol, behind all extension headers */
	uint16_t l4_off;     /* offset of the transport header; == len when there is none */
	uint16_t frag_off;   /* bytes before this fragment; 0 for whole packets and firsts */
	uint16_t iif;        /* interface it came in on; 0 for local ones */
	uint16_t oif;        /* interface it leaves on, once routed */
	uint8_t pkt_type;    /* enum nfr_pkt_type */
	uint8_t ctinfo;      /* enum nfr_ctinfo */
	uint8_t link_len;    /* bytes in link: 14 for Ethernet, 0 for point-to-point */
	uint8_t buf;         /* packet buffer of the instance that data lies in; 0: the caller's */
	union {
		uint64_t ct_hash;  /* keyed hash of its tuple, when NFR_PKT_HASHED */
		uint32_t *ct_mark; /* the template's mark, in the rule, when ct_template has
				    * NFR_CT_TEMPLATE_SET; NULL, which is a mark of zero, once
				    * the packet was queued */
	};
	uint32_t ct_idx;     /* its connection, NFR_CT_NONE when it has none */
	uint32_t ct_ref;     /* where that leads: a hint, for the same packets */
	uint32_t mark;       /* fwmark */
	uint32_t frag_max;   /* size in bytes of the largest fragment it was put together from */
	uint16_t reason;     /* enum nfr_reason: why its way ended */
	uint16_t ct_zone;
	uint16_t pulled; /* with NFR_PKT_FRAG_LIST: bytes that must be one piece by now */
	uint8_t srr;     /* offset of its source route, once IPv4 options were looked at; 0: none */
	uint8_t srr_hop; /* offset of the hop in it that is next; 0: it is sent to daddr */
	struct nfr_dst dst;
	uint8_t link[NFR_LINK_HLEN_MAX]; /* link-layer header as received (`MAC=` in LOG) */
	struct nfr_ct_template ct_template; /* until conntrack's first hook */
};

#endif
