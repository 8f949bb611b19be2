/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands of nfref. Each gets its own name as argv[0] and answers with the exit status.
 */
#ifndef NFR_HARNESS_CMD_H
#define NFR_HARNESS_CMD_H

enum nfr_exit {
	NFR_EXIT_OK = 0,
	NFR_EXIT_DIFFERENT = 1,
	NFR_EXIT_USAGE = 2, /* wrong arguments or unusable input */
};

int nfr_cmd_replay(int argc, char **argv);
int nfr_cmd_trace(int argc, char **argv);
int nfr_cmd_check(int argc, char **argv);
int nfr_cmd_compare(int argc, char **argv);

/* For an option that is not known or lacks its value: a line on stderr, and NFR_EXIT_USAGE. */
int nfr_cmd_usage(const char *command);

#endif
