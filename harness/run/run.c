/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The engine behind replay and trace. All captures are open at once and each has one frame ready;
 * the earliest is next (ties go by name). So memory is that of one frame a capture, however long
 * they are. Time never runs backwards: a frame that is stamped earlier than the one before it in
 * its own file is taken to have come right after it.
 */
#include "run/run.h"

#include <stdlib.h>
#include <sys/mman.h>

#define BUF_SIZE (262144u + 4096u) /* the longest frame that a capture holds, and room to grow */
#define ADVANCE_BUDGET 65536u
#define STEP_NS (NFR_NSEC_PER_SEC / 16)
#define MAX_STEPS 65536u     /* coarser over more than an hour */
#define LINUX_CT_MAX 262144u /* nf_conntrack_max of a machine with memory enough */

static int make_instance(struct nfr_run *run, const struct nfr_sink *sink, struct nfr_diag *diag)
{
	const struct nfr_run_opts *opts = run->opts;
	struct nfr_config config = {
		.seed = opts->seed,
		.linux_version = opts->linux_version,
		.watch = opts->watch,
		.sink = *sink,
	};

	config.max.ct = opts->max_connections ? opts->max_connections : LINUX_CT_MAX;
	config.max.ct_ext = config.max.ct;
	config.max.xt_bytes = nfr_case_rules_kib(run->c);
	run->memory_len = nfr_size(&config);
	if (!run->memory_len)
		return nfr_diag_file(diag, NULL, "impossible number of connections");
	run->memory = mmap(NULL, run->memory_len, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (run->memory == MAP_FAILED) {
		run->memory = NULL;
		return nfr_diag_file(diag, NULL, "no memory for %zu bytes", run->memory_len);
	}
	madvise(run->memory, run->memory_len, MADV_HUGEPAGE); /* much of a short run is page faults */
	if (opts->prefill >= 0)
		memset(run->memory, opts->prefill, run->memory_len);
	run->net = nfr_init(run->memory, run->memory_len, &config);
	return run->net ? 0 : nfr_diag_file(diag, NULL, "the instance cannot be made");
}

static int refill(struct nfr_run_input *input, struct nfr_diag *diag)
{
	int status = nfr_pcap_in_next(&input->in, &input->frame, diag);

	input->more = status == 1;
	return status < 0 ? -1 : 0;
}

/* `in`: the capture when it is open already, which is taken over; or NULL. */
static int add_input(struct nfr_run *run, const char *name, uint16_t ifindex, const char *path,
		     struct nfr_pcap_in *in, struct nfr_diag *diag)
{
	struct nfr_run_input *input = &run->input[run->n_inputs];
	bool cooked;

	if (!path)
		return 0;
	if (in && in->pcap) {
		input->in = *in;
		memset(in, 0, sizeof(*in));
	} else if (nfr_pcap_in_open(&input->in, path, diag) < 0) {
		return -1;
	}
	run->n_inputs++;
	input->name = name;
	input->ifindex = ifindex;
	cooked = input->in.link == NFR_PCAP_SLL || input->in.link == NFR_PCAP_SLL2;
	if (!strcmp(name, "local") && input->in.link != NFR_PCAP_RAW)
		return nfr_diag_file(diag, path, "expected raw IP packets (LINKTYPE_RAW)");
	if (!strcmp(name, "any") && !cooked)
		return nfr_diag_file(diag, path, "expected a cooked capture (tcpdump -i any)");
	if (cooked && !run->reach.n)
		nfr_reach_read(&run->reach, run->c);
	return refill(input, diag);
}

static int open_inputs(struct nfr_run *run, struct nfr_case *c, struct nfr_diag *diag)
{
	struct nfr_case_if *iface;
	unsigned k;

	for (k = 1; k <= c->n_ifs; k++) {
		iface = &c->iface[k - 1];
		if (add_input(run, iface->name, (uint16_t)k, iface->capture, &iface->in, diag) < 0)
			return -1;
	}
	if (add_input(run, "local", 0, c->local, NULL, diag) < 0)
		return -1;
	return add_input(run, "any", 0, c->any, NULL, diag);
}

int nfr_run_open(struct nfr_run *run, struct nfr_case *c, const struct nfr_run_opts *opts,
		 const struct nfr_sink *sink, struct nfr_diag *diag)
{
	memset(run, 0, sizeof(*run));
	run->c = c;
	run->opts = opts;
	run->buf = malloc(BUF_SIZE);
	if (!run->buf)
		return nfr_diag_file(diag, NULL, "out of memory");
	nfr_rebind_open(&run->rebind, c->want);
	if (make_instance(run, sink, diag) < 0 ||
	    nfr_case_apply(c, run->net, opts->warn, diag) < 0)
		return -1;
	return open_inputs(run, c, diag);
}

void nfr_run_close(struct nfr_run *run)
{
	unsigned i;

	for (i = 0; i < run->n_inputs; i++)
		nfr_pcap_in_close(&run->input[i].in);
	nfr_rebind_close(&run->rebind);
	if (run->memory)
		munmap(run->memory, run->memory_len);
	free(run->buf);
	memset(run, 0, sizeof(*run));
}

static struct nfr_run_input *earliest(struct nfr_run *run)
{
	struct nfr_run_input *best = NULL, *input;

	for (input = run->input; input < run->input + run->n_inputs; input++) {
		if (!input->more)
			continue;
		if (!best || input->frame.ts_ns < best->frame.ts_ns ||
		    (input->frame.ts_ns == best->frame.ts_ns &&
		     strcmp(input->name, best->name) < 0))
			best = input;
	}
	return best;
}

static void copy_frame(struct nfr_run *run, const struct nfr_run_input *input,
		       struct nfr_run_frame *frame)
{
	frame->in = input->name;
	frame->ifindex = input->ifindex;
	frame->raw = input->in.link == NFR_PCAP_RAW;
	frame->data = run->buf;
	frame->len = input->frame.len;
	memcpy(run->buf, input->frame.data, frame->len);
}

/* The earliest frame of all captures into the buffer. 1: there; 0: passed over; -1: diag. */
static int take(struct nfr_run *run, struct nfr_run_input *input, struct nfr_run_frame *frame,
		struct nfr_diag *diag)
{
	int status = 1;

	if (input->in.link == NFR_PCAP_SLL || input->in.link == NFR_PCAP_SLL2)
		status = nfr_run_cooked(run, input, frame, diag);
	else
		copy_frame(run, input, frame);
	if (status < 0)
		return -1;
	frame->ts_ns = input->frame.ts_ns > run->now_ns ? input->frame.ts_ns : run->now_ns;
	return refill(input, diag) < 0 ? -1 : status;
}

static void advance(struct nfr_run *run, uint64_t to_ns)
{
	run->now_ns = to_ns;
	while (nfr_advance(run->net, to_ns, ADVANCE_BUDGET) == ADVANCE_BUDGET)
		;
}

/* In small steps: what runs out between two packets does so in its time, and an error that it sends
 * counts against the limits from then on. Before the first packet nothing is there to run out. */
static void pass_time(struct nfr_run *run, uint64_t to_ns)
{
	uint64_t step = (to_ns - run->now_ns) / MAX_STEPS;

	if (step < STEP_NS)
		step = STEP_NS;
	while (run->now_ns && to_ns - run->now_ns > step)
		advance(run, run->now_ns + step);
	advance(run, to_ns);
}

int nfr_run_next(struct nfr_run *run, struct nfr_run_frame *frame, struct nfr_diag *diag)
{
	struct nfr_run_input *input;
	int status = 0;

	while (status == 0) {
		input = earliest(run);
		if (!input)
			return 0;
		status = take(run, input, frame, diag);
	}
	if (status < 0)
		return -1;
	pass_time(run, frame->ts_ns);
	frame->n = run->n++;
	return 1;
}

struct nfr_result nfr_run_send(struct nfr_run *run, struct nfr_run_frame *frame)
{
	struct nfr_frame packet = {.data = frame->data, .len = frame->len, .room = BUF_SIZE};

	nfr_rebind_input(&run->rebind, frame->data, frame->len, frame->raw);
	if (frame->ifindex)
		return nfr_receive(run->net, run->now_ns, frame->ifindex, &packet);
	return nfr_transmit(run->net, run->now_ns, &packet, 0);
}

const char *nfr_run_dev(const struct nfr_run *run, uint16_t ifindex)
{
	if (ifindex == 0)
		return "local";
	return ifindex <= run->c->n_ifs ? run->c->iface[ifindex - 1].name : "lo";
}
