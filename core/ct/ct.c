/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records of connections.
 *
 * Life of a record:
 *
 *   unconfirmed   made by nfr_ct_in() for a packet that fits no connection. Only that packet
 *                 (and answers attached to it) knows of it; NFR_PKT_CONFIRM says that the packet
 *                 owns it. NAT may still change its reply tuple. expires_ns is a duration.
 *   confirmed     nfr_ct_confirm() has put it into the table and filed it in the wheel, when the
 *                 packet was about to leave. expires_ns is a point in time from now on.
 *   dying         killed: out of the table, DESTROY told. If the packet under which it died still
 *                 needs it (a lone RST), it stays readable until that packet's way has ended.
 *   dead          released, but still filed in the wheel, from which nothing can be taken out
 *                 cheaply. It is in the list of the dead until the wheel comes by, at most
 *                 RECHECK later, or until it is used again because the pool has nothing else: it
 *                 keeps its place in the wheel then.
 *
 * The rest of the world names connections by index. What keeps an index over several packets (a
 * queue, a child's master) keeps the id beside it, which never comes again.
 *
 * A record is made whole or not at all: extension and IPv6 addresses are taken first. Linux goes
 * on without accounting or time stamps when there is no memory for them; so do we.
 */
#include "base/hint.h"
#include "ct/expect.h"
#include "ct/l4.h"
#include "ct/life.h"

void nfr_ctnet_init(struct nfr_ctnet *net, struct nfr_env *env, struct nfr_arena *arena,
		    const struct nfr_config *config)
{
	memset(net, 0, sizeof(*net));
	net->env = env;
	nfr_pool_init(&net->cts, arena, config->max.ct, sizeof(struct nfr_ct));
	nfr_pool_init(&net->ext, arena, config->max.ct_ext, sizeof(struct nfr_ct_ext));
	nfr_pool_init(&net->addr6, arena, config->max.ct6, sizeof(struct nfr_ct_addr6));
	nfr_ct_table_init(net, arena, config->max.ct);
	nfr_expects_init(net, arena, config->max.expect);
	if (!arena->base)
		return;
	nfr_ct_table_clear(net);
	nfr_expects_clear(net);
	nfr_ct_timers_init(net);
	nfr_expect_timer_init(net);
}

struct nfr_ct_ext *nfr_ct_ext_get(struct nfr_ctnet *net, struct nfr_ct *ct)
{
	struct nfr_ct_ext *ext;

	if (!ct->ext) {
		ct->ext = nfr_pool_get(&net->ext);
		if (!ct->ext)
			return NULL;
		ext = nfr_ct_ext(net, ct);
		ext->event_mask = UINT16_MAX;
		ext->expect_event_mask = UINT16_MAX;
	}
	return nfr_ct_ext(net, ct);
}

void nfr_ct_zones_of(const struct nfr_pkt *pkt, struct nfr_ct_zones *zones)
{
	const struct nfr_ct_template *t = &pkt->ct_template;
	uint16_t id = t->flags & NFR_CT_TEMPLATE_ZONE_MARK ? (uint16_t)pkt->mark : t->zone;

	for (unsigned dir = 0; dir < NFR_CT_DIR_MAX; dir++)
		zones->id[dir] = t->zone_dir >> dir & 1 ? id : 0;
}

uint32_t nfr_ct_lookup_zones(struct nfr_ctnet *net, struct nfr_ct_flow *flow, uint64_t hash,
			     const struct nfr_ct_zones *zones)
{
	uint32_t ref;

	if (zones->id[0] == zones->id[1])
		return nfr_ct_lookup(net, flow, hash, NFR_CT_IN_ANY);
	ref = nfr_ct_lookup(net, flow, hash, NFR_CT_IN_ORIGINAL);
	if (ref)
		return ref;
	flow->key.zone = nfr_htons(zones->id[NFR_CT_DIR_REPLY]);
	ref = nfr_ct_lookup(net, flow, nfr_ct_hash(net, flow), NFR_CT_IN_REPLY);
	flow->key.zone = nfr_htons(zones->id[NFR_CT_DIR_ORIGINAL]);
	return ref;
}

/* ---- making ---- */

static void dead_add(struct nfr_ctnet *net, uint32_t idx)
{
	struct nfr_ct *ct = nfr_ct_at(net, idx);

	ct->proto.dead.prev = net->dead_last;
	ct->proto.dead.next = 0;
	if (net->dead_last)
		nfr_ct_at(net, net->dead_last)->proto.dead.next = idx;
	else
		net->dead_first = idx;
	net->dead_last = idx;
	net->n_dead++;
}

void nfr_ct_dead_del(struct nfr_ctnet *net, uint32_t idx)
{
	const struct nfr_ct *ct = nfr_ct_at(net, idx);
	uint32_t prev = ct->proto.dead.prev, next = ct->proto.dead.next;

	if (prev)
		nfr_ct_at(net, prev)->proto.dead.next = next;
	else
		net->dead_first = next;
	if (next)
		nfr_ct_at(net, next)->proto.dead.prev = prev;
	else
		net->dead_last = prev;
	net->n_dead--;
}

/* A line at a time: gcc clears 128 bytes at once by a string instruction, which is slow to start. */
static void clear(struct nfr_ct *ct)
{
	memset(ct, 0, 64);
	memset((uint8_t *)ct + 64, 0, sizeof(*ct) - 64);
}

/* A dead record begins anew, in its old place in the wheel. */
static uint32_t raise_dead(struct nfr_ctnet *net)
{
	uint32_t idx = net->dead_first, link;
	struct nfr_ct *ct;

	if (!idx)
		return 0;
	nfr_ct_dead_del(net, idx);
	ct = nfr_ct_at(net, idx);
	link = ct->timer_link;
	clear(ct);
	ct->timer_link = link;
	ct->life = NFR_CT_FILED;
	return idx;
}

/* The next connection's record is fetched while this one's packet goes its way. */
static uint32_t get_record(struct nfr_ctnet *net)
{
	uint32_t idx = nfr_pool_get_dirty(&net->cts);
	const uint8_t *next;

	if (!idx)
		return net->cts.used == net->cts.max ? raise_dead(net) : 0;
	clear(nfr_ct_at(net, idx));
	next = nfr_pool_peek(&net->cts);
	if (next) {
		nfr_prefetch(next);
		nfr_prefetch(next + 64);
	}
	return idx;
}

static bool is_full(const struct nfr_ctnet *net)
{
	int32_t max = net->env->sysctl.ct_max;

	return max > 0 && net->count >= (uint32_t)max;
}

/* Room for one more, by an early drop if need be. */
static uint32_t get_room(struct nfr_ctnet *net, struct nfr_pkt *pkt, uint64_t hash)
{
	bool full = is_full(net);
	uint32_t idx = full ? 0 : get_record(net);

	if (!idx && nfr_ct_early_drop(net, hash))
		idx = get_record(net);
	if (!idx) {
		net->early_drop = true;
		pkt->reason = full ? NFR_REASON_CT_FULL : NFR_REASON_CT_MEMORY;
	}
	return idx;
}

static void put_record(struct nfr_ctnet *net, uint32_t idx)
{
	struct nfr_ct *ct = nfr_ct_at(net, idx);

	if (ct->life & NFR_CT_FILED) {
		ct->life = NFR_CT_FILED | NFR_CT_DEAD;
		dead_add(net, idx);
	} else {
		ct->life = 0;
		nfr_pool_put(&net->cts, idx);
	}
}

static void set_flow(struct nfr_ctnet *net, struct nfr_ct *ct, unsigned dir,
		     const struct nfr_ct_flow *flow)
{
	ct->key[dir] = flow->key;
	if (flow->key.l3num == NFR_IPV6)
		memcpy(nfr_ct_addr6(net, ct, dir), flow->addr6, sizeof(flow->addr6));
}

static void begin_life(struct nfr_ctnet *net, struct nfr_ct *ct)
{
	ct->life |= NFR_CT_LIVE;
	ct->id = ++net->next_id;
	net->count++;
}

uint32_t nfr_ct_alloc4(struct nfr_ctnet *net, struct nfr_pkt *pkt, struct nfr_ct_words original,
		       uint64_t hash)
{
	uint32_t idx = get_room(net, pkt, hash);
	struct nfr_ct *ct;

	if (!idx)
		return 0;
	ct = nfr_ct_at(net, idx);
	begin_life(net, ct);
	nfr_ct_put_words(&ct->key[NFR_CT_DIR_ORIGINAL], original);
	nfr_ct_put_words(&ct->key[NFR_CT_DIR_REPLY], nfr_ct_turn(original));
	return idx;
}

uint32_t nfr_ct_alloc(struct nfr_ctnet *net, struct nfr_pkt *pkt,
		      const struct nfr_ct_flow flow[NFR_CT_DIR_MAX], uint64_t hash)
{
	uint32_t idx = get_room(net, pkt, hash);
	struct nfr_ct *ct;

	if (!idx)
		return 0;
	ct = nfr_ct_at(net, idx);
	if (flow[0].key.l3num == NFR_IPV6) {
		ct->addr6 = nfr_pool_get(&net->addr6);
		if (!ct->addr6) {
			put_record(net, idx);
			pkt->reason = NFR_REASON_CT_MEMORY;
			return 0;
		}
	}
	begin_life(net, ct);
	set_flow(net, ct, NFR_CT_DIR_ORIGINAL, &flow[NFR_CT_DIR_ORIGINAL]);
	set_flow(net, ct, NFR_CT_DIR_REPLY, &flow[NFR_CT_DIR_REPLY]);
	return idx;
}

void nfr_ct_alter_reply(struct nfr_ctnet *net, struct nfr_ct *ct, const struct nfr_tuple *reply)
{
	struct nfr_ct_flow flow;

	nfr_ct_flow_of(reply, nfr_ct_zone(ct, NFR_CT_DIR_REPLY), &flow);
	set_flow(net, ct, NFR_CT_DIR_REPLY, &flow);
}

/* ---- giving up ---- */

void nfr_ct_release(struct nfr_ctnet *net, uint32_t idx)
{
	struct nfr_ct *ct = nfr_ct_at(net, idx);

	nfr_expect_remove_all(net, idx);
	if (net->nat_ops)
		net->nat_ops->destroyed(net->nat, idx);
	if (ct->ext)
		nfr_pool_put(&net->ext, ct->ext);
	if (nfr_ct_is_ipv6(ct))
		nfr_pool_put(&net->addr6, ct->addr6);
	ct->ext = ct->addr6 = 0;
	ct->status = 0;
	ct->id = 0; /* a queued packet that still names it shall not find it */
	net->count--;
	put_record(net, idx);
}

/* Out of the table; false when it was already. */
static bool unlink_ct(struct nfr_ctnet *net, uint32_t idx)
{
	struct nfr_ct *ct = nfr_ct_at(net, idx);
	struct nfr_ct_ext *ext = nfr_ct_ext(net, ct);

	if (ct->status & NFR_IPS_DYING)
		return false;
	ct->status |= NFR_IPS_DYING;
	if (ext && ext->has & NFR_CT_EXT_TSTAMP) {
		uint64_t now = net->env->now_ns;

		ext->stop_ns = ct->expires_ns < now ? ct->expires_ns : now;
	}
	nfr_ct_destroy_event(net, ct);
	nfr_ct_table_del(net, idx);
	return true;
}

void nfr_ct_kill(struct nfr_ctnet *net, uint32_t idx)
{
	if (unlink_ct(net, idx))
		nfr_ct_release(net, idx);
}

void nfr_ct_kill_under(struct nfr_ctnet *net, uint32_t idx, struct nfr_pkt *pkt)
{
	if (!unlink_ct(net, idx))
		return;
	nfr_expect_remove_all(net, idx);
	pkt->flags |= NFR_PKT_CONFIRM;
}

void nfr_ct_put_unconfirmed(struct nfr_ctnet *net, struct nfr_pkt *pkt)
{
	uint32_t idx = pkt->ct_idx;
	const struct nfr_ct *ct;

	if (!(pkt->flags & NFR_PKT_CONFIRM) || !idx)
		return;
	pkt->flags &= (uint16_t)~NFR_PKT_CONFIRM;
	pkt->ct_idx = NFR_CT_NONE;
	ct = nfr_ct_at(net, idx);
	if (!nfr_ct_is_confirmed(ct) || ct->status & NFR_IPS_DYING)
		nfr_ct_release(net, idx);
}

void nfr_ct_attach(struct nfr_ctnet *net, struct nfr_pkt *pkt, const struct nfr_pkt *about)
{
	(void)net;
	pkt->ct_idx = about->ct_idx;
	if (about->ct_idx)
		pkt->ctinfo = nfr_ctinfo_dir(about->ctinfo) == NFR_CT_DIR_ORIGINAL
				      ? NFR_CT_RELATED_REPLY
				      : NFR_CT_RELATED;
}

/* ---- views ---- */

static void view_zones(const struct nfr_ct *ct, struct nfr_ct_view *view)
{
	uint16_t original = nfr_ct_zone(ct, NFR_CT_DIR_ORIGINAL);
	uint16_t reply = nfr_ct_zone(ct, NFR_CT_DIR_REPLY);

	if (original == reply) {
		view->zone = original;
		return;
	}
	view->zone_dir[NFR_CT_DIR_ORIGINAL] = original;
	view->zone_dir[NFR_CT_DIR_REPLY] = reply;
}

static void view_ext(const struct nfr_ctnet *net, const struct nfr_ct_ext *ext,
		     struct nfr_ct_view *view)
{
	view->has_acct = (ext->has & NFR_CT_EXT_ACCT) != 0;
	view->has_timestamp = (ext->has & NFR_CT_EXT_TSTAMP) != 0;
	memcpy(view->acct, ext->acct, sizeof(view->acct));
	view->start_ns = ext->start_ns;
	view->stop_ns = ext->stop_ns;
	if (ext->has & NFR_CT_EXT_HELPER && ext->helper)
		view->helper = ext->helper->name;
	if (ext->has & NFR_CT_EXT_MASTER && nfr_ct_at(net, ext->master)->id == ext->master_id)
		view->master_idx = ext->master;
}

static void view_state(const struct nfr_ct *ct, struct nfr_ct_view *view)
{
	if (ct->key[0].protonum == NFR_IPPROTO_TCP)
		view->tcp_state = ct->proto.tcp.state;
	else if (ct->key[0].protonum == NFR_IPPROTO_SCTP)
		view->sctp_state = ct->proto.sctp.state;
}

void nfr_ct_view_of(const struct nfr_ctnet *net, const struct nfr_ct *ct, struct nfr_ct_view *view)
{
	memset(view, 0, sizeof(*view));
	nfr_ct_tuple(net, ct, NFR_CT_DIR_ORIGINAL, &view->tuple[NFR_CT_DIR_ORIGINAL]);
	nfr_ct_tuple(net, ct, NFR_CT_DIR_REPLY, &view->tuple[NFR_CT_DIR_REPLY]);
	view->idx = nfr_ct_idx(net, ct);
	view->id = ct->id;
	view->status = ct->status;
	view->mark = ct->mark;
	view->timeout_ns = (int64_t)(nfr_ct_is_confirmed(ct) ? ct->expires_ns - net->env->now_ns
							     : ct->expires_ns);
	view_state(ct, view);
	view->master_idx = NFR_CT_NONE;
	view_zones(ct, view);
	if (ct->ext)
		view_ext(net, nfr_ct_ext(net, ct), view);
}

static bool is_listed(const struct nfr_ctnet *net, uint32_t idx)
{
	const struct nfr_ct *ct = nfr_ct_at(net, idx);

	return (ct->life & (NFR_CT_LIVE | NFR_CT_HIDDEN)) == NFR_CT_LIVE &&
	       (ct->status & (NFR_IPS_CONFIRMED | NFR_IPS_DYING)) == NFR_IPS_CONFIRMED &&
	       ct->expires_ns > net->env->now_ns;
}

bool nfr_ctnet_get(const struct nfr_ctnet *net, uint32_t idx, struct nfr_ct_view *view)
{
	if (idx == 0 || idx >= net->cts.fresh || !is_listed(net, idx))
		return false;
	nfr_ct_view_of(net, nfr_ct_at(net, idx), view);
	return true;
}

bool nfr_ctnet_next(const struct nfr_ctnet *net, uint32_t *cursor, struct nfr_ct_view *view)
{
	while (++*cursor < net->cts.fresh)
		if (nfr_ctnet_get(net, *cursor, view))
			return true;
	return false;
}
