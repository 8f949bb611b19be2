/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ways.
 *
 * Once a connection is established, the path does the same with packet after packet: the same
 * rules match, the same ones and policies count, the same route and translation apply. Where that
 * depends on nothing but the connection, the direction, and the interface the packet comes in on,
 * it is learnt from one packet, and for those that follow there is no hook to traverse, no rule
 * to look at and no route to find. What is left for each: validation, conntrack with its window
 * check, counters, TTL, translation, the link-layer header. So its cost is that of the packet, and
 * not of the ruleset.
 *
 * Learning. A packet that could take a way, and whose connection has none yet, goes along the path
 * as it is defined, marked by NFR_PKT_LEARN. Evaluation notes each counter that it moves. A match
 * whose answer may differ between packets of the connection, wherever it is asked and whatever it
 * answers, a target other than a verdict, a caller's hook, a route that had to be found by more
 * than its destination: each of them means that there is no way (NFR_WAY_NONE).
 *
 * Taking. A packet takes the way if it is what conntrack's short way is for (ct/in.c), which is
 * asked first and leaves everything as it was if the segment must be looked at closer, and if it
 * needs nothing beyond the ordinary: no IP options, a TTL to spare, no cutting, nobody who watches
 * it. All others go along the path, which gives the same: a router whose packets are all watched
 * is the slow twin in the tests.
 *
 * Forgetting. Everything that a way was learnt under is a setting: rules, hooks, routes,
 * addresses, neighbours, interfaces, sysctls. Whoever changes one says so (nfr_env_changed()), and
 * at the next packet all ways are gone. Connections are not visited for that: the tag in what
 * they remember is not the present one any more. It takes 2^22 changes to come round; then, and
 * only then, all connections are told.
 *
 * Many connections go the same way, so ways are few, and looked up by what they consist of. When
 * the pool is empty, connections that find none go along the path for as long as the settings
 * stay.
 */
#include "ct/stage.h"
#include "nat/manip.h"
#include "stack/net.h"

void nfr_ways_init(struct nfr_ways *ways, struct nfr_arena *arena, uint32_t max)
{
	nfr_pool_init(&ways->pool, arena, max < NFR_WAY_MAX ? max : NFR_WAY_MAX,
		      sizeof(struct nfr_way));
	ways->tag = 1;
	ways->settings = 0;
	memset(ways->bucket, 0, sizeof(ways->bucket));
}

static struct nfr_way *way_at(const struct nfr_ways *ways, uint32_t idx)
{
	return nfr_pool_at(&ways->pool, idx);
}

/* ---- forgetting ---- */

static void forget_all(struct nfr_net *net)
{
	struct nfr_ways *ways = &net->ways;

	for (unsigned b = 0; b < NFR_WAY_BUCKETS; b++) {
		for (uint32_t idx = ways->bucket[b], next; idx; idx = next) {
			next = way_at(ways, idx)->next;
			nfr_pool_put(&ways->pool, idx);
		}
		ways->bucket[b] = 0;
	}
	ways->settings = net->env.settings;
	if (ways->tag++ < NFR_WAY_TAG_MAX)
		return;
	ways->tag = 1;
	nfr_ctnet_forget_ways(&net->ct);
}

/* ---- taking ---- */

/* The way that the connection knows; NULL: none under the present settings. */
static const struct nfr_way *way_of(const struct nfr_ways *ways, const struct nfr_ct *ct)
{
	uint32_t idx = ct->way & NFR_WAY_MAX;

	return ct->way >> NFR_WAY_INDEX_BITS == ways->tag && idx ? way_at(ways, idx) : NULL;
}

/* Not while the pool was empty when the connection looked for a way; nor before TCP's short way is
 * open to it. */
static bool can_learn(const struct nfr_ways *ways, const struct nfr_ct *ct)
{
	return ct->way != ways->tag << NFR_WAY_INDEX_BITS &&
	       (ct->status & NFR_IPS_ASSURED || ct->key[0].protonum != NFR_IPPROTO_TCP);
}

static inline void count(const struct nfr_way_half *half, uint32_t len)
{
	for (unsigned i = 0; i < half->n_counters; i++) {
		half->counter[i][0]++;
		half->counter[i][1] += len;
	}
}

static inline void translate(struct nfr_net *net, const struct nfr_ct *ct, unsigned dir,
			     struct nfr_pkt *pkt, enum nfr_nat_manip manip)
{
	struct nfr_nat_side side;

	if (pkt->protonum == NFR_IPPROTO_TCP) {
		nfr_nat_manip_tcp4(pkt, ct, dir, manip);
		return;
	}
	nfr_nat_side_of(&net->ct, ct, dir, manip, &side);
	nfr_nat_manip_pkt(pkt, &side, manip); /* its header is there: the tracker has read it */
}

static void go(struct nfr_net *net, const struct nfr_way_half *half, const struct nfr_ct *ct,
	       unsigned dir, struct nfr_pkt *pkt)
{
	count(half, pkt->len);
	if (half->manips & 1u << NFR_NAT_MANIP_DST)
		translate(net, ct, dir, pkt, NFR_NAT_MANIP_DST);
	pkt->dst = half->dst;
	if (half->on_link)
		memcpy(pkt->dst.gateway.b, pkt->data + 16, 4);
	nfr_ip_decrease_ttl(pkt->data);
	pkt->flags |= NFR_PKT_FORWARDED;
	pkt->oif = half->dst.oif;
	if (half->manips & 1u << NFR_NAT_MANIP_SRC)
		translate(net, ct, dir, pkt, NFR_NAT_MANIP_SRC);
	nfr_xmit_unicast4(net, &net->fib.link[half->dst.oif - 1], pkt);
}

bool nfr_way_take(struct nfr_net *net, struct nfr_pkt *pkt)
{
	uint32_t ref = pkt->ct_ref;
	unsigned dir = ref & 1;
	const struct nfr_way_half *half;
	const struct nfr_way *way;
	const struct nfr_ct *ct;

	if (!nfr_ct_has_ports(pkt, NFR_IP4_HLEN) ||
	    !nfr_ct_staged_fits(&net->ct, pkt, NFR_IP4_HLEN))
		return false;
	if (net->ways.settings != net->env.settings)
		forget_all(net);
	ct = nfr_ct_at(&net->ct, ref >> 1);
	way = way_of(&net->ways, ct);
	half = way ? &way->half[dir] : NULL;
	if (!half || half->state != NFR_WAY_KNOWN || half->iif != pkt->iif) {
		if (can_learn(&net->ways, ct) && (!half || half->state != NFR_WAY_NONE))
			pkt->flags |= NFR_PKT_LEARN;
		return false;
	}
	if (pkt->len > half->dst.mtu || ct->event_cache ||
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

/* What happened to the packet, as a way. */
static void half_of(const struct nfr_net *net, const struct nfr_pkt *pkt,
		    const struct nfr_learning *learning, struct nfr_way_half *half)
{
	memset(half, 0, sizeof(*half));
	half->iif = pkt->iif;
	half->state = NFR_WAY_NONE;
	if (learning->varies || has_callers_hooks(net) || pkt->reason != NFR_REASON_FORWARDED ||
	    pkt->dst.type != NFR_RTN_UNICAST)
		return;
	half->state = NFR_WAY_KNOWN;
	memcpy(half->counter, learning->counter, learning->n * sizeof(half->counter[0]));
	half->n_counters = (uint8_t)learning->n;
	half->manips = manips_of(net, pkt);
	half->dst.oif = pkt->dst.oif;
	half->dst.mtu = pkt->dst.mtu;
	half->dst.type = pkt->dst.type;
	half->dst.flags = pkt->dst.flags;
	half->on_link = !(pkt->dst.flags & NFR_DST_GATEWAY);
	if (!half->on_link)
		half->dst.gateway = pkt->dst.gateway;
}

static unsigned bucket_of(const struct nfr_net *net, const struct nfr_way_half half[2])
{
	return nfr_hash_bytes(&net->env.hash_key, half, 2 * sizeof(half[0])) % NFR_WAY_BUCKETS;
}

/* Index of the way of these two halves, made when it is not there; 0: there is no room. */
static uint32_t find_or_make(struct nfr_net *net, const struct nfr_way_half half[2])
{
	struct nfr_ways *ways = &net->ways;
	uint16_t *bucket = &ways->bucket[bucket_of(net, half)];
	struct nfr_way *way;
	uint32_t idx;

	for (idx = *bucket; idx; idx = way->next) {
		way = way_at(ways, idx);
		if (memcmp(way->half, half, sizeof(way->half)) == 0)
			return idx;
	}
	idx = nfr_pool_get(&ways->pool);
	if (!idx)
		return 0;
	way = way_at(ways, idx);
	memcpy(way->half, half, sizeof(way->half));
	way->next = *bucket;
	*bucket = (uint16_t)idx;
	return idx;
}

static void remember(struct nfr_net *net, struct nfr_ct *ct, unsigned dir,
		     const struct nfr_pkt *pkt, const struct nfr_learning *learning)
{
	const struct nfr_way *old = way_of(&net->ways, ct);
	struct nfr_way_half half[NFR_CT_DIR_MAX];

	memset(half, 0, sizeof(half));
	if (old)
		memcpy(half, old->half, sizeof(half));
	half_of(net, pkt, learning, &half[dir]);
	ct->way = net->ways.tag << NFR_WAY_INDEX_BITS | find_or_make(net, half);
}

/* A packet that met with something of its own (out of the window, too long and not to be cut, the
 * end of its connection) teaches nothing. Fragments come here as what they are put together to: their
 * connection is not found before that. */
static bool is_typical(const struct nfr_net *net, const struct nfr_pkt *pkt, uint32_t ref)
{
	const struct nfr_ct *ct = nfr_ct_of(&net->ct, pkt);

	return pkt->ct_idx == ref >> 1 && !(ct->status & NFR_IPS_DYING) && ct->life & NFR_CT_LIVE &&
	       (pkt->ctinfo == NFR_CT_ESTABLISHED || pkt->ctinfo == NFR_CT_ESTABLISHED_REPLY) &&
	       pkt->reason != NFR_REASON_FRAG_NEEDED && pkt->reason != NFR_REASON_QUEUED;
}

unsigned nfr_way_learn(struct nfr_net *net, struct nfr_pkt *pkt, uint8_t *ctstate)
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

const char *nfr_ways_check(const struct nfr_ways *ways)
{
	uint32_t n = 0;

	for (unsigned b = 0; b < NFR_WAY_BUCKETS; b++)
		for (uint32_t idx = ways->bucket[b]; idx; idx = way_at(ways, idx)->next)
			if (idx > ways->pool.max || ++n > ways->pool.used)
				return "ways: a list leads out of the pool";
	if (n != ways->pool.used || !nfr_pool_check(&ways->pool))
		return "ways: one is in no list";
	return NULL;
}
