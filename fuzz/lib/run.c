/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "run.h"

#include "rulesets.h"

/* What left last comes back as an answer, on the interface where it left. */
static size_t answer(struct fuzz_run *run, const struct fuzz_step *step, uint8_t *frame,
		     unsigned *iface)
{
	const struct fuzz_router *router = run->router;
	unsigned hlen = router->last_hlen;
	size_t len;

	if (!router->last_oif || router->last_oif > FUZZ_IFACES)
		return 0;
	*iface = router->last_oif - 1u;
	len = fuzz_answer(router->last + hlen, router->last_len - hlen, step->arg[0], step->arg[1],
			  frame + hlen);
	if (!len)
		return 0;
	if (hlen)
		fuzz_eth_header(frame, *iface, frame[hlen] >> 4 == 6);
	if (step->arg[2])
		frame[hlen + step->arg[2] % len] ^= (uint8_t)(1u << (step->arg[2] & 7));
	return hlen + len;
}

size_t fuzz_run_frame(struct fuzz_run *run, const struct fuzz_step *step, uint8_t *frame,
		      unsigned *iface)
{
	struct fuzz_choice choice;
	size_t len = step->len;

	switch (step->op) {
	case FUZZ_OP_FLOW:
		fuzz_choice_of(&choice, step->arg);
		return fuzz_flow_packet(&run->flows, &choice, frame, iface);
	case FUZZ_OP_ANSWER:
		return answer(run, step, frame, iface);
	case FUZZ_OP_RAW:
		*iface = step->arg[0];
		if (len > FUZZ_FRAME_MAX)
			len = FUZZ_FRAME_MAX;
		memcpy(frame, step->bytes, len);
		return len;
	default:
		return 0;
	}
}

static void packet(struct fuzz_run *run, const struct fuzz_step *step)
{
	uint8_t frame[FUZZ_FRAME_MAX + 64];
	unsigned iface = 0;
	size_t len = fuzz_run_frame(run, step, frame, &iface);

	if (!len || len > FUZZ_FRAME_MAX)
		return;
	if (run->burst)
		fuzz_burst_add(run->router, iface, frame, len);
	else
		fuzz_receive(run->router, iface, frame, len);
}

static void local(struct fuzz_run *run, const struct fuzz_step *step)
{
	fuzz_transmit(run->router, step->bytes,
		      step->len < FUZZ_FRAME_MAX ? step->len : FUZZ_FRAME_MAX);
}

/* Nothing changes by it. */
static void snapshot(struct fuzz_router *router)
{
	uint64_t before = nfr_digest(router->net);
	void *copy = malloc(nfr_snapshot_size(router->net));

	if (!copy)
		abort();
	nfr_snapshot(router->net, copy);
	nfr_restore(router->net, copy);
	free(copy);
	fuzz_must(nfr_digest(router->net) == before, "a snapshot restored at once changes something");
}

static void configure(struct fuzz_run *run, const struct fuzz_step *step)
{
	struct fuzz_router *router = run->router;

	switch (step->op) {
	case FUZZ_OP_RULES:
		fuzz_ruleset_change(router->net, step->arg[0] % fuzz_n_rulesets);
		break;
	case FUZZ_OP_TEXT:
		fuzz_router_text(router, step->arg[0] % FUZZ_TEXT_MAX, step->bytes, step->len);
		break;
	case FUZZ_OP_FAULT:
		nfr_fault_set(router->net, (enum nfr_pool_id)(step->arg[0] % NFR_POOL_MAX),
			      step->arg[1] & 0x7f, step->arg[1] & 0x80);
		break;
	default:
		break;
	}
}

void fuzz_run_step(struct fuzz_run *run, const struct fuzz_step *step)
{
	struct fuzz_router *router = run->router;

	if (step->op != FUZZ_OP_FLOW && step->op != FUZZ_OP_RAW)
		fuzz_burst_send(router);
	switch (step->op) {
	case FUZZ_OP_FLOW:
	case FUZZ_OP_RAW:
	case FUZZ_OP_ANSWER:
		packet(run, step);
		break;
	case FUZZ_OP_LOCAL:
		local(run, step);
		break;
	case FUZZ_OP_TIME:
		router->now_ns += fuzz_step_u32(step) % 1000000 * UINT64_C(1000000);
		break;
	case FUZZ_OP_REINJECT:
		fuzz_reinject(router, step->arg[0]);
		break;
	case FUZZ_OP_FLUSH:
		nfr_ct_flush(router->net, router->now_ns);
		break;
	case FUZZ_OP_EXPIRE:
		fuzz_advance(router, step->arg[0]);
		break;
	case FUZZ_OP_SNAPSHOT:
		snapshot(router);
		break;
	default:
		configure(run, step);
		break;
	}
	if (!run->burst)
		fuzz_router_check(router);
}

void fuzz_run_asking(const uint8_t *data, size_t size, unsigned max,
		     void (*bring)(struct fuzz_run *run, const struct fuzz_step *step))
{
	static struct fuzz_run run;
	struct fuzz_in in = {data, size};
	unsigned ruleset = fuzz_u8(&in) % (fuzz_n_rulesets + 1);
	struct fuzz_step step;

	fuzz_u8(&in);
	fuzz_u16(&in);
	memset(&run, 0, sizeof(run));
	run.router = fuzz_router_get(ruleset, 0);
	fuzz_router_reset(run.router);
	run.router->answering = true;
	for (unsigned i = 0; i < max && fuzz_step_next(&in, &step); i++) {
		if (step.op == FUZZ_OP_FLOW || step.op == FUZZ_OP_RAW || step.op == FUZZ_OP_ANSWER)
			bring(&run, &step);
		else
			fuzz_run_step(&run, &step);
	}
}
