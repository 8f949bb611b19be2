/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd.h"
#include "nfref/nfref.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
} command[] = {
	{"replay", nfr_cmd_replay, "send a case's packets through its configuration"},
	{"trace", nfr_cmd_trace, "show each packet's way, hook by hook and rule by rule"},
	{"check", nfr_cmd_check, "load a configuration and say what is wrong with it"},
	{"compare", nfr_cmd_compare, "compare two recordings of a case"},
};

#define N_COMMANDS (sizeof(command) / sizeof(*command))

static int help(void)
{
	size_t i;

	printf("nfref: what Linux netfilter does with every packet, without a live machine\n\n");
	for (i = 0; i < N_COMMANDS; i++)
		printf("  nfref %-8s %s\n", command[i].name, command[i].what);
	printf("\nnfref COMMAND --help says more; so does man nfref. Exit status: 0 done, the "
	       "same;\n1 different; 2 wrong arguments or unusable input.\n");
	return NFR_EXIT_OK;
}

int nfr_cmd_usage(const char *name)
{
	fprintf(stderr, "nfref: see nfref %s --help\n", name);
	return NFR_EXIT_USAGE;
}

static int run(int argc, char **argv)
{
	size_t i;

	if (argc > 1 && !strcmp(argv[1], "--version")) {
		printf("nfref %s\n", NFR_VERSION);
		return NFR_EXIT_OK;
	}
	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help")))
		return help();
	for (i = 0; argc > 1 && i < N_COMMANDS; i++)
		if (!strcmp(argv[1], command[i].name))
			return command[i].run(argc - 1, argv + 1);
	if (argc > 1)
		fprintf(stderr, "nfref: unknown command '%s'; see nfref --help\n", argv[1]);
	else
		fprintf(stderr, "nfref: which command? See nfref --help\n");
	return NFR_EXIT_USAGE;
}

int main(int argc, char **argv)
{
	int status = run(argc, argv);

	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "nfref: standard output: %s\n", strerror(errno));
		return NFR_EXIT_USAGE;
	}
	return status;
}
