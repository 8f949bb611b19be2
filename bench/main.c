/* SPDX-License-Identifier: BSD-2-Clause */
#include "bench.h"

#include <fnmatch.h>
#include <getopt.h>
#include <stdlib.h>

struct options {
	const char *filter, *rules;
	unsigned reps;
	bool json, small, list;
};

static void print_json(const struct bench_workload *w, const struct bench_figures *f)
{
	printf("{\"workload\": \"%s\", \"ns\": %.1f, \"ns_min\": %.1f", w->name, f->ns, f->ns_min);
	if (w->over_base)
		printf(", \"over_base_ns\": %.1f", f->over_base_ns);
	if (w->one_by_one)
		printf(", \"p99\": %.0f, \"max\": %.0f", f->p99_ns, f->max_ns);
	if (w->traffic)
		printf(", \"gen_ns\": %.1f, \"packets\": %lu, \"bytes_per_connection\": %.0f",
		       f->gen_ns, (unsigned long)f->packets, f->bytes_per_connection);
	else
		printf(", \"rules\": %u, \"bytes_per_rule\": %.0f", w->n_rules, f->bytes_per_rule);
	printf(", \"digest\": \"%016lx\"}\n", (unsigned long)f->digest);
}

static void print(const struct bench_workload *w, const struct bench_figures *f)
{
	printf("%-28s %8.1f ns %8.1f min", w->name, f->ns, f->ns_min);
	if (w->over_base)
		printf(" %8.1f over its base", f->over_base_ns);
	if (w->one_by_one)
		printf(" %8.0f p99 %8.0f max", f->p99_ns, f->max_ns);
	if (f->bytes_per_connection > 0)
		printf(" %6.0f B/connection", f->bytes_per_connection);
	if (!w->traffic)
		printf(" %6.0f B/rule", f->bytes_per_rule);
	printf("  %016lx\n", (unsigned long)f->digest);
}

static int measure(const struct bench_workload *w, unsigned reps, struct bench_figures *figures)
{
	if (!w->traffic)
		return bench_measure_load(w, reps, figures);
	return w->one_by_one ? bench_measure_worst(w, reps, figures)
			     : bench_measure(w, reps, figures);
}

static int run_all(const struct bench_list *list, const struct options *o)
{
	struct bench_figures figures;
	unsigned i, n = 0;

	bench_pin();
	if (o->json)
		bench_environment(stdout);
	for (i = 0; i < list->n; i++) {
		const struct bench_workload *w = &list->w[i];

		if (fnmatch(o->filter, w->name, 0) != 0)
			continue;
		figures = (struct bench_figures){0};
		if (measure(w, o->reps, &figures) < 0)
			return 1;
		if (o->json)
			print_json(w, &figures);
		else
			print(w, &figures);
		fflush(stdout);
		n++;
	}
	if (n)
		return 0;
	fprintf(stderr, "nfref-bench: no workload matches '%s'; see --list\n", o->filter);
	return 2;
}

static int usage(FILE *to, int status)
{
	fprintf(to, "usage: nfref-bench [--filter GLOB] [--reps N] [--json] [--small]\n"
		    "       nfref-bench --list\n"
		    "       nfref-bench --rules WORKLOAD\n"
		    "\n"
		    "Nanoseconds of thread CPU time a packet, the making of its frame subtracted: "
		    "median and\n"
		    "minimum of the repetitions (10). A figure whose digest is another is of "
		    "another work.\n"
		    "--small is for counting instructions: few flows, few packets. --rules prints "
		    "the chain of\n"
		    "a rules workload as iptables-save text.\n");
	return status;
}

static int print_rules(const struct bench_list *list, const char *name)
{
	unsigned i;

	for (i = 0; i < list->n; i++) {
		char *text;

		if (strcmp(list->w[i].name, name) != 0)
			continue;
		text = bench_world_rules(&list->w[i]);
		if (!text || fputs(text, stdout) == EOF)
			return 1;
		free(text);
		return 0;
	}
	fprintf(stderr, "nfref-bench: no workload '%s'; see --list\n", name);
	return 2;
}

static bool parse(int argc, char **argv, struct options *o)
{
	static const struct option option[] = {
		{"filter", required_argument, NULL, 'f'}, {"reps", required_argument, NULL, 'r'},
		{"rules", required_argument, NULL, 'R'},  {"json", no_argument, NULL, 'j'},
		{"small", no_argument, NULL, 's'},	  {"list", no_argument, NULL, 'l'},
		{"help", no_argument, NULL, 'h'},	  {0}};
	char *end = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "", option, NULL)) != -1) {
		switch (c) {
		case 'f':
			o->filter = optarg;
			break;
		case 'r':
			o->reps = (unsigned)strtoul(optarg, &end, 10);
			if (*end || !o->reps || o->reps > BENCH_MAX_REPS)
				return false;
			break;
		case 'R':
			o->rules = optarg;
			break;
		case 'j':
			o->json = true;
			break;
		case 's':
			o->small = true;
			break;
		case 'l':
			o->list = true;
			break;
		case 'h':
			exit(usage(stdout, 0));
		default:
			return false;
		}
	}
	return optind == argc;
}

int main(int argc, char **argv)
{
	struct options o = {.filter = "*", .reps = 10};
	static struct bench_list list;
	unsigned i;

	if (!parse(argc, argv, &o))
		return usage(stderr, 2);
	bench_list_all(&list, o.small);
	if (o.rules)
		return print_rules(&list, o.rules);
	if (!o.list)
		return run_all(&list, &o);
	for (i = 0; i < list.n; i++)
		puts(list.w[i].name);
	return 0;
}
