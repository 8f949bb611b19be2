/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One frame through the whole path. Whatever its bytes, the invariants hold, the verdict has a
 * reason, and a packet whose checksums were right leaves with right checksums.
 *
 * Input: ruleset, interface, frame.
 */
#include "lib/steps.h"

const enum fuzz_format fuzz_format = FUZZ_FORMAT_FRAME;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = {data, size};
	struct fuzz_router *router = fuzz_router_tiny(fuzz_u8(&in) % fuzz_n_rulesets);
	unsigned iface = fuzz_u8(&in);
	struct nfr_result result;

	if (in.left > FUZZ_FRAME_MAX)
		return 0;
	fuzz_router_reset(router);
	result = fuzz_receive(router, iface, in.p, in.left);
	fuzz_router_check(router);
	fuzz_must(result.reason != NFR_REASON_NONE, "the packet's way ended without a reason");
	return 0;
}
