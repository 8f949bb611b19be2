/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ftp: sessions in active mode behind source NAT, from the first SYN to the first bytes of the
 * data connection. The helper reads the PORT command, NAT rewrites it (it gets longer, so that
 * numbers are adjusted from there on) and expects the data connection, which then comes.
 *
 * The sessions are played once, each answer made from what left, and their frames recorded; a
 * repetition plays the record into an empty table, all sessions a step at a time.
 */
#include "bench.h"

#include "base/bytes.h"
#include "base/csum.h"

#include <stdlib.h>

#define DATA_PORT 30000u
#define TEXT_MAX 40

enum speaker { CLIENT, SERVER };

static const struct step {
	enum speaker from;
	bool data; /* connection */
	uint8_t flags;
	const char *text; /* "PORT": of this session */
} steps[] = {
	{CLIENT, false, BENCH_SYN, ""},
	{SERVER, false, BENCH_SYN | BENCH_ACK, ""},
	{CLIENT, false, BENCH_ACK, ""},
	{SERVER, false, BENCH_ACK | BENCH_PSH, "220 ready\r\n"},
	{CLIENT, false, BENCH_ACK | BENCH_PSH, "USER anonymous\r\n"},
	{SERVER, false, BENCH_ACK | BENCH_PSH, "331 password please\r\n"},
	{CLIENT, false, BENCH_ACK | BENCH_PSH, "PORT"},
	{SERVER, false, BENCH_ACK | BENCH_PSH, "200 understood\r\n"},
	{SERVER, true, BENCH_SYN, ""},
	{CLIENT, true, BENCH_SYN | BENCH_ACK, ""},
	{SERVER, true, BENCH_ACK, ""},
	{SERVER, true, BENCH_ACK | BENCH_PSH, "the file's first bytes\r\n"},
};

#define N_STEPS (sizeof(steps) / sizeof(steps[0]))

struct record {
	uint32_t len;
	uint8_t frame[124];
};

/* Next sequence number that each will send, as it counts, and as the other sees it. */
struct session {
	uint32_t seq[2][2], seen[2][2]; /* [data][enum speaker] */
};

struct ftp {
	struct session *session;
	struct record *record; /* step by step, all sessions of each */
};

static struct bench_ends ends_of(const struct bench_workload *w, uint32_t i,
				 const struct step *step)
{
	struct bench_ends e = bench_ends_of(w, i, (enum bench_dir)step->from);

	if (!step->data)
		return e;
	if (step->from == SERVER)
		return (struct bench_ends){e.src, e.dst, 20, DATA_PORT + i};
	return (struct bench_ends){e.src, e.dst, DATA_PORT + i, 20};
}

static unsigned text_of(const struct bench_workload *w, uint32_t i, const struct step *step,
			char text[TEXT_MAX])
{
	uint32_t a = bench_ends_of(w, i, BENCH_ORIG).src;
	unsigned port = DATA_PORT + i;

	if (strcmp(step->text, "PORT") != 0)
		return (unsigned)snprintf(text, TEXT_MAX, "%s", step->text);
	return (unsigned)snprintf(text, TEXT_MAX, "PORT %u,%u,%u,%u,%u,%u\r\n", a >> 24,
				  a >> 16 & 255, a >> 8 & 255, a & 255, port >> 8, port & 255);
}

static void put_frame(struct record *r, const struct step *step, const struct bench_ends *e,
		      const struct session *s, const char *text, unsigned text_len)
{
	uint8_t *ip = r->frame + 14, *tcp = ip + 20;
	uint32_t l4_len = 20 + text_len, sum = NFR_IPPROTO_TCP + l4_len;

	r->len = 34 + l4_len;
	bench_put_ether(r->frame, step->from == CLIENT);
	memcpy(ip, (uint8_t[]){0x45, 0, 0, 0, 0, 1, 0x40, 0, 64, NFR_IPPROTO_TCP, 0, 0}, 12);
	nfr_put16(ip + 2, (uint16_t)(20 + l4_len));
	nfr_put32(ip + 12, e->src);
	nfr_put32(ip + 16, e->dst);
	nfr_put16(ip + 10, (uint16_t)~nfr_csum_words(ip, 20));
	nfr_put16(tcp, (uint16_t)e->sport);
	nfr_put16(tcp + 2, (uint16_t)e->dport);
	nfr_put32(tcp + 4, s->seq[step->data][step->from]);
	nfr_put32(tcp + 8, step->flags & BENCH_ACK ? s->seen[step->data][!step->from] : 0);
	tcp[12] = 0x50;
	tcp[13] = step->flags;
	nfr_put16(tcp + 14, 8192);
	memcpy(tcp + 20, text, text_len);
	sum = nfr_csum_add(sum, ip + 12, 8);
	nfr_put16(tcp + 16, (uint16_t)~nfr_csum_fold(nfr_csum_add(sum, tcp, l4_len)));
}

/* Makes the frame, lets it in, and takes note of its length when it came out. */
static int play(struct bench *b, uint32_t i, const struct step *step, struct record *r)
{
	struct bench_world *world = &b->world;
	struct session *s = &((struct ftp *)b->own)->session[i];
	struct bench_ends e = ends_of(world->w, i, step);
	bool syn = step->flags & BENCH_SYN;
	struct nfr_result result;
	uint8_t room[BENCH_ROOM];
	struct nfr_frame frame = {room, 0, BENCH_ROOM};
	char text[TEXT_MAX];
	unsigned len = text_of(world->w, i, step, text);

	put_frame(r, step, &e, s, text, len);
	frame.len = r->len;
	memcpy(room, r->frame, r->len);
	result = nfr_receive(world->net, world->now_ns,
			     step->from == CLIENT ? world->inside : world->outside, &frame);
	if (result.reason != NFR_REASON_FORWARDED) {
		fprintf(stderr, "nfref-bench: ftp: session %u, step %u: %s\n", i,
			(unsigned)(step - steps), nfr_reason_text((enum nfr_reason)result.reason));
		return -1;
	}
	s->seq[step->data][step->from] += len + syn;
	s->seen[step->data][step->from] += len + syn + world->last_len - r->len;
	return 0;
}

static int play_all(struct bench *b, struct ftp *ftp)
{
	uint32_t n = b->world.w->n_flows;

	for (uint32_t i = 0; i < n; i++)
		for (unsigned k = 0; k < 4; k++)
			ftp->session[i].seq[k >> 1][k & 1] = ftp->session[i].seen[k >> 1][k & 1] =
				1000 * (k + 1);
	for (unsigned k = 0; k < N_STEPS; k++)
		for (uint32_t i = 0; i < n; i++)
			if (play(b, i, &steps[k], &ftp->record[k * n + i]) < 0)
				return -1;
	return 0;
}

static int prepare(struct bench *b)
{
	uint32_t n = b->world.w->n_flows;
	struct ftp *ftp = calloc(1, sizeof(*ftp) + n * sizeof(struct session) +
					    n * N_STEPS * sizeof(struct record));
	int status;

	if (!ftp)
		return -1;
	b->own = ftp;
	ftp->session = (struct session *)(ftp + 1);
	ftp->record = (struct record *)(ftp->session + n);
	b->world.keep_last = true;
	status = play_all(b, ftp);
	b->world.keep_last = false;
	return status;
}

static void empty(struct bench *b)
{
	nfr_ct_flush(b->world.net, b->world.now_ns);
}

static uint16_t fill(struct bench *b, uint32_t at, unsigned n)
{
	const struct ftp *ftp = b->own;
	const struct step *step = &steps[at / b->world.w->n_flows];

	for (unsigned i = 0; i < n; i++) {
		const struct record *r = &ftp->record[at + i];

		memcpy(bench_room(b, i, r->len), r->frame, sizeof(r->frame));
	}
	return step->from == CLIENT ? b->world.inside : b->world.outside;
}

const struct bench_traffic bench_ftp = {
	.name = "ftp", .prepare = prepare, .rewind = empty, .fill = fill};
