/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random segments, against what Linux made of them (conformance/tables/tcp-walks.py): what each
 * matched, and what its connection was afterwards; and the words that the tracker said.
 */
#include "ct/rig.h"

#define WALKS "conformance/tables/tcp-walks"
#define MIN_SEGMENTS 5000

struct answer {
	char dir[16], opts[96], seen[16], state[16], flags[32], words[160];
	unsigned bits, win, len;
	unsigned long seq, ack, seconds, packets[2];
};

static int32_t *setting(struct rig *rig, const char *name)
{
	struct nfr_sysctl *s = &rig->env.sysctl;

	if (strcmp(name, "tcp_loose") == 0)
		return &s->tcp_loose;
	if (strcmp(name, "tcp_be_liberal") == 0)
		return &s->tcp_be_liberal;
	if (strcmp(name, "tcp_ignore_invalid_rst") == 0)
		return &s->tcp_ignore_invalid_rst;
	assert_string_equal(name, "tcp_max_retrans");
	return &s->tcp_max_retrans;
}

static void begin_walk(struct rig *rig, const char *line)
{
	char name[64];
	int value;

	rig_open(rig, 16);
	rig->env.sysctl.ct_acct = 1;
	rig->env.sysctl.ct_log_invalid = 6;
	if (sscanf(line, "walk %63[a-z_]=%d", name, &value) == 2)
		*setting(rig, name) = value;
}

static unsigned parse_hex(const char *text, uint8_t *bytes)
{
	unsigned n = 0, v;

	for (; sscanf(text, "%2x", &v) == 1 && *text != '-'; text += 2)
		bytes[n++] = (uint8_t)v;
	return n;
}

static bool parse_answer(const char *line, struct answer *a)
{
	return sscanf(line, "%15s %u %lu %lu %u %u %95s %15s %15s %lu %lu %lu %31s %159[^\n]",
		      a->dir, &a->bits, &a->seq, &a->ack, &a->win, &a->len, a->opts, a->seen,
		      a->state, &a->seconds, &a->packets[0], &a->packets[1], a->flags,
		      a->words) == 14;
}

static const char *send_segment(struct rig *rig, const struct answer *a)
{
	uint8_t opts[40];
	struct rig_tcp t = {.seq = (uint32_t)a->seq, .ack = (uint32_t)a->ack,
			    .bits = (uint8_t)a->bits, .win = (uint16_t)a->win,
			    .len = (uint16_t)a->len, .opts = opts};
	struct rig_pkt p;

	t.opts_len = (uint8_t)parse_hex(a->opts, opts);
	rig_tcp(&p, strcmp(a->dir, "reply") == 0, 1000, t);
	rig->log[0] = 0;
	return rig_put(rig, &p);
}

/* The tracker's words among what was said, without their prefix; "-" for none. */
static void words_of(const struct rig *rig, char *words, size_t size)
{
	const char *at = rig->log, *end;
	size_t n = 0;

	while ((at = strstr(at, "nf_ct_proto_6: ")) != NULL) {
		at += 15;
		end = strstr(at, " ;");
		n += (size_t)snprintf(words + n, size - n, "%s%.*s", n ? "; " : "", (int)(end - at),
				      at);
	}
	if (n == 0)
		snprintf(words, size, "-");
}

static void describe(const struct nfr_ct_view *view, char *text, size_t size)
{
	const char *flags = "-";

	if (!view) {
		snprintf(text, size, "none 0 0 -");
		return;
	}
	if (!(view->status & NFR_IPS_SEEN_REPLY))
		flags = "UNREPLIED";
	else if (view->status & NFR_IPS_ASSURED)
		flags = "ASSURED";
	snprintf(text, size, "%s %u %u %s", nfr_tcp_state_name(view->tcp_state),
		 (unsigned)view->acct[0].packets, (unsigned)view->acct[1].packets, flags);
}

static void check_answer(struct rig *rig, const struct answer *a, const char *line)
{
	const char *seen = send_segment(rig, a);
	const struct nfr_ct_view *view = rig_tcp_view(rig);
	char want[128], got[128], words[160];
	long seconds;

	snprintf(want, sizeof(want), "%s %lu %lu %s", a->state, a->packets[0], a->packets[1],
		 a->flags);
	describe(view, got, sizeof(got));
	words_of(rig, words, sizeof(words));
	if (strcmp(seen, a->seen) != 0 || strcmp(got, want) != 0 || strcmp(words, a->words) != 0)
		fail_msg("Linux: %snfref: %s %s: %s", line, seen, got, words);
	if (!view)
		return;
	seconds = (long)(view->timeout_ns / (int64_t)NFR_NSEC_PER_SEC) - (long)a->seconds;
	if (seconds < 0 || seconds > 2)
		fail_msg("Linux: %snfref: %ld seconds more", line, seconds);
}

static void test_walks(void **state)
{
	FILE *f = fopen(WALKS, "r");
	unsigned n = 0;
	bool open = false;
	struct answer a;
	struct rig rig;
	char line[512];

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (strncmp(line, "walk", 4) == 0) {
			if (open)
				rig_close(&rig);
			begin_walk(&rig, line);
			open = true;
			continue;
		}
		assert_true(parse_answer(line, &a));
		check_answer(&rig, &a, line);
		n++;
	}
	rig_close(&rig);
	fclose(f);
	assert_true(n >= MIN_SEGMENTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
