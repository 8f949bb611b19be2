/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chains of the table that is being loaded: by name while rules come in, then in the order in
 * which iptables-save lists them, built-in ones as their hooks come and then the user's by name.
 */
#include "base/str.h"
#include "xt/table.h"

static const char *const hook_names[NFR_INET_NUMHOOKS] = {
	[NFR_INET_PRE_ROUTING] = "PREROUTING",	 [NFR_INET_LOCAL_IN] = "INPUT",
	[NFR_INET_FORWARD] = "FORWARD",		 [NFR_INET_LOCAL_OUT] = "OUTPUT",
	[NFR_INET_POST_ROUTING] = "POSTROUTING",
};

static uint32_t *bucket_of(const struct nfr_xtnet *xt, const char *name)
{
	uint64_t hash = nfr_hash_bytes(&xt->env->hash_key, name, nfr_str_len(name));

	return &xt->bucket[(uint32_t)(hash >> 32) % NFR_XT_BUCKETS];
}

uint32_t nfr_xt_find_chain(const struct nfr_xtnet *xt, const char *name)
{
	uint32_t off = *bucket_of(xt, name);

	while (off && !nfr_str_eq(nfr_xt_chain_at(&xt->next, off)->name, name))
		off = nfr_xt_chain_at(&xt->next, off)->hash_next;
	return off;
}

static struct nfr_xt_chain *new_chain(struct nfr_xtnet *xt, const char *name, uint32_t *off)
{
	uint32_t *bucket = bucket_of(xt, name);
	struct nfr_xt_chain *chain;

	*off = nfr_xt_alloc(xt, sizeof(*chain));
	if (!*off)
		return NULL;
	chain = nfr_xt_chain_at(&xt->next, *off);
	nfr_str_copy(chain->name, sizeof(chain->name), name);
	chain->hook = NFR_XT_NO_HOOK;
	chain->policy = NFR_XT_NO_POLICY;
	chain->hash_next = *bucket;
	*bucket = *off;
	xt->next.n_chains++;
	return chain;
}

static void inherit(struct nfr_xt_chain *chain, const struct nfr_xt_table *old)
{
	const struct nfr_xt_chain *from;

	chain->policy = NFR_ACCEPT;
	if (!old->loaded)
		return;
	from = nfr_xt_chain_at(old, old->builtin[chain->hook]);
	chain->policy = from->policy;
	chain->packets = from->packets;
	chain->bytes = from->bytes;
}

enum nfr_status nfr_xt_add_builtins(struct nfr_xtnet *xt, const struct nfr_xt_table *old)
{
	uint8_t hooks = nfr_xt_table_hooks(xt->next.id);

	for (unsigned hook = 0; hook < NFR_INET_NUMHOOKS; hook++) {
		struct nfr_xt_chain *chain;

		if (!(hooks >> hook & 1))
			continue;
		chain = new_chain(xt, hook_names[hook], &xt->next.builtin[hook]);
		if (!chain)
			return NFR_ENOMEM;
		chain->hook = (uint8_t)hook;
		inherit(chain, old);
	}
	return NFR_OK;
}

static enum nfr_status set_builtin(struct nfr_xt_chain *chain, uint8_t policy, uint64_t packets,
				   uint64_t bytes, const char **why)
{
	if (policy == NFR_XT_NO_POLICY)
		return NFR_OK;
	if (policy != NFR_ACCEPT && policy != NFR_DROP) {
		*why = "bad policy name";
		return NFR_EINVAL;
	}
	chain->policy = policy;
	chain->packets = packets;
	chain->bytes = bytes;
	return NFR_OK;
}

static bool is_verdict(const char *name)
{
	return nfr_str_eq(name, "ACCEPT") || nfr_str_eq(name, "DROP") ||
	       nfr_str_eq(name, "QUEUE") || nfr_str_eq(name, "RETURN");
}

/* Length without looking further than a name may reach. */
static bool length_ok(const char *name)
{
	size_t n = 0;

	while (n < NFR_XT_CHAIN_LEN && name[n])
		n++;
	return n > 0 && n < NFR_XT_CHAIN_LEN;
}

enum nfr_status nfr_xt_add_chain(struct nfr_xtnet *xt, const char *name, uint8_t policy,
				 uint64_t packets, uint64_t bytes, const char **why)
{
	uint32_t off;

	if (!length_ok(name)) {
		*why = "invalid chain name (28 chars max)";
		return NFR_EINVAL;
	}
	off = nfr_xt_find_chain(xt, name);
	if (off && nfr_xt_chain_at(&xt->next, off)->hook != NFR_XT_NO_HOOK)
		return set_builtin(nfr_xt_chain_at(&xt->next, off), policy, packets, bytes, why);
	if (off || is_verdict(name)) {
		*why = "error creating chain: it exists";
		return NFR_EEXIST;
	}
	if (policy != NFR_XT_NO_POLICY) {
		*why = "can't set a policy: bad built-in chain name";
		return NFR_EINVAL;
	}
	return new_chain(xt, name, &off) ? NFR_OK : NFR_ENOMEM;
}

static bool before(const struct nfr_xt_table *table, uint32_t a, uint32_t b)
{
	const struct nfr_xt_chain *ca = nfr_xt_chain_at(table, a);
	const struct nfr_xt_chain *cb = nfr_xt_chain_at(table, b);

	if (ca->hook != cb->hook)
		return ca->hook < cb->hook;
	return memcmp(ca->name, cb->name, sizeof(ca->name)) < 0;
}

/* Lets the element at i sink to its place in the heap of n. */
static void sift(const struct nfr_xt_table *table, uint32_t *order, uint32_t i, uint32_t n)
{
	uint32_t child;

	while ((child = 2 * i + 1) < n) {
		uint32_t held = order[i];

		if (child + 1 < n && before(table, order[child], order[child + 1]))
			child++;
		if (!before(table, held, order[child]))
			return;
		order[i] = order[child];
		order[child] = held;
		i = child;
	}
}

/* Heap sort: no more than n log n steps whatever the names, and no stack. */
static void sort(const struct nfr_xt_table *table, uint32_t *order, uint32_t n)
{
	for (uint32_t i = n / 2; i-- > 0;)
		sift(table, order, i, n);
	for (uint32_t end = n; end-- > 1;) {
		uint32_t last = order[end];

		order[end] = order[0];
		order[0] = last;
		sift(table, order, 0, end);
	}
}

static void list_chains(const struct nfr_xtnet *xt, uint32_t *order)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < NFR_XT_BUCKETS; i++)
		for (uint32_t off = xt->bucket[i]; off;
		     off = nfr_xt_chain_at(&xt->next, off)->hash_next)
			order[n++] = off;
}

/* Gives each chain its share of the rows and each row its index. Rows came in from the end. */
static void assign_rows(struct nfr_xt_table *table, const uint32_t *order)
{
	uint32_t first = 0;

	for (uint32_t k = table->n_rows; k-- > 0;)
		nfr_xt_chain_at(table, table->rows[k].pos)->n_rows++;
	for (uint32_t i = 0; i < table->n_chains; i++) {
		struct nfr_xt_chain *chain = nfr_xt_chain_at(table, order[i]);

		chain->first = first;
		first += chain->n_rows;
		chain->n_rows = 0;
	}
	for (uint32_t k = table->n_rows; k-- > 0;) {
		struct nfr_xt_chain *chain = nfr_xt_chain_at(table, table->rows[k].pos);

		table->rows[k].pos = chain->first + chain->n_rows++;
	}
}

/* Each exchange brings a row to where it stays. */
static void permute_rows(struct nfr_xt_table *table)
{
	struct nfr_xt_row *rows = table->rows;

	for (uint32_t i = 0; i < table->n_rows; i++)
		while (rows[i].pos != i) {
			struct nfr_xt_row held = rows[rows[i].pos];

			rows[rows[i].pos] = rows[i];
			rows[i] = held;
		}
}

enum nfr_status nfr_xt_order_chains(struct nfr_xtnet *xt)
{
	struct nfr_xt_table *table = &xt->next;
	uint32_t *order;

	table->order = nfr_xt_alloc(xt, table->n_chains * sizeof(*order));
	if (!table->order)
		return NFR_ENOMEM;
	order = nfr_xt_at(table, table->order);
	list_chains(xt, order);
	sort(table, order, table->n_chains);
	assign_rows(table, order);
	permute_rows(table);
	return NFR_OK;
}
