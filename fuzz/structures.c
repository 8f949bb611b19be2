/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clever structures against slow twins: the timer wheel and an array that is searched, the
 * prefix tree and a scan of all prefixes.
 *
 * Input: which structure, then its operations.
 */
#include "base/bytes.h"
#include "base/lpm.h"
#include "base/timer.h"
#include "lib/steps.h"

#define MAX_OBJECTS 64
#define MAX_STEPS 256
#define MAX_PREFIXES 48
#define NEVER UINT64_MAX

const enum fuzz_format fuzz_format = FUZZ_FORMAT_BYTES;

/* ---- timers ---- */

static struct {
	struct nfr_timer timer;
	uint32_t link[MAX_OBJECTS + 1];
	uint64_t expires_ns[MAX_OBJECTS + 1]; /* NEVER: not filed */
	uint64_t last_tick;
	uint64_t now_ns;
} wheel;

static uint64_t tick_of(uint64_t ns)
{
	return (ns + NFR_TIMER_TICK_NS - 1) / NFR_TIMER_TICK_NS;
}

static uint64_t expires_ns(void *owner, uint32_t idx)
{
	(void)owner;
	return wheel.expires_ns[idx];
}

static uint32_t *link(void *owner, uint32_t idx)
{
	(void)owner;
	return &wheel.link[idx];
}

static void expire(void *owner, uint32_t idx)
{
	uint64_t tick = tick_of(wheel.expires_ns[idx]);

	(void)owner;
	fuzz_must(wheel.expires_ns[idx] != NEVER, "something expires that is not filed");
	fuzz_must(wheel.expires_ns[idx] <= wheel.now_ns, "something expires before its time");
	for (uint32_t i = 1; i <= MAX_OBJECTS; i++)
		fuzz_must(wheel.expires_ns[i] == NEVER || tick_of(wheel.expires_ns[i]) >= tick ||
				  tick_of(wheel.expires_ns[i]) <= wheel.last_tick, /* filed late */
			  "something expires before what was due earlier");
	wheel.expires_ns[idx] = NEVER;
}

static const struct nfr_timer_ops timer_ops = {expires_ns, link, expire};

/* Nothing that is due is left behind. */
static void run_wheel(uint64_t ns)
{
	wheel.last_tick = wheel.now_ns / NFR_TIMER_TICK_NS;
	wheel.now_ns += ns;
	nfr_timer_run(&wheel.timer, wheel.now_ns, UINT32_MAX);
	for (uint32_t i = 1; i <= MAX_OBJECTS; i++)
		fuzz_must(wheel.expires_ns[i] == NEVER ||
				  tick_of(wheel.expires_ns[i]) > wheel.now_ns / NFR_TIMER_TICK_NS,
			  "something is due and does not expire");
}

/* Up to hours ahead, or years. */
static uint64_t span(struct fuzz_in *in)
{
	uint32_t v = fuzz_u32(in);

	return (uint64_t)(v >> 5) << (v & 31) >> 3;
}

static void step_wheel(struct fuzz_in *in)
{
	uint8_t op = fuzz_u8(in);
	uint32_t idx = fuzz_u8(in) % MAX_OBJECTS + 1, n = 0;
	uint64_t later = wheel.now_ns + span(in) % (UINT64_C(1) << 60);

	switch (op & 3) {
	case 0:
	case 1:
		if (wheel.expires_ns[idx] == NEVER) {
			wheel.expires_ns[idx] = later > wheel.now_ns ? later : wheel.now_ns + 1;
			nfr_timer_add(&wheel.timer, idx, wheel.expires_ns[idx]);
		} else if (later > wheel.expires_ns[idx]) {
			wheel.expires_ns[idx] = later; /* put off, without a word to the wheel */
		}
		break;
	case 2:
		if (wheel.expires_ns[idx] != NEVER)
			nfr_timer_del(&wheel.timer, idx);
		wheel.expires_ns[idx] = NEVER;
		break;
	default:
		run_wheel((later - wheel.now_ns) % (UINT64_C(1) << 48));
		break;
	}
	for (uint32_t i = 1; i <= MAX_OBJECTS; i++)
		n += wheel.expires_ns[i] != NEVER;
	fuzz_must(n == wheel.timer.n_filed, "the wheel does not hold what was filed");
}

static void fuzz_wheel(struct fuzz_in *in)
{
	memset(&wheel, 0, sizeof(wheel));
	for (uint32_t i = 0; i <= MAX_OBJECTS; i++)
		wheel.expires_ns[i] = NEVER;
	nfr_timer_init(&wheel.timer, &timer_ops, NULL, 0);
	for (unsigned i = 0; i < MAX_STEPS && in->left; i++)
		step_wheel(in);
	run_wheel(UINT64_C(1) << 61);
}

/* ---- prefixes ---- */

struct prefix {
	uint8_t key[16];
	unsigned len;
};

static bool covers(const struct prefix *p, const uint8_t *key)
{
	for (unsigned i = 0; i < p->len; i++)
		if ((p->key[i / 8] ^ key[i / 8]) >> (7 - i % 8) & 1)
			return false;
	return true;
}

static uint32_t scan(const struct prefix *prefix, unsigned n, const uint8_t *key)
{
	uint32_t best = 0;

	for (unsigned i = 0; i < n; i++) /* in order of length; of equal ones the first holds */
		if (covers(&prefix[i], key) &&
		    (!best || prefix[i].len > prefix[best - 1].len))
			best = i + 1;
	return best;
}

static void read_key(struct fuzz_in *in, uint8_t key[16])
{
	uint8_t few = fuzz_u8(in);

	/* few different bytes, so that prefixes lie within one another */
	for (unsigned i = 0; i < 16; i++)
		key[i] = few & 1u << (i & 7) ? (uint8_t)(fuzz_u8(in) & 0x81) : 0x0a;
}

static void fuzz_prefixes(struct fuzz_in *in, unsigned bits)
{
	static union {
		uint8_t bytes[(NFR_LPM_NODES(MAX_PREFIXES, 1) + 1) * 1280];
		uint64_t align;
	} memory __attribute__((aligned(64)));
	struct nfr_arena arena = {.base = memory.bytes};
	struct prefix prefix[MAX_PREFIXES];
	unsigned n = 0, len = 0;
	struct nfr_lpm lpm;
	uint32_t root = 0;

	nfr_lpm_init(&lpm, &arena, NFR_LPM_NODES(MAX_PREFIXES, 1));
	fuzz_must(arena.used <= sizeof(memory), "nodes are larger than this target thinks");
	for (unsigned i = 0; i < MAX_STEPS && in->left; i++) {
		uint8_t op = fuzz_u8(in), key[16];

		read_key(in, key);
		if (op & 1 && n < MAX_PREFIXES) {
			len += op >> 1 & 7;
			len = len < bits ? len : bits;
			memcpy(prefix[n].key, key, sizeof(key));
			prefix[n].len = len;
			n++;
			fuzz_must(nfr_lpm_add(&lpm, &root, key, len, n), "no node is left");
		}
		fuzz_must(nfr_lpm_find(&lpm, root, key, bits) == scan(prefix, n, key),
			  "the tree and the scan differ");
		if (bits == 32)
			fuzz_must(nfr_lpm_find4(&lpm, root, nfr_get32(key)) == scan(prefix, n, key),
				  "the tree for IPv4 and the scan differ");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = {data, size};
	uint8_t which = fuzz_u8(&in) % 3;

	if (which == 0)
		fuzz_wheel(&in);
	else
		fuzz_prefixes(&in, which == 1 ? 32 : 128);
	return 0;
}
