/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reassembly of IPv4 and IPv6 fragments before conntrack.
 */
#ifndef NFR_PKT_DEFRAG_H
#define NFR_PKT_DEFRAG_H

#include "base/timer.h"
#include "base/env.h"

/* Who asks for reassembly: fragments of different users and zones never meet. */
enum nfr_defrag_user {
	NFR_DEFRAG_CONNTRACK_IN,
	NFR_DEFRAG_CONNTRACK_OUT,
	NFR_DEFRAG_LOCAL_DELIVER,
};

struct nfr_frags {
	struct nfr_env *env;
	struct nfr_pool queues; /* datagrams being reassembled */
	struct nfr_pool chunks; /* their fragments */
	struct nfr_pool peers;  /* IPv4 sources of them; never runs out */
	struct nfr_timer timer;
	uint32_t *bucket;       /* hash of queues */
	uint32_t *peer_bucket;  /* hash of peers */
	uint32_t n_buckets;     /* of each, a power of two */
	uint64_t mem[2];        /* accounted bytes, as Linux counts them; [family is IPv6] */
};

void nfr_frags_init(struct nfr_frags *frags, struct nfr_env *env, struct nfr_arena *arena,
		    uint32_t max_queues, uint32_t max_frags);

/*
 * Gives a packet to reassembly. Returns
 *   NFR_ACCEPT   not a fragment (IPv6: or one that Linux lets pass as it is), or it completed its
 *                datagram: pkt is now the whole one in a packet buffer, with frag_max,
 *                NFR_PKT_DEFRAGMENTED, NFR_PKT_FRAG_LIST and perhaps NFR_PKT_FRAG_DF set; a
 *                buffer that it was in before is given back
 *   NFR_STOLEN   kept; pkt->reason is QUEUED_FRAGMENT
 *   NFR_DROP     refused; pkt->reason says why
 */
unsigned nfr_defrag(struct nfr_frags *frags, struct nfr_pkt *pkt, enum nfr_defrag_user user);

/* Expires datagrams whose time is over; the ICMP error that Linux owes goes out by env->ops. */
unsigned nfr_frags_expire(struct nfr_frags *frags, unsigned budget);
void nfr_frags_flush(struct nfr_frags *frags);
const char *nfr_frags_check(const struct nfr_frags *frags);

#endif
