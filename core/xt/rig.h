/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the unit tests of xt/ share: tables, conntrack and NAT over a stack that only notes what
 * is asked of it; packets; parameters of extensions set by their options' names.
 */
#ifndef NFR_XT_RIG_H
#define NFR_XT_RIG_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/csum.h"
#include "pkt/parse.h"
#include "xt/table.h"

struct rig {
	struct nfr_env env; /* first: it stands for the instance */
	struct nfr_hooks hooks;
	struct nfr_ctnet ct;
	struct nfr_natnet nat;
	struct nfr_xtnet xt;
	struct nfr_hook_state state;
	void *mem;
	/* what was asked of the stack */
	unsigned n_sent, n_icmp, n_rerouted;
	uint8_t icmp_type, icmp_code;
	uint8_t sent_proto;
	int ct_users[2];
	enum nfr_status ct_status; /* what use_conntrack answers */
	bool reroute_ok;
	uint8_t addr_type;
	uint16_t addr_ifindex;
	uint32_t reverse_mtu;
	/* what went to the sink */
	unsigned n_log, n_trace;
	char log[32][96];
	uint8_t log_level, log_flags;
	char trace[32][96];
};

static inline struct rig *rig_of(struct nfr_env *env)
{
	return (struct rig *)(void *)env;
}

static inline struct nfr_net *rig_net(struct rig *rig)
{
	return (struct nfr_net *)(void *)rig;
}

static inline enum nfr_status rig_use_conntrack(struct nfr_env *env, uint8_t family, bool on)
{
	struct rig *rig = rig_of(env);

	if (on && rig->ct_status != NFR_OK)
		return rig->ct_status;
	rig->ct_users[family == NFR_IPV6] += on ? 1 : -1;
	return NFR_OK;
}

static inline void rig_send(struct nfr_env *env, struct nfr_pkt *pkt, const struct nfr_pkt *for_pkt)
{
	struct rig *rig = rig_of(env);

	(void)for_pkt;
	rig->n_sent++;
	rig->sent_proto = pkt->protonum;
	nfr_env_buf_put(env, pkt->buf);
}

static inline void rig_icmp_error(struct nfr_env *env, const struct nfr_pkt *pkt, uint8_t type,
				  uint8_t code, uint32_t info, unsigned hook)
{
	struct rig *rig = rig_of(env);

	(void)pkt, (void)info, (void)hook;
	rig->n_icmp++;
	rig->icmp_type = type;
	rig->icmp_code = code;
}

static inline bool rig_reroute(struct nfr_env *env, struct nfr_pkt *pkt)
{
	(void)pkt;
	rig_of(env)->n_rerouted++;
	return rig_of(env)->reroute_ok;
}

static inline uint8_t rig_addr_type(struct nfr_env *env, uint8_t family, const union nfr_addr *addr,
				    uint16_t ifindex)
{
	(void)family, (void)addr;
	rig_of(env)->addr_ifindex = ifindex;
	return rig_of(env)->addr_type;
}

static inline bool rig_select_addr(struct nfr_env *env, uint8_t family, uint16_t ifindex,
				   const union nfr_addr *dst, union nfr_addr *out)
{
	(void)env, (void)family, (void)ifindex, (void)dst;
	memset(out, 0, sizeof(*out));
	out->b[0] = 10;
	out->b[3] = 99;
	return true;
}

static inline bool rig_redirect_addr(struct nfr_env *env, uint8_t family, uint16_t ifindex,
				     const union nfr_addr *dst, union nfr_addr *out)
{
	return rig_select_addr(env, family, ifindex, dst, out);
}

static inline uint32_t rig_reverse_mtu(struct nfr_env *env, const struct nfr_pkt *pkt)
{
	(void)pkt;
	return rig_of(env)->reverse_mtu;
}

static const struct nfr_env_ops rig_ops = {
	.use_conntrack = rig_use_conntrack,
	.send = rig_send,
	.icmp_error = rig_icmp_error,
	.reroute = rig_reroute,
	.addr_type = rig_addr_type,
	.select_addr = rig_select_addr,
	.redirect_addr = rig_redirect_addr,
	.reverse_mtu = rig_reverse_mtu,
};

static inline void rig_on_log(void *user, const struct nfr_log *log)
{
	struct rig *rig = user;

	snprintf(rig->log[rig->n_log++ % 32], sizeof(rig->log[0]), "%s", log->prefix);
	rig->log_level = log->level;
	rig->log_flags = log->flags;
}

static inline void rig_on_trace(void *user, const struct nfr_trace *trace)
{
	struct rig *rig = user;

	if (trace->kind != NFR_TRACE_RULE)
		return;
	snprintf(rig->trace[rig->n_trace++ % 32], sizeof(rig->trace[0]), "%s:%s:%s:%u:%s",
		 trace->rule.table, trace->rule.chain, trace->rule.type, (unsigned)trace->rule.num,
		 trace->rule.target);
}

static inline void rig_no_event(void *user, const struct nfr_ct_event *event)
{
	(void)user, (void)event;
}

static inline void rig_carve(struct rig *rig, struct nfr_arena *arena, uint32_t max_kib)
{
	static const struct nfr_config config = {
		.max = {.ct = 64, .ct6 = 64, .ct_ext = 64, .expect = 8},
	};

	nfr_pool_init(&rig->env.bufs, arena, 4, NFR_BUF_SIZE);
	rig->env.iface = nfr_arena_take(arena, 4, sizeof(*rig->env.iface));
	nfr_hooks_init(&rig->hooks, arena, 64, 1);
	nfr_ctnet_init(&rig->ct, &rig->env, arena, &config);
	nfr_natnet_init(&rig->nat, &rig->env, &rig->ct, arena);
	nfr_xtnet_init(&rig->xt, &rig->env, &rig->ct, &rig->nat, &rig->hooks, arena, max_kib);
}

static inline struct rig *rig_new_kib(uint32_t max_kib)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	struct nfr_arena arena = {.base = NULL};
	static const char *const names[] = {"eth0", "eth1", "ppp0", "eth10"};

	assert_non_null(rig);
	rig->env.linux_version = NFR_LINUX(6, 18);
	rig->env.ops = &rig_ops;
	nfr_sysctl_preset(&rig->env.sysctl, &rig->env.if_all, &rig->env.if_default);
	for (unsigned i = 0; i < NFR_RNG_MAX; i++)
		nfr_rng_init(&rig->env.rng[i], 42, (enum nfr_rng_purpose)i);
	for (unsigned i = 0; i < 4; i++)
		rig->env.hash_key.k[i] = nfr_rng_u64(&rig->env.rng[NFR_RNG_HASH]);
	rig_carve(rig, &arena, max_kib);
	rig->mem = aligned_alloc(64, arena.used);
	assert_non_null(rig->mem);
	memset(rig->mem, 0xa5, arena.used);
	arena = (struct nfr_arena){.base = rig->mem};
	rig_carve(rig, &arena, max_kib);
	rig->env.max_iface = rig->env.n_iface = 4;
	memset(rig->env.iface, 0, 4 * sizeof(*rig->env.iface));
	for (unsigned i = 0; i < 4; i++)
		snprintf(rig->env.iface[i].link.name, NFR_IFNAMSIZ, "%s", names[i]);
	rig->env.sink.user = rig;
	rig->env.sink.log = rig_on_log;
	rig->env.sink.trace = rig_on_trace;
	rig->env.sink.ct_event = rig_no_event;
	rig->reroute_ok = true;
	rig->state = (struct nfr_hook_state){.net = rig_net(rig),
					     .in = 1,
					     .out = 2,
					     .hook = NFR_INET_FORWARD,
					     .family = NFR_IPV4};
	return rig;
}

static inline struct rig *rig_new(void)
{
	return rig_new_kib(256);
}

static inline void rig_free(struct rig *rig)
{
	assert_null(nfr_xtnet_check(&rig->xt));
	assert_int_equal(rig->env.bufs.used, 0);
	free(rig->mem);
	free(rig);
}

/* ---- packets ---- */

struct rig_pkt {
	struct nfr_pkt pkt;
	uint8_t data[256];
};

static inline void rig_addr(uint8_t *to, uint8_t family, uint8_t last)
{
	static const uint8_t net6[16] = {0x20, 0x01, 0x0d, 0xb8};
	static const uint8_t net4[4] = {10, 0, 0};

	memcpy(to, family == NFR_IPV6 ? net6 : net4, family == NFR_IPV6 ? 16 : 4);
	to[family == NFR_IPV6 ? 15 : 3] = last;
}

/* Makes checksums right again after the test changed bytes. */
static inline void rig_csum(struct rig_pkt *p)
{
	struct nfr_pkt *pkt = &p->pkt;
	uint32_t l4_len = pkt->len - pkt->l4_off;
	uint8_t *l4 = pkt->data + pkt->l4_off, *sum;

	if (pkt->family == NFR_IPV4) {
		nfr_put16(pkt->data + 10, 0);
		nfr_put16(pkt->data + 10,
			  (uint16_t)~nfr_csum_fold(nfr_csum_add(0, pkt->data, pkt->l4_off)));
	}
	if (pkt->protonum != NFR_IPPROTO_TCP && pkt->protonum != NFR_IPPROTO_UDP)
		return;
	sum = l4 + (pkt->protonum == NFR_IPPROTO_TCP ? 16 : 6);
	nfr_put16(sum, 0);
	nfr_put16(sum, (uint16_t)~nfr_csum_fold(nfr_csum_add(
			       nfr_csum_pseudo(pkt->family, pkt->data, pkt->protonum, l4_len), l4,
			       l4_len)));
}

/* 10.0.0.1 → 10.0.0.2, or 2001:db8::1 → 2001:db8::2, with l4_len bytes behind the IP header. */
static inline struct nfr_pkt *rig_pkt(struct rig_pkt *p, uint8_t family, uint8_t proto,
				      uint32_t l4_len)
{
	uint32_t hlen = family == NFR_IPV6 ? 40 : 20;
	uint8_t *ip = p->data;

	memset(p, 0, sizeof(*p));
	p->pkt = (struct nfr_pkt){.data = ip,
				  .len = hlen + l4_len,
				  .room = sizeof(p->data),
				  .family = family,
				  .protonum = proto,
				  .l4_off = (uint16_t)hlen,
				  .iif = 1};
	if (family == NFR_IPV6) {
		ip[0] = 0x60;
		nfr_put16(ip + 4, (uint16_t)l4_len);
		ip[6] = proto;
		ip[7] = 64;
	} else {
		ip[0] = 0x45;
		nfr_put16(ip + 2, (uint16_t)p->pkt.len);
		ip[8] = 64;
		ip[9] = proto;
	}
	rig_addr(ip + (family == NFR_IPV6 ? 8 : 12), family, 1);
	rig_addr(ip + (family == NFR_IPV6 ? 24 : 16), family, 2);
	if (proto == NFR_IPPROTO_TCP && l4_len >= 20) {
		ip[hlen + 12] = (uint8_t)(l4_len >= 60 ? 0xf0 : l4_len / 4 << 4);
		ip[hlen + 13] = 0x02;
	}
	if (l4_len >= 4) {
		nfr_put16(ip + hlen, 1000);
		nfr_put16(ip + hlen + 2, 80);
	}
	if (proto == NFR_IPPROTO_UDP && l4_len >= 8)
		nfr_put16(ip + hlen + 4, (uint16_t)l4_len);
	rig_csum(p);
	return &p->pkt;
}

static inline bool rig_csums_ok(const struct rig_pkt *p)
{
	const struct nfr_pkt *pkt = &p->pkt;
	uint32_t l4_len = pkt->len - pkt->l4_off;

	if (pkt->family == NFR_IPV4 &&
	    nfr_csum_fold(nfr_csum_add(0, pkt->data, pkt->l4_off)) != 0xffff)
		return false;
	if (pkt->protonum != NFR_IPPROTO_TCP && pkt->protonum != NFR_IPPROTO_UDP)
		return true;
	return nfr_csum_fold(
		       nfr_csum_add(nfr_csum_pseudo(pkt->family, pkt->data, pkt->protonum, l4_len),
				    pkt->data + pkt->l4_off, l4_len)) == 0xffff;
}

/* ---- parameters ---- */

static inline size_t rig_kind_size(const struct nfr_xt_opt *opt)
{
	static const uint8_t sizes[NFR_XT_K_MAX] = {
		[NFR_XT_K_U8] = 1,
		[NFR_XT_K_U16] = 2,
		[NFR_XT_K_U32] = 4,
		[NFR_XT_K_HEX8] = 1,
		[NFR_XT_K_HEX32] = 4,
		[NFR_XT_K_U16_RANGE] = 4,
		[NFR_XT_K_U32_RANGE] = 8,
		[NFR_XT_K_PORTS] = 4,
		[NFR_XT_K_PORTS_ANY] = 4,
		[NFR_XT_K_PORT_LIST] = sizeof(struct nfr_xt_port_list),
		[NFR_XT_K_MARK] = 8,
		[NFR_XT_K_XMARK] = 8,
		[NFR_XT_K_TOS] = 2,
		[NFR_XT_K_TOS_SET] = 2,
		[NFR_XT_K_ENUM] = 1,
		[NFR_XT_K_FLAGS] = 4,
		[NFR_XT_K_TCP_FLAGS] = 2,
		[NFR_XT_K_ICMP_TYPE] = 3,
		[NFR_XT_K_ICMP6_TYPE] = 3,
		[NFR_XT_K_ADDR] = 32,
		[NFR_XT_K_ADDR_RANGE] = 32,
		[NFR_XT_K_MAC] = 6,
		[NFR_XT_K_RATE] = 4,
		[NFR_XT_K_PROBABILITY] = 4,
		[NFR_XT_K_PROTO] = 2,
		[NFR_XT_K_LOG_LEVEL] = 1,
		[NFR_XT_K_NAT_RANGE] = sizeof(struct nfr_nat_range),
		[NFR_XT_K_NAT_PORTS] = sizeof(struct nfr_nat_range),
		[NFR_XT_K_NETMAP] = sizeof(struct nfr_nat_range),
		[NFR_XT_K_QUEUE_RANGE] = 4,
		[NFR_XT_K_DSCP_CLASS] = 1,
		[NFR_XT_K_ZONE] = 4,
	};

	return opt->kind == NFR_XT_K_STRING ? 0 : sizes[opt->kind];
}

static inline const struct nfr_xt_opt *rig_opt(const struct nfr_xt_ext *ext, const char *name)
{
	for (unsigned i = 0; i < ext->n_opts; i++)
		if (strcmp(ext->opts[i].name, name) == 0)
			return &ext->opts[i];
	fail_msg("%s has no option %s", ext->name, name);
	return NULL;
}

/* Gives an option, inverted when the name begins with `!`. A string is copied up to its end. */
static inline void rig_set(struct nfr_xt_ext_use *use, const char *name, const void *value)
{
	struct nfr_xt_head head;
	bool invert = name[0] == '!';
	const struct nfr_xt_opt *opt = rig_opt(use->ext, name + invert);

	memcpy(&head, use->data, sizeof(head));
	head.given |= NFR_XT_BIT(opt->slot);
	if (invert)
		head.inverted |= NFR_XT_BIT(opt->slot);
	memcpy(use->data, &head, sizeof(head));
	if (opt->kind == NFR_XT_K_STRING)
		snprintf((char *)use->data + opt->off, opt->max + 1, "%s",
			 value ? (const char *)value : "");
	else if (value)
		memcpy(use->data + opt->off, value, rig_kind_size(opt));
}

static inline void rig_use(struct nfr_xt_ext_use *use, const struct nfr_xt_ext *ext)
{
	memset(use, 0, sizeof(*use));
	use->ext = ext;
}

static inline bool rig_is_given(const struct nfr_xt_ext_use *use, const char *name)
{
	return nfr_xt_given(use->data, rig_opt(use->ext, name)->slot);
}

/* ---- one extension alone ---- */

/* Limits and check() as at loading, in a rule that says `-p proto`. */
static inline enum nfr_status rig_check_in(struct rig *rig, struct nfr_xt_ext_use *use,
					   uint8_t proto, uint8_t hooks)
{
	struct nfr_xt_ip ip = {.proto = proto};
	struct nfr_xt_check check = {.env = &rig->env,
				     .ip = &ip,
				     .family = rig->state.family,
				     .table = NFR_XT_FILTER,
				     .hooks = hooks};
	const char *why = NULL;
	enum nfr_status status = nfr_xt_check_options(use->ext, use->data, &why);

	if (status == NFR_OK) {
		status = use->ext->check(&check, use->data);
		why = check.why;
	}
	assert_int_equal(status == NFR_OK, why == NULL);
	return status;
}

static inline enum nfr_status rig_check(struct rig *rig, struct nfr_xt_ext_use *use, uint8_t proto)
{
	return rig_check_in(rig, use, proto, NFR_XT_BIT(NFR_INET_FORWARD));
}

enum rig_outcome { RIG_NO, RIG_YES, RIG_HOTDROP };

static inline enum rig_outcome rig_match(struct rig *rig, struct nfr_xt_ext_use *use,
					 struct nfr_pkt *pkt)
{
	struct nfr_xt_ctx ctx = {.env = &rig->env,
				 .ct = &rig->ct,
				 .nat = &rig->nat,
				 .pkt = pkt,
				 .state = &rig->state};
	bool found = use->ext->match(&ctx, use->data);

	if (ctx.hotdrop)
		return RIG_HOTDROP;
	return found ? RIG_YES : RIG_NO;
}

static inline unsigned rig_target(struct rig *rig, struct nfr_xt_ext_use *use, struct nfr_pkt *pkt)
{
	struct nfr_xt_ctx ctx = {.env = &rig->env,
				 .ct = &rig->ct,
				 .nat = &rig->nat,
				 .pkt = pkt,
				 .state = &rig->state};

	return use->ext->target(&ctx, use->data);
}

/* A connection that is not in conntrack's table, for what only looks at its fields. */
static inline struct nfr_ct *rig_ct(struct rig *rig, struct nfr_pkt *pkt, uint8_t ctinfo)
{
	uint32_t idx = nfr_pool_get(&rig->ct.cts);

	assert_int_not_equal(idx, 0);
	pkt->ct_idx = idx;
	pkt->ctinfo = ctinfo;
	return nfr_ct_at(&rig->ct, idx);
}

#endif
