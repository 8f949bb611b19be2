/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hooks of the caller's: registered and removed at random, run through the one-hook interface,
 * and compared with a plain list that is searched for the next hook in order each time.
 *
 * Input: steps of an operation and its operands.
 */
#include "lib/steps.h"

#define MAX_MODEL 24
#define MAX_STEPS 128

struct model_hook {
	struct nfr_hook_ops ops;
	unsigned order; /* of registration */
	bool used;
	uint8_t verdict;
	uint8_t repeats; /* times that it answers REPEAT before its verdict */
};

static struct {
	struct model_hook hook[MAX_MODEL];
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
	status = nfr_hook_register(net, &hook->ops);
	hook->used = status == NFR_OK;
	hook->order = ++model.order;
	hook->verdict = fuzz_u8(in) % 3; /* DROP, ACCEPT, STOLEN */
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
	hook->used = false;
}

static void op_run(struct nfr_net *net, struct fuzz_in *in)
{
	static const uint8_t udp[] = {0x45, 0, 0, 28, 0, 1, 0, 0, 64, 17, 0x66, 0xce, 10, 0, 0, 1,
				      10, 0, 0, 2, 0, 7, 0, 8, 0, 8, 0, 0};
	uint8_t family = fuzz_u8(in) & 1 ? NFR_IPV6 : NFR_IPV4;
	uint8_t hooknum = fuzz_u8(in) % NFR_INET_NUMHOOKS, repeater = fuzz_u8(in) % MAX_MODEL;
	uint8_t bytes[sizeof(udp)];
	struct nfr_pkt pkt;
	unsigned verdict, expected = NFR_ACCEPT, at = 0;

	memcpy(bytes, udp, sizeof(udp));
	memset(&pkt, 0, sizeof(pkt));
	if (nfr_pkt_init(&pkt, bytes, sizeof(bytes), sizeof(bytes)) != NFR_REASON_NONE)
		fuzz_fail("a good packet is refused");
	model.n_called = 0;
	model.ok_called = false;
	model.hook[repeater].repeats = 2;
	verdict = nfr_hook(net, NFR_NSEC_PER_SEC, family, hooknum, 1, 2, &pkt, on_ok, NULL);
	for (struct model_hook *hook = next_hook(NULL, family, hooknum); hook;
	     hook = next_hook(hook, family, hooknum)) {
		unsigned times = hook == &model.hook[repeater] ? 3 : 1;

		while (times--)
			if (at >= model.n_called || model.called[at++] != (unsigned)(hook - model.hook))
				fuzz_fail("hooks are called in another order");
		expected = hook->verdict;
		if (expected != NFR_ACCEPT)
			break;
	}
	model.hook[repeater].repeats = 0;
	if (at != model.n_called)
		fuzz_fail("more hooks are called than there are");
	if ((verdict & NFR_VERDICT_MASK) != expected)
		fuzz_fail("another verdict than the last hook's");
	if (model.ok_called != (expected == NFR_ACCEPT))
		fuzz_fail("the continuation is called without ACCEPT, or not with it");
}

const enum fuzz_format fuzz_format = FUZZ_FORMAT_BYTES;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = {data, size};
	struct fuzz_router *router = fuzz_router_get(0, 0);

	memset(&model, 0, sizeof(model));
	fuzz_router_reset(router);
	for (unsigned i = 0; i < MAX_STEPS && in.left; i++) {
		switch (fuzz_u8(&in) % 3) {
		case 0:
			op_add(router->net, &in);
			break;
		case 1:
			op_remove(router->net, &in);
			break;
		default:
			op_run(router->net, &in);
			break;
		}
		fuzz_router_check(router);
	}
	return 0;
}
