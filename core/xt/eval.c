/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Evaluation: the linear walk through a table's rules, which defines what they mean.
 *
 * A rule matches when its generic part and all its matches, in order, say so; then it counts the
 * packet and its bytes, and does what its kind says. Jumps remember where to go on in the chain
 * that they enter; goto leaves that memory as it is, so that the end of the new chain leads back
 * past the one that said goto. RETURN from, or the end of, a chain that nobody jumped to is the
 * built-in chain's policy, which counts too.
 *
 * A match that finds the packet broken (hotdrop) ends everything with DROP, and its rule does not
 * count.
 *
 * Of a long chain the walk visits only the rules that its index (index.h) does not rule out; the
 * others could not match.
 *
 * A target may send a packet of the router's own, whose way can lead through the same table
 * before this walk goes on, and overwrite the return addresses. As in Linux such targets (REJECT)
 * therefore always give a verdict, and the walk does not go on.
 */
#include "pkt/parse.h"
#include "xt/index.h"

struct walk {
	struct nfr_xt_ctx ctx;
	struct nfr_xt_table *table;
	struct nfr_xt_chain *base;  /* the hook's built-in chain */
	struct nfr_xt_chain *chain; /* where we are */
	struct nfr_xt_row *row;	    /* next row to look at */
	struct nfr_xt_row *end;	    /* of the chain's rows */
	uint32_t src, dst;	    /* IPv4 */
	uint32_t n_candidates, next_candidate; /* of a chain with an index */
	uint32_t candidate[NFR_XT_CANDIDATES];
	struct nfr_xt_point point;
	uint32_t varies; /* another packet of the connection might fare otherwise */
};

/* What a step answers when the walk goes on. */
#define GOES_ON NFR_XT_CONTINUE

static void at_chain(struct walk *w, struct nfr_xt_chain *chain, uint32_t row)
{
	w->chain = chain;
	w->row = w->table->rows + row;
	w->end = w->table->rows + chain->first + chain->n_rows;
	w->n_candidates = w->next_candidate = 0;
}

/* Rules of a long chain are fetched a few at a time; fewer than that are the last. */
static void fetch(struct walk *w)
{
	uint32_t at = (uint32_t)(w->row - w->table->rows) - w->chain->first;

	if (w->n_candidates && w->n_candidates < NFR_XT_CANDIDATES) {
		w->row = w->end;
		return;
	}
	w->n_candidates = nfr_xt_index_find(w->table, w->chain, &w->point, at, w->candidate);
	w->next_candidate = 0;
	if (!w->n_candidates)
		w->row = w->end;
}

/* Moves on to the next rule that can match. */
static void skip(struct walk *w)
{
	if (!w->point.family)
		nfr_xt_point_of(&w->point, w->ctx.env, w->ctx.pkt, w->ctx.state);
	if (!w->point.usable || w->row == w->end)
		return;
	if (w->next_candidate == w->n_candidates)
		fetch(w);
	if (w->row != w->end)
		w->row = w->table->rows + w->chain->first + w->candidate[w->next_candidate++];
}

static bool addr4_matches(const struct walk *w, const struct nfr_xt_row *row)
{
	bool src = (w->src & row->src_mask) == row->src;
	bool dst = (w->dst & row->dst_mask) == row->dst;

	return src != ((row->invert & NFR_XT_INV_SRC) != 0) &&
	       dst != ((row->invert & NFR_XT_INV_DST) != 0);
}

static bool masked_eq(const uint8_t *p, const uint64_t value[2], const uint64_t mask[2])
{
	uint64_t word[2];

	memcpy(word, p, sizeof(word));
	return ((word[0] & mask[0]) ^ value[0]) == 0 && ((word[1] & mask[1]) ^ value[1]) == 0;
}

static bool addr6_matches(const struct walk *w, const struct nfr_xt_row *row,
			  const struct nfr_xt_addr6 *addr)
{
	const uint8_t *ip = w->ctx.pkt->data;

	return masked_eq(ip + 8, addr->src, addr->src_mask) !=
		       ((row->invert & NFR_XT_INV_SRC) != 0) &&
	       masked_eq(ip + 24, addr->dst, addr->dst_mask) !=
		       ((row->invert & NFR_XT_INV_DST) != 0);
}

static bool interface_matches(const struct walk *w, uint16_t ifindex,
			      const struct nfr_xt_ifmask *want)
{
	static const char none[NFR_IFNAMSIZ];
	const struct nfr_env *env = w->ctx.env;
	const char *name = none;

	if (ifindex && ifindex <= env->max_iface)
		name = env->iface[ifindex - 1].link.name;
	return masked_eq((const uint8_t *)name, want->name, want->mask);
}

/* IPv6: no protocol can be told when the headers are cut off, of a routing header the first four
 * bytes, or when a fragment other than the first begins with an extension header: the walk over the
 * headers ended at one of them then. A header that claims to be longer than the packet names the
 * protocol behind it all the same; the kernels 6.1.192 and 6.12.117, which have later corrections
 * than 6.18.44, do not believe it. */
static NFR_APART bool headers_broken(const struct nfr_env *env, const struct nfr_pkt *pkt)
{
	uint8_t nexthdr = pkt->data[6];
	uint32_t off = NFR_IP6_HLEN;

	if (nfr_ipv6_is_exthdr(pkt->protonum) && pkt->protonum != NFR_IPPROTO_NONE)
		return true;
	while (!pkt->frag_off && nfr_ipv6_is_exthdr(nexthdr) && nexthdr != NFR_IPPROTO_NONE) {
		const uint8_t *hdr = nfr_pkt_at(pkt, off, nexthdr == NFR_IPPROTO_ROUTING ? 4 : 2);

		if (!hdr)
			return true;
		off += nfr_ipv6_exthdr_len(nexthdr, hdr[1]);
		nexthdr = hdr[0];
	}
	return off > pkt->len && env->linux_version < NFR_LINUX(6, 18);
}

static bool proto_matches(struct walk *w, const struct nfr_xt_row *row)
{
	const struct nfr_pkt *pkt = w->ctx.pkt;

	if (pkt->family == NFR_IPV6 && nfr_ipv6_is_exthdr(pkt->data[6]) &&
	    headers_broken(w->ctx.env, pkt)) {
		w->ctx.hotdrop = true;
		return false;
	}
	return (pkt->protonum == row->proto) != ((row->invert & NFR_XT_INV_PROTO) != 0);
}

/* The generic part, in Linux's order. */
static bool ip_matches(struct walk *w, const struct nfr_xt_row *row)
{
	const uint8_t *part = nfr_xt_at(w->table, row->parts);
	unsigned needs = row->needs;

	if (needs & NFR_XT_NEED_ADDR4 && !addr4_matches(w, row))
		return false;
	if (needs & NFR_XT_NEED_ADDR6) {
		if (!addr6_matches(w, row, (const struct nfr_xt_addr6 *)(const void *)part))
			return false;
		part += sizeof(struct nfr_xt_addr6);
	}
	if (needs & NFR_XT_NEED_IN) {
		if (interface_matches(w, w->ctx.state->in, (const void *)part) ==
		    ((row->invert & NFR_XT_INV_IN) != 0))
			return false;
		part += sizeof(struct nfr_xt_ifmask);
	}
	if (needs & NFR_XT_NEED_OUT &&
	    interface_matches(w, w->ctx.state->out, (const void *)part) ==
		    ((row->invert & NFR_XT_INV_OUT) != 0))
		return false;
	if (needs & NFR_XT_NEED_PROTO && !proto_matches(w, row))
		return false;
	return !(needs & NFR_XT_NEED_FRAG) ||
	       (w->ctx.pkt->frag_off != 0) != ((row->invert & NFR_XT_INV_FRAG) != 0);
}

static bool matches_hold(struct walk *w, const struct nfr_xt_row *row)
{
	uint32_t off = row->matches;

	for (unsigned i = 0; i < row->n_matches; i++) {
		struct nfr_xt_part *part = nfr_xt_at(w->table, off);

		w->varies |= part->varies;
		if (!nfr_xt_matches[part->ext]->match(&w->ctx, part + 1))
			return false;
		off += part->len;
	}
	return true;
}

static bool row_matches(struct walk *w, const struct nfr_xt_row *row)
{
	return (!row->needs || ip_matches(w, row)) && (!row->n_matches || matches_hold(w, row));
}

static unsigned drop(struct walk *w, enum nfr_reason reason)
{
	w->ctx.pkt->reason = reason;
	return NFR_DROP;
}

/* Tells of a step whoever is to hear of it; `packets` is the counter that it moved, or NULL. */
static NFR_APART void tell(const struct walk *w, const struct nfr_xt_row *row, uint32_t num,
			   uint64_t *packets)
{
	if (nfr_pkt_watched(w->ctx.pkt))
		nfr_xt_trace(w->table, w->chain, row, num, w->ctx.pkt, w->ctx.state);
	else if (packets)
		nfr_learn_counter(w->ctx.env, packets);
}

static void trace(const struct walk *w, const struct nfr_xt_row *row, uint32_t num,
		  uint64_t *packets)
{
	if (nfr_pkt_closely(w->ctx.pkt))
		tell(w, row, num, packets);
}

static unsigned run_policy(struct walk *w)
{
	w->chain = w->base;
	trace(w, NULL, w->base->n_rows + 1, &w->base->packets);
	w->base->packets++;
	w->base->bytes += w->ctx.pkt->len;
	return w->base->policy == NFR_DROP ? drop(w, NFR_REASON_POLICY_DROP) : NFR_ACCEPT;
}

/* Back to where the chain was jumped to from. */
static unsigned go_back(struct walk *w)
{
	struct nfr_xt_chain *chain = w->chain;

	if (!chain->back_chain)
		return run_policy(w);
	at_chain(w, nfr_xt_chain_at(w->table, chain->back_chain), chain->back_row);
	return GOES_ON;
}

static unsigned end_of_chain(struct walk *w)
{
	if (w->chain != w->base)
		trace(w, NULL, w->chain->n_rows + 1, NULL);
	return go_back(w);
}

static unsigned enter(struct walk *w, const struct nfr_xt_row *row)
{
	struct nfr_xt_chain *to = nfr_xt_chain_at(w->table, row->jump);

	if (row->kind == NFR_XT_ROW_GOTO) {
		to->back_chain = w->chain->back_chain;
		to->back_row = w->chain->back_row;
	} else {
		to->back_chain = (uint32_t)((uint8_t *)w->chain - w->table->heap);
		to->back_row = (uint32_t)(w->row - w->table->rows);
	}
	at_chain(w, to, to->first);
	return GOES_ON;
}

static unsigned run_target(struct walk *w, const struct nfr_xt_row *row)
{
	unsigned verdict;

	w->varies = 1;
	verdict =
		nfr_xt_targets[row->jump]->target(&w->ctx, nfr_xt_at(w->table, row->target));

	if ((verdict & NFR_VERDICT_MASK) == NFR_DROP && !w->ctx.pkt->reason)
		w->ctx.pkt->reason = NFR_REASON_RULE_TARGET_DROP;
	return verdict;
}

/* What the row that matched does; w->row is the one behind it. */
static unsigned act(struct walk *w, const struct nfr_xt_row *row)
{
	switch (row->kind) {
	case NFR_XT_ROW_VERDICT:
		return row->jump == NFR_DROP ? drop(w, NFR_REASON_RULE_DROP) : row->jump;
	case NFR_XT_ROW_RETURN:
		return go_back(w);
	case NFR_XT_ROW_JUMP:
	case NFR_XT_ROW_GOTO:
		return enter(w, row);
	case NFR_XT_ROW_TARGET:
		return run_target(w, row);
	default:
		return GOES_ON;
	}
}

static unsigned step(struct walk *w)
{
	struct nfr_xt_row *row;

	if (w->chain->index)
		skip(w);
	row = w->row;
	if (row == w->end)
		return end_of_chain(w);
	w->row++;
	if (!row_matches(w, row))
		return w->ctx.hotdrop ? drop(w, NFR_REASON_RULE_HOTDROP) : GOES_ON;
	row->packets++;
	row->bytes += w->ctx.pkt->len;
	trace(w, row, (uint32_t)(row - w->table->rows) - w->chain->first + 1, &row->packets);
	return act(w, row);
}

static unsigned run_rules(struct nfr_xt_table *table, struct nfr_xt_chain *base,
			  struct nfr_pkt *pkt, const struct nfr_hook_state *state)
{
	struct nfr_xtnet *xt = table->xt;
	struct walk w;
	unsigned verdict;

	/* candidate and point are filled when a chain has an index */
	w.ctx = (struct nfr_xt_ctx){
		.env = xt->env, .ct = xt->ct, .nat = xt->nat, .pkt = pkt, .state = state};
	w.table = table;
	w.base = base;
	w.point.family = 0;
	w.varies = 0;
	w.src = w.dst = 0;
	if (pkt->family == NFR_IPV4) {
		memcpy(&w.src, pkt->data + 12, sizeof(w.src));
		memcpy(&w.dst, pkt->data + 16, sizeof(w.dst));
	}
	at_chain(&w, base, base->first);
	do {
		verdict = step(&w);
	} while (verdict == GOES_ON);
	if (w.varies && pkt->flags & NFR_PKT_LEARN)
		nfr_learn_varies(xt->env);
	return verdict;
}

unsigned nfr_xt_table_run(void *priv, struct nfr_pkt *pkt, const struct nfr_hook_state *state)
{
	struct nfr_xt_table *table = priv;

	if (nfr_xt_table_only_counts(table, pkt, state->hook))
		return NFR_ACCEPT;
	return run_rules(table, nfr_xt_chain_at(table, table->builtin[state->hook]), pkt, state);
}
