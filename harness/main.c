/* SPDX-License-Identifier: BSD-2-Clause */
#include "nfref/nfref.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--version")) {
		printf("nfref %s\n", NFR_VERSION);
		return 0;
	}
	fprintf(stderr, "nfref: unknown command; see nfref --help\n");
	return 2;
}
