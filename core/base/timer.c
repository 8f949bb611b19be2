/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The wheel.
 *
 * Time is cut into ticks. An object that expires within tick t is due at the end of it, so it
 * belongs to tick t + 1 and is never early. Level 0 has a slot for each of the next 256 ticks,
 * level 1 one for each of the next 256 spans of 256 ticks, and so on: four levels reach 8 years
 * ahead, and what lies further is filed at the far end and filed again from there.
 *
 * When now_tick enters a span, the slot of that span on each level comes up, the coarsest first:
 * its list becomes `pending`, and its objects are looked at one by one. What is due expires; what
 * is not (because its span is only beginning, or because its expiry was put off since) is filed
 * again under its real expiry. That is the same step for cascading and for laziness, and both
 * count against the budget, so that the work of one call is bounded however many objects share a
 * slot. The wheel stays at a tick until all its objects were looked at: when the budget is too
 * small it falls behind, but neither the order nor the set of what expires depends on it.
 *
 * Per object and timeout the wheel looks at most once a level, plus once for every time the
 * expiry was found to have moved. Empty spans are skipped whole: a clock that jumps by days costs
 * some thousand steps at most.
 *
 * Invariants: n_filed is the sum of n_level, which count pending with the level it came from
 * (that is `level`, as long as pending is not empty); every filed object is in a slot that comes
 * up not later than its tick, or in pending.
 */
#include "base/timer.h"

#define LEVEL_BITS 8u
#define SLOT_MASK (NFR_TIMER_SLOTS - 1u)
#define REACH (UINT64_C(1) << (LEVEL_BITS * NFR_TIMER_LEVELS))

/* The first tick that begins at or after the expiry. */
static uint64_t tick_of(uint64_t expires_ns)
{
	return expires_ns / NFR_TIMER_TICK_NS + (expires_ns % NFR_TIMER_TICK_NS != 0);
}

static uint32_t *link_of(const struct nfr_timer *timer, uint32_t idx)
{
	return timer->ops->link(timer->owner, idx);
}

void nfr_timer_init(struct nfr_timer *timer, const struct nfr_timer_ops *ops, void *owner,
		    uint64_t now_ns)
{
	memset(timer, 0, sizeof(*timer));
	timer->ops = ops;
	timer->owner = owner;
	timer->now_tick = now_ns / NFR_TIMER_TICK_NS;
}

static uint32_t *slot_of(struct nfr_timer *timer, unsigned level, uint64_t tick)
{
	return &timer->slot[level][(tick >> (LEVEL_BITS * level)) & SLOT_MASK];
}

/* Files under a tick that lies ahead. */
static void file(struct nfr_timer *timer, uint32_t idx, uint64_t tick)
{
	unsigned level = 0;
	uint32_t *slot;

	if (tick - timer->now_tick >= REACH)
		tick = timer->now_tick + REACH - 1;
	while ((tick - timer->now_tick) >> (LEVEL_BITS * (level + 1)))
		level++;
	slot = slot_of(timer, level, tick);
	*link_of(timer, idx) = *slot;
	*slot = idx;
	timer->n_level[level]++;
}

void nfr_timer_add(struct nfr_timer *timer, uint32_t idx, uint64_t expires_ns)
{
	uint64_t tick = tick_of(expires_ns);

	file(timer, idx, tick > timer->now_tick ? tick : timer->now_tick + 1);
	timer->n_filed++;
}

/* Looks for the object in one list. */
static bool unlink_from(struct nfr_timer *timer, unsigned level, uint32_t *head, uint32_t idx)
{
	for (uint32_t *at = head; *at; at = link_of(timer, *at)) {
		if (*at != idx)
			continue;
		*at = *link_of(timer, idx);
		timer->n_level[level]--;
		timer->n_filed--;
		return true;
	}
	return false;
}

void nfr_timer_del(struct nfr_timer *timer, uint32_t idx)
{
	uint64_t tick = tick_of(timer->ops->expires_ns(timer->owner, idx));

	for (unsigned level = 0; level < NFR_TIMER_LEVELS; level++)
		if (unlink_from(timer, level, slot_of(timer, level, tick), idx))
			return;
	if (unlink_from(timer, timer->level, &timer->pending, idx))
		return;
	for (unsigned level = 0; level < NFR_TIMER_LEVELS; level++)
		for (unsigned slot = 0; slot < NFR_TIMER_SLOTS; slot++)
			if (unlink_from(timer, level, &timer->slot[level][slot], idx))
				return;
}

/* Looks at the first pending object. True when it expired. */
static bool look(struct nfr_timer *timer)
{
	uint32_t idx = timer->pending;
	uint64_t tick = tick_of(timer->ops->expires_ns(timer->owner, idx));

	timer->pending = *link_of(timer, idx);
	timer->n_level[timer->level]--;
	if (tick > timer->now_tick) {
		file(timer, idx, tick);
		return false;
	}
	timer->n_filed--;
	timer->ops->expire(timer->owner, idx);
	return true;
}

/* Takes up the next slot of the current tick. */
static void take_slot(struct nfr_timer *timer)
{
	uint32_t *slot = slot_of(timer, --timer->level, timer->now_tick);

	timer->pending = *slot;
	*slot = 0;
}

/* Goes to the next tick at which a slot in use can come up, or to `target` before it. */
static void step(struct nfr_timer *timer, uint64_t target)
{
	uint64_t next = target, tick;
	unsigned level = 0;

	while (level < NFR_TIMER_LEVELS && timer->n_level[level] == 0)
		level++;
	if (level < NFR_TIMER_LEVELS)
		next = ((timer->now_tick >> (LEVEL_BITS * level)) + 1) << (LEVEL_BITS * level);
	tick = timer->now_tick = next < target ? next : target;
	timer->level = 1;
	while (timer->level < NFR_TIMER_LEVELS && (tick & SLOT_MASK) == 0) {
		tick >>= LEVEL_BITS;
		timer->level++;
	}
}

/* Empty spans cost steps, not budget: time that goes by is paid for once, whoever asks. */
unsigned nfr_timer_run(struct nfr_timer *timer, uint64_t now_ns, unsigned budget)
{
	uint64_t target = now_ns / NFR_TIMER_TICK_NS;
	unsigned expired = 0;

	for (;;) {
		while (timer->pending && budget) {
			expired += look(timer);
			budget--;
		}
		if (timer->pending)
			break;
		if (timer->level)
			take_slot(timer);
		else if (timer->now_tick < target)
			step(timer, target);
		else
			break;
	}
	return expired;
}
