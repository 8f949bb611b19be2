/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `ip -batch` lines and sysctl.conf: read or refused with a word, the instance whole either way,
 * and a packet still has a fate under whatever was configured.
 *
 * Input: which of the two, then text.
 */
#include <stdlib.h>

#include "lib/flows.h"
#include "lib/steps.h"
#include "ip/ip.h"
#include "sysctl/conf.h"

static void send_some(struct fuzz_router *router)
{
	static const struct fuzz_choice choices[] = {{.flow = 2, .payload = 9},
						     {.flow = 6, .reply = 1, .payload = 9}};
	struct fuzz_flows flows = {0};
	uint8_t frame[FUZZ_FRAME_MAX];
	unsigned iface;

	for (unsigned i = 0; i < 2; i++) {
		size_t len = fuzz_flow_packet(&flows, &choices[i], frame, &iface);

		fuzz_receive(router, iface, frame, len);
	}
}

const enum fuzz_format fuzz_format = FUZZ_FORMAT_TEXT;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = {data, size};
	bool sysctl = fuzz_u8(&in) & 1;
	struct fuzz_router *router = fuzz_router_get(0, 0);
	struct nfr_diag diag = {0};
	char *input = calloc(1, in.left + 1);
	struct nfr_text text;
	int status;

	if (!input)
		abort();
	memcpy(input, in.p, in.left);
	fuzz_router_reset(router);
	text = nfr_text_string("input", input);
	status = sysctl ? nfr_sysctl_load(router->net, &text, NULL, &diag)
			: nfr_ip_load(router->net, &text, &diag);
	if (status != 0 && !diag.text[0])
		fuzz_fail("refused without a word");
	fuzz_router_check(router);
	send_some(router);
	fuzz_router_check(router);
	free(input);
	return 0;
}
