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
	nfr_bind_free(&rebind->bind);
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

static struct nfr_endpoint endpoint(const uint8_t *frame, const struct nfr_field *field)
{
	return nfr_endpoint_of(field->proto, frame + field->addr_off, field->addr_len,
			       nfr_get16(frame + field->off));
}

static uint16_t bound_port(void *user, const uint8_t *frame, const struct nfr_field *field)
{
	const struct nfr_rebind *rebind = user;
	struct nfr_endpoint end = endpoint(frame, field);

	return nfr_bind_port(&rebind->bind, &end);
}

void nfr_rebind_input(struct nfr_rebind *rebind, uint8_t *frame, uint32_t len, bool raw)
{
	if (!rebind->steps)
		return;
	read_step(rebind);
	if (rebind->bind.forth.n)
		nfr_packet_rewrite_ports(frame, len, raw, bound_port, rebind);
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

/* Ports that stand at the same place in both packets but are not the same. */
static void bind_ports(struct nfr_rebind *rebind, const uint8_t *want, const uint8_t *got,
		       uint32_t len, bool raw)
{
	struct nfr_dissection d;
	struct nfr_endpoint end;
	unsigned i;

	nfr_dissect(&d, want, len, raw);
	for (i = 0; i < d.n; i++) {
		const struct nfr_field *f = &d.field[i];

		if (f->kind != NFR_FIELD_SPORT && f->kind != NFR_FIELD_DPORT &&
		    f->kind != NFR_FIELD_ICMP_ID)
			continue;
		end = endpoint(want, f);
		if (end.port != nfr_get16(got + f->off) &&
		    !memcmp(want + f->addr_off, got + f->addr_off, f->addr_len))
			nfr_bind_put(&rebind->bind, &end, nfr_get16(got + f->off));
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
	if (memcmp(want, frame, len) != 0)
		bind_ports(rebind, want, frame, len, raw);
}
