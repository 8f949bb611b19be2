/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MASQUERADE: source NAT to an address of the outgoing interface, forgotten with it.
 *
 * The address is asked for once, by a connection's first packet. A later change of the interface's
 * addresses leaves connections alone whose address stays; those of an address that goes, or of an
 * interface that goes down, are killed, so that the next packet is masqueraded anew. An interface
 * without an address of its own lends one of another interface, as inet_select_addr() does.
 */
#include "nat/nat.h"

static bool is_unspecified(const union nfr_addr *addr)
{
	static const union nfr_addr any;

	return nfr_addr_eq(addr, &any);
}

unsigned nfr_nat_masquerade(struct nfr_natnet *nat, struct nfr_pkt *pkt,
			    const struct nfr_nat_range *range, const struct nfr_hook_state *state)
{
	struct nfr_ct *ct = nfr_ct_of(nat->ct, pkt);
	struct nfr_nat_range wanted = *range;
	union nfr_addr newsrc, next_hop = pkt->dst.gateway;
	struct nfr_tuple orig;

	/* a DHCP client that has no address yet; only IPv4 looks */
	nfr_ct_tuple(nat->ct, ct, NFR_CT_DIR_ORIGINAL, &orig);
	if (pkt->family == NFR_IPV4 && is_unspecified(&orig.src))
		return NFR_ACCEPT;
	/* IPv6 chooses for the packet's destination, IPv4 for its next hop */
	if (pkt->family == NFR_IPV6)
		memcpy(next_hop.b, pkt->data + 24, 16);
	memset(&newsrc, 0, sizeof(newsrc));
	if (!nat->env->ops->select_addr(nat->env, pkt->family, state->out, &next_hop, &newsrc)) {
		pkt->reason = NFR_REASON_NAT_NO_ADDRESS;
		return NFR_DROP;
	}
	ct->masq_oif = state->out;
	wanted.flags |= NFR_NAT_RANGE_MAP_IPS;
	wanted.min_addr = wanted.max_addr = newsrc;
	return nfr_nat_setup_info(nat, pkt, &wanted, NFR_NAT_MANIP_SRC);
}

static bool forgets(const struct nfr_ctnet *net, const struct nfr_ct *ct, uint16_t ifindex,
		    const union nfr_addr *addr)
{
	struct nfr_tuple reply;

	if (ct->masq_oif != ifindex || !nfr_ct_is_confirmed(ct))
		return false;
	if (!addr)
		return true;
	nfr_ct_tuple(net, ct, NFR_CT_DIR_REPLY, &reply);
	return nfr_addr_eq(&reply.dst, addr);
}

/* Masqueraded connections are in the by-source lists: no other index of connections is needed. */
void nfr_nat_masq_forget(struct nfr_natnet *nat, uint16_t ifindex, const union nfr_addr *addr)
{
	for (uint32_t i = 0; i < nat->n_bysource; i++) {
		uint32_t idx = nat->bysource[i].first, next;

		for (; idx; idx = next) {
			const struct nfr_ct *ct = nfr_ct_at(nat->ct, idx);

			next = ct->nat_link;
			if (forgets(nat->ct, ct, ifindex, addr))
				nfr_ct_kill(nat->ct, idx);
		}
	}
}
