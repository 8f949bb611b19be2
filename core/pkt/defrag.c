/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reassembly.
 *
 * Conntrack looks at whole datagrams, so fragments are kept, ahead of the raw table, until all of
 * their datagram are there; then it goes on as one packet in place of the fragment that came
 * last: with the header, mark and link-layer header of the first one, and the interface of the
 * last one. Fragments meet in a queue when source, destination, identification and (IPv4)
 * protocol are equal, and who asked for reassembly, and the conntrack zone.
 *
 * Life of a queue: made by the first fragment of it to come, whichever; filed in the timer under
 * a time that never moves (ipfrag_time, nf_conntrack_frag6_timeout); killed when complete, when
 * fragments overlap or, in IPv4, contradict each other, when ECN bits do not go together, or when
 * its time is over, which the sender may be told of.
 *
 * What bounds it: the memory that Linux would account per family (ipfrag_high_thresh,
 * nf_conntrack_frag6_high_thresh): beyond it no fragment is taken; the pools; and for IPv4
 * ipfrag_max_dist: when more than so many other fragments of the same source came between two of
 * a datagram, an old and a new datagram have probably got the same identification, and what was
 * there is thrown away. For that a source with queues has a counter (a peer).
 *
 * Invariants: a queue is in its hash bucket and in the timer; its fragments are in order (see
 * defrag_queue.c) and `meat` is what they hold; frags->mem is the sum over the queues; a peer has
 * as many references as queues. (That no queue is complete is not one: a refused IPv6 fragment
 * without payload can be what tells the length, and Linux does not look then.)
 */
#include "pkt/defrag_queue.h"
#include "pkt/fragment.h"
#include "pkt/parse.h"

/* An IPv4 source that has fragments here. */
struct peer {
	nfr_be32 addr;
	uint32_t hash_next;
	uint32_t n_queues;
	uint32_t rid; /* fragments of it so far */
};

static struct nfr_frag_queue *queue_at(const struct nfr_frags *frags, uint32_t idx)
{
	return nfr_pool_at(&frags->queues, idx);
}

static const struct nfr_defrag_family *family_of(const struct nfr_frag_queue *q)
{
	return q->key.family == NFR_IPV6 ? &nfr_defrag6 : &nfr_defrag4;
}

/* ---- peers ---- */

static struct peer *peer_at(const struct nfr_frags *frags, uint32_t idx)
{
	return nfr_pool_at(&frags->peers, idx);
}

static uint32_t *peer_bucket(struct nfr_frags *frags, nfr_be32 addr)
{
	uint64_t hash = nfr_hash_2(&frags->env->hash_key, nfr_ntohl(addr), 0);

	return &frags->peer_bucket[hash & (frags->n_buckets - 1)];
}

/* There are as many peers as queues, so there is one left. */
static uint32_t peer_get(struct nfr_frags *frags, nfr_be32 addr)
{
	uint32_t *bucket = peer_bucket(frags, addr), idx = *bucket;

	while (idx && !nfr_be32_eq(peer_at(frags, idx)->addr, addr))
		idx = peer_at(frags, idx)->hash_next;
	if (!idx) {
		idx = nfr_pool_get(&frags->peers);
		peer_at(frags, idx)->addr = addr;
		peer_at(frags, idx)->hash_next = *bucket;
		*bucket = idx;
	}
	peer_at(frags, idx)->n_queues++;
	return idx;
}

static void peer_put(struct nfr_frags *frags, uint32_t idx)
{
	struct peer *peer = peer_at(frags, idx);
	uint32_t *link = peer_bucket(frags, peer->addr);

	if (--peer->n_queues)
		return;
	while (*link != idx)
		link = &peer_at(frags, *link)->hash_next;
	*link = peer->hash_next;
	nfr_pool_put(&frags->peers, idx);
}

/* ---- queues ---- */

static uint32_t *queue_bucket(const struct nfr_frags *frags, const struct nfr_frag_key *key)
{
	uint64_t hash = nfr_hash_bytes(&frags->env->hash_key, key, sizeof(*key));

	return &frags->bucket[hash & (frags->n_buckets - 1)];
}

static uint32_t queue_find(const struct nfr_frags *frags, const struct nfr_frag_key *key)
{
	uint32_t idx = *queue_bucket(frags, key);

	while (idx && memcmp(&queue_at(frags, idx)->key, key, sizeof(*key)) != 0)
		idx = queue_at(frags, idx)->hash_next;
	return idx;
}

static uint64_t timeout_ns(const struct nfr_frags *frags, uint8_t family)
{
	const struct nfr_sysctl *sysctl = &frags->env->sysctl;

	int32_t seconds = family == NFR_IPV6 ? sysctl->frag6_time : sysctl->ipfrag_time;

	return seconds > 0 ? (uint64_t)seconds * NFR_NSEC_PER_SEC : 0;
}

/* Also for a fragment that is refused afterwards: an empty queue, as in Linux, times out. */
static uint32_t queue_create(struct nfr_frags *frags, const struct nfr_frag_key *key)
{
	uint32_t idx = nfr_pool_get(&frags->queues), *bucket = queue_bucket(frags, key);
	struct nfr_frag_queue *q;

	if (!idx)
		return 0;
	q = queue_at(frags, idx);
	q->key = *key;
	q->expires_ns = frags->env->now_ns + timeout_ns(frags, key->family);
	if (key->family == NFR_IPV4) {
		q->peer = peer_get(frags, key->src.ip4);
		q->rid = peer_at(frags, q->peer)->rid;
	}
	q->hash_next = *bucket;
	*bucket = idx;
	/* an idle wheel stands still: bring it here before it is used again */
	nfr_timer_run(&frags->timer, frags->env->now_ns, 0);
	nfr_timer_add(&frags->timer, idx, q->expires_ns);
	return idx;
}

static void queue_account(struct nfr_frags *frags, struct nfr_frag_queue *q, uint32_t bytes)
{
	q->mem += bytes;
	frags->mem[q->key.family == NFR_IPV6] += bytes;
}

/* Gives all fragments back; the largest sizes seen are remembered, as Linux remembers them. */
static void queue_empty(struct nfr_frags *frags, struct nfr_frag_queue *q)
{
	nfr_frag_free_all(frags, q);
	frags->mem[q->key.family == NFR_IPV6] -= q->mem;
	q->mem = q->len = q->meat = 0;
	q->first_in = q->last_in = false;
	q->ecn = 0;
}

/* Out of the timer already. */
static void queue_free(struct nfr_frags *frags, uint32_t idx)
{
	struct nfr_frag_queue *q = queue_at(frags, idx);
	uint32_t *link = queue_bucket(frags, &q->key);

	while (*link != idx)
		link = &queue_at(frags, *link)->hash_next;
	*link = q->hash_next;
	queue_empty(frags, q);
	if (q->peer)
		peer_put(frags, q->peer);
	nfr_pool_put(&frags->queues, idx);
}

static void queue_kill(struct nfr_frags *frags, uint32_t idx)
{
	nfr_timer_del(&frags->timer, idx);
	queue_free(frags, idx);
}

/* ---- a fragment ---- */

/* Asked before the fragment is counted, so the limit can be passed by one. */
static bool over_memory(const struct nfr_frags *frags, uint8_t family)
{
	const struct nfr_sysctl *sysctl = &frags->env->sysctl;
	bool six = family == NFR_IPV6;
	int32_t thresh = six ? sysctl->frag6_high_thresh : sysctl->ipfrag_high_thresh;

	return thresh <= 0 || frags->mem[six] > (uint64_t)thresh;
}

/*
 * What Linux accounts for a fragment of len bytes: the truesize of its buffer, which the driver
 * decides. These are the sizes of packets from a veth: a small head, or the power of two that
 * holds the frame, its headroom and the buffer's own trailer.
 */
static uint32_t truesize(uint32_t len)
{
	uint32_t size = 1024;

	if (len <= 256)
		return 1032;
	while (size < len + 352)
		size *= 2;
	return size + 448;
}

/* Counts the fragment; too many of the same source since the last one of this datagram? */
static bool too_far(struct nfr_frags *frags, struct nfr_frag_queue *q)
{
	uint32_t max = (uint32_t)frags->env->sysctl.ipfrag_max_dist, start = q->rid;

	if (!q->peer || !max)
		return false;
	q->rid = ++peer_at(frags, q->peer)->rid;
	return q->first_run && q->rid - start > max;
}

/* Begins anew with the fragments that come from now on; the sizes seen so far stay. */
static void queue_restart(struct nfr_frags *frags, uint32_t idx)
{
	struct nfr_frag_queue *q = queue_at(frags, idx);

	nfr_timer_del(&frags->timer, idx);
	queue_empty(frags, q);
	q->expires_ns = frags->env->now_ns + timeout_ns(frags, q->key.family);
	nfr_timer_add(&frags->timer, idx, q->expires_ns);
}

/* What a fragment that was taken adds to the knowledge of its datagram. */
static void queue_note(struct nfr_frags *frags, struct nfr_frag_queue *q, const struct nfr_pkt *pkt,
		       const struct nfr_frag_in *in)
{
	uint32_t size = family_of(q)->size(in);

	q->meat += in->end - in->off;
	q->ecn |= in->ecn;
	if (pkt->iif)
		q->iif = pkt->iif;
	if (size > q->max_size)
		q->max_size = size;
	if (in->df && size > q->max_df_size)
		q->max_df_size = size;
	if (in->off == 0) {
		q->first_in = true;
		q->nexthdr_off = in->nexthdr_off;
		q->first = *pkt;
		q->first.data = NULL; /* the caller's, not ours to remember */
		q->first.flags &= (uint16_t) ~(NFR_PKT_CSUM_OK | NFR_PKT_HASHED);
	}
	queue_account(frags, q, truesize(pkt->len));
}

/* ---- the whole ---- */

/* ECN-capable and other fragments do not go together; one mark marks the whole (RFC 3168, 5.3). */
static bool ecn_fits(uint8_t ecn)
{
	return !(ecn & 1) || ecn == 1;
}

/* Payloads one behind the other, and where each began. */
static void join(const struct nfr_frags *frags, const struct nfr_frag_queue *q, uint8_t *to,
		 struct nfr_frag_notes *notes)
{
	notes->min_hlen = UINT16_MAX;
	memset(notes->start, 0, sizeof(notes->start));
	for (uint32_t run = q->first_run; run; run = nfr_chunk_at(frags, run)->next_run) {
		for (uint32_t idx = run; idx; idx = nfr_chunk_at(frags, idx)->next) {
			const struct nfr_chunk *frag = nfr_chunk_at(frags, idx);

			nfr_frag_copy(frags, idx, frag->hlen, frag->len, to + frag->off);
			notes->start[frag->off / 64] |= (uint8_t)(1u << frag->off / 8 % 8);
			if (frag->off && !frag->roomy && frag->hlen < notes->min_hlen)
				notes->min_hlen = frag->hlen;
		}
	}
}

/* The packet that the fragments make, in a buffer; NFR_REASON_NONE or why there is none. */
static enum nfr_reason reassemble(struct nfr_frags *frags, struct nfr_frag_queue *q,
				  struct nfr_pkt *whole)
{
	const struct nfr_defrag_family *family = family_of(q);
	uint32_t hlen = nfr_chunk_at(frags, q->first_run)->hlen;
	uint32_t kept = family->kept_hlen(q, hlen), len = kept + q->len;
	uint32_t max = q->key.family == NFR_IPV6 ? NFR_IP6_HLEN + UINT16_MAX : UINT16_MAX;
	struct nfr_env *env = frags->env;
	uint8_t frag_hdr[NFR_FRAG6_HLEN];
	struct nfr_frag_notes *notes;
	uint32_t buf;

	if (!ecn_fits(q->ecn))
		return NFR_REASON_FRAG_ECN;
	if (len > max)
		return NFR_REASON_FRAG_TOO_LARGE;
	buf = nfr_env_buf_get(env);
	if (!buf)
		return NFR_REASON_NO_BUFFER;
	*whole = q->first;
	whole->data = nfr_env_buf_data(env, buf);
	whole->len = len;
	whole->room = NFR_BUF_ROOM;
	whole->buf = (uint8_t)buf;
	whole->flags |= NFR_PKT_DEFRAGMENTED | NFR_PKT_FRAG_LIST;
	whole->pulled = 0;
	notes = nfr_frag_notes(env, buf);
	notes->base = (uint16_t)kept;
	nfr_frag_copy(frags, q->first_run, 0, kept, whole->data);
	nfr_frag_copy(frags, q->first_run, hlen - NFR_FRAG6_HLEN, NFR_FRAG6_HLEN, frag_hdr);
	join(frags, q, whole->data + kept, notes);
	family->finish(q, whole, frag_hdr);
	nfr_pkt_parse_l4(whole);
	return NFR_REASON_NONE;
}

/* The fragment that came last becomes the datagram. */
static unsigned complete(struct nfr_frags *frags, uint32_t idx, struct nfr_pkt *pkt)
{
	struct nfr_pkt whole;
	enum nfr_reason reason = reassemble(frags, queue_at(frags, idx), &whole);

	queue_kill(frags, idx);
	if (reason != NFR_REASON_NONE) {
		pkt->reason = (uint16_t)reason;
		return NFR_DROP;
	}
	whole.iif = pkt->iif;
	whole.flags |= pkt->flags & NFR_PKT_WATCHED;
	nfr_env_buf_put(frags->env, pkt->buf);
	*pkt = whole;
	return NFR_ACCEPT;
}

static unsigned refuse(struct nfr_pkt *pkt, enum nfr_reason reason)
{
	pkt->reason = (uint16_t)reason;
	return NFR_DROP;
}

/* Adds a fragment of good bounds to its queue. */
static unsigned add(struct nfr_frags *frags, uint32_t idx, struct nfr_pkt *pkt,
		    const struct nfr_frag_in *in)
{
	struct nfr_frag_queue *q = queue_at(frags, idx);
	uint32_t frag = nfr_frag_store(frags, pkt, in);

	if (!frag)
		return refuse(pkt, NFR_REASON_FRAG_MEMORY);
	switch (nfr_frag_insert(frags, q, frag)) {
	case NFR_FRAG_DUP:
		nfr_frag_free(frags, frag);
		return refuse(pkt, NFR_REASON_FRAG_DUPLICATE);
	case NFR_FRAG_OVERLAP:
		nfr_frag_free(frags, frag);
		queue_kill(frags, idx);
		return refuse(pkt, NFR_REASON_FRAG_OVERLAP);
	case NFR_FRAG_INSERTED:
		break;
	}
	queue_note(frags, q, pkt, in);
	if (q->first_in && q->last_in && q->meat == q->len)
		return complete(frags, idx, pkt);
	pkt->reason = NFR_REASON_QUEUED_FRAGMENT;
	return NFR_STOLEN;
}

/* The order is Linux's: memory, queue, distance, bounds, overlap; each has its own reason. */
unsigned nfr_defrag(struct nfr_frags *frags, struct nfr_pkt *pkt, enum nfr_defrag_user user)
{
	const struct nfr_defrag_family *family =
		pkt->family == NFR_IPV6 ? &nfr_defrag6 : &nfr_defrag4;
	struct nfr_frag_in in;
	uint32_t idx;

	memset(&in, 0, sizeof(in));
	in.key.family = pkt->family;
	in.key.user = (uint8_t)user;
	nfr_put16(in.key.zone, pkt->ct_zone);
	switch (family->parse(pkt, &in)) {
	case NFR_FRAG_NO:
		return NFR_ACCEPT;
	case NFR_FRAG_BAD:
		return refuse(pkt, NFR_REASON_FRAG_MALFORMED);
	case NFR_FRAG_TAKE:
		break;
	}
	if (over_memory(frags, pkt->family))
		return refuse(pkt, NFR_REASON_FRAG_MEMORY);
	idx = queue_find(frags, &in.key);
	if (!idx)
		idx = queue_create(frags, &in.key);
	if (!idx)
		return refuse(pkt, NFR_REASON_FRAG_MEMORY);
	if (too_far(frags, queue_at(frags, idx)))
		queue_restart(frags, idx);
	switch (family->bounds(queue_at(frags, idx), &in)) {
	case NFR_FRAG_KEEP:
		break;
	case NFR_FRAG_REFUSE_KILL:
		queue_kill(frags, idx);
		return refuse(pkt, NFR_REASON_FRAG_MALFORMED);
	case NFR_FRAG_REFUSE:
		return refuse(pkt, NFR_REASON_FRAG_MALFORMED);
	case NFR_FRAG_PASS_KILL:
		queue_kill(frags, idx);
		return NFR_ACCEPT;
	}
	return add(frags, idx, pkt, &in);
}

/* ---- time ---- */

static uint64_t expires_ns(void *owner, uint32_t idx)
{
	return queue_at(owner, idx)->expires_ns;
}

static uint32_t *timer_link(void *owner, uint32_t idx)
{
	return &queue_at(owner, idx)->timer_link;
}

/* Sends the first fragment, as it came, back with an error; not one that the router sends itself,
 * which came in nowhere. */
static void tell_timeout(struct nfr_frags *frags, const struct nfr_frag_queue *q)
{
	const struct nfr_chunk *frag = nfr_chunk_at(frags, q->first_run);
	struct nfr_env *env = frags->env;
	struct nfr_pkt pkt = q->first;
	uint8_t type, code;
	uint32_t buf;

	buf = q->iif ? nfr_env_buf_get(env) : 0;
	if (!buf)
		return;
	pkt.iif = q->iif;
	pkt.data = nfr_env_buf_data(env, buf);
	pkt.room = NFR_BUF_ROOM;
	pkt.buf = (uint8_t)buf;
	pkt.len = (uint32_t)frag->hlen + frag->len;
	nfr_frag_copy(frags, q->first_run, 0, pkt.len, pkt.data);
	nfr_pkt_parse_l4(&pkt);
	if (family_of(q)->tells_timeout(env, q, &pkt, &type, &code))
		env->ops->icmp_error(env, &pkt, type, code, 0, NFR_INET_PRE_ROUTING);
	nfr_env_buf_put(env, buf);
}

static void expire(void *owner, uint32_t idx)
{
	struct nfr_frags *frags = owner;

	if (queue_at(frags, idx)->first_in)
		tell_timeout(frags, queue_at(frags, idx));
	queue_free(frags, idx);
}

static const struct nfr_timer_ops timer_ops = {
	.expires_ns = expires_ns,
	.link = timer_link,
	.expire = expire,
};

unsigned nfr_frags_expire(struct nfr_frags *frags, unsigned budget)
{
	return nfr_timer_run(&frags->timer, frags->env->now_ns, budget);
}

/* ---- the instance ---- */

void nfr_frags_init(struct nfr_frags *frags, struct nfr_env *env, struct nfr_arena *arena,
		    uint32_t max_queues, uint32_t max_frags)
{
	memset(frags, 0, sizeof(*frags));
	frags->env = env;
	nfr_pool_init(&frags->queues, arena, max_queues, sizeof(struct nfr_frag_queue));
	nfr_pool_init(&frags->chunks, arena, max_frags, sizeof(struct nfr_chunk));
	nfr_pool_init(&frags->peers, arena, max_queues, sizeof(struct peer));
	frags->n_buckets = 1;
	while (frags->n_buckets < max_queues)
		frags->n_buckets *= 2;
	frags->bucket = nfr_arena_take(arena, frags->n_buckets, sizeof(uint32_t));
	frags->peer_bucket = nfr_arena_take(arena, frags->n_buckets, sizeof(uint32_t));
	nfr_timer_init(&frags->timer, &timer_ops, frags, 0);
	if (!arena->base)
		return;
	memset(frags->bucket, 0, frags->n_buckets * sizeof(uint32_t));
	memset(frags->peer_bucket, 0, frags->n_buckets * sizeof(uint32_t));
}

/* Without errors to anybody: conntrack is going away, not the fragments' time. */
void nfr_frags_flush(struct nfr_frags *frags)
{
	for (uint32_t i = 0; i < frags->n_buckets; i++)
		while (frags->bucket[i])
			queue_kill(frags, frags->bucket[i]);
}

static const char *check_queue(const struct nfr_frags *frags, uint32_t idx, uint64_t mem[2])
{
	const struct nfr_frag_queue *q = queue_at(frags, idx);

	if (queue_find(frags, &q->key) != idx)
		return "fragment queue is not found by its key";
	if (q->first_in && (!q->first_run || nfr_chunk_at(frags, q->first_run)->off != 0))
		return "first fragment is not the first";
	mem[q->key.family == NFR_IPV6] += q->mem;
	return nfr_frag_check_runs(frags, q);
}

const char *nfr_frags_check(const struct nfr_frags *frags)
{
	uint64_t mem[2] = {0, 0};
	uint32_t n = 0;

	if (!nfr_pool_check(&frags->queues) || !nfr_pool_check(&frags->chunks) ||
	    !nfr_pool_check(&frags->peers))
		return "pool of fragments is damaged";
	for (uint32_t i = 0; i < frags->n_buckets; i++) {
		for (uint32_t idx = frags->bucket[i]; idx; idx = queue_at(frags, idx)->hash_next) {
			const char *wrong = check_queue(frags, idx, mem);

			if (wrong)
				return wrong;
			n++;
		}
	}
	if (n != frags->queues.used || n != frags->timer.n_filed)
		return "fragment queues are not all in hash and timer";
	if (mem[0] != frags->mem[0] || mem[1] != frags->mem[1])
		return "memory of fragments is not what was accounted";
	return NULL;
}
