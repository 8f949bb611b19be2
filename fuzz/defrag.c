/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reassembly against a map of bytes. Fragments of a few datagrams of both families come in, whole,
 * twice, over one another, with contradicting ends; the twin keeps for each byte of a datagram
 * which run of fragments it came with, and says what becomes of each fragment, and what bytes a
 * datagram has that is complete.
 *
 * Input: steps of 8 bytes: datagram, family and reach; offset (2), length (2), flags, ECN, time.
 */
#include "base/bytes.h"
#include "lib/steps.h"
#include "lib/sums.h"

#define MAX_STEPS 28 /* fewer than there are buffers for fragments: none is refused for memory */
#define N_DATAGRAMS 4
#define PAYLOAD_MAX 1400u
#define SPAN (65536u + 2048u)

const enum fuzz_format fuzz_format = FUZZ_FORMAT_BYTES;

struct twin {
	bool used, first_in, last_in;
	uint64_t expires_ns;
	uint32_t len, meat, last_end; /* last_end: of the highest fragment */
	uint16_t last_run, n_runs;
	uint8_t ecn;
	uint16_t run[SPAN]; /* of each byte, 0: not there */
	uint8_t byte[SPAN];
};

static struct twin twins[2][N_DATAGRAMS]; /* [IPv6] */

static struct {
	uint8_t ip[SPAN + 64];
	uint32_t len;
	unsigned n;
} delivered;

/* A fragment as it is sent. */
struct piece {
	unsigned which;
	bool six, more, df;
	uint32_t off, len;
	uint8_t ecn;
	uint8_t payload[PAYLOAD_MAX];
};

static void on_deliver(const struct nfr_pkt *pkt)
{
	delivered.n++;
	delivered.len = pkt->len;
	memcpy(delivered.ip, pkt->data, pkt->len);
}

/* ---- the twin ---- */

static void forget(struct twin *t)
{
	memset(t->run, 0, t->last_end * sizeof(t->run[0]));
	t->used = t->first_in = t->last_in = false;
	t->len = t->meat = t->last_end = 0;
	t->last_run = t->n_runs = 0;
	t->ecn = 0;
}

/* What the ends say; NFR_REASON_NONE: nothing against it. *forgets: the datagram is given up.
 * *passes: the fragment goes on as it is. */
static enum nfr_reason bounds(struct twin *t, const struct piece *p, uint32_t *end, bool *forgets,
			      bool *passes)
{
	*end = p->off + p->len;
	*forgets = !p->six;
	if (p->six && *end > UINT16_MAX)
		return NFR_REASON_FRAG_MALFORMED;
	if (!p->more) {
		if (*end < t->len || (t->last_in && *end != t->len))
			return NFR_REASON_FRAG_MALFORMED;
		t->last_in = true;
		t->len = *end;
	} else {
		if (p->six && *end % 8) {
			*forgets = *passes = true;
			return NFR_REASON_FRAG_MALFORMED;
		}
		*end -= *end % 8;
		if (*end > t->len && t->last_in)
			return NFR_REASON_FRAG_MALFORMED;
		if (*end > t->len)
			t->len = *end;
	}
	return *end > p->off ? NFR_REASON_NONE : NFR_REASON_FRAG_MALFORMED;
}

static enum nfr_reason place(struct twin *t, const struct piece *p, uint32_t end)
{
	uint16_t run = t->run[p->off];
	uint32_t covered = 0, alike = 0;

	for (uint32_t i = p->off; i < end; i++) {
		covered += t->run[i] != 0;
		alike += t->run[i] != 0 && t->run[i] == run;
	}
	/* what ends behind all others is an overlap even where it would be a duplicate in part */
	if (covered)
		return alike == end - p->off ? NFR_REASON_FRAG_DUPLICATE : NFR_REASON_FRAG_OVERLAP;
	run = p->off == t->last_end && t->last_run ? t->last_run : ++t->n_runs;
	for (uint32_t i = p->off; i < end; i++) {
		t->run[i] = run;
		t->byte[i] = p->payload[i - p->off];
	}
	t->meat += end - p->off;
	t->ecn |= (uint8_t)(1u << p->ecn);
	if (end > t->last_end) {
		t->last_end = end;
		t->last_run = run;
	}
	if (p->off == 0)
		t->first_in = true;
	return NFR_REASON_QUEUED_FRAGMENT;
}

/* True when the datagram is complete. */
static bool complete(const struct twin *t)
{
	return t->first_in && t->last_in && t->meat == t->len;
}

static enum nfr_reason completed(const struct twin *t, bool six)
{
	uint32_t max = six ? UINT16_MAX : UINT16_MAX - 20;

	/* a sender that says "not capable" in one fragment and otherwise in another is no sender */
	if (t->ecn & 1 && t->ecn != 1)
		return NFR_REASON_FRAG_ECN;
	if (t->len > max)
		return NFR_REASON_FRAG_TOO_LARGE;
	return NFR_REASON_DELIVERED;
}

static enum nfr_reason expected(struct twin *t, const struct piece *p, uint64_t now_ns,
				bool *passes)
{
	enum nfr_reason reason;
	uint32_t end;
	bool forgets;

	/* IPv6: a first fragment without a byte of what it is a fragment of is not looked at */
	if (p->six && p->off == 0 && p->len == 0) {
		*passes = true;
		return NFR_REASON_NONE;
	}
	if (!t->used) {
		t->used = true;
		t->expires_ns = now_ns + (p->six ? 60 : 30) * NFR_NSEC_PER_SEC;
	}
	reason = bounds(t, p, &end, &forgets, passes);
	if (reason != NFR_REASON_NONE) {
		if (forgets)
			forget(t);
		return reason;
	}
	reason = place(t, p, end);
	if (reason == NFR_REASON_FRAG_OVERLAP)
		forget(t);
	/* a duplicate may say where the end is, and completes nothing even where all is there then */
	if (reason == NFR_REASON_QUEUED_FRAGMENT && complete(t))
		reason = completed(t, p->six);
	return reason;
}

/* ---- packets ---- */

static size_t put_fragment(uint8_t *frame, const struct piece *p)
{
	uint8_t *ip = frame + 14;
	size_t hlen = p->six ? 48 : 20;

	fuzz_eth_header(frame, 0, p->six);
	memset(ip, 0, hlen);
	memcpy(ip + hlen, p->payload, p->len);
	if (p->six) {
		ip[0] = 0x60;
		ip[1] = (uint8_t)(p->ecn << 4);
		ip[6] = NFR_IPPROTO_FRAGMENT;
		ip[7] = 64;
		ip[8] = ip[24] = 0xfd;
		ip[11] = ip[27] = 1;
		ip[23] = 2;
		ip[39] = 1;
		ip[40] = 253; /* for experiments: no header of its own is looked for */
		nfr_put16(ip + 42, (uint16_t)(p->off | p->more));
		ip[47] = (uint8_t)(p->which + 1);
	} else {
		ip[0] = 0x45;
		ip[1] = p->ecn;
		ip[5] = (uint8_t)(p->which + 1);
		nfr_put16(ip + 6, (uint16_t)(p->off / 8 | (p->more ? 0x2000 : 0) | (p->df ? 0x4000 : 0)));
		ip[8] = 64;
		ip[9] = 253;
		memcpy(ip + 12, (const uint8_t[]){10, 0, 1, 2, 10, 0, 1, 1}, 8);
	}
	fuzz_sums_repair(ip, hlen + p->len, true);
	return 14 + hlen + p->len;
}

static bool is_fragment(const struct piece *p)
{
	return p->six || p->off || p->more;
}

static void compare_datagram(const struct twin *t, bool six)
{
	size_t hlen = six ? 40 : 20;

	fuzz_must(delivered.n == 1, "a datagram is complete and is not delivered once");
	fuzz_must(delivered.len == hlen + t->len, "a datagram has another length");
	fuzz_must(memcmp(delivered.ip + hlen, t->byte, t->len) == 0, "a datagram has other bytes");
	if (t->ecn & 8)
		fuzz_must((six ? delivered.ip[1] >> 4 & 3 : delivered.ip[1] & 3) == 3,
			  "congestion seen by a fragment is lost");
}

static void send(struct fuzz_router *router, const struct piece *p)
{
	struct twin *t = &twins[p->six][p->which];
	uint8_t frame[14 + 48 + PAYLOAD_MAX];
	enum nfr_reason want = NFR_REASON_DELIVERED;
	struct nfr_result result;
	bool passes = false;

	if (is_fragment(p))
		want = expected(t, p, router->now_ns, &passes);
	delivered.n = 0;
	result = fuzz_receive(router, 0, frame, put_fragment(frame, p));
	fuzz_router_check(router);
	if (passes)
		return;
	fuzz_must(result.reason == want, "a fragment has another fate than in the map of bytes");
	if (!is_fragment(p))
		return;
	if (want == NFR_REASON_DELIVERED)
		compare_datagram(t, p->six);
	if (want == NFR_REASON_DELIVERED || want == NFR_REASON_FRAG_ECN ||
	    want == NFR_REASON_FRAG_TOO_LARGE)
		forget(t);
}

static void go_by(struct fuzz_router *router, uint8_t seconds)
{
	router->now_ns += seconds * NFR_NSEC_PER_SEC;
	fuzz_advance(router, 1000);
	for (unsigned six = 0; six < 2; six++)
		for (unsigned i = 0; i < N_DATAGRAMS; i++)
			if (twins[six][i].used && twins[six][i].expires_ns <= router->now_ns)
				forget(&twins[six][i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = {data, size};
	struct fuzz_router *router = fuzz_router_get(0, 0);
	struct piece p;

	fuzz_router_reset(router);
	router->on_deliver = on_deliver;
	nfr_conntrack_use(router->net, NFR_IPV4, true);
	nfr_conntrack_use(router->net, NFR_IPV6, true);
	for (unsigned six = 0; six < 2; six++)
		for (unsigned i = 0; i < N_DATAGRAMS; i++)
			if (twins[six][i].used)
				forget(&twins[six][i]);
	for (unsigned i = 0; i < MAX_STEPS && in.left; i++) {
		uint8_t which = fuzz_u8(&in), flags;

		p.which = which % N_DATAGRAMS;
		p.six = which & 0x80;
		p.off = fuzz_u16(&in) & (which & 0x40 ? 0xfff8 : 0x3f8);
		p.len = fuzz_u16(&in) % (PAYLOAD_MAX + 1);
		flags = fuzz_u8(&in);
		p.more = flags & 1;
		p.df = flags & 2;
		p.ecn = fuzz_u8(&in) & 3;
		memset(p.payload, (int)i + 1, sizeof(p.payload));
		send(router, &p);
		go_by(router, fuzz_u8(&in) % 64);
	}
	return 0;
}
