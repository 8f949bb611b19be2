/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Helpers: code that reads a protocol's conversation and expects the connections it announces.
 *
 * A helper is one file with one const struct nfr_ct_helper and one row in helper.def. This header
 * is what it may use beside the expectations of ct/expect.h: a way to say why it drops, and what
 * NAT does for it. ftp.c is the example to follow.
 */
#ifndef NFR_HELPER_HELPER_H
#define NFR_HELPER_HELPER_H

#include "ct/expect.h"

/* A piece of a payload. */
struct nfr_helper_match {
	uint32_t off; /* from the payload's first byte */
	uint32_t len;
};

/* NAT's part; helper/ does not know nat/. */
struct nfr_helper_nat_ops {
	/* Puts text in place of the match: moves what follows, corrects lengths and checksums, and
	 * for TCP notes the change for sequence adjustment. False: no room. */
	bool (*mangle_tcp)(struct nfr_ctnet *net, uint32_t ct_idx, struct nfr_pkt *pkt,
			   const struct nfr_helper_match *match, const uint8_t *text,
			   uint32_t len);
	bool (*mangle_udp)(struct nfr_ctnet *net, uint32_t ct_idx, struct nfr_pkt *pkt,
			   const struct nfr_helper_match *match, const uint8_t *text,
			   uint32_t len);
	/* Registers an expectation with the destination port *port or, if that is taken, a higher
	 * one, which is then in *port. False: none is free, and it is not registered. */
	bool (*find_port)(struct nfr_ctnet *net, uint32_t exp_idx, uint16_t *port);
	/* expectfn: binds the new connection as its master is. Wants saved_proto and dir. */
	nfr_expect_fn *follow_master;
};

/* NAT's operations when this connection is translated, else NULL: expect what was announced. */
const struct nfr_helper_nat_ops *nfr_helper_nat(const struct nfr_ctnet *net,
						const struct nfr_ct *ct);

/* Drops the packet for `text` ("nf_ct_NAME: dropping packet: why "), which goes to the log as
 * nf_ct_helper_log() sends it and to the packet's trace. Returns NFR_DROP. */
unsigned nfr_helper_drop(struct nfr_ctnet *net, struct nfr_pkt *pkt, const char *text);

/* Rows of helper.def. */
#define HELPER(sym) extern const struct nfr_ct_helper nfr_helper_##sym;
#include "helper/helper.def"
#undef HELPER

#endif
