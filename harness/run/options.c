/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/options.h"

#include "cmd.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

const char nfr_options_help[] =
	"  --net FILE        `ip -batch` lines of the router: addr, route, rule, neigh, link set\n"
	"  --rules4 FILE     iptables-save text      --rules6 FILE   ip6tables-save text\n"
	"  --sysctl FILE     sysctl.conf\n"
	"  --in IF=FILE      capture of what arrives on IF; `local` is what the router sends,\n"
	"                    `any` a capture of `tcpdump -i any` on the router itself\n"
	"  --ifindex N=IF    which interface has index N in such a capture\n"
	"  --linux VERSION   6.1, 6.12 or 6.18 (default)\n"
	"  --seed N          of all that Linux picks at random (default 0)\n"
	"  --want DIR        what Linux gave: later inputs to a port that it picked at random go to\n"
	"                    nfref's (default: want/ of the case)      --no-want   do not\n"
	"  --max-connections N   size of the connection table (default 262144)\n"
	"  --prefill N       fill the instance's memory with this byte first: changes nothing\n";

enum {
	OPT_NET = 1,
	OPT_RULES4,
	OPT_RULES6,
	OPT_SYSCTL,
	OPT_IN,
	OPT_IFINDEX,
	OPT_LINUX,
	OPT_SEED,
	OPT_WANT,
	OPT_NO_WANT,
	OPT_MAX,
	OPT_PREFILL,
	OPT_TRACE,
	OPT_JSON,
	OPT_HELP,
};

static const struct option option[] = {{"net", required_argument, NULL, OPT_NET},
				       {"rules4", required_argument, NULL, OPT_RULES4},
				       {"rules6", required_argument, NULL, OPT_RULES6},
				       {"sysctl", required_argument, NULL, OPT_SYSCTL},
				       {"in", required_argument, NULL, OPT_IN},
				       {"ifindex", required_argument, NULL, OPT_IFINDEX},
				       {"linux", required_argument, NULL, OPT_LINUX},
				       {"seed", required_argument, NULL, OPT_SEED},
				       {"want", required_argument, NULL, OPT_WANT},
				       {"no-want", no_argument, NULL, OPT_NO_WANT},
				       {"max-connections", required_argument, NULL, OPT_MAX},
				       {"prefill", required_argument, NULL, OPT_PREFILL},
				       {"trace", no_argument, NULL, OPT_TRACE},
				       {"json", no_argument, NULL, OPT_JSON},
				       {"help", no_argument, NULL, OPT_HELP},
				       {0}};

static int refuse(const char *what, const char *value)
{
	fprintf(stderr, "nfref: %s, not '%s'\n", what, value);
	return -1;
}

static int number(const char *value, uint64_t max, uint64_t *to)
{
	char *end;

	errno = 0;
	*to = strtoull(value, &end, 0);
	return errno || end == value || *end || *value == '-' || *to > max ? -1 : 0;
}

static int set_linux(struct nfr_run_opts *run, const char *value)
{
	if (!strcmp(value, "6.1"))
		run->linux_version = 0x060100;
	else if (!strcmp(value, "6.12"))
		run->linux_version = 0x060c00;
	else if (!strcmp(value, "6.18"))
		run->linux_version = 0x061200;
	else
		return refuse("--linux takes 6.1, 6.12 or 6.18", value);
	return 0;
}

static int add_in(struct nfr_options *opts, const char *value)
{
	const char *eq = strchr(value, '=');
	struct nfr_diag diag;
	char name[64];

	if (!eq || eq == value || (size_t)(eq - value) >= sizeof(name))
		return refuse("--in takes IF=FILE", value);
	snprintf(name, sizeof(name), "%.*s", (int)(eq - value), value);
	if (nfr_case_add_input(&opts->files, name, eq + 1, &diag) == 0)
		return 0;
	nfr_diag_print(&diag);
	return -1;
}

static int add_ifindex(struct nfr_run_opts *run, const char *value)
{
	unsigned ifindex;
	int at = 0;

	if (sscanf(value, "%u=%n", &ifindex, &at) < 1 || !at || !value[at] ||
	    strlen(value + at) >= NFR_IFNAMSIZ || run->n_ifindex == NFR_RUN_MAX_IFINDEX)
		return refuse("--ifindex takes N=IF", value);
	run->ifindex[run->n_ifindex].ifindex = ifindex;
	strcpy(run->ifindex[run->n_ifindex++].name, value + at);
	return 0;
}

static int set_number(const char *what, const char *value, uint64_t max, uint64_t *to)
{
	return number(value, max, to) < 0 ? refuse(what, value) : 0;
}

static int set_file(struct nfr_options *opts, char **slot, const char *value)
{
	opts->by_files = true;
	free(*slot);
	*slot = strdup(value);
	return 0;
}

static int set_run(struct nfr_run_opts *run, int c, const char *value)
{
	uint64_t n = 0;
	int status;

	switch (c) {
	case OPT_LINUX:
		return set_linux(run, value);
	case OPT_IFINDEX:
		return add_ifindex(run, value);
	case OPT_SEED:
		return set_number("--seed takes a number", value, UINT64_MAX, &run->seed);
	case OPT_MAX:
		status = set_number("--max-connections takes a number up to 2^30", value, 1u << 30,
				    &n);
		run->max_connections = (uint32_t)n;
		return status;
	case OPT_PREFILL:
		status = set_number("--prefill takes a byte", value, 255, &n);
		run->prefill = (int)n;
		return status;
	default: /* getopt has complained */
		return -1;
	}
}

static int set(struct nfr_options *opts, int c, const char *value)
{
	switch (c) {
	case OPT_NET:
		return set_file(opts, &opts->files.net, value);
	case OPT_RULES4:
		return set_file(opts, &opts->files.rules4, value);
	case OPT_RULES6:
		return set_file(opts, &opts->files.rules6, value);
	case OPT_SYSCTL:
		return set_file(opts, &opts->files.sysctl, value);
	case OPT_IN:
		opts->by_files = true;
		return add_in(opts, value);
	case OPT_WANT:
		opts->want = value;
		return 0;
	case OPT_NO_WANT:
		opts->no_want = true;
		return 0;
	case OPT_TRACE:
		opts->trace = true;
		return 0;
	case OPT_JSON:
		opts->json = true;
		return 0;
	case OPT_HELP:
		opts->help = true;
		return 0;
	default:
		return set_run(&opts->run, c, value);
	}
}

int nfr_options_parse(struct nfr_options *opts, int argc, char **argv)
{
	int c;

	memset(opts, 0, sizeof(*opts));
	opts->run.prefill = -1;
	opts->run.warn = stderr;
	while ((c = getopt_long(argc, argv, "", option, NULL)) != -1) {
		if (set(opts, c, optarg) < 0) {
			nfr_case_free(&opts->files);
			nfr_cmd_usage(argv[0]);
			return -1;
		}
	}
	return 0;
}

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static void copy_files(struct nfr_case *to, const struct nfr_case *from)
{
	unsigned i;

	*to = *from;
	to->net = copy(from->net);
	to->sysctl = copy(from->sysctl);
	to->rules4 = copy(from->rules4);
	to->rules6 = copy(from->rules6);
	to->want = copy(from->want);
	to->local = copy(from->local);
	to->any = copy(from->any);
	for (i = 0; i < to->n_ifs; i++)
		to->iface[i].capture = copy(from->iface[i].capture);
}

int nfr_options_case(const struct nfr_options *opts, const char *folder, struct nfr_case *c,
		     struct nfr_diag *diag)
{
	int status = 0;

	if (folder)
		status = nfr_case_open(c, folder, diag);
	else
		copy_files(c, &opts->files);
	if (opts->want || opts->no_want) {
		free(c->want);
		c->want = opts->no_want ? NULL : copy(opts->want);
	}
	if (status == 0)
		status = nfr_case_complete(c, diag);
	if (status < 0)
		nfr_case_free(c);
	return status;
}
