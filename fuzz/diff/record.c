/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario.h"

#include <stdlib.h>
#include <string.h>

const char *const diff_result_name[DIFF_RESULTS] = {
	[DIFF_CONNTRACK] = "conntrack", [DIFF_EXPECT] = "expect",   [DIFF_EVENTS] = "events",
	[DIFF_LOG] = "log",		[DIFF_RULES4] = "rules.v4", [DIFF_RULES6] = "rules.v6",
};

static void fill(struct diff_packet *packet, unsigned dev, const uint8_t *data, uint32_t len)
{
	packet->dev = (uint8_t)dev;
	packet->len = len;
	packet->data = diff_alloc(len + 1);
	memcpy(packet->data, data, len);
}

struct diff_step *diff_record_step(struct diff_record *r, unsigned dev, uint64_t ts_ns,
				   const uint8_t *data, uint32_t len)
{
	struct diff_step *step;

	if (r->n_steps == r->room) {
		r->room = 2 * r->room + 64;
		r->step = diff_grow(r->step, r->room * sizeof(*r->step));
	}
	step = &r->step[r->n_steps++];
	memset(step, 0, sizeof(*step));
	step->ts_ns = ts_ns;
	fill(&step->in, dev, data, len);
	return step;
}

void diff_record_out(struct diff_step *step, unsigned dev, const uint8_t *data, uint32_t len)
{
	if (step->n_out % 8 == 0)
		step->out = diff_grow(step->out, (step->n_out + 8) * sizeof(*step->out));
	fill(&step->out[step->n_out++], dev, data, len);
}

void diff_record_free(struct diff_record *r)
{
	unsigned i, j;

	for (i = 0; i < r->n_steps; i++) {
		for (j = 0; j < r->step[i].n_out; j++)
			free(r->step[i].out[j].data);
		free(r->step[i].out);
		free(r->step[i].in.data);
	}
	free(r->step);
	for (i = 0; i < DIFF_RESULTS; i++)
		diff_text_free(&r->result[i]);
	memset(r, 0, sizeof(*r));
}
