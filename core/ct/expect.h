/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Expectations: connections that a helper has heard announced.
 */
#ifndef NFR_CT_EXPECT_H
#define NFR_CT_EXPECT_H

#include "ct/ct.h"

struct nfr_expect;

/* Called for the new connection before NAT sees it: NAT's chance to follow the master. */
typedef void nfr_expect_fn(struct nfr_ctnet *net, uint32_t ct_idx, const struct nfr_expect *expect);

struct nfr_expect {
	struct nfr_tuple tuple, mask; /* mask: all ones where the tuple counts */
	uint64_t expires_ns;
	nfr_expect_fn *expectfn;      /* NULL: nothing to do */
	const struct nfr_ct_helper *helper; /* of the new connection, or NULL */
	uint32_t master;              /* connection index */
	uint32_t next_of_master;
	uint32_t next_in_bucket;
	uint32_t timer_link;
	uint32_t flags;               /* enum nfr_expect_flags */
	uint16_t zone;                /* the master's, whatever its direction */
	uint8_t class_id;
	uint8_t dir;                  /* NAT: master's direction that the new connection takes */
	bool related;                 /* in the table */
	nfr_be16 saved_proto;         /* NAT: port before it was changed */
	union nfr_addr saved_addr;    /* NAT: address before it was changed */
};

struct nfr_expect_policy {
	uint16_t max_expected;
	uint16_t timeout_s;
	const char *name;
};

/* A helper: one file in helper/ with one of these and a row in helper.def. */
struct nfr_ct_helper {
	const char *name;
	uint8_t family;   /* enum nfr_family, 0: both */
	uint8_t protonum;
	uint8_t n_classes;
	const struct nfr_expect_policy *policy; /* n_classes of them */
	/* Looks at a packet of an established connection. NFR_ACCEPT or NFR_DROP. */
	unsigned (*help)(struct nfr_ctnet *net, uint32_t ct_idx, struct nfr_pkt *pkt);
};

const struct nfr_ct_helper *nfr_ct_helper_find(const char *name, uint8_t family, uint8_t protonum);

static inline struct nfr_expect *nfr_expect_at(const struct nfr_ctnet *net, uint32_t idx)
{
	return nfr_pool_at(&net->expects, idx);
}

/* 0 when the pool is empty. The expectation is not yet in the table. */
uint32_t nfr_expect_alloc(struct nfr_ctnet *net, uint32_t master);

/* Source NULL: any. Ports are wire order; src_port NULL: any. */
void nfr_expect_fill(struct nfr_expect *expect, uint8_t class_id, uint8_t family,
		     const union nfr_addr *src, const union nfr_addr *dst, uint8_t protonum,
		     const nfr_be16 *src_port, const nfr_be16 *dst_port);

/* Puts it into the table, replacing an equal one of the same master, pushing out the oldest of a
 * full class. NFR_EBUSY: clashes with another master's; NFR_ENOMEM: table or class is full;
 * NFR_EINVAL: the master has no helper. On failure it stays the caller's, to be freed. */
enum nfr_status nfr_expect_related(struct nfr_ctnet *net, uint32_t idx);

/* The same, for a helper that says one thing on several connections (SIP): whoever expects the
 * same replaces the other (NF_CT_EXP_F_SKIP_MASTER). */
enum nfr_status nfr_expect_related_any(struct nfr_ctnet *net, uint32_t idx);
void nfr_expect_unlink(struct nfr_ctnet *net, uint32_t idx); /* out of the table, and freed */
void nfr_expect_free(struct nfr_ctnet *net, uint32_t idx);   /* never related */

/* A new timeout for one that is in the table (refresh_signalling_expectation). */
void nfr_expect_refresh(struct nfr_ctnet *net, uint32_t idx, uint64_t timeout_ns);

/* The expectation a new connection with this tuple fulfils: taken out of the table unless it is
 * permanent. 0: none. To be given back by nfr_expect_done(). */
uint32_t nfr_expect_find(struct nfr_ctnet *net, const struct nfr_tuple *tuple, uint16_t zone);
void nfr_expect_done(struct nfr_ctnet *net, uint32_t idx);

/* One in the table that a packet with this tuple would fulfil; it stays. 0: none. */
uint32_t nfr_expect_peek(const struct nfr_ctnet *net, const struct nfr_tuple *tuple,
			 uint16_t zone);

void nfr_expect_remove_all(struct nfr_ctnet *net, uint32_t master);
void nfr_expect_view_of(const struct nfr_ctnet *net, const struct nfr_expect *expect,
			struct nfr_expect_view *view);

/* Walking: *cursor starts at 0; what has expired is passed over. In order of indices. */
bool nfr_ctnet_expect_next(const struct nfr_ctnet *net, uint32_t *cursor,
			   struct nfr_expect_view *view);

#endif
