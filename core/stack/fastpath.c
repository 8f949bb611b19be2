/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fast paths.
 *
 * Once a connection is established, the path does the same with packet after packet: the same
 * rules match, the same ones and policies count, the same route and translation apply. Where that
 * depends on nothing but the connection, the direction, and the interface the packet comes in on,
 * it is learnt from one packet, and for those that follow there is no hook to traverse, no rule
 * to look at and no route to find. What is left for each: validation, conntrack with its window
 * check, counters, TTL, translation, the link-layer header. So its cost is that of the packet, and
 * not of the ruleset.
 *
 * Learning. A packet that could take a fast path, and whose connection has none yet, goes along the
 * path as it is defined, marked by NFR_PKT_LEARN. Evaluation notes each counter that it moves. A
 * match whose answer may differ between packets of the connection, wherever it is asked and
 * whatever it answers, a target other than a verdict, a caller's hook, a route that had to be found
 * by more than its destination: each of them means that there is no fast path
 * (NFR_FASTPATH_NONE).
 *
 * Taking. A packet takes the fast path if it is what conntrack's short way is for (ct/in.c), which
 * is asked first and leaves everything as it was if the segment must be looked at closer, and if it
 * needs nothing beyond the ordinary: no IP options, a TTL to spare, no cutting, nobody who watches
 * it. All others go along the path, which gives the same: a router whose packets are all watched
 * is the slow twin in the tests.
 *
 * Forgetting. Everything that a fast path was learnt under is a setting: rules, hooks, routes,
 * addresses, neighbours, interfaces, sysctls. Whoever changes one says so (nfr_env_changed()), and
 * at the next packet all fast paths are gone. Connections are not visited for that: the tag in what
 * they remember is not the present one any more. It takes 2^22 changes to come round; then, and
 * only then, all connections are told.
 *
 * Many connections have the same one, so fast paths are few, and looked up by what they consist of.
 * When the pool is empty, connections that find none go along the path for as long as the settings
 * stay.
 */
#include "ct/stage.h"
#include "nat/manip.h"
#include "stack/net.h"

void nfr_fastpaths_init(struct nfr_fastpaths *fastpaths, struct nfr_arena *arena, uint32_t max)
{
	nfr_pool_init(&fastpaths->pool, arena, max < NFR_FASTPATH_MAX ? max : NFR_FASTPATH_MAX,
		      sizeof(struct nfr_fastpath));
	fastpaths->tag = 1;
	fastpaths->settings = 0;
	memset(fastpaths->bucket, 0, sizeof(fastpaths->bucket));
}

static struct nfr_fastpath *fastpath_at(const struct nfr_fastpaths *fastpaths, uint32_t idx)
{
	return (struct nfr_fastpath *)(void *)fastpaths->pool.mem + (idx - 1);
}

/* ---- forgetting ---- */

static void forget_all(struct nfr_net *net)
{
	struct nfr_fastpaths *fastpaths = &net->fastpaths;

	for (unsigned b = 0; b < NFR_FASTPATH_BUCKETS; b++) {
		for (uint32_t idx = fastpaths->bucket[b], next; idx; idx = next) {
			next = fastpath_at(fastpaths, idx)->next;
			nfr_pool_put(&fastpaths->pool, idx);
		}
		fastpaths->bucket[b] = 0;
	}
	fastpaths->settings = net->env.settings;
	if (fastpaths->tag++ < NFR_FASTPATH_TAG_MAX)
		return;
	fastpaths->tag = 1;
	nfr_ctnet_forget_fastpaths(&net->ct);
}

/* ---- taking ---- */

/* The fast path that the connection knows; NULL: none under the present settings. */
static const struct nfr_fastpath *fastpath_of(const struct nfr_fastpaths *fastpaths,
					      const struct nfr_ct *ct)
{
	uint32_t idx = ct->fastpath ^ fastpaths->tag << NFR_FASTPATH_INDEX_BITS;

	return idx - 1 < NFR_FASTPATH_MAX ? fastpath_at(fastpaths, idx) : NULL;
}

/* Not while the pool was empty when the connection looked for one; nor before TCP's short way is
 * open to it. */
static bool can_learn(const struct nfr_fastpaths *fastpaths, const struct nfr_ct *ct)
{
	return ct->fastpath != fastpaths->tag << NFR_FASTPATH_INDEX_BITS &&
	       (ct->status & NFR_IPS_ASSURED || ct->key[0].protonum != NFR_IPPROTO_TCP);
}

static inline void count(const struct nfr_fastpath_half *half, uint32_t len)
{
	for (unsigned i = 0; i < half->n_counters; i++) {
		half->counter[i][0]++;
		half->counter[i][1] += len;
	}
}

/* In one order for both directions, and without a branch on which it is: the path translates
 * destinations before it routes and sources behind, but sums that correct checksums may be added in
 * any order. The transport header is there: the tracker has read it. */
static inline void go(struct nfr_net *net, const struct nfr_fastpath_half *half,
		      const struct nfr_ct *ct, unsigned dir, struct nfr_pkt *pkt)
{
	uint32_t gateway, daddr;

	count(half, pkt->len);
	if (half->translates)
		nfr_nat_turn4(pkt, ct, dir, NFR_IP4_HLEN);
	nfr_ip_decrease_ttl(pkt->data);
	pkt->dst = half->dst;
	memcpy(&gateway, half->dst.gateway.b, 4); /* zero when on-link */
	memcpy(&daddr, pkt->data + 16, 4);
	gateway |= daddr & (0u - half->on_link);
	memcpy(pkt->dst.gateway.b, &gateway, 4);
	pkt->flags |= NFR_PKT_FORWARDED;
	pkt->oif = half->dst.oif;
	nfr_xmit_unicast4(net, &net->fib.link[half->dst.oif - 1], pkt);
}

/* Whether there is a fast path for the packet in this direction of its connection; if not, whether
 * one can be learnt from it. */
static inline const struct nfr_fastpath_half *find_half(const struct nfr_fastpaths *fastpaths,
							const struct nfr_ct *ct, unsigned dir,
							struct nfr_pkt *pkt)
{
	const struct nfr_fastpath *fastpath = fastpath_of(fastpaths, ct);
	const struct nfr_fastpath_half *half = fastpath ? &fastpath->half[dir] : NULL;

	if (half && half->state == NFR_FASTPATH_KNOWN && half->iif == pkt->iif)
		return half;
	if (can_learn(fastpaths, ct) && (!half || half->state != NFR_FASTPATH_NONE))
		pkt->flags |= NFR_PKT_LEARN;
	return NULL;
}

bool nfr_fastpath_take(struct nfr_net *net, struct nfr_pkt *pkt)
{
	const struct nfr_fastpath_half *half;
	const struct nfr_ct *ct;
	unsigned dir;

	if (net->fastpaths.settings != net->env.settings)
		forget_all(net);
	ct = nfr_ct_at(&net->ct, pkt->ct_ref >> 1);
	dir = pkt->ct_ref & 1;
	if (!nfr_ct_has_ports(pkt, NFR_IP4_HLEN) ||
	    !nfr_ct_staged_fits(&net->ct, pkt, NFR_IP4_HLEN))
		return false;
	half = find_half(&net->fastpaths, ct, dir, pkt);
	if (!half || pkt->len > half->dst.mtu || ct->event_cache ||
	    !nfr_ct_track_staged(&net->ct, pkt, NFR_IP4_HLEN))
		return false;
	go(net, half, ct, dir, pkt);
	return true;
}

/* ---- learning ---- */

/* Sides that the hooks of the path translate, as they stand and for this connection. */
static uint8_t manips_of(const struct nfr_net *net, const struct nfr_pkt *pkt)
{
	static const uint8_t points[] = {NFR_INET_PRE_ROUTING, NFR_INET_POST_ROUTING};
	uint8_t manips = 0;

	for (unsigned i = 0; i < sizeof(points); i++) {
		const struct nfr_hook_list *list = &net->hooks.list[0][points[i]];
		enum nfr_nat_manip manip = nfr_nat_hook2manip(points[i]);

		for (unsigned k = list->first; k < list->first + (unsigned)list->n; k++)
			if (net->hooks.entries[k].kind == NFR_HOOK_NAT &&
			    nfr_nat_translates(nfr_ct_of(&net->ct, pkt), pkt, manip))
				manips |= (uint8_t)(1u << manip);
	}
	return manips;
}

/* Sides that the connection is bound to have translated. */
static uint8_t bound_manips(const struct nfr_net *net, const struct nfr_pkt *pkt)
{
	const struct nfr_ct *ct = nfr_ct_of(&net->ct, pkt);
	uint8_t manips = 0;

	if (nfr_nat_translates(ct, pkt, NFR_NAT_MANIP_SRC))
		manips |= 1u << NFR_NAT_MANIP_SRC;
	if (nfr_nat_translates(ct, pkt, NFR_NAT_MANIP_DST))
		manips |= 1u << NFR_NAT_MANIP_DST;
	return manips;
}

/* Whether a caller's hook stands where forwarded packets come by. */
static bool has_callers_hooks(const struct nfr_net *net)
{
	static const uint8_t points[] = {NFR_INET_PRE_ROUTING, NFR_INET_FORWARD,
					 NFR_INET_POST_ROUTING};

	for (unsigned i = 0; i < sizeof(points); i++) {
		const struct nfr_hook_list *list = &net->hooks.list[0][points[i]];

		for (unsigned k = list->first; k < list->first + (unsigned)list->n; k++)
			if (net->hooks.entries[k].kind == NFR_HOOK_CALLER)
				return true;
	}
	return false;
}

/* What happened to the packet, as a fast path. */
static void half_of(const struct nfr_net *net, const struct nfr_pkt *pkt,
		    const struct nfr_learning *learning, struct nfr_fastpath_half *half)
{
	uint8_t manips = manips_of(net, pkt);

	memset(half, 0, sizeof(*half));
	half->iif = pkt->iif;
	half->state = NFR_FASTPATH_NONE;
	if (learning->varies || has_callers_hooks(net) || pkt->reason != NFR_REASON_FORWARDED ||
	    pkt->dst.type != NFR_RTN_UNICAST || (manips && manips != bound_manips(net, pkt)))
		return;
	half->state = NFR_FASTPATH_KNOWN;
	memcpy(half->counter, learning->counter, learning->n * sizeof(half->counter[0]));
	half->n_counters = (uint8_t)learning->n;
	half->translates = manips != 0;
	half->dst.oif = pkt->dst.oif;
	half->dst.mtu = pkt->dst.mtu;
	half->dst.type = pkt->dst.type;
	half->dst.flags = pkt->dst.flags;
	half->on_link = !(pkt->dst.flags & NFR_DST_GATEWAY);
	if (!half->on_link)
		half->dst.gateway = pkt->dst.gateway;
}

static unsigned bucket_of(const struct nfr_net *net, const struct nfr_fastpath_half half[2])
{
	return nfr_hash_bytes(&net->env.hash_key, half, 2 * sizeof(half[0])) % NFR_FASTPATH_BUCKETS;
}

/* Index of the fast path of these two halves, made when it is not there; 0: there is no room. */
static uint32_t find_or_make(struct nfr_net *net, const struct nfr_fastpath_half half[2])
{
	struct nfr_fastpaths *fastpaths = &net->fastpaths;
	uint16_t *bucket = &fastpaths->bucket[bucket_of(net, half)];
	struct nfr_fastpath *fastpath;
	uint32_t idx;

	for (idx = *bucket; idx; idx = fastpath->next) {
		fastpath = fastpath_at(fastpaths, idx);
		if (memcmp(fastpath->half, half, sizeof(fastpath->half)) == 0)
			return idx;
	}
	idx = nfr_pool_get(&fastpaths->pool);
	if (!idx)
		return 0;
	fastpath = fastpath_at(fastpaths, idx);
	memcpy(fastpath->half, half, sizeof(fastpath->half));
	fastpath->next = *bucket;
	*bucket = (uint16_t)idx;
	return idx;
}

static void remember(struct nfr_net *net, struct nfr_ct *ct, unsigned dir,
		     const struct nfr_pkt *pkt, const struct nfr_learning *learning)
{
	const struct nfr_fastpath *old = fastpath_of(&net->fastpaths, ct);
	struct nfr_fastpath_half half[NFR_CT_DIR_MAX];

	memset(half, 0, sizeof(half));
	if (old)
		memcpy(half, old->half, sizeof(half));
	half_of(net, pkt, learning, &half[dir]);
	ct->fastpath = net->fastpaths.tag << NFR_FASTPATH_INDEX_BITS | find_or_make(net, half);
}

/* A packet that met with something of its own (out of the window, too long and not to be cut, the
 * end of its connection) teaches nothing. Fragments come here as what they are put together to:
 * their connection is not found before that. */
static bool is_typical(const struct nfr_net *net, const struct nfr_pkt *pkt, uint32_t ref)
{
	const struct nfr_ct *ct = nfr_ct_of(&net->ct, pkt);

	return pkt->ct_idx == ref >> 1 && !(ct->status & NFR_IPS_DYING) && ct->life & NFR_CT_LIVE &&
	       (pkt->ctinfo == NFR_CT_ESTABLISHED || pkt->ctinfo == NFR_CT_ESTABLISHED_REPLY) &&
	       pkt->reason != NFR_REASON_FRAG_NEEDED && pkt->reason != NFR_REASON_QUEUED;
}

unsigned nfr_fastpath_learn(struct nfr_net *net, struct nfr_pkt *pkt, uint8_t *ctstate)
{
	struct nfr_learning learning = {.n = 0};
	uint64_t settings = net->env.settings;
	uint32_t ref = pkt->ct_ref;
	unsigned verdict;

	net->env.learning = &learning;
	verdict = nfr_rcv(net, pkt, ctstate);
	net->env.learning = NULL;
	pkt->flags &= (uint16_t)~NFR_PKT_LEARN;
	if (settings == net->env.settings && is_typical(net, pkt, ref))
		remember(net, nfr_ct_at(&net->ct, ref >> 1), ref & 1, pkt, &learning);
	return verdict;
}

const char *nfr_fastpaths_check(const struct nfr_fastpaths *fastpaths)
{
	uint32_t n = 0;

	for (unsigned b = 0; b < NFR_FASTPATH_BUCKETS; b++)
		for (uint32_t idx = fastpaths->bucket[b]; idx;
		     idx = fastpath_at(fastpaths, idx)->next)
			if (idx > fastpaths->pool.max || ++n > fastpaths->pool.used)
				return "fast paths: a list leads out of the pool";
	if (n != fastpaths->pool.used || !nfr_pool_check(&fastpaths->pool))
		return "fast paths: one is in no list";
	return NULL;
}
