/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Expiry in bounded steps. A wheel of lists of indices: an object is filed once under the time it
 * may expire; when its slot comes up and the object's real expiry (which moves without telling
 * the wheel) is later, it is filed again. Nothing moves per packet. timer.c tells how.
 *
 * The owner keeps a uint32_t link in each object and answers for its expiry through ops.
 */
#ifndef NFR_BASE_TIMER_H
#define NFR_BASE_TIMER_H

#include "base/arena.h"

struct nfr_timer_ops {
	uint64_t (*expires_ns)(void *owner, uint32_t idx); /* real expiry of the object */
	uint32_t *(*link)(void *owner, uint32_t idx);
	void (*expire)(void *owner, uint32_t idx); /* unfiled already; may free it */
};

#define NFR_TIMER_LEVELS 4
#define NFR_TIMER_SLOTS 256

struct nfr_timer {
	const struct nfr_timer_ops *ops;
	void *owner;
	uint64_t now_tick; /* slots before this one are empty */
	uint32_t pending;  /* objects of the slot that is up and were not looked at yet */
	uint32_t level;    /* levels below this one still have a slot to come up at now_tick */
	uint32_t n_filed;
	uint32_t n_level[NFR_TIMER_LEVELS]; /* objects of each, pending ones included */
	uint32_t slot[NFR_TIMER_LEVELS][NFR_TIMER_SLOTS];
};

#define NFR_TIMER_TICK_NS (NFR_NSEC_PER_SEC / 16)

void nfr_timer_init(struct nfr_timer *timer, const struct nfr_timer_ops *ops, void *owner,
		    uint64_t now_ns);
void nfr_timer_add(struct nfr_timer *timer, uint32_t idx, uint64_t expires_ns);

/* Takes an object out wherever it is filed. O(objects in its slot) while its expiry is the one it
 * was filed with, O(n_filed) otherwise: for rare removals; a common one marks the object dead and
 * lets the wheel find it. */
void nfr_timer_del(struct nfr_timer *timer, uint32_t idx);

/* Looks at no more than budget objects whose time may have come; returns how many it expired.
 * Objects expire in order of tick, never before their time and at the first tick (a sixteenth of
 * a second) at or after it. */
unsigned nfr_timer_run(struct nfr_timer *timer, uint64_t now_ns, unsigned budget);

#endif
