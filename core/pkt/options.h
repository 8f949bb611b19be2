/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv4 options: their check behind routing, the route and time stamps that a router leaves in
 * them, what an answer echoes and what later fragments keep.
 */
#ifndef NFR_PKT_OPTIONS_H
#define NFR_PKT_OPTIONS_H

#include "base/env.h"

/* Where in the header the options lie that are acted upon; 0: absent. */
struct nfr_ip_options {
	uint8_t rr, ts, cipso, router_alert; /* and a source route: nfr_pkt.srr */
	bool ts_needaddr; /* the same for its time stamp, when it follows a source route */
	bool rr_needaddr; /* this router's entry is to be replaced by the address it leaves from */
	bool is_changed;
};

/*
 * Checks the options of a received packet and records this router in those that ask for it, with
 * the address spec_dst and the time. False: malformed; Linux drops the packet and answers with a
 * parameter problem whose pointer is *pointer << 24. A source route is only noted, in pkt->srr.
 * (ip_options_compile)
 */
bool nfr_ip_options_compile(struct nfr_env *env, struct nfr_pkt *pkt,
			    const union nfr_addr *spec_dst, struct nfr_ip_options *opts,
			    uint8_t *pointer);

/*
 * True while options were written to and the header's checksum was not made right yet. Linux
 * verifies a transport checksum by summing up the packet from its first byte, so in this state,
 * between routing and the end of FORWARD, every one looks wrong to it, and REJECT says nothing
 * unless conntrack has found it right before: then only a forwarded packet gets no reset.
 */
bool nfr_ip_options_stale(const struct nfr_pkt *pkt);

/* On the way out: the recorded route says the address that the packet leaves from, and the
 * header's checksum is made right again. (ip_forward_options, without source routes) */
void nfr_ip_options_forward(struct nfr_pkt *pkt, const struct nfr_ip_options *opts,
			    const union nfr_addr *src);

/* The source route that was noted; NULL: none, or it is not there any more. */
uint8_t *nfr_ip_source_route(const struct nfr_pkt *pkt);
bool nfr_ip_is_strictroute(const struct nfr_pkt *pkt);

/* Writes the options that an ICMP error about pkt carries, whose source is src: of those that were
 * found right, so that `fault`, the byte that a parameter problem points at (0: none), and what is
 * behind it count no more. Returns their length, a multiple of 4. */
uint32_t nfr_ip_options_echo(struct nfr_env *env, const struct nfr_pkt *pkt,
			     const union nfr_addr *src, uint8_t fault, uint8_t out[40]);

/* Where that error is sent: to the source, or to the last hop that a source route has passed. */
const uint8_t *nfr_ip_options_first_hop(const struct nfr_pkt *pkt);

/* Blanks the options that only the first fragment carries (RFC 791: the copied flag). */
void nfr_ip_options_fragment(uint8_t *options, uint32_t len);

#endif
