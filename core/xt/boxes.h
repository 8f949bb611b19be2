/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of many boxes hold a point: how a long chain finds the rules whose addresses, ports,
 * protocol and interfaces fit a packet without walking them all.
 */
#ifndef NFR_XT_BOXES_H
#define NFR_XT_BOXES_H

#include "nfref/types.h"

/* An IPv6 address takes four dimensions, an IPv4 address one; ports, protocol, interfaces. */
#define NFR_BOX_DIMS_MAX 13

struct nfr_box_range {
	uint32_t min, max; /* both inclusive */
};

struct nfr_box_node {
	uint32_t split; /* left: all below it; right: all from it on; cross: both sides of it */
	uint32_t child[3];
	uint32_t min_id, max_id; /* smallest and largest box in this subtree */
	uint16_t dim; /* that is split; NFR_BOX_LEAF: child[0] is the first box, [1] their number */
};

#define NFR_BOX_LEAF UINT16_MAX

struct nfr_boxes {
	struct nfr_box_range *range; /* n_dims of a box, box behind box */
	uint32_t *id;		     /* the caller's number of each */
	struct nfr_box_node *node;   /* node 0 is none */
	uint32_t n, n_dims;
	uint32_t n_nodes, max_nodes;
	uint32_t root;
};

/* Nodes that n boxes can need. */
uint32_t nfr_boxes_nodes(uint32_t n);

/* Builds the tree over the n boxes in range and id, whose order it changes; the ids must differ.
 * The arrays, and node with max_nodes, are the caller's. O(n log n). */
void nfr_boxes_build(struct nfr_boxes *boxes);

/* The ids, `from` or larger, of the boxes that hold the point join the n that are found, as
 * nfr_ids_keep() does. Returns how many are found then: fewer than max means that there are no
 * more. */
uint32_t nfr_boxes_find(const struct nfr_boxes *boxes, const uint32_t *point, uint32_t from,
			uint32_t *found, uint32_t n, uint32_t max);

#endif
