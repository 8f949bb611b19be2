/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hook points: registration by priority and the traversal of nf_hook_slow().
 */
#ifndef NFR_HOOK_HOOK_H
#define NFR_HOOK_HOOK_H

#include "base/env.h"

struct nfr_hook_entry {
	nfr_hook_fn *hook;
	void *priv;
	int32_t priority;
	uint32_t builtin; /* registered by the instance itself */
};

struct nfr_hook_list {
	uint16_t first; /* index into entries */
	uint16_t n;
};

/* All entries in one array, the lists of the ten hook points one behind the other. */
struct nfr_hooks {
	struct nfr_hook_entry *entries;
	uint32_t max, n;
	struct nfr_hook_list list[2][NFR_INET_NUMHOOKS]; /* [family is IPv6] */
	bool failing;
	struct nfr_pool queued; /* packets waiting for a verdict from outside */
};

void nfr_hooks_init(struct nfr_hooks *hooks, struct nfr_arena *arena, uint32_t max,
		    uint32_t max_queued);
enum nfr_status nfr_hooks_add(struct nfr_hooks *hooks, const struct nfr_hook_ops *ops,
			      bool builtin);
enum nfr_status nfr_hooks_del(struct nfr_hooks *hooks, const struct nfr_hook_ops *ops);

/*
 * Runs pkt through the hooks from the from-th entry on. Returns NFR_ACCEPT when all accepted;
 * otherwise NFR_DROP, NFR_STOLEN or NFR_QUEUE (the packet has been queued: it is gone) with
 * pkt->reason set.
 */
unsigned nfr_hooks_run(struct nfr_hooks *hooks, struct nfr_pkt *pkt,
		       const struct nfr_hook_state *state, unsigned from);

#endif
