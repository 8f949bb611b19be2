/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For unit tests of NAT and helpers: an instance of conntrack and NAT without a stack, packets
 * made by hand, and the ways through the hooks that a stack would take them.
 */
#ifndef NFR_NAT_RIG_TEST_H
#define NFR_NAT_RIG_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/csum.h"
#include "ct/expect.h"
#include "helper/helper.h"
#include "nat/nat.h"
#include "pkt/parse.h"

#define RIG_OUTSIDE 2 /* interface index; inside is 1 */
#define RIG_ROOM 2048

enum rig_kind {
	RIG_NONE,
	RIG_RANGE,
	RIG_MASQUERADE,
	RIG_REDIRECT,
	RIG_NETMAP,
};

/* The nat table: one rule a hook. */
struct rig_rule {
	enum rig_kind kind;
	struct nfr_nat_range range;
};

struct rig {
	struct nfr_env env; /* first: a hook's state gets at it */
	struct nfr_ctnet ct;
	struct nfr_natnet nat;
	struct rig_rule rule[NFR_INET_NUMHOOKS];
	void *mem;
	uint16_t out; /* where routing sends what is forwarded */
	const struct nfr_ct_helper *helper;
	char log[128];
	unsigned n_destroyed, n_traced, n_rerouted, n_lookups;
	bool no_addr, no_route;
	union nfr_addr addr[2]; /* of the outside interface, [IPv6] */
};

struct rig_pkt {
	struct nfr_pkt pkt;
	uint8_t data[RIG_ROOM];
};

/* ---- addresses ---- */

static inline union nfr_addr rig_ip4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	union nfr_addr addr = {.b = {a, b, c, d}};

	return addr;
}

/* fd00:NET::HOST */
static inline union nfr_addr rig_ip6(uint8_t net, uint8_t host)
{
	union nfr_addr addr = {.b = {0xfd, 0, 0, net, [15] = host}};

	return addr;
}

/* ---- the instance ---- */

static inline unsigned rig_lookup(void *priv, struct nfr_pkt *pkt,
				  const struct nfr_hook_state *state)
{
	struct rig *rig = priv;
	const struct rig_rule *rule = &rig->rule[state->hook];

	rig->n_lookups++;
	switch (rule->kind) {
	case RIG_RANGE:
		return nfr_nat_setup_info(&rig->nat, pkt, &rule->range,
					  nfr_nat_hook2manip(state->hook));
	case RIG_MASQUERADE:
		return nfr_nat_masquerade(&rig->nat, pkt, &rule->range, state);
	case RIG_REDIRECT:
		return nfr_nat_redirect(&rig->nat, pkt, &rule->range, state);
	case RIG_NETMAP:
		return nfr_nat_netmap(&rig->nat, pkt, &rule->range, state);
	default:
		return NFR_ACCEPT;
	}
}

static inline bool rig_select_addr(struct nfr_env *env, uint8_t family, uint16_t ifindex,
				   const union nfr_addr *dst, union nfr_addr *out)
{
	struct rig *rig = (struct rig *)(void *)env;

	(void)ifindex, (void)dst;
	*out = rig->addr[family == NFR_IPV6];
	return !rig->no_addr;
}

static inline bool rig_reroute(struct nfr_env *env, struct nfr_pkt *pkt)
{
	struct rig *rig = (struct rig *)(void *)env;

	(void)pkt;
	rig->n_rerouted++;
	return !rig->no_route;
}

static inline void rig_ct_event(void *user, const struct nfr_ct_event *event)
{
	struct rig *rig = user;

	rig->n_destroyed += event->type == NFR_CT_EVENT_DESTROY;
}

static inline void rig_expect_event(void *user, const struct nfr_expect_event *event)
{
	(void)user, (void)event;
}

static inline void rig_log(void *user, const struct nfr_log *log)
{
	struct rig *rig = user;

	snprintf(rig->log, sizeof(rig->log), "%s", log->prefix);
}

static inline void rig_trace(void *user, const struct nfr_trace *trace)
{
	struct rig *rig = user;

	rig->n_traced += trace->kind == NFR_TRACE_NAT;
}

static inline void rig_carve(struct rig *rig, struct nfr_arena *arena,
			     const struct nfr_config *config)
{
	nfr_pool_init(&rig->env.bufs, arena, config->max.buf, NFR_BUF_SIZE);
	nfr_ctnet_init(&rig->ct, &rig->env, arena, config);
	nfr_natnet_init(&rig->nat, &rig->env, &rig->ct, arena);
}

static inline void rig_env(struct rig *rig)
{
	static const struct nfr_env_ops ops = {
		.select_addr = rig_select_addr,
		.redirect_addr = rig_select_addr,
		.reroute = rig_reroute,
	};
	struct nfr_env *env = &rig->env;

	env->now_ns = 1000 * NFR_NSEC_PER_SEC;
	env->linux_version = NFR_LINUX(6, 18);
	nfr_sysctl_preset(&env->sysctl, &env->if_all, &env->if_default);
	for (unsigned i = 0; i < NFR_RNG_MAX; i++)
		nfr_rng_init(&env->rng[i], 1, (enum nfr_rng_purpose)i);
	env->hash_key = (struct nfr_hash_key){{1, 2, 3, 5}};
	env->ops = &ops;
	env->sink = (struct nfr_sink){
		.user = rig,
		.ct_event = rig_ct_event,
		.expect_event = rig_expect_event,
		.log = rig_log,
		.trace = rig_trace,
	};
}

/* Room for max_ct connections; the nat table is there, without rules. */
static inline struct rig *rig_new(uint32_t max_ct)
{
	struct nfr_config config = {.max = {.ct = max_ct, .ct6 = max_ct, .ct_ext = max_ct,
					    .expect = 16, .buf = 2}};
	struct nfr_arena count = {0}, arena = {0};
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	rig_env(rig);
	rig_carve(rig, &count, &config);
	rig->mem = aligned_alloc(64, (count.used + 63) / 64 * 64);
	assert_non_null(rig->mem);
	memset(rig->mem, 0xa5, count.used);
	arena.base = rig->mem;
	rig_carve(rig, &arena, &config);
	rig->nat.lookup[0] = rig->nat.lookup[1] = rig_lookup;
	rig->nat.xt = rig;
	rig->out = RIG_OUTSIDE;
	rig->addr[0] = rig_ip4(10, 0, 2, 1);
	rig->addr[1] = rig_ip6(2, 1);
	return rig;
}

static inline void rig_check(const struct rig *rig)
{
	const char *why = nfr_natnet_check(&rig->nat);

	if (!why)
		why = nfr_ctnet_check(&rig->ct);
	if (why)
		fail_msg("%s", why);
}

/* Nothing may be left behind. */
static inline void rig_free(struct rig *rig)
{
	rig_check(rig);
	nfr_ctnet_flush(&rig->ct);
	rig_check(rig);
	assert_int_equal(rig->ct.cts.used, 0);
	assert_int_equal(rig->ct.ext.used, 0);
	assert_int_equal(rig->ct.expects.used, 0);
	assert_int_equal(rig->env.bufs.used, 0);
	for (uint32_t i = 0; i < rig->nat.n_bysource; i++)
		assert_int_equal(rig->nat.bysource[i].first, 0);
	free(rig->mem);
	free(rig);
}

static inline void rig_snat(struct rig *rig, union nfr_addr min, union nfr_addr max)
{
	rig->rule[NFR_INET_POST_ROUTING] = (struct rig_rule){
		.kind = RIG_RANGE,
		.range = {.flags = NFR_NAT_RANGE_MAP_IPS, .min_addr = min, .max_addr = max},
	};
}

static inline void rig_ports(struct rig *rig, unsigned hook, uint16_t min, uint16_t max)
{
	struct nfr_nat_range *range = &rig->rule[hook].range;

	range->flags |= NFR_NAT_RANGE_PROTO_SPECIFIED;
	range->min_proto = min;
	range->max_proto = max;
}

/* ---- packets ---- */

/* An IP header for l4_len bytes of protonum; returns where they go. */
static inline uint8_t *rig_ip(struct rig_pkt *p, const union nfr_addr *src,
			      const union nfr_addr *dst, uint8_t protonum, uint32_t l4_len)
{
	static const union nfr_addr zero;
	bool v6 = memcmp(src->b + 4, zero.b, 12) != 0 || memcmp(dst->b + 4, zero.b, 12) != 0;
	uint32_t hlen = v6 ? 40 : 20;
	uint8_t *d = p->data;

	memset(p, 0, sizeof(*p));
	p->pkt.data = d;
	p->pkt.len = hlen + l4_len;
	p->pkt.room = RIG_ROOM;
	if (v6) {
		d[0] = 0x60;
		nfr_put16(d + 4, (uint16_t)l4_len);
		d[6] = protonum;
		d[7] = 64;
		memcpy(d + 8, src->b, 16);
		memcpy(d + 24, dst->b, 16);
	} else {
		d[0] = 0x45;
		nfr_put16(d + 2, (uint16_t)p->pkt.len);
		d[8] = 64;
		d[9] = protonum;
		memcpy(d + 12, src->b, 4);
		memcpy(d + 16, dst->b, 4);
		nfr_put16(d + 10, (uint16_t)~nfr_csum_fold(nfr_csum_add(0, d, 20)));
	}
	return d + hlen;
}

/* Fills in a checksum and lets the packet be parsed as on receipt. */
static inline void rig_finish(struct rig_pkt *p, uint32_t csum_off, bool pseudo)
{
	bool v6 = p->data[0] >> 4 == 6;
	uint32_t hlen = v6 ? 40 : 20, l4_len = p->pkt.len - hlen, sum = 0;
	uint8_t *csum = p->data + hlen + csum_off;

	if (csum_off) {
		nfr_put16(csum, 0);
		if (pseudo)
			sum = nfr_csum_pseudo(v6 ? NFR_IPV6 : NFR_IPV4, p->data,
					      p->data[v6 ? 6 : 9], l4_len);
		sum = nfr_csum_add(sum, p->data + hlen, l4_len);
		nfr_put16(csum, (uint16_t)~nfr_csum_fold(sum));
	}
	assert_int_equal(nfr_ip_validate(&p->pkt), NFR_REASON_NONE);
}

static inline void rig_udp(struct rig_pkt *p, union nfr_addr src, uint16_t sport,
			   union nfr_addr dst, uint16_t dport)
{
	uint8_t *udp = rig_ip(p, &src, &dst, NFR_IPPROTO_UDP, 12);

	nfr_put16(udp, sport);
	nfr_put16(udp + 2, dport);
	nfr_put16(udp + 4, 12);
	memcpy(udp + 8, "data", 4);
	rig_finish(p, 6, true);
}

static inline void rig_tcp(struct rig_pkt *p, union nfr_addr src, uint16_t sport,
			   union nfr_addr dst, uint16_t dport, uint8_t flags, uint32_t seq,
			   uint32_t ack, const char *text)
{
	uint32_t len = (uint32_t)strlen(text);
	uint8_t *tcp = rig_ip(p, &src, &dst, NFR_IPPROTO_TCP, 20 + len);

	nfr_put16(tcp, sport);
	nfr_put16(tcp + 2, dport);
	nfr_put32(tcp + 4, seq);
	nfr_put32(tcp + 8, ack);
	tcp[12] = 5 << 4;
	tcp[13] = flags;
	nfr_put16(tcp + 14, 8192);
	memcpy(tcp + 20, text, len);
	rig_finish(p, 16, true);
}

static inline void rig_echo(struct rig_pkt *p, union nfr_addr src, union nfr_addr dst,
			    uint8_t type, uint16_t id)
{
	bool v6 = type >= 128;
	uint8_t *icmp = rig_ip(p, &src, &dst, v6 ? NFR_IPPROTO_ICMPV6 : NFR_IPPROTO_ICMP, 12);

	icmp[0] = type;
	nfr_put16(icmp + 4, id);
	memcpy(icmp + 8, "ping", 4);
	rig_finish(p, 2, v6);
}

/* An ICMP or ICMPv6 error that quotes the first `quote` bytes of seen. */
static inline void rig_error(struct rig_pkt *p, union nfr_addr src, union nfr_addr dst,
			     uint8_t type, const struct rig_pkt *seen, uint32_t quote)
{
	bool v6 = seen->data[0] >> 4 == 6;
	uint8_t *icmp = rig_ip(p, &src, &dst, v6 ? NFR_IPPROTO_ICMPV6 : NFR_IPPROTO_ICMP,
			       8 + quote);

	icmp[0] = type;
	memcpy(icmp + 8, seen->data, quote);
	rig_finish(p, 2, v6);
}

static inline union nfr_addr rig_src(const struct rig_pkt *p)
{
	union nfr_addr addr;

	nfr_pkt_saddr(&p->pkt, &addr);
	return addr;
}

static inline union nfr_addr rig_dst(const struct rig_pkt *p)
{
	union nfr_addr addr;

	nfr_pkt_daddr(&p->pkt, &addr);
	return addr;
}

static inline uint16_t rig_sport(const struct rig_pkt *p)
{
	return nfr_get16(p->pkt.data + p->pkt.l4_off);
}

static inline uint16_t rig_dport(const struct rig_pkt *p)
{
	return nfr_get16(p->pkt.data + p->pkt.l4_off + 2);
}

/* All checksums of a packet are right. */
static inline bool rig_sums_ok(const struct rig_pkt *p)
{
	const uint8_t *d = p->pkt.data;

	if (p->pkt.family == NFR_IPV4 && nfr_csum_fold(nfr_csum_add(0, d, 20)) != 0xffff)
		return false;
	return nfr_l4_csum_ok(&p->pkt);
}

/* ---- ways through the hooks ---- */

static inline unsigned rig_hook(struct rig *rig, nfr_hook_fn *fn, void *priv, struct rig_pkt *p,
				unsigned hook)
{
	bool in = hook == NFR_INET_PRE_ROUTING || hook == NFR_INET_LOCAL_IN;
	struct nfr_hook_state state = {
		.net = (struct nfr_net *)(void *)rig,
		.in = in ? p->pkt.iif : 0,
		.out = in ? 0 : rig->out,
		.hook = (uint8_t)hook,
		.family = p->pkt.family,
	};

	return fn(priv, &p->pkt, &state);
}

/* `-j CT --helper` for every new connection, when the rig has a helper. */
static inline void rig_assign_helper(struct rig *rig, struct rig_pkt *p)
{
	struct nfr_ct *ct = nfr_ct_of(&rig->ct, &p->pkt);
	struct nfr_ct_ext *ext;

	if (!rig->helper || !ct || p->pkt.ctinfo != NFR_CT_NEW)
		return;
	ext = nfr_ct_ext_get(&rig->ct, ct);
	if (!ext)
		return;
	ext->helper = rig->helper;
	ext->has |= NFR_CT_EXT_HELPER;
	ct->status |= NFR_IPS_HELPER;
}

static inline unsigned rig_end(struct rig *rig, struct rig_pkt *p, unsigned verdict)
{
	if (p->pkt.flags & NFR_PKT_CONFIRM)
		nfr_ct_put_unconfirmed(&rig->ct, &p->pkt);
	return verdict;
}

static inline unsigned rig_first_half(struct rig *rig, struct rig_pkt *p, unsigned hook)
{
	unsigned verdict = rig_hook(rig, nfr_ct_in, &rig->ct, p, hook);

	if (verdict != NFR_ACCEPT)
		return verdict;
	rig_assign_helper(rig, p);
	return hook == NFR_INET_PRE_ROUTING
		       ? rig_hook(rig, nfr_nat_pre, &rig->nat, p, hook)
		       : rig_hook(rig, nfr_nat_out, &rig->nat, p, hook);
}

static inline unsigned rig_second_half(struct rig *rig, struct rig_pkt *p, unsigned hook)
{
	unsigned verdict = hook == NFR_INET_LOCAL_IN
				   ? rig_hook(rig, nfr_nat_in, &rig->nat, p, hook)
				   : rig_hook(rig, nfr_nat_post, &rig->nat, p, hook);

	if (verdict != NFR_ACCEPT)
		return verdict;
	return rig_hook(rig, nfr_ct_confirm, &rig->ct, p, hook);
}

static inline unsigned rig_way(struct rig *rig, struct rig_pkt *p, unsigned first, unsigned second)
{
	unsigned verdict = rig_first_half(rig, p, first);

	if (verdict == NFR_ACCEPT)
		verdict = rig_second_half(rig, p, second);
	return rig_end(rig, p, verdict);
}

static inline unsigned rig_forward(struct rig *rig, struct rig_pkt *p)
{
	return rig_way(rig, p, NFR_INET_PRE_ROUTING, NFR_INET_POST_ROUTING);
}

static inline unsigned rig_deliver(struct rig *rig, struct rig_pkt *p)
{
	return rig_way(rig, p, NFR_INET_PRE_ROUTING, NFR_INET_LOCAL_IN);
}

static inline unsigned rig_output(struct rig *rig, struct rig_pkt *p)
{
	return rig_way(rig, p, NFR_INET_LOCAL_OUT, NFR_INET_POST_ROUTING);
}

/* A UDP packet through the router; its source port as it left, or -1 when it was dropped. */
static inline int rig_send_udp(struct rig *rig, union nfr_addr src, uint16_t sport,
			       union nfr_addr dst, uint16_t dport)
{
	struct rig_pkt p;

	rig_udp(&p, src, sport, dst, dport);
	return rig_forward(rig, &p) == NFR_ACCEPT ? rig_sport(&p) : -1;
}

#endif
