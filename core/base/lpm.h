/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Longest-prefix match over keys of up to 128 bits: a multi-bit trie that answers in a few loads,
 * rebuilt from the routes when they change. How it works is told in lpm.c; its slow twin in the
 * tests is a scan.
 */
#ifndef NFR_BASE_LPM_H
#define NFR_BASE_LPM_H

#include "base/arena.h"
#include "base/bytes.h"

#define NFR_LPM_CHILD 0x80000000u /* the rest of an entry is a node; otherwise: length, then value */
#define NFR_LPM_LINE 64u

struct nfr_lpm_node {
	uint64_t prefix[2]; /* the bytes before `byte`, big end first */
	uint64_t mask[2];
	uint32_t miss; /* entry for keys that differ in those */
	uint32_t byte; /* of the key, that chooses the entry */
	uint32_t shift4; /* of an IPv4 address in host order: how far up that byte is */
	uint8_t unused[20];
	uint32_t entry[256];
};

struct nfr_lpm {
	struct nfr_lpm_node *nodes;
	uint32_t max_nodes;
	uint32_t used; /* nodes handed out */
};

#define NFR_LPM_MAX_VALUE 0x3fffffu

/* Nodes that suffice for n prefixes in n_tries tries, whatever they are. */
#define NFR_LPM_NODES(n, n_tries) (2 * (n) + (n_tries))

/* Nodes are shared by many tries; a trie is named by the entry of its root, 0 when it is empty. */
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

/* A node is named by the line that it begins on: that takes a shift where an index into the array
 * would take a multiplication. */
static inline struct nfr_lpm_node *nfr_lpm_node_at(const struct nfr_lpm *lpm, uint32_t entry)
{
	size_t line = entry & ~NFR_LPM_CHILD;

	return (struct nfr_lpm_node *)(void *)((uint8_t *)lpm->nodes + line * NFR_LPM_LINE);
}

/* The same for an IPv4 address in host order. */
NFR_INLINE uint32_t nfr_lpm_find4(const struct nfr_lpm *lpm, uint32_t root, uint32_t addr)
{
	uint32_t entry = root;

	while (entry & NFR_LPM_CHILD) {
		const struct nfr_lpm_node *node = nfr_lpm_node_at(lpm, entry);
		uint32_t prefix = (uint32_t)(node->prefix[0] >> 32);
		uint32_t mask = (uint32_t)(node->mask[0] >> 32);

		entry = (addr ^ prefix) & mask ? node->miss
					       : node->entry[addr >> node->shift4 & 0xff];
	}
	return entry & NFR_LPM_MAX_VALUE;
}

#endif
