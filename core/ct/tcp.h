/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the TCP tracker share: a segment as it was read, the transition table, the
 * window check.
 */
#ifndef NFR_CT_TCP_H
#define NFR_CT_TCP_H

#include "ct/ct.h"

/* What a segment is to the state machine: the first of RST, SYN, FIN, ACK that it carries. */
enum nfr_tcp_index {
	NFR_TCP_SYN_SET,
	NFR_TCP_SYNACK_SET,
	NFR_TCP_FIN_SET,
	NFR_TCP_ACK_SET,
	NFR_TCP_RST_SET,
	NFR_TCP_NONE_SET,
	NFR_TCP_INDEX_MAX,
};

/* What is known of one side (flags), or was annotated with the last segment (last_flags). The
 * values are those of Linux's IP_CT_TCP_FLAG_*, which ctnetlink shows. */
enum nfr_tcp_flags {
	NFR_TCP_FLAG_WINDOW_SCALE = 0x01,
	NFR_TCP_FLAG_SACK_PERM = 0x02,
	NFR_TCP_FLAG_CLOSE_INIT = 0x04, /* it sent the first FIN */
	NFR_TCP_FLAG_BE_LIBERAL = 0x08, /* its windows are not checked */
	NFR_TCP_FLAG_DATA_UNACKNOWLEDGED = 0x10,
	NFR_TCP_FLAG_MAXACK_SET = 0x20, /* td_maxack holds something */
	NFR_TCP_FLAG_EXP_CHALLENGE_ACK = 0x40,
	NFR_TCP_FLAG_SIMULTANEOUS_OPEN = 0x80,
};

enum nfr_tcp_bits {
	NFR_TCP_FIN = 0x01,
	NFR_TCP_SYN = 0x02,
	NFR_TCP_RST = 0x04,
	NFR_TCP_PSH = 0x08,
	NFR_TCP_ACK = 0x10,
	NFR_TCP_URG = 0x20,
	NFR_TCP_ECE = 0x40,
	NFR_TCP_CWR = 0x80,
};

#define NFR_TCP_HLEN 20u

struct nfr_tcp_segment {
	uint32_t seq, ack;
	uint32_t end; /* sequence number behind it: seq, its bytes, one each for SYN and FIN */
	uint16_t win; /* as it stands in the header */
	uint8_t bits; /* enum nfr_tcp_bits */
	uint8_t index; /* enum nfr_tcp_index */
	uint8_t dir;
	uint8_t opts_len;
	const uint8_t *opts;
};

/* New state by old state, direction and index: an enum nfr_tcp_state, IGNORE or INVALID. */
extern const uint8_t nfr_tcp_next_state[NFR_TCP_MAX][NFR_CT_DIR_MAX][NFR_TCP_INDEX_MAX];

const char *nfr_tcp_state_name(unsigned state);

static inline bool nfr_tcp_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static inline bool nfr_tcp_after(uint32_t a, uint32_t b)
{
	return nfr_tcp_before(b, a);
}

/* ---- options ---- */

/* Window scale (at most 14, RFC 7323) and SACK permission of a SYN. */
struct nfr_tcp_syn_options {
	uint8_t flags; /* NFR_TCP_FLAG_WINDOW_SCALE, NFR_TCP_FLAG_SACK_PERM */
	uint8_t scale;
};

void nfr_tcp_syn_options(const struct nfr_tcp_segment *seg, struct nfr_tcp_syn_options *options);

/* The highest right edge among the segment's SACK blocks, if it is beyond sack; sack otherwise. */
uint32_t nfr_tcp_sack(const struct nfr_tcp_segment *seg, uint32_t sack);

/* ---- window ---- */

enum nfr_tcp_judgement {
	NFR_TCP_WINDOW_IN,
	NFR_TCP_WINDOW_LIBERAL, /* out of it, but accepted; no window moved */
	NFR_TCP_WINDOW_IGNORE,  /* let through, without counting it */
	NFR_TCP_WINDOW_REFUSE,
};

struct nfr_tcp_finding {
	enum nfr_tcp_judgement judgement;
	const char *why; /* the kernel's words, %u for the value; NULL when all is well */
	uint32_t value;
};

/* First segment of a connection: what it tells of its sender. */
void nfr_tcp_window_open(struct nfr_ct_tcp *tcp, const struct nfr_tcp_segment *seg);
void nfr_tcp_window_pick_up(struct nfr_ct_tcp *tcp, const struct nfr_tcp_segment *seg);

/*
 * Is the segment within what its receiver can expect? Moves the windows of both sides if so.
 * receiver_offset is what sequence adjustment added to the numbers that the segment acknowledges.
 * Of a liberal sender everything is accepted, but only what is in the window moves it.
 */
struct nfr_tcp_finding nfr_tcp_in_window(struct nfr_ct_tcp *tcp, const struct nfr_tcp_segment *seg,
					 int32_t receiver_offset, bool be_liberal);

#endif
