/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every (state, direction, chunk) of SCTP against what Linux answered
 * (conformance/tables/sctp-states.py, whose steps are taken here in the same way), and packets
 * that are none.
 */
#include "ct/rig.h"

#define ANSWERS "conformance/tables/sctp-states"
#define MIN_ANSWERS 350

enum { INIT = 1, INIT_ACK, HB = 4, HB_ACK, ABORT, SHUT, SHUT_ACK, ECHO = 10, ECHO_ACK, DONE = 14 };

static const uint32_t tag[2] = {0x22222222, 0x11111111};

struct step {
	unsigned dir;
	uint8_t chunk;
};

#define OPEN {0, INIT}, {1, INIT_ACK}, {0, ECHO}, {1, ECHO_ACK}

static const struct way {
	const char *name;
	unsigned n;
	struct step step[7];
} ways[] = {
	{"new", 0, {{0, 0}}},
	{"init", 1, {OPEN}},
	{"init-ack", 2, {OPEN}},
	{"cookie-echo", 3, {OPEN}},
	{"cookie-ack", 4, {OPEN}},
	{"shutdown", 5, {OPEN, {0, SHUT}}},
	{"shutdown-reply", 5, {OPEN, {1, SHUT}}},
	{"shutdown-ack", 6, {OPEN, {0, SHUT}, {1, SHUT_ACK}}},
	{"complete", 7, {OPEN, {0, SHUT}, {1, SHUT_ACK}, {0, DONE}}},
	{"abort", 5, {OPEN, {0, ABORT}}},
	{"init-both", 2, {{0, INIT}, {1, INIT}}},
	{"heartbeat", 1, {{0, HB}}},
	{"heartbeat-ack", 2, {{0, HB}, {1, HB_ACK}}},
};

/* n chunks of 16 bytes each (INIT and INIT ACK have 20). */
static void build(struct rig_pkt *p, unsigned dir, uint32_t vtag, const uint8_t *chunks, unsigned n)
{
	uint8_t *sctp = p->bytes + 20, *at = sctp + 12;
	uint32_t crc;

	memset(sctp, 0, 12 + 20 * n);
	rig_ports(sctp, dir, 1000, 80);
	nfr_put32(sctp + 4, vtag);
	for (unsigned i = 0; i < n; i++) {
		bool init = chunks[i] == INIT || chunks[i] == INIT_ACK;
		uint16_t len = init ? 20 : 16;

		at[0] = chunks[i];
		nfr_put16(at + 2, len);
		if (init)
			nfr_put32(at + 4, tag[!dir]);
		at += len;
	}
	crc = ~nfr_crc32c(UINT32_MAX, sctp, (size_t)(at - sctp));
	for (unsigned i = 0; i < 4; i++)
		sctp[8 + i] = (uint8_t)(crc >> 8 * i);
	rig_ip4(p, dir, NFR_IPPROTO_SCTP, (uint32_t)(at - sctp));
}

static const char *put(struct rig *rig, unsigned dir, uint8_t chunk)
{
	struct rig_pkt p;

	build(&p, dir, chunk == INIT ? 0 : tag[dir], &chunk, 1);
	return rig_put(rig, &p);
}

static const char *state_name(uint8_t state)
{
	static const char *const names[NFR_SCTP_MAX] = {
		"NONE",		 "CLOSED",	  "COOKIE_WAIT",       "COOKIE_ECHOED", "ESTABLISHED",
		"SHUTDOWN_SENT", "SHUTDOWN_RECD", "SHUTDOWN_ACK_SENT", "HEARTBEAT_SENT",
	};

	return names[state];
}

static void check_answer(const char *line, const char *from, unsigned dir, unsigned chunk,
			 const char *seen, const char *state, int seconds, const char *assured)
{
	const struct nfr_ct_view *view;
	const struct way *way = ways;
	const char *got;
	struct rig rig;

	while (strcmp(way->name, from) != 0)
		way++;
	rig_open(&rig, 16);
	for (unsigned i = 0; i < way->n; i++)
		put(&rig, way->step[i].dir, way->step[i].chunk);
	got = put(&rig, dir, (uint8_t)chunk);
	view = rig_view(&rig, 1000);
	if (strcmp(got, seen) != 0 ||
	    strcmp(view ? state_name(view->sctp_state) : "none", state) != 0 ||
	    (view && ((view->status & NFR_IPS_ASSURED) != 0) != (strcmp(assured, "-") != 0)))
		fail_msg("Linux: %snfref: %s %s", line, got,
			 view ? state_name(view->sctp_state) : "none");
	if (view)
		assert_in_range(view->timeout_ns / (int64_t)NFR_NSEC_PER_SEC, seconds, seconds + 1);
	rig_close(&rig);
}

static void test_every_cell(void **test_state)
{
	char line[128], from[20], dir[16], seen[16], state[20], assured[16];
	FILE *f = fopen(ANSWERS, "r");
	unsigned n = 0, chunk;
	int seconds;

	(void)test_state;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		assert_int_equal(sscanf(line, "%19s %15s %u %15s %19s %d %15s", from, dir, &chunk,
					seen, state, &seconds, assured),
				 7);
		check_answer(line, from, strcmp(dir, "reply") == 0, chunk, seen, state, seconds,
			     assured);
		n++;
	}
	fclose(f);
	assert_true(n >= MIN_ANSWERS);
}

static const char *put_bundle(struct rig *rig, unsigned dir, uint32_t vtag, const char *chunks)
{
	uint8_t types[4] = {0};
	struct rig_pkt p;
	unsigned n = 0;

	for (; chunks[n]; n++)
		types[n] = (uint8_t)(chunks[n] - 'a');
	build(&p, dir, vtag, types, n);
	return rig_put(rig, &p);
}

/* Letters are chunk types from a = DATA. */
static void test_bundles(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, 16);
	assert_string_equal(put_bundle(&rig, 0, 0, ""), "INVALID");
	assert_string_equal(put_bundle(&rig, 0, 0, "ba"), "INVALID");
	assert_string_equal(put_bundle(&rig, 0, 7, "b"), "INVALID");
	for (unsigned i = 0; i < 4; i++)
		put(&rig, ways[4].step[i].dir, ways[4].step[i].chunk);
	assert_string_equal(put_bundle(&rig, 0, tag[0], "aaa"), "ESTABLISHED");
	assert_string_equal(put_bundle(&rig, 0, tag[0], "ak"), "INVALID");
	assert_string_equal(put_bundle(&rig, 0, tag[0], "al"), "INVALID");
	assert_string_equal(put_bundle(&rig, 0, tag[0] + 1, "a"), "INVALID");
	assert_string_equal(put_bundle(&rig, 0, tag[0] + 1, "g"), "INVALID");
	/* a restarted peer: its heartbeat passes, and holds once it is acknowledged */
	assert_string_equal(put_bundle(&rig, 0, 77, "e"), "ESTABLISHED");
	assert_string_equal(put_bundle(&rig, 0, 77, "ae"), "INVALID");
	assert_string_equal(put_bundle(&rig, 0, 77, "f"), "INVALID");
	assert_string_equal(put_bundle(&rig, 1, 78, "f"), "ESTABLISHED");
	assert_string_equal(put_bundle(&rig, 1, 78, "a"), "ESTABLISHED");
	rig_close(&rig);
}

static void test_words(void **state)
{
	uint8_t init = INIT;
	struct rig_pkt p;
	struct rig rig;

	(void)state;
	rig_open(&rig, 16);
	rig.env.sysctl.ct_log_invalid = 132;
	build(&p, 0, 0, &init, 1);
	p.bytes[28] ^= 1;
	rig_put(&rig, &p);
	assert_string_equal(rig_said(&rig), "nf_ct_proto_132: nf_ct_sctp: bad CRC  ;");
	rig_ip4(&p, 0, NFR_IPPROTO_SCTP, 11);
	rig_put(&rig, &p);
	assert_string_equal(rig_said(&rig), "nf_ct_proto_132: nf_ct_sctp: short packet  ;");
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_cell),
		cmocka_unit_test(test_bundles),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
