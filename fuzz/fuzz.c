/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"
#include "rulesets.h"

/* ---- input ---- */

uint8_t fuzz_u8(struct fuzz_in *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->p++;
}

uint16_t fuzz_u16(struct fuzz_in *in)
{
	uint16_t high = fuzz_u8(in);

	return (uint16_t)(high << 8 | fuzz_u8(in));
}

uint32_t fuzz_u32(struct fuzz_in *in)
{
	uint32_t high = fuzz_u16(in);

	return high << 16 | fuzz_u16(in);
}

size_t fuzz_bytes(struct fuzz_in *in, void *to, size_t n)
{
	if (n > in->left)
		n = in->left;
	memcpy(to, in->p, n);
	in->p += n;
	in->left -= n;
	return n;
}

void fuzz_fail(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

/* ---- digest of what comes out ---- */

#define DIGEST_START UINT64_C(0xcbf29ce484222325)
#define DIGEST_PRIME UINT64_C(0x100000001b3)

static void digest(struct fuzz_router *router, const void *p, size_t len)
{
	const uint8_t *byte = p;

	for (size_t i = 0; i < len; i++)
		router->out = (router->out ^ byte[i]) * DIGEST_PRIME;
}

static void digest_u32(struct fuzz_router *router, uint32_t v)
{
	uint8_t b[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};

	digest(router, b, sizeof(b));
}

static void on_xmit(void *user, uint16_t oif, const uint8_t *frame, uint32_t len,
		    const struct nfr_pkt *pkt)
{
	(void)pkt;
	digest_u32(user, oif);
	digest(user, frame, len);
}

static void on_deliver(void *user, const struct nfr_pkt *pkt)
{
	digest_u32(user, UINT32_MAX);
	digest(user, pkt->data, pkt->len);
}

static void on_ct_event(void *user, const struct nfr_ct_event *event)
{
	digest_u32(user, event->type);
	digest_u32(user, event->bits);
	digest_u32(user, event->ct.status);
	digest(user, event->ct.tuple, sizeof(event->ct.tuple));
}

static void on_expect_event(void *user, const struct nfr_expect_event *event)
{
	digest_u32(user, event->type);
	digest(user, &event->expect.tuple, sizeof(event->expect.tuple));
}

static void on_log(void *user, const struct nfr_log *log)
{
	digest_u32(user, log->level);
	digest(user, log->prefix, strlen(log->prefix));
	digest(user, log->pkt->data, log->pkt->len);
}

static bool on_queue(void *user, uint16_t num, uint32_t id, const struct nfr_pkt *pkt,
		     const struct nfr_hook_state *state)
{
	struct fuzz_router *router = user;

	digest_u32(router, num);
	digest_u32(router, state->hook);
	digest(router, pkt->data, pkt->len);
	if (router->listens)
		router->queued_id = id;
	return router->listens;
}

/* ---- routers ---- */

/* Small pools: faults and full tables are near, and a snapshot is quickly copied. */
static const struct nfr_config config = {
	.seed = 1,
	.max = {.ct = 48, .ct6 = 16, .ct_ext = 32, .expect = 8, .frag_queue = 8, .frag = 32,
		.buf = 4, .queued = 2, .iface = 4, .addr = 16, .route = 32, .policy_rule = 8,
		.neigh = 8, .hook = 64, .xt_bytes = 24},
	.sink = {.xmit = on_xmit, .deliver = on_deliver, .ct_event = on_ct_event,
		 .expect_event = on_expect_event, .log = on_log, .queue = on_queue},
};

static struct fuzz_router *router_new(unsigned ruleset, uint8_t fill)
{
	struct fuzz_router *router = calloc(1, sizeof(*router));
	struct nfr_config c = config;
	size_t len = nfr_size(&c);

	if (!router || !len)
		abort();
	router->mem = aligned_alloc(64, (len + 63) / 64 * 64);
	if (!router->mem)
		abort();
	memset(router->mem, fill, len);
	c.sink.user = router;
	router->net = nfr_init(router->mem, len, &c);
	if (!router->net)
		fuzz_fail("no instance in memory of the size it asked for");
	fuzz_ruleset_load(router->net, ruleset);
	nfr_advance(router->net, 0, 1); /* what is made at first use is in the snapshot */
	router->made = malloc(nfr_snapshot_size(router->net));
	router->saved = malloc(nfr_snapshot_size(router->net));
	if (!router->made || !router->saved)
		abort();
	nfr_snapshot(router->net, router->made);
	return router;
}

struct fuzz_router *fuzz_router_get(unsigned ruleset, uint8_t fill)
{
	static struct fuzz_router *routers[FUZZ_MAX_RULESETS][2];
	struct fuzz_router **slot = &routers[ruleset][fill != 0];

	if (!*slot)
		*slot = router_new(ruleset, fill);
	return *slot;
}

void fuzz_router_reset(struct fuzz_router *router)
{
	nfr_restore(router->net, router->made);
	router->now_ns = NFR_NSEC_PER_SEC;
	router->out = DIGEST_START;
	router->results = DIGEST_START;
	router->queued_id = 0;
	router->n_burst = 0;
}

void fuzz_router_save(struct fuzz_router *router)
{
	nfr_snapshot(router->net, router->saved);
	router->saved_ns = router->now_ns;
	router->saved_out = router->out;
	router->saved_results = router->results;
	router->saved_queued_id = router->queued_id;
}

void fuzz_router_restore(struct fuzz_router *router)
{
	nfr_restore(router->net, router->saved);
	router->now_ns = router->saved_ns;
	router->out = router->saved_out;
	router->results = router->saved_results;
	router->queued_id = router->saved_queued_id;
}

void fuzz_router_check(const struct fuzz_router *router)
{
	const char *broken = nfr_check(router->net);

	if (broken)
		fuzz_fail(broken);
}

/* ---- packets ---- */

/* Kept apart: a burst's results come after all its packets, single ones in between. */
static void digest_result(struct fuzz_router *router, struct nfr_result result)
{
	uint64_t v = (uint64_t)result.oif << 32 | (uint64_t)result.reason << 16 |
		     (uint64_t)result.verdict << 8 | result.ctstate;

	router->results = (router->results ^ v) * DIGEST_PRIME;
}

struct nfr_result fuzz_receive(struct fuzz_router *router, unsigned iface, const uint8_t *bytes,
			       size_t len)
{
	uint8_t room[FUZZ_FRAME_MAX];
	struct nfr_frame frame = {room, (uint32_t)len, sizeof(room)};
	struct nfr_result result;

	memcpy(room, bytes, len);
	result = nfr_receive(router->net, router->now_ns, (uint16_t)(iface % FUZZ_IFACES + 1),
			     &frame);
	digest_result(router, result);
	return result;
}

void fuzz_transmit(struct fuzz_router *router, const uint8_t *bytes, size_t len)
{
	uint8_t room[FUZZ_FRAME_MAX];
	struct nfr_frame frame = {room, (uint32_t)len, sizeof(room)};

	memcpy(room, bytes, len);
	digest_result(router, nfr_transmit(router->net, router->now_ns, &frame, 0));
}

void fuzz_reinject(struct fuzz_router *router, unsigned verdict)
{
	static const uint8_t verdicts[] = {NFR_DROP, NFR_ACCEPT, NFR_REPEAT, NFR_ACCEPT};
	uint32_t id = router->queued_id;

	if (!id)
		return;
	router->queued_id = 0;
	digest_result(router, nfr_reinject(router->net, router->now_ns, id, verdicts[verdict % 4],
					   NULL));
}

void fuzz_burst_add(struct fuzz_router *router, unsigned iface, const uint8_t *bytes, size_t len)
{
	uint16_t ifindex = (uint16_t)(iface % FUZZ_IFACES + 1);
	struct nfr_frame *frame;

	if (router->n_burst == FUZZ_BURST || (router->n_burst && router->burst_if != ifindex))
		fuzz_burst_send(router);
	frame = &router->burst[router->n_burst];
	frame->data = router->burst_bytes[router->n_burst];
	frame->len = (uint32_t)len;
	frame->room = FUZZ_FRAME_MAX;
	memcpy(frame->data, bytes, len);
	router->burst_if = ifindex;
	router->n_burst++;
}

void fuzz_burst_send(struct fuzz_router *router)
{
	struct nfr_result results[FUZZ_BURST];
	unsigned n = router->n_burst;

	if (!n)
		return;
	router->n_burst = 0;
	nfr_receive_burst(router->net, router->now_ns, router->burst_if, router->burst, n, results);
	for (unsigned i = 0; i < n; i++)
		digest_result(router, results[i]);
}
