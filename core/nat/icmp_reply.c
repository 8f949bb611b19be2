/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMP errors through NAT: the error about a translated packet comes from outside, its quote
 * shows the packet as it was sent out. Inside, nobody would know it: the quote is translated
 * back, and the error itself goes to who sent the packet.
 *
 * The error travels against the packet it quotes, so the side that is rewritten outside (say the
 * destination) is the other one inside (the source), and both become the same address.
 *
 * A redirect makes no sense across a translation and is dropped; so is an error whose checksum
 * is wrong (it would be computed anew below, and made right).
 */
#include "base/csum.h"
#include "nat/manip.h"
#include "pkt/fragment.h"
#include "pkt/parse.h"

#define ICMP_HLEN 8u
#define ICMP_REDIRECT 5
#define NDISC_REDIRECT 137
#define NAT_MASK (NFR_IPS_SRC_NAT | NFR_IPS_DST_NAT)
#define NAT_DONE_MASK (NFR_IPS_SRC_NAT_DONE | NFR_IPS_DST_NAT_DONE)

static bool is_redirect(const struct nfr_pkt *pkt, const uint8_t *icmp)
{
	return icmp[0] == (pkt->family == NFR_IPV4 ? ICMP_REDIRECT : NDISC_REDIRECT);
}

/* The checksum of the whole message, which the quote's own corrections may have changed. */
static void checksum_anew(struct nfr_pkt *pkt, uint8_t *icmp)
{
	uint32_t len = pkt->len - pkt->l4_off, sum = 0;

	nfr_put16(icmp + 2, 0);
	if (pkt->family == NFR_IPV6)
		sum = nfr_csum_pseudo(NFR_IPV6, pkt->data, NFR_IPPROTO_ICMPV6, len);
	nfr_put16(icmp + 2, (uint16_t)~nfr_csum_fold(nfr_csum_add(sum, icmp, len)));
}

bool nfr_nat_icmp_reply(struct nfr_natnet *nat, const struct nfr_ct *ct, struct nfr_pkt *pkt,
			enum nfr_nat_manip manip)
{
	uint32_t quote_hlen = pkt->family == NFR_IPV4 ? 20 : 40;
	uint8_t *icmp = nfr_pkt_at(pkt, pkt->l4_off, ICMP_HLEN + quote_hlen);
	unsigned dir = nfr_ctinfo_dir(pkt->ctinfo);
	unsigned status_bit = manip == NFR_NAT_MANIP_SRC ? NFR_IPS_SRC_NAT : NFR_IPS_DST_NAT;
	struct nfr_nat_side side;

	nfr_pkt_pull(pkt, pkt->l4_off + ICMP_HLEN + quote_hlen);
	if (!icmp || !nfr_l4_csum_ok(pkt))
		return false;
	if (is_redirect(pkt, icmp) &&
	    ((ct->status & NAT_DONE_MASK) != NAT_DONE_MASK || ct->status & NAT_MASK))
		return false;
	if (dir == NFR_CT_DIR_REPLY)
		status_bit ^= NAT_MASK;
	if (!(ct->status & status_bit))
		return true;
	nfr_nat_side_of(nat->ct, ct, dir, manip, &side);
	if (!nfr_nat_manip_quoted(pkt, pkt->l4_off + ICMP_HLEN, &side,
				  manip == NFR_NAT_MANIP_SRC ? NFR_NAT_MANIP_DST : NFR_NAT_MANIP_SRC))
		return false;
	checksum_anew(pkt, icmp);
	side.protonum = pkt->protonum;
	return nfr_nat_manip_pkt(pkt, &side, manip);
}
