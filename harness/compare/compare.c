/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Comparing what Linux gave with what another gave. The comparison is exact; what may differ is
 * what Linux itself gives differently when it is asked twice:
 *   - identification of packets that the router made (IPv6: their flow label), and of IPv6
 *     fragments that it cut again, and what that changes in a checksum;
 *   - ports that NAT picks at random: bound at first sight, by connection, then the same everywhere;
 *   - remaining times, by two seconds; use= and id=; comment lines of saved rules; the order of
 *     lines in table dumps.
 *
 * The steps are compared first, since they name the input that made the difference, and since
 * ports are bound in the order of time there; then the captures, events, logs and tables. A file
 * that is not there is an empty one. Only the first difference is told unless all are wanted.
 */
#include "compare/compare.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *name;
	enum nfr_cmp_style style;
} text_file[] = {
	{"events", NFR_CMP_EVENTS},  {"log", NFR_CMP_LOG},       {"conntrack", NFR_CMP_TABLE},
	{"expect", NFR_CMP_TABLE},   {"rules.v4", NFR_CMP_EXACT}, {"rules.v6", NFR_CMP_EXACT},
	{"sets", NFR_CMP_LISTS},     {"services", NFR_CMP_LISTS},
};

static bool enough(const struct nfr_cmp *cmp)
{
	return cmp->n_differences && !cmp->all;
}

static bool is_pcap(const char *name)
{
	size_t len = strlen(name);

	return len > 5 && !strcmp(name + len - 5, ".pcap");
}

/* The captures of one folder; of the second folder only those that the first has not. */
static int compare_captures(struct nfr_cmp *cmp, const char *folder, const char *except,
			    struct nfr_diag *diag)
{
	struct dirent **entry;
	int n = scandir(folder, &entry, NULL, alphasort), i, status = 0;
	char other[4400];

	for (i = 0; i < n; i++) {
		snprintf(other, sizeof(other), "%s/%s", except ? except : folder, entry[i]->d_name);
		if (is_pcap(entry[i]->d_name) && !(except && access(other, F_OK) == 0) &&
		    status == 0 && !enough(cmp))
			status = nfr_cmp_pcap(cmp, entry[i]->d_name, diag);
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
	return status;
}

static int compare_all(struct nfr_cmp *cmp, struct nfr_diag *diag)
{
	size_t i;

	if (nfr_cmp_learn(cmp, diag) < 0 || nfr_cmp_steps(cmp, diag) < 0)
		return -1;
	if (compare_captures(cmp, cmp->want, NULL, diag) < 0 ||
	    compare_captures(cmp, cmp->got, cmp->want, diag) < 0)
		return -1;
	for (i = 0; i < sizeof(text_file) / sizeof(*text_file) && !enough(cmp); i++)
		if (nfr_cmp_text(cmp, text_file[i].name, text_file[i].style, diag) < 0)
			return -1;
	return 0;
}

/* 1: a folder; 0: a file; -1: diag. */
static int is_folder(const char *path, struct nfr_diag *diag)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return nfr_diag_file(diag, path, "%s", strerror(errno));
	return S_ISDIR(st.st_mode);
}

void nfr_cmp_free(struct nfr_cmp *cmp)
{
	nfr_bind_free(&cmp->bind);
	nfr_cmp_flows_free(&cmp->chosen);
	nfr_cmp_flows_free(&cmp->drawn);
	free(cmp->arrived);
}

int nfr_compare(const char *want, const char *got, FILE *out, bool all, struct nfr_diag *diag)
{
	struct nfr_cmp cmp = {.want = want, .got = got, .out = out, .all = all};
	int want_folder = is_folder(want, diag), status = is_folder(got, diag);

	if (want_folder < 0 || status < 0)
		return -1;
	if (status == 0)
		return nfr_diag_file(diag, got, "not a folder");
	cmp.colour = isatty(fileno(out));
	status = want_folder ? compare_all(&cmp, diag) : nfr_cmp_cooked(&cmp, diag);
	nfr_cmp_free(&cmp);
	if (status < 0)
		return -1;
	return cmp.n_differences ? 1 : 0;
}
