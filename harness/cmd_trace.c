/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd.h"
#include "conntrack/conntrack.h"
#include "iptables/iptables.h"
#include "packet/dissect.h"
#include "run/options.h"
#include "run/replay.h"
#include "trace/way.h"

#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

struct tracer {
	struct nfr_run run;
	struct nfr_way way;
	FILE *outs; /* with --json: what left, as steps have it */
	char *outs_text;
	size_t outs_len;
	bool json, colour;
};

static void help(void)
{
	printf("usage: nfref trace [OPTION...] CASE\n"
	       "       nfref trace --net FILE [--rules4 FILE] ... --in IF=FILE ...\n"
	       "\n"
	       "Shows each packet's way: the hooks it passed, the rules that matched, what conntrack\n"
	       "and NAT made of it, what left, and the reason at the end; then the tables.\n"
	       "\n"
	       "  --json            a JSON object for each packet\n"
	       "%s"
	       "\n"
	       "Exit status: 0 done, 2 wrong arguments or unusable input.\n",
	       nfr_options_help);
}

static void on_xmit(void *user, uint16_t oif, const uint8_t *frame, uint32_t len,
		    const struct nfr_pkt *pkt)
{
	struct tracer *t = user;
	const char *dev = nfr_run_dev(&t->run, oif);

	if (oif > t->run.c->n_ifs)
		return;
	nfr_rebind_output(&t->run.rebind, dev, frame, len, t->run.c->iface[oif - 1].no_arp);
	nfr_replay_put_out(t->outs, dev, frame, len);
	nfr_way_out(&t->way, oif, frame, len, pkt);
}

static void on_deliver(void *user, const struct nfr_pkt *pkt)
{
	struct tracer *t = user;

	nfr_rebind_output(&t->run.rebind, "local", pkt->data, pkt->len, true);
	nfr_replay_put_out(t->outs, "local", pkt->data, pkt->len);
	nfr_way_deliver(&t->way, pkt);
}

static void on_log(void *user, const struct nfr_log *log)
{
	nfr_way_log(&((struct tracer *)user)->way, log);
}

static void on_trace(void *user, const struct nfr_trace *trace)
{
	nfr_way_trace(&((struct tracer *)user)->way, trace);
}

static void print_packet(struct tracer *t, const struct nfr_run_frame *frame, const char *packet,
			 const struct nfr_result *result)
{
	fputc('\0', t->outs);
	fflush(t->outs);
	if (t->json)
		nfr_replay_put_step(stdout, frame, t->outs_text, result, &t->way);
	else
		nfr_way_print(stdout, &t->way, frame, packet, result, t->colour);
	rewind(t->outs);
}

static int feed(struct tracer *t, struct nfr_diag *diag)
{
	struct nfr_run_frame frame, last;
	char packet[256], last_packet[256] = "";
	struct nfr_result result;
	uint32_t skip;
	int more;

	while ((more = nfr_run_next(&t->run, &frame, diag)) == 1) {
		skip = frame.raw || frame.len < 14 ? 0 : 14;
		nfr_packet_print(packet, sizeof(packet), frame.data + skip, frame.len - skip);
		if (frame.n)
			print_packet(t, &last, last_packet, &result);
		nfr_way_begin(&t->way, &t->run, frame.ifindex == 0);
		result = nfr_run_send(&t->run, &frame);
		last = frame;
		memcpy(last_packet, packet, sizeof(packet));
	}
	if (t->run.n)
		print_packet(t, &last, last_packet, &result);
	return more;
}

/* A table with its title, when there is something in it. */
static void print_table(const struct tracer *t, const char *title,
			void (*write)(FILE *to, const struct nfr_net *net, uint64_t now_ns))
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return;
	write(to, t->run.net, t->run.now_ns);
	fclose(to);
	if (len)
		printf("%s%s%s\n%s\n", t->colour ? "\033[1m" : "", title, t->colour ? "\033[0m" : "",
		       text);
	free(text);
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

static void print_tables(const struct tracer *t)
{
	print_table(t, "Connections", nfr_conntrack_dump);
	print_table(t, "Expectations", nfr_conntrack_dump_expect);
	print_table(t, "iptables", save_rules4);
	print_table(t, "ip6tables", save_rules6);
}

static int trace_case(struct nfr_options *opts, const char *folder)
{
	struct tracer *t = calloc(1, sizeof(*t));
	struct nfr_diag diag;
	struct nfr_case c;
	struct nfr_sink sink = {.user = t, .xmit = on_xmit, .deliver = on_deliver, .log = on_log,
				.trace = on_trace};
	int status = nfr_options_case(opts, folder, &c, &diag);

	if (!t)
		abort();
	t->json = opts->json;
	t->colour = !opts->json && isatty(STDOUT_FILENO);
	t->outs = open_memstream(&t->outs_text, &t->outs_len);
	opts->run.watch = true;
	if (status == 0) {
		status = nfr_run_open(&t->run, &c, &opts->run, &sink, &diag);
		if (status == 0)
			status = feed(t, &diag);
		if (status == 0 && !t->json)
			print_tables(t);
		nfr_way_free(&t->way);
		nfr_run_close(&t->run);
		nfr_case_free(&c);
	}
	fclose(t->outs);
	free(t->outs_text);
	free(t);
	if (status == 0)
		return NFR_EXIT_OK;
	fflush(stdout);
	nfr_diag_print(&diag);
	return NFR_EXIT_USAGE;
}

int nfr_cmd_trace(int argc, char **argv)
{
	struct nfr_options opts;
	int status = NFR_EXIT_OK, n;

	if (nfr_options_parse(&opts, argc, argv) < 0)
		return NFR_EXIT_USAGE;
	n = argc - optind;
	if (opts.help) {
		help();
	} else if (n == (opts.by_files ? 0 : 1)) {
		status = trace_case(&opts, opts.by_files ? NULL : argv[optind]);
	} else {
		fprintf(stderr, "nfref: trace needs one case, or files\n");
		status = nfr_cmd_usage("trace");
	}
	nfr_case_free(&opts.files);
	return status;
}
