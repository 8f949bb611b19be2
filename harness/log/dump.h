/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parts of a LOG line. Every function writes its words with a space behind each, as the kernel
 * does, and where a header is cut short the line ends early in just the kernel's way.
 */
#ifndef NFR_HARNESS_LOG_DUMP_H
#define NFR_HARNESS_LOG_DUMP_H

#include <stdio.h>

#include "nfref/nfref.h"

struct nfr_dump {
	FILE *to;
	const uint8_t *data; /* the whole packet */
	uint32_t len;
	uint8_t flags; /* enum nfr_log_flags */
	uint32_t mark;
	bool socket; /* a program of the local host has sent it */
	bool knows_ae; /* AE is a TCP flag with a name, not a reserved bit */
};

/* n bytes from off on, or NULL when the packet does not have them all. */
static inline const uint8_t *nfr_dump_at(const struct nfr_dump *d, uint32_t off, uint32_t n)
{
	return off <= d->len && d->len - off >= n ? d->data + off : NULL;
}

static inline uint16_t nfr_dump_u16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t nfr_dump_u32(const uint8_t *p)
{
	return (uint32_t)nfr_dump_u16(p) << 16 | nfr_dump_u16(p + 2);
}

/* `WORDS [n bytes] ` for a header at off that is not all there; n may wrap, as in the kernel. */
static inline void nfr_dump_incomplete(const struct nfr_dump *d, uint32_t off)
{
	fprintf(d->to, "INCOMPLETE [%u bytes] ", d->len - off);
}

static inline void nfr_dump_hex(const struct nfr_dump *d, const uint8_t *p, uint32_t n)
{
	while (n--)
		fprintf(d->to, "%02X", *p++);
}

/* What ends a line that was not cut short: of the packet itself, not of one that it quotes. The
 * programs of the local host are root's, as far as nfref knows. */
static inline void nfr_dump_end(const struct nfr_dump *d)
{
	if ((d->flags & NFR_LOG_UID) && d->socket)
		fputs("UID=0 GID=0 ", d->to);
	if (d->mark)
		fprintf(d->to, "MARK=0x%x ", d->mark);
}

/* The packet at off; `inner` when an ICMP error quotes it. */
void nfr_dump_ip4(const struct nfr_dump *d, uint32_t off, bool inner);
void nfr_dump_ip6(const struct nfr_dump *d, uint32_t off, bool inner);

/* The transport header at off. False: the line ends here. */
bool nfr_dump_tcp(const struct nfr_dump *d, uint32_t off, bool fragment);
bool nfr_dump_udp(const struct nfr_dump *d, uint32_t off, bool fragment, uint8_t proto);

#endif
