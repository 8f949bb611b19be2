/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine's kernel as a router: one namespace with the scenario's configuration, one that is
 * the wire. See kernel.c.
 */
#ifndef NFR_FUZZ_DIFF_KERNEL_H
#define NFR_FUZZ_DIFF_KERNEL_H

#include "scenario.h"

struct diff_kernel {
	const struct diff_scenario *s;
	struct diff_record *record;
	int home, wire, router;        /* namespaces */
	int packet;                    /* AF_PACKET in the wire's namespace */
	int wire_index[DIFF_MAX_IFS + 1]; /* of each interface's other end */
	int wire_lo;
	int tun[DIFF_MAX_IFS + 1];     /* -1: none */
	int raw4, raw6;                /* what the router itself sends */
	int nflog;                     /* what was delivered */
	void *events;                  /* struct nfct_handle */
	int kmsg, kmsg_lock;           /* -1 when nothing logs */
	uint64_t started_ns;
	struct diff_text why;          /* not empty: this run cannot be used */
	bool refused;                  /* because Linux refused a part of the configuration */
};

/* What all kernels of a process share; once, before the first. */
void diff_kernel_prepare(unsigned worker);

/* Sets a router up; false: k->why. close() in any case. */
bool diff_kernel_open(struct diff_kernel *k, const struct diff_scenario *s,
		      struct diff_record *record);
/* One input, now; what came out is in the step. NULL: k->why. */
struct diff_step *diff_kernel_send(struct diff_kernel *k, unsigned dev, const uint8_t *data,
				   uint32_t len);
/* The tables at the end, into the record. */
bool diff_kernel_finish(struct diff_kernel *k);
void diff_kernel_close(struct diff_kernel *k);

uint64_t diff_now_ns(void);

/* ---- tool.c ---- */

/* Runs a tool with `input`; what it prints is appended to out, or to err when it fails. */
bool diff_tool(const char *const argv[], const char *input, struct diff_text *out,
	       struct diff_text *err);
/* Writes below /proc/sys/net. */
bool diff_sysctl_write(const char *path, const char *value);

/* ---- netlink.c ---- */

/* Each socket belongs to the namespace of the caller. -1, NULL: it cannot be opened. */
int diff_nflog_open(unsigned group);
/* Hands over each packet that waits. */
void diff_nflog_read(int fd, void (*packet)(void *user, uint8_t *data, uint32_t len), void *user);
void *diff_events_open(void);
/* Reads all events that wait, as `conntrack -E -e ALL -o extended` prints them, and closes. */
void diff_events_close(void *events, struct diff_text *to);
void diff_conntrack_dump(uint8_t family, struct diff_text *to);
void diff_expect_dump(uint8_t family, struct diff_text *to);
/* Permanent neighbours on an interface: addr + first ... addr + last. */
void diff_neighbours(int ifindex, uint8_t family, const uint8_t *addr, unsigned first,
		     unsigned last, const uint8_t mac[6]);

#endif
