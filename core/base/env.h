/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every layer shares: the clock of this call, settings, interfaces, random streams, packet
 * buffers, the sink; and the few things that lower layers ask of the stack above them.
 * struct nfr_net begins with it, so that a hook gets at it from its state.
 */
#ifndef NFR_BASE_ENV_H
#define NFR_BASE_ENV_H

#include "base/bytes.h"
#include "base/hash.h"
#include "base/pool.h"
#include "base/rng.h"
#include "base/sysctl.h"
#include "nfref/nfref.h"

struct nfr_iface {
	struct nfr_link link; /* link.name[0] == 0: not in use */
	struct nfr_sysctl_if sysctl;
};

/* A packet buffer: headroom for the link-layer header, a whole datagram, and the notes that
 * reassembly leaves for cutting it again (pkt/fragment.h). */
#define NFR_BUF_HEADROOM 64u
#define NFR_BUF_ROOM 65600u
#define NFR_BUF_NOTES 1088u
#define NFR_BUF_SIZE (NFR_BUF_HEADROOM + NFR_BUF_ROOM + NFR_BUF_NOTES)

struct nfr_env;
struct nfr_xtnet;

/* What lower layers need of the stack. */
struct nfr_env_ops {
	/* Rules that need connection tracking were loaded for a family, or the last one of them
	 * is gone (nf_ct_netns_get, nf_ct_netns_put): defragmentation and conntrack are hooked in
	 * meanwhile. Measured: the NAT targets, CT other than --notrack, and the matches and
	 * targets that read a connection need it; an empty nat table, REJECT, LOG, TRACE do not.
	 * NFR_ENOMEM: no room for its hooks. */
	enum nfr_status (*use_conntrack)(struct nfr_env *env, uint8_t family, bool on);
	/* Sends a packet of the router's own through routing and LOCAL_OUT. Data lies in a buffer
	 * from nfr_env_buf_get(); the stack frees it. `for_pkt` is what it answers, or NULL. */
	void (*send)(struct nfr_env *env, struct nfr_pkt *pkt, const struct nfr_pkt *for_pkt);
	/* Sends an ICMP or ICMPv6 error about pkt, as icmp_send() and icmp6_send() do. */
	void (*icmp_error)(struct nfr_env *env, const struct nfr_pkt *pkt, uint8_t type,
			   uint8_t code, uint32_t info, unsigned hook);
	/* Routes a local packet again after its addresses or mark changed (ip_route_me_harder).
	 * False: no route, drop it. */
	bool (*reroute)(struct nfr_env *env, struct nfr_pkt *pkt);
	/* Routes an IPv4 packet that arrived on pkt->iif (ip_route_input_noref). False: there is no
	 * way, or it must not come from there. */
	bool (*route_input)(struct nfr_env *env, struct nfr_pkt *pkt);
	/* RTN_* type of an address, as seen from interface `ifindex` (0: any). */
	uint8_t (*addr_type)(struct nfr_env *env, uint8_t family, const union nfr_addr *addr,
			     uint16_t ifindex);
	/* Source address for packets that leave by `ifindex` towards dst (MASQUERADE). False: none. */
	bool (*select_addr)(struct nfr_env *env, uint8_t family, uint16_t ifindex,
			    const union nfr_addr *dst, union nfr_addr *out);
	/* REDIRECT's address: the first of interface `ifindex`; of IPv6, where the newest comes
	 * first, one of dst's scope if that is bounded. False: none. */
	bool (*redirect_addr)(struct nfr_env *env, uint8_t family, uint16_t ifindex,
			      const union nfr_addr *dst, union nfr_addr *out);
	/* MTU of the route back to the packet's source (TCPMSS --clamp-mss-to-pmtu). */
	uint32_t (*reverse_mtu)(struct nfr_env *env, const struct nfr_pkt *pkt);
	/* Id of the packet's connection, 0 without one. */
	uint32_t (*ct_id)(struct nfr_env *env, const struct nfr_pkt *pkt);
	/* A packet that was kept aside ends here: its reason is counted, an unconfirmed connection
	 * of it, if it still has that id, is freed. */
	void (*pkt_end)(struct nfr_env *env, struct nfr_pkt *pkt, uint32_t ct_id);
};

/* A release of Linux, to compare linux_version with: where kernels differ, a predicate with this
 * stands beside what they do differently. */
#define NFR_LINUX(major, minor) ((uint32_t)(major) << 16 | (uint32_t)(minor) << 8)

#define NFR_LEARN_MAX 12

/* What evaluation notes of a packet with NFR_PKT_LEARN (stack/fastpath.h). */
struct nfr_learning {
	uint64_t *counter[NFR_LEARN_MAX]; /* that it moved: packets, bytes beside it */
	unsigned n;
	bool varies; /* something depended on more than the connection and the direction */
};

struct nfr_env {
	uint64_t now_ns;
	struct nfr_learning *learning; /* of the packet on its way, or NULL */
	uint64_t settings;	       /* counts changes of anything that decides a packet's way */
	struct nfr_sysctl sysctl;
	struct nfr_sysctl_if if_all, if_default;
	struct nfr_iface *iface; /* max_iface of them; interface k is iface[k - 1] */
	uint32_t max_iface; /* also the index of the loopback interface, which is always there */
	uint32_t n_iface;   /* others than the loopback */
	uint32_t linux_version; /* to be like: one of NFR_LINUX(6, 1), (6, 12), (6, 18) */
	struct nfr_hash_key hash_key;
	struct nfr_rng rng[NFR_RNG_MAX];
	struct nfr_pool bufs;
	struct nfr_sink sink; /* no member but ct_event is NULL */
	const struct nfr_env_ops *ops;
	struct nfr_xtnet *xt; /* by which the calls that load rules find their tables */
	uint64_t reasons[NFR_REASON_MAX];
};

static inline struct nfr_env *nfr_env_of(struct nfr_net *net)
{
	return (struct nfr_env *)(void *)net;
}

/* To be called by everything that changes rules, hooks, routes, interfaces or settings. */
static inline void nfr_env_changed(struct nfr_env *env)
{
	env->settings++;
}

static inline void nfr_learn_counter(struct nfr_env *env, uint64_t *packets)
{
	struct nfr_learning *l = env->learning;

	if (!l)
		return;
	if (l->n < NFR_LEARN_MAX)
		l->counter[l->n++] = packets;
	else
		l->varies = true;
}

static inline void nfr_learn_varies(struct nfr_env *env)
{
	if (env->learning)
		env->learning->varies = true;
}

/* "" when there is no such interface. */
static inline const char *nfr_env_ifname(const struct nfr_env *env, uint16_t ifindex)
{
	return ifindex && ifindex <= env->max_iface ? env->iface[ifindex - 1].link.name : "";
}

/* Makes room for len bytes from pkt's data on, moving it into a packet buffer when it has less.
 * pkt->len stays; the bytes beyond it are zero. False: no buffer left, or len is beyond one. */
bool nfr_env_pkt_grow(struct nfr_env *env, struct nfr_pkt *pkt, uint32_t len);
uint32_t nfr_env_buf_get(struct nfr_env *env); /* 0: none left */
void nfr_env_buf_put(struct nfr_env *env, uint32_t buf);

static inline uint8_t *nfr_env_buf_data(const struct nfr_env *env, uint32_t buf)
{
	return (uint8_t *)nfr_pool_at(&env->bufs, buf) + NFR_BUF_HEADROOM;
}

static inline uint8_t *nfr_env_buf_notes(const struct nfr_env *env, uint32_t buf)
{
	return nfr_env_buf_data(env, buf) + NFR_BUF_ROOM;
}

/* True when the steps of this packet are to be told to sink.trace. */
static inline bool nfr_pkt_watched(const struct nfr_pkt *pkt)
{
	return (pkt->flags & (NFR_PKT_WATCHED | NFR_PKT_TRACE)) != 0;
}

/* True when these steps are of interest to anybody: then there are no short ways for it. */
static inline bool nfr_pkt_closely(const struct nfr_pkt *pkt)
{
	return (pkt->flags & (NFR_PKT_WATCHED | NFR_PKT_TRACE | NFR_PKT_LEARN)) != 0;
}

#endif
