/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NAT: bindings chosen on a connection's first packet, applied to all others.
 */
#ifndef NFR_NAT_NAT_H
#define NFR_NAT_NAT_H

#include "ct/ct.h"
#include "nfref/xt.h"

enum nfr_nat_manip {
	NFR_NAT_MANIP_SRC,
	NFR_NAT_MANIP_DST,
};

static inline enum nfr_nat_manip nfr_nat_hook2manip(unsigned hook)
{
	return hook == NFR_INET_POST_ROUTING || hook == NFR_INET_LOCAL_IN ? NFR_NAT_MANIP_SRC
									   : NFR_NAT_MANIP_DST;
}

/* The nat table's rules, asked for a connection's first packet at each of the four hooks. */
typedef unsigned nfr_nat_lookup_fn(void *xt, struct nfr_pkt *pkt,
				   const struct nfr_hook_state *state);

/* A list of the by-source index. */
struct nfr_nat_sources {
	uint32_t first; /* newest connection, then ct->nat_link */
	uint32_t seen;  /* two bits for each source that came in since it was empty */
};

struct nfr_natnet {
	struct nfr_env *env;
	struct nfr_ctnet *ct;
	struct nfr_nat_sources *bysource; /* hash of original sources */
	uint32_t *prev; /* [connection index - 1]: the one before it in its list, 0: first */
	uint32_t n_bysource;
	union nfr_addr last_src[2];   /* [family is IPv6]; the last source chosen: a guess what the
				       * next one will be, for prefetching only */
	nfr_nat_lookup_fn *lookup[2]; /* [family is IPv6]; NULL: no nat table */
	void *xt;
};

/* After nfr_ctnet_init(): the by-source index is as large as the table of connections. */
void nfr_natnet_init(struct nfr_natnet *nat, struct nfr_env *env, struct nfr_ctnet *ct,
		     struct nfr_arena *arena);

/* Hook functions; priv is the struct nfr_natnet. Registered while a nat table of the family is
 * loaded; without one, connections get no binding and no null binding. */
nfr_hook_fn nfr_nat_pre;  /* PRE_ROUTING, NFR_IP_PRI_NAT_DST */
nfr_hook_fn nfr_nat_in;   /* LOCAL_IN, NFR_IP_PRI_NAT_SRC */
nfr_hook_fn nfr_nat_out;  /* LOCAL_OUT, NFR_IP_PRI_NAT_DST */
nfr_hook_fn nfr_nat_post; /* POST_ROUTING, NFR_IP_PRI_NAT_SRC */

/* Whether the connection's packets of this one's direction are translated on that side. */
static inline bool nfr_nat_translates(const struct nfr_ct *ct, const struct nfr_pkt *pkt,
				      enum nfr_nat_manip manip)
{
	bool reply = nfr_ctinfo_dir(pkt->ctinfo) == NFR_CT_DIR_REPLY;

	return (ct->status & ((manip == NFR_NAT_MANIP_SRC) != reply ? NFR_IPS_SRC_NAT
								     : NFR_IPS_DST_NAT)) != 0;
}

/* Whether the hook that translates this side, LOCAL_OUT's apart, would leave the packet as it is:
 * it has no connection, or an established one that is not translated there. */
static inline bool nfr_nat_is_idle(const struct nfr_natnet *nat, const struct nfr_pkt *pkt,
				   enum nfr_nat_manip manip)
{
	const struct nfr_ct *ct = nfr_ct_of(nat->ct, pkt);

	if (!ct)
		return true;
	if (pkt->ctinfo != NFR_CT_ESTABLISHED && pkt->ctinfo != NFR_CT_ESTABLISHED_REPLY)
		return false;
	if (manip == NFR_NAT_MANIP_SRC && ct->masq_oif)
		return false;
	return !nfr_nat_translates(ct, pkt, manip);
}

/* Binds the packet's connection: what the SNAT and DNAT targets call. NFR_ACCEPT, or NFR_DROP
 * with pkt->reason. Nothing for a connection that is in the table already. */
unsigned nfr_nat_setup_info(struct nfr_natnet *nat, struct nfr_pkt *pkt,
			    const struct nfr_nat_range *range, enum nfr_nat_manip manip);

/* The same without a packet, for expected connections. False: no memory. */
bool nfr_nat_bind(struct nfr_natnet *nat, uint32_t ct_idx, const struct nfr_nat_range *range,
		  enum nfr_nat_manip manip);

/* The other nat targets, by name; `state` is where they stand. */
unsigned nfr_nat_masquerade(struct nfr_natnet *nat, struct nfr_pkt *pkt,
			    const struct nfr_nat_range *range, const struct nfr_hook_state *state);
unsigned nfr_nat_redirect(struct nfr_natnet *nat, struct nfr_pkt *pkt,
			  const struct nfr_nat_range *range, const struct nfr_hook_state *state);
unsigned nfr_nat_netmap(struct nfr_natnet *nat, struct nfr_pkt *pkt,
			const struct nfr_nat_range *range, const struct nfr_hook_state *state);

/* Interface `ifindex` went down (addr NULL) or lost an address: the connections that were
 * masqueraded there (with that address) are killed. O(connections). */
void nfr_nat_masq_forget(struct nfr_natnet *nat, uint16_t ifindex, const union nfr_addr *addr);

const char *nfr_natnet_check(const struct nfr_natnet *nat);

#endif
