/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cutting a packet to the MTU of the link it leaves on.
 */
#ifndef NFR_PKT_FRAGMENT_H
#define NFR_PKT_FRAGMENT_H

#include "base/env.h"

typedef void nfr_fragment_out_fn(void *user, struct nfr_pkt *fragment);

/* Hands the fragments of pkt, none larger than mtu, to out, each in a buffer of its own that is
 * free again when out returns. `id` is the identification of IPv6 fragments. False when there is
 * no buffer, or mtu leaves no room for eight bytes of payload. */
bool nfr_ip_fragment(struct nfr_env *env, const struct nfr_pkt *pkt, uint32_t mtu, uint32_t id,
		     nfr_fragment_out_fn *out, void *user);

#endif
