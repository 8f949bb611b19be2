/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replays of recorded cases in other clothes: as one cooked capture of all interfaces, and with
 * another choice of ports than Linux's. Run from the root of the tree.
 */
#include "run/replay.h"

#include "base/bytes.h"
#include "compare/compare.h"
#include "packet/rewrite.h"
#include "run/rebind.h"

#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define CASE "conformance/cases/seed/masquerade-tcp"

static char dir[] = "/tmp/nfref-replay-test-XXXXXX";

static const char *in_dir(char *to, size_t size, const char *name)
{
	snprintf(to, size, "%s/%s", dir, name);
	return to;
}

/* ---- a capture of all interfaces ---- */

static void put_cooked(pcap_dumper_t *dump, bool v2, const struct nfr_pcap_frame *frame,
		       uint32_t ifindex)
{
	struct pcap_pkthdr hdr = {.ts = {.tv_sec = (time_t)(frame->ts_ns / NFR_NSEC_PER_SEC),
					 .tv_usec = (suseconds_t)(frame->ts_ns % NFR_NSEC_PER_SEC)}};
	uint32_t hlen = v2 ? 20 : 16;
	uint8_t buf[2048] = {0};

	nfr_put16(buf + (v2 ? 0 : 14), nfr_get16(frame->data + 12));
	if (v2)
		nfr_put32(buf + 4, ifindex);
	nfr_put16(buf + (v2 ? 8 : 2), 1);
	buf[v2 ? 11 : 5] = 6;
	memcpy(buf + (v2 ? 12 : 6), frame->data + 6, 6);
	memcpy(buf + hlen, frame->data + 14, frame->len - 14);
	hdr.caplen = hdr.len = frame->len - 14 + hlen;
	pcap_dump((u_char *)dump, &hdr, buf);
}

/* What Linux sent because of it. */
static void put_outgoing(pcap_dumper_t *dump, bool v2, const struct nfr_pcap_frame *frame)
{
	struct pcap_pkthdr hdr = {.ts = {.tv_sec = (time_t)(frame->ts_ns / NFR_NSEC_PER_SEC),
					 .tv_usec = (suseconds_t)(frame->ts_ns % NFR_NSEC_PER_SEC)}};
	uint32_t hlen = v2 ? 20 : 16;
	uint8_t buf[2048] = {0};

	nfr_put16(buf + (v2 ? 0 : 14), nfr_get16(frame->data + 12));
	nfr_put16(buf + (v2 ? 8 : 2), 1);
	buf[v2 ? 10 : 1] = 4;
	memcpy(buf + hlen, frame->data + 14, frame->len - 14);
	hdr.caplen = hdr.len = frame->len - 14 + hlen;
	pcap_dump((u_char *)dump, &hdr, buf);
}

/* Inputs of the case and Linux's outputs merged by time, as `tcpdump -i any` has them. */
static void make_any(const char *path, bool v2)
{
	pcap_t *pcap = pcap_open_dead_with_tstamp_precision(v2 ? 276 : 113, 262144,
							    PCAP_TSTAMP_PRECISION_NANO);
	pcap_dumper_t *dump = pcap_dump_open(pcap, path);
	static const char *const file[] = {CASE "/in/eth0.pcap", CASE "/in/eth1.pcap",
					   CASE "/want/eth0.pcap", CASE "/want/eth1.pcap"};
	struct nfr_pcap_frame frame[4];
	struct nfr_pcap_in in[4];
	struct nfr_diag diag;
	int more[4], k, best;

	assert_non_null(dump);
	for (k = 0; k < 4; k++) {
		assert_int_equal(nfr_pcap_in_open(&in[k], file[k], &diag), 0);
		more[k] = nfr_pcap_in_next(&in[k], &frame[k], &diag);
	}
	for (;;) {
		for (best = -1, k = 0; k < 4; k++)
			if (more[k] == 1 && (best < 0 || frame[k].ts_ns < frame[best].ts_ns))
				best = k;
		if (best < 0)
			break;
		if (best < 2)
			put_cooked(dump, v2, &frame[best], best ? 9 : 4);
		else
			put_outgoing(dump, v2, &frame[best]);
		more[best] = nfr_pcap_in_next(&in[best], &frame[best], &diag);
	}
	pcap_dump_close(dump);
	pcap_close(pcap);
	for (k = 0; k < 4; k++)
		nfr_pcap_in_close(&in[k]);
}

static void a_cooked_capture_gives_the_same(void **state)
{
	char any[256], out[256];
	struct nfr_run_opts opts = {.prefill = -1};
	struct nfr_diag diag = {0};
	struct nfr_case c;
	unsigned v;

	(void)state;
	for (v = 1; v <= 2; v++) {
		make_any(in_dir(any, sizeof(any), "any.pcap"), v == 2);
		memset(&c, 0, sizeof(c));
		c.net = strdup(CASE "/net");
		c.sysctl = strdup(CASE "/sysctl.conf");
		c.rules4 = strdup(CASE "/rules.v4");
		assert_int_equal(nfr_case_add_input(&c, "any", any, &diag), 0);
		assert_int_equal(nfr_case_complete(&c, &diag), 0);
		in_dir(out, sizeof(out), "out");
		if (nfr_replay(&c, &opts, false, out, &diag) < 0)
			fail_msg("%s: %s", diag.file, diag.text);
		nfr_case_free(&c);
		assert_int_equal(nfr_compare(CASE "/want", out, stdout, false, &diag), 0);
		assert_int_equal(nfr_compare(any, out, stdout, false, &diag), 0);
		assert_int_equal(nfr_compare(any, CASE "/in", stderr, false, &diag), 1);
		unlink(any);
	}
}

/* ---- ports chosen at random ---- */

#define UDP(sport_hi, sport_lo, dport_hi, dport_lo)                                                \
	{0x45, 0, 0, 31, 0, 1, 0, 0, 64, 17, 0x62, 0xca, 10, 0, 2, 1, 10, 0, 2, 2,                 \
	 sport_hi, sport_lo, dport_hi, dport_lo, 0, 11, 0, 0, 'a', 'b', 'c'}

/* Linux sent from 10.0.2.1:5555, we from 6666: an answer to 5555, and an error that quotes it, go
 * to 6666; another port stays. */
static void inputs_follow_the_binding(void **state)
{
	static const char steps[] =
		"{\"in\": \"eth0\", \"n\": 0, \"out\": [[\"eth1\", "
		"\"4500001f00010000401162ca0a0002010a00020215b30035000b0000616263\"]]}\n"
		"{\"in\": \"eth1\", \"n\": 1, \"out\": []}\n"
		"{\"in\": \"eth1\", \"n\": 2, \"out\": []}\n";
	uint8_t sent[] = UDP(0x1a, 0x0a, 0, 53), answer[] = UDP(0, 53, 0x15, 0xb3), swap[4];
	struct nfr_rebind rebind;
	char path[256];
	FILE *to;

	(void)state;
	to = fopen(in_dir(path, sizeof(path), "steps"), "w");
	fputs(steps, to);
	fclose(to);
	memcpy(swap, answer + 12, 4);
	memcpy(answer + 12, answer + 16, 4);
	memcpy(answer + 16, swap, 4);
	nfr_rebind_open(&rebind, dir);
	nfr_rebind_input(&rebind, sent, sizeof(sent), true);
	assert_int_equal(nfr_get16(sent + 20), 6666);
	nfr_rebind_output(&rebind, "eth1", sent, sizeof(sent), true);
	nfr_rebind_input(&rebind, answer, sizeof(answer), true);
	assert_int_equal(nfr_get16(answer + 22), 6666);
	assert_int_equal(nfr_get16(answer + 20), 53);
	assert_int_equal(nfr_get16(answer + 26), 0); /* no checksum, none now */
	nfr_put16(answer + 22, 5556);
	nfr_rebind_input(&rebind, answer, sizeof(answer), true);
	assert_int_equal(nfr_get16(answer + 22), 5556);
	nfr_rebind_input(&rebind, answer, sizeof(answer), true); /* beyond the last step */
	nfr_rebind_close(&rebind);
	unlink(path);
}

static void put_ports(uint8_t *ip, uint16_t sport, uint16_t dport)
{
	nfr_put16(ip + 20, sport);
	nfr_put16(ip + 22, dport);
}

/* Linux had 5555, then 5557; we had 6666 twice. What comes late to 5555 goes to a port that is free
 * here as well, and what comes to 6666 to none of ours. */
static void inputs_to_a_former_port_go_nowhere(void **state)
{
	static const char *const hex[] = {"15b3", "15b5"};
	static const uint16_t rows[][2] = {{5557, 6666}, {5555, 5557}, {6666, 5555}, {5556, 5556}};
	uint8_t packet[] = UDP(0x1a, 0x0a, 0, 53);
	struct nfr_rebind rebind;
	char path[256];
	unsigned i;
	FILE *to;

	(void)state;
	to = fopen(in_dir(path, sizeof(path), "steps"), "w");
	for (i = 0; i < 2; i++)
		fprintf(to, "{\"in\": \"eth0\", \"n\": %u, \"out\": [[\"eth1\", "
			    "\"4500001f00010000401162ca0a0002010a000202%s0035000b0000616263\"]]}\n", i, hex[i]);
	for (i = 0; i < 4; i++)
		fprintf(to, "{\"in\": \"eth0\", \"n\": %u, \"out\": []}\n", i + 2);
	fclose(to);
	nfr_rebind_open(&rebind, dir);
	for (i = 0; i < 2; i++) {
		put_ports(packet, 40000, 53);
		nfr_rebind_input(&rebind, packet, sizeof(packet), true);
		put_ports(packet, 6666, 53);
		nfr_rebind_output(&rebind, "eth1", packet, sizeof(packet), true);
	}
	for (i = 0; i < 4; i++) {
		put_ports(packet, rows[i][0], 53);
		nfr_rebind_input(&rebind, packet, sizeof(packet), true);
		assert_int_equal(nfr_get16(packet + 20), rows[i][1]);
	}
	nfr_rebind_close(&rebind);
	unlink(path);
}

static void plus_one(void *user, const struct nfr_ends *ends, uint16_t to[2])
{
	(void)user;
	to[0] = (uint16_t)(ends->port[0] + 1);
	to[1] = (uint16_t)(ends->port[1] + 1);
}

static unsigned rewrite_all(const char *path, unsigned kind)
{
	struct nfr_pcap_frame frame;
	struct nfr_dissection d;
	struct nfr_pcap_in in;
	struct nfr_diag diag;
	uint8_t buf[2048];
	unsigned i, n = 0;

	assert_int_equal(nfr_pcap_in_open(&in, path, &diag), 0);
	while (nfr_pcap_in_next(&in, &frame, &diag) == 1) {
		memcpy(buf, frame.data, frame.len);
		nfr_dissect(&d, buf, frame.len, false);
		nfr_packet_rewrite_ports(buf, frame.len, false, plus_one, NULL);
		assert_memory_not_equal(buf, frame.data, frame.len);
		for (i = 0; i < d.n; i++) {
			if (d.field[i].kind == NFR_FIELD_CSUM)
				assert_int_equal(nfr_field_residue(buf, &d.field[i]),
						 nfr_field_residue(frame.data, &d.field[i]));
			if (d.field[i].kind == NFR_FIELD_CRC)
				assert_int_equal(nfr_field_crc_ok(buf, &d.field[i]),
						 nfr_field_crc_ok(frame.data, &d.field[i]));
			n += d.field[i].kind == kind;
		}
	}
	nfr_pcap_in_close(&in);
	return n;
}

/* Checksums are as right or wrong as before. */
static void rewriting_keeps_checksums(void **state)
{
	(void)state;
	assert_true(rewrite_all("conformance/cases/seed/icmp-error-through-nat/in/eth1.pcap",
				NFR_FIELD_CSUM) > 3);
	assert_true(rewrite_all("conformance/cases/conntrack/sctp/in/eth0.pcap", NFR_FIELD_CRC) > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cooked_capture_gives_the_same),
		cmocka_unit_test(inputs_follow_the_binding),
		cmocka_unit_test(inputs_to_a_former_port_go_nowhere),
		cmocka_unit_test(rewriting_keeps_checksums),
	};
	char command[300];
	int status;

	if (!mkdtemp(dir))
		return 1;
	status = cmocka_run_group_tests_name("run/replay", tests, NULL, NULL);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	if (system(command) != 0)
		return 1;
	return status;
}
