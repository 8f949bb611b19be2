/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Must crash: an oracle that is never true for any input with a frame in it. A rig that lets it
 * pass ignores what the oracles say.
 *
 * Input: as of `packet`.
 */
#include "lib/steps.h"

const enum fuzz_format fuzz_format = FUZZ_FORMAT_FRAME;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = {data, size};
	struct fuzz_router *router = fuzz_router_get(1, 0);
	unsigned iface;

	fuzz_u8(&in);
	iface = fuzz_u8(&in);
	if (!in.left || in.left > FUZZ_FRAME_MAX)
		return 0;
	fuzz_router_reset(router);
	fuzz_must(fuzz_receive(router, iface, in.p, in.left).reason == NFR_REASON_NONE,
		  "the packet has a reason, as it should");
	return 0;
}
