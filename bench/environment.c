/* SPDX-License-Identifier: BSD-2-Clause */
#include "bench.h"

#include <sched.h>
#include <string.h>
#include <sys/utsname.h>

static void cpu_model(char *to, size_t size)
{
	FILE *from = fopen("/proc/cpuinfo", "r");
	char line[256], *p;

	snprintf(to, size, "unknown");
	while (from && fgets(line, sizeof(line), from)) {
		p = strchr(line, ':');
		if (strncmp(line, "model name", 10) != 0 || !p)
			continue;
		p[strcspn(p, "\n")] = '\0';
		snprintf(to, size, "%s", p + 2);
		break;
	}
	if (from)
		fclose(from);
}

static bool huge_pages(void)
{
	FILE *from = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "r");
	char line[64] = "";

	if (from) {
		if (!fgets(line, sizeof(line), from))
			line[0] = '\0';
		fclose(from);
	}
	return line[0] && !strstr(line, "[never]");
}

void bench_environment(FILE *to)
{
	struct utsname uts;
	char cpu[128];

	cpu_model(cpu, sizeof(cpu));
	uname(&uts);
	fprintf(to,
		"{\"environment\": {\"nfref\": \"%s\", \"cpu\": \"%s\", \"kernel\": \"%s\", "
		"\"machine\": \"%s\", \"compiler\": \"%s\", \"huge_pages\": %s, "
		"\"frame_bytes\": %u}}\n",
		NFR_VERSION, cpu, uts.release, uts.machine, __VERSION__,
		huge_pages() ? "true" : "false", BENCH_FRAME_LEN);
}

void bench_pin(void)
{
	cpu_set_t set;
	int cpu = sched_getcpu();

	CPU_ZERO(&set);
	CPU_SET(cpu < 0 ? 0 : (unsigned)cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}
