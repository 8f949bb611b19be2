/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nfref: Linux netfilter as a deterministic library. Packet in, verdict out.
 *
 * The laws of this interface:
 *  - Memory: one block that the caller gives; nothing is ever allocated. nfr_size() says how
 *    much. The instance is gone when the caller takes the block back.
 *  - Time: an argument in nanoseconds of any clock that does not run backwards. Nothing expires
 *    unless a later time is passed in.
 *  - Randomness: drawn from the seed in the configuration. The same configuration and calls give
 *    the same bytes everywhere.
 *  - Threads: one at a time for an instance; different instances share nothing writable.
 *  - Byte order: values of type nfr_be16 and nfr_be32 and addresses are as on the wire, all
 *    others are host order. Lengths are bytes.
 *  - Strings handed out are static; strings and structs handed in are copied.
 *  - Outcomes: control calls return enum nfr_status; packets get a verdict (enum nfr_verdict)
 *    and a reason (enum nfr_reason). A malformed packet or a full table is never an error.
 *  - Callbacks may read the instance but must not call back into it with packets.
 */
#ifndef NFREF_NFREF_H
#define NFREF_NFREF_H

#ifdef __cplusplus
extern "C" {
#endif

#include "nfref/ct.h"
#include "nfref/hook.h"
#include "nfref/pkt.h"
#include "nfref/tuple.h"
#include "nfref/types.h"
#include "nfref/xt.h"

#define NFR_VERSION "0.1.0"

/* Why a packet's way ended; counted for each instance. */
enum nfr_reason {
#define REASON(name, text) NFR_REASON_##name,
#include "nfref/reason.def"
#undef REASON
	NFR_REASON_MAX,
};

const char *nfr_reason_name(enum nfr_reason reason); /* "POLICY_DROP" */
const char *nfr_reason_text(enum nfr_reason reason); /* "DROP by a chain's policy" */

enum nfr_pool_id {
#define POOL(name, what, n) NFR_POOL_##name,
#include "nfref/pool.def"
#undef POOL
	NFR_POOL_MAX,
};

/* ---- what comes out ---- */

/* A rule, or a chain's policy, as seen in a trace. */
struct nfr_trace_rule {
	const char *table;
	const char *chain;
	uint32_t num;       /* rule number from 1 */
	const char *type;   /* "rule", "return" or "policy", as in a TRACE line */
	unsigned verdict;   /* enum nfr_verdict, or NFR_XT_CONTINUE */
	const char *target; /* what the rule names: target, verdict or chain */
};

enum nfr_trace_kind {
	NFR_TRACE_HOOK,      /* a hook point is entered */
	NFR_TRACE_RULE,      /* a rule matched, or a chain ended */
	NFR_TRACE_CT,        /* conntrack has looked at the packet */
	NFR_TRACE_NAT,       /* a binding was made or applied */
	NFR_TRACE_ROUTE,     /* a routing decision */
	NFR_TRACE_TCP,       /* the TCP tracker's arithmetic */
	NFR_TRACE_NOTE,      /* a sentence of the kernel's own: why a packet is invalid */
};

/* One step of a packet's way; told only for packets marked by TRACE, or for all (config.watch). */
struct nfr_trace {
	enum nfr_trace_kind kind;
	const struct nfr_pkt *pkt;
	const struct nfr_hook_state *state;
	struct nfr_trace_rule rule;   /* of RULE */
	const char *note;             /* of TCP, NOTE, CT: a static text */
	uint32_t value[8];            /* of TCP: seq, end, ack, window, then the sender's
					 td_end, td_maxend and the receiver's td_end, td_maxwin */
	uint8_t state_before;         /* of CT: enum nfr_tcp_state, 0 for other protocols */
	uint8_t state_after;
	const struct nfr_ct_view *ct; /* of CT, NAT: valid during the call, or NULL */
};

/* What `-j LOG` hands to the log. */
struct nfr_log {
	const struct nfr_pkt *pkt;
	const struct nfr_hook_state *state;
	const char *prefix;
	uint8_t level;
	uint8_t flags; /* enum nfr_log_flags */
};

enum nfr_log_flags {
	NFR_LOG_TCPSEQ = 0x01,
	NFR_LOG_TCPOPT = 0x02,
	NFR_LOG_IPOPT = 0x04,
	NFR_LOG_UID = 0x08,
	NFR_LOG_MACDECODE = 0x20,
};

/* Where everything goes that leaves the instance. Members may be NULL: then it is lost. */
struct nfr_sink {
	void *user; /* handed to each */
	/* A frame (link-layer header included; just the packet on a link without one) leaves. */
	void (*xmit)(void *user, uint16_t oif, const uint8_t *frame, uint32_t len,
		     const struct nfr_pkt *pkt);
	/* A packet is delivered to the local host. */
	void (*deliver)(void *user, const struct nfr_pkt *pkt);
	void (*ct_event)(void *user, const struct nfr_ct_event *event);
	void (*expect_event)(void *user, const struct nfr_expect_event *event);
	void (*log)(void *user, const struct nfr_log *log);
	/* A packet was queued; answer with nfr_reinject(id), now or later. Returns false when
	 * nobody listens on that queue. */
	bool (*queue)(void *user, uint16_t num, uint32_t id, const struct nfr_pkt *pkt,
		      const struct nfr_hook_state *state);
	void (*trace)(void *user, const struct nfr_trace *trace);
};

/* ---- the instance ---- */

struct nfr_config {
	uint64_t seed;
	uint32_t linux_version; /* the kernel to be like: 0x060100, 0x060c00; 0: 6.18 */
	struct {
#define POOL(name, what, n) uint32_t name;
#include "nfref/pool.def"
#undef POOL
	} max; /* objects in each pool; 0: the default */
	bool watch; /* sink.trace hears of every packet, not only of those marked by TRACE */
	struct nfr_sink sink;
};

/* Bytes of memory that an instance of this configuration needs; 0 when it is impossible. */
size_t nfr_size(const struct nfr_config *config);

/*
 * Makes an instance in mem, which must be aligned to 64 bytes and stay where it is. Returns NULL
 * when mem is too small or misaligned. No byte of mem is read before it is written.
 */
struct nfr_net *nfr_init(void *mem, size_t len, const struct nfr_config *config);

/*
 * A snapshot is everything that the instance knows, as bytes; it can be restored into the
 * instance it was taken from, in the same place. Cost: one copy of the block.
 */
size_t nfr_snapshot_size(const struct nfr_net *net);
void nfr_snapshot(const struct nfr_net *net, void *to);
void nfr_restore(struct nfr_net *net, const void *from);

/* NULL when all invariants hold, or a static text that names the one that does not. O(size). */
const char *nfr_check(const struct nfr_net *net);

/* A number that is equal for instances that will behave equally. O(size). */
uint64_t nfr_digest(const struct nfr_net *net);

/* Objects in use of a pool, and its capacity. */
uint32_t nfr_pool_used(const struct nfr_net *net, enum nfr_pool_id pool);
uint32_t nfr_pool_max(const struct nfr_net *net, enum nfr_pool_id pool);

/* The nth request to the pool from now on fails, and all later ones if `onward`; 0: none. */
void nfr_fault_set(struct nfr_net *net, enum nfr_pool_id pool, uint32_t nth, bool onward);

uint64_t nfr_reason_count(const struct nfr_net *net, enum nfr_reason reason);

/* The kernel that it is like, 6.18 too as a number: kernels word log lines differently. */
uint32_t nfr_linux_version(const struct nfr_net *net);

/* ---- packets ---- */

struct nfr_frame {
	uint8_t *data; /* changed in place */
	uint32_t len;  /* bytes on the wire */
	uint32_t room; /* bytes that may be used, >= len */
};

struct nfr_result {
	uint8_t verdict; /* enum nfr_verdict: of the first hook that did not accept, or ACCEPT */
	uint8_t ctstate; /* enum nfr_ctstate after conntrack's first hook */
	uint16_t reason; /* enum nfr_reason */
	uint16_t oif;    /* interface it left on; 0 when it did not */
};

/* What `-m conntrack --ctstate` would match. */
enum nfr_ctstate {
	NFR_CTSTATE_NONE, /* the packet did not get as far as conntrack */
	NFR_CTSTATE_INVALID,
	NFR_CTSTATE_ESTABLISHED,
	NFR_CTSTATE_RELATED,
	NFR_CTSTATE_NEW,
	NFR_CTSTATE_UNTRACKED,
};

/* A frame arrives on an interface. What it causes goes to the sink before the call returns. */
struct nfr_result nfr_receive(struct nfr_net *net, uint64_t now_ns, uint16_t ifindex,
			      struct nfr_frame *frame);

/* The same for n frames in order; memory is fetched ahead across them. */
void nfr_receive_burst(struct nfr_net *net, uint64_t now_ns, uint16_t ifindex,
		       struct nfr_frame *frames, unsigned n, struct nfr_result *results);

/* The local host sends an IP packet. `mark` is the socket's (SO_MARK). */
struct nfr_result nfr_transmit(struct nfr_net *net, uint64_t now_ns, struct nfr_frame *packet,
			       uint32_t mark);
void nfr_transmit_burst(struct nfr_net *net, uint64_t now_ns, struct nfr_frame *packets,
			unsigned n, uint32_t mark, struct nfr_result *results);

/* Time goes by: expires at most `budget` connections, expectations and fragments.
 * Returns how many, or budget while more may be left. */
unsigned nfr_advance(struct nfr_net *net, uint64_t now_ns, unsigned budget);

/* The verdict on a queued packet: ACCEPT, DROP or REPEAT, with new bytes unless packet is NULL. */
struct nfr_result nfr_reinject(struct nfr_net *net, uint64_t now_ns, uint32_t id,
			       unsigned verdict, const struct nfr_frame *packet);

/* ---- one hook, for embedders with a stack of their own ---- */

/* Called in place of the rest of the stack when all hooks accepted. */
typedef void nfr_okfn(void *user, struct nfr_pkt *pkt);

enum nfr_status nfr_hook_register(struct nfr_net *net, const struct nfr_hook_ops *ops);
enum nfr_status nfr_hook_unregister(struct nfr_net *net, const struct nfr_hook_ops *ops);

/*
 * Fills pkt from an IP packet of pkt->len bytes at data, validating it as Linux does on receipt.
 * Returns NFR_REASON_NONE, or why Linux drops it.
 */
enum nfr_reason nfr_pkt_init(struct nfr_pkt *pkt, uint8_t *data, uint32_t len, uint32_t room);

/* Lets go of what the instance keeps for a packet that nfr_hook() has seen: to be called once,
 * when the packet's way ends, whatever ended it. */
void nfr_pkt_free(struct nfr_net *net, struct nfr_pkt *pkt);

/* Tracks connections of a family even while no rule asks for it, or no longer. */
enum nfr_status nfr_conntrack_use(struct nfr_net *net, uint8_t family, bool on);

/* Runs a packet through one hook point, as NF_HOOK does. */
unsigned nfr_hook(struct nfr_net *net, uint64_t now_ns, uint8_t family, uint8_t hooknum,
		  uint16_t in, uint16_t out, struct nfr_pkt *pkt, nfr_okfn *okfn, void *user);

/* ---- configuration: what `ip` and `sysctl` set ---- */

struct nfr_link {
	char name[NFR_IFNAMSIZ];
	uint8_t mac[6];
	bool up;
	bool no_arp;     /* a link without link-layer addresses (a tun) */
	bool loopback;
	uint32_t mtu;    /* bytes; 0 in a request: leave as it is, or 1500 */
};

/* Adds an interface, or changes the one of that name. Returns its index (from 1) or a status. */
int nfr_link_set(struct nfr_net *net, const struct nfr_link *link);
int nfr_link_index(const struct nfr_net *net, const char *name); /* or NFR_ENODEV */
enum nfr_status nfr_link_get(const struct nfr_net *net, uint16_t ifindex, struct nfr_link *link);

struct nfr_ifaddr {
	uint8_t family;
	uint8_t prefix_len;
	uint8_t scope;          /* RT_SCOPE_*: 0 global, 253 link, 254 host */
	uint16_t ifindex;
	union nfr_addr local;
	union nfr_addr peer;    /* equal to local unless point-to-point */
	union nfr_addr broadcast; /* zero: none */
};

/* An address brings its local, broadcast and connected routes along, as in Linux. */
enum nfr_status nfr_addr_add(struct nfr_net *net, const struct nfr_ifaddr *addr);
enum nfr_status nfr_addr_del(struct nfr_net *net, const struct nfr_ifaddr *addr);

#define NFR_RT_TABLE_DEFAULT 253
#define NFR_RT_TABLE_MAIN 254
#define NFR_RT_TABLE_LOCAL 255

struct nfr_route {
	uint8_t family;
	uint8_t prefix_len;
	uint8_t type;     /* enum nfr_route_type */
	uint8_t tos;
	uint8_t scope;
	uint16_t oif;     /* 0: found from the gateway */
	uint32_t table;
	uint32_t metric;
	uint32_t mtu;     /* 0: the interface's */
	bool mtu_lock;
	bool onlink;
	union nfr_addr dst;
	union nfr_addr gateway;  /* zero: on-link */
	union nfr_addr pref_src; /* zero: chosen */
};

enum nfr_status nfr_route_add(struct nfr_net *net, const struct nfr_route *route);
enum nfr_status nfr_route_del(struct nfr_net *net, const struct nfr_route *route);

struct nfr_policy_rule {
	uint8_t family;
	uint8_t src_len, dst_len;
	uint8_t tos;
	uint8_t action;   /* RTN_UNICAST: look up table; BLACKHOLE, UNREACHABLE, PROHIBIT */
	bool invert;
	uint32_t priority;
	uint32_t table;
	uint32_t mark, mark_mask; /* mask 0: any */
	union nfr_addr src, dst;
	char iif[NFR_IFNAMSIZ], oif[NFR_IFNAMSIZ];
	uint8_t ipproto;
	uint16_t sport_min, sport_max, dport_min, dport_max; /* 0: any */
};

enum nfr_status nfr_rule_add(struct nfr_net *net, const struct nfr_policy_rule *rule);
enum nfr_status nfr_rule_del(struct nfr_net *net, const struct nfr_policy_rule *rule);

/* A neighbour's link-layer address. Next hops without one are at 02:00:00:00:0k:fe. */
enum nfr_status nfr_neigh_set(struct nfr_net *net, uint16_t ifindex, uint8_t family,
			      const union nfr_addr *addr, const uint8_t mac[6]);

/* By full name, dots as separators, as in sysctl.conf. NFR_ENOENT: not one that nfref knows. */
enum nfr_status nfr_sysctl_set(struct nfr_net *net, const char *name, int32_t value);
enum nfr_status nfr_sysctl_get(const struct nfr_net *net, const char *name, int32_t *value);

/* ---- conntrack tables ---- */

/*
 * Walks the table: start with *cursor = 0, until it returns false. Entries that have expired are
 * passed over, as `conntrack -L` does. IPv4 and IPv6 come as they were created.
 */
bool nfr_ct_next(const struct nfr_net *net, uint64_t now_ns, uint32_t *cursor,
		 struct nfr_ct_view *view);
bool nfr_expect_next(const struct nfr_net *net, uint64_t now_ns, uint32_t *cursor,
		     struct nfr_expect_view *view);
bool nfr_ct_get(const struct nfr_net *net, uint64_t now_ns, uint32_t idx,
		struct nfr_ct_view *view);
void nfr_ct_flush(struct nfr_net *net, uint64_t now_ns);

#ifdef __cplusplus
}
#endif

#endif
