/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hook points.
 *
 * The five INET hook points of each family have a list of functions each, ordered by priority.
 * Linux puts a hook that comes later before those of equal priority that are there (measured: two
 * nft base chains of one priority run last created first), and so does this file: it decides, for
 * example, whether a caller's hook at INT_MAX sees packets before or after conntrack's confirm.
 *
 * Hooks come and go rarely and are run for every packet: all lists lie in one array, one list
 * behind the other, and a change moves what is behind it.
 *
 * Verdicts, as in nf_hook_slow():
 *   ACCEPT   the next hook
 *   DROP     the end; the hook has set pkt->reason, or it becomes HOOK_DROP
 *   STOLEN   the end, the hook has the packet
 *   QUEUE    a copy waits in a slot until nfr_reinject(); with nobody listening the packet is
 *            dropped, or goes on with the next hook when the verdict carries the bypass flag
 *   REPEAT   the same hook again. Linux has given this up outside of conntrack and queues; here it
 *            is kept for callers, NFR_MAX_REPEATS times, then the packet is dropped
 *
 * A queued packet remembers the position of its hook, not the hook: when others are registered
 * before it meanwhile, the wrong one follows. Linux does the same; it drops all queued packets
 * when a hook goes away, which keeps the position from pointing behind the list.
 */
#include "hook/hook.h"

#define NFR_MAX_REPEATS 16

void nfr_hooks_init(struct nfr_hooks *hooks, struct nfr_arena *arena, uint32_t max,
		    uint32_t max_queued)
{
	struct nfr_hook_entry *entries = nfr_arena_take(arena, max, sizeof(*entries));

	nfr_pool_init(&hooks->tokens, arena, max, 8);
	nfr_pool_init(&hooks->queued, arena, max_queued, sizeof(struct nfr_queued));
	hooks->entries = entries;
	hooks->queue_seq = 0;
	hooks->okfn = NULL;
	hooks->user = NULL;
	memset(hooks->list, 0, sizeof(hooks->list));
}

static struct nfr_hook_list *list_of(struct nfr_hooks *hooks, const struct nfr_hook_ops *ops)
{
	if (ops->hooknum >= NFR_INET_NUMHOOKS ||
	    (ops->family != NFR_IPV4 && ops->family != NFR_IPV6))
		return NULL;
	return &hooks->list[ops->family == NFR_IPV6][ops->hooknum];
}

/* The lists that lie behind entry `at` of `list` move by one place, or back. */
static void shift(struct nfr_hooks *hooks, struct nfr_hook_list *list, uint32_t at, int by)
{
	struct nfr_hook_list *all = &hooks->list[0][0];
	struct nfr_hook_entry *e = hooks->entries;
	uint32_t n = hooks->tokens.used;

	if (by > 0)
		memmove(&e[at + 1], &e[at], (n - at - 1) * sizeof(*e));
	else
		memmove(&e[at], &e[at + 1], (n - at) * sizeof(*e));
	for (struct nfr_hook_list *l = list + 1; l < all + 2 * NFR_INET_NUMHOOKS; l++)
		l->first = (uint16_t)(l->first + by);
	list->n = (uint16_t)(list->n + by);
}

enum nfr_status nfr_hooks_add(struct nfr_hooks *hooks, const struct nfr_hook_ops *ops,
			      enum nfr_hook_kind kind)
{
	struct nfr_hook_list *list = list_of(hooks, ops);
	uint32_t at, end, token;

	if (!list || !ops->hook)
		return NFR_EINVAL;
	token = nfr_pool_get(&hooks->tokens);
	if (!token)
		return NFR_ENOMEM;
	at = list->first;
	end = at + list->n;
	while (at < end && hooks->entries[at].priority < ops->priority)
		at++;
	shift(hooks, list, at, 1);
	hooks->entries[at] = (struct nfr_hook_entry){
		.hook = ops->hook,
		.priv = ops->priv,
		.priority = ops->priority,
		.token = (uint16_t)token,
		.kind = (uint8_t)kind,
	};
	return NFR_OK;
}

enum nfr_status nfr_hooks_del(struct nfr_hooks *hooks, const struct nfr_hook_ops *ops,
			      enum nfr_hook_kind kind, struct nfr_env *env)
{
	struct nfr_hook_list *list = list_of(hooks, ops);

	if (!list)
		return NFR_EINVAL;
	for (uint32_t at = list->first; at < (uint32_t)list->first + list->n; at++) {
		struct nfr_hook_entry *e = &hooks->entries[at];

		if (e->hook != ops->hook || e->priv != ops->priv || e->priority != ops->priority ||
		    e->kind != kind)
			continue;
		nfr_pool_put(&hooks->tokens, e->token);
		shift(hooks, list, at, -1);
		nfr_hooks_flush(hooks, env);
		return NFR_OK;
	}
	return NFR_ENOENT;
}

static NFR_APART void tell_trace(struct nfr_pkt *pkt, const struct nfr_hook_state *state)
{
	struct nfr_env *env = nfr_env_of(state->net);
	struct nfr_trace trace = {.kind = NFR_TRACE_HOOK, .pkt = pkt, .state = state};

	env->sink.trace(env->sink.user, &trace);
}

static unsigned end_with(struct nfr_pkt *pkt, unsigned verdict, enum nfr_reason reason)
{
	if (pkt->reason == NFR_REASON_NONE)
		pkt->reason = (uint16_t)reason;
	return verdict;
}

/* Ids are never 0 and lead back to their slot; one comes again after 2^32 packets. */
static uint32_t queue_id(struct nfr_hooks *hooks, uint32_t idx)
{
	uint32_t max = hooks->queued.max;
	uint32_t rounds = UINT32_MAX / max;

	return hooks->queue_seq++ % rounds * max + idx;
}

/* Keeps a copy of the packet; NULL when no slot is left. */
static struct nfr_queued *queue_keep(struct nfr_hooks *hooks, const struct nfr_pkt *pkt,
				     const struct nfr_hook_state *state, unsigned hook_index,
				     uint16_t num)
{
	struct nfr_env *env = nfr_env_of(state->net);
	uint32_t idx = nfr_pool_get_dirty(&hooks->queued);
	struct nfr_queued *q;

	if (!idx)
		return NULL;
	q = nfr_pool_at(&hooks->queued, idx);
	q->id = queue_id(hooks, idx);
	q->ct_id = env->ops->ct_id(env, pkt);
	q->num = num;
	q->hook_index = (uint16_t)hook_index;
	q->state = *state;
	q->okfn = hooks->okfn;
	q->user = hooks->user;
	q->pkt = *pkt;
	if (pkt->ct_template.flags & NFR_CT_TEMPLATE_SET)
		q->pkt.ct_mark = NULL; /* its rule may be gone by then */
	q->pkt.data = q->data + NFR_BUF_HEADROOM;
	q->pkt.room = NFR_BUF_SIZE - NFR_BUF_HEADROOM;
	q->pkt.buf = 0;
	memcpy(q->pkt.data, pkt->data, pkt->len);
	return q;
}

/* NFR_QUEUE: it waits; NFR_ACCEPT: nobody listens, but it may pass; NFR_DROP. */
static unsigned queue(struct nfr_hooks *hooks, struct nfr_pkt *pkt,
		      const struct nfr_hook_state *state, unsigned hook_index, unsigned verdict)
{
	struct nfr_env *env = nfr_env_of(state->net);
	uint16_t num = (uint16_t)(verdict >> NFR_VERDICT_QUEUE_SHIFT);
	struct nfr_queued *q = queue_keep(hooks, pkt, state, hook_index, num);

	if (!q)
		return end_with(pkt, NFR_DROP, NFR_REASON_QUEUE_FULL);
	if (env->sink.queue(env->sink.user, num, q->id, &q->pkt, &q->state)) {
		pkt->reason = NFR_REASON_QUEUED;
		return NFR_QUEUE;
	}
	nfr_hooks_release(hooks, q);
	if (verdict & NFR_VERDICT_FLAG_QUEUE_BYPASS)
		return NFR_ACCEPT;
	return end_with(pkt, NFR_DROP, NFR_REASON_QUEUE_NO_LISTENER);
}

static unsigned repeat(const struct nfr_hook_entry *e, struct nfr_pkt *pkt,
		       const struct nfr_hook_state *state)
{
	for (unsigned i = 0; i < NFR_MAX_REPEATS; i++) {
		unsigned verdict = e->hook(e->priv, pkt, state);

		if ((verdict & NFR_VERDICT_MASK) != NFR_REPEAT)
			return verdict;
	}
	return NFR_DROP;
}

/* What follows any verdict but ACCEPT; NFR_ACCEPT when the next hook's turn has come. */
static unsigned settle(struct nfr_hooks *hooks, struct nfr_pkt *pkt,
		       const struct nfr_hook_state *state, unsigned hook_index, unsigned verdict)
{
	const struct nfr_hook_list *list = &hooks->list[state->family == NFR_IPV6][state->hook];

	if ((verdict & NFR_VERDICT_MASK) == NFR_REPEAT)
		verdict = repeat(&hooks->entries[list->first + hook_index], pkt, state);
	switch (verdict & NFR_VERDICT_MASK) {
	case NFR_ACCEPT:
		return NFR_ACCEPT;
	case NFR_STOLEN:
		return end_with(pkt, NFR_STOLEN, NFR_REASON_STOLEN);
	case NFR_QUEUE:
		return queue(hooks, pkt, state, hook_index, verdict);
	default:
		return end_with(pkt, NFR_DROP, NFR_REASON_HOOK_DROP);
	}
}

unsigned nfr_hooks_run(struct nfr_hooks *hooks, struct nfr_pkt *pkt,
		       const struct nfr_hook_state *state, unsigned from)
{
	const struct nfr_hook_list *list = &hooks->list[state->family == NFR_IPV6][state->hook];
	const struct nfr_hook_entry *first = hooks->entries + list->first;
	const struct nfr_hook_entry *end = first + list->n;

	if (nfr_pkt_watched(pkt) && from == 0)
		tell_trace(pkt, state);
	for (const struct nfr_hook_entry *e = first + from; e < end; e++) {
		unsigned verdict = e->hook(e->priv, pkt, state);

		if (verdict == NFR_ACCEPT)
			continue;
		verdict = settle(hooks, pkt, state, (unsigned)(e - first), verdict);
		if (verdict != NFR_ACCEPT)
			return verdict;
	}
	return NFR_ACCEPT;
}

unsigned nfr_hooks_settle(struct nfr_hooks *hooks, struct nfr_pkt *pkt,
			  const struct nfr_hook_state *state, const struct nfr_hook_entry *e,
			  unsigned verdict)
{
	const struct nfr_hook_list *list = &hooks->list[state->family == NFR_IPV6][state->hook];
	unsigned at = (unsigned)(e - hooks->entries) - list->first;

	verdict = settle(hooks, pkt, state, at, verdict);
	return verdict == NFR_ACCEPT ? nfr_hooks_run(hooks, pkt, state, at + 1) : verdict;
}

struct nfr_queued *nfr_hooks_queued(const struct nfr_hooks *hooks, uint32_t id)
{
	uint32_t idx = (id - 1) % hooks->queued.max + 1;
	struct nfr_queued *q = nfr_pool_at(&hooks->queued, idx);

	/* slots that were never handed out hold nothing yet */
	return id && idx < hooks->queued.fresh && q->id == id ? q : NULL;
}

void nfr_hooks_release(struct nfr_hooks *hooks, struct nfr_queued *queued)
{
	uint32_t idx = (queued->id - 1) % hooks->queued.max + 1;

	queued->id = 0;
	nfr_pool_put(&hooks->queued, idx);
}

unsigned nfr_hooks_resume(struct nfr_hooks *hooks, struct nfr_queued *queued, struct nfr_pkt *pkt,
			  unsigned verdict)
{
	const struct nfr_hook_state *state = &queued->state;
	const struct nfr_hook_list *list = &hooks->list[state->family == NFR_IPV6][state->hook];
	unsigned i = queued->hook_index;

	if (i >= list->n || (verdict != NFR_ACCEPT && verdict != NFR_REPEAT))
		return end_with(pkt, NFR_DROP, NFR_REASON_REINJECT_DROP);
	pkt->reason = NFR_REASON_NONE;
	return nfr_hooks_settle(hooks, pkt, state, &hooks->entries[list->first + i], verdict);
}

void nfr_hooks_flush(struct nfr_hooks *hooks, struct nfr_env *env)
{
	for (uint32_t idx = 1; idx < hooks->queued.fresh; idx++) {
		struct nfr_queued *q = nfr_pool_at(&hooks->queued, idx);

		if (!q->id)
			continue;
		q->pkt.reason = NFR_REASON_REINJECT_DROP;
		env->ops->pkt_end(env, &q->pkt, q->ct_id);
		nfr_hooks_release(hooks, q);
	}
}

const char *nfr_hooks_check(const struct nfr_hooks *hooks)
{
	const struct nfr_hook_list *l = &hooks->list[0][0];
	uint32_t at = 0;

	for (unsigned i = 0; i < 2 * NFR_INET_NUMHOOKS; i++) {
		if (l[i].first != at)
			return "hooks: lists overlap or leave a gap";
		at += l[i].n;
		for (uint32_t k = l[i].first + 1u; k < at; k++)
			if (hooks->entries[k - 1].priority > hooks->entries[k].priority)
				return "hooks: a list is not in order of priority";
	}
	if (at != hooks->tokens.used)
		return "hooks: entries and tokens differ in number";
	if (!nfr_pool_check(&hooks->tokens) || !nfr_pool_check(&hooks->queued))
		return "hooks: a pool's free list is broken";
	return NULL;
}
