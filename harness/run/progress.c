/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define FIRST_MS 1000
#define EVERY_MS 200

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void nfr_progress(struct nfr_progress *progress, uint32_t n)
{
	int64_t now;

	if (n % 1024 != 1)
		return;
	now = now_ms();
	if (!progress->started_ms)
		progress->started_ms = progress->shown_ms = now;
	if (now - progress->started_ms < FIRST_MS || now - progress->shown_ms < EVERY_MS ||
	    !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\rnfref: %u packets", n);
	progress->shown_ms = now;
	progress->shown = true;
}

void nfr_progress_end(struct nfr_progress *progress)
{
	if (progress->shown)
		fprintf(stderr, "\r\033[K");
}
