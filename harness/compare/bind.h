/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Endpoints and what they are bound to. Where Linux picks a port at random, another
 * implementation picks another one: the two are bound at first sight, one to one, and from then
 * on stand for each other.
 */
#ifndef NFR_HARNESS_COMPARE_BIND_H
#define NFR_HARNESS_COMPARE_BIND_H

#include <stdbool.h>
#include <stdint.h>

/* ICMP identifiers count as ports of the zero address. */
struct nfr_endpoint {
	uint8_t addr[16]; /* an IPv4 address in the first four */
	uint8_t proto;
	uint16_t port;
};

struct nfr_endpoint_row {
	struct nfr_endpoint key;
	uint16_t to;
	bool used;
};

/* A hash table of endpoints that grows. All zero: empty. */
struct nfr_endpoints {
	struct nfr_endpoint_row *row;
	uint32_t n, room;
};

struct nfr_bind {
	struct nfr_endpoints forth; /* wanted port -> port got */
	struct nfr_endpoints back;
};

struct nfr_endpoint nfr_endpoint_of(uint8_t proto, const uint8_t *addr, uint8_t addr_len,
				    uint16_t port);

/* NULL: not there. */
const uint16_t *nfr_endpoints_get(const struct nfr_endpoints *set, const struct nfr_endpoint *key);
void nfr_endpoints_put(struct nfr_endpoints *set, const struct nfr_endpoint *key, uint16_t to);

/* False: one of them is bound to another port already. */
bool nfr_bind_put(struct nfr_bind *bind, const struct nfr_endpoint *want, uint16_t got);

/* The port that stands for it, or its own. */
uint16_t nfr_bind_port(const struct nfr_bind *bind, const struct nfr_endpoint *want);
void nfr_bind_free(struct nfr_bind *bind);

#endif
