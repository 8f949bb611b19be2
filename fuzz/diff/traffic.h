/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The world around the router: hosts that talk, and answer what reaches them. See traffic.c.
 */
#ifndef NFR_FUZZ_DIFF_TRAFFIC_H
#define NFR_FUZZ_DIFF_TRAFFIC_H

#include "kernel.h"
#include "packet.h"

#define DIFF_PENDING 48
#define DIFF_ENDS 24
#define DIFF_SEEN 24
#define DIFF_SENT 24

/* One end of a TCP connection, as it sees the world. */
struct diff_end {
	bool used, client, open, fin_sent;
	uint8_t dev, family;
	uint8_t local[16], remote[16];
	uint16_t lport, rport;
	uint32_t next, peer; /* sequence numbers: of what it says next, of what it expects */
	uint16_t window;
	bool timestamps;
	unsigned turn; /* how often it has said something */
};

struct diff_seen { /* what came out last */
	uint8_t dev;
	uint32_t len;
	uint8_t ip[2048];
};

struct diff_traffic {
	struct diff_scenario *s;
	struct diff_kernel *kernel;
	struct diff_rnd rnd;
	unsigned n_sent;
	bool failed;
	uint16_t next_id, next_port;
	struct diff_pkt pending[DIFF_PENDING];
	unsigned n_pending;
	struct diff_end end[DIFF_ENDS];
	struct diff_seen seen[DIFF_SEEN];
	unsigned n_seen;
	struct diff_pkt sent[DIFF_SENT];
	unsigned n_sent_kept;
};

/* Talks to the router until the scenario's packets are used up. False: the kernel failed. */
bool diff_traffic_run(struct diff_scenario *s, struct diff_kernel *kernel);

/* ---- the parts ---- */

/* Whether the two sides say the same of such a packet. */
bool diff_usable(const struct diff_pkt *p);
/* A new packet from one host to another; false: not a usable one. */
bool diff_new_pkt(struct diff_traffic *t, struct diff_pkt *p);
/* To be sent soon: its checksums are made right. */
void diff_push(struct diff_traffic *t, struct diff_pkt *p);
/* Sends now; what comes out is taken in. */
void diff_send_now(struct diff_traffic *t, unsigned dev, const uint8_t *frame, uint32_t len);
unsigned diff_new_port(struct diff_traffic *t);

/* tcp.c */
void diff_tcp_open(struct diff_traffic *t, const struct diff_pkt *from_to, unsigned sport,
		   unsigned dport);
void diff_tcp_input(struct diff_traffic *t, unsigned dev, const struct diff_view *v);
/* An end says something by itself: data, FIN, RST, a retransmission, nonsense. */
void diff_tcp_act(struct diff_traffic *t);

/* ftp.c: what an end of a control connection says next (NULL: nothing), and what it makes of a line */
const char *diff_ftp_say(struct diff_traffic *t, struct diff_end *end, char *room, size_t size);
void diff_ftp_hear(struct diff_traffic *t, struct diff_end *end, const char *line);

/* spice.c: what goes wrong on the way. Sends the packet, in pieces or spoilt. */
void diff_emit(struct diff_traffic *t, struct diff_pkt *p);
/* An ICMP error about something that came out. */
void diff_error(struct diff_traffic *t);
/* A packet that came out goes in again, changed. */
void diff_reflect(struct diff_traffic *t);

#endif
