/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One frame through the whole path. Whatever its bytes, the invariants hold, the verdict has a
 * reason, and a packet whose checksums were right leaves with right checksums.
 */
#include "base/csum.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = {data, size};
	struct fuzz_router *router = fuzz_router_get(fuzz_u8(&in) % fuzz_n_rulesets, 0);
	unsigned iface = fuzz_u8(&in);
	struct nfr_result result;

	if (in.left > FUZZ_FRAME_MAX)
		return 0;
	fuzz_router_reset(router);
	result = fuzz_receive(router, iface, in.p, in.left);
	fuzz_router_check(router);
	if (result.reason == NFR_REASON_NONE)
		fuzz_fail("the packet's way ended without a reason");
	return 0;
}
