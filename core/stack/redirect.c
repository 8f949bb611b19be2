/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMP redirects (ip_rt_send_redirect(), ndisc_send_redirect()): a packet that leaves where it
 * came in could have gone straight to its next hop. The sender is told, less and less often, and
 * no more after nine times, until it has been quiet for some 20 seconds. The time of quiet is that of
 * the limit on errors (limit.c), too: whoever was just sent a redirect gets no error for a while.
 *
 * IPv6 redirects come from a link-local address; an interface without one sends none. One a second
 * may go to whom the packet is for: so far Linux counts, and what it counts is missing when that
 * host is to get an error.
 */
#include "pkt/icmp.h"
#include "stack/net.h"

enum {
	ICMP_REDIR_HOST = 1,
};

#define REDIRECT_NUMBER 9u
#define REDIRECT_BURST6 6u
#define REDIRECT_LOAD_NS (NFR_NSEC_PER_SEC / 50)
#define REDIRECT_SILENCE_NS (REDIRECT_LOAD_NS << (REDIRECT_NUMBER + 1))

void nfr_send_redirect(struct nfr_net *net, struct nfr_pkt *pkt)
{
	uint64_t now = net->env.now_ns, quiet_ns;
	struct nfr_peer *peer;

	if (pkt->family == NFR_IPV6) {
		peer = nfr_peer_get(&net->limits, &net->env, NFR_IPV6, pkt->data + 24);
		nfr_peer_allow(&net->env, peer, NFR_NSEC_PER_SEC, REDIRECT_BURST6);
		return;
	}
	peer = nfr_peer_get(&net->limits, &net->env, NFR_IPV4, pkt->data + 12);
	quiet_ns = nfr_peer_quiet_ns(peer, now);
	if (quiet_ns > REDIRECT_SILENCE_NS) {
		peer->n_redirects = 0;
		peer->tokens_ns = 0;
	}
	if (peer->n_redirects >= REDIRECT_NUMBER) {
		peer->last_jiffy = nfr_peer_jiffy(now);
		return;
	}
	if (peer->n_redirects && quiet_ns <= REDIRECT_LOAD_NS << peer->n_redirects)
		return;
	nfr_icmp_send(net, pkt, NFR_ICMP_REDIRECT, ICMP_REDIR_HOST, nfr_get32(pkt->dst.gateway.b));
	peer->last_jiffy = nfr_peer_jiffy(now);
	peer->n_redirects++;
}
