/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading a table back, with counters, for iptables-save -c.
 */
#include "base/str.h"
#include "xt/table.h"

const char *nfr_xt_table_name(enum nfr_xt_table_id table)
{
	static const char *const names[NFR_XT_TABLE_MAX] = {
		[NFR_XT_RAW] = "raw",	    [NFR_XT_MANGLE] = "mangle",	    [NFR_XT_NAT] = "nat",
		[NFR_XT_FILTER] = "filter", [NFR_XT_SECURITY] = "security",
	};

	return (unsigned)table < NFR_XT_TABLE_MAX ? names[table] : "";
}

/* nfr_env_of() for readers. */
static const struct nfr_xt_table *find(const struct nfr_net *net, uint8_t family,
				       enum nfr_xt_table_id id)
{
	const struct nfr_env *env = (const struct nfr_env *)(const void *)net;

	if ((family != NFR_IPV4 && family != NFR_IPV6) || (unsigned)id >= NFR_XT_TABLE_MAX)
		return NULL;
	return env->xt->table[family == NFR_IPV6][id].loaded
		       ? &env->xt->table[family == NFR_IPV6][id]
		       : NULL;
}

static const struct nfr_xt_chain *find_chain(const struct nfr_xt_table *table, uint32_t k)
{
	const uint32_t *order;

	if (!table || k >= table->n_chains)
		return NULL;
	order = nfr_xt_at(table, table->order);
	return nfr_xt_chain_at(table, order[k]);
}

bool nfr_xt_loaded(const struct nfr_net *net, uint8_t family, enum nfr_xt_table_id table)
{
	return find(net, family, table) != NULL;
}

enum nfr_status nfr_xt_get_chain(const struct nfr_net *net, uint8_t family,
				 enum nfr_xt_table_id table, uint32_t chain,
				 struct nfr_xt_chain_info *info)
{
	const struct nfr_xt_chain *from = find_chain(find(net, family, table), chain);

	if (!from)
		return NFR_ENOENT;
	memset(info, 0, sizeof(*info));
	nfr_str_copy(info->name, sizeof(info->name), from->name);
	info->builtin = from->hook != NFR_XT_NO_HOOK;
	info->policy = from->policy;
	info->packets = from->packets;
	info->bytes = from->bytes;
	info->n_rules = from->n_rows;
	return NFR_OK;
}

/* The name as it was given: a mask that is not full had a `+' at its end. */
static void get_interface(char name[NFR_IFNAMSIZ], const struct nfr_xt_ifmask *from)
{
	uint8_t mask[NFR_IFNAMSIZ];
	size_t n = 0;

	memcpy(name, from->name, NFR_IFNAMSIZ);
	memcpy(mask, from->mask, NFR_IFNAMSIZ);
	while (n < NFR_IFNAMSIZ && mask[n] && name[n])
		n++;
	if (n < NFR_IFNAMSIZ && !mask[n])
		name[n] = '+';
}

void nfr_xt_get_ip(const struct nfr_xt_table *table, const struct nfr_xt_row *row,
		   struct nfr_xt_ip *ip)
{
	uint32_t off = row->parts;

	memset(ip, 0, sizeof(*ip));
	ip->proto = row->proto;
	ip->flags = row->flags;
	ip->invert = row->invert;
	memcpy(ip->src.b, &row->src, 4);
	memcpy(ip->src_mask.b, &row->src_mask, 4);
	memcpy(ip->dst.b, &row->dst, 4);
	memcpy(ip->dst_mask.b, &row->dst_mask, 4);
	if (row->needs & NFR_XT_NEED_ADDR6) {
		const struct nfr_xt_addr6 *from = nfr_xt_at(table, off);

		memcpy(ip->src.b, from->src, 16);
		memcpy(ip->src_mask.b, from->src_mask, 16);
		memcpy(ip->dst.b, from->dst, 16);
		memcpy(ip->dst_mask.b, from->dst_mask, 16);
		off += (uint32_t)sizeof(*from);
	}
	if (row->needs & NFR_XT_NEED_IN) {
		get_interface(ip->in, nfr_xt_at(table, off));
		off += (uint32_t)sizeof(struct nfr_xt_ifmask);
	}
	if (row->needs & NFR_XT_NEED_OUT)
		get_interface(ip->out, nfr_xt_at(table, off));
}

static void get_use(struct nfr_xt_ext_use *use, const struct nfr_xt_ext *ext, const void *data)
{
	memset(use, 0, sizeof(*use));
	use->ext = ext;
	memcpy(use->data, data, ext->size);
}

static void get_matches(const struct nfr_xt_table *table, const struct nfr_xt_row *row,
			struct nfr_xt_rule *out)
{
	uint32_t off = row->matches;

	out->n_matches = row->n_matches;
	for (unsigned i = 0; i < row->n_matches; i++) {
		const struct nfr_xt_part *part = nfr_xt_at(table, off);

		get_use(&out->match[i], nfr_xt_matches[part->ext], part + 1);
		off += part->len;
	}
}

const char *nfr_xt_row_target(const struct nfr_xt_table *table, const struct nfr_xt_row *row)
{
	switch (row->kind) {
	case NFR_XT_ROW_VERDICT:
		return row->jump == NFR_ACCEPT ? "ACCEPT"
		       : row->jump == NFR_DROP ? "DROP"
					       : "QUEUE";
	case NFR_XT_ROW_RETURN:
		return "RETURN";
	case NFR_XT_ROW_JUMP:
	case NFR_XT_ROW_GOTO:
		return nfr_xt_chain_at(table, row->jump)->name;
	case NFR_XT_ROW_TARGET:
		return nfr_xt_targets[row->jump]->name;
	default:
		return "";
	}
}

enum nfr_status nfr_xt_get_rule(const struct nfr_net *net, uint8_t family,
				enum nfr_xt_table_id table_id, uint32_t chain, uint32_t rule,
				struct nfr_xt_rule *out)
{
	const struct nfr_xt_table *table = find(net, family, table_id);
	const struct nfr_xt_chain *from = find_chain(table, chain);
	const struct nfr_xt_row *row;

	if (!from || rule >= from->n_rows)
		return NFR_ENOENT;
	row = &table->rows[from->first + rule];
	out->packets = row->packets;
	out->bytes = row->bytes;
	out->target.ext = NULL;
	memset(out->jump, 0, sizeof(out->jump));
	nfr_xt_get_ip(table, row, &out->ip);
	get_matches(table, row, out);
	if (row->kind == NFR_XT_ROW_TARGET)
		get_use(&out->target, nfr_xt_targets[row->jump], nfr_xt_at(table, row->target));
	else
		nfr_str_copy(out->jump, sizeof(out->jump), nfr_xt_row_target(table, row));
	return NFR_OK;
}
