/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connection tracking: the connection record, the table, and its life cycle.
 *
 * A record is two cache lines. The first holds what every packet needs: both tuples, expiry,
 * status, mark; the second is the transport protocol's. The addresses of an IPv6 connection lie
 * in a line of their own, and what few connections have (accounting, helper, timestamps,
 * sequence adjustment) in an extension. Each direction has one slot in the hash: a tag and the
 * record's index with the direction in its lowest bit, ten slots to a cache line.
 */
#ifndef NFR_CT_CT_H
#define NFR_CT_CT_H

#include "base/timer.h"
#include "base/env.h"
#include "nfref/ct.h"

/* A tuple as it is compared: 16 bytes, wire order. Of IPv6, src and dst are zero: its addresses
 * lie elsewhere. */
struct nfr_ct_key {
	nfr_be32 src, dst;
	nfr_be16 src_l4, dst_l4;
	uint8_t protonum;
	uint8_t l3num;
	nfr_be16 zone; /* of this direction */
};

struct nfr_ct_addr6 {
	struct nfr_in6 dir[NFR_CT_DIR_MAX][2]; /* source, destination */
};

/* One direction of a TCP connection, in the terms of Guido van Rooij's "Real Stateful TCP Packet
 * Filtering in IP Filter" that Linux uses. */
struct nfr_tcp_peer {
	uint32_t td_end;    /* highest sequence number it sent, plus length */
	uint32_t td_maxend; /* highest it may send: last ack of the other side plus its window */
	uint32_t td_maxwin; /* largest window it advertised, scaled; 0: not heard of yet */
	uint32_t td_maxack; /* highest acknowledgement it sent */
};

struct nfr_ct_tcp {
	struct nfr_tcp_peer seen[NFR_CT_DIR_MAX];
	uint8_t td_scale[NFR_CT_DIR_MAX]; /* shift of each side's windows */
	uint8_t flags[NFR_CT_DIR_MAX];    /* enum nfr_tcp_flags of each side */
	uint8_t state;                    /* enum nfr_tcp_state */
	/* the last segment that counted, or was let through without counting */
	uint8_t last_dir;
	uint8_t last_index; /* enum nfr_tcp_index */
	uint8_t retrans;    /* times that it has been seen again */
	uint32_t last_seq, last_ack, last_end;
	uint16_t last_win;
	uint8_t last_wscale;
	uint8_t last_flags; /* enum nfr_tcp_flags */
};

struct nfr_ct_sctp {
	uint32_t vtag[NFR_CT_DIR_MAX];
	uint8_t state; /* enum nfr_sctp_state */
	uint8_t last_dir;
	uint8_t flags;
	bool init[NFR_CT_DIR_MAX]; /* an INIT of this direction waits for its answer */
};

/* Where a record is in its life. */
enum nfr_ct_life {
	NFR_CT_LIVE = 1u << 0,      /* the record is in use */
	NFR_CT_FILED = 1u << 1,     /* in the timer wheel */
	NFR_CT_DEAD = 1u << 2,      /* given up; waits for the wheel, or to be used again */
	NFR_CT_NO_EVENTS = 1u << 3, /* made while nf_conntrack_events was off */
	NFR_CT_HIDDEN = 1u << 4,    /* only its reply is in the table (NAT clash) */
};

struct nfr_ct {
	/* first line */
	struct nfr_ct_key key[NFR_CT_DIR_MAX];
	uint64_t expires_ns;  /* while unconfirmed: the timeout to start with */
	uint16_t status;      /* enum nfr_ct_status */
	uint16_t event_cache; /* enum nfr_ct_event_bits not told yet */
	uint32_t mark;
	uint32_t ext;         /* struct nfr_ct_ext, 0: none */
	union {
		uint32_t addr6;    /* of IPv6: struct nfr_ct_addr6 */
		uint32_t fastpath; /* of IPv4: the stack's own (stack/fastpath.h); 0: none yet */
	};
	uint32_t timer_link;
	uint32_t id;
	/* second line */
	union {
		struct nfr_ct_tcp tcp;
		struct nfr_ct_sctp sctp;
		struct {
			uint64_t stream_ns; /* UDP: a stream when still in use after this */
		} udp;
		struct {
			int32_t timeout_s, stream_timeout_s;
		} gre;
		struct {
			uint32_t prev, next; /* list of dead records */
		} dead;
	} proto;
	uint32_t nat_link; /* NAT's: next connection in its by-source list */
	uint16_t masq_oif; /* interface that MASQUERADE bound it to, 0: none */
	uint16_t life;     /* enum nfr_ct_life */
};

#define NFR_CT_EXPECT_CLASSES 4
#define NFR_CT_HELPER_DATA 32

struct nfr_seqadj {
	uint32_t correction_pos; /* sequence number where the last change was */
	int32_t offset_before;
	int32_t offset_after;
};

struct nfr_ct_helper;
struct nfr_ct_timeout;

/* What few connections have. */
struct nfr_ct_ext {
	struct nfr_ct_counter acct[NFR_CT_DIR_MAX];
	uint64_t start_ns, stop_ns;
	struct nfr_seqadj seqadj[NFR_CT_DIR_MAX];
	const struct nfr_ct_helper *helper;
	uint8_t helper_data[NFR_CT_HELPER_DATA]; /* the helper's own */
	uint32_t expectations;                   /* first of those it is master of */
	uint8_t n_expecting[NFR_CT_EXPECT_CLASSES];
	uint32_t master;                         /* the connection that expected it */
	uint32_t master_id;                      /* its id: an index may have been reused */
	uint16_t event_mask, expect_event_mask;  /* `-j CT --ctevents`; all ones by default */
	uint8_t has;                             /* enum nfr_ct_ext_has */
};

enum nfr_ct_ext_has {
	NFR_CT_EXT_ACCT = 1u << 0,
	NFR_CT_EXT_TSTAMP = 1u << 1,
	NFR_CT_EXT_HELPER = 1u << 2,
	NFR_CT_EXT_SEQADJ = 1u << 3,
	NFR_CT_EXT_MASTER = 1u << 4,
	NFR_CT_EXT_ECACHE = 1u << 5,
};

#define NFR_CT_BUCKET_SLOTS 10

/* A line of the table. Tags lie side by side, so that a scan compares them as a vector. What does
 * not fit into its bucket lies in one behind it. */
struct nfr_ct_bucket {
	uint16_t tag[NFR_CT_BUCKET_SLOTS]; /* bits of the hash; 0: free */
	uint8_t n_spilled;                 /* slots of this bucket that lie elsewhere */
	uint8_t reach;                     /* at most so many buckets further */
	uint32_t ref[NFR_CT_BUCKET_SLOTS]; /* index << 1 | direction; 0: free */
};

struct nfr_ct_flow;
struct nfr_ct_words;

/* What NAT hangs into conntrack; ct/ does not know nat/. */
struct nfr_ct_nat_ops {
	/* A connection of these flows is about to be made: fetch what will be asked for. */
	void (*stage_new)(void *nat, const struct nfr_ct_flow *original,
			  const struct nfr_ct_flow *reply);
	/* The same for one of IPv4 whose protocol has ports. */
	void (*stage_new4)(void *nat, struct nfr_ct_words original, struct nfr_ct_words reply);
	void (*destroyed)(void *nat, uint32_t ct_idx); /* take it out of the by-source index */
};

struct nfr_ctnet {
	struct nfr_env *env;
	struct nfr_pool cts, ext, addr6, expects;
	struct nfr_ct_bucket *bucket;
	uint32_t n_buckets;
	struct nfr_timer timer, expect_timer;
	uint32_t count;               /* connections, unconfirmed ones too */
	uint32_t dead_first, dead_last, n_dead;
	uint32_t next_id;
	bool early_drop;              /* the table was full: expiry takes closing ones too */
	uint32_t *expect_bucket;
	uint32_t expect_bucket_mask;
	uint32_t n_expects;
	const struct nfr_ct_nat_ops *nat_ops;
	void *nat;
	const void *helper_nat; /* struct nfr_helper_nat_ops of helper/helper.h, or NULL */
};

void nfr_ctnet_init(struct nfr_ctnet *ct, struct nfr_env *env, struct nfr_arena *arena,
		    const struct nfr_config *config);

static inline struct nfr_ct *nfr_ct_at(const struct nfr_ctnet *net, uint32_t idx)
{
	/* not nfr_pool_at(): the size is known here, and a shift is less than a multiplication */
	return (struct nfr_ct *)(void *)net->cts.mem + (idx - 1);
}

static inline struct nfr_ct_ext *nfr_ct_ext(const struct nfr_ctnet *net, const struct nfr_ct *ct)
{
	return ct->ext ? nfr_pool_at(&net->ext, ct->ext) : NULL;
}

/* The extension, made when it is not there; NULL when the pool is empty. */
struct nfr_ct_ext *nfr_ct_ext_get(struct nfr_ctnet *net, struct nfr_ct *ct);

static inline bool nfr_ct_is_ipv6(const struct nfr_ct *ct)
{
	return ct->key[NFR_CT_DIR_ORIGINAL].l3num == NFR_IPV6;
}

/* The packet's connection, or NULL. */
static inline struct nfr_ct *nfr_ct_of(const struct nfr_ctnet *net, const struct nfr_pkt *pkt)
{
	return pkt->ct_idx ? nfr_ct_at(net, pkt->ct_idx) : NULL;
}

void nfr_ct_tuple(const struct nfr_ctnet *net, const struct nfr_ct *ct, unsigned dir,
		  struct nfr_tuple *tuple);

/* Changes the reply tuple of a connection that is not in the table yet (NAT). */
void nfr_ct_alter_reply(struct nfr_ctnet *net, struct nfr_ct *ct, const struct nfr_tuple *reply);

/* Index and direction (ref) of the connection with this tuple that has not expired, or 0. */
uint32_t nfr_ct_find(struct nfr_ctnet *net, const struct nfr_tuple *tuple, uint16_t zone);

/* The same as seen by a packet: in the zones of its template. */
uint32_t nfr_ct_find_in_zones(struct nfr_ctnet *net, const struct nfr_pkt *pkt,
			      const struct nfr_tuple *tuple);

/* The tuple of the packet whose IP header lies at ip_off: the packet's own (0), or one that an ICMP
 * error quotes. False: cut off, a later fragment, or a protocol's header that makes no tuple. */
bool nfr_ct_get_tuple(const struct nfr_pkt *pkt, uint32_t l4_off, uint8_t protonum,
		      struct nfr_tuple *tuple);
bool nfr_ct_get_tuple_quoted(const struct nfr_pkt *pkt, uint32_t ip_off, struct nfr_tuple *tuple);

/* The type and code of the answer to an ICMP query, where a tuple has its destination port. */
bool nfr_ct_invert_icmp(uint8_t protonum, nfr_be16 type_code, nfr_be16 *inverse);

/* The ports, or what stands in their place, of the answers. False: there are no answers. */
static inline bool nfr_ct_invert_l4(uint8_t protonum, nfr_be16 src, nfr_be16 dst,
				    nfr_be16 *inverse_src, nfr_be16 *inverse_dst)
{
	if (protonum == NFR_IPPROTO_ICMP || protonum == NFR_IPPROTO_ICMPV6) {
		*inverse_src = src; /* the identifier */
		return nfr_ct_invert_icmp(protonum, dst, inverse_dst);
	}
	*inverse_src = dst;
	*inverse_dst = src;
	return true;
}

static inline bool nfr_ct_invert_tuple(const struct nfr_tuple *tuple, struct nfr_tuple *inverse)
{
	inverse->src = tuple->dst;
	inverse->dst = tuple->src;
	inverse->l3num = tuple->l3num;
	inverse->protonum = tuple->protonum;
	return nfr_ct_invert_l4(tuple->protonum, tuple->src_l4, tuple->dst_l4, &inverse->src_l4,
				&inverse->dst_l4);
}

/* No connection knows its way any more. O(connections). */
void nfr_ctnet_forget_fastpaths(struct nfr_ctnet *net);

/* Hook functions; priv is the struct nfr_ctnet. */
nfr_hook_fn nfr_ct_in;      /* PRE_ROUTING and LOCAL_OUT, NFR_IP_PRI_CONNTRACK */
nfr_hook_fn nfr_ct_confirm; /* LOCAL_IN and POST_ROUTING, last: helper, seqadj, confirm */

/* Whether nfr_ct_confirm() has nothing to do with the packet: it has no connection, or one in the
 * table that no helper reads and nothing was to be told of. */
static inline bool nfr_ct_confirm_is_idle(const struct nfr_ctnet *net, const struct nfr_pkt *pkt)
{
	const struct nfr_ct *ct = nfr_ct_of(net, pkt);

	return !ct || ((ct->status & (NFR_IPS_CONFIRMED | NFR_IPS_SEQ_ADJUST)) == NFR_IPS_CONFIRMED &&
			      !ct->ext && !ct->event_cache);
}

/* To be called when a packet's way has ended and NFR_PKT_CONFIRM is set: frees a connection that
 * was never confirmed, or that died under this packet. */
void nfr_ct_put_unconfirmed(struct nfr_ctnet *net, struct nfr_pkt *pkt);

/* A packet made in answer to `about` (REJECT) belongs to its connection, in the other direction
 * (nf_ct_attach). */
void nfr_ct_attach(struct nfr_ctnet *net, struct nfr_pkt *pkt, const struct nfr_pkt *about);

/* The router itself has reset this TCP connection (nf_ct_set_closing): it is in CLOSE, whatever it
 * was before. Nothing for other protocols, or before it is confirmed. */
void nfr_ct_set_closing(struct nfr_ctnet *net, uint32_t idx);

void nfr_ct_kill(struct nfr_ctnet *net, uint32_t idx); /* unlink, DESTROY event, free */

/* The same, but the record stays readable until this packet's way has ended. */
void nfr_ct_kill_under(struct nfr_ctnet *net, uint32_t idx, struct nfr_pkt *pkt);

void nfr_ct_view_of(const struct nfr_ctnet *net, const struct nfr_ct *ct,
		    struct nfr_ct_view *view);
void nfr_ct_event_cache(struct nfr_ctnet *net, struct nfr_ct *ct, uint32_t event_bit);

/* Both sides have been heard: early drop leaves it alone from now on. Rules may ask for it, so what
 * its packets do is to be learnt anew. */
void nfr_ct_set_assured(struct nfr_ctnet *net, struct nfr_ct *ct);

static inline bool nfr_ct_is_confirmed(const struct nfr_ct *ct)
{
	return (ct->status & NFR_IPS_CONFIRMED) != 0;
}

/* The connection's zone in a direction: 0 when it has one for the other direction only. */
static inline uint16_t nfr_ct_zone(const struct nfr_ct *ct, unsigned dir)
{
	return nfr_ntohs(ct->key[dir].zone);
}

/* The connection's zone, whichever directions it holds for. */
static inline uint16_t nfr_ct_any_zone(const struct nfr_ct *ct)
{
	uint16_t zone = nfr_ct_zone(ct, NFR_CT_DIR_ORIGINAL);

	return zone ? zone : nfr_ct_zone(ct, NFR_CT_DIR_REPLY);
}

/* Sets expiry to now + timeout (unless that is fixed) and counts the packet. */
void nfr_ct_refresh_acct(struct nfr_ctnet *net, struct nfr_ct *ct, const struct nfr_pkt *pkt,
			 uint64_t timeout_ns);

/* Counts the packet, if the connection has counters. */
void nfr_ct_count(struct nfr_ctnet *net, struct nfr_ct *ct, const struct nfr_pkt *pkt);

/* Walking: *cursor starts at 0; entries that have expired are passed over. In order of indices. */
bool nfr_ctnet_next(const struct nfr_ctnet *net, uint32_t *cursor, struct nfr_ct_view *view);
bool nfr_ctnet_get(const struct nfr_ctnet *net, uint32_t idx, struct nfr_ct_view *view);

unsigned nfr_ct_expire(struct nfr_ctnet *net, unsigned budget);
void nfr_ctnet_flush(struct nfr_ctnet *net);

/* NULL, or the invariant that does not hold. O(size). */
const char *nfr_ctnet_check(const struct nfr_ctnet *net);

/* Goes over everything that decides what the tables will do. O(size). */
uint64_t nfr_ctnet_digest(const struct nfr_ctnet *net);

#endif
