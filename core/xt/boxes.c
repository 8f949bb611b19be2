/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tree over boxes that stores each box once.
 *
 * A node splits one dimension at a value. Boxes that lie below it go left, those from it on go
 * right, and those that hold both sides go to a third child, `cross`, which is split in its turn,
 * usually in another dimension. A point goes left or right, and always to cross as well. So rules
 * about addresses and rules about ports mixed in one chain fall apart into a tree of each, where
 * cutting boxes in two (as decision trees for packets do) would multiply them with each other.
 *
 * The dimension and value are those, of a small sample of borders, that leave the least to look
 * at: the larger of both sides plus what crosses. Where no split takes an eighth away, boxes lie
 * all over each other, and a leaf holds them as a list. Every child has at most 7/8 of its
 * parent's boxes, which bounds the depth, and the number of nodes is below that of the boxes.
 *
 * Finding collects what fits, sorted and not more than the caller has room for: subtrees whose
 * smallest id is larger than all it has, or whose largest is below `from`, are passed over. The
 * slow twin in the test is a scan over all boxes.
 */
#include "xt/boxes.h"

#include "xt/stab.h"

#define LEAF_MAX 6u    /* boxes that are not worth another node */
#define SAMPLES 16u    /* borders looked at in each dimension */
#define STACK_MAX 160u /* depth of at most log(2^32) / log(8/7), with up to two more a level */

enum { LEFT, RIGHT, CROSS };

struct segment {
	uint32_t first, n;
};

struct split {
	uint32_t dim, value;
	uint32_t cost;
};

uint32_t nfr_boxes_nodes(uint32_t n)
{
	/* node 0, a leaf for each box at most, and fewer inner nodes than leaves */
	return 2 * n + 2;
}

static struct nfr_box_range *range_of(const struct nfr_boxes *boxes, uint32_t at)
{
	return boxes->range + (size_t)at * boxes->n_dims;
}

static void swap(struct nfr_boxes *boxes, uint32_t a, uint32_t b)
{
	struct nfr_box_range *ra = range_of(boxes, a), *rb = range_of(boxes, b);
	uint32_t id = boxes->id[a];

	boxes->id[a] = boxes->id[b];
	boxes->id[b] = id;
	for (uint32_t dim = 0; dim < boxes->n_dims; dim++) {
		struct nfr_box_range range = ra[dim];

		ra[dim] = rb[dim];
		rb[dim] = range;
	}
}

static unsigned side_of(const struct nfr_box_range *range, uint32_t value)
{
	if (range->max < value)
		return LEFT;
	return range->min >= value ? RIGHT : CROSS;
}

/* Sample of the segment's borders in one dimension, sorted: where a box begins. */
static unsigned sample(const struct nfr_boxes *boxes, struct segment seg, uint32_t dim,
		       uint32_t *border)
{
	unsigned n = 0;

	for (unsigned i = 0; i < SAMPLES; i++) {
		uint32_t at = seg.first + (uint32_t)((uint64_t)seg.n * i / SAMPLES);
		uint32_t value = range_of(boxes, at)[dim].min;
		unsigned pos = n;

		if (value == 0)
			continue;
		for (; pos > 0 && border[pos - 1] > value; pos--)
			border[pos] = border[pos - 1];
		border[pos] = value;
		n++;
	}
	return n;
}

/* What a point may still have to look at after the split. */
static uint32_t cost_of(const struct nfr_boxes *boxes, struct segment seg, uint32_t dim,
			uint32_t value)
{
	uint32_t count[3] = {0};

	for (uint32_t i = 0; i < seg.n; i++)
		count[side_of(&range_of(boxes, seg.first + i)[dim], value)]++;
	return (count[LEFT] > count[RIGHT] ? count[LEFT] : count[RIGHT]) + count[CROSS];
}

static struct split choose(const struct nfr_boxes *boxes, struct segment seg)
{
	struct split best = {0, 0, seg.n};

	for (uint32_t dim = 0; dim < boxes->n_dims; dim++) {
		uint32_t border[SAMPLES];
		unsigned n = sample(boxes, seg, dim, border);
		uint32_t cost;

		if (!n)
			continue;
		cost = cost_of(boxes, seg, dim, border[n / 2]);
		if (cost < best.cost)
			best = (struct split){dim, border[n / 2], cost};
	}
	return best;
}

/* Sorts the segment into left, cross and right. */
static void partition(struct nfr_boxes *boxes, struct segment seg, const struct split *split,
		      struct segment part[3])
{
	uint32_t left = seg.first, at = seg.first, right = seg.first + seg.n;

	while (at < right) {
		unsigned side = side_of(&range_of(boxes, at)[split->dim], split->value);

		if (side == LEFT)
			swap(boxes, at++, left++);
		else if (side == RIGHT)
			swap(boxes, at, --right);
		else
			at++;
	}
	part[LEFT] = (struct segment){seg.first, left - seg.first};
	part[CROSS] = (struct segment){left, right - left};
	part[RIGHT] = (struct segment){right, seg.first + seg.n - right};
}

static void set_ids(const struct nfr_boxes *boxes, struct nfr_box_node *node, struct segment seg)
{
	node->min_id = UINT32_MAX;
	node->max_id = 0;
	for (uint32_t i = seg.first; i < seg.first + seg.n; i++) {
		if (boxes->id[i] < node->min_id)
			node->min_id = boxes->id[i];
		if (boxes->id[i] > node->max_id)
			node->max_id = boxes->id[i];
	}
}

/* Makes the node of a segment; returns the parts that are still to be built, or none. */
static bool build_node(struct nfr_boxes *boxes, struct nfr_box_node *node, struct segment seg,
		       struct segment part[3])
{
	struct split split = {0};

	set_ids(boxes, node, seg);
	if (seg.n > LEAF_MAX)
		split = choose(boxes, seg);
	if (seg.n <= LEAF_MAX || split.cost + (seg.n + 7) / 8 > seg.n) {
		node->dim = NFR_BOX_LEAF;
		node->child[0] = seg.first;
		node->child[1] = seg.n;
		return false;
	}
	node->dim = (uint16_t)split.dim;
	node->split = split.value;
	partition(boxes, seg, &split, part);
	return true;
}

void nfr_boxes_build(struct nfr_boxes *boxes)
{
	struct {
		struct segment seg;
		uint32_t node;
	} todo[STACK_MAX * 2];
	unsigned n_todo = 0;

	boxes->n_nodes = 1;
	boxes->root = 0;
	if (!boxes->n)
		return;
	boxes->root = boxes->n_nodes++;
	todo[n_todo].seg = (struct segment){0, boxes->n};
	todo[n_todo++].node = boxes->root;
	while (n_todo) {
		struct segment part[3], seg = todo[--n_todo].seg;
		struct nfr_box_node *node = &boxes->node[todo[n_todo].node];

		memset(node, 0, sizeof(*node));
		if (!build_node(boxes, node, seg, part))
			continue;
		for (unsigned side = 0; side < 3; side++) {
			if (!part[side].n)
				continue;
			node->child[side] = boxes->n_nodes;
			todo[n_todo].seg = part[side];
			todo[n_todo++].node = boxes->n_nodes++;
		}
	}
}

static bool holds(const struct nfr_box_range *range, const uint32_t *point, uint32_t n_dims)
{
	for (uint32_t dim = 0; dim < n_dims; dim++)
		if (point[dim] < range[dim].min || point[dim] > range[dim].max)
			return false;
	return true;
}

static uint32_t find_in_leaf(const struct nfr_boxes *boxes, const struct nfr_box_node *leaf,
			     const uint32_t *point, uint32_t from, uint32_t *found, uint32_t n,
			     uint32_t max)
{
	for (uint32_t at = leaf->child[0]; at < leaf->child[0] + leaf->child[1]; at++)
		if (boxes->id[at] >= from && holds(range_of(boxes, at), point, boxes->n_dims))
			n = nfr_ids_keep(found, n, max, boxes->id[at]);
	return n;
}

uint32_t nfr_boxes_find(const struct nfr_boxes *boxes, const uint32_t *point, uint32_t from,
			uint32_t *found, uint32_t n, uint32_t max)
{
	uint32_t todo[STACK_MAX], n_todo = 0;

	if (boxes->root)
		todo[n_todo++] = boxes->root;
	while (n_todo) {
		const struct nfr_box_node *node = &boxes->node[todo[--n_todo]];
		uint32_t next;

		if (node->max_id < from || (n == max && node->min_id > found[max - 1]))
			continue;
		if (node->dim == NFR_BOX_LEAF) {
			n = find_in_leaf(boxes, node, point, from, found, n, max);
			continue;
		}
		if (node->child[CROSS])
			todo[n_todo++] = node->child[CROSS];
		next = node->child[point[node->dim] >= node->split];
		if (next)
			todo[n_todo++] = next;
	}
	return n;
}
