/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cutting a packet to the MTU of the link it leaves on.
 */
#ifndef NFR_PKT_FRAGMENT_H
#define NFR_PKT_FRAGMENT_H

#include "base/env.h"

/* Where a reassembled packet was cut, kept behind the datagram in its buffer while the packet has
 * NFR_PKT_FRAG_LIST. */
struct nfr_frag_notes {
	uint16_t base;       /* offset of the fragmented part in the packet */
	uint16_t min_hlen;   /* shortest header among the fragments but the first */
	uint8_t start[1024]; /* bit k: a fragment began at byte 8 k of that part */
};

static inline struct nfr_frag_notes *nfr_frag_notes(const struct nfr_env *env, uint32_t buf)
{
	return (struct nfr_frag_notes *)(void *)nfr_env_buf_notes(env, buf);
}

/* Linux makes the first n bytes of a packet one piece before it writes there: bytes that lay in later
 * fragments move into the first (pskb_may_pull()). */
static inline void nfr_pkt_pull(struct nfr_pkt *pkt, uint32_t n)
{
	if (pkt->flags & NFR_PKT_FRAG_LIST && n > pkt->pulled)
		pkt->pulled = (uint16_t)n;
}

typedef void nfr_fragment_out_fn(void *user, struct nfr_pkt *fragment);

/*
 * Hands the fragments of pkt to out, in order, in a buffer that is used again when out returns.
 * `mtu` is the route's; fragments are not made larger than those that came either (frag_max).
 * Whether the packet may be fragmented at all, and whether frag_max fits mtu, is the caller's to
 * decide. `id` is the identification of IPv6 fragments. False when there is no buffer, or mtu
 * leaves no room for eight bytes of payload. (ip_do_fragment, ip6_fragment)
 */
bool nfr_ip_fragment(struct nfr_env *env, const struct nfr_pkt *pkt, uint32_t mtu, uint32_t id,
		     nfr_fragment_out_fn *out, void *user);

#endif
