/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Captures byte for byte: formats, time stamps, broken files, cooked headers.
 */
#include "pcap_in.h"
#include "pcap_out.h"

#include "nfref/types.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define LE16(v) (uint8_t)(v), (uint8_t)((v) >> 8)
#define LE32(v) LE16(v), LE16((uint32_t)(v) >> 16)
#define FILE_HEADER(magic, link) LE32(magic), LE16(2), LE16(4), LE32(0), LE32(0), LE32(262144), LE32(link)
#define FRAME(sec, frac, cap, len) LE32(sec), LE32(frac), LE32(cap), LE32(len)
#define MICRO 0xa1b2c3d4u
#define NANO 0xa1b23c4du

#define IP20 0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2

static char path[] = "/tmp/nfref-pcap-test-XXXXXX";

static void write_file(const uint8_t *bytes, size_t len)
{
	FILE *to = fopen(path, "wb");

	assert_non_null(to);
	assert_int_equal(fwrite(bytes, 1, len, to), len);
	fclose(to);
}

static const uint8_t micro[] = {FILE_HEADER(MICRO, 101), FRAME(7, 5, 20, 20), IP20};
static const uint8_t nano[] = {FILE_HEADER(NANO, 101), FRAME(7, 5, 20, 20), IP20};
static const uint8_t swapped[] = {0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0,
				  0, 4, 0, 0, 0, 0, 0, 101, 0, 0, 0, 7, 0, 0, 0, 5,
				  0, 0, 0, 20, 0, 0, 0, 20, IP20};
static const uint8_t padding_cut[] = {FILE_HEADER(NANO, 101), FRAME(7, 5, 20, 46), IP20};
static const uint8_t snapped[] = {FILE_HEADER(NANO, 101), FRAME(7, 5, 19, 20), 0x45, 0, 0, 20};
static const uint8_t cut_in_frame[] = {FILE_HEADER(NANO, 101), FRAME(7, 5, 20, 20), 0x45, 0};
static const uint8_t cut_in_header[] = {FILE_HEADER(NANO, 101), LE32(7), LE16(5)};
static const uint8_t wifi[] = {FILE_HEADER(NANO, 105)};
static const uint8_t short_header[] = {LE32(NANO), LE16(2)};

static const struct {
	const char *name;
	const uint8_t *bytes;
	size_t len;
	int open, next; /* what is answered */
	uint64_t ts_ns;
} row[] = {
	{"microseconds", micro, sizeof(micro), 0, 1, 7000005000u},
	{"nanoseconds", nano, sizeof(nano), 0, 1, 7000000005u},
	{"the other byte order", swapped, sizeof(swapped), 0, 1, 7000005000u},
	{"only padding was cut", padding_cut, sizeof(padding_cut), 0, 1, 7000000005u},
	{"cut in a frame", cut_in_frame, sizeof(cut_in_frame), 0, -1, 0},
	{"cut in a frame's header", cut_in_header, sizeof(cut_in_header), 0, -1, 0},
	{"empty", micro, 0, -1, 0, 0},
	{"a link type that is not read", wifi, sizeof(wifi), -1, 0, 0},
	{"cut in the file's header", short_header, sizeof(short_header), -1, 0, 0},
};

static void files_are_read(void **state)
{
	struct nfr_pcap_frame frame;
	struct nfr_pcap_in in;
	struct nfr_diag diag;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(row) / sizeof(*row); i++) {
		write_file(row[i].bytes, row[i].len);
		if (nfr_pcap_in_open(&in, path, &diag) != row[i].open)
			fail_msg("%s", row[i].name);
		if (row[i].open < 0)
			continue;
		if (nfr_pcap_in_next(&in, &frame, &diag) != row[i].next)
			fail_msg("%s", row[i].name);
		if (row[i].next == 1)
			assert_int_equal(frame.ts_ns, row[i].ts_ns);
		nfr_pcap_in_close(&in);
	}
}

static void a_snapped_frame_is_refused(void **state)
{
	uint8_t bytes[sizeof(snapped) + 15] = {0};
	struct nfr_pcap_frame frame;
	struct nfr_pcap_in in;
	struct nfr_diag diag;

	(void)state;
	memcpy(bytes, snapped, sizeof(snapped));
	write_file(bytes, sizeof(bytes));
	assert_int_equal(nfr_pcap_in_open(&in, path, &diag), 0);
	assert_int_equal(nfr_pcap_in_next(&in, &frame, &diag), -1);
	assert_non_null(strstr(diag.text, "frame 1: only 19 of its 20 bytes"));
	nfr_pcap_in_close(&in);
}

static const uint8_t sll2[] = {FILE_HEADER(NANO, 276), FRAME(1, 0, 40, 40), 8, 0, 0, 0, 0, 0, 0, 5,
			       0, 1, 4, 6, 1, 2, 3, 4, 5, 6, 0, 0, IP20};
static const uint8_t sll[] = {FILE_HEADER(NANO, 113), FRAME(1, 0, 36, 36), 0, 1, 0, 1, 0, 6, 1, 2,
			      3, 4, 5, 6, 0, 0, 8, 0, IP20};

static void cooked_headers_are_read(void **state)
{
	struct nfr_pcap_cooked cooked;
	struct nfr_pcap_frame frame;
	struct nfr_pcap_in in;
	struct nfr_diag diag;
	unsigned v;

	(void)state;
	for (v = 1; v <= 2; v++) {
		write_file(v == 2 ? sll2 : sll, v == 2 ? sizeof(sll2) : sizeof(sll));
		assert_int_equal(nfr_pcap_in_open(&in, path, &diag), 0);
		assert_int_equal(nfr_pcap_in_next(&in, &frame, &diag), 1);
		assert_true(nfr_pcap_cooked(&in, &frame, &cooked));
		assert_int_equal(cooked.ifindex, v == 2 ? 5 : 0);
		assert_int_equal(cooked.pkt_type, v == 2 ? 4 : 1);
		assert_int_equal(cooked.protocol, 0x0800);
		assert_int_equal(cooked.hw_type, 1);
		assert_int_equal(cooked.addr_len, 6);
		assert_int_equal(cooked.addr[5], 6);
		assert_int_equal(cooked.ip_len, 20);
		assert_int_equal(cooked.ip[0], 0x45);
		frame.len = 15;
		assert_false(nfr_pcap_cooked(&in, &frame, &cooked));
		nfr_pcap_in_close(&in);
	}
}

static void what_is_written_is_read_back(void **state)
{
	static const uint8_t packet[] = {IP20};
	struct nfr_pcap_frame frame;
	struct nfr_pcap_out out;
	struct nfr_pcap_in in;
	struct nfr_diag diag;

	(void)state;
	unlink(path);
	nfr_pcap_out_init(&out, path, true);
	assert_int_equal(access(path, F_OK), -1); /* no frame, no file */
	assert_int_equal(nfr_pcap_out_write(&out, 1234567890123456789u, packet, 20, &diag), 0);
	assert_int_equal(nfr_pcap_out_close(&out, &diag), 0);
	assert_int_equal(nfr_pcap_in_open(&in, path, &diag), 0);
	assert_int_equal(in.link, NFR_PCAP_RAW);
	assert_int_equal(nfr_pcap_in_next(&in, &frame, &diag), 1);
	assert_int_equal(frame.ts_ns, 1234567890123456789u);
	assert_int_equal(frame.len, 20);
	assert_memory_equal(frame.data, packet, 20);
	assert_int_equal(nfr_pcap_in_next(&in, &frame, &diag), 0);
	nfr_pcap_in_close(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_read),
		cmocka_unit_test(a_snapped_frame_is_refused),
		cmocka_unit_test(cooked_headers_are_read),
		cmocka_unit_test(what_is_written_is_read_back),
	};
	int status, file = mkstemp(path);

	if (file < 0)
		return 1;
	close(file);
	status = cmocka_run_group_tests_name("pcap", tests, NULL, NULL);
	unlink(path);
	return status;
}
