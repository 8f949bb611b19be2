/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A case on its way through an instance: inputs in the order of time, one at a time. What the
 * packets cause goes to the sink that the caller gives.
 */
#ifndef NFR_HARNESS_RUN_RUN_H
#define NFR_HARNESS_RUN_RUN_H

#include "pcap_in.h"
#include "run/case.h"
#include "run/reach.h"
#include "run/rebind.h"

#define NFR_RUN_MAX_IFINDEX 64

struct nfr_run_opts {
	uint64_t seed;
	uint32_t linux_version;  /* 0: the default */
	uint32_t max_connections; /* 0: Linux's default */
	bool watch;              /* sink.trace hears of every packet */
	int prefill;             /* fill the instance's memory with this byte first; -1: do not */
	FILE *warn;              /* hears of what is passed over; or NULL */
	struct {
		uint32_t ifindex; /* in a cooked capture */
		char name[NFR_IFNAMSIZ];
	} ifindex[NFR_RUN_MAX_IFINDEX];
	unsigned n_ifindex;
};

struct nfr_run_input {
	const char *name; /* `local`, or of the capture's interface; "any" */
	uint16_t ifindex; /* 0: local, or any */
	struct nfr_pcap_in in;
	struct nfr_pcap_frame frame;
	bool more; /* frame is the next one */
};

/* An input, ready to be sent. */
struct nfr_run_frame {
	const char *in;   /* interface, or `local` */
	uint16_t ifindex; /* 0: local */
	uint32_t n;       /* over all inputs, from 0 */
	uint64_t ts_ns;
	bool raw;         /* no Ethernet header */
	uint8_t *data;
	uint32_t len;
};

struct nfr_run {
	const struct nfr_case *c;
	const struct nfr_run_opts *opts;
	struct nfr_net *net;
	void *memory;
	size_t memory_len;
	uint64_t now_ns;
	uint32_t n; /* inputs so far */
	struct nfr_run_input input[NFR_CASE_MAX_IFS + 2];
	unsigned n_inputs;
	struct nfr_rebind rebind;
	uint8_t *buf;
	struct nfr_run_learned { /* which interface a cooked capture's index is */
		uint32_t ifindex;
		uint16_t iface;
	} learned[NFR_RUN_MAX_IFINDEX];
	unsigned n_learned;
	struct nfr_reach reach; /* for cooked captures only */
};

int nfr_run_open(struct nfr_run *run, struct nfr_case *c, const struct nfr_run_opts *opts,
		 const struct nfr_sink *sink, struct nfr_diag *diag);
void nfr_run_close(struct nfr_run *run);

/* The next input, with time gone by up to it (what times out meanwhile reaches the sink now).
 * 1: there is one; 0: no more; -1: diag. */
int nfr_run_next(struct nfr_run *run, struct nfr_run_frame *frame, struct nfr_diag *diag);
struct nfr_result nfr_run_send(struct nfr_run *run, struct nfr_run_frame *frame);

/* A name for an interface index: `local` for 0. */
const char *nfr_run_dev(const struct nfr_run *run, uint16_t ifindex);

/* ---- run/cooked.c ---- */

/* Makes an Ethernet (or raw) frame of a cooked one. 1: done; 0: not an incoming packet, pass over;
 * -1: diag. `iface`: of the capture, 0 when it is of all interfaces. */
int nfr_run_cooked(struct nfr_run *run, const struct nfr_run_input *input,
		   struct nfr_run_frame *frame, struct nfr_diag *diag);

#endif
