/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sysctl/conf.h"

static FILE *asked;

/* The instance is played by this test: it knows two names and two interfaces. */
enum nfr_status nfr_sysctl_set(struct nfr_net *net, const char *name, int32_t value)
{
	(void)net;
	if (strncmp(name, "net.ipv4.", 9))
		return NFR_ENOENT;
	if (value > 7)
		return NFR_ERANGE;
	fprintf(asked, "%s=%d ", name + 9, value);
	return NFR_OK;
}

enum nfr_status nfr_link_get(const struct nfr_net *net, uint16_t ifindex, struct nfr_link *link)
{
	(void)net;
	if (ifindex > 2)
		return NFR_ENODEV;
	snprintf(link->name, sizeof(link->name), "eth%d", ifindex - 1);
	return NFR_OK;
}

struct row {
	const char *text;
	const char *want; /* what is set, then warnings; NULL: refused */
	unsigned line, column;
};

static const struct row rows[] = {
	{"net.ipv4.ip_forward = 1\n", "ip_forward=1 ", 0, 0},
	{"  net/ipv4/ip_forward=0  ", "ip_forward=0 ", 0, 0},
	{"# x\n\n; y\n", "", 0, 0},
	{"net.ipv4.y = 04\n", "y=4 ", 0, 0},
	{"net.ipv4.x = -1", "x=-1 ", 0, 0},
	{"net.ipv4.x = 1 # the rest counts for nothing", "x=1 ", 0, 0},
	{"net.ipv4.x = 1\r\n", "x=1 ", 0, 0},
	{"net/ipv4/conf/eth0.100/forwarding = 1", "conf.eth0.100.forwarding=1 ", 0, 0},
	{"net.ipv4.conf.eth0/100.forwarding = 1", "conf.eth0.100.forwarding=1 ", 0, 0},
	{"net.ipv4.conf.*.rp_filter = 2",
	 "conf.all.rp_filter=2 conf.default.rp_filter=2 conf.eth0.rp_filter=2 "
	 "conf.eth1.rp_filter=2 ",
	 0, 0},
	{"-net.ipv4.x = 9", "", 0, 0},
	{"-net.ipv4.conf.lo.rp_filter", "", 0, 0},
	{"-net.core.x = 1", "", 0, 0},
	{"\n net.core.x = 1", "sysctl.conf:2:2: warning: net.core.x is not known to nfref\n", 0, 0},
	{"net.ipv4.x = 1\nnet.ipv4.y", NULL, 2, 1},
	{"net.ipv4.x 1", NULL, 1, 1},
	{"= 1", NULL, 1, 1},
	{"net.ipv4.x =", NULL, 1, 13},
	{"net.ipv4.x = abc", NULL, 1, 14},
	{"net.ipv4.x = +1", NULL, 1, 14},
	{"net.ipv4.x = 1,0", NULL, 1, 14},
	{"net.ipv4.x = \"1\"", NULL, 1, 14},
	{"net.ipv4.x = 99999999999", NULL, 1, 14},
	{"net.ipv4.x = 8", NULL, 1, 14},
};

static void lines(void **unused)
{
	struct nfr_diag diag;
	struct nfr_text text;
	char *got;
	size_t len;
	int err;

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		text = nfr_text_string("sysctl.conf", rows[i].text);
		got = NULL;
		asked = open_memstream(&got, &len);
		err = nfr_sysctl_load(NULL, &text, asked, &diag);
		fclose(asked);
		if (!err != (rows[i].want != NULL) || (rows[i].want && strcmp(got, rows[i].want)) ||
		    (err && (diag.line != rows[i].line || diag.column != rows[i].column)))
			fail_msg("%s: `%s' %u:%u: %s", rows[i].text, got, diag.line, diag.column,
				 diag.text);
		free(got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
