/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd.h"
#include "run/options.h"
#include "run/replay.h"

#include <getopt.h>

static void help(void)
{
	printf("usage: nfref replay [OPTION...] CASE OUT [CASE OUT ...]\n"
	       "       nfref replay --net FILE [--rules4 FILE] ... --in IF=FILE ... OUT\n"
	       "\n"
	       "Sends the packets of a case through its configuration and writes to OUT, each\n"
	       "where it is not empty: IF.pcap (what left), local.pcap (what was delivered),\n"
	       "conntrack, expect, events, log, rules.v4, rules.v6 (with counters) and steps, a\n"
	       "JSON object for each packet.\n"
	       "\n"
	       "  --trace           steps tell each packet's whole way\n"
	       "%s"
	       "\n"
	       "Exit status: 0 done, 2 wrong arguments or unusable input: then OUT is as it was.\n",
	       nfr_options_help);
}

static int replay_one(const struct nfr_options *opts, const char *folder, const char *out)
{
	struct nfr_diag diag;
	struct nfr_case c;
	int status;

	status = nfr_options_case(opts, folder, &c, &diag);
	if (status == 0) {
		status = nfr_replay(&c, &opts->run, opts->trace, out, &diag);
		nfr_case_free(&c);
	}
	if (status < 0)
		nfr_diag_print(&diag);
	return status < 0 ? NFR_EXIT_USAGE : NFR_EXIT_OK;
}

static int replay_pairs(const struct nfr_options *opts, int n, char **pair)
{
	int i, worst = NFR_EXIT_OK, status;

	for (i = 0; i + 1 < n; i += 2) {
		status = replay_one(opts, pair[i], pair[i + 1]);
		worst = status > worst ? status : worst;
	}
	return worst;
}

static int run(const struct nfr_options *opts, int n, char **arg)
{
	if (opts->by_files && n == 1)
		return replay_one(opts, NULL, arg[0]);
	if (!opts->by_files && n > 0 && n % 2 == 0)
		return replay_pairs(opts, n, arg);
	fprintf(stderr, opts->by_files ? "nfref: replay of single files needs one folder OUT\n"
				       : "nfref: replay needs pairs of folders: CASE OUT\n");
	return nfr_cmd_usage("replay");
}

int nfr_cmd_replay(int argc, char **argv)
{
	struct nfr_options opts;
	int status = NFR_EXIT_OK;

	if (nfr_options_parse(&opts, argc, argv) < 0)
		return NFR_EXIT_USAGE;
	if (opts.help)
		help();
	else
		status = run(&opts, argc - optind, argv + optind);
	nfr_case_free(&opts.files);
	return status;
}
