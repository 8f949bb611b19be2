/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other texts of a case. `ip -batch` lines and sysctl.conf are read or refused with a word, the
 * instance is whole either way, and a packet still has a fate under whatever was configured. Lines
 * of `steps` lead to words within them. A line of a recording is equal to itself.
 *
 * Input: which of these, then text.
 */
#include <stdlib.h>

#include "compare/compare.h"
#include "compare/step.h"
#include "ip/ip.h"
#include "lib/flows.h"
#include "lib/steps.h"
#include "sysctl/conf.h"

enum kind {
	KIND_NET,
	KIND_SYSCTL,
	KIND_STEPS,
	KIND_EVENTS,
	KIND_TABLE,
	KIND_LOG,
	KIND_MAX,
};

const enum fuzz_format fuzz_format = FUZZ_FORMAT_TEXT;

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

static void configure(enum kind kind, const struct fuzz_in *in)
{
	struct fuzz_router *router = fuzz_router_get(0, 0);

	fuzz_router_reset(router);
	fuzz_router_text(router, kind == KIND_NET ? FUZZ_TEXT_NET : FUZZ_TEXT_SYSCTL, in->p, in->left);
	fuzz_router_check(router);
	send_some(router);
	fuzz_router_check(router);
}

static void within(const struct nfr_json_text *text, const char *line, size_t len)
{
	if (text->p && (text->p < line || text->len > len || text->p + text->len > line + len))
		fuzz_fail("a word of a step lies outside of its line");
}

static void read_step(const char *line)
{
	static struct nfr_step step;
	static uint8_t bytes[NFR_STEP_MAX_FRAME];
	size_t len = strlen(line);

	if (!nfr_step_parse(&step, line, len))
		return;
	fuzz_must(step.n_out <= NFR_STEP_MAX_OUT, "more packets in a step than there is room for");
	within(&step.in, line, len);
	within(&step.reason, line, len);
	for (unsigned i = 0; i < step.n_out; i++) {
		within(&step.out[i].dev, line, len);
		within(&step.out[i].hex, line, len);
		nfr_step_bytes(&step.out[i], bytes, sizeof(bytes));
	}
}

static void compare_line(enum kind kind, const char *line)
{
	static struct nfr_cmp cmp;

	memset(&cmp, 0, sizeof(cmp));
	fuzz_must(nfr_cmp_line(&cmp,
			       kind == KIND_EVENTS  ? NFR_CMP_EVENTS
			       : kind == KIND_TABLE ? NFR_CMP_TABLE
						    : NFR_CMP_LOG,
			       line, line),
		  "a line differs from itself");
	nfr_cmp_free(&cmp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = {data, size};
	enum kind kind = fuzz_u8(&in) % KIND_MAX;
	char *line;

	if (kind == KIND_NET || kind == KIND_SYSCTL) {
		configure(kind, &in);
		return 0;
	}
	line = calloc(1, in.left + 1);
	if (!line)
		abort();
	memcpy(line, in.p, in.left);
	if (kind == KIND_STEPS)
		read_step(line);
	else
		compare_line(kind, line);
	free(line);
	return 0;
}
