/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the targets share: a bounded reader of the input, small routers to send packets through,
 * and a digest of everything that comes out of one.
 *
 * A target is deterministic, does no I/O and returns 0. It is built from one source for libFuzzer,
 * for AFL++ and as a plain program that replays files (standalone.c).
 */
#ifndef NFR_FUZZ_FUZZ_H
#define NFR_FUZZ_FUZZ_H

#include "nfref/nfref.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- input ---- */

struct fuzz_in {
	const uint8_t *p;
	size_t left;
};

uint8_t fuzz_u8(struct fuzz_in *in); /* 0 when the input is used up, as all others */
uint16_t fuzz_u16(struct fuzz_in *in);
uint32_t fuzz_u32(struct fuzz_in *in);

/* Copies up to n bytes to `to`; returns how many there were. */
size_t fuzz_bytes(struct fuzz_in *in, void *to, size_t n);

/* ---- oracle ---- */

/* What an oracle itself does is no coverage of what it judges, and is to be fast. */
#ifdef __clang__
#define FUZZ_QUIET __attribute__((no_sanitize("coverage")))
#else
#define FUZZ_QUIET
#endif

/* Says what is wrong and crashes. */
_Noreturn void fuzz_fail(const char *what);

/* What must be true; expressions of it are not for errors of the system (those abort()). */
static inline void fuzz_must(bool holds, const char *what)
{
	if (!holds)
		fuzz_fail(what);
}

/* ---- a router ---- */

#define FUZZ_IFACES 3 /* eth0 and eth1 with addresses of both families, tun0 without link layer */
#define FUZZ_FRAME_MAX 2048
#define FUZZ_BURST 8

struct fuzz_router {
	struct nfr_net *net;
	void *mem;
	uint8_t *made;  /* snapshot as it was when it was made */
	uint8_t *saved; /* snapshot of fuzz_router_save() */
	uint64_t saved_ns, saved_out, saved_results;
	uint32_t saved_queued_id, saved_len, saved_hlen;
	uint16_t saved_oif;
	uint8_t saved_last[FUZZ_FRAME_MAX];
	uint64_t now_ns;
	uint64_t out;       /* digest of all that came out */
	uint64_t results;   /* digest of what the calls returned */
	uint32_t queued_id; /* packet queued last, 0 none */
	uint8_t sums;	    /* enum fuzz_sums of the packet that is on its way */
	uint8_t queued_sums; /* and of the one queued last */
	bool answering;	    /* the input answers what left last: it is kept */
	uint32_t n_out;	    /* frames that left */
	uint16_t last_oif;  /* of what left last, 0: nothing has */
	uint32_t last_len, last_hlen;
	uint8_t last[FUZZ_FRAME_MAX];
	bool listens;       /* somebody takes queued packets */
	void (*on_deliver)(const struct nfr_pkt *pkt); /* of a target, or NULL */
	unsigned n_burst;   /* packets waiting for fuzz_burst_send() */
	uint16_t burst_if;
	struct nfr_frame burst[FUZZ_BURST];
	uint8_t burst_bytes[FUZZ_BURST][FUZZ_FRAME_MAX];
};

/* Number of rulesets that routers can be made with; 0 is none. */
extern const unsigned fuzz_n_rulesets;
#define FUZZ_BARE (fuzz_n_rulesets) /* instead of one: not even addresses */

/* The router with that ruleset, made at first use in memory filled with `fill` beforehand. */
struct fuzz_router *fuzz_router_get(unsigned ruleset, uint8_t fill);

/* One with room for a single packet's doings, which is reset and checked the faster. */
struct fuzz_router *fuzz_router_tiny(unsigned ruleset);

/* One whose packets are all watched, and so go along the path without any short way. */
struct fuzz_router *fuzz_router_watched(unsigned ruleset);
void fuzz_router_reset(struct fuzz_router *router); /* back to how it was made */
void fuzz_router_save(struct fuzz_router *router);
void fuzz_router_restore(struct fuzz_router *router); /* back to how it was saved */

/* Checks the invariants and crashes when one does not hold. */
void fuzz_router_check(const struct fuzz_router *router);

/* The Ethernet header of a frame for an interface of the router; 14 bytes. */
void fuzz_eth_header(uint8_t *frame, unsigned iface, bool six);

/* Takes text as the file of that kind (enum fuzz_text_kind); what is refused changes nothing, and
 * is refused with a word. True when it was taken. */
bool fuzz_router_text(struct fuzz_router *router, unsigned kind, const uint8_t *text, size_t len);

struct nfr_result fuzz_receive(struct fuzz_router *router, unsigned iface, const uint8_t *bytes,
			       size_t len);
struct nfr_result fuzz_transmit(struct fuzz_router *router, const uint8_t *bytes, size_t len);
void fuzz_reinject(struct fuzz_router *router, unsigned verdict);
void fuzz_advance(struct fuzz_router *router, unsigned budget);

/* Collects packets and gives them to the router as bursts. */
void fuzz_burst_add(struct fuzz_router *router, unsigned iface, const uint8_t *bytes, size_t len);
void fuzz_burst_send(struct fuzz_router *router);

#endif
