/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd.h"
#include "run/options.h"

#include <getopt.h>

static void help(void)
{
	printf("usage: nfref check [OPTION...] CASE...\n"
	       "       nfref check [--net FILE] [--rules4 FILE] [--rules6 FILE] [--sysctl FILE]\n"
	       "\n"
	       "Loads a configuration and says what is wrong with it: file, line, column, and what\n"
	       "was expected. One line sums up what is right.\n"
	       "\n"
	       "%s"
	       "\n"
	       "Exit status: 0 all is right, 2 something is not.\n",
	       nfr_options_help);
}

static unsigned count_rules(const struct nfr_net *net, uint8_t family, unsigned *n_tables)
{
	struct nfr_xt_chain_info info;
	unsigned table, chain, n = 0;

	*n_tables = 0;
	for (table = 0; table < NFR_XT_TABLE_MAX; table++) {
		if (!nfr_xt_loaded(net, family, (enum nfr_xt_table_id)table))
			continue;
		++*n_tables;
		for (chain = 0; nfr_xt_get_chain(net, family, (enum nfr_xt_table_id)table, chain,
						 &info) == NFR_OK;
		     chain++)
			n += info.n_rules;
	}
	return n;
}

static void sum_up(const struct nfr_run *run, const char *what)
{
	unsigned n_tables4, n_tables6, n4, n6;

	n4 = count_rules(run->net, NFR_IPV4, &n_tables4);
	n6 = count_rules(run->net, NFR_IPV6, &n_tables6);
	printf("%s: right: %u interfaces, %u IPv4 rules in %u tables, %u IPv6 rules in %u tables\n",
	       what, run->c->n_ifs, n4, n_tables4, n6, n_tables6);
}

static int check_one(const struct nfr_options *opts, const char *folder)
{
	struct nfr_sink sink = {0};
	struct nfr_diag diag;
	struct nfr_case c;
	struct nfr_run run;
	int status = nfr_options_case(opts, folder, &c, &diag);

	if (status == 0) {
		status = nfr_run_open(&run, &c, &opts->run, &sink, &diag);
		if (status == 0)
			sum_up(&run, folder ? folder : "configuration");
		nfr_run_close(&run);
		nfr_case_free(&c);
	}
	if (status == 0)
		return NFR_EXIT_OK;
	nfr_diag_print(&diag);
	return NFR_EXIT_USAGE;
}

static int check_all(const struct nfr_options *opts, int n, char **folder)
{
	int i, status, worst = NFR_EXIT_OK;

	if (opts->by_files && n == 0)
		return check_one(opts, NULL);
	if (opts->by_files || n == 0) {
		fprintf(stderr, "nfref: check needs cases, or files\n");
		return nfr_cmd_usage("check");
	}
	for (i = 0; i < n; i++) {
		status = check_one(opts, folder[i]);
		worst = status > worst ? status : worst;
	}
	return worst;
}

int nfr_cmd_check(int argc, char **argv)
{
	struct nfr_options opts;
	int status = NFR_EXIT_OK;

	if (nfr_options_parse(&opts, argc, argv) < 0)
		return NFR_EXIT_USAGE;
	if (opts.help)
		help();
	else
		status = check_all(&opts, argc - optind, argv + optind);
	nfr_case_free(&opts.files);
	return status;
}
