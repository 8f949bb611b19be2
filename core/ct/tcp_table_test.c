/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every (state, direction, flags) once more, against what Linux answered
 * (conformance/tables/tcp-states.py, whose steps are taken here in the same way).
 */
#include "ct/rig.h"

#define ANSWERS "conformance/tables/tcp-states"
#define MIN_ANSWERS 130

struct step {
	unsigned dir;
	uint8_t bits;
};

#define FIN_ACK (NFR_TCP_FIN | NFR_TCP_ACK)
#define SYN_ACK (NFR_TCP_SYN | NFR_TCP_ACK)
#define OPEN {0, NFR_TCP_SYN}, {1, SYN_ACK}, {0, NFR_TCP_ACK}
#define CLOSING OPEN, {0, FIN_ACK}, {1, NFR_TCP_ACK}

static const struct way {
	const char *state;
	unsigned n;
	struct step step[8];
} ways[] = {
	{"NONE", 0, {{0, 0}}},
	{"SYN_SENT", 1, {OPEN}},
	{"SYN_RECV", 2, {OPEN}},
	{"ESTABLISHED", 3, {OPEN}},
	{"FIN_WAIT", 4, {CLOSING}},
	{"CLOSE_WAIT", 5, {CLOSING}},
	{"LAST_ACK", 6, {CLOSING, {1, FIN_ACK}}},
	{"TIME_WAIT", 7, {CLOSING, {1, FIN_ACK}, {0, NFR_TCP_ACK}}},
	{"CLOSE", 4, {OPEN, {0, NFR_TCP_RST | NFR_TCP_ACK}}},
	{"SYN_SENT2", 2, {{0, NFR_TCP_SYN}, {1, NFR_TCP_SYN}}},
};

static const struct {
	const char *name;
	uint8_t bits;
} flags[] = {
	{"SYN", NFR_TCP_SYN}, {"SYN/ACK", SYN_ACK},
	{"FIN", FIN_ACK},     {"ACK", NFR_TCP_ACK},
	{"RST", NFR_TCP_RST}, {"RST/ACK", NFR_TCP_RST | NFR_TCP_ACK},
	{"none", 0},
};

static const char *send_step(struct rig *rig, uint32_t next[2], struct step step)
{
	struct rig_tcp t = {.seq = next[step.dir], .bits = step.bits, .win = 8192};
	struct rig_pkt p;

	if (step.bits & NFR_TCP_ACK)
		t.ack = next[!step.dir];
	if (step.bits & (NFR_TCP_SYN | NFR_TCP_FIN))
		next[step.dir]++;
	rig_tcp(&p, step.dir, 1000, t);
	return rig_put(rig, &p);
}

static const char *state_name(const struct nfr_ct_view *view)
{
	return view ? nfr_tcp_state_name(view->tcp_state) : "NONE";
}

static const char *outcome(const struct nfr_ct_view *before, const struct nfr_ct_view *after)
{
	if (!after)
		return before ? "GONE" : "nothing";
	if (before && before->tcp_state == after->tcp_state &&
	    memcmp(before->acct, after->acct, sizeof(after->acct)) == 0)
		return "IGNORED";
	return state_name(after);
}

static void check_answer(const char *state, unsigned dir, uint8_t bits, const char *seen,
			 const char *result)
{
	uint32_t next[2] = {1000, 5000};
	const struct nfr_ct_view *view;
	struct nfr_ct_view before;
	const struct way *way = ways;
	const char *ctstate;
	struct rig rig;

	while (strcmp(way->state, state) != 0)
		way++;
	rig_open(&rig, 16);
	rig.env.sysctl.ct_acct = 1;
	for (unsigned i = 0; i < way->n; i++)
		send_step(&rig, next, way->step[i]);
	view = rig_tcp_view(&rig);
	assert_string_equal(state_name(view), state);
	if (view)
		before = *view;
	ctstate = send_step(&rig, next, (struct step){dir, bits});
	if (strcmp(ctstate, seen) != 0 ||
	    strcmp(outcome(view ? &before : NULL, rig_tcp_view(&rig)), result) != 0)
		fail_msg("%s dir %u bits %x: %s %s, Linux: %s %s", state, dir, bits, ctstate,
			 outcome(view ? &before : NULL, rig_tcp_view(&rig)), seen, result);
	rig_close(&rig);
}

static uint8_t bits_of(const char *name)
{
	unsigned i = 0;

	while (strcmp(flags[i].name, name) != 0)
		i++;
	return flags[i].bits;
}

static void test_every_cell(void **state)
{
	char line[128], from[16], dir[16], name[16], seen[16], result[16];
	FILE *f = fopen(ANSWERS, "r");
	unsigned n = 0;

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		assert_int_equal(
			sscanf(line, "%15s%15s%15s%15s%15s", from, dir, name, seen, result), 5);
		check_answer(from, strcmp(dir, "reply") == 0, bits_of(name), seen, result);
		n++;
	}
	fclose(f);
	assert_true(n >= MIN_ANSWERS);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(nfr_tcp_state_name(NFR_TCP_SYN_SENT2), "SYN_SENT2");
	assert_string_equal(nfr_tcp_state_name(NFR_TCP_MAX), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_cell),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
