/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The plain traffics: packets of established flows, openings, and packets of no flow; and what
 * all traffics have in common.
 */
#include "bench.h"

#include <stdlib.h>

#define REPLY_BIT 0x80000000u

static uint64_t next_random(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

static void make_order(struct bench *b)
{
	uint64_t x = 88172645463325252u, r;
	uint32_t i;

	for (i = 0; i < BENCH_STREAM; i++) {
		r = next_random(&x);
		b->order[i] = (uint32_t)((r >> 32) * b->world.w->n_flows >> 32);
		if (r & 1)
			b->order[i] |= REPLY_BIT;
	}
}

/* Half the traffics have larger frames, none smaller ones. */
static int make_rooms(struct bench *b)
{
	b->room_len =
		b->world.w->traffic->room > BENCH_ROOM ? b->world.w->traffic->room : BENCH_ROOM;
	b->room = aligned_alloc(64, (size_t)BENCH_MAX_BATCH * b->room_len);
	b->order = malloc(BENCH_STREAM * sizeof(*b->order));
	if (b->room && b->order)
		return 0;
	fprintf(stderr, "nfref-bench: out of memory\n");
	return -1;
}

int bench_open(struct bench *b, const struct bench_workload *w)
{
	bool opens = w->traffic == &bench_opening;

	if (bench_world_open(&b->world, w) < 0 || make_rooms(b) < 0)
		return -1;
	make_order(b);
	bench_form_set(&b->form[BENCH_ORIG], w, BENCH_ORIG, opens ? BENCH_SYN : BENCH_ACK);
	bench_form_set(&b->form[BENCH_REPLY], w, BENCH_REPLY, BENCH_ACK);
	return w->traffic->prepare(b);
}

void bench_close(struct bench *b)
{
	bench_world_close(&b->world);
	free(b->order);
	free(b->room);
	free(b->own);
}

uint8_t *bench_room(struct bench *b, unsigned i, uint32_t len)
{
	uint8_t *room = b->room + (size_t)i * b->room_len;

	b->frame[i] = (struct nfr_frame){room, len, b->room_len};
	return room;
}

struct nfr_result bench_send(struct bench_world *world, uint32_t flow, enum bench_dir dir,
			     uint8_t tcp_flags)
{
	uint8_t room[BENCH_ROOM];
	struct nfr_frame frame = {room, BENCH_FRAME_LEN, BENCH_ROOM};
	struct bench_form form;

	bench_form_set(&form, world->w, dir, tcp_flags);
	bench_frame(room, &form, flow);
	return nfr_receive(world->net, world->now_ns, bench_side(world, dir), &frame);
}

int bench_establish(struct bench_world *world, uint32_t from, uint32_t to)
{
	/* the last two: what nfref learns from a connection's first packets is learnt then */
	static const uint8_t flags[5] = {BENCH_SYN, BENCH_SYN | BENCH_ACK, BENCH_ACK, BENCH_ACK,
					 BENCH_ACK};
	uint32_t flow;
	unsigned k;

	for (flow = from; flow < to; flow++) {
		for (k = 0; k < 5; k++) {
			struct nfr_result result =
				bench_send(world, flow, k & 1 ? BENCH_REPLY : BENCH_ORIG, flags[k]);

			if (result.reason == NFR_REASON_FORWARDED)
				continue;
			fprintf(stderr, "nfref-bench: %s: flow %u, packet %u: %s\n", world->w->name,
				flow, k, nfr_reason_text((enum nfr_reason)result.reason));
			return -1;
		}
	}
	return 0;
}

/* ---- packets of flows that are established ---- */

static int establish_all(struct bench *b)
{
	if (b->world.w->path == BENCH_FORWARD)
		return 0;
	return bench_establish(&b->world, 0, b->world.w->n_flows);
}

/* Bursts come in on one interface: a burst's packets all go in the direction of its first. */
static uint16_t fill_established(struct bench *b, uint32_t at, unsigned n)
{
	enum bench_dir dir = b->order[at % BENCH_STREAM] & REPLY_BIT ? BENCH_REPLY : BENCH_ORIG;
	unsigned i;

	for (i = 0; i < n; i++)
		bench_frame(bench_room(b, i, BENCH_FRAME_LEN), &b->form[dir],
			    b->order[(at + i) % BENCH_STREAM] & ~REPLY_BIT);
	return bench_side(&b->world, dir);
}

const struct bench_traffic bench_established = {
	.name = "established",
	.prepare = establish_all,
	.fill = fill_established,
};

/* ---- each packet opens a flow ---- */

static int nothing(struct bench *b)
{
	(void)b;
	return 0;
}

/* Each repetition fills an empty table. */
static void empty(struct bench *b)
{
	nfr_ct_flush(b->world.net, b->world.now_ns);
}

static uint16_t fill_opening(struct bench *b, uint32_t at, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++)
		bench_frame(bench_room(b, i, BENCH_FRAME_LEN), &b->form[BENCH_ORIG], at + i);
	return bench_side(&b->world, BENCH_ORIG);
}

const struct bench_traffic bench_opening = {
	.name = "opening",
	.prepare = nothing,
	.rewind = empty,
	.fill = fill_opening,
};

/* ---- packets that nobody keeps a state of ---- */

const struct bench_traffic bench_stateless = {
	.name = "stateless",
	.prepare = nothing,
	.fill = fill_established,
};
