/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program of packets, time, changes of configuration, verdicts on queued packets, flushes and
 * faults through one instance. The same program runs four ways that must give the same bytes:
 *
 *   plain      packet by packet
 *   burst      in memory filled otherwise, packets of one moment in bursts
 *   replay     the second half once more from a snapshot taken in the middle
 *   watched    with every packet watched, for which there are no short ways
 *
 * Input: ruleset, options, pool to fail, its n-th request, then steps (lib/steps.h).
 */
#include "lib/flows.h"
#include "lib/run.h"
#include "lib/steps.h"

#define MAX_STEPS 256

const enum fuzz_format fuzz_format = FUZZ_FORMAT_STEPS;

static void run_half(struct fuzz_run *run, struct fuzz_in *in)
{
	struct fuzz_step step;

	for (unsigned i = 0; i < MAX_STEPS / 2 && fuzz_step_next(in, &step); i++)
		fuzz_run_step(run, &step);
	fuzz_burst_send(run->router);
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

enum way { PLAIN, BURST, WATCHED };

static void begin(struct fuzz_run *run, struct fuzz_in *in, enum way way)
{
	unsigned ruleset = fuzz_u8(in) % (fuzz_n_rulesets + 1);
	uint8_t options = fuzz_u8(in), pool = fuzz_u8(in), nth = fuzz_u8(in);

	memset(run, 0, sizeof(*run));
	run->router = way == WATCHED ? fuzz_router_watched(ruleset)
				     : fuzz_router_get(ruleset, way == BURST ? 0xa5 : 0);
	run->burst = way == BURST;
	fuzz_router_reset(run->router);
	run->router->listens = options & 1;
	run->router->answering = true;
	nfr_fault_set(run->router->net, (enum nfr_pool_id)(pool % NFR_POOL_MAX), nth & 0x7f,
		      nth & 0x80);
}

/* The whole program, another way than before. */
static uint64_t run_again(const uint8_t *data, size_t size, enum way way)
{
	struct fuzz_in in = {data, size};
	static struct fuzz_run run;

	begin(&run, &in, way);
	run_half(&run, &in);
	run_half(&run, &in);
	return finish(run.router);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = {data, size}, middle;
	static struct fuzz_run plain, half;
	uint64_t digest;

	begin(&plain, &in, PLAIN);
	run_half(&plain, &in);
	middle = in;
	half = plain;
	fuzz_router_save(plain.router);
	run_half(&plain, &in);
	digest = finish(plain.router);

	fuzz_router_restore(plain.router);
	run_half(&half, &middle);
	fuzz_must(finish(plain.router) == digest, "a replay from a snapshot gives something else");
	must_be_empty(plain.router);

	fuzz_must(run_again(data, size, BURST) == digest,
		  "bursts in other memory give something else");
	fuzz_must(run_again(data, size, WATCHED) == digest, "watched packets fare otherwise");
	return 0;
}
