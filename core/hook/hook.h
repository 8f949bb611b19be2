/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hook points: registration by priority, the traversal of nf_hook_slow(), and the packets that
 * wait in a queue for a verdict from outside.
 */
#ifndef NFR_HOOK_HOOK_H
#define NFR_HOOK_HOOK_H

#include "base/env.h"

/* Whose hook it is: a caller's, or the instance's own, which knows of each of its own which
 * packets it has nothing to do with (stack/point.h). */
enum nfr_hook_kind {
	NFR_HOOK_CALLER,
	NFR_HOOK_BUILTIN, /* may have to do with every packet */
	NFR_HOOK_DEFRAG,
	NFR_HOOK_TABLE,
	NFR_HOOK_NAT,
	NFR_HOOK_CONFIRM,
};

struct nfr_hook_entry {
	nfr_hook_fn *hook;
	void *priv;
	int32_t priority;
	uint16_t token; /* of the pool that counts them */
	uint8_t kind;	/* enum nfr_hook_kind */
};

struct nfr_hook_list {
	uint16_t first; /* index into entries */
	uint16_t n;
};

/* All entries in one array, the lists of the ten hook points one behind the other. */
struct nfr_hooks {
	struct nfr_hook_entry *entries;
	struct nfr_hook_list list[2][NFR_INET_NUMHOOKS]; /* [family is IPv6] */
	struct nfr_pool tokens; /* one for each entry: how many there may be */
	struct nfr_pool queued; /* struct nfr_queued */
	uint32_t queue_seq;	/* of the next one queued */
	nfr_okfn *okfn;		/* of the nfr_hook() call that runs, NULL: the stack's own */
	void *user;
};

/* A packet that waits for its verdict, with all of its bytes. */
struct nfr_queued {
	uint32_t pool_link[2]; /* the pool's, while it is free */
	uint32_t id;	       /* told to the listener; 0 while it is free */
	uint32_t ct_id;	       /* of its connection: the index may be another's by then */
	uint16_t num;
	uint16_t hook_index; /* entry of the hook point that queued it */
	struct nfr_hook_state state;
	nfr_okfn *okfn; /* continues in place of the stack; NULL: the stack does */
	void *user;
	struct nfr_pkt pkt;
	uint8_t data[NFR_BUF_SIZE];
};

void nfr_hooks_init(struct nfr_hooks *hooks, struct nfr_arena *arena, uint32_t max,
		    uint32_t max_queued);

/* NFR_EINVAL: no such hook point; NFR_ENOMEM: too many; NFR_ENOENT: no such hook. */
enum nfr_status nfr_hooks_add(struct nfr_hooks *hooks, const struct nfr_hook_ops *ops,
			      enum nfr_hook_kind kind);

/* As in Linux, packets in queues are dropped when a hook goes away. */
enum nfr_status nfr_hooks_del(struct nfr_hooks *hooks, const struct nfr_hook_ops *ops,
			      enum nfr_hook_kind kind, struct nfr_env *env);

static inline bool nfr_hooks_any(const struct nfr_hooks *hooks, uint8_t family, unsigned hook)
{
	return hooks->list[family == NFR_IPV6][hook].n != 0;
}

/*
 * Runs pkt through the hooks from the from-th entry on. Returns NFR_ACCEPT when all accepted;
 * otherwise NFR_DROP, NFR_STOLEN or NFR_QUEUE (the packet has been queued: it is gone) with
 * pkt->reason set.
 */
unsigned nfr_hooks_run(struct nfr_hooks *hooks, struct nfr_pkt *pkt,
		       const struct nfr_hook_state *state, unsigned from);

/* Goes on after an entry has given this verdict. Returns as nfr_hooks_run(). */
unsigned nfr_hooks_settle(struct nfr_hooks *hooks, struct nfr_pkt *pkt,
			  const struct nfr_hook_state *state, const struct nfr_hook_entry *e,
			  unsigned verdict);

/* The queued packet of that id, or NULL; it stays in its slot until nfr_hooks_release(). */
struct nfr_queued *nfr_hooks_queued(const struct nfr_hooks *hooks, uint32_t id);
void nfr_hooks_release(struct nfr_hooks *hooks, struct nfr_queued *queued);

/* Goes on with a queued packet: `verdict` of ACCEPT continues behind the hook that queued it,
 * REPEAT asks that hook again. Returns as nfr_hooks_run(). */
unsigned nfr_hooks_resume(struct nfr_hooks *hooks, struct nfr_queued *queued, struct nfr_pkt *pkt,
			  unsigned verdict);

/* Drops all packets that wait. */
void nfr_hooks_flush(struct nfr_hooks *hooks, struct nfr_env *env);

const char *nfr_hooks_check(const struct nfr_hooks *hooks);

#endif
