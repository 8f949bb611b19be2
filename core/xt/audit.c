/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking over all tables: their invariants, and a number that stands for all they hold.
 */
#include "xt/table.h"

static const char *check_rows(const struct nfr_xt_table *table)
{
	for (uint32_t i = 0; i < table->n_rows; i++) {
		const struct nfr_xt_row *row = &table->rows[i];

		if (row->pos != i)
			return "xt: a row is not where it belongs";
		if (row->parts > table->heap_len || row->target > table->heap_len)
			return "xt: parts of a row lie outside the heap";
	}
	return NULL;
}

static const char *check_table(const struct nfr_xtnet *xt, const struct nfr_xt_table *table)
{
	const uint32_t *order = nfr_xt_at(table, table->order);
	uint32_t rows = 0;

	if (table->base + table->len > xt->used || table->heap != xt->mem + table->base)
		return "xt: a table lies outside the arena";
	for (uint32_t i = 0; i < table->n_chains; i++) {
		const struct nfr_xt_chain *chain = nfr_xt_chain_at(table, order[i]);

		if (chain->first != rows)
			return "xt: chains leave rows between them";
		rows += chain->n_rows;
	}
	return rows == table->n_rows ? check_rows(table) : "xt: rows without a chain";
}

const char *nfr_xtnet_check(const struct nfr_xtnet *xt)
{
	const char *why = NULL;
	size_t used = 0;

	for (unsigned i = 0; !why && i < 2 * NFR_XT_TABLE_MAX; i++) {
		const struct nfr_xt_table *table =
			&xt->table[i / NFR_XT_TABLE_MAX][i % NFR_XT_TABLE_MAX];

		if (!table->loaded)
			continue;
		used += table->len;
		why = check_table(xt, table);
	}
	if (!why && used != xt->used)
		why = "xt: memory without a table";
	return why;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
	return nfr_hash_mul(hash ^ value, UINT64_C(0x9e3779b97f4a7c15)) ^ (hash << 1 | hash >> 63);
}

static uint64_t mix_bytes(uint64_t hash, const void *p, size_t n)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		hash = mix(hash, b[i]);
	return hash;
}

/* Parameters of targets do not change and are not looked at: some hold an address. Those of
 * matches hold the state of limit and statistic. */
static uint64_t mix_row(uint64_t hash, const struct nfr_xt_table *table,
			const struct nfr_xt_row *row)
{
	uint32_t off = row->matches;

	hash = mix(mix(hash, row->packets), row->bytes);
	hash = mix_bytes(hash, &row->src, 4 * sizeof(row->src));
	hash = mix(mix(hash, row->kind), row->jump);
	hash = mix(hash, row->needs | (uint64_t)row->proto << 8 | (uint64_t)row->invert << 16);
	for (unsigned i = 0; i < row->n_matches; i++) {
		const struct nfr_xt_part *part = nfr_xt_at(table, off);

		hash = mix_bytes(mix(hash, part->ext), part + 1, nfr_xt_matches[part->ext]->size);
		off += part->len;
	}
	return hash;
}

static uint64_t mix_table(uint64_t hash, const struct nfr_xt_table *table)
{
	const uint32_t *order = nfr_xt_at(table, table->order);

	hash = mix(mix(hash, table->id), table->family);
	for (uint32_t i = 0; i < table->n_chains; i++) {
		const struct nfr_xt_chain *chain = nfr_xt_chain_at(table, order[i]);

		hash = mix(mix(mix(hash, chain->packets), chain->bytes), chain->policy);
		hash = mix_bytes(mix(hash, chain->n_rows), chain->name, sizeof(chain->name));
	}
	for (uint32_t i = 0; i < table->n_rows; i++)
		hash = mix_row(hash, table, &table->rows[i]);
	return hash;
}

uint64_t nfr_xtnet_digest(const struct nfr_xtnet *xt)
{
	uint64_t hash = 0;

	for (unsigned i = 0; i < 2 * NFR_XT_TABLE_MAX; i++) {
		const struct nfr_xt_table *table =
			&xt->table[i / NFR_XT_TABLE_MAX][i % NFR_XT_TABLE_MAX];

		if (table->loaded)
			hash = mix_table(hash, table);
	}
	return hash;
}
