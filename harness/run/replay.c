/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replay: what leaves is written as it leaves, so that memory does not grow with the captures.
 * A step's line is written when the next input is due, because what a timer sends in between
 * belongs to the earlier input. The tables are dumped as they are at the time of the last one.
 */
#include "run/replay.h"

#include "conntrack/conntrack.h"
#include "iptables/iptables.h"
#include "json.h"
#include "log/log.h"
#include "pcap_out.h"
#include "run/outdir.h"
#include "run/progress.h"
#include "trace/way.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct replay {
	struct nfr_run run;
	struct nfr_outdir dir;
	struct nfr_pcap_out capture[NFR_CASE_MAX_IFS + 1]; /* [0]: local */
	FILE *events, *log, *steps; /* opened with their first line */
	FILE *outs;                 /* in memory: what left in this step */
	char *outs_text;
	size_t outs_len;
	struct nfr_way way;
	bool trace;
	bool failed; /* writing did; why says what */
	struct nfr_diag why;
};

void nfr_replay_put_out(FILE *outs, const char *dev, const uint8_t *data, uint32_t len)
{
	static const char digit[] = "0123456789abcdef";
	char hex[512];
	uint32_t i, n = 0;

	if (ftell(outs) > 0)
		fputs(", ", outs);
	fprintf(outs, "[\"%s\", \"", dev);
	for (i = 0; i < len; i++) {
		hex[n++] = digit[data[i] >> 4];
		hex[n++] = digit[data[i] & 15];
		if (n == sizeof(hex) || i + 1 == len) {
			fwrite(hex, 1, n, outs);
			n = 0;
		}
	}
	fputs("\"]", outs);
}

void nfr_replay_put_step(FILE *to, const struct nfr_run_frame *frame, const char *outs,
			 const struct nfr_result *result, const struct nfr_way *way)
{
	const char *ctstate = nfr_way_ctstate(result->ctstate);

	fprintf(to, "{\"in\": \"%s\", \"n\": %u, \"out\": [%s], \"ctstate\": ", frame->in, frame->n,
		outs);
	if (ctstate)
		nfr_json_put(to, ctstate);
	else
		fputs("null", to);
	fprintf(to, ", \"verdict\": \"%s\", \"reason\": \"%s\"", nfr_way_verdict(result->verdict),
		nfr_reason_name((enum nfr_reason)result->reason));
	if (way) {
		fputs(", \"trace\": ", to);
		nfr_way_json(to, way);
	}
	fputs("}\n", to);
}

static FILE *open_late(struct replay *r, FILE **file, const char *name)
{
	char *path;

	if (*file || r->failed)
		return *file;
	path = nfr_outdir_file(&r->dir, name);
	*file = fopen(path, "w");
	if (!*file) {
		nfr_diag_file(&r->why, path, "%s", strerror(errno));
		r->failed = true;
	}
	free(path);
	return *file;
}

/* ---- the sink ---- */

static void left(struct replay *r, uint16_t ifindex, const uint8_t *data, uint32_t len, bool raw)
{
	const char *dev = nfr_run_dev(&r->run, ifindex);

	if (ifindex > r->run.c->n_ifs)
		return; /* the loopback interface has no wire */
	nfr_rebind_output(&r->run.rebind, dev, data, len, raw);
	nfr_replay_put_out(r->outs, dev, data, len);
	if (nfr_pcap_out_write(&r->capture[ifindex], r->run.now_ns, data, len, &r->why) < 0)
		r->failed = true;
}

static void on_xmit(void *user, uint16_t oif, const uint8_t *frame, uint32_t len,
		    const struct nfr_pkt *pkt)
{
	struct replay *r = user;

	left(r, oif, frame, len, oif <= r->run.c->n_ifs && r->run.c->iface[oif - 1].no_arp);
	if (r->trace && oif <= r->run.c->n_ifs)
		nfr_way_out(&r->way, oif, frame, len, pkt);
}

static void on_deliver(void *user, const struct nfr_pkt *pkt)
{
	struct replay *r = user;

	left(r, 0, pkt->data, pkt->len, true);
	if (r->trace)
		nfr_way_deliver(&r->way, pkt);
}

static void on_ct_event(void *user, const struct nfr_ct_event *event)
{
	struct replay *r = user;
	FILE *to = open_late(r, &r->events, "events");

	if (to)
		nfr_conntrack_print_event(to, event, r->run.now_ns);
}

static void on_log(void *user, const struct nfr_log *log)
{
	struct replay *r = user;
	FILE *to = open_late(r, &r->log, "log");

	if (to)
		nfr_log_print(to, r->run.net, log);
	if (r->trace)
		nfr_way_log(&r->way, log);
}

static void on_trace(void *user, const struct nfr_trace *trace)
{
	struct replay *r = user;

	if (r->trace)
		nfr_way_trace(&r->way, trace);
}

static struct nfr_sink make_sink(struct replay *r)
{
	return (struct nfr_sink){
		.user = r,
		.xmit = on_xmit,
		.deliver = on_deliver,
		.ct_event = on_ct_event,
		.log = on_log,
		.trace = on_trace,
	};
}

/* ---- the run ---- */

static void open_captures(struct replay *r)
{
	const struct nfr_case *c = r->run.c;
	char name[NFR_IFNAMSIZ + 8], *path;
	unsigned k;

	for (k = 0; k <= c->n_ifs; k++) {
		snprintf(name, sizeof(name), "%s.pcap", nfr_run_dev(&r->run, (uint16_t)k));
		path = nfr_outdir_file(&r->dir, name);
		nfr_pcap_out_init(&r->capture[k], path, k == 0 || c->iface[k - 1].no_arp);
		free(path);
	}
}

static void end_step(struct replay *r, const struct nfr_run_frame *frame,
		     const struct nfr_result *result)
{
	FILE *to = open_late(r, &r->steps, "steps");

	fputc('\0', r->outs); /* it may hold a longer text of an earlier step */
	fflush(r->outs);
	if (to)
		nfr_replay_put_step(to, frame, r->outs_text, result, r->trace ? &r->way : NULL);
	rewind(r->outs);
}

static int feed(struct replay *r, struct nfr_diag *diag)
{
	struct nfr_progress progress = {0};
	struct nfr_run_frame frame, last;
	struct nfr_result result;
	int more;

	while ((more = nfr_run_next(&r->run, &frame, diag)) == 1 && !r->failed) {
		if (frame.n)
			end_step(r, &last, &result);
		nfr_way_begin(&r->way, &r->run, frame.ifindex == 0);
		result = nfr_run_send(&r->run, &frame);
		last = frame;
		nfr_progress(&progress, frame.n + 1);
	}
	if (more == 0 && r->run.n)
		end_step(r, &last, &result);
	nfr_progress_end(&progress);
	return more;
}

static void dump(struct replay *r, const char *name,
		 void (*write)(FILE *to, const struct nfr_net *net, uint64_t now_ns))
{
	char *path = nfr_outdir_file(&r->dir, name);
	FILE *to = NULL;

	if (open_late(r, &to, name)) {
		write(to, r->run.net, r->run.now_ns);
		if (ftell(to) == 0)
			unlink(path);
		if (ferror(to) || fclose(to) != 0)
			r->failed = true;
	}
	free(path);
}

static void save_rules4(FILE *to, const struct nfr_net *net, uint64_t now_ns)
{
	(void)now_ns;
	nfr_iptables_save(to, net, NFR_IPV4, true);
}

static void save_rules6(FILE *to, const struct nfr_net *net, uint64_t now_ns)
{
	(void)now_ns;
	nfr_iptables_save(to, net, NFR_IPV6, true);
}

static void close_late(struct replay *r, FILE **file)
{
	bool bad;

	if (!*file)
		return;
	bad = ferror(*file) != 0;
	if (fclose(*file) != 0 || bad)
		r->failed = true;
	*file = NULL;
}

static void close_all(struct replay *r)
{
	unsigned k;

	for (k = 0; k <= r->run.c->n_ifs; k++)
		if (nfr_pcap_out_close(&r->capture[k], &r->why) < 0)
			r->failed = true;
	close_late(r, &r->events);
	close_late(r, &r->log);
	close_late(r, &r->steps);
	if (r->failed && !r->why.text[0])
		nfr_diag_file(&r->why, r->dir.path, "%s", strerror(errno));
}

static void dump_tables(struct replay *r)
{
	dump(r, "conntrack", nfr_conntrack_dump);
	dump(r, "expect", nfr_conntrack_dump_expect);
	dump(r, "rules.v4", save_rules4);
	dump(r, "rules.v6", save_rules6);
}

static int finish(struct replay *r, int status, struct nfr_diag *diag)
{
	if (status == 0 && r->failed) {
		*diag = r->why;
		status = -1;
	}
	if (status == 0)
		return nfr_outdir_commit(&r->dir, diag);
	nfr_outdir_abort(&r->dir);
	return -1;
}

int nfr_replay(struct nfr_case *c, const struct nfr_run_opts *opts, bool trace,
	       const char *out, struct nfr_diag *diag)
{
	struct replay *r = calloc(1, sizeof(*r));
	struct nfr_run_opts run_opts = *opts;
	struct nfr_sink sink;
	int status;

	if (!r)
		abort();
	if (nfr_outdir_begin(&r->dir, out, diag) < 0) {
		free(r);
		return -1;
	}
	r->trace = run_opts.watch = trace;
	r->outs = open_memstream(&r->outs_text, &r->outs_len);
	sink = make_sink(r);
	status = nfr_run_open(&r->run, c, &run_opts, &sink, diag);
	open_captures(r);
	if (status == 0)
		status = feed(r, diag);
	if (status == 0)
		dump_tables(r);
	close_all(r);
	status = finish(r, status, diag);
	nfr_way_free(&r->way);
	nfr_run_close(&r->run);
	fclose(r->outs);
	free(r->outs_text);
	free(r);
	return status;
}
