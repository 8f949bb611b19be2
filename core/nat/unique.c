/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The choice of a tuple, as get_unique_tuple() of Linux's nf_nat_core.c makes it.
 *
 *  1. For a source, unless a random one is asked for: the tuple as it is, when the range allows
 *     it and nobody uses it; else the mapping that another connection of this source has.
 *  2. The address: of a range by a hash of source and destination, so that a client keeps its
 *     address. Linux's hash has no secret (the same choice across boots and machines); here are
 *     the same bytes, by Bob Jenkins' lookup3, which is in the public domain.
 *  3. The port (or ICMP identifier, or GRE key): as it is when the range allows it and nobody
 *     uses it; else searched from a start that is random for sources, the first of the range for
 *     destinations, and as far into the range as the packet's port was for port shifts.
 *
 * The search is bounded as Linux bounds it: 128 ports in a row, then 64 from a new random start,
 * then 32, 16 and at last 8, at most 248 look-ups. A range of no more than 128 is searched whole
 * and once. Ports below 512 are mapped to 1..511, those below 1024 to 600..1023, all others to
 * 1024..65535, when the rule says no range. When all is in vain the last try stays and the
 * connection fails later, at its confirmation.
 *
 * The last 32 tries of a row go further for TCP: a mapping whose connection is in TIME_WAIT (or
 * CLOSE) is taken over, its connection killed, when the new SYN's sequence number is beyond the
 * old one's: the server would accept it as well (RFC 6191 in spirit). Linux does so since 6.7.
 */
#include "base/hint.h"
#include "ct/l4.h"
#include "nat/bysource.h"
#include "nat/unique.h"

#define MAX_ATTEMPTS 128u
#define HARDER_ATTEMPTS 32u
#define MIN_ATTEMPTS 16u
#define AHEAD 32u
#define RANDOM_ALL (NFR_NAT_RANGE_PROTO_RANDOM | NFR_NAT_RANGE_PROTO_RANDOM_FULLY)

struct choice {
	struct nfr_natnet *nat;
	const struct nfr_ct *ct;
	uint32_t ct_idx;
	uint16_t zone, zone_id;
	uint8_t in_way; /* directions in which another's tuple is in the way of our answers */
	const struct nfr_nat_range *range;
	enum nfr_nat_manip manip;
	struct nfr_tuple *tuple;
};

/* The values that a port, identifier or key may take. */
struct span {
	uint16_t min;
	uint32_t size; /* 0: it may not change */
};

/* ---- in use? ---- */

/* What a tuple must not share with another connection is its answer's: there the translated
 * address and port are the destination that packets are told apart by. */
static uint64_t reply_of(const struct choice *c, struct nfr_ct_flow *reply)
{
	struct nfr_ct_flow flow;

	nfr_ct_flow_of(c->tuple, c->zone, &flow);
	nfr_ct_invert_flow(&flow, c->zone, reply);
	return nfr_ct_hash(c->nat->ct, reply);
}

/* Who has it, or 0. */
static uint32_t holder(const struct choice *c)
{
	struct nfr_ct_flow reply;
	uint64_t hash = reply_of(c, &reply);

	return nfr_ct_lookup(c->nat->ct, &reply, hash, c->in_way);
}

static bool used(const struct choice *c)
{
	uint32_t ref = holder(c);

	return ref && ref >> 1 != c->ct_idx;
}

/*
 * Two packets of one flow that went opposite ways before either was confirmed (they wait in a
 * queue) clash with each other. Giving the second one another port would break the flow; left
 * alone, conntrack lets it drop or resolves the clash. Only when neither is translated.
 */
static bool reverse_clash(const struct choice *c)
{
	struct nfr_ctnet *net = c->nat->ct;
	struct nfr_tuple mine[NFR_CT_DIR_MAX], theirs[NFR_CT_DIR_MAX];
	const struct nfr_ct *other;
	uint32_t ref = nfr_ct_find(net, c->tuple, c->zone);

	if (!ref)
		ref = holder(c);
	if (!ref)
		return true; /* it has just expired: nothing clashes */
	other = nfr_ct_at(net, ref >> 1);
	if (other->status & (NFR_IPS_SRC_NAT | NFR_IPS_DST_NAT | NFR_IPS_SEQ_ADJUST))
		return false;
	for (unsigned dir = 0; dir < NFR_CT_DIR_MAX; dir++) {
		nfr_ct_tuple(net, c->ct, dir, &mine[dir]);
		nfr_ct_tuple(net, other, dir, &theirs[dir]);
	}
	return nfr_tuple_eq(&theirs[NFR_CT_DIR_ORIGINAL], &mine[NFR_CT_DIR_REPLY]) &&
	       nfr_tuple_eq(&theirs[NFR_CT_DIR_REPLY], &mine[NFR_CT_DIR_ORIGINAL]);
}

/* Step 1's question: would the connection as it is collide? */
static bool used_new(const struct choice *c)
{
	return used(c) &&
	       !(nfr_ct_l4(c->tuple->protonum)->allow_clash && reverse_clash(c));
}

/*
 * May the connection that holds a mapping be killed for a new one? Only a translated one that is
 * closing or closed: TIME_WAIT, CLOSE and, by the order of Linux's states, SYN_SENT2. td_end is
 * as the client counts, so sequence adjustment does not disturb the comparison.
 */
static bool may_take_over(const struct choice *c, const struct nfr_ct *old)
{
	const struct nfr_ct_tcp *tcp = &old->proto.tcp;
	uint32_t advanced = c->ct->proto.tcp.seen[NFR_CT_DIR_ORIGINAL].td_end -
			    tcp->seen[NFR_CT_DIR_ORIGINAL].td_end;

	return tcp->state >= NFR_TCP_TIME_WAIT && (old->status & NFR_IPS_SRC_NAT) &&
	       !(old->status & (NFR_IPS_FIXED_TIMEOUT | NFR_IPS_DYING)) && (int32_t)advanced > 0;
}

/* A SYN may clear its way; all other packets only look, and before Linux 6.7 all did. */
static bool may_clear(const struct choice *c)
{
	return c->tuple->protonum == NFR_IPPROTO_TCP &&
	       c->ct->proto.tcp.state == NFR_TCP_SYN_SENT &&
	       c->nat->env->linux_version >= NFR_LINUX(6, 7);
}

/* What is found in its original direction is no mapping of ours, but somebody's real port. */
static bool used_harder(const struct choice *c, uint32_t attempts_left)
{
	uint32_t ref;

	if (attempts_left > HARDER_ATTEMPTS || !may_clear(c))
		return used(c);
	ref = holder(c);
	if (!ref)
		return false;
	if ((ref & 1) == NFR_CT_DIR_ORIGINAL || ref >> 1 == c->ct_idx ||
	    !may_take_over(c, nfr_ct_at(c->nat->ct, ref >> 1)))
		return true;
	nfr_ct_kill(c->nat->ct, ref >> 1);
	return false;
}

/* ---- in range? ---- */

static bool is_icmp(uint8_t protonum)
{
	return protonum == NFR_IPPROTO_ICMP || protonum == NFR_IPPROTO_ICMPV6;
}

static bool has_ports(uint8_t protonum)
{
	return protonum == NFR_IPPROTO_TCP || protonum == NFR_IPPROTO_UDP ||
	       protonum == NFR_IPPROTO_UDPLITE || protonum == NFR_IPPROTO_SCTP;
}

/* The part of the transport protocol that NAT may change. */
static nfr_be16 *l4_of(struct nfr_tuple *tuple, enum nfr_nat_manip manip)
{
	return manip == NFR_NAT_MANIP_SRC || is_icmp(tuple->protonum) ? &tuple->src_l4
								       : &tuple->dst_l4;
}

/* Protocols that have nothing to change are in every range. */
static bool proto_in_range(struct nfr_tuple *tuple, enum nfr_nat_manip manip,
			   const struct nfr_nat_range *range)
{
	uint16_t value = nfr_ntohs(*l4_of(tuple, manip));

	if (!is_icmp(tuple->protonum) && !has_ports(tuple->protonum) &&
	    tuple->protonum != NFR_IPPROTO_GRE)
		return true;
	return value >= range->min_proto && value <= range->max_proto;
}

/* Addresses compare as their bytes do. */
static bool addr_in_range(const struct nfr_tuple *tuple, const struct nfr_nat_range *range)
{
	const uint8_t *addr = tuple->src.b, *min = range->min_addr.b, *max = range->max_addr.b;

	if (tuple->l3num == NFR_IPV4)
		return nfr_get32(addr) >= nfr_get32(min) && nfr_get32(addr) <= nfr_get32(max);
	return memcmp(addr, min, 16) >= 0 && memcmp(addr, max, 16) <= 0;
}

static bool source_in_range(struct nfr_tuple *tuple, const struct nfr_nat_range *range)
{
	if ((range->flags & NFR_NAT_RANGE_MAP_IPS) && !addr_in_range(tuple, range))
		return false;
	return !(range->flags & NFR_NAT_RANGE_PROTO_SPECIFIED) ||
	       proto_in_range(tuple, NFR_NAT_MANIP_SRC, range);
}

/* ---- the address ---- */

static uint32_t rol(uint32_t x, unsigned k)
{
	return x << k | x >> (32 - k);
}

/*
 * lookup3's hashword() of four words: Linux hashes the whole union of addresses, also of IPv4,
 * where three words are zero. It reads them in the machine's order; the choices that the tests
 * hold this to are those of a little-endian machine, so that is the order here everywhere.
 */
static uint32_t jenkins(const uint8_t *p, uint32_t initval)
{
	uint32_t a = UINT32_C(0xdeadbeef) + (4u << 2) + initval, b = a, c = a;

	a += nfr_le32(p);
	b += nfr_le32(p + 4);
	c += nfr_le32(p + 8);
	a = (a - c) ^ rol(c, 4), c += b;
	b = (b - a) ^ rol(a, 6), a += c;
	c = (c - b) ^ rol(b, 8), b += a;
	a = (a - c) ^ rol(c, 16), c += b;
	b = (b - a) ^ rol(a, 19), a += c;
	c = (c - b) ^ rol(b, 4), b += a;
	a += nfr_le32(p + 12);
	c = (c ^ b) - rol(b, 14);
	a = (a ^ c) - rol(c, 11);
	b = (b ^ a) - rol(a, 25);
	c = (c ^ b) - rol(b, 16);
	a = (a ^ c) - rol(c, 4);
	b = (b ^ a) - rol(a, 14);
	return (c ^ b) - rol(b, 24);
}

/*
 * Words are chosen from the front: as long as the chosen ones are those of the range's last
 * address, the next word must stay inside; after that it may be anything. `0xffffffff` for
 * "anything" and the wrap of a full first word to a distance of 0 are Linux's.
 */
void nfr_nat_pick_addr(struct nfr_tuple *tuple, const struct nfr_nat_range *range, uint16_t zone_id,
		       enum nfr_nat_manip manip)
{
	uint8_t *addr = manip == NFR_NAT_MANIP_SRC ? tuple->src.b : tuple->dst.b;
	unsigned last = tuple->l3num == NFR_IPV4 ? 0 : 12;
	bool persistent = (range->flags & NFR_NAT_RANGE_PERSISTENT) != 0;
	bool free_choice = false;
	uint32_t hash;

	if (!(range->flags & NFR_NAT_RANGE_MAP_IPS))
		return;
	if (nfr_addr_eq(&range->min_addr, &range->max_addr)) {
		memcpy(addr, range->min_addr.b, 4);
		if (last)
			memcpy(addr + 4, range->min_addr.b + 4, 12);
		return;
	}
	hash = jenkins(tuple->src.b, persistent ? 0 : nfr_le32(tuple->dst.b + last) ^ zone_id);
	for (unsigned i = 0; i <= last; i += 4) {
		uint32_t min = free_choice ? 0 : nfr_get32(range->min_addr.b + i);
		uint32_t dist = UINT32_MAX;

		if (!free_choice)
			dist = nfr_get32(range->max_addr.b + i) - min + 1;
		nfr_put32(addr + i, min + (uint32_t)((uint64_t)hash * dist >> 32));
		if (memcmp(addr + i, range->max_addr.b + i, 4) != 0)
			free_choice = true;
		if (!persistent)
			hash ^= nfr_le32(tuple->dst.b + i);
	}
}

/* The mapping into the range that another connection of this source has (RFC 4787's
 * endpoint-independent mapping, as far as the ports of the range reach). */
static bool find_appropriate_src(const struct choice *c, const struct nfr_tuple *orig)
{
	struct nfr_ct_flow flow;
	unsigned left;
	uint32_t idx;

	nfr_ct_flow_of(orig, nfr_ct_zone(c->ct, NFR_CT_DIR_ORIGINAL), &flow);
	for (idx = nfr_bysource_first(c->nat, &flow, &left); idx;
	     idx = nfr_bysource_next(c->nat, &flow, idx, &left)) {
		struct nfr_tuple reply;

		nfr_ct_tuple(c->nat->ct, nfr_ct_at(c->nat->ct, idx), NFR_CT_DIR_REPLY, &reply);
		nfr_ct_invert_tuple(&reply, c->tuple);
		c->tuple->dst = orig->dst;
		c->tuple->dst_l4 = orig->dst_l4;
		if (source_in_range(c->tuple, c->range))
			return true;
	}
	return false;
}

/* ---- the port ---- */

static struct span span_of(uint16_t min, uint16_t max)
{
	struct span span = {min, (uint32_t)max - min + 1};

	return span;
}

/* iptables lets a range of identifiers or ports stand backwards. */
static struct span rule_span(const struct nfr_nat_range *range)
{
	return range->max_proto < range->min_proto ? span_of(range->max_proto, range->min_proto)
						   : span_of(range->min_proto, range->max_proto);
}

/* Privileged ports stay privileged, and apart from those below 512, as rlogin and its kin trust
 * 512 to 1023 (RFC 1282). A destination without a range keeps its port whatever happens. */
static struct span default_port_span(uint16_t port, enum nfr_nat_manip manip)
{
	if (manip == NFR_NAT_MANIP_DST)
		return (struct span){0, 0};
	if (port < 512)
		return span_of(1, 511);
	/* Linux's arithmetic: 424 ports from 600 on, as it says 1023 - 600 + 1 */
	if (port < 1024)
		return span_of(600, 1023);
	return span_of(1024, 65535);
}

static struct span proto_span(const struct choice *c)
{
	bool specified = (c->range->flags & NFR_NAT_RANGE_PROTO_SPECIFIED) != 0;
	uint8_t protonum = c->tuple->protonum;
	const struct nfr_ct_ext *ext;

	if (is_icmp(protonum))
		return specified ? rule_span(c->range) : span_of(0, 65535);
	if (protonum == NFR_IPPROTO_GRE) {
		/* only PPTP's helper understands call ids */
		ext = nfr_ct_ext(c->nat->ct, c->ct);
		if (!ext || !(ext->has & NFR_CT_EXT_MASTER))
			return (struct span){0, 0};
		return specified ? rule_span(c->range) : span_of(1, 65535);
	}
	if (!has_ports(protonum))
		return (struct span){0, 0};
	return specified ? rule_span(c->range)
			 : default_port_span(nfr_ntohs(*l4_of(c->tuple, c->manip)), c->manip);
}

static uint16_t random_offset(const struct choice *c)
{
	return (uint16_t)nfr_rng_u64(&c->nat->env->rng[NFR_RNG_NAT]);
}

/* Linux 6.1 searches a range of servers' ports from anywhere, too; by 6.12 it fills up from its
 * first one. */
static bool starts_anywhere(const struct choice *c)
{
	return (c->range->flags & RANDOM_ALL) || c->manip == NFR_NAT_MANIP_SRC ||
	       c->nat->env->linux_version < NFR_LINUX(6, 12);
}

/* Where in the span the search begins; 16 bits wide, so that a port below the base of a shift
 * counts from the far end of all ports, as in Linux. */
static uint16_t first_offset(const struct choice *c)
{
	if (c->range->flags & NFR_NAT_RANGE_PROTO_OFFSET)
		return (uint16_t)(nfr_ntohs(*l4_of(c->tuple, c->manip)) - c->range->base_proto);
	return starts_anywhere(c) ? random_offset(c) : 0;
}

static void set_l4(const struct choice *c, const struct span *span, uint16_t off)
{
	*l4_of(c->tuple, c->manip) = nfr_htons((uint16_t)(span->min + off % span->size));
}

/* The next n tries will most likely be in use: fetches their buckets, then who may have them. */
static void fetch_tries(const struct choice *c, const struct span *span, uint16_t off, uint32_t n)
{
	const struct nfr_ctnet *net = c->nat->ct;
	uint64_t hash[AHEAD];
	struct nfr_ct_flow reply;

	for (uint32_t i = 0; i < n; i++) {
		set_l4(c, span, (uint16_t)(off + i));
		hash[i] = reply_of(c, &reply);
		nfr_prefetch(nfr_ct_bucket_of(net, hash[i]));
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t ref = nfr_ct_table_guess(net, hash[i]);

		if (ref)
			nfr_prefetch(nfr_ct_at(net, ref >> 1));
	}
}

/* True: the tuple has a port that is free. Most searches end at once, so nothing is fetched for
 * the first try. */
static bool search_row(const struct choice *c, const struct span *span, uint16_t off,
		       uint32_t attempts)
{
	for (uint32_t i = 0; i < attempts; i++, off++) {
		uint32_t left = attempts - i;

		if (i % AHEAD == 1)
			fetch_tries(c, span, off, left < AHEAD ? left : AHEAD);
		set_l4(c, span, off);
		if (!used_harder(c, left))
			return true;
	}
	return false;
}

/* Rows of 128, 64, … tries; the tuple keeps the last one. */
static void search_port(const struct choice *c)
{
	struct span span = proto_span(c);
	uint32_t attempts = span.size < MAX_ATTEMPTS ? span.size : MAX_ATTEMPTS;
	uint16_t off;

	if (span.size == 0)
		return;
	for (off = first_offset(c); !search_row(c, &span, off, attempts); off = random_offset(c)) {
		if (attempts >= span.size || attempts < MIN_ATTEMPTS)
			return;
		attempts /= 2;
	}
}

/* ---- all of it ---- */

/* Step 1: nothing to change, or as this source was mapped before. */
static bool keep_source(const struct choice *c, const struct nfr_tuple *orig)
{
	*c->tuple = *orig;
	if (source_in_range(c->tuple, c->range))
		return !used_new(c);
	return find_appropriate_src(c, orig) && !used(c);
}

/* Step 3's short cut: the port may stay. A single port is given out even when it is in use. */
static bool keep_port(const struct choice *c)
{
	const struct nfr_nat_range *range = c->range;

	if (!(range->flags & NFR_NAT_RANGE_PROTO_SPECIFIED))
		return !used(c);
	return !(range->flags & NFR_NAT_RANGE_PROTO_OFFSET) &&
	       proto_in_range(c->tuple, c->manip, range) &&
	       (range->min_proto == range->max_proto || !used(c));
}

void nfr_nat_unique_tuple(struct nfr_natnet *nat, uint32_t ct_idx, const struct nfr_tuple *orig,
			  const struct nfr_nat_range *range, enum nfr_nat_manip manip,
			  struct nfr_tuple *tuple)
{
	const struct nfr_ct *ct = nfr_ct_at(nat->ct, ct_idx);
	struct choice c = {
		.nat = nat,
		.ct = ct,
		.ct_idx = ct_idx,
		.zone = nfr_ct_zone(ct, NFR_CT_DIR_REPLY),
		.zone_id = nfr_ct_any_zone(ct),
		.in_way = (uint8_t)nfr_ct_dirs_in_way(ct, NFR_CT_DIR_REPLY),
		.range = range,
		.manip = manip,
		.tuple = tuple,
	};
	bool random = (range->flags & RANDOM_ALL) != 0;

	if (manip == NFR_NAT_MANIP_SRC && !random && keep_source(&c, orig))
		return;
	*tuple = *orig;
	nfr_nat_pick_addr(tuple, range, c.zone_id, manip);
	if (!random && keep_port(&c))
		return;
	search_port(&c);
}
