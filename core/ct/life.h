/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The steps of a connection's life that the files of ct/ share: from packet to record, into the
 * table, and out of it.
 */
#ifndef NFR_CT_LIFE_H
#define NFR_CT_LIFE_H

#include "ct/table.h"

/* The zone that a packet is in, for lookups in each direction (struct nf_conntrack_zone). */
struct nfr_ct_zones {
	uint16_t id[NFR_CT_DIR_MAX];
};

void nfr_ct_zones_of(const struct nfr_pkt *pkt, struct nfr_ct_zones *zones);

/* Reference of the connection with this flow as seen from these zones, or 0. `hash` is that of
 * the flow with the zone of the original direction, which is set already. */
uint32_t nfr_ct_lookup_zones(struct nfr_ctnet *net, struct nfr_ct_flow *flow, uint64_t hash,
			     const struct nfr_ct_zones *zones);

/* A fresh record with both flows, counted; 0 with pkt->reason when there is no room. */
uint32_t nfr_ct_alloc(struct nfr_ctnet *net, struct nfr_pkt *pkt,
		      const struct nfr_ct_flow flow[NFR_CT_DIR_MAX], uint64_t hash);

/* The same by a packet of IPv4 whose protocol has ports, outside of all zones. */
uint32_t nfr_ct_alloc4(struct nfr_ctnet *net, struct nfr_pkt *pkt, struct nfr_ct_words original,
		       uint64_t hash);

/* Gives up a record that is not in the table (any more). */
void nfr_ct_release(struct nfr_ctnet *net, uint32_t idx);

/* The wheel has come by: out of the list of the dead. */
void nfr_ct_dead_del(struct nfr_ctnet *net, uint32_t idx);

/* Files a confirmed record in the wheel. */
void nfr_ct_file(struct nfr_ctnet *net, uint32_t idx);

/* Makes room by dropping a connection that nobody has answered, near where the hash leads. */
bool nfr_ct_early_drop(struct nfr_ctnet *net, uint64_t hash);

void nfr_ct_timers_init(struct nfr_ctnet *net);


/* Whether anybody is to hear of a master's expectations; the event's number in Linux's enum
 * ip_conntrack_expect_events. */
bool nfr_ct_wants_expect_event(const struct nfr_ctnet *net, const struct nfr_ct *ct,
			       unsigned event);
void nfr_ct_deliver_events(struct nfr_ctnet *net, struct nfr_ct *ct);
void nfr_ct_destroy_event(struct nfr_ctnet *net, const struct nfr_ct *ct);

void nfr_expects_init(struct nfr_ctnet *net, struct nfr_arena *arena, uint32_t max);
void nfr_expects_clear(struct nfr_ctnet *net);
void nfr_expect_timer_init(struct nfr_ctnet *net);

static inline uint32_t nfr_ct_idx(const struct nfr_ctnet *net, const struct nfr_ct *ct)
{
	return (uint32_t)(ct - (const struct nfr_ct *)(const void *)net->cts.mem) + 1;
}

#endif
