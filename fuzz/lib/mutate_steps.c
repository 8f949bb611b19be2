/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes to programs of steps: steps come, go, change places and operands; whole exchanges are put
 * in; frames are cut to fragments, answered, or quoted by errors.
 */
#include "flows.h"
#include "mutate.h"
#include "sums.h"

#define MAX_STEPS 512
#define SPARE 8192 /* bytes of steps made new */

struct program {
	struct fuzz_dice *dice;
	struct fuzz_step step[MAX_STEPS];
	size_t n;
	uint8_t spare[SPARE];
	size_t spare_used;
};

static void read_program(struct program *p, const uint8_t *data, size_t len)
{
	struct fuzz_in in = {data, len};

	while (p->n < MAX_STEPS && fuzz_step_next(&in, &p->step[p->n]))
		p->n++;
}

static size_t write_program(const struct program *p, uint8_t *to, size_t room)
{
	size_t at = 0;

	for (size_t i = 0; i < p->n; i++) {
		size_t n = fuzz_step_put(&p->step[i], to + at, room - at);

		if (!n)
			break;
		at += n;
	}
	return at;
}

/* ---- the list ---- */

static void insert_at(struct program *p, size_t at, const struct fuzz_step *step)
{
	if (p->n == MAX_STEPS)
		return;
	memmove(&p->step[at + 1], &p->step[at], (p->n - at) * sizeof(*step));
	p->step[at] = *step;
	p->n++;
}

static void remove_at(struct program *p, size_t at)
{
	p->n--;
	memmove(&p->step[at], &p->step[at + 1], (p->n - at) * sizeof(p->step[0]));
}

static struct fuzz_step step_of(enum fuzz_op op)
{
	const uint8_t byte = (uint8_t)op;
	struct fuzz_in in = {&byte, 1};
	struct fuzz_step step;

	fuzz_step_next(&in, &step); /* which knows how many operands there are */
	return step;
}

static struct fuzz_step flow_step(struct fuzz_choice c)
{
	struct fuzz_step step = step_of(FUZZ_OP_FLOW);
	const uint8_t arg[7] = {c.flow, c.reply, c.tcp_flags, c.seq_off, c.payload, c.kind, c.spoil};

	memcpy(step.arg, arg, sizeof(arg));
	return step;
}

/* Keeps bytes of a step; NULL when there are too many. */
static uint8_t *keep(struct program *p, size_t len)
{
	uint8_t *at = p->spare + p->spare_used;

	if (len > SPARE - p->spare_used)
		return NULL;
	p->spare_used += len;
	return at;
}

/* ---- exchanges ---- */

static void insert_handshake(struct program *p, size_t at, uint8_t flow, uint8_t reply)
{
	const uint8_t flags[] = {0x02, 0x12, 0x10}, kind = fuzz_below(p->dice, 2) ? 0x10 : 0;

	for (unsigned i = 0; i < 3; i++) {
		struct fuzz_choice c = {.flow = flow, .tcp_flags = flags[i], .kind = kind};
		struct fuzz_step step;

		c.reply = (uint8_t)((i == 1) | reply);
		step = flow_step(c);
		insert_at(p, at + i, &step);
	}
}

static void insert_exchange(struct program *p, size_t at)
{
	uint8_t flow = (uint8_t)fuzz_below(p->dice, FUZZ_FLOWS), n = (uint8_t)fuzz_below(p->dice, 6);
	uint8_t reply = (uint8_t)(fuzz_below(p->dice, 3) == 0 ? 2 : 0);
	struct fuzz_step step;

	for (unsigned i = 0; i < n; i++) {
		struct fuzz_choice c = {.flow = flow, .reply = (uint8_t)(reply | (i & 1)),
					.tcp_flags = i + 1 == n ? 0x11 : 0x18,
					.payload = (uint8_t)(1 + fuzz_below(p->dice, 60)),
					.kind = (uint8_t)(fuzz_below(p->dice, 4) ? 0
									 : fuzz_below(p->dice, 8))};

		step = flow_step(c);
		if (i & 1 && fuzz_below(p->dice, 2)) {
			step = step_of(FUZZ_OP_ANSWER);
			step.arg[0] = 0x18;
		}
		insert_at(p, at, &step);
	}
	if ((flow & 3) < 2)
		insert_handshake(p, at, flow, reply);
}

static void insert_random(struct program *p, size_t at)
{
	struct fuzz_step step = step_of((enum fuzz_op)fuzz_below(p->dice, FUZZ_OP_MAX));

	for (unsigned i = 0; i < step.n_args; i++)
		step.arg[i] = (uint8_t)fuzz_roll(p->dice);
	if (step.op == FUZZ_OP_FLOW && fuzz_below(p->dice, 4))
		step.arg[6] = 0;
	if (step.op == FUZZ_OP_TIME)
		step.arg[0] = fuzz_below(p->dice, 4) ? 0 : step.arg[0];
	insert_at(p, at, &step);
}

/* ---- one step ---- */

static void change_bytes(struct program *p, struct fuzz_step *step)
{
	size_t room = step->len + 128u;
	uint8_t *copy = keep(p, room);
	size_t len;

	if (!copy)
		return;
	memcpy(copy, step->bytes, step->len);
	if (step->op == FUZZ_OP_RAW)
		len = fuzz_mutate_frame(p->dice, copy, step->len, room);
	else if (step->op == FUZZ_OP_LOCAL)
		len = fuzz_mutate_packet(p->dice, copy, step->len, room);
	else
		len = fuzz_mutate_bytes(p->dice, copy, step->len, room);
	step->bytes = copy;
	step->len = (uint16_t)len;
}

static void change_step(struct program *p, size_t at)
{
	struct fuzz_step *step = &p->step[at];
	uint32_t i = fuzz_below(p->dice, step->n_args);

	if (step->has_bytes && fuzz_below(p->dice, 8))
		change_bytes(p, step);
	else if (step->n_args && fuzz_below(p->dice, 2))
		step->arg[i] ^= (uint8_t)(1u << fuzz_below(p->dice, 8));
	else if (step->n_args)
		step->arg[i] = (uint8_t)fuzz_roll(p->dice);
}

/* Behind a RAW step, the packet that answers it or an error about it. */
static void answer_step(struct program *p, size_t at)
{
	struct fuzz_step step = p->step[at];
	size_t hlen = fuzz_frame_ip(step.bytes, step.len), len;
	uint8_t frame[FUZZ_FRAME_MAX + 64], *copy;

	if (step.op != FUZZ_OP_RAW || step.len <= hlen || step.len > FUZZ_FRAME_MAX)
		return;
	memcpy(frame, step.bytes, hlen);
	len = fuzz_answer(step.bytes + hlen, step.len - hlen, 0,
			  (uint8_t)(fuzz_below(p->dice, 2) ? 0 : 7), frame + hlen);
	copy = len ? keep(p, hlen + len) : NULL;
	if (!copy)
		return;
	memcpy(copy, frame, hlen + len);
	step.arg[0] ^= 1;
	if (hlen)
		copy[4] = (uint8_t)(step.arg[0] % FUZZ_IFACES + 1);
	step.bytes = copy;
	step.len = (uint16_t)(hlen + len);
	insert_at(p, at + 1, &step);
}

/* Two fragments in place of a RAW step's IPv4 packet. */
static void split_step(struct program *p, size_t at)
{
	struct fuzz_step first = p->step[at], last = first;
	size_t hlen = fuzz_frame_ip(first.bytes, first.len), cut;
	uint8_t *copy;
	struct fuzz_l4 l4;

	if (first.op != FUZZ_OP_RAW || !fuzz_l4_find(first.bytes + hlen, first.len - hlen, &l4) ||
	    first.bytes[hlen] >> 4 != 4 || l4.fragment || l4.len < 16)
		return;
	cut = 8 * (1 + fuzz_below(p->dice, (uint32_t)(l4.len / 8)));
	cut = cut < l4.len ? cut : 8;
	copy = keep(p, 2 * (size_t)first.len);
	if (!copy)
		return;
	memcpy(copy, first.bytes, first.len);
	memcpy(copy + first.len, first.bytes, hlen + l4.off);
	memcpy(copy + first.len + hlen + l4.off, first.bytes + hlen + l4.off + cut, l4.len - cut);
	first.bytes = copy;
	last.bytes = copy + first.len;
	copy[hlen + 6] = 0x20;
	copy[first.len + hlen + 6] = (uint8_t)(cut / 8 >> 8);
	copy[first.len + hlen + 7] = (uint8_t)(cut / 8);
	last.len = (uint16_t)(hlen + l4.off + l4.len - cut);
	fuzz_sums_repair(copy + first.len + hlen, last.len - hlen, true);
	first.len = (uint16_t)(hlen + l4.off + cut);
	fuzz_sums_repair(copy + hlen, first.len - hlen, true);
	p->step[at] = first;
	insert_at(p, at + fuzz_below(p->dice, 2), &last);
}

static void move_step(struct program *p, size_t from, size_t to)
{
	struct fuzz_step step = p->step[from];

	remove_at(p, from);
	insert_at(p, to < p->n ? to : p->n, &step);
}

/* ---- all of it ---- */

static void change_program(struct program *p)
{
	size_t at = fuzz_below(p->dice, (uint32_t)p->n), other;
	struct fuzz_step step;

	switch (p->n ? fuzz_below(p->dice, 14) : 0) {
	case 0:
		insert_exchange(p, at);
		break;
	case 1:
	case 2:
		insert_random(p, fuzz_below(p->dice, (uint32_t)p->n + 1));
		break;
	case 3:
		remove_at(p, at);
		break;
	case 4:
		step = p->step[at];
		insert_at(p, fuzz_below(p->dice, (uint32_t)p->n + 1), &step);
		break;
	case 5:
		other = fuzz_below(p->dice, (uint32_t)p->n);
		move_step(p, at, other);
		break;
	case 6:
		answer_step(p, at);
		break;
	case 7:
		split_step(p, at);
		break;
	default:
		change_step(p, at);
		break;
	}
}

size_t fuzz_mutate_steps(struct fuzz_dice *dice, uint8_t *data, size_t len, size_t room)
{
	static struct program p;
	static uint8_t copy[1 << 20];
	uint32_t times = 1 + fuzz_below(dice, 4);

	if (len < FUZZ_HEADER || room < 64 || len > sizeof(copy))
		return fuzz_mutate_bytes(dice, data, len, room);
	if (fuzz_below(dice, 32) == 0)
		data[fuzz_below(dice, FUZZ_HEADER)] = (uint8_t)fuzz_roll(dice);
	memcpy(copy, data, len);
	p.dice = dice;
	p.n = p.spare_used = 0;
	read_program(&p, copy + FUZZ_HEADER, len - FUZZ_HEADER);
	while (times--)
		change_program(&p);
	return FUZZ_HEADER + write_program(&p, data + FUZZ_HEADER, room - FUZZ_HEADER);
}

/* The first steps of one, the last of the other. */
size_t fuzz_cross_steps(struct fuzz_dice *dice, const uint8_t *a, size_t a_len, const uint8_t *b,
			size_t b_len, uint8_t *out, size_t room)
{
	static struct program head, tail;

	if (a_len < FUZZ_HEADER || b_len < FUZZ_HEADER || room < FUZZ_HEADER)
		return 0;
	head.n = tail.n = 0;
	read_program(&head, a + FUZZ_HEADER, a_len - FUZZ_HEADER);
	read_program(&tail, b + FUZZ_HEADER, b_len - FUZZ_HEADER);
	head.n = fuzz_below(dice, (uint32_t)head.n + 1);
	for (size_t i = fuzz_below(dice, (uint32_t)tail.n + 1); i < tail.n; i++)
		insert_at(&head, head.n, &tail.step[i]);
	memcpy(out, a, FUZZ_HEADER);
	return FUZZ_HEADER + write_program(&head, out + FUZZ_HEADER, room - FUZZ_HEADER);
}
