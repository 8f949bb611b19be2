/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Longest-prefix match over keys of up to 128 bits: a multi-bit trie that answers in a few loads,
 * rebuilt from the routes when they change. How it works is told in lpm.c; its slow twin in the
 * tests is a scan.
 */
#ifndef NFR_BASE_LPM_H
#define NFR_BASE_LPM_H

#include "base/arena.h"

struct nfr_lpm_node;

struct nfr_lpm {
	struct nfr_lpm_node *nodes;
	uint32_t max_nodes;
	uint32_t used; /* nodes handed out; node 0 is none */
};

#define NFR_LPM_MAX_VALUE 0x3fffffu

/* Nodes that suffice for n prefixes in n_tries tries, whatever they are. */
#define NFR_LPM_NODES(n, n_tries) (2 * (n) + (n_tries))

/* Nodes are shared by many tries; a trie is the index of its root, 0 when it is empty. */
void nfr_lpm_init(struct nfr_lpm *lpm, struct nfr_arena *arena, uint32_t max_nodes);
void nfr_lpm_clear(struct nfr_lpm *lpm);
size_t nfr_lpm_bytes(uint32_t n_nodes);

/* Adds a prefix of len bits with a value of 1 … NFR_LPM_MAX_VALUE; a prefix that is there keeps
 * its value. False when the nodes are used up: the trie is as it was. Prefixes must be added in
 * order of increasing length; prefix bits beyond len do not matter. */
bool nfr_lpm_add(struct nfr_lpm *lpm, uint32_t *root, const uint8_t *prefix, unsigned len,
		 uint32_t value);

/* Value of the longest prefix that covers key (`bits` long, 32 or 128), or 0. */
uint32_t nfr_lpm_find(const struct nfr_lpm *lpm, uint32_t root, const uint8_t *key, unsigned bits);

/* The same for an IPv4 address in host order. */
uint32_t nfr_lpm_find4(const struct nfr_lpm *lpm, uint32_t root, uint32_t addr);

#endif
