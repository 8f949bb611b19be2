/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading and writing packet bytes, the only way that core/ does it: first ask for a span with
 * nfr_pkt_at(), which is NULL when the packet is too short, then load and store inside it.
 */
#ifndef NFR_BASE_BYTES_H
#define NFR_BASE_BYTES_H

#include "base/hint.h"
#include "nfref/pkt.h"

/* n bytes at offset off of the IP packet, or NULL. */
static inline uint8_t *nfr_pkt_at(const struct nfr_pkt *pkt, uint32_t off, uint32_t n)
{
	return off <= pkt->len && n <= pkt->len - off ? pkt->data + off : NULL;
}

/* In halves: gcc clears 128 bytes at once by a string instruction, which is slow to start. */
static inline void nfr_pkt_clear(struct nfr_pkt *pkt)
{
	memset(pkt, 0, 64);
	memset((uint8_t *)pkt + 64, 0, sizeof(*pkt) - 64);
}

static inline uint16_t nfr_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t nfr_get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline void nfr_put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void nfr_put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

/* Little-endian loads and stores: for hashing and comparing memory the same way on every machine. */
static inline uint64_t nfr_le64(const uint8_t *p)
{
	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
	       (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
	       (uint64_t)p[7] << 56;
}

static inline uint32_t nfr_le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline void nfr_put_le64(uint8_t *p, uint64_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
	p[4] = (uint8_t)(v >> 32);
	p[5] = (uint8_t)(v >> 40);
	p[6] = (uint8_t)(v >> 48);
	p[7] = (uint8_t)(v >> 56);
}

static inline nfr_be16 nfr_be16_at(const uint8_t *p)
{
	nfr_be16 v = {{p[0], p[1]}};

	return v;
}

static inline nfr_be32 nfr_be32_at(const uint8_t *p)
{
	nfr_be32 v = {{p[0], p[1], p[2], p[3]}};

	return v;
}

#endif
