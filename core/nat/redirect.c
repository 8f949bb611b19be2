/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * REDIRECT: destination NAT to this host; NETMAP: one network onto another, host by host.
 */
#include "nat/nat.h"
#include "pkt/parse.h"

static bool own_addr(struct nfr_natnet *nat, const struct nfr_pkt *pkt,
		     const struct nfr_hook_state *state, union nfr_addr *addr)
{
	static const union nfr_addr loopback4 = {.b = {127, 0, 0, 1}};
	static const union nfr_addr loopback6 = {.b = {[15] = 1}};
	union nfr_addr daddr;

	if (state->hook == NFR_INET_LOCAL_OUT) {
		*addr = pkt->family == NFR_IPV4 ? loopback4 : loopback6;
		return true;
	}
	nfr_pkt_daddr(pkt, &daddr);
	return nat->env->ops->redirect_addr(nat->env, pkt->family, state->in, &daddr, addr);
}

unsigned nfr_nat_redirect(struct nfr_natnet *nat, struct nfr_pkt *pkt,
			  const struct nfr_nat_range *range, const struct nfr_hook_state *state)
{
	struct nfr_nat_range wanted = *range;

	if (!own_addr(nat, pkt, state, &wanted.min_addr)) {
		pkt->reason = NFR_REASON_NAT_NO_ADDRESS;
		return NFR_DROP;
	}
	wanted.max_addr = wanted.min_addr;
	wanted.flags |= NFR_NAT_RANGE_MAP_IPS;
	return nfr_nat_setup_info(nat, pkt, &wanted, NFR_NAT_MANIP_DST);
}

/* The range is the network's first and last address; where they agree is the network's part. */
unsigned nfr_nat_netmap(struct nfr_natnet *nat, struct nfr_pkt *pkt,
			const struct nfr_nat_range *range, const struct nfr_hook_state *state)
{
	enum nfr_nat_manip manip = nfr_nat_hook2manip(state->hook);
	bool is_src = manip == NFR_NAT_MANIP_SRC;
	struct nfr_nat_range wanted = *range;
	unsigned len = 4, off = is_src ? 12 : 16;

	if (pkt->family == NFR_IPV6) {
		len = 16;
		off = is_src ? 8 : 24;
	}
	for (unsigned i = 0; i < len; i++) {
		uint8_t netmask = (uint8_t)~(range->min_addr.b[i] ^ range->max_addr.b[i]);

		wanted.min_addr.b[i] = (uint8_t)((pkt->data[off + i] & ~netmask) |
						 (range->min_addr.b[i] & netmask));
	}
	wanted.max_addr = wanted.min_addr;
	wanted.flags |= NFR_NAT_RANGE_MAP_IPS;
	return nfr_nat_setup_info(nat, pkt, &wanted, manip);
}
