/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/outdir.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names that a folder of results may hold: anything else is somebody's own. */
static bool is_result(const char *name)
{
	static const char *const known[] = {".",        "..",       "conntrack", "expect",
					    "events",   "log",      "rules.v4",  "rules.v6",
					    "sets",     "services", "steps"};
	size_t len = strlen(name), i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(name, known[i]))
			return true;
	return len > 5 && !strcmp(name + len - 5, ".pcap");
}

static int refuse_foreign(const char *path, struct nfr_diag *diag)
{
	struct dirent *entry;
	DIR *dir = opendir(path);
	int status = 0;

	if (!dir)
		return errno == ENOENT ? 0 : nfr_diag_file(diag, path, "%s", strerror(errno));
	while (status == 0 && (entry = readdir(dir)) != NULL)
		if (!is_result(entry->d_name))
			status = nfr_diag_file(diag, path,
					       "holds '%s', which is no result of a replay: not "
					       "replaced",
					       entry->d_name);
	closedir(dir);
	return status;
}

static void remove_folder(const char *path)
{
	struct dirent *entry;
	DIR *dir = opendir(path);
	char file[4400];

	while (dir && (entry = readdir(dir)) != NULL) {
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		if (is_result(entry->d_name) && entry->d_name[0] != '.')
			unlink(file);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

int nfr_outdir_begin(struct nfr_outdir *out, const char *path, struct nfr_diag *diag)
{
	size_t len = strlen(path);

	memset(out, 0, sizeof(*out));
	if (refuse_foreign(path, diag) < 0)
		return -1;
	while (len > 1 && path[len - 1] == '/')
		len--;
	out->path = strndup(path, len);
	if (asprintf(&out->temp, "%s.XXXXXX", out->path) < 0)
		abort();
	if (!mkdtemp(out->temp)) {
		nfr_diag_file(diag, path, "%s", strerror(errno));
		free(out->path);
		free(out->temp);
		memset(out, 0, sizeof(*out));
		return -1;
	}
	chmod(out->temp, 0755);
	return 0;
}

char *nfr_outdir_file(const struct nfr_outdir *out, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", out->temp, name) < 0)
		abort();
	return path;
}

int nfr_outdir_commit(struct nfr_outdir *out, struct nfr_diag *diag)
{
	int status = 0;

	remove_folder(out->path);
	if (rename(out->temp, out->path) < 0) {
		status = nfr_diag_file(diag, out->path, "%s", strerror(errno));
		remove_folder(out->temp);
	}
	free(out->path);
	free(out->temp);
	memset(out, 0, sizeof(*out));
	return status;
}

void nfr_outdir_abort(struct nfr_outdir *out)
{
	if (out->temp)
		remove_folder(out->temp);
	free(out->path);
	free(out->temp);
	memset(out, 0, sizeof(*out));
}
