/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Starting Linux's own tools, with files in memory as their input and output.
 */
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int file_of(const char *text)
{
	int fd = memfd_create("tool", MFD_CLOEXEC);
	size_t len = strlen(text);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)
		diff_die("memfd: %s", strerror(errno));
	return fd;
}

static void take(int fd, struct diff_text *to)
{
	char buf[16384];
	ssize_t n;

	lseek(fd, 0, SEEK_SET);
	while (to && (n = read(fd, buf, sizeof(buf))) > 0)
		diff_put_bytes(to, buf, (size_t)n);
	close(fd);
}

bool diff_tool(const char *const argv[], const char *input, struct diff_text *out,
	       struct diff_text *err)
{
	int fd[3] = {file_of(input), file_of(""), file_of("")}, status = -1;
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int i, bad;

	posix_spawn_file_actions_init(&actions);
	for (i = 0; i < 3; i++)
		posix_spawn_file_actions_adddup2(&actions, fd[i], i);
	bad = posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (bad)
		diff_die("%s: %s", argv[0], strerror(bad));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	close(fd[0]);
	take(fd[1], status == 0 ? out : NULL);
	if (status)
		diff_put(err, "%s: ", argv[0]);
	take(fd[2], status == 0 ? NULL : err);
	return status == 0;
}

bool diff_sysctl_write(const char *path, const char *value)
{
	char name[256];
	int fd;
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/sys/net/%s", path);
	fd = open(name, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = write(fd, value, strlen(value));
	close(fd);
	return n == (ssize_t)strlen(value);
}
