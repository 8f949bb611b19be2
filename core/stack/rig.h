/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A router for the tests of the path: two interfaces, both families, and a sink that remembers.
 *
 *   eth0  10.0.1.1/24  fd00:1::1/64        eth1  10.0.2.1/24  fd00:2::1/64
 */
#ifndef NFR_STACK_RIG_H
#define NFR_STACK_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/csum.h"
#include "stack/net.h"

#define RIG_MAX_OUT 64
#define RIG_SECOND NFR_NSEC_PER_SEC

struct rig_out {
	uint16_t oif; /* 0: delivered */
	uint32_t len;
	uint8_t data[2048]; /* from the IP header on */
	uint8_t link[14];
};

struct rig {
	struct nfr_net *net;
	void *mem;
	uint64_t now;
	unsigned n_out;
	struct rig_out out[RIG_MAX_OUT];
	bool listen; /* a queue's listener is there */
	unsigned n_queued;
	uint32_t queued[16];
	unsigned n_traced[NFR_TRACE_NOTE + 1];
};

static inline void rig_keep(struct rig *rig, uint16_t oif, const uint8_t *data, uint32_t len)
{
	struct rig_out *out = &rig->out[rig->n_out % RIG_MAX_OUT];

	rig->n_out++;
	out->oif = oif;
	out->len = len;
	memcpy(out->data, data, len < sizeof(out->data) ? len : sizeof(out->data));
}

static inline void rig_xmit(void *user, uint16_t oif, const uint8_t *frame, uint32_t len,
			    const struct nfr_pkt *pkt)
{
	struct rig *rig = user;
	uint32_t hlen = len - pkt->len;

	rig_keep(rig, oif, frame + hlen, len - hlen);
	if (hlen)
		memcpy(rig->out[(rig->n_out - 1) % RIG_MAX_OUT].link, frame, 14);
}

static inline void rig_deliver(void *user, const struct nfr_pkt *pkt)
{
	rig_keep(user, 0, pkt->data, pkt->len);
}

static inline bool rig_queue(void *user, uint16_t num, uint32_t id, const struct nfr_pkt *pkt,
			     const struct nfr_hook_state *state)
{
	struct rig *rig = user;

	(void)num, (void)pkt, (void)state;
	if (!rig->listen)
		return false;
	rig->queued[rig->n_queued++ % 16] = id;
	return true;
}

static inline void rig_trace(void *user, const struct nfr_trace *trace)
{
	((struct rig *)user)->n_traced[trace->kind]++;
}

static inline void rig_addr(struct rig *rig, uint8_t family, uint16_t ifindex, uint8_t prefix_len,
			    union nfr_addr local)
{
	struct nfr_ifaddr addr = {
		.family = family, .prefix_len = prefix_len, .ifindex = ifindex, .local = local};

	assert_int_equal(nfr_addr_add(rig->net, &addr), NFR_OK);
}

static inline union nfr_addr rig_ip4(uint32_t addr)
{
	union nfr_addr a = {.b = {0}};

	a.ip4 = nfr_htonl(addr);
	return a;
}

/* fd00:NET::HOST */
static inline union nfr_addr rig_ip6(uint8_t net, uint8_t host)
{
	return (union nfr_addr){.b = {0xfd, 0, 0, net, [15] = host}};
}

#define RIG_IP(a, b, c, d) \
	((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

static inline struct nfr_config rig_config(struct rig *rig)
{
	return (struct nfr_config){
		.seed = 1,
		.max = {.ct = 1024,
			.ct6 = 64,
			.ct_ext = 64,
			.frag_queue = 16,
			.frag = 64,
			.buf = 4,
			.queued = 4,
			.iface = 8,
			.addr = 16,
			.route = 128,
			.policy_rule = 16,
			.neigh = 8,
			.hook = 64,
			.xt_bytes = 64},
		.sink = {.user = rig,
			 .xmit = rig_xmit,
			 .deliver = rig_deliver,
			 .queue = rig_queue,
			 .trace = rig_trace},
	};
}

static inline void rig_network(struct rig *rig)
{
	struct nfr_link link = {.name = "eth0", .up = true};

	assert_int_equal(nfr_link_set(rig->net, &link), 1);
	link.name[3] = '1';
	assert_int_equal(nfr_link_set(rig->net, &link), 2);
	rig_addr(rig, NFR_IPV4, 1, 24, rig_ip4(RIG_IP(10, 0, 1, 1)));
	rig_addr(rig, NFR_IPV4, 2, 24, rig_ip4(RIG_IP(10, 0, 2, 1)));
	rig_addr(rig, NFR_IPV6, 1, 64, rig_ip6(1, 1));
	rig_addr(rig, NFR_IPV6, 2, 64, rig_ip6(2, 1));
	assert_int_equal(nfr_sysctl_set(rig->net, "net.ipv4.ip_forward", 1), NFR_OK);
	assert_int_equal(nfr_sysctl_set(rig->net, "net.ipv6.conf.all.forwarding", 1), NFR_OK);
}

/* An instance in memory that held `fill` before. */
static inline void rig_new_with(struct rig *rig, uint8_t fill, const struct nfr_config *config)
{
	size_t size = nfr_size(config);

	assert_int_not_equal(size, 0);
	rig->mem = aligned_alloc(64, size);
	memset(rig->mem, fill, size);
	rig->net = nfr_init(rig->mem, size, config);
	assert_non_null(rig->net);
	rig->now = RIG_SECOND;
	rig_network(rig);
}

static inline struct rig *rig_new(void)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	struct nfr_config config = rig_config(rig);

	rig_new_with(rig, 0xa5, &config);
	return rig;
}

/* Every test ends here: the invariants hold. */
static inline void rig_free(struct rig *rig)
{
	const char *why = nfr_check(rig->net);

	if (why)
		fail_msg("%s", why);
	free(rig->mem);
	free(rig);
}

/* ---- packets ---- */

struct rig_pkt {
	uint32_t len;
	uint8_t frame[14 + 4096];
};

static inline uint8_t *rig_ip_of(struct rig_pkt *p)
{
	return p->frame + 14;
}

static inline void rig_link(struct rig_pkt *p, uint16_t ifindex, bool v6)
{
	static const uint8_t link[14] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0xfe, 8, 0};

	memcpy(p->frame, link, sizeof(link));
	p->frame[4] = p->frame[10] = (uint8_t)ifindex;
	if (v6) {
		p->frame[12] = 0x86;
		p->frame[13] = 0xdd;
	}
}

static inline void rig_check4(uint8_t *h)
{
	nfr_put16(h + 10, 0);
	nfr_put16(h + 10, (uint16_t)~nfr_csum_fold(nfr_csum_add(0, h, (h[0] & 0xfu) * 4)));
}

/* UDP from port 1000 to 2000 with `n` bytes of payload. */
static inline struct rig_pkt rig_udp4(uint16_t ifindex, uint32_t src, uint32_t dst, uint8_t ttl,
				      uint32_t n)
{
	struct rig_pkt p = {.len = 20 + 8 + n};
	uint8_t *h = rig_ip_of(&p);

	rig_link(&p, ifindex, false);
	h[0] = 0x45;
	nfr_put16(h + 2, (uint16_t)p.len);
	nfr_put16(h + 4, 1);
	h[8] = ttl;
	h[9] = NFR_IPPROTO_UDP;
	nfr_put32(h + 12, src);
	nfr_put32(h + 16, dst);
	nfr_put16(h + 20, 1000);
	nfr_put16(h + 22, 2000);
	nfr_put16(h + 24, (uint16_t)(8 + n));
	rig_check4(h);
	return p;
}

static inline struct rig_pkt rig_udp6(uint16_t ifindex, union nfr_addr src, union nfr_addr dst,
				      uint8_t hop_limit, uint32_t n)
{
	struct rig_pkt p = {.len = 40 + 8 + n};
	uint8_t *h = rig_ip_of(&p);
	uint32_t sum;

	rig_link(&p, ifindex, true);
	h[0] = 0x60;
	nfr_put16(h + 4, (uint16_t)(8 + n));
	h[6] = NFR_IPPROTO_UDP;
	h[7] = hop_limit;
	memcpy(h + 8, src.b, 16);
	memcpy(h + 24, dst.b, 16);
	nfr_put16(h + 40, 1000);
	nfr_put16(h + 42, 2000);
	nfr_put16(h + 44, (uint16_t)(8 + n));
	sum = nfr_csum_pseudo(NFR_IPV6, h, NFR_IPPROTO_UDP, 8 + n);
	nfr_put16(h + 46, (uint16_t)~nfr_csum_fold(nfr_csum_add(sum, h + 40, 8 + n)));
	return p;
}

/* Forgets what came out before and lets the packet in. */
static inline struct nfr_result rig_receive(struct rig *rig, uint16_t ifindex, struct rig_pkt p)
{
	struct nfr_frame frame = {.data = p.frame, .len = p.len + 14, .room = sizeof(p.frame)};

	rig->n_out = 0;
	return nfr_receive(rig->net, rig->now, ifindex, &frame);
}

static inline struct nfr_result rig_transmit(struct rig *rig, struct rig_pkt p)
{
	struct nfr_frame frame = {
		.data = rig_ip_of(&p), .len = p.len, .room = sizeof(p.frame) - 14};

	rig->n_out = 0;
	return nfr_transmit(rig->net, rig->now, &frame, 0);
}

static inline void rig_expect(const char *name, struct nfr_result got, enum nfr_reason want)
{
	if (got.reason != want)
		fail_msg("%s: %s instead of %s", name, nfr_reason_name(got.reason),
			 nfr_reason_name(want));
}

#endif
