/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wire values and addresses.
 *
 * A value that stands in a packet is an array of bytes in network order inside a struct of its
 * own: it has no alignment, reads the same on every machine, and a forgotten swap does not
 * compile. Everything that is not one of these types is in host order.
 */
#ifndef NFREF_TYPES_H
#define NFREF_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct nfr_be16 {
	uint8_t b[2];
} nfr_be16;

typedef struct nfr_be32 {
	uint8_t b[4];
} nfr_be32;

struct nfr_in6 {
	uint8_t b[16];
};

/* An address of either family; the unused bytes of an IPv4 address are zero. */
union nfr_addr {
	nfr_be32 ip4;
	struct nfr_in6 ip6;
	uint8_t b[16];
};

static inline uint16_t nfr_ntohs(nfr_be16 v)
{
	return (uint16_t)(v.b[0] << 8 | v.b[1]);
}

static inline uint32_t nfr_ntohl(nfr_be32 v)
{
	return (uint32_t)v.b[0] << 24 | (uint32_t)v.b[1] << 16 | (uint32_t)v.b[2] << 8 | v.b[3];
}

static inline nfr_be16 nfr_htons(uint16_t v)
{
	nfr_be16 r = {{(uint8_t)(v >> 8), (uint8_t)v}};

	return r;
}

static inline nfr_be32 nfr_htonl(uint32_t v)
{
	nfr_be32 r = {{(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v}};

	return r;
}

static inline bool nfr_be16_eq(nfr_be16 a, nfr_be16 b)
{
	return memcmp(a.b, b.b, sizeof(a.b)) == 0;
}

static inline bool nfr_be32_eq(nfr_be32 a, nfr_be32 b)
{
	return memcmp(a.b, b.b, sizeof(a.b)) == 0;
}

static inline bool nfr_addr_eq(const union nfr_addr *a, const union nfr_addr *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

/* Protocol families and transport protocols, with the numbers of Linux and IANA. */
enum nfr_family {
	NFR_IPV4 = 2,
	NFR_IPV6 = 10,
};

enum nfr_ipproto {
	NFR_IPPROTO_HOPOPTS = 0,
	NFR_IPPROTO_ICMP = 1,
	NFR_IPPROTO_IGMP = 2,
	NFR_IPPROTO_IPIP = 4,
	NFR_IPPROTO_TCP = 6,
	NFR_IPPROTO_UDP = 17,
	NFR_IPPROTO_DCCP = 33,
	NFR_IPPROTO_IPV6 = 41,
	NFR_IPPROTO_ROUTING = 43,
	NFR_IPPROTO_FRAGMENT = 44,
	NFR_IPPROTO_GRE = 47,
	NFR_IPPROTO_ESP = 50,
	NFR_IPPROTO_AH = 51,
	NFR_IPPROTO_ICMPV6 = 58,
	NFR_IPPROTO_NONE = 59,
	NFR_IPPROTO_DSTOPTS = 60,
	NFR_IPPROTO_SCTP = 132,
	NFR_IPPROTO_UDPLITE = 136,
	NFR_IPPROTO_RAW = 255,
};

#define NFR_NSEC_PER_SEC UINT64_C(1000000000)

/* Length of an interface name with its terminating zero, as Linux's IFNAMSIZ. */
#define NFR_IFNAMSIZ 16

/*
 * Status of a control call. Zero is success; the names are those of errno, the numbers are
 * nfref's own so that they are the same everywhere.
 */
enum nfr_status {
	NFR_OK = 0,
	NFR_EINVAL = -1,  /* a value that Linux refuses */
	NFR_ENOENT = -2,  /* no such object */
	NFR_EEXIST = -3,  /* there already */
	NFR_ENOMEM = -4,  /* a pool is full */
	NFR_ENODEV = -5,  /* no such interface */
	NFR_EBUSY = -6,   /* still referred to */
	NFR_ELOOP = -7,   /* rules jump in a circle */
	NFR_ERANGE = -8,  /* a number outside its limits */
	NFR_ENOTSUP = -9, /* not in this family, table or hook */
};

#endif
