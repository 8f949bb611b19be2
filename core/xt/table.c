/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loading of tables.
 *
 * The arena holds the loaded tables one behind the other; what is free lies behind them. A
 * transaction builds a new table in the free part: its heap grows up from there, its rows grow
 * down from the end. Nothing that is loaded is touched until commit() has found no fault; then
 * the rows are brought in order and moved down to the heap, the new table takes the old one's
 * name and hooks, and the old one's memory is closed up. So the old rules hold until the very
 * end, and old and new must fit in together, as in Linux.
 *
 * Work is linear in what is loaded: chains are found by a hash of their name, rows are sorted
 * into their chains in one pass.
 */
#include "xt/table.h"

#include "base/str.h"
#include "xt/index.h"

#define ALIGN 8u
#define LINE 64u
#define KIB 1024u
#define HEAP_MAX 0xfffffff0u

void nfr_xtnet_init(struct nfr_xtnet *xt, struct nfr_env *env, struct nfr_ctnet *ct,
		    struct nfr_natnet *nat, struct nfr_hooks *hooks, struct nfr_arena *arena,
		    uint32_t max_kib)
{
	memset(xt, 0, sizeof(*xt));
	xt->env = env;
	xt->ct = ct;
	xt->nat = nat;
	xt->hooks = hooks;
	xt->mem = nfr_arena_take(arena, max_kib, KIB);
	xt->size = (size_t)max_kib * KIB;
	xt->bucket = nfr_arena_take(arena, NFR_XT_BUCKETS, sizeof(*xt->bucket));
	xt->bytes.max = max_kib;
	for (unsigned f = 0; f < 2; f++)
		for (unsigned id = 0; id < NFR_XT_TABLE_MAX; id++) {
			struct nfr_xt_table *table = &xt->table[f][id];

			table->xt = xt;
			table->family = f ? NFR_IPV6 : NFR_IPV4;
			table->id = (uint8_t)id;
		}
	env->xt = xt;
}

static size_t align(size_t n, size_t to)
{
	return (n + to - 1) & ~(to - 1);
}

/* Bytes between the new table's heap and its rows. */
static size_t room(const struct nfr_xtnet *xt)
{
	const struct nfr_xt_table *next = &xt->next;
	size_t heap_end = next->base + next->heap_len;
	size_t rows = (xt->size & ~(size_t)(LINE - 1)) - (size_t)next->n_rows * sizeof(*next->rows);

	return rows > heap_end ? rows - heap_end : 0;
}

uint32_t nfr_xt_alloc(struct nfr_xtnet *xt, size_t n)
{
	struct nfr_xt_table *next = &xt->next;
	uint32_t off = next->heap_len;

	n = align(n, ALIGN);
	/* a line is kept back: the rows will lie behind the heap, on a line of their own */
	if (nfr_pool_told_to_fail(&xt->bytes) || n + LINE > room(xt) || n > HEAP_MAX - off)
		return 0;
	memset(next->heap + off, 0, n);
	next->heap_len += (uint32_t)n;
	return off;
}

struct nfr_xt_row *nfr_xt_alloc_row(struct nfr_xtnet *xt)
{
	struct nfr_xt_table *next = &xt->next;

	if (nfr_pool_told_to_fail(&xt->bytes) || sizeof(*next->rows) + LINE > room(xt))
		return NULL;
	next->n_rows++;
	next->rows--;
	memset(next->rows, 0, sizeof(*next->rows));
	return next->rows;
}

static void count_kib(struct nfr_xtnet *xt)
{
	xt->bytes.used = (uint32_t)((xt->used + KIB - 1) / KIB);
}

static bool known(uint8_t family, enum nfr_xt_table_id id)
{
	return (family == NFR_IPV4 || family == NFR_IPV6) && (unsigned)id < NFR_XT_TABLE_MAX;
}

static enum nfr_status failed(struct nfr_xtnet *xt, struct nfr_xt_error *err,
			      enum nfr_status status, const char *why)
{
	xt->open = false;
	err->why = why ? why : "no room for more rules";
	return status;
}

enum nfr_status nfr_xt_begin(struct nfr_net *net, uint8_t family, enum nfr_xt_table_id id)
{
	struct nfr_xtnet *xt = nfr_env_of(net)->xt;
	struct nfr_xt_table *next = &xt->next;
	enum nfr_status status;

	if (xt->open)
		return NFR_EBUSY;
	if (!known(family, id))
		return NFR_EINVAL;
	memset(next, 0, sizeof(*next));
	next->xt = xt;
	next->family = family;
	next->id = (uint8_t)id;
	next->base = xt->used;
	next->heap = xt->mem + next->base;
	next->rows = (struct nfr_xt_row *)(void *)(xt->mem + (xt->size & ~(size_t)(LINE - 1)));
	next->heap_len = ALIGN; /* offset 0 is none */
	memset(xt->bucket, 0, NFR_XT_BUCKETS * sizeof(*xt->bucket));
	if (room(xt) < ALIGN + LINE)
		return NFR_ENOMEM;
	memset(next->heap, 0, ALIGN);
	status = nfr_xt_add_builtins(xt, nfr_xt_table_of(xt, family, id));
	xt->open = status == NFR_OK;
	return status;
}

enum nfr_status nfr_xt_chain(struct nfr_net *net, const char *name, uint8_t policy,
			     uint64_t packets, uint64_t bytes, struct nfr_xt_error *err)
{
	struct nfr_xtnet *xt = nfr_env_of(net)->xt;
	const char *why = NULL;
	enum nfr_status status;

	err->rule = 0;
	err->ext = NULL;
	if (!xt->open)
		return failed(xt, err, NFR_EINVAL, "no transaction is open");
	status = nfr_xt_add_chain(xt, name, policy, packets, bytes, &why);
	return status == NFR_OK ? NFR_OK : failed(xt, err, status, why);
}

enum nfr_status nfr_xt_append(struct nfr_net *net, const char *chain,
			      const struct nfr_xt_rule *rule, struct nfr_xt_error *err)
{
	struct nfr_xtnet *xt = nfr_env_of(net)->xt;
	const char *why = NULL;
	enum nfr_status status;
	uint32_t off;

	err->rule = xt->next.n_rows + 1;
	err->ext = NULL;
	if (!xt->open)
		return failed(xt, err, NFR_EINVAL, "no transaction is open");
	off = nfr_xt_find_chain(xt, chain);
	if (!off)
		return failed(xt, err, NFR_ENOENT, "no chain by that name");
	status = nfr_xt_add_rule(xt, off, rule, &why);
	return status == NFR_OK ? NFR_OK : failed(xt, err, status, why);
}

/* Moves the rows from the end of the arena down to the heap. */
static void close_gap(struct nfr_xtnet *xt)
{
	struct nfr_xt_table *next = &xt->next;
	size_t rows_len = (size_t)next->n_rows * sizeof(*next->rows);
	size_t at = align(next->heap_len, LINE);

	memset(next->heap + next->heap_len, 0, at - next->heap_len);
	memmove(next->heap + at, next->rows, rows_len);
	next->rows = (struct nfr_xt_row *)(void *)(next->heap + at);
	next->len = at + rows_len;
}

/* Takes a table's piece out of the arena; those behind it move down. */
static void release(struct nfr_xtnet *xt, struct nfr_xt_table *gone)
{
	memmove(xt->mem + gone->base, xt->mem + gone->base + gone->len,
		xt->used - gone->base - gone->len);
	xt->used -= gone->len;
	for (unsigned i = 0; i < 2 * NFR_XT_TABLE_MAX; i++) {
		struct nfr_xt_table *table = &xt->table[i / NFR_XT_TABLE_MAX][i % NFR_XT_TABLE_MAX];

		if (!table->loaded || table->base <= gone->base)
			continue;
		table->base -= gone->len;
		table->heap -= gone->len;
		table->rows -= gone->len / sizeof(*table->rows);
	}
	gone->loaded = false;
	gone->uses_ct = false;
}

static void install(struct nfr_xtnet *xt)
{
	struct nfr_xt_table *table = nfr_xt_table_of(xt, xt->next.family, xt->next.id);
	struct nfr_xt_table old = *table;

	close_gap(xt);
	*table = xt->next;
	table->loaded = true;
	xt->used += table->len;
	if (old.loaded)
		release(xt, &old);
	count_kib(xt);
}

enum nfr_status nfr_xt_commit(struct nfr_net *net, struct nfr_xt_error *err)
{
	struct nfr_xtnet *xt = nfr_env_of(net)->xt;
	const struct nfr_xt_table *old;
	enum nfr_status status;

	err->rule = 0;
	err->ext = NULL;
	if (!xt->open)
		return failed(xt, err, NFR_EINVAL, "no transaction is open");
	old = nfr_xt_table_of(xt, xt->next.family, xt->next.id);
	status = nfr_xt_order_chains(xt);
	if (status != NFR_OK)
		return failed(xt, err, status, NULL);
	status = nfr_xt_check_table(&xt->next, err);
	if (status != NFR_OK)
		return failed(xt, err, status, err->why);
	nfr_xt_index_build(xt);
	status = nfr_xt_hooks_load(xt, old, &xt->next);
	if (status != NFR_OK)
		return failed(xt, err, status, "no room for more hooks");
	install(xt);
	nfr_env_changed(xt->env);
	xt->open = false;
	return NFR_OK;
}

void nfr_xt_abort(struct nfr_net *net)
{
	nfr_env_of(net)->xt->open = false;
}

void nfr_xt_unload(struct nfr_net *net, uint8_t family, enum nfr_xt_table_id id)
{
	struct nfr_xtnet *xt = nfr_env_of(net)->xt;
	struct nfr_xt_table *table;

	if (!known(family, id))
		return;
	table = nfr_xt_table_of(xt, family, id);
	xt->open = false;
	if (!table->loaded)
		return;
	nfr_xt_hooks_unload(xt, table);
	release(xt, table);
	nfr_env_changed(xt->env);
	count_kib(xt);
}
