/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests of pkt/ share: packets made of hexadecimal or of parts, and an environment with
 * packet buffers.
 */
#ifndef NFR_PKT_TEST_H
#define NFR_PKT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/csum.h"
#include "base/env.h"
#include "pkt/parse.h"

#define N_BUFS 3u

struct world {
	struct nfr_env env;
	uint8_t *mem;
	unsigned n_errors; /* ICMP errors asked for */
	struct nfr_pkt error;
	uint8_t error_bytes[2048];
	uint8_t error_type, error_code;
	uint8_t addr_type;
	bool no_way; /* packets that arrive have none */
};

static inline struct world *world_of(struct nfr_env *env)
{
	return (struct world *)(void *)env;
}

static inline void world_icmp_error(struct nfr_env *env, const struct nfr_pkt *pkt, uint8_t type,
				    uint8_t code, uint32_t info, unsigned hook)
{
	struct world *w = world_of(env);

	(void)info;
	(void)hook;
	w->n_errors++;
	w->error = *pkt;
	memcpy(w->error_bytes, pkt->data, pkt->len < 2048 ? pkt->len : 2048);
	w->error_type = type;
	w->error_code = code;
}

static inline uint8_t world_addr_type(struct nfr_env *env, uint8_t family,
				      const union nfr_addr *addr, uint16_t ifindex)
{
	(void)family;
	(void)addr;
	(void)ifindex;
	return world_of(env)->addr_type;
}

static inline bool world_route_input(struct nfr_env *env, struct nfr_pkt *pkt)
{
	pkt->dst.type = world_of(env)->addr_type;
	return !world_of(env)->no_way;
}

static inline void world_init(struct world *w, uint8_t fill)
{
	static const struct nfr_env_ops ops = {
		.icmp_error = world_icmp_error,
		.addr_type = world_addr_type,
		.route_input = world_route_input,
	};
	static struct nfr_iface ifaces[2];
	struct nfr_arena arena = {0};
	struct nfr_sysctl_if all;

	memset(w, 0, sizeof(*w));
	w->env.ops = &ops;
	w->env.now_ns = 86400 * NFR_NSEC_PER_SEC * 20000;
	nfr_sysctl_preset(&w->env.sysctl, &all, &w->env.if_default);
	w->env.if_all = all;
	for (unsigned i = 0; i < 2; i++) {
		ifaces[i].link = (struct nfr_link){.name = "eth", .up = true, .mtu = 1500};
		ifaces[i].sysctl = w->env.if_default;
	}
	w->env.iface = ifaces;
	w->env.n_iface = w->env.max_iface = 2;
	for (unsigned i = 0; i < NFR_RNG_MAX; i++)
		nfr_rng_init(&w->env.rng[i], 1, i);
	nfr_pool_init(&w->env.bufs, &arena, N_BUFS, NFR_BUF_SIZE);
	w->mem = aligned_alloc(64, arena.used);
	memset(w->mem, fill, arena.used);
	arena = (struct nfr_arena){.base = w->mem};
	nfr_pool_init(&w->env.bufs, &arena, N_BUFS, NFR_BUF_SIZE);
	w->addr_type = NFR_RTN_UNICAST;
}

static inline void world_free(struct world *w)
{
	free(w->mem);
}

/* Bytes from hexadecimal digits; blanks do not matter. */
static inline uint32_t unhex(const char *hex, uint8_t *to)
{
	uint32_t n = 0;
	unsigned byte;

	while (*hex) {
		if (*hex == ' ') {
			hex++;
			continue;
		}
		if (sscanf(hex, "%2x", &byte) != 1)
			break;
		to[n++] = (uint8_t)byte;
		hex += 2;
	}
	return n;
}

/* An IPv4 packet from 10.0.1.2 to 10.0.2.2 around n bytes that lie at bytes + 20. */
static inline struct nfr_pkt make4(uint8_t *bytes, uint8_t proto, uint32_t n)
{
	static const uint8_t addrs[] = {10, 0, 1, 2, 10, 0, 2, 2};
	struct nfr_pkt pkt = {.data = bytes, .len = n + 20, .room = n + 20, .family = NFR_IPV4};

	memset(bytes, 0, 12);
	bytes[0] = 0x45;
	bytes[8] = 64;
	bytes[9] = proto;
	memcpy(bytes + 12, addrs, 8);
	pkt.iif = 1;
	pkt.link_len = 14;
	nfr_ip_set_len(&pkt);
	nfr_pkt_parse_l4(&pkt);
	return pkt;
}

/* An IPv6 packet from fd00:1::2 to fd00:2::2 around n bytes that lie at bytes + 40. */
static inline struct nfr_pkt make6(uint8_t *bytes, uint8_t nexthdr, uint32_t n)
{
	struct nfr_pkt pkt = {.data = bytes, .len = n + 40, .room = n + 40, .family = NFR_IPV6};

	unhex("60000000 0000 0040 fd000001000000000000000000000002 "
	      "fd000002000000000000000000000002",
	      bytes);
	bytes[6] = nexthdr;
	pkt.iif = 1;
	pkt.link_len = 14;
	nfr_ip_set_len(&pkt);
	return pkt;
}

#endif
