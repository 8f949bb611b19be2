/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The instance: carved from the caller's block, set up like a new network namespace, copied,
 * checked and summed up.
 *
 * carve() runs twice over the same calls, once to count and once to hand out, so that nfr_size()
 * and nfr_init() cannot disagree. Nothing in the block is read before it was written: pools hand
 * out zeroed objects, tables are cleared here.
 *
 * A snapshot is the block itself, without what was never used; it holds pointers into itself and
 * so goes back to its place.
 * The digest visits what determines behaviour, in an order of its own, and no padding: blocks
 * that held different bytes before give equal digests.
 */
#include "base/hash.h"
#include "stack/net.h"

#define MAX_BUFS 255u /* struct nfr_pkt counts them in a byte */
#define MAX_INDEX 0x20000000u

/* ---- the sink ---- */

static void no_xmit(void *user, uint16_t oif, const uint8_t *frame, uint32_t len,
		    const struct nfr_pkt *pkt)
{
	(void)user, (void)oif, (void)frame, (void)len, (void)pkt;
}

static void no_deliver(void *user, const struct nfr_pkt *pkt)
{
	(void)user, (void)pkt;
}

static void no_expect_event(void *user, const struct nfr_expect_event *event)
{
	(void)user, (void)event;
}

static void no_log(void *user, const struct nfr_log *log)
{
	(void)user, (void)log;
}

static bool no_queue(void *user, uint16_t num, uint32_t id, const struct nfr_pkt *pkt,
		     const struct nfr_hook_state *state)
{
	(void)user, (void)num, (void)id, (void)pkt, (void)state;
	return false;
}

static void no_trace(void *user, const struct nfr_trace *trace)
{
	(void)user, (void)trace;
}

static void sink_fill(struct nfr_sink *sink)
{
	sink->xmit = sink->xmit ? sink->xmit : no_xmit;
	sink->deliver = sink->deliver ? sink->deliver : no_deliver;
	sink->expect_event = sink->expect_event ? sink->expect_event : no_expect_event;
	sink->log = sink->log ? sink->log : no_log;
	sink->queue = sink->queue ? sink->queue : no_queue;
	sink->trace = sink->trace ? sink->trace : no_trace;
}

/* ---- carving ---- */

static bool config_fill(struct nfr_config *config)
{
	bool possible = true;

#define POOL(name, what, n)                                           \
	config->max.name = config->max.name ? config->max.name : (n); \
	possible = possible && config->max.name <= MAX_INDEX;
#include "nfref/pool.def"
#undef POOL
	return possible && config->max.buf <= MAX_BUFS && config->max.iface < UINT16_MAX &&
	       config->max.hook <= UINT16_MAX && config->max.route <= NFR_LPM_MAX_VALUE;
}

static void carve_env(struct nfr_env *env, struct nfr_arena *arena, const struct nfr_config *config)
{
	env->max_iface = config->max.iface + 1;
	env->linux_version = config->linux_version ? config->linux_version : NFR_LINUX(6, 18);
	env->sink = config->sink;
	env->ops = &nfr_stack_ops;
	sink_fill(&env->sink);
	for (unsigned i = 0; i < NFR_RNG_MAX; i++)
		nfr_rng_init(&env->rng[i], config->seed, (enum nfr_rng_purpose)i);
	for (unsigned i = 0; i < sizeof(env->hash_key.k) / sizeof(env->hash_key.k[0]); i++)
		env->hash_key.k[i] = nfr_rng_u64(&env->rng[NFR_RNG_HASH]);
	nfr_sysctl_preset(&env->sysctl, &env->if_all, &env->if_default);
	nfr_pool_init(&env->bufs, arena, config->max.buf, NFR_BUF_SIZE);
}

/* Interfaces are a pool whose memory begins with them; the loopback's place is behind its last. */
static void carve_ifaces(struct nfr_net *net, struct nfr_arena *arena,
			 const struct nfr_config *config)
{
	net->env.iface = nfr_arena_take(arena, net->env.max_iface, sizeof(*net->env.iface));
	if (net->env.iface)
		memset(net->env.iface, 0, net->env.max_iface * sizeof(*net->env.iface));
	net->ifaces = (struct nfr_pool){
		.mem = (uint8_t *)net->env.iface,
		.size = sizeof(*net->env.iface),
		.max = config->max.iface,
		.fresh = 1,
	};
}

static void carve(struct nfr_net *net, struct nfr_arena *arena, const struct nfr_config *config)
{
	carve_env(&net->env, arena, config);
	carve_ifaces(net, arena, config);
	nfr_hooks_init(&net->hooks, arena, config->max.hook, config->max.queued);
	nfr_frags_init(&net->frags, &net->env, arena, config->max.frag_queue, config->max.frag);
	nfr_ctnet_init(&net->ct, &net->env, arena, config);
	nfr_natnet_init(&net->nat, &net->env, &net->ct, arena);
	nfr_fib_init(&net->fib, &net->env, arena, config);
	nfr_xtnet_init(&net->xt, &net->env, &net->ct, &net->nat, &net->hooks, arena,
		       config->max.xt_bytes);
	nfr_fastpaths_init(&net->fastpaths, arena, config->max.fastpath);
}

size_t nfr_size(const struct nfr_config *config)
{
	struct nfr_config filled = *config;
	struct nfr_arena arena = {.base = NULL};
	struct nfr_net net;

	if (!config_fill(&filled))
		return 0;
	memset(&net, 0, sizeof(net));
	nfr_arena_take(&arena, 1, sizeof(net));
	carve(&net, &arena, &filled);
	return arena.overflow ? 0 : arena.used;
}

struct nfr_net *nfr_init(void *mem, size_t len, const struct nfr_config *config)
{
	struct nfr_config filled = *config;
	struct nfr_arena arena = {.base = mem};
	size_t size = nfr_size(config);
	struct nfr_net *net;

	if (!mem || !size || len < size || (uintptr_t)mem % 64 != 0)
		return NULL;
	config_fill(&filled);
	net = nfr_arena_take(&arena, 1, sizeof(*net));
	memset(net, 0, sizeof(*net));
	net->block = mem;
	net->size = size;
	net->watch = config->watch;
	carve(net, &arena, &filled);
	if (nfr_fib_default_rules(&net->fib) || nfr_loopback_new(net))
		return NULL; /* pools too small for what every namespace has */
	return net;
}

/* ---- snapshots ---- */

size_t nfr_snapshot_size(const struct nfr_net *net)
{
	return net->size;
}

/* A copy in progress: everything before `at` is done. */
struct copying {
	uint8_t *to;
	const uint8_t *from;
	const uint8_t *block; /* where the block lies that `layout` points into */
	size_t at;
};

/* Of the `whole` bytes at mem, a part of the block, only the first `used` count. */
static void copy_part(struct copying *c, const void *mem, size_t used, size_t whole)
{
	size_t start = (size_t)((const uint8_t *)mem - c->block);

	memcpy(c->to + c->at, c->from + c->at, start + used - c->at);
	c->at = start + whole;
}

static void copy_pool(struct copying *c, const struct nfr_pool *pool)
{
	copy_part(c, pool->mem, (size_t)(pool->fresh - 1) * pool->size,
		  (size_t)pool->max * pool->size);
}

/*
 * Copies what counts of a block laid out as `net` says: of pools only the objects that were ever
 * used, of the tries and of the rules' memory what is in use. The rest of them is never read
 * before it is written. They stand here in the order of carving.
 */
static void copy_block(const struct nfr_net *net, uint8_t *to, const uint8_t *from)
{
	const struct nfr_pool *const pools[] = {
		&net->env.bufs,	  &net->hooks.queued, &net->frags.queues, &net->frags.chunks,
		&net->frags.peers, &net->ct.cts,      &net->ct.ext,	  &net->ct.addr6,
		&net->ct.expects, &net->fib.routes,   &net->fib.rules,	  &net->fib.addrs,
		&net->fib.neighs};
	struct copying c = {.to = to, .from = from, .block = net->block};
	const struct nfr_xtnet *xt = &net->xt;

	for (size_t i = 0; i < sizeof(pools) / sizeof(pools[0]); i++)
		copy_pool(&c, pools[i]);
	copy_part(&c, net->fib.lpm.nodes, nfr_lpm_bytes(net->fib.lpm.used),
		  nfr_lpm_bytes(net->fib.lpm.max_nodes));
	copy_part(&c, xt->mem, xt->open ? xt->size : xt->used, xt->size);
	copy_part(&c, xt->bucket, xt->open ? NFR_XT_BUCKETS * sizeof(*xt->bucket) : 0,
		  NFR_XT_BUCKETS * sizeof(*xt->bucket));
	memcpy(to + c.at, from + c.at, net->size - c.at);
}

void nfr_snapshot(const struct nfr_net *net, void *to)
{
	copy_block(net, to, (const uint8_t *)net);
}

void nfr_restore(struct nfr_net *net, const void *from)
{
	struct nfr_net layout; /* as it was: the block's own changes while it is copied */

	memcpy(&layout, from, sizeof(layout));
	copy_block(&layout, (uint8_t *)net, from);
}

/* ---- time ---- */

/* A wheel looks at `budget` objects; some of them may only have been filed anew. */
static bool more_to_expire(const struct nfr_net *net)
{
	return net->frags.timer.pending || net->ct.timer.pending || net->ct.expect_timer.pending;
}

unsigned nfr_advance(struct nfr_net *net, uint64_t now_ns, unsigned budget)
{
	unsigned n;

	nfr_call_begin(net, now_ns);
	n = nfr_frags_expire(&net->frags, budget);
	if (n < budget)
		n += nfr_ct_expire(&net->ct, budget - n);
	nfr_backlog_run(net);
	return more_to_expire(net) ? budget : n;
}

/* ---- pools ---- */

static struct nfr_pool *pool_of(struct nfr_net *net, enum nfr_pool_id id)
{
	switch (id) {
	case NFR_POOL_ct:
		return &net->ct.cts;
	case NFR_POOL_ct6:
		return &net->ct.addr6;
	case NFR_POOL_ct_ext:
		return &net->ct.ext;
	case NFR_POOL_expect:
		return &net->ct.expects;
	case NFR_POOL_frag_queue:
		return &net->frags.queues;
	case NFR_POOL_frag:
		return &net->frags.chunks;
	case NFR_POOL_buf:
		return &net->env.bufs;
	case NFR_POOL_queued:
		return &net->hooks.queued;
	case NFR_POOL_iface:
		return &net->ifaces;
	case NFR_POOL_addr:
		return &net->fib.addrs;
	case NFR_POOL_route:
		return &net->fib.routes;
	case NFR_POOL_policy_rule:
		return &net->fib.rules;
	case NFR_POOL_neigh:
		return &net->fib.neighs;
	case NFR_POOL_fastpath:
		return &net->fastpaths.pool;
	case NFR_POOL_hook:
		return &net->hooks.tokens;
	case NFR_POOL_xt_bytes:
		return &net->xt.bytes;
	default:
		return NULL;
	}
}

static const struct nfr_pool *pool_of_const(const struct nfr_net *net, enum nfr_pool_id id)
{
	/* the same choice of member, for readers */
	return pool_of((struct nfr_net *)(uintptr_t)net, id);
}

uint32_t nfr_pool_used(const struct nfr_net *net, enum nfr_pool_id id)
{
	const struct nfr_pool *pool = pool_of_const(net, id);

	return pool ? pool->used : 0;
}

uint32_t nfr_pool_max(const struct nfr_net *net, enum nfr_pool_id id)
{
	const struct nfr_pool *pool = pool_of_const(net, id);

	return pool ? pool->max : 0;
}

void nfr_fault_set(struct nfr_net *net, enum nfr_pool_id id, uint32_t nth, bool onward)
{
	struct nfr_pool *pool = pool_of(net, id);

	if (pool)
		nfr_pool_fail(pool, nth, onward);
}

uint64_t nfr_reason_count(const struct nfr_net *net, enum nfr_reason reason)
{
	return (unsigned)reason < NFR_REASON_MAX ? net->env.reasons[reason] : 0;
}

uint32_t nfr_linux_version(const struct nfr_net *net)
{
	return net->env.linux_version;
}

/* ---- invariants ---- */

const char *nfr_check(const struct nfr_net *net)
{
	const char *why = nfr_hooks_check(&net->hooks);

	if (!why)
		why = nfr_frags_check(&net->frags);
	if (!why)
		why = nfr_ctnet_check(&net->ct);
	if (!why)
		why = nfr_natnet_check(&net->nat);
	if (!why)
		why = nfr_fib_check(&net->fib);
	if (!why)
		why = nfr_xtnet_check(&net->xt);
	if (!why)
		why = nfr_fastpaths_check(&net->fastpaths);
	if (!why && !nfr_pool_check(&net->env.bufs))
		why = "net: the free list of packet buffers is broken";
	if (!why && net->n_backlog)
		why = "net: a packet was left in the backlog";
	if (!why && net->env.bufs.used)
		why = "net: a packet buffer was not given back";
	return why;
}
