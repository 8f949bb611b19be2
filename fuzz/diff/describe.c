/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files of a case that are for people: `about`, and packets.py, from which the recorder can make
 * the captures again. A packet is a line of hex digits under one that says what it is.
 */
#include "judge.h"

#include "packet/dissect.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PAUSE_NS 200000000u

static FILE *create(const char *dir, const char *name)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "we");
	if (!f)
		diff_die("%s: %s", path, strerror(errno));
	return f;
}

static void put_hex(FILE *to, const uint8_t *p, uint32_t len)
{
	uint32_t i;

	fputs("bytes.fromhex(", to);
	for (i = 0; i < len; i++) {
		if (i % 40 == 0)
			fprintf(to, "%s'", i ? "'\n                   " : "");
		fprintf(to, "%02x", p[i]);
	}
	fputs(len ? "')" : "'')", to);
}

static void put_packet(FILE *to, const struct diff_scenario *s, const struct diff_packet *p)
{
	bool raw = p->dev == 0 || diff_is_tun(s, p->dev);
	uint32_t skip = raw || p->len < 14 ? 0 : 14;
	char line[400];

	nfr_packet_print(line, sizeof(line), p->data + skip, p->len - skip);
	fprintf(to, "# %s\n", line);
	if (p->dev == 0)
		fputs("local(", to);
	else
		fputs(raw ? "send(" : "send(Ether(", to);
	put_hex(to, p->data, p->len);
	if (p->dev == 0)
		fputs(")\n", to);
	else
		fprintf(to, "%s, dev='%s')\n", raw ? "" : ")", diff_dev(s, p->dev));
}

void diff_case_describe(const struct diff_scenario *s, const struct diff_record *r, const char *dir,
			const char *told)
{
	FILE *f = create(dir, "about");
	unsigned i;

	fprintf(f, "Found by comparing with Linux: seed %" PRIu64 ".\nCovers: \n"
		   "Source: fuzz/diff, seed %" PRIu64 "\nKernel: 6.18-\n", s->seed, s->seed);
	fclose(f);
	f = create(dir, "difference");
	fputs(told, f);
	fclose(f);
	f = create(dir, "packets.py");
	for (i = 0; i < r->n_steps; i++) {
		uint64_t gap = i ? r->step[i].ts_ns - r->step[i - 1].ts_ns : 0;

		if (gap >= PAUSE_NS)
			fprintf(f, "sleep(%.1f)\n", (double)gap / 1e9);
		put_packet(f, s, &r->step[i].in);
	}
	fclose(f);
}
