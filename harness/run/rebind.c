/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/rebind.h"

#include "base/bytes.h"
#include "packet/rewrite.h"

#include <stdlib.h>
#include <string.h>

void nfr_rebind_open(struct nfr_rebind *rebind, const char *want)
{
	char path[4096];

	memset(rebind, 0, sizeof(*rebind));
	if (!want)
		return;
	snprintf(path, sizeof(path), "%s/steps", want);
	rebind->steps = fopen(path, "r");
}

void nfr_rebind_close(struct nfr_rebind *rebind)
{
	if (rebind->steps)
		fclose(rebind->steps);
	free(rebind->line);
	free(rebind->step);
	nfr_swap_free(&rebind->swap);
}

/* Steps that cannot be read bind nothing: comparison will speak of them. */
static void read_step(struct nfr_rebind *rebind)
{
	ssize_t len = getline(&rebind->line, &rebind->line_room, rebind->steps);

	rebind->n_seen = 0;
	if (!rebind->step)
		rebind->step = malloc(sizeof(*rebind->step));
	if (len > 0 && rebind->step && nfr_step_parse(rebind->step, rebind->line, (size_t)len))
		return;
	fclose(rebind->steps);
	free(rebind->step);
	rebind->steps = NULL;
	rebind->step = NULL;
}

static void bound_ports(void *user, const struct nfr_ends *ends, uint16_t to[2])
{
	const struct nfr_rebind *rebind = user;
	bool swapped;
	struct nfr_cmp_flow flow = nfr_cmp_flow_of(ends, &swapped);

	flow = nfr_swap_get(&rebind->swap, &flow);
	to[swapped] = flow.port[0];
	to[!swapped] = flow.port[1];
}

void nfr_rebind_input(struct nfr_rebind *rebind, uint8_t *frame, uint32_t len, bool raw)
{
	if (!rebind->steps)
		return;
	read_step(rebind);
	if (rebind->swap.forth.n)
		nfr_packet_rewrite_ports(frame, len, raw, bound_ports, rebind);
}

static unsigned count_seen(struct nfr_rebind *rebind, const char *dev)
{
	unsigned i;

	for (i = 0; i < rebind->n_seen; i++)
		if (!strcmp(rebind->seen[i].dev, dev))
			return rebind->seen[i].n++;
	if (i < sizeof(rebind->seen) / sizeof(*rebind->seen)) {
		rebind->seen[i].dev = dev;
		rebind->seen[i].n = 1;
		rebind->n_seen++;
	}
	return 0;
}

/* Flows that stand at the same place in both packets; those that were never different need no row. */
static void bind_ports(struct nfr_rebind *rebind, const uint8_t *want, const uint8_t *got,
		       uint32_t len, bool raw)
{
	struct nfr_dissection d;
	struct nfr_ends w, g;
	struct nfr_cmp_flow flow, other;
	bool swapped;
	unsigned i;

	nfr_dissect(&d, want, len, raw);
	for (i = 0; i < d.n; i++) {
		if (!nfr_ends_at(&w, want, &d.field[i]) || !nfr_ends_at(&g, got, &d.field[i]) ||
		    memcmp(w.src, g.src, 2u * w.addr_len) != 0)
			continue;
		flow = nfr_cmp_flow_of(&w, &swapped);
		other = flow;
		other.port[0] = g.port[swapped];
		other.port[1] = g.port[!swapped];
		if (memcmp(&other, &flow, sizeof(flow)) != 0 || nfr_cmp_flows_get(&rebind->swap.forth, &flow))
			nfr_swap_put(&rebind->swap, &flow, &other);
	}
}

void nfr_rebind_output(struct nfr_rebind *rebind, const char *dev, const uint8_t *frame,
		       uint32_t len, bool raw)
{
	static uint8_t want[NFR_STEP_MAX_FRAME];
	const struct nfr_step_out *out;

	if (!rebind->step)
		return;
	out = nfr_step_nth(rebind->step, dev, strlen(dev), count_seen(rebind, dev));
	if (!out || out->hex.len != 2u * len || len > sizeof(want))
		return;
	nfr_step_bytes(out, want, len);
	if (memcmp(want, frame, len) != 0 || rebind->swap.forth.n)
		bind_ports(rebind, want, frame, len, raw);
}
