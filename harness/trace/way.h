/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A packet's way: everything that the instance told while one input went through it, kept until
 * it can be printed as text for people or as JSON.
 */
#ifndef NFR_HARNESS_TRACE_WAY_H
#define NFR_HARNESS_TRACE_WAY_H

#include "run/run.h"

enum nfr_way_kind {
	NFR_WAY_HOOK,
	NFR_WAY_RULE,
	NFR_WAY_CT,
	NFR_WAY_NAT,
	NFR_WAY_ROUTE,
	NFR_WAY_TCP,
	NFR_WAY_NOTE,
	NFR_WAY_LOG,
	NFR_WAY_OUT,     /* a frame left */
	NFR_WAY_DELIVER, /* a packet was delivered to the router itself */
};

struct nfr_way_step {
	uint8_t kind;     /* enum nfr_way_kind */
	uint8_t hook;     /* enum nfr_inet_hook; NFR_INET_NUMHOOKS: none */
	uint8_t before, after; /* of CT: enum nfr_tcp_state, both 0 for other protocols */
	bool reply;       /* of CT: the packet goes in reply direction */
	bool made_here;   /* about a packet that the router made: an answer, an error */
	const char *table, *type; /* of RULE; static */
	const char *state;        /* of CT: NEW, ESTABLISHED...; static */
	char chain[NFR_XT_CHAIN_LEN];
	char target[NFR_XT_CHAIN_LEN];
	uint32_t num;
	unsigned verdict;
	uint32_t value[8];  /* of TCP: as in struct nfr_trace */
	const char *dev;    /* of OUT and ROUTE; lives as long as the run */
	char *text;         /* the rule, the note, the packet in a line; or NULL */
};

struct nfr_way {
	const struct nfr_run *run;
	struct nfr_way_step *step;
	size_t n, room;
	bool from_inside; /* the input is a packet of the local host */
};

void nfr_way_begin(struct nfr_way *way, const struct nfr_run *run, bool from_inside);
void nfr_way_free(struct nfr_way *way);

/* What the sink hears. */
void nfr_way_trace(struct nfr_way *way, const struct nfr_trace *trace);
void nfr_way_log(struct nfr_way *way, const struct nfr_log *log);
void nfr_way_out(struct nfr_way *way, uint16_t oif, const uint8_t *frame, uint32_t len,
		 const struct nfr_pkt *pkt);
void nfr_way_deliver(struct nfr_way *way, const struct nfr_pkt *pkt);

/* For people. `colour`: with the escapes of a terminal. */
void nfr_way_print(FILE *to, const struct nfr_way *way, const struct nfr_run_frame *frame,
		   const char *packet, const struct nfr_result *result, bool colour);
/* A JSON array. */
void nfr_way_json(FILE *to, const struct nfr_way *way);

const char *nfr_way_ctstate(uint8_t ctstate);    /* enum nfr_ctstate; NULL for NONE */
const char *nfr_way_verdict(unsigned verdict);
const char *nfr_way_hook(uint8_t hook);          /* "PREROUTING" */
const char *nfr_way_tcp_state(uint8_t tcp_state); /* "SYN_SENT" */

#endif
