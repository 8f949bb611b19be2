/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program of packets, time, rule changes, verdicts on queued packets, flushes and faults through
 * one instance. The same program runs three ways that must give the same bytes:
 *
 *   plain      packet by packet
 *   burst      in memory filled otherwise, packets of one moment in bursts
 *   replay     the second half once more from a snapshot taken in the middle
 *
 * Input: ruleset, options, pool to fail, its n-th request, then steps (see enum step).
 */
#include "fuzz.h"
#include "flows.h"

#define MAX_STEPS 256

enum step {
	STEP_FLOW,     /* the next packet of one of a few flows, checksums right */
	STEP_RAW,      /* a frame as it stands in the input */
	STEP_LOCAL,    /* the same from the local host */
	STEP_TIME,     /* milliseconds go by */
	STEP_REINJECT, /* verdict on the packet queued last */
	STEP_FLUSH,
	STEP_EXPIRE,   /* a few entries at most */
	STEP_MAX,
};

enum mode {
	MODE_PLAIN,
	MODE_BURST,
};

static void step_packet(struct fuzz_router *router, struct fuzz_in *in, struct fuzz_flows *flows,
			enum step step, enum mode mode)
{
	uint8_t frame[FUZZ_FRAME_MAX];
	unsigned iface = 0;
	size_t len;

	if (step == STEP_FLOW) {
		len = fuzz_flow_packet(flows, in, frame, &iface);
	} else {
		iface = fuzz_u8(in);
		len = fuzz_u16(in) % sizeof(frame);
		len = fuzz_bytes(in, frame, len);
	}
	if (step == STEP_LOCAL)
		fuzz_transmit(router, frame, len);
	else if (mode == MODE_BURST)
		fuzz_burst_add(router, iface, frame, len);
	else
		fuzz_receive(router, iface, frame, len);
}

static void run_steps(struct fuzz_router *router, struct fuzz_in *in, struct fuzz_flows *flows,
		      unsigned n_steps, enum mode mode)
{
	for (unsigned i = 0; i < n_steps && in->left; i++) {
		enum step step = fuzz_u8(in) % STEP_MAX;

		if (step > STEP_RAW)
			fuzz_burst_send(router);
		switch (step) {
		case STEP_FLOW:
		case STEP_RAW:
		case STEP_LOCAL:
			step_packet(router, in, flows, step, mode);
			break;
		case STEP_TIME:
			router->now_ns += fuzz_u32(in) % 1000000 * UINT64_C(1000000);
			break;
		case STEP_REINJECT:
			fuzz_reinject(router, fuzz_u8(in));
			break;
		case STEP_FLUSH:
			nfr_ct_flush(router->net, router->now_ns);
			break;
		default:
			nfr_advance(router->net, router->now_ns, fuzz_u8(in));
			break;
		}
		if (mode == MODE_PLAIN)
			fuzz_router_check(router);
	}
	fuzz_burst_send(router);
}

/* Returns the digest of everything that came out and of what is left inside. */
static uint64_t finish(struct fuzz_router *router)
{
	uint64_t digest = router->out ^ router->results << 1 ^ nfr_digest(router->net);

	fuzz_router_check(router);
	return digest;
}

static void must_be_empty(struct fuzz_router *router)
{
	static const enum nfr_pool_id pools[] = {NFR_POOL_ct, NFR_POOL_ct6, NFR_POOL_ct_ext,
						 NFR_POOL_expect, NFR_POOL_buf};

	nfr_ct_flush(router->net, router->now_ns);
	fuzz_router_check(router);
	if (nfr_pool_used(router->net, NFR_POOL_queued))
		return; /* what waits in a queue keeps its connection */
	for (size_t i = 0; i < sizeof(pools) / sizeof(pools[0]); i++)
		if (nfr_pool_used(router->net, pools[i]))
			fuzz_fail("a pool is not empty after a flush");
}

static void set_up(struct fuzz_router *router, struct fuzz_in *in)
{
	unsigned pool = fuzz_u8(in) % NFR_POOL_MAX;
	unsigned nth = fuzz_u8(in);

	fuzz_router_reset(router);
	nfr_fault_set(router->net, (enum nfr_pool_id)pool, nth & 0x7f, nth & 0x80);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = {data, size}, half;
	struct fuzz_flows flows = {0}, half_flows;
	struct fuzz_router *plain, *burst;
	unsigned ruleset = fuzz_u8(&in) % fuzz_n_rulesets;
	bool listens = fuzz_u8(&in) & 1;
	struct fuzz_in start = in;
	uint64_t digest;

	plain = fuzz_router_get(ruleset, 0x00);
	burst = fuzz_router_get(ruleset, 0xa5);
	plain->listens = burst->listens = listens;

	set_up(plain, &in);
	run_steps(plain, &in, &flows, MAX_STEPS / 2, MODE_PLAIN);
	half = in;
	half_flows = flows;
	fuzz_router_save(plain);
	run_steps(plain, &in, &flows, MAX_STEPS / 2, MODE_PLAIN);
	digest = finish(plain);

	fuzz_router_restore(plain);
	run_steps(plain, &half, &half_flows, MAX_STEPS / 2, MODE_PLAIN);
	if (finish(plain) != digest)
		fuzz_fail("a replay from a snapshot gives something else");
	must_be_empty(plain);

	in = start;
	memset(&flows, 0, sizeof(flows));
	set_up(burst, &in);
	run_steps(burst, &in, &flows, MAX_STEPS, MODE_BURST);
	if (finish(burst) != digest)
		fuzz_fail("bursts in other memory give something else");
	return 0;
}
