/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Invariants and digest of conntrack, for tests and fuzzing.
 */
#include "ct/expect.h"
#include "ct/life.h"

static bool in_table(const struct nfr_ct *ct)
{
	return ct->life & NFR_CT_LIVE && nfr_ct_is_confirmed(ct) &&
	       !(ct->status & NFR_IPS_DYING);
}

/* ---- the table ---- */

static const char *check_slot(const struct nfr_ctnet *net, uint32_t at, unsigned i,
			      uint32_t *n_spilled)
{
	const struct nfr_ct_bucket *bucket = &net->bucket[at];
	uint32_t ref = bucket->ref[i], home, distance;
	const struct nfr_ct *ct;
	struct nfr_ct_flow flow;
	uint64_t hash;

	if (ref >> 1 == 0 || ref >> 1 >= net->cts.fresh)
		return "a slot refers to no record";
	ct = nfr_ct_at(net, ref >> 1);
	if (!in_table(ct) || (ct->life & NFR_CT_HIDDEN && !(ref & 1)))
		return "a slot refers to a record that is not in the table";
	nfr_ct_flow_of_ct(net, ct, ref & 1, &flow);
	hash = nfr_ct_hash(net, &flow);
	home = nfr_ct_home(net, hash);
	distance = at >= home ? at - home : at + net->n_buckets - home;
	if (bucket->tag[i] != (uint16_t)(hash >> 48 | 1))
		return "a slot has the wrong tag";
	if (distance > net->bucket[home].reach)
		return "a slot lies beyond its bucket's reach";
	*n_spilled += distance != 0;
	return NULL;
}

static const char *check_bucket(const struct nfr_ctnet *net, uint32_t at, uint32_t *n_slots,
				uint32_t *n_spilled)
{
	const struct nfr_ct_bucket *bucket = &net->bucket[at];
	const char *why = NULL;

	if ((bucket->n_spilled == 0) != (bucket->reach == 0))
		return "a bucket's reach does not fit what it has spilled";
	for (unsigned i = 0; !why && i < NFR_CT_BUCKET_SLOTS; i++) {
		if (bucket->ref[i]) {
			why = check_slot(net, at, i, n_spilled);
			++*n_slots;
		} else if (bucket->tag[i]) {
			why = "a free slot has a tag";
		}
	}
	return why;
}

static const char *check_table(const struct nfr_ctnet *net, uint32_t *n_slots)
{
	uint32_t n_spilled = 0, n_counted = 0;
	const char *why = NULL;

	for (uint32_t at = 0; !why && at < net->n_buckets; at++) {
		n_counted += net->bucket[at].n_spilled;
		why = check_bucket(net, at, n_slots, &n_spilled);
	}
	if (!why && n_spilled != n_counted)
		why = "spilled slots are miscounted";
	return why;
}

/* ---- the records ---- */

struct tally {
	uint32_t live, dead, filed, ext, addr6, slots;
	uint32_t expecting;
};

static void tally_record(const struct nfr_ctnet *net, const struct nfr_ct *ct, struct tally *t)
{
	const struct nfr_ct_ext *ext = nfr_ct_ext(net, ct);

	t->live += (ct->life & NFR_CT_LIVE) != 0;
	t->dead += (ct->life & NFR_CT_DEAD) != 0;
	t->filed += (ct->life & NFR_CT_FILED) != 0;
	if (!(ct->life & NFR_CT_LIVE))
		return;
	t->ext += ct->ext != 0;
	t->addr6 += nfr_ct_is_ipv6(ct);
	if (in_table(ct))
		t->slots += ct->life & NFR_CT_HIDDEN ? 1 : 2;
	for (unsigned i = 0; ext && i < NFR_CT_EXPECT_CLASSES; i++)
		t->expecting += ext->n_expecting[i];
}

static const char *check_record(const struct nfr_ct *ct)
{
	if ((ct->life & (NFR_CT_LIVE | NFR_CT_DEAD)) == (NFR_CT_LIVE | NFR_CT_DEAD))
		return "a record is live and dead";
	if (ct->life & NFR_CT_DEAD && !(ct->life & NFR_CT_FILED))
		return "a dead record is not filed";
	if (!(ct->life & NFR_CT_LIVE))
		return NULL;
	if (in_table(ct) && !(ct->life & NFR_CT_FILED))
		return "a connection is not filed in the wheel";
	if (nfr_ct_is_ipv6(ct) && !ct->addr6)
		return "IPv6 addresses are missing";
	if (ct->key[0].l3num != ct->key[1].l3num || ct->key[0].protonum != ct->key[1].protonum)
		return "directions differ in protocol";
	return NULL;
}

static const char *check_expects(const struct nfr_ctnet *net)
{
	uint32_t n = 0;

	for (uint32_t b = 0; b <= net->expect_bucket_mask; b++)
		for (uint32_t i = net->expect_bucket[b]; i; i = nfr_expect_at(net, i)->next_in_bucket) {
			const struct nfr_expect *expect = nfr_expect_at(net, i);

			if (!expect->related || ++n > net->n_expects)
				return "an expectation in the table is not related";
			if (!(nfr_ct_at(net, expect->master)->life & NFR_CT_LIVE))
				return "an expectation has lost its master";
		}
	if (n != net->n_expects || n != net->expect_timer.n_filed)
		return "expectations are miscounted";
	return NULL;
}

static const char *check_tally(const struct nfr_ctnet *net, const struct tally *t, uint32_t n_slots)
{
	if (t->live != net->count || t->live + t->dead != net->cts.used)
		return "connections are miscounted";
	if (t->dead != net->n_dead)
		return "dead records are miscounted";
	if (t->filed != net->timer.n_filed)
		return "the wheel does not hold what is filed";
	if (t->ext != net->ext.used || t->addr6 != net->addr6.used)
		return "an extension or an IPv6 address is lost";
	if (t->slots != n_slots)
		return "a connection is not in the table as it should be";
	if (t->expecting != net->n_expects)
		return "masters miscount their expectations";
	return NULL;
}

const char *nfr_ctnet_check(const struct nfr_ctnet *net)
{
	struct tally t = {0};
	uint32_t n_slots = 0;
	const char *why;

	if (!nfr_pool_check(&net->cts) || !nfr_pool_check(&net->ext) ||
	    !nfr_pool_check(&net->addr6) || !nfr_pool_check(&net->expects))
		return "a pool of conntrack is broken";
	for (uint32_t idx = 1; idx < net->cts.fresh; idx++) {
		why = check_record(nfr_ct_at(net, idx));
		if (why)
			return why;
		tally_record(net, nfr_ct_at(net, idx), &t);
	}
	why = check_table(net, &n_slots);
	if (!why)
		why = check_tally(net, &t, n_slots);
	return why ? why : check_expects(net);
}

/* ---- digest ---- */

static uint64_t mix(uint64_t h, uint64_t v)
{
	h ^= v;
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

static uint64_t mix_bytes(uint64_t h, const uint8_t *p, size_t n)
{
	for (; n >= 8; n -= 8, p += 8)
		h = mix(h, nfr_le64(p));
	for (; n; n--, p++)
		h = mix(h, *p);
	return h;
}

static uint64_t digest_tuple(uint64_t h, const struct nfr_tuple *t)
{
	h = mix_bytes(h, t->src.b, sizeof(t->src.b));
	h = mix_bytes(h, t->dst.b, sizeof(t->dst.b));
	h = mix(h, nfr_ntohs(t->src_l4));
	h = mix(h, nfr_ntohs(t->dst_l4));
	return mix(h, (uint64_t)t->l3num << 8 | t->protonum);
}

static uint64_t digest_tcp(uint64_t h, const struct nfr_ct_tcp *tcp)
{
	for (unsigned dir = 0; dir < NFR_CT_DIR_MAX; dir++) {
		const struct nfr_tcp_peer *peer = &tcp->seen[dir];

		h = mix(h, (uint64_t)peer->td_end << 32 | peer->td_maxend);
		h = mix(h, (uint64_t)peer->td_maxwin << 32 | peer->td_maxack);
		h = mix(h, (uint64_t)tcp->td_scale[dir] << 8 | tcp->flags[dir]);
	}
	h = mix(h, (uint64_t)tcp->state << 24 | (uint64_t)tcp->last_dir << 16 |
			   (uint64_t)tcp->last_index << 8 | tcp->retrans);
	h = mix(h, (uint64_t)tcp->last_seq << 32 | tcp->last_ack);
	h = mix(h, (uint64_t)tcp->last_end << 32 | tcp->last_win);
	return mix(h, (uint64_t)tcp->last_wscale << 8 | tcp->last_flags);
}

static uint64_t digest_sctp(uint64_t h, const struct nfr_ct_sctp *sctp)
{
	h = mix(h, (uint64_t)sctp->vtag[0] << 32 | sctp->vtag[1]);
	h = mix(h, (uint64_t)sctp->state << 8 | sctp->last_dir);
	return mix(h, (uint64_t)sctp->flags << 16 | (uint64_t)sctp->init[0] << 8 | sctp->init[1]);
}

static uint64_t digest_proto(uint64_t h, const struct nfr_ct *ct)
{
	switch (ct->key[0].protonum) {
	case NFR_IPPROTO_TCP:
		return digest_tcp(h, &ct->proto.tcp);
	case NFR_IPPROTO_SCTP:
		return digest_sctp(h, &ct->proto.sctp);
	case NFR_IPPROTO_GRE:
		h = mix(h, (uint32_t)ct->proto.gre.timeout_s);
		return mix(h, (uint32_t)ct->proto.gre.stream_timeout_s);
	case NFR_IPPROTO_UDP:
	case NFR_IPPROTO_UDPLITE:
		return mix(h, ct->proto.udp.stream_ns);
	default:
		return h;
	}
}

static uint64_t digest_ext(uint64_t h, const struct nfr_ct_ext *ext)
{
	for (unsigned dir = 0; dir < NFR_CT_DIR_MAX; dir++) {
		h = mix(h, ext->acct[dir].packets);
		h = mix(h, ext->acct[dir].bytes);
		h = mix(h, ext->seqadj[dir].correction_pos);
		h = mix(h, (uint32_t)ext->seqadj[dir].offset_before);
		h = mix(h, (uint32_t)ext->seqadj[dir].offset_after);
	}
	h = mix(h, ext->start_ns);
	h = mix(h, ext->helper ? ext->helper->protonum + 1u : 0);
	h = mix_bytes(h, ext->helper_data, sizeof(ext->helper_data));
	h = mix(h, (uint64_t)ext->master << 32 | ext->master_id);
	h = mix(h, (uint64_t)ext->expectations << 32 | (uint32_t)ext->event_mask << 16 |
			   ext->expect_event_mask);
	return mix(h, ext->has);
}

static uint64_t digest_ct(const struct nfr_ctnet *net, uint64_t h, const struct nfr_ct *ct)
{
	struct nfr_tuple tuple;

	for (unsigned dir = 0; dir < NFR_CT_DIR_MAX; dir++) {
		nfr_ct_tuple(net, ct, dir, &tuple);
		h = digest_tuple(h, &tuple);
		h = mix(h, nfr_ct_zone(ct, dir));
	}
	h = mix(h, ct->expires_ns);
	h = mix(h, (uint64_t)ct->status << 32 | (uint64_t)ct->event_cache << 16 | ct->life);
	h = mix(h, (uint64_t)ct->mark << 32 | ct->id);
	h = digest_proto(mix(h, ct->masq_oif), ct);
	return ct->ext ? digest_ext(h, nfr_ct_ext(net, ct)) : h;
}

static uint64_t digest_expect(uint64_t h, const struct nfr_expect *expect)
{
	h = digest_tuple(h, &expect->tuple);
	h = digest_tuple(h, &expect->mask);
	h = mix(h, expect->expires_ns);
	h = mix(h, (uint64_t)expect->master << 32 | expect->next_of_master);
	h = mix(h, (uint64_t)expect->flags << 32 | (uint64_t)expect->class_id << 8 | expect->dir);
	h = mix_bytes(h, expect->saved_addr.b, sizeof(expect->saved_addr.b));
	return mix(h, nfr_ntohs(expect->saved_proto));
}

uint64_t nfr_ctnet_digest(const struct nfr_ctnet *net)
{
	uint64_t h = mix(net->next_id, (uint64_t)net->cts.free << 32 | net->cts.fresh);

	for (uint32_t idx = 1; idx < net->cts.fresh; idx++)
		if (nfr_ct_at(net, idx)->life & NFR_CT_LIVE)
			h = digest_ct(net, mix(h, idx), nfr_ct_at(net, idx));
	for (uint32_t idx = net->dead_first; idx; idx = nfr_ct_at(net, idx)->proto.dead.next)
		h = mix(h, idx);
	for (uint32_t idx = 1; idx < net->expects.fresh; idx++)
		if (nfr_expect_at(net, idx)->related)
			h = digest_expect(mix(h, idx), nfr_expect_at(net, idx));
	return mix(h, net->early_drop);
}
