/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time: refreshing, expiry in bounded steps, early drop, flushing.
 *
 * A packet only writes a new expires_ns; nothing else moves. Every confirmed record is filed once
 * in the timer wheel, under its expiry but never further ahead than RECHECK: timeouts also get
 * shorter (ESTABLISHED's five days become TIME_WAIT's two minutes), and the wheel learns that
 * when it comes by. So DESTROY may be told up to RECHECK late; the record counts as gone from the
 * moment it expires, as it does in Linux, whose collector is slower still.
 *
 * Under nf_conntrack_max or an exhausted pool a new connection may push out an old one that is
 * not ASSURED: the first one in the five buckets (of ten slots) from where the new one's hash
 * leads. If there is none the packet is dropped, and the collector, from then on and until the
 * table is below 95 %, also takes what is not ASSURED or, by its tracker's word, closing.
 */
#include "ct/expect.h"
#include "ct/l4.h"
#include "ct/life.h"

#define RECHECK_NS (15 * NFR_NSEC_PER_SEC)
#define EVICTION_RANGE 5u

/* ---- packets ---- */

void nfr_ct_count(struct nfr_ctnet *net, struct nfr_ct *ct, const struct nfr_pkt *pkt)
{
	struct nfr_ct_ext *ext = nfr_ct_ext(net, ct);
	struct nfr_ct_counter *counter;

	if (!ext || !(ext->has & NFR_CT_EXT_ACCT))
		return;
	counter = &ext->acct[nfr_ctinfo_dir(pkt->ctinfo)];
	counter->packets++;
	counter->bytes += pkt->len;
}

void nfr_ct_refresh_acct(struct nfr_ctnet *net, struct nfr_ct *ct, const struct nfr_pkt *pkt,
			 uint64_t timeout_ns)
{
	if (!(ct->status & NFR_IPS_FIXED_TIMEOUT))
		ct->expires_ns = timeout_ns + (nfr_ct_is_confirmed(ct) ? net->env->now_ns : 0);
	if (ct->ext)
		nfr_ct_count(net, ct, pkt);
}

/* ---- the wheel ---- */

static bool is_gone(const struct nfr_ct *ct)
{
	return !(ct->life & NFR_CT_LIVE) || !nfr_ct_is_confirmed(ct) ||
	       ct->status & NFR_IPS_DYING;
}

static uint32_t max95(const struct nfr_ctnet *net)
{
	uint32_t max = net->cts.max, limit = (uint32_t)net->env->sysctl.ct_max;

	if (limit && limit < max)
		max = limit;
	return (uint32_t)((uint64_t)max * 95 / 100);
}

/* The table is crowded, and this one can be missed. */
static bool is_dispensable(const struct nfr_ctnet *net, const struct nfr_ct *ct)
{
	if (!net->early_drop || net->count < max95(net))
		return false;
	return !(ct->status & NFR_IPS_ASSURED) || nfr_ct_l4(ct->key[0].protonum)->can_early_drop(ct);
}

static uint64_t ct_expires(void *owner, uint32_t idx)
{
	const struct nfr_ctnet *net = owner;
	const struct nfr_ct *ct = nfr_ct_at(net, idx);
	uint64_t recheck = net->env->now_ns + RECHECK_NS;

	if (is_gone(ct) || is_dispensable(net, ct))
		return 0;
	return ct->expires_ns < recheck ? ct->expires_ns : recheck;
}

static uint32_t *ct_link(void *owner, uint32_t idx)
{
	return &nfr_ct_at(owner, idx)->timer_link;
}

static void ct_expire(void *owner, uint32_t idx)
{
	struct nfr_ctnet *net = owner;
	struct nfr_ct *ct = nfr_ct_at(net, idx);

	ct->life &= (uint16_t)~NFR_CT_FILED;
	if (ct->life & NFR_CT_DEAD) {
		nfr_ct_dead_del(net, idx);
		ct->life = 0;
		nfr_pool_put(&net->cts, idx);
	} else if (!is_gone(ct)) {
		nfr_ct_kill(net, idx);
	}
}

static const struct nfr_timer_ops ct_timer_ops = {
	.expires_ns = ct_expires,
	.link = ct_link,
	.expire = ct_expire,
};

void nfr_ct_timers_init(struct nfr_ctnet *net)
{
	nfr_timer_init(&net->timer, &ct_timer_ops, net, net->env->now_ns);
}

void nfr_ct_file(struct nfr_ctnet *net, uint32_t idx)
{
	struct nfr_ct *ct = nfr_ct_at(net, idx);

	if (ct->life & NFR_CT_FILED)
		return;
	nfr_timer_add(&net->timer, idx, ct_expires(net, idx));
	ct->life |= NFR_CT_FILED;
}

unsigned nfr_ct_expire(struct nfr_ctnet *net, unsigned budget)
{
	unsigned n = nfr_timer_run(&net->timer, net->env->now_ns, budget);

	if (net->early_drop && net->count < max95(net))
		net->early_drop = false;
	if (n < budget)
		n += nfr_timer_run(&net->expect_timer, net->env->now_ns, budget - n);
	return n;
}

/* ---- making room ---- */

static bool early_drop_in(struct nfr_ctnet *net, const struct nfr_ct_bucket *bucket)
{
	for (unsigned i = 0; i < NFR_CT_BUCKET_SLOTS; i++) {
		uint32_t idx = bucket->ref[i] >> 1;
		const struct nfr_ct *ct;

		if (!idx)
			continue;
		ct = nfr_ct_at(net, idx);
		if (ct->status & NFR_IPS_ASSURED && ct->expires_ns > net->env->now_ns)
			continue;
		nfr_ct_kill(net, idx);
		return true;
	}
	return false;
}

bool nfr_ct_early_drop(struct nfr_ctnet *net, uint64_t hash)
{
	uint32_t at = nfr_ct_home(net, hash);

	for (unsigned i = 0; i < EVICTION_RANGE && i < net->n_buckets; i++) {
		if (early_drop_in(net, &net->bucket[at]))
			return true;
		at = at + 1 < net->n_buckets ? at + 1 : 0;
	}
	return false;
}

/* Everything that is in the table goes; what waits for confirmation stays, as with
 * `conntrack -F`. Nothing is left dead: the wheel starts anew. */
void nfr_ctnet_flush(struct nfr_ctnet *net)
{
	for (uint32_t idx = 1; idx < net->cts.fresh; idx++)
		if (!is_gone(nfr_ct_at(net, idx)))
			nfr_ct_kill(net, idx);
	nfr_ct_timers_init(net);
	for (uint32_t idx = 1; idx < net->cts.fresh; idx++) {
		struct nfr_ct *ct = nfr_ct_at(net, idx);

		ct->life &= (uint16_t)~NFR_CT_FILED;
		if (!(ct->life & NFR_CT_DEAD))
			continue;
		ct->life = 0;
		nfr_pool_put(&net->cts, idx);
	}
	net->dead_first = net->dead_last = net->n_dead = 0;
}
