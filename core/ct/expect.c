/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Expectations, as nf_conntrack_expect.c.
 *
 * A helper hears a connection (the master) announce another. The destination is always known
 * exactly, the source often not: the mask says which of the source's bits count. So the table is
 * hashed by destination, and a lookup is one chain.
 *
 * Life: alloc and fill (the helper's own, outside the table), related (in the table, in its
 * master's list, in the wheel; NEW is told), and then one of
 *   found      a new connection fits: it is unlinked at once, unless PERMANENT, so that it works
 *              for one connection only
 *   expired    after the timeout of its class in the helper's policy
 *   replaced   the master announces the same again
 *   evicted    the oldest of a class that is full makes room
 *   removed    the master dies
 * each of which tells DESTROY. One whose master is not confirmed cannot be found: nobody outside
 * can know of it yet. It hides those behind it in its chain from this packet, as in Linux.
 *
 * Two that the same packet could fulfil clash: the second is refused, unless the first belongs to
 * the same master and is equal.
 *
 * Invariants: n_expects and each master's n_expecting count what is related; each related one is
 * in exactly one chain, one master's list and the wheel.
 */
#include "ct/expect.h"
#include "ct/life.h"

enum ipexp {
	IPEXP_NEW,
	IPEXP_DESTROY,
};

/* ---- the table ---- */

static uint32_t *bucket_of(const struct nfr_ctnet *net, const struct nfr_tuple *tuple)
{
	struct {
		union nfr_addr dst;
		nfr_be16 dst_l4;
		uint8_t protonum, l3num;
	} key = {tuple->dst, tuple->dst_l4, tuple->protonum, tuple->l3num};
	uint64_t hash = nfr_hash_bytes(&net->env->hash_key, &key, sizeof(key));

	return &net->expect_bucket[(uint32_t)hash & net->expect_bucket_mask];
}

void nfr_expects_init(struct nfr_ctnet *net, struct nfr_arena *arena, uint32_t max)
{
	uint32_t n = 1;

	while (n < max && n < UINT32_C(1) << 30)
		n <<= 1;
	nfr_pool_init(&net->expects, arena, max, sizeof(struct nfr_expect));
	net->expect_bucket = nfr_arena_take(arena, n, sizeof(*net->expect_bucket));
	net->expect_bucket_mask = n - 1;
}

void nfr_expects_clear(struct nfr_ctnet *net)
{
	memset(net->expect_bucket, 0,
	       ((size_t)net->expect_bucket_mask + 1) * sizeof(*net->expect_bucket));
}

static uint64_t expect_expires(void *owner, uint32_t idx)
{
	return nfr_expect_at(owner, idx)->expires_ns;
}

static uint32_t *expect_link(void *owner, uint32_t idx)
{
	return &nfr_expect_at(owner, idx)->timer_link;
}

static void out_of_bucket(struct nfr_ctnet *net, uint32_t idx)
{
	const struct nfr_expect *expect = nfr_expect_at(net, idx);
	uint32_t *at = bucket_of(net, &expect->tuple);

	while (*at != idx)
		at = &nfr_expect_at(net, *at)->next_in_bucket;
	*at = expect->next_in_bucket;
}

static void out_of_master(struct nfr_ctnet *net, uint32_t idx)
{
	const struct nfr_expect *expect = nfr_expect_at(net, idx);
	struct nfr_ct_ext *ext = nfr_ct_ext(net, nfr_ct_at(net, expect->master));
	uint32_t *at = &ext->expectations;

	while (*at != idx)
		at = &nfr_expect_at(net, *at)->next_of_master;
	*at = expect->next_of_master;
	ext->n_expecting[expect->class_id]--;
}

static void tell(struct nfr_ctnet *net, const struct nfr_expect *expect, enum ipexp event)
{
	struct nfr_expect_event e;

	if (!nfr_ct_wants_expect_event(net, nfr_ct_at(net, expect->master), event))
		return;
	memset(&e, 0, sizeof(e));
	e.type = event == IPEXP_NEW ? NFR_CT_EVENT_NEW : NFR_CT_EVENT_DESTROY;
	nfr_expect_view_of(net, expect, &e.expect);
	net->env->sink.expect_event(net->env->sink.user, &e);
}

/* Out of everything but the wheel. */
static void unlink_unfiled(struct nfr_ctnet *net, uint32_t idx)
{
	struct nfr_expect *expect = nfr_expect_at(net, idx);

	out_of_bucket(net, idx);
	out_of_master(net, idx);
	net->n_expects--;
	expect->related = false;
	tell(net, expect, IPEXP_DESTROY);
}

static void expect_expire(void *owner, uint32_t idx)
{
	struct nfr_ctnet *net = owner;

	unlink_unfiled(net, idx);
	nfr_pool_put(&net->expects, idx);
}

static const struct nfr_timer_ops expect_timer_ops = {
	.expires_ns = expect_expires,
	.link = expect_link,
	.expire = expect_expire,
};

void nfr_expect_timer_init(struct nfr_ctnet *net)
{
	nfr_timer_init(&net->expect_timer, &expect_timer_ops, net, net->env->now_ns);
}

static void unlink_kept(struct nfr_ctnet *net, uint32_t idx)
{
	nfr_timer_del(&net->expect_timer, idx);
	unlink_unfiled(net, idx);
}

void nfr_expect_unlink(struct nfr_ctnet *net, uint32_t idx)
{
	unlink_kept(net, idx);
	nfr_pool_put(&net->expects, idx);
}

/* ---- making ---- */

uint32_t nfr_expect_alloc(struct nfr_ctnet *net, uint32_t master)
{
	uint32_t idx = nfr_pool_get(&net->expects);

	if (idx) {
		nfr_expect_at(net, idx)->master = master;
		nfr_expect_at(net, idx)->zone = nfr_ct_any_zone(nfr_ct_at(net, master));
	}
	return idx;
}

void nfr_expect_free(struct nfr_ctnet *net, uint32_t idx)
{
	nfr_pool_put(&net->expects, idx);
}

static void all_ones(union nfr_addr *mask, uint8_t family)
{
	memset(mask, 0, sizeof(*mask));
	memset(mask->b, 0xff, family == NFR_IPV4 ? 4 : 16);
}

void nfr_expect_fill(struct nfr_expect *expect, uint8_t class_id, uint8_t family,
		     const union nfr_addr *src, const union nfr_addr *dst, uint8_t protonum,
		     const nfr_be16 *src_port, const nfr_be16 *dst_port)
{
	expect->class_id = class_id;
	expect->flags = 0;
	expect->expectfn = NULL;
	expect->helper = NULL;
	memset(&expect->tuple, 0, sizeof(expect->tuple));
	memset(&expect->mask, 0, sizeof(expect->mask));
	expect->tuple.l3num = family;
	expect->tuple.protonum = protonum;
	expect->tuple.dst = *dst;
	expect->tuple.dst_l4 = *dst_port;
	expect->mask.l3num = expect->mask.protonum = UINT8_MAX;
	expect->mask.dst_l4 = nfr_htons(UINT16_MAX);
	all_ones(&expect->mask.dst, family);
	if (src) {
		expect->tuple.src = *src;
		all_ones(&expect->mask.src, family);
	}
	if (src_port) {
		expect->tuple.src_l4 = *src_port;
		expect->mask.src_l4 = nfr_htons(UINT16_MAX);
	}
	memset(&expect->saved_addr, 0, sizeof(expect->saved_addr));
	expect->saved_proto = nfr_htons(0);
}

/* ---- comparing ---- */

static bool masked_eq(const uint8_t *a, const uint8_t *b, const uint8_t *mask, size_t n)
{
	uint8_t differs = 0;

	for (size_t i = 0; i < n; i++)
		differs |= (uint8_t)((a[i] ^ b[i]) & mask[i]);
	return differs == 0;
}

/* nf_ct_tuple_mask_cmp(): the destination always counts whole. */
static bool tuple_fits(const struct nfr_tuple *tuple, const struct nfr_tuple *pattern,
		       const struct nfr_tuple *mask)
{
	return tuple->l3num == pattern->l3num && tuple->protonum == pattern->protonum &&
	       nfr_be16_eq(tuple->dst_l4, pattern->dst_l4) &&
	       nfr_addr_eq(&tuple->dst, &pattern->dst) &&
	       masked_eq(tuple->src.b, pattern->src.b, mask->src.b, sizeof(mask->src.b)) &&
	       masked_eq(tuple->src_l4.b, pattern->src_l4.b, mask->src_l4.b,
			 sizeof(mask->src_l4.b));
}

static bool matches(const struct nfr_expect *a, const struct nfr_expect *b)
{
	return a->class_id == b->class_id && a->zone == b->zone &&
	       nfr_tuple_eq(&a->tuple, &b->tuple) && nfr_tuple_eq(&a->mask, &b->mask);
}

/* Some packet could fulfil both: they agree where both masks count. */
static bool clashes(const struct nfr_expect *a, const struct nfr_expect *b)
{
	struct nfr_tuple both = a->mask;

	for (size_t i = 0; i < sizeof(both.src.b); i++)
		both.src.b[i] &= b->mask.src.b[i];
	for (size_t i = 0; i < sizeof(both.src_l4.b); i++)
		both.src_l4.b[i] &= b->mask.src_l4.b[i];
	return a->zone == b->zone && tuple_fits(&a->tuple, &b->tuple, &both);
}

/* ---- relating ---- */

/* Removes what the new one replaces. False: it clashes. */
static bool make_way(struct nfr_ctnet *net, const struct nfr_expect *expect, bool any_master)
{
	uint32_t idx = *bucket_of(net, &expect->tuple);

	while (idx) {
		const struct nfr_expect *old = nfr_expect_at(net, idx);

		if ((any_master || old->master == expect->master) && matches(old, expect)) {
			nfr_expect_unlink(net, idx);
			return true;
		}
		if (clashes(old, expect))
			return false;
		idx = old->next_in_bucket;
	}
	return true;
}

/* New ones stand first in the master's list, so the last of the class is the oldest. */
static void evict_oldest(struct nfr_ctnet *net, const struct nfr_ct_ext *ext, uint8_t class_id)
{
	uint32_t oldest = 0;

	for (uint32_t idx = ext->expectations; idx; idx = nfr_expect_at(net, idx)->next_of_master)
		if (nfr_expect_at(net, idx)->class_id == class_id)
			oldest = idx;
	if (oldest)
		nfr_expect_unlink(net, oldest);
}

static void insert(struct nfr_ctnet *net, uint32_t idx, struct nfr_ct_ext *ext,
		   const struct nfr_expect_policy *policy)
{
	struct nfr_expect *expect = nfr_expect_at(net, idx);
	uint32_t *bucket = bucket_of(net, &expect->tuple);

	expect->expires_ns = net->env->now_ns + policy->timeout_s * NFR_NSEC_PER_SEC;
	expect->next_in_bucket = *bucket;
	*bucket = idx;
	expect->next_of_master = ext->expectations;
	ext->expectations = idx;
	ext->n_expecting[expect->class_id]++;
	net->n_expects++;
	expect->related = true;
	nfr_timer_add(&net->expect_timer, idx, expect->expires_ns);
}

static enum nfr_status relate(struct nfr_ctnet *net, uint32_t idx, bool any_master)
{
	struct nfr_expect *expect = nfr_expect_at(net, idx);
	struct nfr_ct_ext *ext = nfr_ct_ext(net, nfr_ct_at(net, expect->master));
	const struct nfr_expect_policy *policy;

	if (!ext || !ext->helper || expect->class_id >= ext->helper->n_classes)
		return NFR_EINVAL;
	policy = &ext->helper->policy[expect->class_id];
	if (!make_way(net, expect, any_master))
		return NFR_EBUSY;
	if (policy->max_expected && ext->n_expecting[expect->class_id] >= policy->max_expected)
		evict_oldest(net, ext, expect->class_id);
	if (net->n_expects >= (uint32_t)net->env->sysctl.ct_expect_max)
		return NFR_ENOMEM;
	insert(net, idx, ext, policy);
	tell(net, expect, IPEXP_NEW);
	return NFR_OK;
}

enum nfr_status nfr_expect_related(struct nfr_ctnet *net, uint32_t idx)
{
	return relate(net, idx, false);
}

enum nfr_status nfr_expect_related_any(struct nfr_ctnet *net, uint32_t idx)
{
	return relate(net, idx, true);
}

void nfr_expect_refresh(struct nfr_ctnet *net, uint32_t idx, uint64_t timeout_ns)
{
	struct nfr_expect *expect = nfr_expect_at(net, idx);

	nfr_timer_del(&net->expect_timer, idx);
	expect->expires_ns = net->env->now_ns + timeout_ns;
	nfr_timer_add(&net->expect_timer, idx, expect->expires_ns);
}

/* ---- finding ---- */

uint32_t nfr_expect_peek(const struct nfr_ctnet *net, const struct nfr_tuple *tuple, uint16_t zone)
{
	uint32_t idx;

	if (net->n_expects == 0)
		return 0;
	for (idx = *bucket_of(net, tuple); idx; idx = nfr_expect_at(net, idx)->next_in_bucket) {
		const struct nfr_expect *expect = nfr_expect_at(net, idx);

		if (!(expect->flags & NFR_EXPECT_INACTIVE) && expect->zone == zone &&
		    expect->expires_ns > net->env->now_ns &&
		    tuple_fits(tuple, &expect->tuple, &expect->mask))
			return idx;
	}
	return 0;
}

uint32_t nfr_expect_find(struct nfr_ctnet *net, const struct nfr_tuple *tuple, uint16_t zone)
{
	uint32_t idx = nfr_expect_peek(net, tuple, zone);
	const struct nfr_expect *expect;

	if (!idx)
		return 0;
	expect = nfr_expect_at(net, idx);
	if (!nfr_ct_is_confirmed(nfr_ct_at(net, expect->master)))
		return 0;
	if (!(expect->flags & NFR_EXPECT_PERMANENT))
		unlink_kept(net, idx);
	return idx;
}

void nfr_expect_done(struct nfr_ctnet *net, uint32_t idx)
{
	if (!nfr_expect_at(net, idx)->related)
		nfr_pool_put(&net->expects, idx);
}

void nfr_expect_remove_all(struct nfr_ctnet *net, uint32_t master)
{
	const struct nfr_ct_ext *ext = nfr_ct_ext(net, nfr_ct_at(net, master));

	while (ext && ext->expectations)
		nfr_expect_unlink(net, ext->expectations);
}

/* ---- views ---- */

void nfr_expect_view_of(const struct nfr_ctnet *net, const struct nfr_expect *expect,
			struct nfr_expect_view *view)
{
	const struct nfr_ct *master = nfr_ct_at(net, expect->master);
	const struct nfr_ct_ext *ext = nfr_ct_ext(net, master);

	memset(view, 0, sizeof(*view));
	view->tuple = expect->tuple;
	view->mask = expect->mask;
	nfr_ct_tuple(net, master, NFR_CT_DIR_ORIGINAL, &view->master);
	view->timeout_ns = (int64_t)(expect->expires_ns - net->env->now_ns);
	view->flags = expect->flags;
	view->class_id = expect->class_id;
	view->zone = expect->zone;
	view->helper = ext && ext->helper ? ext->helper->name : NULL;
}

bool nfr_ctnet_expect_next(const struct nfr_ctnet *net, uint32_t *cursor,
			   struct nfr_expect_view *view)
{
	while (++*cursor < net->expects.fresh) {
		const struct nfr_expect *expect = nfr_expect_at(net, *cursor);

		if (!expect->related || expect->expires_ns <= net->env->now_ns)
			continue;
		nfr_expect_view_of(net, expect, view);
		return true;
	}
	return false;
}
