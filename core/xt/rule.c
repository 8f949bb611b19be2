/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A rule on its way into a table: from struct nfr_xt_rule to a row with its parts.
 *
 * What iptables refuses when it reads a rule is refused here, too, whoever calls: names that do
 * not end, interfaces where a chain can have none, jumps to built-in chains.
 */
#include "base/str.h"
#include "xt/table.h"

struct adding {
	struct nfr_xtnet *xt;
	const struct nfr_xt_rule *rule;
	const char *why;
};

static enum nfr_status refuse(struct adding *a, enum nfr_status status, const char *why)
{
	a->why = why;
	return status;
}

static bool ends(const char *s, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!s[i])
			return true;
	return false;
}

static enum nfr_status check_interfaces(struct adding *a, const struct nfr_xt_chain *chain)
{
	const struct nfr_xt_ip *ip = &a->rule->ip;

	if (!ends(ip->in, sizeof(ip->in)) || !ends(ip->out, sizeof(ip->out)))
		return refuse(a, NFR_EINVAL, "interface name must be shorter than IFNAMSIZ (15)");
	if (ip->in[0] &&
	    (chain->hook == NFR_INET_LOCAL_OUT || chain->hook == NFR_INET_POST_ROUTING))
		return refuse(a, NFR_EINVAL, "can't use -i with OUTPUT or POSTROUTING");
	if (ip->out[0] && (chain->hook == NFR_INET_PRE_ROUTING || chain->hook == NFR_INET_LOCAL_IN))
		return refuse(a, NFR_EINVAL, "can't use -o with PREROUTING or INPUT");
	return NFR_OK;
}

static enum nfr_status check_ip(struct adding *a)
{
	const struct nfr_xt_ip *ip = &a->rule->ip;

	if (ip->proto > 255)
		return refuse(a, NFR_EINVAL, "unknown protocol");
	if (ip->proto == 0 && (ip->invert & NFR_XT_INV_PROTO))
		return refuse(a, NFR_EINVAL, "rule would never match protocol");
	if (a->xt->next.family == NFR_IPV6 && (ip->flags & NFR_XT_IP_FRAG))
		return refuse(a, NFR_EINVAL, "`-f' is not supported in IPv6");
	return NFR_OK;
}

static enum nfr_status check_ext(struct adding *a, const struct nfr_xt_ext_use *use, bool is_target)
{
	if (!use->ext || use->ext->is_target != is_target || use->ext->size > sizeof(use->data))
		return refuse(a, NFR_EINVAL, "no such match or target");
	return nfr_xt_check_options(use->ext, use->data, &a->why);
}

static enum nfr_status check_rule(struct adding *a, const struct nfr_xt_chain *chain)
{
	const struct nfr_xt_rule *rule = a->rule;
	enum nfr_status status = check_interfaces(a, chain);

	if (status == NFR_OK)
		status = check_ip(a);
	if (status == NFR_OK && rule->n_matches > NFR_XT_MAX_MATCHES)
		status = refuse(a, NFR_EINVAL, "too many matches in one rule");
	for (uint32_t i = 0; status == NFR_OK && i < rule->n_matches; i++)
		status = check_ext(a, &rule->match[i], false);
	if (status == NFR_OK && rule->target.ext)
		status = check_ext(a, &rule->target, true);
	return status;
}

/* Row of an extension in its list, or n. */
static uint32_t row_of(const struct nfr_xt_ext *ext, const struct nfr_xt_ext *const *list,
		       uint32_t n)
{
	uint32_t i = 0;

	while (i < n && list[i] != ext)
		i++;
	return i;
}

static enum nfr_status set_jump_to_chain(struct adding *a, struct nfr_xt_row *row, uint32_t off)
{
	if (nfr_xt_chain_at(&a->xt->next, off)->hook != NFR_XT_NO_HOOK)
		return refuse(a, NFR_EINVAL, "can't jump to a built-in chain");
	row->kind = a->rule->ip.flags & NFR_XT_IP_GOTO ? NFR_XT_ROW_GOTO : NFR_XT_ROW_JUMP;
	row->jump = off;
	return NFR_OK;
}

static enum nfr_status set_verdict(struct adding *a, struct nfr_xt_row *row, unsigned verdict)
{
	if (verdict == NFR_DROP && a->xt->next.id == NFR_XT_NAT)
		return refuse(a, NFR_EINVAL,
			      "the \"nat\" table is not intended for filtering, "
			      "the use of DROP is therefore inhibited");
	row->kind = NFR_XT_ROW_VERDICT;
	row->jump = verdict;
	return NFR_OK;
}

/* A user chain's name comes before a verdict's. */
static enum nfr_status set_standard(struct adding *a, struct nfr_xt_row *row)
{
	const char *jump = a->rule->jump;
	uint32_t chain;

	if (!ends(jump, sizeof(a->rule->jump)))
		return refuse(a, NFR_EINVAL, "invalid target name (28 chars max)");
	chain = jump[0] ? nfr_xt_find_chain(a->xt, jump) : 0;
	if (chain)
		return set_jump_to_chain(a, row, chain);
	if (a->rule->ip.flags & NFR_XT_IP_GOTO)
		return refuse(a, NFR_EINVAL, "goto: not a chain");
	if (!jump[0]) {
		row->kind = NFR_XT_ROW_COUNT;
		return NFR_OK;
	}
	if (nfr_str_eq(jump, "ACCEPT"))
		return set_verdict(a, row, NFR_ACCEPT);
	if (nfr_str_eq(jump, "DROP"))
		return set_verdict(a, row, NFR_DROP);
	if (nfr_str_eq(jump, "QUEUE"))
		return set_verdict(a, row, NFR_QUEUE);
	if (!nfr_str_eq(jump, "RETURN"))
		return refuse(a, NFR_ENOENT, "no chain or target by that name");
	row->kind = NFR_XT_ROW_RETURN;
	return NFR_OK;
}

static enum nfr_status set_action(struct adding *a, struct nfr_xt_row *row)
{
	const struct nfr_xt_ext *ext = a->rule->target.ext;

	if (!ext)
		return set_standard(a, row);
	if (a->rule->ip.flags & NFR_XT_IP_GOTO)
		return refuse(a, NFR_EINVAL, "goto: not a chain");
	row->kind = NFR_XT_ROW_TARGET;
	row->jump = row_of(ext, nfr_xt_targets, NFR_XT_N_TARGETS);
	return row->jump < NFR_XT_N_TARGETS ? NFR_OK : refuse(a, NFR_EINVAL, "no such target");
}

static bool is_zero(const void *p, size_t n)
{
	const uint8_t *b = p;

	while (n && !*b)
		b++, n--;
	return n == 0;
}

/* `! -s 0/0' matches nothing, so an inversion counts even without a mask. */
static bool needs_addr(const struct nfr_xt_ip *ip)
{
	return !is_zero(&ip->src_mask, sizeof(ip->src_mask)) ||
	       !is_zero(&ip->dst_mask, sizeof(ip->dst_mask)) ||
	       (ip->invert & (NFR_XT_INV_SRC | NFR_XT_INV_DST));
}

/* A lone `+' is any interface, inverted or not. */
static bool needs_interface(const char *name)
{
	return name[0] && !nfr_str_eq(name, "+");
}

static uint8_t needs_of(const struct nfr_xt_ip *ip, uint8_t family)
{
	uint8_t addr = family == NFR_IPV6 ? NFR_XT_NEED_ADDR6 : NFR_XT_NEED_ADDR4;

	return (uint8_t)((needs_addr(ip) ? addr : 0) |
			 (needs_interface(ip->in) ? NFR_XT_NEED_IN : 0) |
			 (needs_interface(ip->out) ? NFR_XT_NEED_OUT : 0) |
			 (ip->proto ? NFR_XT_NEED_PROTO : 0) |
			 (ip->flags & NFR_XT_IP_FRAG ? NFR_XT_NEED_FRAG : 0));
}

static void set_ip(struct nfr_xt_row *row, const struct nfr_xt_ip *ip, uint8_t family)
{
	row->needs = needs_of(ip, family);
	row->proto = (uint8_t)ip->proto;
	row->flags = ip->flags;
	row->invert = ip->invert;
	if (!(row->needs & NFR_XT_NEED_IN))
		row->invert &= (uint8_t)~NFR_XT_INV_IN;
	if (!(row->needs & NFR_XT_NEED_OUT))
		row->invert &= (uint8_t)~NFR_XT_INV_OUT;
	if (!(row->needs & NFR_XT_NEED_FRAG))
		row->invert &= (uint8_t)~NFR_XT_INV_FRAG;
}

static void mask_addr(void *addr, void *mask, const union nfr_addr *from,
		      const union nfr_addr *from_mask, size_t n)
{
	uint8_t *out = addr;

	memcpy(mask, from_mask->b, n);
	for (size_t i = 0; i < n; i++)
		out[i] = from->b[i] & from_mask->b[i];
}

static void set_addr6(struct nfr_xt_addr6 *to, const struct nfr_xt_ip *ip)
{
	mask_addr(to->src, to->src_mask, &ip->src, &ip->src_mask, 16);
	mask_addr(to->dst, to->dst_mask, &ip->dst, &ip->dst_mask, 16);
}

static void set_ifmask(struct nfr_xt_ifmask *to, const char *name)
{
	uint8_t mask[NFR_IFNAMSIZ] = {0}, word[NFR_IFNAMSIZ] = {0};
	size_t len = nfr_str_len(name);
	size_t n = name[len - 1] == '+' ? len - 1 : len + 1;

	memset(mask, 0xff, n);
	memcpy(word, name, n < len ? n : len);
	memcpy(to->mask, mask, sizeof(to->mask));
	memcpy(to->name, word, sizeof(to->name));
}

static size_t part_len(const struct nfr_xt_ext *ext)
{
	return sizeof(struct nfr_xt_part) + ((ext->size + 7u) & ~7u);
}

static size_t parts_len(const struct nfr_xt_row *row, const struct nfr_xt_rule *rule)
{
	size_t n = (row->needs & NFR_XT_NEED_ADDR6 ? sizeof(struct nfr_xt_addr6) : 0) +
		   (row->needs & NFR_XT_NEED_IN ? sizeof(struct nfr_xt_ifmask) : 0) +
		   (row->needs & NFR_XT_NEED_OUT ? sizeof(struct nfr_xt_ifmask) : 0);

	for (uint32_t i = 0; i < rule->n_matches; i++)
		n += part_len(rule->match[i].ext);
	return n + (rule->target.ext ? rule->target.ext->size : 0);
}

static uint32_t put_match(const struct nfr_xt_table *table, uint32_t off,
			  const struct nfr_xt_ext_use *use)
{
	struct nfr_xt_part *part = nfr_xt_at(table, off);

	part->ext = (uint16_t)row_of(use->ext, nfr_xt_matches, NFR_XT_N_MATCHES);
	part->len = (uint16_t)part_len(use->ext);
	memcpy(part + 1, use->data, use->ext->size);
	return off + part->len;
}

static void put_parts(const struct nfr_xt_table *table, struct nfr_xt_row *row,
		      const struct nfr_xt_rule *rule)
{
	uint32_t off = row->parts;

	if (row->needs & NFR_XT_NEED_ADDR6) {
		set_addr6(nfr_xt_at(table, off), &rule->ip);
		off += (uint32_t)sizeof(struct nfr_xt_addr6);
	}
	if (row->needs & NFR_XT_NEED_IN) {
		set_ifmask(nfr_xt_at(table, off), rule->ip.in);
		off += (uint32_t)sizeof(struct nfr_xt_ifmask);
	}
	if (row->needs & NFR_XT_NEED_OUT) {
		set_ifmask(nfr_xt_at(table, off), rule->ip.out);
		off += (uint32_t)sizeof(struct nfr_xt_ifmask);
	}
	row->matches = off;
	row->n_matches = (uint8_t)rule->n_matches;
	for (uint32_t i = 0; i < rule->n_matches; i++)
		off = put_match(table, off, &rule->match[i]);
	row->target = off;
	if (rule->target.ext)
		memcpy(nfr_xt_at(table, off), rule->target.data, rule->target.ext->size);
}

enum nfr_status nfr_xt_add_rule(struct nfr_xtnet *xt, uint32_t chain,
				const struct nfr_xt_rule *rule, const char **why)
{
	struct adding a = {.xt = xt, .rule = rule};
	struct nfr_xt_table *next = &xt->next;
	enum nfr_status status = check_rule(&a, nfr_xt_chain_at(next, chain));
	struct nfr_xt_row row = {.packets = rule->packets, .bytes = rule->bytes, .pos = chain};
	struct nfr_xt_row *to;

	if (status == NFR_OK)
		status = set_action(&a, &row);
	*why = a.why;
	if (status != NFR_OK)
		return status;
	set_ip(&row, &rule->ip, next->family);
	if (row.needs & NFR_XT_NEED_ADDR4) {
		mask_addr(&row.src, &row.src_mask, &rule->ip.src, &rule->ip.src_mask, 4);
		mask_addr(&row.dst, &row.dst_mask, &rule->ip.dst, &rule->ip.dst_mask, 4);
	}
	row.parts = nfr_xt_alloc(xt, parts_len(&row, rule));
	to = row.parts ? nfr_xt_alloc_row(xt) : NULL;
	if (!to)
		return NFR_ENOMEM;
	row.num = next->n_rows;
	put_parts(next, &row, rule);
	*to = row;
	return NFR_OK;
}
