/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NAT undone is the identity. Whenever a packet P went in and one packet Q came out for it, the
 * router is saved, and
 *
 *   the answer to Q is let in where Q left: what comes out for it is the answer to P;
 *   an error that quotes Q is let in there: what comes out quotes P, and goes to who sent it;
 *   P is let in once more: Q's addresses and ports come out again;
 *
 * and the router is restored, so that what follows does not depend on the questions. That
 * checksums stay right is asked of every packet (lib/fuzz.c).
 *
 * Input: ruleset, options, two bytes unused, then steps (lib/steps.h).
 */
#include "base/bytes.h"
#include "lib/run.h"
#include "lib/sums.h"

#define MAX_STEPS 64

const enum fuzz_format fuzz_format = FUZZ_FORMAT_STEPS;

/* Where a packet is from and to. */
struct ends {
	uint8_t addr[2][16];
	uint16_t port[2]; /* of ICMP, the identifier twice */
	uint8_t proto;
	bool six;
};

/* A packet and its way. */
struct passed {
	uint8_t frame[FUZZ_FRAME_MAX];
	size_t len, hlen;
	unsigned iface;
	struct ends ends;
	struct nfr_result result;
};

static bool ends_of(const uint8_t *ip, size_t len, struct ends *ends)
{
	struct fuzz_l4 l4;
	const uint8_t *p;

	memset(ends, 0, sizeof(*ends));
	if (!fuzz_l4_find(ip, len, &l4) || l4.fragment || l4.routed || l4.len < 8)
		return false;
	p = ip + l4.off;
	ends->six = ip[0] >> 4 == 6;
	ends->proto = l4.proto;
	for (unsigned i = 0; i < 2; i++)
		memcpy(ends->addr[i], ip + (ends->six ? 8 + 16 * i : 12 + 4 * i),
		       ends->six ? 16 : 4);
	switch (l4.proto) {
	case NFR_IPPROTO_TCP:
		if (l4.len < 20)
			return false;
		break;
	case NFR_IPPROTO_UDP:
		break;
	case NFR_IPPROTO_ICMP:
	case NFR_IPPROTO_ICMPV6:
		if (p[0] != (ends->six ? 128 : 8) && p[0] != (ends->six ? 129 : 0))
			return false;
		ends->port[0] = ends->port[1] = nfr_get16(p + 4);
		return (l4.proto == NFR_IPPROTO_ICMPV6) == ends->six;
	default:
		return false;
	}
	ends->port[0] = nfr_get16(p);
	ends->port[1] = nfr_get16(p + 2);
	return true;
}

static bool same(const struct ends *a, const struct ends *b)
{
	return memcmp(a->addr, b->addr, sizeof(a->addr)) == 0 && a->port[0] == b->port[0] &&
	       a->port[1] == b->port[1] && a->proto == b->proto && a->six == b->six;
}

static struct ends turned(const struct ends *a)
{
	struct ends b = *a;

	memcpy(b.addr[0], a->addr[1], sizeof(b.addr[0]));
	memcpy(b.addr[1], a->addr[0], sizeof(b.addr[1]));
	b.port[0] = a->port[1];
	b.port[1] = a->port[0];
	return b;
}

/* Lets a frame in; true when exactly one came out, which `out` then is. */
static bool pass(struct fuzz_router *router, struct passed *in, struct passed *out)
{
	uint32_t before = router->n_out;

	in->result = fuzz_receive(router, in->iface, in->frame, in->len);
	fuzz_router_check(router);
	if (router->n_out != before + 1 || router->last_oif == 0 || router->last_oif > FUZZ_IFACES)
		return false;
	out->iface = router->last_oif - 1u;
	out->hlen = router->last_hlen;
	out->len = router->last_len;
	memcpy(out->frame, router->last, out->len);
	return in->result.reason == NFR_REASON_FORWARDED;
}

/* A packet on its way back in through the interface where `out` left. */
static void wrap(struct passed *back, const struct passed *out, size_t ip_len)
{
	back->iface = out->iface;
	back->hlen = out->hlen;
	back->len = out->hlen + ip_len;
	if (out->hlen)
		fuzz_eth_header(back->frame, out->iface, back->frame[out->hlen] >> 4 == 6);
}

static void ask_answer(struct fuzz_router *router, const struct passed *p, const struct passed *q)
{
	static struct passed back, out;
	struct ends want = turned(&p->ends), got;
	size_t len = fuzz_answer(q->frame + q->hlen, q->len - q->hlen, 0, 0, back.frame + q->hlen);

	if (!len || q->hlen + len > FUZZ_FRAME_MAX)
		return;
	wrap(&back, q, len);
	if (!pass(router, &back, &out) || !ends_of(out.frame + out.hlen, out.len - out.hlen, &got))
		return;
	if (back.result.ctstate == NFR_CTSTATE_ESTABLISHED)
		fuzz_must(same(&got, &want), "the answer to a translated packet is not translated back");
}

static void ask_error(struct fuzz_router *router, const struct passed *p, const struct passed *q)
{
	static struct passed back, out;
	const uint8_t *ip = q->frame + q->hlen, *quoted;
	struct ends got;
	size_t len;

	len = fuzz_icmp_error(back.frame + q->hlen, ip + (p->ends.six ? 24 : 16),
			      p->ends.six ? 1 : 3, 3, 0, ip, q->len - q->hlen);
	if (!len || q->hlen + len > FUZZ_FRAME_MAX)
		return;
	wrap(&back, q, len);
	if (!pass(router, &back, &out) || back.result.ctstate != NFR_CTSTATE_RELATED)
		return;
	quoted = out.frame + out.hlen + (p->ends.six ? 48 : 28);
	len = (size_t)(out.frame + out.len - quoted);
	if (!p->ends.six && (out.frame[out.hlen] != 0x45))
		return;
	/* what is quoted may be cut, but not its ports */
	if (out.len > out.hlen + (p->ends.six ? 48u : 28u) && ends_of(quoted, len, &got))
		fuzz_must(same(&got, &p->ends), "an error does not quote what its receiver sent");
	fuzz_must(memcmp(out.frame + out.hlen + (p->ends.six ? 24 : 16), p->ends.addr[0],
			 p->ends.six ? 16 : 4) == 0,
		  "an error goes to somebody who did not send what it quotes");
}

static void ask_again(struct fuzz_router *router, const struct passed *p, const struct passed *q)
{
	static struct passed again, out;
	struct ends got;

	again = *p;
	if (pass(router, &again, &out) && again.result.ctstate == p->result.ctstate &&
	    ends_of(out.frame + out.hlen, out.len - out.hlen, &got))
		fuzz_must(same(&got, &q->ends), "the same packet is translated otherwise");
}

/* Whether rules put connections into zones. An answer may be looked for in another zone than the
 * packet, then, where another connection has its addresses and ports. */
static bool zones_are_used(const struct fuzz_router *router)
{
	struct nfr_ct_view ct;
	uint32_t cursor = 0;

	while (nfr_ct_next(router->net, router->now_ns, &cursor, &ct))
		if (ct.zone)
			return true;
	return false;
}

static void packet(struct fuzz_run *run, const struct fuzz_step *step)
{
	static struct passed p, q;
	static uint8_t frame[FUZZ_FRAME_MAX + 64];
	struct fuzz_router *router = run->router;

	p.len = fuzz_run_frame(run, step, frame, &p.iface);
	if (!p.len || p.len > FUZZ_FRAME_MAX)
		return;
	memcpy(p.frame, frame, p.len);
	p.iface %= FUZZ_IFACES;
	p.hlen = p.iface == FUZZ_IFACES - 1 ? 0 : 14;
	if (!pass(router, &p, &q) || p.len <= p.hlen || p.result.ctstate == NFR_CTSTATE_NONE ||
	    p.result.ctstate == NFR_CTSTATE_UNTRACKED || p.result.ctstate == NFR_CTSTATE_INVALID ||
	    !ends_of(p.frame + p.hlen, p.len - p.hlen, &p.ends) ||
	    !ends_of(q.frame + q.hlen, q.len - q.hlen, &q.ends) || zones_are_used(router))
		return;
	fuzz_router_save(router);
	ask_answer(router, &p, &q);
	fuzz_router_restore(router);
	ask_error(router, &p, &q);
	fuzz_router_restore(router);
	ask_again(router, &p, &q);
	fuzz_router_restore(router);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_run_asking(data, size, MAX_STEPS, packet);
	return 0;
}
