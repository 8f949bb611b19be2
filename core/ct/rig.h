/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the unit tests of ct/: conntrack alone, between a wire on either side. Packets are built as
 * bytes, go through validation, conntrack's first and last hook, and end.
 */
#ifndef NFR_CT_RIG_H
#define NFR_CT_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Not every test uses all of it. */
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wunused-function"
#endif

#include "base/csum.h"
#include "ct/expect.h"
#include "ct/l4.h"
#include "ct/life.h"
#include "ct/tcp.h"
#include "pkt/parse.h"

#define RIG_LOG_LEN 4096
#define RIG_START_NS (1000 * NFR_NSEC_PER_SEC)

struct rig {
	struct nfr_env env;
	struct nfr_ctnet net;
	void *mem;
	char log[RIG_LOG_LEN]; /* events and log lines since the last rig_said() */
	bool traced;
};

struct rig_pkt {
	uint8_t bytes[256];
	struct nfr_pkt pkt;
	unsigned in, confirm; /* verdicts of the two hooks; confirm NFR_DROP if it was not reached */
};

/* ---- what is said ---- */

static void rig_say(struct rig *rig, const char *fmt, ...)
{
	size_t len = strlen(rig->log);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rig->log + len, RIG_LOG_LEN - len, fmt, ap);
	va_end(ap);
}

static void rig_ct_event(void *user, const struct nfr_ct_event *event)
{
	static const char *const types[] = {"NEW", "UPDATE", "DESTROY"};
	static const char *const bits[] = {"new",     "related", "destroy", "reply",
					   "assured", "proto",	 "helper",  "mark"};

	rig_say(user, "%s", types[event->type]);
	for (unsigned i = 0; i < 8; i++)
		if (event->bits >> i & 1)
			rig_say(user, "%c%s", event->bits & ((1u << i) - 1) ? ',' : ' ', bits[i]);
	rig_say(user, ";");
}

static void rig_expect_event(void *user, const struct nfr_expect_event *event)
{
	rig_say(user, "%s expect;", event->type == NFR_CT_EVENT_NEW ? "NEW" : "DESTROY");
}

static void rig_log_line(void *user, const struct nfr_log *log)
{
	rig_say(user, "%s;", log->prefix);
}

static void rig_trace(void *user, const struct nfr_trace *trace)
{
	struct rig *rig = user;

	rig->traced = true;
	if (trace->kind == NFR_TRACE_NOTE)
		rig_say(user, "note %s;", trace->note);
}

/* What was said since the last time. */
static const char *rig_said(struct rig *rig)
{
	static char said[RIG_LOG_LEN];

	memcpy(said, rig->log, sizeof(said));
	rig->log[0] = 0;
	return said;
}

/* ---- the instance ---- */

static void rig_open(struct rig *rig, uint32_t max)
{
	struct nfr_config config = {.max = {.ct = max, .ct6 = max, .ct_ext = max, .expect = 16}};
	struct nfr_arena arena = {NULL, 0, false};
	struct nfr_sysctl_if all, dflt;

	memset(rig, 0, sizeof(*rig));
	rig->env.now_ns = RIG_START_NS;
	nfr_sysctl_preset(&rig->env.sysctl, &all, &dflt);
	rig->env.sysctl.ct_events = 1;
	for (unsigned i = 0; i < 4; i++)
		rig->env.hash_key.k[i] = UINT64_C(0x9e3779b97f4a7c15) * (i + 1);
	rig->env.sink.user = rig;
	rig->env.sink.ct_event = rig_ct_event;
	rig->env.sink.expect_event = rig_expect_event;
	rig->env.sink.log = rig_log_line;
	rig->env.sink.trace = rig_trace;
	nfr_ctnet_init(&rig->net, &rig->env, &arena, &config);
	assert_false(arena.overflow);
	rig->mem = aligned_alloc(64, arena.used);
	memset(rig->mem, 0xa5, arena.used);
	arena.base = rig->mem;
	arena.used = 0;
	nfr_ctnet_init(&rig->net, &rig->env, &arena, &config);
}

static void rig_check(struct rig *rig)
{
	const char *why = nfr_ctnet_check(&rig->net);

	if (why)
		fail_msg("%s", why);
}

/* All that was made is gone again after a flush. */
static void rig_close(struct rig *rig)
{
	rig_check(rig);
	nfr_ctnet_flush(&rig->net);
	rig_check(rig);
	assert_int_equal(rig->net.cts.used, 0);
	assert_int_equal(rig->net.ext.used, 0);
	assert_int_equal(rig->net.addr6.used, 0);
	assert_int_equal(rig->net.expects.used, 0);
	free(rig->mem);
}

static void rig_pass(struct rig *rig, uint64_t ns)
{
	rig->env.now_ns += ns;
	while (nfr_ct_expire(&rig->net, 64) == 64)
		;
}

/* ---- packets ---- */

static const uint8_t rig_host[2][4] = {{10, 0, 1, 2}, {10, 0, 2, 2}};

static void rig_l4_csum(uint8_t *ip, uint8_t family, uint8_t proto, uint8_t *l4, uint32_t len,
			unsigned at)
{
	uint32_t sum = 0;

	nfr_put16(l4 + at, 0);
	if (proto != NFR_IPPROTO_ICMP)
		sum = nfr_csum_pseudo(family, ip, proto, len);
	nfr_put16(l4 + at, (uint16_t)~nfr_csum_fold(nfr_csum_add(sum, l4, len)));
}

/* IPv4 from the host of this direction to the other one, around len bytes at bytes + 20. */
static void rig_ip4(struct rig_pkt *p, unsigned dir, uint8_t proto, uint32_t len)
{
	uint8_t *ip = p->bytes;

	memset(ip, 0, 20);
	ip[0] = 0x45;
	nfr_put16(ip + 2, (uint16_t)(20 + len));
	ip[8] = 64;
	ip[9] = proto;
	memcpy(ip + 12, rig_host[dir], 4);
	memcpy(ip + 16, rig_host[!dir], 4);
	nfr_put16(ip + 10, (uint16_t)~nfr_csum_fold(nfr_csum_add(0, ip, 20)));
	memset(&p->pkt, 0, sizeof(p->pkt));
	p->pkt.data = ip;
	p->pkt.len = 20 + len;
	p->pkt.room = sizeof(p->bytes);
	p->pkt.iif = (uint16_t)(1 + dir);
}

static void rig_ip6(struct rig_pkt *p, unsigned dir, uint8_t proto, uint32_t len)
{
	uint8_t *ip = p->bytes;

	memset(ip, 0, 40);
	ip[0] = 0x60;
	nfr_put16(ip + 4, (uint16_t)len);
	ip[6] = proto;
	ip[7] = 64;
	ip[8] = ip[24] = 0xfd;
	ip[11] = (uint8_t)(1 + dir);
	ip[27] = (uint8_t)(2 - dir);
	ip[23] = ip[39] = 2;
	memset(&p->pkt, 0, sizeof(p->pkt));
	p->pkt.data = ip;
	p->pkt.len = 40 + len;
	p->pkt.room = sizeof(p->bytes);
	p->pkt.iif = (uint16_t)(1 + dir);
}

/* Ports of the original direction; the reply's are swapped. */
static void rig_ports(uint8_t *l4, unsigned dir, uint16_t sport, uint16_t dport)
{
	nfr_put16(l4, dir ? dport : sport);
	nfr_put16(l4 + 2, dir ? sport : dport);
}

static void rig_udp(struct rig_pkt *p, unsigned dir, uint16_t sport, uint16_t dport)
{
	uint8_t *udp = p->bytes + 20;

	memset(udp, 0, 12);
	rig_ports(udp, dir, sport, dport);
	nfr_put16(udp + 4, 12);
	rig_ip4(p, dir, NFR_IPPROTO_UDP, 12);
	rig_l4_csum(p->bytes, NFR_IPV4, NFR_IPPROTO_UDP, udp, 12, 6);
}

static void rig_udp6(struct rig_pkt *p, unsigned dir, uint16_t sport,
					     uint16_t dport)
{
	uint8_t *udp = p->bytes + 40;

	memset(udp, 0, 8);
	rig_ports(udp, dir, sport, dport);
	nfr_put16(udp + 4, 8);
	rig_ip6(p, dir, NFR_IPPROTO_UDP, 8);
	rig_l4_csum(p->bytes, NFR_IPV6, NFR_IPPROTO_UDP, udp, 8, 6);
}

struct rig_tcp {
	uint32_t seq, ack;
	uint8_t bits;
	uint16_t win, len;
	const uint8_t *opts;
	uint8_t opts_len;
};

static void rig_tcp(struct rig_pkt *p, unsigned dir, uint16_t sport,
					    struct rig_tcp t)
{
	uint8_t *th = p->bytes + 20;
	uint32_t len = 20u + t.opts_len + t.len;

	memset(th, 0, len);
	rig_ports(th, dir, sport, 80);
	nfr_put32(th + 4, t.seq);
	nfr_put32(th + 8, t.ack);
	th[12] = (uint8_t)((20 + t.opts_len) / 4 << 4);
	th[13] = t.bits;
	nfr_put16(th + 14, t.win);
	if (t.opts_len)
		memcpy(th + 20, t.opts, t.opts_len);
	rig_ip4(p, dir, NFR_IPPROTO_TCP, len);
	rig_l4_csum(p->bytes, NFR_IPV4, NFR_IPPROTO_TCP, th, len, 16);
}

static void rig_icmp(struct rig_pkt *p, unsigned dir, uint8_t type,
					     uint8_t code, uint16_t id)
{
	uint8_t *icmp = p->bytes + 20;

	memset(icmp, 0, 12);
	icmp[0] = type;
	icmp[1] = code;
	nfr_put16(icmp + 4, id);
	rig_ip4(p, dir, NFR_IPPROTO_ICMP, 12);
	rig_l4_csum(p->bytes, NFR_IPV4, NFR_IPPROTO_ICMP, icmp, 12, 2);
}

/* First hook only. */
static void rig_in(struct rig *rig, struct rig_pkt *p)
{
	struct nfr_hook_state state = {(struct nfr_net *)(void *)&rig->env, p->pkt.iif, 0,
				       NFR_INET_PRE_ROUTING, 0};

	assert_int_equal(nfr_ip_validate(&p->pkt), NFR_REASON_NONE);
	state.family = p->pkt.family;
	p->in = nfr_ct_in(&rig->net, &p->pkt, &state);
}

static void rig_out(struct rig *rig, struct rig_pkt *p)
{
	struct nfr_hook_state state = {(struct nfr_net *)(void *)&rig->env, 0,
				       (uint16_t)(3 - p->pkt.iif), NFR_INET_POST_ROUTING,
				       p->pkt.family};

	p->confirm = p->in == NFR_ACCEPT ? nfr_ct_confirm(&rig->net, &p->pkt, &state) : NFR_DROP;
}

static void rig_end(struct rig *rig, struct rig_pkt *p)
{
	nfr_ct_put_unconfirmed(&rig->net, &p->pkt);
}

/* What -m conntrack --ctstate says between the hooks. */
static const char *rig_ctstate(const struct rig_pkt *p)
{
	if (p->pkt.ctinfo == NFR_CT_UNTRACKED)
		return "UNTRACKED";
	if (!p->pkt.ct_idx)
		return "INVALID";
	switch (p->pkt.ctinfo) {
	case NFR_CT_NEW:
		return "NEW";
	case NFR_CT_RELATED:
	case NFR_CT_RELATED_REPLY:
		return "RELATED";
	default:
		return "ESTABLISHED";
	}
}

/* All the way; the state in between. */
static const char *rig_put(struct rig *rig, struct rig_pkt *p)
{
	const char *state;

	rig_in(rig, p);
	state = rig_ctstate(p);
	rig_out(rig, p);
	rig_end(rig, p);
	rig_check(rig);
	return state;
}

/* The connection with this source port, or NULL. */
static const struct nfr_ct_view *rig_view(struct rig *rig, uint16_t sport)
{
	static struct nfr_ct_view view;
	uint32_t cursor = 0;

	while (nfr_ctnet_next(&rig->net, &cursor, &view))
		if (nfr_ntohs(view.tuple[0].src_l4) == sport)
			return &view;
	return NULL;
}

/* The one TCP connection of a test: whoever began it. */
static const struct nfr_ct_view *rig_tcp_view(struct rig *rig)
{
	const struct nfr_ct_view *view = rig_view(rig, 1000);

	return view ? view : rig_view(rig, 80);
}

#endif
