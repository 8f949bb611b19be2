/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A scenario as a folder in the format of the conformance suite, and its comparison by the
 * harness' own replay and compare.
 */
#include "judge.h"

#include "compare/compare.h"
#include "pcap_out.h"
#include "run/replay.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void diff_case_remove(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void write_file(const char *dir, const char *name, const struct diff_text *text)
{
	char path[512];
	FILE *f;

	if (!text->len)
		return;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "we");
	if (!f || fwrite(text->p, 1, text->len, f) != text->len || fclose(f) != 0)
		diff_die("%s: %s", path, strerror(errno));
}

/* ---- captures ---- */

struct captures {
	struct nfr_pcap_out file[DIFF_MAX_IFS + 1];
	unsigned n;
};

static void open_captures(struct captures *c, const struct diff_scenario *s, const char *dir)
{
	char path[512];
	unsigned k;

	c->n = s->n_ifs + 1;
	for (k = 0; k < c->n; k++) {
		snprintf(path, sizeof(path), "%s/%s.pcap", dir, diff_dev(s, k));
		nfr_pcap_out_init(&c->file[k], path, k == 0 || diff_is_tun(s, k));
	}
}

static void put_packet(struct captures *c, uint64_t ts_ns, const struct diff_packet *p)
{
	struct nfr_diag diag;

	if (nfr_pcap_out_write(&c->file[p->dev], ts_ns, p->data, p->len, &diag) < 0)
		diff_die("%s: %s", diag.file, diag.text);
}

static void close_captures(struct captures *c)
{
	struct nfr_diag diag;
	unsigned k;

	for (k = 0; k < c->n; k++)
		if (nfr_pcap_out_close(&c->file[k], &diag) < 0)
			diff_die("%s: %s", diag.file, diag.text);
}

static void write_packets(const struct diff_scenario *s, const struct diff_record *r,
			  const char *in, const char *want)
{
	struct captures arrived, left;
	unsigned i, j;

	open_captures(&arrived, s, in);
	open_captures(&left, s, want);
	for (i = 0; i < r->n_steps; i++) {
		put_packet(&arrived, r->step[i].ts_ns, &r->step[i].in);
		for (j = 0; j < r->step[i].n_out; j++)
			put_packet(&left, r->step[i].ts_ns, &r->step[i].out[j]);
	}
	close_captures(&arrived);
	close_captures(&left);
}

static void write_steps(const struct diff_scenario *s, const struct diff_record *r,
			const char *want)
{
	char path[512], *outs;
	unsigned i, j;
	size_t len;
	FILE *f, *list;

	snprintf(path, sizeof(path), "%s/steps", want);
	f = fopen(path, "we");
	if (!f)
		diff_die("%s: %s", path, strerror(errno));
	for (i = 0; i < r->n_steps; i++) {
		const struct diff_step *step = &r->step[i];

		list = open_memstream(&outs, &len);
		for (j = 0; j < step->n_out; j++)
			nfr_replay_put_out(list, diff_dev(s, step->out[j].dev), step->out[j].data,
					   step->out[j].len);
		fclose(list);
		fprintf(f, "{\"in\": \"%s\", \"n\": %u, \"out\": [%s]}\n",
			diff_dev(s, step->in.dev), i, outs);
		free(outs);
	}
	if (fclose(f) != 0)
		diff_die("%s: %s", path, strerror(errno));
}

void diff_case_write(const struct diff_scenario *s, const struct diff_record *r, const char *dir)
{
	char in[400], want[400];
	unsigned i;

	diff_case_remove(dir);
	snprintf(in, sizeof(in), "%s/in", dir);
	snprintf(want, sizeof(want), "%s/want", dir);
	if (mkdir(dir, 0777) < 0 || mkdir(in, 0777) < 0 || mkdir(want, 0777) < 0)
		diff_die("%s: %s", dir, strerror(errno));
	write_file(dir, "net", &s->net);
	write_file(dir, "sysctl.conf", &s->sysctl);
	write_file(dir, "rules.v4", &s->rules[0]);
	write_file(dir, "rules.v6", &s->rules[1]);
	write_packets(s, r, in, want);
	write_steps(s, r, want);
	for (i = 0; i < DIFF_RESULTS; i++)
		write_file(want, diff_result_name[i], &r->result[i]);
}

/* ---- comparing ---- */

static bool replay(const char *dir, const char *got, struct diff_text *told)
{
	struct nfr_run_opts opts = {.seed = 1, .prefill = -1, .max_connections = 8192};
	struct nfr_diag diag = {0};
	struct nfr_case c;
	int status = nfr_case_open(&c, dir, &diag);

	if (status == 0)
		status = nfr_case_complete(&c, &diag);
	if (status == 0)
		status = nfr_replay(&c, &opts, false, got, &diag);
	nfr_case_free(&c);
	if (status < 0)
		diff_put(told, "nfref: %s:%u:%u: %s\n", diag.file, diag.line, diag.column, diag.text);
	return status == 0;
}

/* Linux takes away connections that have run out when it comes by, nfref when it does: where time jumps,
 * ends are left to the tables. */
static void without_ends(const char *folder)
{
	struct diff_text text = {0};
	char path[512], *line = NULL;
	size_t room = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/events", folder);
	f = fopen(path, "re");
	while (f && getline(&line, &room, f) > 0)
		if (!strstr(line, "[DESTROY]"))
			diff_put(&text, "%s", line);
	free(line);
	if (f)
		fclose(f);
	unlink(path);
	write_file(folder, "events", &text);
	diff_text_free(&text);
}

enum diff_verdict diff_judge(const struct diff_scenario *s, const struct diff_record *r,
			     const char *dir, struct diff_text *told)
{
	char want[400], got[400], *text = NULL;
	struct nfr_diag diag;
	size_t len;
	int status;
	FILE *out;

	diff_case_write(s, r, dir);
	snprintf(want, sizeof(want), "%s/want", dir);
	snprintf(got, sizeof(got), "%s/got", dir);
	if (!replay(dir, got, told))
		return DIFF_REFUSED;
	if (s->sleeps) {
		without_ends(want);
		without_ends(got);
	}
	out = open_memstream(&text, &len);
	status = nfr_compare(want, got, out, false, &diag);
	fclose(out);
	diff_put(told, "%s", text);
	free(text);
	if (status < 0)
		diff_die("compare: %s: %s", diag.file, diag.text);
	return status ? DIFF_DIFFERENT : DIFF_SAME;
}
