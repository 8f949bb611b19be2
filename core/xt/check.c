/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can only be said of a table as a whole, in the order in which Linux looks: first from
 * which hooks each chain is reached and whether chains jump in a circle, then whether each
 * rule's matches and target may stand where they do.
 *
 * As in Linux the walk ends in a chain at its first rule that decides for every packet (ACCEPT,
 * DROP, QUEUE or RETURN without any condition): what comes behind it counts as reached from no
 * hook. So do chains that nobody jumps to. Neither loops nor misplaced targets are found there;
 * tables, protocols and the extensions' own checks hold everywhere.
 *
 * The walk needs no stack: nobody evaluates the table yet, so the chains' return addresses hold
 * the way (back_chain: where we came from; back_row: how far we are in this chain), and the hash
 * link, of no use any more, the number of rows to look at.
 */
#include "xt/table.h"

#define N_TO_LOOK_AT hash_next

static uint32_t reached_rows(const struct nfr_xt_table *table, const struct nfr_xt_chain *chain)
{
	for (uint32_t i = 0; i < chain->n_rows; i++) {
		const struct nfr_xt_row *row = &table->rows[chain->first + i];

		if ((row->kind == NFR_XT_ROW_VERDICT || row->kind == NFR_XT_ROW_RETURN) &&
		    !row->needs && !row->n_matches)
			return i + 1;
	}
	return chain->n_rows;
}

static void enter(struct nfr_xt_table *table, uint32_t off, uint32_t from, uint8_t bit)
{
	struct nfr_xt_chain *chain = nfr_xt_chain_at(table, off);

	chain->reach |= bit;
	chain->on_path = true;
	chain->back_chain = from;
	chain->back_row = 0;
}

/* The chain that the next jump from here on names, or 0 at the end. */
static uint32_t next_jump(const struct nfr_xt_table *table, struct nfr_xt_chain *chain)
{
	while (chain->back_row < chain->N_TO_LOOK_AT) {
		const struct nfr_xt_row *row = &table->rows[chain->first + chain->back_row++];

		if (row->kind == NFR_XT_ROW_JUMP || row->kind == NFR_XT_ROW_GOTO)
			return row->jump;
	}
	return 0;
}

/* Running number of the rule that was just looked at. */
static uint32_t current_rule(const struct nfr_xt_table *table, const struct nfr_xt_chain *chain)
{
	return table->rows[chain->first + chain->back_row - 1].num;
}

/* Goes through all chains that a built-in one leads to. */
static enum nfr_status walk_hook(struct nfr_xt_table *table, unsigned hook,
				 struct nfr_xt_error *err)
{
	uint8_t bit = (uint8_t)NFR_XT_BIT(hook);
	uint32_t at = table->builtin[hook];

	enter(table, at, 0, bit);
	while (at) {
		struct nfr_xt_chain *chain = nfr_xt_chain_at(table, at);
		uint32_t to = next_jump(table, chain);

		if (!to) {
			chain->on_path = false;
			at = chain->back_chain;
		} else if (nfr_xt_chain_at(table, to)->on_path) {
			err->why = "rules jump in a circle";
			err->rule = current_rule(table, chain);
			return NFR_ELOOP;
		} else if (!(nfr_xt_chain_at(table, to)->reach & bit)) {
			enter(table, to, at, bit);
			at = to;
		}
	}
	return NFR_OK;
}

static enum nfr_status walk(struct nfr_xt_table *table, struct nfr_xt_error *err)
{
	const uint32_t *order = nfr_xt_at(table, table->order);
	enum nfr_status status = NFR_OK;

	for (uint32_t i = 0; i < table->n_chains; i++) {
		struct nfr_xt_chain *chain = nfr_xt_chain_at(table, order[i]);

		chain->N_TO_LOOK_AT = reached_rows(table, chain);
	}
	for (unsigned hook = 0; status == NFR_OK && hook < NFR_INET_NUMHOOKS; hook++)
		if (table->builtin[hook])
			status = walk_hook(table, hook, err);
	return status;
}

static enum nfr_status refuse(struct nfr_xt_check *chk, enum nfr_status status, const char *why)
{
	chk->why = why;
	return status;
}

static enum nfr_status check_ext(struct nfr_xt_check *chk, const struct nfr_xt_ext *ext, void *data)
{
	uint8_t family = chk->family == NFR_IPV6 ? NFR_XT_FAMILY_IPV6 : NFR_XT_FAMILY_IPV4;

	if (!(ext->families & family))
		return refuse(chk, NFR_ENOTSUP, "not for this family");
	if (ext->tables && !(ext->tables >> chk->table & 1))
		return refuse(chk, NFR_ENOTSUP, "only valid in another table");
	if (ext->hooks && (chk->hooks & ~ext->hooks))
		return refuse(chk, NFR_ENOTSUP, "used from hooks where it is not valid");
	if (ext->proto && (chk->ip->proto != ext->proto || (chk->ip->invert & NFR_XT_INV_PROTO)))
		return refuse(chk, NFR_EINVAL, "only valid for its protocol: -p is missing");
	return ext->check(chk, data);
}

const void *nfr_xt_check_match(const struct nfr_xt_check *check, const struct nfr_xt_ext *ext,
			       unsigned nth)
{
	const uint8_t *at = check->matches;

	for (unsigned i = 0; i < check->n_matches; i++) {
		const struct nfr_xt_part *part = (const struct nfr_xt_part *)(const void *)at;

		if (nfr_xt_matches[part->ext] == ext && nth-- == 0)
			return part + 1;
		at += part->len;
	}
	return NULL;
}

static enum nfr_status check_one(struct nfr_xt_table *table, struct nfr_xt_check *chk,
				 const struct nfr_xt_ext *ext, void *data, struct nfr_xt_error *err)
{
	enum nfr_status status;

	chk->conntrack = ext->conntrack;
	status = check_ext(chk, ext, data);
	table->uses_ct |= chk->conntrack;
	if (status != NFR_OK) {
		err->why = chk->why;
		err->ext = ext;
	}
	return status;
}

static enum nfr_status check_row(struct nfr_xt_table *table, struct nfr_xt_row *row,
				 struct nfr_xt_check *chk, struct nfr_xt_error *err)
{
	enum nfr_status status = NFR_OK;
	uint32_t off = row->matches;

	for (unsigned i = 0; status == NFR_OK && i < row->n_matches; i++) {
		struct nfr_xt_part *part = nfr_xt_at(table, off);

		status = check_one(table, chk, nfr_xt_matches[part->ext], part + 1, err);
		part->varies = nfr_xt_varies(nfr_xt_matches[part->ext], part + 1);
		off += part->len;
	}
	if (status != NFR_OK || row->kind != NFR_XT_ROW_TARGET)
		return status;
	return check_one(table, chk, nfr_xt_targets[row->jump], nfr_xt_at(table, row->target), err);
}

static enum nfr_status check_chain(struct nfr_xt_table *table, const struct nfr_xt_chain *chain,
				   struct nfr_xt_error *err)
{
	for (uint32_t i = 0; i < chain->n_rows; i++) {
		struct nfr_xt_row *row = &table->rows[chain->first + i];
		struct nfr_xt_ip ip;
		struct nfr_xt_check chk = {
			.env = table->xt->env,
			.ip = &ip,
			.family = table->family,
			.table = table->id,
			.hooks = i < chain->N_TO_LOOK_AT ? chain->reach : 0,
			.matches = nfr_xt_at(table, row->matches),
			.n_matches = row->n_matches,
		};
		enum nfr_status status;

		if (!row->n_matches && row->kind != NFR_XT_ROW_TARGET)
			continue;
		nfr_xt_get_ip(table, row, &ip);
		status = check_row(table, row, &chk, err);
		if (status != NFR_OK) {
			err->rule = row->num;
			return status;
		}
	}
	return NFR_OK;
}

enum nfr_status nfr_xt_check_table(struct nfr_xt_table *table, struct nfr_xt_error *err)
{
	const uint32_t *order = nfr_xt_at(table, table->order);
	enum nfr_status status = walk(table, err);

	for (uint32_t i = 0; status == NFR_OK && i < table->n_chains; i++)
		status = check_chain(table, nfr_xt_chain_at(table, order[i]), err);
	return status;
}
