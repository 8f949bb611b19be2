/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The index of a long chain.
 *
 * Each rule becomes a box: what its generic part and, when its first match is tcp or udp, that
 * match's ports allow. A rule whose box does not hold the packet cannot match, and finding that
 * out by the linear walk has no effect; so the walk may pass it over. Every rule that is not
 * passed over is evaluated as always, in order: verdicts, counters, log lines and traces are the
 * linear walk's.
 *
 * Most rules are rare by one dimension of theirs: an address, a port, an interface. Such a rule is
 * filed in the lane of that dimension alone (stab.h), the one in which the fewest other rules
 * begin within its range; where more than DEPTH_MAX lie over each other, it is not rare. The
 * others, rules about nearly everything or that only two dimensions together make rare, are boxes
 * in a tree (boxes.h). So a packet finds in each lane at most DEPTH_MAX rules, usually none or one.
 *
 * A rule takes 24 to 36 bytes in a lane (no more than 300 whatever the ranges), 120 in the tree.
 * While a table is loaded, 90 more a rule of its longest chain (140 for IPv6) must fit in.
 *
 * Two things keep that true. Only what the walk checks *before* anything that has an effect goes
 * into the box: a tcp match behind a limit does not. And a packet whose transport header is cut
 * off, or a fragment, is walked: with those a rule that does not match can still drop the packet
 * (hotdrop), so that none may be passed over.
 *
 * What a box cannot say (an inverted address, a mask with holes) leaves its dimension open.
 * An interface is the hash of its name: two names of one hash only cost an evaluation, and rules
 * may name interfaces that do not exist yet.
 */
#include "xt/index.h"

#include "base/hint.h"
#include "xt/boxes.h"
#include "xt/stab.h"

#define WORTH_IT 32u /* rules; shorter chains are walked as fast */

enum dims4 { SRC4, DST4, REST4 };
enum dims6 { SRC6, DST6 = 4, REST6 = 8 };
enum rest { SPORT, DPORT, PROTO, IN, OUT, N_REST };

#define DIMS4 (REST4 + (unsigned)N_REST)
#define DIMS6 (REST6 + (unsigned)N_REST)

_Static_assert(DIMS6 <= NFR_BOX_DIMS_MAX, "a rule's dimensions are those of a box");

#define SAMPLES 1024u /* rules of a chain by which the rare ones are told */
#define RARE 16u      /* what holds at most one in so many of them */
#define DEPTH_MAX 32u /* rules of a lane that one value may find */
#define LANE_MIN 16u  /* rules that are worth a lane */
#define LINE 64u
/* In place of a dimension. */
#define IN_TREE 255u
#define ANYWHERE 254u /* open in all: the rule is always looked at */

/* Offsets are from the index, which is moved as a whole. */
struct lane {
	struct nfr_stab stab;
	uint32_t dim;
	uint32_t border, start, id;
};

struct index {
	uint32_t n_lanes, n, root; /* n: boxes of the tree */
	uint32_t ids, nodes, ranges;
	uint32_t n_always, always; /* rules that no dimension tells anything of */
	struct lane lane[];
};

static unsigned dims_of(uint8_t family)
{
	return family == NFR_IPV4 ? DIMS4 : DIMS6;
}

static unsigned rest_of(uint8_t family)
{
	return family == NFR_IPV4 ? (unsigned)REST4 : (unsigned)REST6;
}

static uint32_t name_hash(const uint8_t name[NFR_IFNAMSIZ])
{
	uint64_t mixed = nfr_le64(name) * UINT64_C(0x9e3779b97f4a7c15) ^
			 nfr_le64(name + 8) * UINT64_C(0xc2b2ae3d27d4eb4f);

	return (uint32_t)(mixed >> 32);
}

/* ---- boxes of rules ---- */

/* A mask of leading ones makes a range; any other leaves the dimension open. */
static void set_masked(struct nfr_box_range *range, const uint8_t *value, const uint8_t *mask)
{
	uint32_t v = nfr_get32(value), m = nfr_get32(mask);

	if ((~m & (~m + 1)) == 0)
		*range = (struct nfr_box_range){v & m, v | ~m};
}

static void set_addr6(struct nfr_box_range *range, const uint64_t value[2], const uint64_t mask[2])
{
	for (unsigned i = 0; i < 4; i++)
		set_masked(&range[i], (const uint8_t *)value + 4 * i,
			   (const uint8_t *)mask + 4 * i);
}

static void set_addrs(const struct nfr_xt_table *table, const struct nfr_xt_row *row,
		      struct nfr_box_range *range)
{
	bool src = !(row->invert & NFR_XT_INV_SRC), dst = !(row->invert & NFR_XT_INV_DST);

	if (row->needs & NFR_XT_NEED_ADDR4) {
		if (src)
			set_masked(&range[SRC4], (const uint8_t *)&row->src,
				   (const uint8_t *)&row->src_mask);
		if (dst)
			set_masked(&range[DST4], (const uint8_t *)&row->dst,
				   (const uint8_t *)&row->dst_mask);
	}
	if (row->needs & NFR_XT_NEED_ADDR6) {
		const struct nfr_xt_addr6 *addr = nfr_xt_at(table, row->parts);

		if (src)
			set_addr6(&range[SRC6], addr->src, addr->src_mask);
		if (dst)
			set_addr6(&range[DST6], addr->dst, addr->dst_mask);
	}
}

/* A name without `+` is compared whole, its zero included. */
static void set_iface(struct nfr_box_range *range, const struct nfr_xt_ifmask *want)
{
	const uint8_t *name = (const uint8_t *)want->name, *mask = (const uint8_t *)want->mask;
	unsigned len = 0;
	uint32_t hash;

	while (len < NFR_IFNAMSIZ && name[len])
		len++;
	if (len == NFR_IFNAMSIZ || !mask[len])
		return;
	hash = name_hash(name);
	*range = (struct nfr_box_range){hash, hash};
}

static void set_ifaces(const struct nfr_xt_table *table, const struct nfr_xt_row *row,
		       struct nfr_box_range *rest)
{
	uint32_t at = row->parts;

	if (row->needs & NFR_XT_NEED_ADDR6)
		at += (uint32_t)sizeof(struct nfr_xt_addr6);
	if (row->needs & NFR_XT_NEED_IN) {
		if (!(row->invert & NFR_XT_INV_IN))
			set_iface(&rest[IN], nfr_xt_at(table, at));
		at += (uint32_t)sizeof(struct nfr_xt_ifmask);
	}
	if (row->needs & NFR_XT_NEED_OUT && !(row->invert & NFR_XT_INV_OUT))
		set_iface(&rest[OUT], nfr_xt_at(table, at));
}

static void set_ports(const struct nfr_xt_table *table, const struct nfr_xt_row *row,
		      struct nfr_box_range *rest)
{
	const struct nfr_xt_part *part;
	const struct nfr_xt_ports *ports;

	if (!row->n_matches)
		return;
	part = nfr_xt_at(table, row->matches);
	if (part->ext != NFR_XT_ROW_OF_MATCH_tcp && part->ext != NFR_XT_ROW_OF_MATCH_udp)
		return;
	ports = (const void *)(part + 1);
	if (!nfr_xt_inverted(ports, NFR_XT_SLOT_SPORT))
		rest[SPORT] = (struct nfr_box_range){ports->sport[0], ports->sport[1]};
	if (!nfr_xt_inverted(ports, NFR_XT_SLOT_DPORT))
		rest[DPORT] = (struct nfr_box_range){ports->dport[0], ports->dport[1]};
}

static void set_box(const struct nfr_xt_table *table, const struct nfr_xt_row *row,
		    struct nfr_box_range *range)
{
	struct nfr_box_range *rest = range + rest_of(table->family);

	for (unsigned dim = 0; dim < dims_of(table->family); dim++)
		range[dim] = (struct nfr_box_range){0, UINT32_MAX};
	set_addrs(table, row, range);
	set_ports(table, row, rest);
	if (row->needs & NFR_XT_NEED_PROTO && !(row->invert & NFR_XT_INV_PROTO))
		rest[PROTO] = (struct nfr_box_range){row->proto, row->proto};
	set_ifaces(table, row, rest);
}

/* ---- building ---- */

/* All of it but the table lies in the heap, behind the index that is being made. */
struct building {
	struct nfr_xtnet *xt;
	struct nfr_xt_table *table;
	uint32_t n, n_dims;
	uint32_t at; /* of the index */
	struct nfr_box_range *box;
	struct nfr_stab_range *range;
	uint32_t *value, *scratch; /* 2 * n of each */
	uint32_t *sample;	   /* SAMPLES of each dimension, sorted */
	uint32_t n_sample[NFR_BOX_DIMS_MAX];
	uint32_t n_sampled; /* rules */
	uint8_t *choice;    /* the dimension of each rule's lane, or IN_TREE */
};

static struct index *index_at(const struct nfr_xt_table *table, uint32_t at)
{
	return nfr_xt_at(table, at);
}

static void *within(struct index *index, uint32_t off)
{
	return (uint8_t *)index + off;
}

static struct nfr_stab_mem mem_of(struct index *index, const struct lane *lane)
{
	return (struct nfr_stab_mem){within(index, lane->border), within(index, lane->start),
				     within(index, lane->id)};
}

static struct nfr_boxes boxes_of(const struct nfr_xt_table *table, struct index *index)
{
	return (struct nfr_boxes){
		.range = within(index, index->ranges),
		.id = within(index, index->ids),
		.node = within(index, index->nodes),
		.n = index->n,
		.n_dims = dims_of(table->family),
		.max_nodes = nfr_boxes_nodes(index->n),
		.root = index->root,
	};
}

static bool is_open(struct nfr_box_range range)
{
	return range.min == 0 && range.max == UINT32_MAX;
}

static void take_samples(struct building *b)
{
	uint32_t step = (b->n + SAMPLES - 1) / SAMPLES;

	b->n_sampled = (b->n + step - 1) / step;
	for (uint32_t dim = 0; dim < b->n_dims; dim++) {
		uint32_t *sample = b->sample + (size_t)dim * SAMPLES, n = 0;

		for (uint32_t i = 0; i < b->n; i += step) {
			struct nfr_box_range range = b->box[(size_t)i * b->n_dims + dim];

			if (!is_open(range))
				sample[n++] = range.min;
		}
		nfr_sort_u32(sample, b->scratch, n);
		b->n_sample[dim] = n;
	}
}

/* The dimension in which the fewest rules begin within its range. */
static uint8_t choose(const struct building *b, const struct nfr_box_range *box)
{
	uint32_t least = b->n_sampled / RARE + 1;
	uint8_t best = ANYWHERE;

	for (uint32_t dim = 0; dim < b->n_dims; dim++) {
		const uint32_t *sample = b->sample + (size_t)dim * SAMPLES;
		uint32_t held;

		if (is_open(box[dim]))
			continue;
		if (best == ANYWHERE)
			best = IN_TREE;
		held = nfr_sorted_up_to(sample, b->n_sample[dim], box[dim].max) -
		       nfr_sorted_below(sample, b->n_sample[dim], box[dim].min);
		if (held < least) {
			least = held;
			best = (uint8_t)dim;
		}
	}
	return best;
}

/* Ranges of the rules that have chosen this dimension, by their numbers. */
static uint32_t gather(struct building *b, uint8_t dim)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->n; i++) {
		struct nfr_box_range range = b->box[(size_t)i * b->n_dims + dim];

		if (b->choice[i] == dim)
			b->range[n++] = (struct nfr_stab_range){range.min, range.max, i};
	}
	return n;
}

/* Sends those to the tree that begin where too many others are, or all when they are few. */
static uint32_t thin_out(struct building *b, uint32_t n)
{
	uint32_t *min = b->value, *max = b->value + b->n, kept = 0;

	for (uint32_t i = 0; i < n; i++) {
		min[i] = b->range[i].min;
		max[i] = b->range[i].max;
	}
	nfr_sort_u32(min, b->scratch, n);
	nfr_sort_u32(max, b->scratch, n);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t depth = nfr_sorted_up_to(min, n, b->range[i].min) -
				 nfr_sorted_below(max, n, b->range[i].min);

		if (depth <= DEPTH_MAX && n >= LANE_MIN)
			b->range[kept++] = b->range[i];
		else
			b->choice[b->range[i].id] = IN_TREE;
	}
	return kept;
}

/* Room for n numbers, as an offset from the index; 0: there is none. */
static uint32_t take(struct building *b, uint32_t n)
{
	uint32_t off = nfr_xt_alloc(b->xt, (size_t)n * sizeof(uint32_t));

	return off ? off - b->at : 0;
}

static bool build_lane(struct building *b, uint8_t dim)
{
	struct index *index = index_at(b->table, b->at);
	struct lane *lane = &index->lane[index->n_lanes];
	uint32_t n = thin_out(b, gather(b, dim)), n_ids;
	struct nfr_stab_mem mem;

	if (!n)
		return true;
	lane->dim = dim;
	nfr_stab_size(&lane->stab, nfr_stab_borders(b->range, n, b->value, b->scratch));
	/* lanes are built one behind the other, and each begins on a line */
	lane->border = take(b, lane->stab.n_slots + LINE / sizeof(uint32_t));
	lane->start = take(b, lane->stab.n_slots + 1);
	if (!lane->border || !lane->start)
		return false;
	lane->border = (lane->border + LINE - 1) & ~(LINE - 1);
	mem = mem_of(index, lane);
	nfr_stab_set_borders(&lane->stab, &mem, b->value);
	n_ids = nfr_stab_set_starts(&lane->stab, &mem, b->range, n);
	lane->id = take(b, n_ids);
	if (!lane->id)
		return false;
	mem = mem_of(index, lane);
	nfr_stab_set_ids(&lane->stab, &mem, b->range, n);
	index->n_lanes++;
	return true;
}

static bool list_always(struct building *b)
{
	struct index *index = index_at(b->table, b->at);
	uint32_t *id;

	for (uint32_t i = 0; i < b->n; i++)
		index->n_always += b->choice[i] == ANYWHERE;
	index->always = take(b, index->n_always);
	if (!index->always)
		return false;
	id = within(index, index->always);
	for (uint32_t i = 0; i < b->n; i++)
		if (b->choice[i] == ANYWHERE)
			*id++ = i;
	return true;
}

static bool build_tree(struct building *b)
{
	struct index *index = index_at(b->table, b->at);
	uint32_t n = 0, words = sizeof(struct nfr_box_range) / sizeof(uint32_t) * b->n_dims;
	struct nfr_boxes boxes;

	for (uint32_t i = 0; i < b->n; i++)
		n += b->choice[i] == IN_TREE;
	index->n = n;
	if (!n)
		return true;
	index->ids = take(b, n);
	index->nodes = take(b, nfr_boxes_nodes(n) * (uint32_t)(sizeof(struct nfr_box_node) / 4));
	index->ranges = take(b, n * words);
	if (!index->ids || !index->nodes || !index->ranges)
		return false;
	boxes = boxes_of(b->table, index);
	for (uint32_t i = 0, to = 0; i < b->n; i++) {
		if (b->choice[i] != IN_TREE)
			continue;
		boxes.id[to] = i;
		memcpy(boxes.range + (size_t)to++ * b->n_dims, b->box + (size_t)i * b->n_dims,
		       b->n_dims * sizeof(*b->box));
	}
	nfr_boxes_build(&boxes);
	index->root = boxes.root;
	return true;
}

/* What building needs for itself, taken from the heap in one piece. */
static bool take_scratch(struct building *b)
{
	size_t box = (size_t)b->n * b->n_dims * sizeof(*b->box);
	size_t range = (size_t)b->n * sizeof(*b->range);
	size_t value = (size_t)b->n * 2 * sizeof(*b->value);
	size_t sample = (size_t)b->n_dims * SAMPLES * sizeof(*b->sample);
	uint32_t at = nfr_xt_alloc(b->xt, box + range + 2 * value + sample + b->n);
	uint8_t *p;

	if (!at)
		return false;
	p = nfr_xt_at(b->table, at);
	b->box = (void *)p;
	b->sample = (void *)(p += box);
	b->value = (void *)(p += sample);
	b->scratch = (void *)(p += value);
	b->range = (void *)(p += value);
	b->choice = p + range;
	return true;
}

static bool build_index(struct building *b, const struct nfr_xt_chain *chain)
{
	size_t len = sizeof(struct index) + b->n_dims * sizeof(struct lane);

	b->at = nfr_xt_alloc(b->xt, len + LINE);
	if (!b->at)
		return false;
	b->at = (b->at + LINE - 1) & ~(LINE - 1);
	for (uint32_t i = 0; i < b->n; i++)
		set_box(b->table, &b->table->rows[chain->first + i],
			b->box + (size_t)i * b->n_dims);
	take_samples(b);
	for (uint32_t i = 0; i < b->n; i++)
		b->choice[i] = choose(b, b->box + (size_t)i * b->n_dims);
	for (uint8_t dim = 0; dim < b->n_dims; dim++)
		if (!build_lane(b, dim))
			return false;
	return list_always(b) && build_tree(b);
}

/* Builds behind the scratch, and moves the result to where that was. */
static void build_chain(struct nfr_xtnet *xt, struct nfr_xt_chain *chain)
{
	struct nfr_xt_table *table = &xt->next;
	struct building b = {
		.xt = xt, .table = table, .n = chain->n_rows, .n_dims = dims_of(table->family)};
	uint32_t start = table->heap_len, to = (start + LINE - 1) & ~(LINE - 1);
	bool built = take_scratch(&b) && build_index(&b, chain);

	if (!built) {
		table->heap_len = start;
		return;
	}
	memmove(table->heap + to, table->heap + b.at, table->heap_len - b.at);
	table->heap_len -= b.at - to;
	chain->index = to;
}

void nfr_xt_index_build(struct nfr_xtnet *xt)
{
	const struct nfr_xt_table *table = &xt->next;
	const uint32_t *order = nfr_xt_at(table, table->order);

	for (uint32_t i = 0; i < table->n_chains; i++) {
		struct nfr_xt_chain *chain = nfr_xt_chain_at(table, order[i]);

		if (chain->n_rows >= WORTH_IT)
			build_chain(xt, chain);
	}
}

/* ---- packets ---- */

static uint32_t iface_hash(const struct nfr_env *env, uint16_t ifindex)
{
	static const uint8_t none[NFR_IFNAMSIZ];

	if (!ifindex || ifindex > env->max_iface)
		return name_hash(none);
	return name_hash((const uint8_t *)env->iface[ifindex - 1].link.name);
}

/* Enough of the transport header for every rule that looks at ports. */
static bool header_whole(const struct nfr_pkt *pkt)
{
	uint32_t need = pkt->protonum == NFR_IPPROTO_TCP ? 20 : 8;

	return !pkt->frag_off && nfr_pkt_at(pkt, pkt->l4_off, need);
}

void nfr_xt_point_of(struct nfr_xt_point *point, const struct nfr_env *env,
		     const struct nfr_pkt *pkt, const struct nfr_hook_state *state)
{
	uint32_t *rest = point->dim + rest_of(pkt->family);

	point->family = pkt->family;
	point->usable = header_whole(pkt);
	if (!point->usable)
		return;
	if (pkt->family == NFR_IPV4) {
		point->dim[SRC4] = nfr_get32(pkt->data + 12);
		point->dim[DST4] = nfr_get32(pkt->data + 16);
	} else {
		for (unsigned i = 0; i < 8; i++)
			point->dim[SRC6 + i] = nfr_get32(pkt->data + 8 + 4 * i);
	}
	/* rules about ports name their protocol: of any other, these are never looked at */
	rest[SPORT] = nfr_get16(pkt->data + pkt->l4_off);
	rest[DPORT] = nfr_get16(pkt->data + pkt->l4_off + 2);
	rest[PROTO] = pkt->protonum;
	rest[IN] = iface_hash(env, state->in);
	rest[OUT] = iface_hash(env, state->out);
}

static uint32_t find_always(struct index *index, uint32_t from, uint32_t *found)
{
	const uint32_t *id = within(index, index->always);
	uint32_t at = from ? nfr_sorted_below(id, index->n_always, from) : 0, n = 0;

	while (at < index->n_always && n < NFR_XT_CANDIDATES)
		found[n++] = id[at++];
	return n;
}

static uint32_t find_in_lanes(struct index *index, const uint32_t *dim, uint32_t from,
			      uint32_t *found, uint32_t n)
{
	uint32_t slot[NFR_BOX_DIMS_MAX][NFR_STAB_LEVELS];

	for (uint32_t i = 0; i < index->n_lanes; i++) {
		const struct lane *lane = &index->lane[i];
		struct nfr_stab_mem mem = mem_of(index, lane);

		nfr_stab_way(&lane->stab, &mem, dim[lane->dim], slot[i]);
	}
	for (uint32_t i = 0; i < index->n_lanes; i++) {
		const struct lane *lane = &index->lane[i];
		struct nfr_stab_mem mem = mem_of(index, lane);

		n = nfr_stab_find(&lane->stab, &mem, slot[i], from, found, n, NFR_XT_CANDIDATES);
	}
	return n;
}

uint32_t nfr_xt_index_find(const struct nfr_xt_table *table, const struct nfr_xt_chain *chain,
			   const struct nfr_xt_point *point, uint32_t from, uint32_t *found)
{
	struct index *index = index_at(table, chain->index);
	uint32_t n = find_in_lanes(index, point->dim, from, found, find_always(index, from, found));

	if (index->n) {
		struct nfr_boxes boxes = boxes_of(table, index);

		n = nfr_boxes_find(&boxes, point->dim, from, found, n, NFR_XT_CANDIDATES);
	}
	for (uint32_t i = 0; i < n; i++)
		nfr_prefetch(&table->rows[chain->first + found[i]]);
	return n;
}
