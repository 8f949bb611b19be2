/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"
#include "ip/ip.h"
#include "iptables/iptables.h"
#include "rulesets.h"
#include "steps.h"
#include "sums.h"
#include "sysctl/conf.h"

void fuzz_fail(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

/* ---- digest of what comes out ---- */

#define DIGEST_START UINT64_C(0xcbf29ce484222325)
#define DIGEST_PRIME UINT64_C(0x100000001b3)

FUZZ_QUIET static void digest(struct fuzz_router *router, const void *p, size_t len)
{
	const uint8_t *byte = p;

	for (size_t i = 0; i < len; i++)
		router->out = (router->out ^ byte[i]) * DIGEST_PRIME;
}

FUZZ_QUIET static void digest_u32(struct fuzz_router *router, uint32_t v)
{
	uint8_t b[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};

	digest(router, b, sizeof(b));
}

/* Whatever came in, a header that leaves is right; and all is that was right when it came. */
static void check_sums(const struct fuzz_router *router, const uint8_t *ip, size_t len)
{
	enum fuzz_sums sums = fuzz_sums_of(ip, len);

	if (router->sums == FUZZ_SUMS_GOOD && sums == FUZZ_SUMS_BAD)
		fuzz_fail("a checksum was right and is wrong afterwards");
	if (sums == FUZZ_SUMS_BAD && !fuzz_sums_header(ip, len))
		fuzz_fail("a packet leaves with a wrong header checksum");
}

static void on_xmit(void *user, uint16_t oif, const uint8_t *frame, uint32_t len,
		    const struct nfr_pkt *pkt)
{
	struct fuzz_router *router = user;

	digest_u32(router, oif);
	digest(router, frame, len);
	check_sums(router, frame + (len - pkt->len), pkt->len);
	router->n_out++;
	if (!router->answering || len > sizeof(router->last))
		return;
	router->last_oif = oif;
	router->last_len = len;
	router->last_hlen = len - pkt->len;
	memcpy(router->last, frame, len);
}

static void on_deliver(void *user, const struct nfr_pkt *pkt)
{
	digest_u32(user, UINT32_MAX);
	digest(user, pkt->data, pkt->len);
	if (((const struct fuzz_router *)user)->on_deliver)
		((const struct fuzz_router *)user)->on_deliver(pkt);
	/* what is delivered has passed the check of its header: Linux writes into options and lets
	 * the header's checksum be */
	if (pkt->data[0] == 0x45 || pkt->family == NFR_IPV6)
		check_sums(user, pkt->data, pkt->len);
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
	if (router->listens) {
		router->queued_id = id;
		router->queued_sums = router->sums;
	}
	return router->listens;
}

/* ---- routers ---- */

/* Small pools: faults and full tables are near, and what is used of them is quickly copied. */
static const struct nfr_config small = {
	.seed = 1,
	.max = {.ct = 48, .ct6 = 16, .ct_ext = 32, .expect = 8, .frag_queue = 8, .frag = 32,
		.buf = 4, .queued = 2, .iface = 4, .addr = 16, .route = 64, .policy_rule = 8,
		.neigh = 8, .fastpath = 8, .hook = 64, .xt_bytes = 64},
	.sink = {.xmit = on_xmit, .deliver = on_deliver, .ct_event = on_ct_event,
		 .expect_event = on_expect_event, .log = on_log, .queue = on_queue},
};

/* What one packet may need. */
static struct nfr_config tiny_of(struct nfr_config c)
{
	c.max.ct = c.max.ct6 = c.max.ct_ext = 4;
	c.max.expect = c.max.frag_queue = c.max.frag = c.max.neigh = 2;
	c.max.queued = 1;
	return c;
}

static struct fuzz_router *router_new(unsigned ruleset, uint8_t fill, struct nfr_config c)
{
	struct fuzz_router *router = calloc(1, sizeof(*router));
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
	static struct fuzz_router *routers[FUZZ_MAX_RULESETS + 1][2];
	struct fuzz_router **slot = &routers[ruleset][fill != 0];

	if (!*slot)
		*slot = router_new(ruleset, fill, small);
	return *slot;
}

struct fuzz_router *fuzz_router_tiny(unsigned ruleset)
{
	static struct fuzz_router *routers[FUZZ_MAX_RULESETS + 1];

	if (!routers[ruleset])
		routers[ruleset] = router_new(ruleset, 0xa5, tiny_of(small));
	return routers[ruleset];
}

struct fuzz_router *fuzz_router_watched(unsigned ruleset)
{
	static struct fuzz_router *routers[FUZZ_MAX_RULESETS + 1];
	struct nfr_config watched = small;

	watched.watch = true;
	if (!routers[ruleset])
		routers[ruleset] = router_new(ruleset, 0, watched);
	return routers[ruleset];
}

void fuzz_router_reset(struct fuzz_router *router)
{
	nfr_restore(router->net, router->made);
	router->now_ns = NFR_NSEC_PER_SEC;
	router->out = DIGEST_START;
	router->results = DIGEST_START;
	router->queued_id = 0;
	router->last_oif = 0;
	router->n_out = router->last_len = 0;
	router->n_burst = 0;
	router->sums = FUZZ_SUMS_UNKNOWN;
	router->listens = router->answering = false;
	router->on_deliver = NULL;
}

void fuzz_router_save(struct fuzz_router *router)
{
	nfr_snapshot(router->net, router->saved);
	router->saved_ns = router->now_ns;
	router->saved_out = router->out;
	router->saved_results = router->results;
	router->saved_queued_id = router->queued_id;
	router->saved_oif = router->last_oif;
	router->saved_len = router->last_len;
	router->saved_hlen = router->last_hlen;
	memcpy(router->saved_last, router->last, router->last_len);
}

void fuzz_router_restore(struct fuzz_router *router)
{
	nfr_restore(router->net, router->saved);
	router->now_ns = router->saved_ns;
	router->out = router->saved_out;
	router->results = router->saved_results;
	router->queued_id = router->saved_queued_id;
	router->last_oif = router->saved_oif;
	router->last_len = router->saved_len;
	router->last_hlen = router->saved_hlen;
	memcpy(router->last, router->saved_last, router->saved_len);
}

void fuzz_router_check(const struct fuzz_router *router)
{
	const char *broken = nfr_check(router->net);

	if (broken)
		fuzz_fail(broken);
}

bool fuzz_router_text(struct fuzz_router *router, unsigned kind, const uint8_t *bytes, size_t len)
{
	struct nfr_diag diag = {0};
	char *copy = malloc(len + 1);
	struct nfr_text text;
	int status;

	if (!copy)
		abort();
	memcpy(copy, bytes, len);
	copy[len] = 0;
	text = nfr_text_string("input", copy);
	switch (kind) {
	case FUZZ_TEXT_NET:
		status = nfr_ip_load(router->net, &text, &diag);
		break;
	case FUZZ_TEXT_SYSCTL:
		status = nfr_sysctl_load(router->net, &text, NULL, &diag);
		break;
	default:
		status = nfr_iptables_load(router->net, kind == FUZZ_TEXT_RULES6 ? NFR_IPV6 : NFR_IPV4,
					   &text, true, &diag);
		break;
	}
	free(copy);
	if (status != 0 && !diag.text[0])
		fuzz_fail("refused without a word");
	return status == 0;
}

/* ---- packets ---- */

/* Kept apart: a burst's results come after all its packets, single ones in between. */
FUZZ_QUIET static void digest_result(struct fuzz_router *router, struct nfr_result result)
{
	uint64_t v = (uint64_t)result.oif << 32 | (uint64_t)result.reason << 16 |
		     (uint64_t)result.verdict << 8 | result.ctstate;

	router->results = (router->results ^ v) * DIGEST_PRIME;
}

/* TCPMSS leaves a wrong checksum where the value lies across words, as Linux does (the case
 * target/tcpmss-odd): what may be such an option is passed over. */
static bool has_odd_mss(const uint8_t *ip, size_t len)
{
	struct fuzz_l4 l4;

	if (!fuzz_l4_find(ip, len, &l4) || l4.proto != NFR_IPPROTO_TCP)
		return false;
	for (size_t i = 21; i + 1 < l4.len && i < 60; i += 2)
		if (ip[l4.off + i] == 2 && ip[l4.off + i + 1] == 4)
			return true;
	return false;
}

/* tun0 has no Ethernet header. */
static void note_sums(struct fuzz_router *router, uint16_t ifindex, const uint8_t *frame,
		      size_t len)
{
	size_t hlen = ifindex == FUZZ_IFACES ? 0 : 14;

	router->sums = FUZZ_SUMS_UNKNOWN;
	if (len > hlen && (!hlen || (frame[12] == 0x08 && frame[13] == 0x00) ||
			   (frame[12] == 0x86 && frame[13] == 0xdd)))
		router->sums = (uint8_t)fuzz_sums_of(frame + hlen, len - hlen);
	if (router->sums == FUZZ_SUMS_GOOD && has_odd_mss(frame + hlen, len - hlen))
		router->sums = FUZZ_SUMS_UNKNOWN;
}

struct nfr_result fuzz_receive(struct fuzz_router *router, unsigned iface, const uint8_t *bytes,
			       size_t len)
{
	uint16_t ifindex = (uint16_t)(iface % FUZZ_IFACES + 1);
	uint8_t room[FUZZ_FRAME_MAX];
	struct nfr_frame frame = {room, (uint32_t)len, sizeof(room)};
	struct nfr_result result;

	memcpy(room, bytes, len);
	note_sums(router, ifindex, bytes, len);
	result = nfr_receive(router->net, router->now_ns, ifindex, &frame);
	digest_result(router, result);
	return result;
}

struct nfr_result fuzz_transmit(struct fuzz_router *router, const uint8_t *bytes, size_t len)
{
	uint8_t room[FUZZ_FRAME_MAX];
	struct nfr_frame frame = {room, (uint32_t)len, sizeof(room)};
	struct nfr_result result;

	memcpy(room, bytes, len);
	router->sums = FUZZ_SUMS_UNKNOWN;
	result = nfr_transmit(router->net, router->now_ns, &frame, 0);
	digest_result(router, result);
	return result;
}

void fuzz_reinject(struct fuzz_router *router, unsigned verdict)
{
	static const uint8_t verdicts[] = {NFR_DROP, NFR_ACCEPT, NFR_REPEAT, NFR_ACCEPT};
	uint32_t id = router->queued_id;

	if (!id)
		return;
	router->queued_id = 0;
	router->sums = router->queued_sums;
	digest_result(router, nfr_reinject(router->net, router->now_ns, id, verdicts[verdict % 4],
					   NULL));
}

void fuzz_advance(struct fuzz_router *router, unsigned budget)
{
	router->sums = FUZZ_SUMS_UNKNOWN;
	nfr_advance(router->net, router->now_ns, budget);
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
	router->sums = FUZZ_SUMS_UNKNOWN; /* of which of them is not known */
	nfr_receive_burst(router->net, router->now_ns, router->burst_if, router->burst, n, results);
	for (unsigned i = 0; i < n; i++)
		digest_result(router, results[i]);
}
