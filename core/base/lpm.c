/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A trie with a stride of eight bits, leaf-pushed and path-compressed.
 *
 * A node looks at one byte of the key and has an entry for each of its values: either what the
 * longest prefix so far gives, or a child that knows longer ones. Bytes at which no two prefixes
 * of the subtree differ get no node: the child notes all the bytes before its own that its
 * prefixes have in common, and what a key gets that differs there (`miss`). So a route table of
 * a few networks is two or three nodes deep, for IPv6 as for IPv4, and an IPv4 lookup never looks
 * at more than four; a node visited costs two lines of cache.
 *
 * Prefixes come in order of increasing length. That keeps the making simple: what stands in an
 * entry is never longer than what is added, a new child starts as 256 copies of the entry that
 * it replaces, and a prefix never reaches beyond the node that it ends in. Each addition makes
 * at most one node for the prefix and one where a compressed path is split, whence NFR_LPM_NODES.
 *
 * An entry holds the length of its prefix too, so that an equal prefix is known.
 */
#include "base/lpm.h"

#define LEN_SHIFT 22u

static uint64_t load_be(const uint8_t *p)
{
	return (uint64_t)nfr_get32(p) << 32 | nfr_get32(p + 4);
}

void nfr_lpm_init(struct nfr_lpm *lpm, struct nfr_arena *arena, uint32_t max_nodes)
{
	lpm->nodes = nfr_arena_take(arena, max_nodes, sizeof(struct nfr_lpm_node));
	lpm->max_nodes = max_nodes;
	lpm->used = 0;
}

void nfr_lpm_clear(struct nfr_lpm *lpm)
{
	lpm->used = 0;
}

size_t nfr_lpm_bytes(uint32_t n_nodes)
{
	return (size_t)n_nodes * sizeof(struct nfr_lpm_node);
}

/* The bytes before `byte` of the 16 at p, and their mask. */
static void node_set_prefix(struct nfr_lpm_node *node, const uint8_t p[16], uint32_t byte)
{
	uint8_t mask[16] = {0};

	memset(mask, 0xff, byte);
	for (unsigned i = 0; i < 2; i++) {
		node->mask[i] = load_be(mask + 8 * i);
		node->prefix[i] = load_be(p + 8 * i) & node->mask[i];
	}
	node->byte = byte;
	node->shift4 = byte < 4 ? 24 - 8 * byte : 0;
}

_Static_assert(sizeof(struct nfr_lpm_node) % NFR_LPM_LINE == 0, "nodes begin on lines");

/* A node all of whose keys get `cover`; room for it was made sure of. */
static uint32_t node_new(struct nfr_lpm *lpm, const uint8_t p[16], uint32_t byte, uint32_t cover)
{
	uint32_t line = lpm->used * (uint32_t)(sizeof(struct nfr_lpm_node) / NFR_LPM_LINE);
	struct nfr_lpm_node *node = &lpm->nodes[lpm->used++];

	node_set_prefix(node, p, byte);
	memset(node->unused, 0, sizeof(node->unused));
	node->miss = cover;
	for (unsigned i = 0; i < 256; i++)
		node->entry[i] = cover;
	return NFR_LPM_CHILD | line;
}

static uint8_t node_prefix_byte(const struct nfr_lpm_node *node, uint32_t i)
{
	return (uint8_t)(node->prefix[i / 8] >> (56 - 8 * (i % 8)));
}

/* The first byte before node's own at which p differs from its prefix, or node's own. */
static uint32_t node_differs(const struct nfr_lpm_node *node, const uint8_t p[16])
{
	uint32_t i = 0;

	while (i < node->byte && node_prefix_byte(node, i) == p[i])
		i++;
	return i;
}

/* Puts a node between *ref and its child, at the byte where p leaves the child's path. */
static void node_split(struct nfr_lpm *lpm, uint32_t *ref, const uint8_t p[16], uint32_t byte)
{
	struct nfr_lpm_node *child = nfr_lpm_node_at(lpm, *ref);
	uint32_t entry = node_new(lpm, p, byte, child->miss);

	nfr_lpm_node_at(lpm, entry)->entry[node_prefix_byte(child, byte)] = *ref;
	*ref = entry;
}

/* Gives the entries of the range that p and len mean the value, but not those that have one of
 * the same length: they are this very prefix. */
static void node_fill(struct nfr_lpm_node *node, const uint8_t p[16], unsigned len, uint32_t value)
{
	unsigned span = 256u >> (len - 8 * node->byte);
	unsigned first = p[node->byte] & ~(span - 1);

	if (node->entry[first] >> LEN_SHIFT == len && node->entry[first] != 0)
		return;
	for (unsigned i = first; i < first + span; i++)
		node->entry[i] = len << LEN_SHIFT | value;
}

/*
 * Goes down from the root: an entry that is no child becomes one for this prefix, a child whose
 * path the prefix leaves is split, and the node whose byte the prefix ends in is filled.
 */
bool nfr_lpm_add(struct nfr_lpm *lpm, uint32_t *root, const uint8_t *prefix, unsigned len,
		 uint32_t value)
{
	uint32_t last = len ? (len - 1) / 8 : 0; /* the byte that the prefix ends in */
	uint32_t *ref = root;
	uint8_t p[16] = {0};

	if (lpm->max_nodes - lpm->used < 2)
		return false;
	memcpy(p, prefix, (len + 7) / 8);
	for (;;) {
		struct nfr_lpm_node *node;
		uint32_t differs;

		if (!(*ref & NFR_LPM_CHILD))
			*ref = node_new(lpm, p, last, *ref);
		node = nfr_lpm_node_at(lpm, *ref);
		differs = node_differs(node, p);
		if (differs < node->byte) {
			node_split(lpm, ref, p, differs);
			node = nfr_lpm_node_at(lpm, *ref);
		}
		if (node->byte == last) {
			node_fill(node, p, len, value);
			return true;
		}
		ref = &node->entry[p[node->byte]];
	}
}

/* A key of 32 bits is compared as the high half of one word; no node looks beyond its bits. */
uint32_t nfr_lpm_find(const struct nfr_lpm *lpm, uint32_t root, const uint8_t *key, unsigned bits)
{
	uint64_t hi = bits > 32 ? load_be(key) : (uint64_t)nfr_get32(key) << 32;
	uint64_t lo = bits > 32 ? load_be(key + 8) : 0;
	uint32_t entry = root;

	while (entry & NFR_LPM_CHILD) {
		const struct nfr_lpm_node *node = nfr_lpm_node_at(lpm, entry);
		uint64_t differ = ((hi ^ node->prefix[0]) & node->mask[0]) |
				  ((lo ^ node->prefix[1]) & node->mask[1]);

		entry = differ ? node->miss : node->entry[key[node->byte]];
	}
	return entry & NFR_LPM_MAX_VALUE;
}
