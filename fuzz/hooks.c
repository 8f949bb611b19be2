/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hooks of the caller's: registered and removed at random, run through the one-hook interface,
 * and compared with a plain list that is searched for the next hook in order each time. Some of
 * them queue what they see: it waits until its verdict, then goes on behind that hook, or asks it
 * again.
 *
 * Input: steps of an operation and its operands.
 */
#include "lib/steps.h"

#define MAX_MODEL 24
#define MAX_STEPS 128
#define MAX_QUEUED 2 /* as many as the router has room for */

struct model_hook {
	struct nfr_hook_ops ops;
	unsigned order; /* of registration */
	bool used;
	unsigned verdict; /* with the queue's number and the bypass flag */
	uint8_t repeats; /* times that it answers REPEAT before its verdict */
};

struct model_queued {
	uint32_t id; /* 0: none */
	struct model_hook *hook; /* that queued it */
	unsigned order;	/* the newest hook then */
};

static struct {
	struct model_hook hook[MAX_MODEL];
	struct model_queued queued[MAX_QUEUED];
	unsigned order;
	/* one run: who was called */
	unsigned called[256], n_called;
	bool ok_called;
} model;

static unsigned on_hook(void *priv, struct nfr_pkt *pkt, const struct nfr_hook_state *state)
{
	struct model_hook *hook = priv;

	(void)pkt;
	if (hook->ops.hooknum != state->hook || hook->ops.family != state->family)
		fuzz_fail("a hook is called at another hook point");
	if (model.n_called < 256)
		model.called[model.n_called++] = (unsigned)(hook - model.hook);
	if (hook->repeats) {
		hook->repeats--;
		return NFR_REPEAT;
	}
	return hook->verdict;
}

static void on_ok(void *user, struct nfr_pkt *pkt)
{
	(void)user;
	(void)pkt;
	model.ok_called = true;
}

/* Of equal priority, the one registered last comes first, as in Linux. */
static bool before(const struct model_hook *a, const struct model_hook *b)
{
	return a->ops.priority != b->ops.priority ? a->ops.priority < b->ops.priority
						  : a->order > b->order;
}

/* The hook behind `last` at that point, or NULL. */
static struct model_hook *next_hook(const struct model_hook *last, uint8_t family, uint8_t hooknum)
{
	struct model_hook *best = NULL;

	for (unsigned i = 0; i < MAX_MODEL; i++) {
		struct model_hook *hook = &model.hook[i];

		if (!hook->used || hook->ops.family != family || hook->ops.hooknum != hooknum)
			continue;
		if (last && !before(last, hook))
			continue;
		if (!best || before(hook, best))
			best = hook;
	}
	return best;
}

static void op_add(struct nfr_net *net, struct fuzz_in *in)
{
	struct model_hook *hook = &model.hook[fuzz_u8(in) % MAX_MODEL];
	enum nfr_status status;

	if (hook->used)
		return;
	hook->ops.hook = on_hook;
	hook->ops.priv = hook;
	hook->ops.priority = (int32_t)fuzz_u8(in) % 8 - 4;
	hook->ops.family = fuzz_u8(in) & 1 ? NFR_IPV6 : NFR_IPV4;
	hook->ops.hooknum = fuzz_u8(in) % NFR_INET_NUMHOOKS;
	hook->verdict = fuzz_u8(in) & 7;
	if (hook->verdict >= NFR_QUEUE)
		hook->verdict = nfr_queue_verdict(hook->verdict, hook->verdict & 1);
	status = nfr_hook_register(net, &hook->ops);
	hook->used = status == NFR_OK;
	hook->order = ++model.order;
}

static void op_remove(struct nfr_net *net, struct fuzz_in *in)
{
	struct model_hook *hook = &model.hook[fuzz_u8(in) % MAX_MODEL];
	enum nfr_status status;

	if (!hook->ops.hook)
		return;
	status = nfr_hook_unregister(net, &hook->ops);
	if ((status == NFR_OK) != hook->used)
		fuzz_fail("a hook can be removed that is not there, or cannot that is");
	if (hook->used)
		memset(model.queued, 0, sizeof(model.queued)); /* what waits is dropped, as in Linux */
	hook->used = false;
}

static struct model_queued *room_in_queue(void)
{
	for (unsigned i = 0; i < MAX_QUEUED; i++)
		if (!model.queued[i].id)
			return &model.queued[i];
	return NULL;
}

/* What comes of a hook's verdict: NFR_ACCEPT when the next one is asked. */
static unsigned outcome(const struct model_hook *hook, bool listens)
{
	unsigned verdict = hook->verdict & NFR_VERDICT_MASK;

	if (verdict != NFR_QUEUE)
		return verdict;
	if (!room_in_queue())
		return NFR_DROP;
	if (!listens)
		return hook->verdict & NFR_VERDICT_FLAG_QUEUE_BYPASS ? NFR_ACCEPT : NFR_DROP;
	return NFR_QUEUE;
}

/* The calls that were made are those from `hook` on; returns the verdict that they lead to. */
static unsigned check_calls(struct fuzz_router *router, struct model_hook *hook,
			    const struct model_hook *repeater)
{
	unsigned expected = NFR_ACCEPT, at = 0;

	for (; hook; hook = next_hook(hook, hook->ops.family, hook->ops.hooknum)) {
		unsigned times = hook == repeater ? 3 : 1;

		while (times--)
			if (at >= model.n_called || model.called[at++] != (unsigned)(hook - model.hook))
				fuzz_fail("hooks are called in another order");
		expected = outcome(hook, router->listens);
		if (expected == NFR_QUEUE)
			*room_in_queue() = (struct model_queued){router->queued_id, hook, model.order};
		if (expected != NFR_ACCEPT)
			break;
	}
	fuzz_must(at == model.n_called, "more hooks are called than there are");
	fuzz_must(model.ok_called == (expected == NFR_ACCEPT),
		  "the continuation is called without ACCEPT, or not with it");
	return expected;
}

static void op_run(struct fuzz_router *router, struct fuzz_in *in)
{
	static const uint8_t udp[] = {0x45, 0, 0, 28, 0, 1, 0, 0, 64, 17, 0x66, 0xce, 10, 0, 0, 1,
				      10, 0, 0, 2, 0, 7, 0, 8, 0, 8, 0, 0};
	uint8_t family = fuzz_u8(in) & 1 ? NFR_IPV6 : NFR_IPV4;
	uint8_t hooknum = fuzz_u8(in) % NFR_INET_NUMHOOKS, repeater = fuzz_u8(in);
	uint8_t bytes[sizeof(udp)];
	struct nfr_pkt pkt;
	unsigned verdict;

	memcpy(bytes, udp, sizeof(udp));
	memset(&pkt, 0, sizeof(pkt));
	if (nfr_pkt_init(&pkt, bytes, sizeof(bytes), sizeof(bytes)) != NFR_REASON_NONE)
		fuzz_fail("a good packet is refused");
	router->listens = repeater & 0x80;
	repeater %= MAX_MODEL;
	model.n_called = 0;
	model.ok_called = false;
	model.hook[repeater].repeats = 2;
	verdict = nfr_hook(router->net, NFR_NSEC_PER_SEC, family, hooknum, 1, 2, &pkt, on_ok, NULL);
	model.hook[repeater].repeats = 0;
	fuzz_must((verdict & NFR_VERDICT_MASK) ==
			  check_calls(router, next_hook(NULL, family, hooknum), &model.hook[repeater]),
		  "another verdict than the last hook's");
}

static void op_reinject(struct fuzz_router *router, struct fuzz_in *in)
{
	static const uint8_t verdicts[] = {NFR_DROP, NFR_ACCEPT, NFR_REPEAT, NFR_ACCEPT};
	struct model_queued *queued = &model.queued[fuzz_u8(in) % MAX_QUEUED], was = *queued;
	uint8_t verdict = verdicts[fuzz_u8(in) % 4];
	struct model_hook *next;

	if (!was.id)
		return;
	router->listens = false;
	model.n_called = 0;
	model.ok_called = false;
	nfr_reinject(router->net, NFR_NSEC_PER_SEC, was.id, verdict, NULL);
	next = verdict == NFR_REPEAT ? was.hook
				     : next_hook(was.hook, was.hook->ops.family, was.hook->ops.hooknum);
	/* when hooks came since, Linux goes by the number in the list, whose it is now */
	if (verdict == NFR_DROP)
		fuzz_must(!model.n_called && !model.ok_called, "a dropped packet goes on");
	else if (was.order == model.order)
		check_calls(router, next, NULL);
	memset(queued, 0, sizeof(*queued)); /* its place was its own until now */
}

const enum fuzz_format fuzz_format = FUZZ_FORMAT_BYTES;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = {data, size};
	struct fuzz_router *router = fuzz_router_get(0, 0);

	memset(&model, 0, sizeof(model));
	fuzz_router_reset(router);
	for (unsigned i = 0; i < MAX_STEPS && in.left; i++) {
		switch (fuzz_u8(&in) % 4) {
		case 0:
			op_add(router->net, &in);
			break;
		case 1:
			op_remove(router->net, &in);
			break;
		case 2:
			op_reinject(router, &in);
			break;
		default:
			op_run(router, &in);
			break;
		}
		fuzz_router_check(router);
	}
	return 0;
}
