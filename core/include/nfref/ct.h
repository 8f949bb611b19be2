/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections and expectations as a reader sees them: what `conntrack -L`, `conntrack -E` and
 * `conntrack -L expect` print. Views are copies; the tables themselves are the instance's own.
 */
#ifndef NFREF_CT_H
#define NFREF_CT_H

#include "nfref/tuple.h"

/* Status bits, with the numbers of Linux (`--ctstatus`, nf_conntrack_common.h). */
enum nfr_ct_status {
	NFR_IPS_EXPECTED = 1u << 0,
	NFR_IPS_SEEN_REPLY = 1u << 1,
	NFR_IPS_ASSURED = 1u << 2,
	NFR_IPS_CONFIRMED = 1u << 3,
	NFR_IPS_SRC_NAT = 1u << 4,
	NFR_IPS_DST_NAT = 1u << 5,
	NFR_IPS_SEQ_ADJUST = 1u << 6,
	NFR_IPS_SRC_NAT_DONE = 1u << 7,
	NFR_IPS_DST_NAT_DONE = 1u << 8,
	NFR_IPS_DYING = 1u << 9,
	NFR_IPS_FIXED_TIMEOUT = 1u << 10,
	NFR_IPS_TEMPLATE = 1u << 11,
	NFR_IPS_NAT_CLASH = 1u << 12,
	NFR_IPS_HELPER = 1u << 13,
};

/* States of the TCP tracker, in Linux's order. */
enum nfr_tcp_state {
	NFR_TCP_NONE,
	NFR_TCP_SYN_SENT,
	NFR_TCP_SYN_RECV,
	NFR_TCP_ESTABLISHED,
	NFR_TCP_FIN_WAIT,
	NFR_TCP_CLOSE_WAIT,
	NFR_TCP_LAST_ACK,
	NFR_TCP_TIME_WAIT,
	NFR_TCP_CLOSE,
	NFR_TCP_SYN_SENT2,
	NFR_TCP_MAX,
	NFR_TCP_IGNORE = NFR_TCP_MAX, /* table cells that are no states */
	NFR_TCP_INVALID,
};

/* States of the SCTP tracker, in Linux's order. */
enum nfr_sctp_state {
	NFR_SCTP_NONE,
	NFR_SCTP_CLOSED,
	NFR_SCTP_COOKIE_WAIT,
	NFR_SCTP_COOKIE_ECHOED,
	NFR_SCTP_ESTABLISHED,
	NFR_SCTP_SHUTDOWN_SENT,
	NFR_SCTP_SHUTDOWN_RECD,
	NFR_SCTP_SHUTDOWN_ACK_SENT,
	NFR_SCTP_HEARTBEAT_SENT,
	NFR_SCTP_MAX,
	NFR_SCTP_INVALID = NFR_SCTP_MAX, /* a table cell that is no state */
};

/* Events, with the bit numbers of Linux's ip_conntrack_events. */
enum nfr_ct_event_bits {
	NFR_IPCT_NEW = 1u << 0,
	NFR_IPCT_RELATED = 1u << 1,
	NFR_IPCT_DESTROY = 1u << 2,
	NFR_IPCT_REPLY = 1u << 3,
	NFR_IPCT_ASSURED = 1u << 4,
	NFR_IPCT_PROTOINFO = 1u << 5,
	NFR_IPCT_HELPER = 1u << 6,
	NFR_IPCT_MARK = 1u << 7,
	NFR_IPCT_SEQADJ = 1u << 8,
	NFR_IPCT_SECMARK = 1u << 9,
	NFR_IPCT_LABEL = 1u << 10,
	NFR_IPCT_SYNPROXY = 1u << 11,
};

struct nfr_ct_counter {
	uint64_t packets;
	uint64_t bytes;
};

struct nfr_ct_view {
	struct nfr_tuple tuple[NFR_CT_DIR_MAX];
	uint32_t idx;    /* this connection's index while it lives */
	uint32_t id;     /* a number that no other connection of this instance had before */
	uint32_t status; /* enum nfr_ct_status */
	uint32_t mark;
	int64_t timeout_ns;   /* remaining; negative once expired */
	uint16_t zone;        /* of both directions, or 0 */
	uint16_t zone_dir[NFR_CT_DIR_MAX]; /* of one direction (--zone-orig, --zone-reply), or 0 */
	uint8_t tcp_state;    /* enum nfr_tcp_state, for TCP; 0 otherwise */
	uint8_t sctp_state;   /* enum nfr_sctp_state, for SCTP; 0 otherwise */
	bool has_acct;        /* nf_conntrack_acct was on when it was created */
	bool has_timestamp;   /* nf_conntrack_timestamp was on when it was created */
	struct nfr_ct_counter acct[NFR_CT_DIR_MAX];
	uint64_t start_ns;    /* when it was confirmed; as `now` of the caller */
	uint64_t stop_ns;     /* when it was destroyed, 0 before */
	const char *helper;   /* static string, or NULL */
	uint32_t master_idx;  /* of the connection that expected it, or NFR_CT_NONE */
};

enum nfr_ct_event_type {
	NFR_CT_EVENT_NEW,
	NFR_CT_EVENT_UPDATE,
	NFR_CT_EVENT_DESTROY,
};

struct nfr_ct_event {
	enum nfr_ct_event_type type;
	uint32_t bits; /* enum nfr_ct_event_bits */
	struct nfr_ct_view ct;
};

enum nfr_expect_flags {
	NFR_EXPECT_PERMANENT = 1u << 0,
	NFR_EXPECT_INACTIVE = 1u << 1,
	NFR_EXPECT_USERSPACE = 1u << 2,
};

struct nfr_expect_view {
	struct nfr_tuple tuple;
	struct nfr_tuple mask;
	struct nfr_tuple master; /* original direction of the connection that expects */
	int64_t timeout_ns;      /* remaining */
	uint32_t flags;          /* enum nfr_expect_flags */
	uint32_t class_id;        /* class of the helper's policy */
	uint16_t zone;
	const char *helper;      /* static string, or NULL */
};

struct nfr_expect_event {
	enum nfr_ct_event_type type; /* NEW or DESTROY */
	struct nfr_expect_view expect;
};

#endif
