/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine's own kernel as a peer: frames of frames.bpf.c come in on an interface by
 * BPF_PROG_TEST_RUN with live frames, and go through IP and netfilter of the namespace that this
 * runs in. All of that happens within the system call, so that the thread's CPU time is its cost.
 *
 * Prints the median and the least of the repetitions, nanoseconds a packet.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <getopt.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../flow.h"
#include "frames.h"

#define MAX_REPS 100

struct options {
	const char *object, *dev;
	uint32_t packets;
	unsigned reps;
	struct frames frames;
};

static int fail(const char *what)
{
	fprintf(stderr, "kernel: %s: %s\n", what, strerror(errno));
	return 1;
}

static double cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static bool mac_of(const char *dev, uint8_t mac[6])
{
	struct ifreq request = {0};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), err;

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", dev);
	err = ioctl(fd, SIOCGIFHWADDR, &request);
	close(fd);
	memcpy(mac, request.ifr_hwaddr.sa_data, 6);
	return err == 0;
}

static int run(const struct options *o, int program)
{
	uint8_t frame[60] = {0};
	struct xdp_md in = {.data_end = sizeof(frame), .ingress_ifindex = if_nametoindex(o->dev)};
	double ns[MAX_REPS];
	unsigned r;

	for (r = 0; r < o->reps; r++) {
		LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame,
			    .data_size_in = sizeof(frame), .ctx_in = &in, .ctx_size_in = sizeof(in),
			    .repeat = (int)o->packets, .flags = BPF_F_TEST_XDP_LIVE_FRAMES);
		double start = cpu_ns();

		if (bpf_prog_test_run_opts(program, &opts))
			return fail("BPF_PROG_TEST_RUN");
		ns[r] = (cpu_ns() - start) / o->packets;
	}
	qsort(ns, o->reps, sizeof(*ns), by_value);
	printf("%.1f %.1f\n", (ns[o->reps / 2] + ns[(o->reps - 1) / 2]) / 2, ns[0]);
	return 0;
}

static int program_of(struct bpf_object *object, const char *name)
{
	return bpf_program__fd(bpf_object__find_program_by_name(object, name));
}

static int load_and_run(struct options *o)
{
	struct bpf_object *object = bpf_object__open(o->object);
	uint32_t zero = 0;
	int status;

	if (!object || bpf_object__load(object))
		return fail(o->object);
	if (!mac_of(o->dev, o->frames.dst))
		return fail(o->dev);
	memcpy(o->frames.src, (uint8_t[]){2, 0, 0, 0, 0, 9}, 6);
	if (bpf_xdp_attach((int)if_nametoindex(o->dev), program_of(object, "pass"),
			   XDP_FLAGS_DRV_MODE, NULL))
		return fail("XDP on the interface");
	bpf_map_update_elem(bpf_object__find_map_fd_by_name(object, "settings"), &zero, &o->frames,
			    0);
	status = run(o, program_of(object, "frames"));
	bpf_object__close(object);
	return status;
}

static bool take(struct options *o, int option, const char *value)
{
	struct frames *f = &o->frames;
	uint32_t n = value ? (uint32_t)strtoul(value, NULL, 0) : 0;

	switch (option) {
	case 'f':
		f->n_flows = n;
		return n;
	case 'p':
		o->packets = n;
		return n;
	case 'r':
		o->reps = n;
		return n && n <= MAX_REPS;
	case 'q':
		f->random = 0;
		f->next = n;
		return true;
	case 'd':
		f->dir = n;
		return n <= 2;
	case 'F':
		f->tcp_flags = n;
		return true;
	case 'u':
		f->proto = 17;
		return true;
	case 's':
		f->snat = 1;
		return true;
	case 'c':
		f->flows = BENCH_SCATTERED;
		return true;
	case 'x':
		f->action = XDP_DROP;
		return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	static const struct option option[] = {{"flows", required_argument, NULL, 'f'},
					       {"packets", required_argument, NULL, 'p'},
					       {"reps", required_argument, NULL, 'r'},
					       {"from", required_argument, NULL, 'q'},
					       {"dir", required_argument, NULL, 'd'},
					       {"tcp-flags", required_argument, NULL, 'F'},
					       {"udp", no_argument, NULL, 'u'},
					       {"snat", no_argument, NULL, 's'},
					       {"scattered", no_argument, NULL, 'c'},
					       {"discard", no_argument, NULL, 'x'},
					       {0}};
	struct options o = {.packets = 100000, .reps = 10};
	int c;

	o.frames = (struct frames){.random = 88172645463325252u,
				   .n_flows = 1,
				   .dir = 2,
				   .proto = 6,
				   .tcp_flags = 0x10,
				   .action = XDP_PASS};
	while ((c = getopt_long(argc, argv, "", option, NULL)) != -1)
		if (!take(&o, c, optarg))
			return 2;
	if (optind + 2 != argc) {
		fprintf(stderr,
			"usage: kernel OBJECT DEV [--flows N] [--packets N] [--reps N] [--udp]\n"
			"       [--from FLOW (one after the other)] [--dir 0|1|2] [--tcp-flags N]\n"
			"       [--snat] [--scattered] [--discard]\n");
		return 2;
	}
	o.object = argv[optind];
	o.dev = argv[optind + 1];
	return load_and_run(&o);
}
