/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "log/log.h"

#define ALL_FLAGS (NFR_LOG_TCPSEQ | NFR_LOG_TCPOPT | NFR_LOG_IPOPT | NFR_LOG_UID)

/* All that is asked of the net: what kernel it is like, and interfaces eth0 and eth1, 1 and 2. */
static uint32_t linux_version = 0x061200;

uint32_t nfr_linux_version(const struct nfr_net *net)
{
	(void)net;
	return linux_version;
}

enum nfr_status nfr_link_get(const struct nfr_net *net, uint16_t ifindex, struct nfr_link *link)
{
	(void)net;
	memset(link, 0, sizeof(*link));
	snprintf(link->name, sizeof(link->name), "eth%d", ifindex - 1);
	return NFR_OK;
}

struct row {
	const char *name, *packet, *full, *forwarded;
};

/* clang-format off */
static const struct row rows[] = {
#define LOG(name, packet, full, forwarded) {name, packet, full, forwarded},
#include "log/log_golden.def"
#undef LOG
};
/* clang-format on */

/* A packet in memory of exactly its size, so that a sanitizer sees every byte too far. */
static void packet_set(struct nfr_pkt *pkt, const char *hex)
{
	static const uint8_t link[14] = {2, 0, 0, 0, 1, 1, 2, 0, 0, 0, 1, 0xfe};
	unsigned byte;

	memset(pkt, 0, sizeof(*pkt));
	pkt->len = (uint32_t)strlen(hex) / 2;
	pkt->data = malloc(pkt->len);
	for (uint32_t i = 0; i < pkt->len; i++) {
		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		pkt->data[i] = (uint8_t)byte;
	}
	pkt->family = pkt->data[0] >> 4 == 6 ? NFR_IPV6 : NFR_IPV4;
	memcpy(pkt->link, link, sizeof(link));
	pkt->link[12] = pkt->family == NFR_IPV6 ? 0x86 : 0x08;
	pkt->link[13] = pkt->family == NFR_IPV6 ? 0xdd : 0x00;
	pkt->link_len = sizeof(link);
}

static char *line_of(const struct nfr_pkt *pkt, uint16_t in, uint16_t out, uint8_t flags)
{
	struct nfr_hook_state state = {.in = in, .out = out};
	struct nfr_log log = {.pkt = pkt, .state = &state, .prefix = "", .flags = flags};
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	nfr_log_print(to, NULL, &log);
	fclose(to);
	assert_true(len && text[len - 1] == '\n');
	text[len - 1] = '\0';
	return text;
}

static void same(const char *name, char *got, const char *want)
{
	if (strcmp(got, want))
		fail_msg("%s:\n got `%s'\nwant `%s'", name, got, want);
	free(got);
}

static void lines_are_those_of_linux(void **unused)
{
	struct nfr_pkt pkt;

	(void)unused;
	assert_true(sizeof(rows) / sizeof(rows[0]) > 70);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		packet_set(&pkt, rows[i].packet);
		same(rows[i].name, line_of(&pkt, 1, 0, ALL_FLAGS), rows[i].full);
		pkt.data[pkt.family == NFR_IPV6 ? 7 : 8]--;
		pkt.mark = 0x1f;
		if (rows[i].forwarded[0])
			same(rows[i].name, line_of(&pkt, 1, 2, 0), rows[i].forwarded);
		free(pkt.data);
	}
}

/* Every packet of the table cut off at every byte: nothing is read beyond its end. */
static void cut_packets_stay_in_bounds(void **unused)
{
	struct nfr_pkt pkt;
	uint8_t *whole;
	uint32_t len;

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		packet_set(&pkt, rows[i].packet);
		whole = pkt.data;
		for (len = pkt.len; pkt.len = --len, len;) {
			pkt.data = malloc(len);
			memcpy(pkt.data, whole, len);
			free(line_of(&pkt, 1, 0, ALL_FLAGS));
			free(pkt.data);
		}
		free(whole);
	}
}

static void link_layer_header(void **unused)
{
	static const char head[] = "IN=eth0 OUT= MAC= SRC=10.0.1.2 ";
	struct nfr_pkt pkt;
	char *got;

	(void)unused;
	packet_set(&pkt, rows[0].packet);
	pkt.link_len = 0; /* a tun: the word is there, its value is not */
	got = line_of(&pkt, 1, 0, 0);
	assert_memory_equal(got, head, sizeof(head) - 1);
	free(got);
	got = line_of(&pkt, 0, 2, 0); /* a local packet has no MAC= */
	assert_memory_equal(got, "IN= OUT=eth1 SRC=", 17);
	free(got);
	free(pkt.data);
}

/* A line of --log-uid for what a program has sent; the router's own packets have no owner. */
static void owner(void **unused)
{
	struct nfr_pkt pkt;
	char *got;

	(void)unused;
	packet_set(&pkt, rows[0].packet);
	pkt.mark = 5;
	pkt.flags = NFR_PKT_LOCAL | NFR_PKT_SOCKET;
	got = line_of(&pkt, 0, 2, NFR_LOG_UID);
	assert_non_null(strstr(got, " URGP=0 UID=0 GID=0 MARK=0x5 "));
	free(got);
	pkt.flags = NFR_PKT_LOCAL;
	got = line_of(&pkt, 0, 2, NFR_LOG_UID);
	assert_null(strstr(got, "UID="));
	free(got);
	free(pkt.data);
}

/* The accurate ECN flag, from a case recorded on 6.18 and its twin. */
static void ae_flag(void **unused)
{
	struct nfr_pkt pkt;
	char *got;

	(void)unused;
	packet_set(&pkt, rows[0].packet);
	pkt.data[32] = (uint8_t)(pkt.data[32] | 0x07);
	got = line_of(&pkt, 1, 0, 0);
	assert_non_null(strstr(got, " RES=0x18 AE SYN URGP=0 "));
	free(got);
	linux_version = 0x060c00; /* recorded on 6.12 */
	got = line_of(&pkt, 1, 0, 0);
	linux_version = 0x061200;
	assert_non_null(strstr(got, " RES=0x1c SYN URGP=0 "));
	free(got);
	free(pkt.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_those_of_linux),
		cmocka_unit_test(cut_packets_stay_in_bounds),
		cmocka_unit_test(link_layer_header),
		cmocka_unit_test(owner),
		cmocka_unit_test(ae_flag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
