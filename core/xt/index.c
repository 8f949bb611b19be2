/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The index of a long chain.
 *
 * Each rule becomes a box (boxes.h): what its generic part and, when its first match is tcp or
 * udp, that match's ports allow. A rule whose box does not hold the packet cannot match, and
 * finding that out by the linear walk has no effect; so the walk may pass it over. Every rule
 * whose box holds the packet is evaluated as always, in order: verdicts, counters, log lines and
 * traces are the linear walk's.
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

#include "xt/boxes.h"

#define WORTH_IT 32u /* rules; shorter chains are walked as fast */

enum dims4 { SRC4, DST4, REST4 };
enum dims6 { SRC6, DST6 = 4, REST6 = 8 };
enum rest { SPORT, DPORT, PROTO, IN, OUT, N_REST };

#define DIMS4 (REST4 + (unsigned)N_REST)
#define DIMS6 (REST6 + (unsigned)N_REST)

_Static_assert(DIMS6 <= NFR_BOX_DIMS_MAX, "a rule's dimensions are those of a box");

/* In the heap: this, then ids, nodes and ranges. */
struct index {
	uint32_t n, root;
	uint32_t ids, nodes, ranges; /* heap offsets */
	uint32_t pad;
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

static struct nfr_boxes boxes_of(const struct nfr_xt_table *table, const struct index *index)
{
	return (struct nfr_boxes){
		.range = nfr_xt_at(table, index->ranges),
		.id = nfr_xt_at(table, index->ids),
		.node = nfr_xt_at(table, index->nodes),
		.n = index->n,
		.n_dims = dims_of(table->family),
		.max_nodes = nfr_boxes_nodes(index->n),
		.root = index->root,
	};
}

static void build_chain(struct nfr_xtnet *xt, struct nfr_xt_chain *chain)
{
	struct nfr_xt_table *table = &xt->next;
	uint32_t n = chain->n_rows, n_dims = dims_of(table->family), at;
	size_t ids = (n * sizeof(uint32_t) + 7) & ~(size_t)7;
	size_t nodes = (nfr_boxes_nodes(n) * sizeof(struct nfr_box_node) + 7) & ~(size_t)7;
	struct nfr_boxes boxes;
	struct index *index;

	at = nfr_xt_alloc(xt, sizeof(*index) + ids + nodes +
				      (size_t)n * n_dims * sizeof(struct nfr_box_range));
	if (!at)
		return;
	index = nfr_xt_at(table, at);
	index->n = n;
	index->ids = at + (uint32_t)sizeof(*index);
	index->nodes = index->ids + (uint32_t)ids;
	index->ranges = index->nodes + (uint32_t)nodes;
	boxes = boxes_of(table, index);
	for (uint32_t i = 0; i < n; i++) {
		boxes.id[i] = i;
		set_box(table, &table->rows[chain->first + i], boxes.range + (size_t)i * n_dims);
	}
	nfr_boxes_build(&boxes);
	index->root = boxes.root;
	chain->index = at;
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

uint32_t nfr_xt_index_find(const struct nfr_xt_table *table, const struct nfr_xt_chain *chain,
			   const struct nfr_xt_point *point, uint32_t from, uint32_t *found)
{
	struct nfr_boxes boxes = boxes_of(table, nfr_xt_at(table, chain->index));

	return nfr_boxes_find(&boxes, point->dim, from, found, NFR_XT_CANDIDATES);
}
