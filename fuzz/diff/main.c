/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Differential fuzzing: random routers, rulesets and traffic, done by this machine's Linux and by
 * nfref, and everything compared. See README.
 *
 * Workers are processes, each on one CPU with namespaces of its own; they take the next seed from
 * memory that they share. One that crashes is replaced: its seed is told, and counts as different.
 */
#include "cover.h"
#include "judge.h"
#include "kernel.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_WORKERS 32

static const char help_text[] =
	"usage: nfref-diff [--seed N] [--count M] [--seconds S] [--jobs J] [--out DIR] [--keep N]\n"
	"\n"
	"Makes random routers, rulesets and traffic, does each on this machine's Linux and in nfref,\n"
	"and compares packets, connections, events, log and counters. Needs root: it makes network\n"
	"namespaces of its own. Scenario k of a run has the seed N + k.\n"
	"\n"
	"  --seed N      the first seed (default: from the clock)\n"
	"  --count M     scenarios (default 1000)\n"
	"  --seconds S   no new ones after so many seconds\n"
	"  --jobs J      processes (default: two for each CPU; those that wait for timeouts cost\n"
	"                nothing)\n"
	"  --out DIR     where differences go, as cases of the conformance suite (default build/diff)\n"
	"  --keep N      differences that are minimised and kept (default 20)\n"
	"  --skip FILE   seeds to leave out, the first word of each line: differences that are known\n"
	"  --cover       print what the scenarios had in them\n"
	"\n"
	"Exit status: 0 no difference, 1 differences, 2 wrong arguments or no root.\n";

struct options {
	uint64_t seed, count, seconds;
	unsigned jobs, keep;
	const char *out;
	const char *skip;
	bool cover;
};

struct shared {
	atomic_ulong next;          /* how many seeds are taken */
	atomic_ulong verdict[4];    /* enum diff_verdict */
	atomic_ulong packets, unstable, crashed;
	atomic_uint kept;
	atomic_ulong seed_of[MAX_WORKERS];
	struct diff_cover cover;
};

static struct options opts = {.count = 1000, .keep = 20, .out = "build/diff"};
static struct shared *shared;
static uint64_t started_ns;

/* ---- one scenario ---- */

static void tell(const char *what, uint64_t seed, const struct diff_text *told)
{
	struct diff_text line = {0};

	diff_put(&line, "seed %" PRIu64 ": %s: %s", seed, what, diff_str(told));
	if (line.p[line.len - 1] != '\n')
		diff_put(&line, "\n");
	fwrite(line.p, 1, line.len, stdout);
	fflush(stdout);
	diff_text_free(&line);
}

static void keep_as(const struct diff_scenario *s, const struct diff_record *r, const char *what,
		    const char *told)
{
	char name[300];
	struct diff_text again = {0};

	snprintf(name, sizeof(name), "%s/%s-%" PRIu64, opts.out, what, s->seed);
	diff_judge(s, r, name, &again);
	diff_text_free(&again);
	diff_case_describe(s, r, name, told);
}

static bool shows_again(uint64_t seed, const char *dir)
{
	struct diff_scenario s;
	struct diff_record r = {0};
	struct diff_text told = {0};
	enum diff_verdict verdict;

	diff_scenario_make(&s, seed);
	verdict = diff_try(&s, &r, dir, &told);
	diff_record_free(&r);
	diff_scenario_free(&s);
	diff_text_free(&told);
	return verdict != DIFF_SAME;
}

/* Makes the difference small and keeps it, or only tries it again when enough are kept. False: it
 * does not show again. */
static bool keep(struct diff_scenario *s, struct diff_record *r, const char *dir,
		 struct diff_text *told)
{
	if (shared->kept++ >= opts.keep)
		return shows_again(s->seed, dir);
	if (!diff_minimise(s, r, dir, told)) {
		keep_as(s, r, "once", diff_str(told));
		return false;
	}
	keep_as(s, r, "seed", diff_str(told));
	return true;
}

static void different(struct diff_scenario *s, struct diff_record *r, const char *dir,
		      struct diff_text *told)
{
	struct diff_text first = {0};

	diff_put(&first, "%s", diff_str(told));
	if (keep(s, r, dir, told)) {
		shared->verdict[DIFF_DIFFERENT]++;
		tell("different", s->seed, told);
	} else {
		shared->unstable++;
		tell("different once, not again", s->seed, &first);
	}
	diff_text_free(&first);
}

static void do_seed(uint64_t seed, const char *dir)
{
	struct diff_scenario s;
	struct diff_record r = {0};
	struct diff_text told = {0};
	enum diff_verdict verdict;

	diff_scenario_make(&s, seed);
	verdict = diff_try(&s, &r, dir, &told);
	shared->packets += r.n_steps;
	if (verdict == DIFF_SAME || verdict == DIFF_DIFFERENT)
		diff_cover_take(&shared->cover, &s, &r, dir);
	if (verdict == DIFF_DIFFERENT) {
		different(&s, &r, dir, &told);
	} else {
		shared->verdict[verdict]++;
		if (verdict == DIFF_REFUSED)
			tell("refused", seed, &told);
		else if (verdict == DIFF_UNUSABLE)
			tell("unusable", seed, &told);
	}
	diff_record_free(&r);
	diff_scenario_free(&s);
	diff_text_free(&told);
}

/* ---- workers ---- */

static bool is_known(uint64_t seed)
{
	FILE *f = opts.skip ? fopen(opts.skip, "re") : NULL;
	char line[256];
	bool known = false;

	if (opts.skip && !f)
		diff_die("%s: %s", opts.skip, strerror(errno));
	while (f && !known && fgets(line, sizeof(line), f))
		known = line[0] != '#' && strtoull(line, NULL, 10) == seed;
	if (f)
		fclose(f);
	return known;
}

static bool time_is_up(void)
{
	return opts.seconds && diff_now_ns() - started_ns > opts.seconds * 1000000000u;
}

static void work(unsigned worker)
{
	char dir[64];
	uint64_t k;

	diff_kernel_prepare(worker);
	snprintf(dir, sizeof(dir), "/dev/shm/nfref-diff-%d", (int)getpid());
	while (!time_is_up() && (k = shared->next++) < opts.count) {
		shared->seed_of[worker] = opts.seed + k;
		if (!is_known(opts.seed + k))
			do_seed(opts.seed + k, dir);
	}
	diff_case_remove(dir);
	exit(0);
}

static pid_t start(unsigned worker)
{
	pid_t pid = fork();

	if (pid < 0)
		diff_die("fork: %s", strerror(errno));
	if (pid == 0)
		work(worker);
	return pid;
}

static void watch(void)
{
	pid_t pid[MAX_WORKERS], ended;
	unsigned i, running = 0;
	int status;

	for (; running < opts.jobs; running++)
		pid[running] = start(running);
	while (running && (ended = wait(&status)) > 0) {
		for (i = 0; i < opts.jobs && pid[i] != ended; i++)
			;
		if (status == 0) {
			running--;
			continue;
		}
		shared->crashed++;
		printf("seed %lu: the worker ended with status %d\n",
		       (unsigned long)shared->seed_of[i], status);
		pid[i] = start(i);
	}
}

/* ---- the run ---- */

static uint64_t number(const char *text)
{
	char *end;
	uint64_t n = strtoull(text, &end, 0);

	if (*end || end == text)
		diff_die("'%s' is no number", text);
	return n;
}

static int parse(int argc, char **argv)
{
	static const struct option option[] = {
		{"seed", required_argument, NULL, 's'},	   {"count", required_argument, NULL, 'n'},
		{"seconds", required_argument, NULL, 't'}, {"jobs", required_argument, NULL, 'j'},
		{"out", required_argument, NULL, 'o'},	   {"keep", required_argument, NULL, 'k'},
		{"cover", no_argument, NULL, 'c'},	   {"skip", required_argument, NULL, 'x'},
			   {"help", no_argument, NULL, 'h'},
		{0}};
	int c;

	while ((c = getopt_long(argc, argv, "", option, NULL)) != -1) {
		switch (c) {
		case 's':
			opts.seed = number(optarg);
			break;
		case 'n':
			opts.count = number(optarg);
			break;
		case 't':
			opts.seconds = number(optarg);
			break;
		case 'j':
			opts.jobs = (unsigned)number(optarg);
			break;
		case 'k':
			opts.keep = (unsigned)number(optarg);
			break;
		case 'o':
			opts.out = optarg;
			break;
		case 'x':
			opts.skip = optarg;
			break;
		case 'c':
			opts.cover = true;
			break;
		case 'h':
			fputs(help_text, stdout);
			exit(0);
		default:
			return -1;
		}
	}
	return optind == argc ? 0 : -1;
}

static int report(void)
{
	double seconds = (double)(diff_now_ns() - started_ns) / 1e9;
	unsigned long same = shared->verdict[DIFF_SAME], differ = shared->verdict[DIFF_DIFFERENT];
	unsigned long refused = shared->verdict[DIFF_REFUSED];

	if (opts.cover)
		diff_cover_print(stdout, &shared->cover);
	printf("%lu scenarios, %lu packets in %.0f s (%.0f scenarios a minute), seeds from %" PRIu64
	       ": %lu the same, %lu different, %lu refused by one side, %lu different once, %lu unusable, "
	       "%lu crashes\n",
	       same + differ + refused + shared->unstable + shared->verdict[DIFF_UNUSABLE],
	       (unsigned long)shared->packets, seconds, 60 * (double)(same + differ) / seconds,
	       opts.seed, same, differ, refused, (unsigned long)shared->unstable,
	       (unsigned long)shared->verdict[DIFF_UNUSABLE], (unsigned long)shared->crashed);
	return same == 0 || differ || refused || shared->crashed;
}

int main(int argc, char **argv)
{
	opts.seed = (uint64_t)time(NULL);
	opts.jobs = 2 * (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	if (parse(argc, argv) < 0) {
		fputs(help_text, stderr);
		return 2;
	}
	if (getuid() != 0)
		diff_die("needs root: it makes network namespaces");
	if (opts.jobs < 1 || opts.jobs > MAX_WORKERS)
		opts.jobs = opts.jobs ? MAX_WORKERS : 1;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		diff_die("no memory");
	mkdir(opts.out, 0777);
	printf("seeds from %" PRIu64 "\n", opts.seed);
	fflush(stdout);
	setvbuf(stdout, NULL, _IOLBF, 0);
	started_ns = diff_now_ns();
	watch();
	return report();
}
