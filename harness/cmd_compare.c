/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd.h"
#include "compare/compare.h"

#include <getopt.h>
#include <string.h>

static const char help_text[] =
	"usage: nfref compare [--all] WANT GOT [WANT GOT ...]\n"
	"\n"
	"Compares what Linux gave (WANT, the want/ of a case) with what another gave (GOT).\n"
	"Silent when they are the same, else the first difference is shown. WANT may also be a\n"
	"capture of `tcpdump -i any` on a router: its outgoing packets are compared with what left.\n"
	"\n"
	"  --all   the first difference of every file\n"
	"\n"
	"Exit status: 0 the same, 1 different, 2 wrong arguments or unusable input.\n";

static int compare_pairs(int n, char **pair, bool all)
{
	int i, status, worst = NFR_EXIT_OK;
	struct nfr_diag diag;

	for (i = 0; i + 1 < n; i += 2) {
		status = nfr_compare(pair[i], pair[i + 1], stdout, all, &diag);
		if (status < 0) {
			nfr_diag_print(&diag);
			return NFR_EXIT_USAGE;
		}
		if (status && n > 2)
			printf("in %s\n", pair[i + 1]);
		worst |= status;
	}
	return worst;
}

int nfr_cmd_compare(int argc, char **argv)
{
	static const struct option option[] = {
		{"all", no_argument, NULL, 'a'}, {"help", no_argument, NULL, 'h'}, {0}};
	bool all = false;
	int c;

	while ((c = getopt_long(argc, argv, "", option, NULL)) != -1) {
		switch (c) {
		case 'a':
			all = true;
			break;
		case 'h':
			fputs(help_text, stdout);
			return NFR_EXIT_OK;
		default:
			return nfr_cmd_usage("compare");
		}
	}
	if (argc == optind || (argc - optind) % 2) {
		fprintf(stderr, "nfref: compare needs pairs of folders: WANT GOT\n");
		return nfr_cmd_usage("compare");
	}
	return compare_pairs(argc - optind, argv + optind, all);
}
