/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SCTP tracker (RFC 9260).
 *
 * A packet is a bundle of chunks; the state moves with each of them, by a table that Linux 6.18
 * filled in when it was driven through it (conformance/tables/sctp-states.py). INIT, INIT ACK and
 * SHUTDOWN COMPLETE stand alone in their packet, COOKIE ECHO and COOKIE ACK come first.
 *
 * Who sends must know the verification tag that the other side chose in its INIT or INIT ACK:
 * vtag[dir] is what packets of this direction carry. Chunks that may come without an association,
 * or from a peer that was restarted, have rules of their own (8.5.1). Multihoming shows itself by
 * a HEARTBEAT from an address that has said nothing before: it begins an entry whose tags are
 * taken as they come, and the HEARTBEAT ACK establishes it.
 */
#include "base/csum.h"
#include "ct/l4.h"
#include "pkt/fragment.h"

#define SCTP_HLEN 12u
#define CHUNK_HLEN 4u
#define INIT_HLEN 16u
#define CHUNK_FLAG_T 1u
#define HEARTBEAT_VTAG_FAILED 1u

enum chunk_type {
	CHUNK_DATA = 0,
	CHUNK_INIT = 1,
	CHUNK_INIT_ACK = 2,
	CHUNK_HEARTBEAT = 4,
	CHUNK_HEARTBEAT_ACK = 5,
	CHUNK_ABORT = 6,
	CHUNK_SHUTDOWN = 7,
	CHUNK_SHUTDOWN_ACK = 8,
	CHUNK_ERROR = 9,
	CHUNK_COOKIE_ECHO = 10,
	CHUNK_COOKIE_ACK = 11,
	CHUNK_SHUTDOWN_COMPLETE = 14,
};

#define BIT(type) (UINT32_C(1) << (type))

struct chunk {
	uint32_t off;
	uint32_t len;
	uint8_t type, flags;
};

struct sctp_ctx {
	struct nfr_ctnet *net;
	struct nfr_pkt *pkt;
	const struct nfr_hook_state *hook;
	struct nfr_ct *ct;
	struct nfr_ct_sctp *sctp;
	uint32_t vtag;  /* of the packet, in wire order as a number */
	uint32_t types; /* chunks in it, of those below 32 */
	uint8_t dir;
	bool ignore;    /* pass, but do not refresh */
	uint8_t new_state;
};

/* ---- the table ---- */

enum {
	NO = NFR_SCTP_NONE,
	CL = NFR_SCTP_CLOSED,
	CW = NFR_SCTP_COOKIE_WAIT,
	CE = NFR_SCTP_COOKIE_ECHOED,
	ES = NFR_SCTP_ESTABLISHED,
	SS = NFR_SCTP_SHUTDOWN_SENT,
	SR = NFR_SCTP_SHUTDOWN_RECD,
	SA = NFR_SCTP_SHUTDOWN_ACK_SENT,
	HS = NFR_SCTP_HEARTBEAT_SENT,
	IV = NFR_SCTP_INVALID,
};

/* clang-format off */
static const uint8_t column_of[15] = {
	[CHUNK_INIT] = 1, [CHUNK_INIT_ACK] = 2, [CHUNK_ABORT] = 3, [CHUNK_SHUTDOWN] = 4,
	[CHUNK_SHUTDOWN_ACK] = 5, [CHUNK_ERROR] = 6, [CHUNK_COOKIE_ECHO] = 7,
	[CHUNK_COOKIE_ACK] = 8, [CHUNK_SHUTDOWN_COMPLETE] = 9, [CHUNK_HEARTBEAT] = 10,
	[CHUNK_HEARTBEAT_ACK] = 11,
};

static const uint8_t next_state[NFR_SCTP_MAX][NFR_CT_DIR_MAX][11] = {
	/* INIT ACK ABORT SHUT ACK ERROR ECHO ACK COMPL HEARTB ACK */
	[NFR_SCTP_NONE] = {
		{ CL, CL, CL, CL, SA, CL, CL, CL, CL, HS, CL },
		{ IV, IV, IV, IV, IV, IV, IV, IV, IV, IV, IV },
	},
	[NFR_SCTP_CLOSED] = {
		{ CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL },
		{ CL, CW, CL, CL, CL, CL, CL, CL, CL, CL, CL },
	},
	[NFR_SCTP_COOKIE_WAIT] = {
		{ CW, CW, CL, CW, CW, CW, CE, CW, CW, CW, CW },
		{ CW, CW, CL, CW, CW, CW, CE, CW, CW, CW, CW },
	},
	[NFR_SCTP_COOKIE_ECHOED] = {
		{ CE, CE, CL, CE, CE, CE, CE, ES, CE, CE, CE },
		{ CE, CE, CL, CE, CE, CL, CE, ES, CE, CE, CE }, /* ERROR: a stale cookie */
	},
	[NFR_SCTP_ESTABLISHED] = {
		{ ES, ES, CL, SS, ES, ES, ES, ES, ES, ES, ES },
		{ ES, ES, CL, SR, ES, ES, ES, ES, ES, ES, ES },
	},
	[NFR_SCTP_SHUTDOWN_SENT] = {
		{ CL, SS, CL, SS, SA, SS, SS, SS, SS, SS, SS }, /* INIT: a new association */
		{ SS, SS, CL, SS, SA, SS, SS, SS, SS, SS, SS },
	},
	[NFR_SCTP_SHUTDOWN_RECD] = {
		{ CL, SR, CL, SR, SA, SR, SR, SR, SR, SR, SR },
		{ SR, SR, CL, SR, SA, SR, SR, SR, SR, SR, SR },
	},
	[NFR_SCTP_SHUTDOWN_ACK_SENT] = {
		{ SA, SA, CL, SA, SA, SA, SA, SA, CL, SA, SA },
		{ SA, SA, CL, SA, SA, SA, SA, SA, CL, SA, SA },
	},
	[NFR_SCTP_HEARTBEAT_SENT] = {
		{ CW, CL, CL, CL, SA, CL, CL, CL, CL, HS, HS },
		{ IV, IV, IV, IV, IV, IV, IV, IV, IV, HS, ES },
	},
};
/* clang-format on */

static uint8_t state_after(unsigned dir, uint8_t state, uint8_t chunk)
{
	uint8_t column = chunk < sizeof(column_of) ? column_of[chunk] : 0;

	return column ? next_state[state][dir][column - 1] : state; /* DATA, SACK and the like */
}

/* ---- chunks ---- */

/* The chunk at off; false behind the last one. */
static bool chunk_at(const struct nfr_pkt *pkt, uint32_t off, struct chunk *chunk)
{
	const uint8_t *p = nfr_pkt_at(pkt, off, CHUNK_HLEN);

	if (!p)
		return false;
	chunk->off = off;
	chunk->type = p[0];
	chunk->flags = p[1];
	chunk->len = nfr_get16(p + 2);
	return true;
}

static uint32_t behind(const struct chunk *chunk)
{
	return chunk->off + ((chunk->len + 3) & ~UINT32_C(3));
}

static bool stands_alone(uint8_t type)
{
	return type == CHUNK_INIT || type == CHUNK_INIT_ACK || type == CHUNK_SHUTDOWN_COMPLETE;
}

/* Linux prints the length as it lies in the packet, and ends the line. */
static void log_chunk(const struct sctp_ctx *c, const struct chunk *chunk, uint32_t n, bool alone)
{
	nfr_ct_log_invalid(c->net, c->pkt, NFR_IPPROTO_SCTP, c->hook,
			   "do_basic_checks failed. chunk num %u, type %u, len %u flag %u\n",
			   (const uint32_t[]){n, chunk->type,
					      (chunk->len & 0xff) << 8 | chunk->len >> 8, alone});
}

/* Which chunks there are; false when there is none, one has no length (and leads to itself), or one
 * is where it must not be. */
static bool list_chunks(struct sctp_ctx *c)
{
	struct chunk chunk;
	uint32_t off = c->pkt->l4_off + SCTP_HLEN;
	bool alone = false;
	unsigned n = 0;

	for (; chunk_at(c->pkt, off, &chunk); off = behind(&chunk), n++) {
		alone = alone || stands_alone(chunk.type);
		if (chunk.len == 0 || (n && (alone || chunk.type == CHUNK_COOKIE_ECHO ||
					     chunk.type == CHUNK_COOKIE_ACK))) {
			log_chunk(c, &chunk, n, alone);
			return false;
		}
		if (chunk.type < 32)
			c->types |= BIT(chunk.type);
	}
	return n != 0;
}

/* The tag that an INIT or INIT ACK gives the other side. */
static bool init_tag(const struct sctp_ctx *c, const struct chunk *chunk, uint32_t *tag)
{
	const uint8_t *p = nfr_pkt_at(c->pkt, chunk->off + CHUNK_HLEN, INIT_HLEN);

	if (!p)
		return false;
	*tag = nfr_get32(p);
	return true;
}

/* ---- the first packet ---- */

static bool begin_with(struct sctp_ctx *c, const struct chunk *chunk)
{
	uint8_t state = state_after(NFR_CT_DIR_ORIGINAL, NFR_SCTP_NONE, chunk->type);

	if (state == NFR_SCTP_NONE)
		return false;
	if (chunk->type == CHUNK_INIT)
		return c->vtag == 0 && init_tag(c, chunk, &c->sctp->vtag[NFR_CT_DIR_REPLY]);
	if (chunk->type == CHUNK_HEARTBEAT)
		c->sctp->vtag[NFR_CT_DIR_ORIGINAL] = c->vtag;
	else
		c->sctp->vtag[NFR_CT_DIR_REPLY] = c->vtag;
	return true;
}

/* False: out of the blue (8.4). */
static bool begin(struct sctp_ctx *c)
{
	struct chunk chunk;
	uint32_t off = c->pkt->l4_off + SCTP_HLEN;

	if (c->types & (BIT(CHUNK_ABORT) | BIT(CHUNK_SHUTDOWN_COMPLETE) | BIT(CHUNK_COOKIE_ACK)))
		return false;
	for (; chunk_at(c->pkt, off, &chunk); off = behind(&chunk))
		if (!begin_with(c, &chunk))
			return false;
	return true;
}

/* ---- tags ---- */

#define OWN_TAG_RULES                                                                              \
	(BIT(CHUNK_INIT) | BIT(CHUNK_SHUTDOWN_COMPLETE) | BIT(CHUNK_COOKIE_ECHO) |                 \
	 BIT(CHUNK_ABORT) | BIT(CHUNK_SHUTDOWN_ACK) | BIT(CHUNK_HEARTBEAT) |                       \
	 BIT(CHUNK_HEARTBEAT_ACK))

/* The other side's tag comes back with T set, by a peer that has no association. */
static bool reflected_tag_ok(const struct sctp_ctx *c, const struct chunk *chunk)
{
	unsigned whose = chunk->flags & CHUNK_FLAG_T ? !c->dir : c->dir;

	return c->vtag == c->sctp->vtag[whose];
}

/* A heartbeat whose tag is unknown may come from a restarted peer: it passes, once, and if the
 * other side acknowledges it the new tag holds. */
static bool heartbeat_tag_ok(struct sctp_ctx *c)
{
	struct nfr_ct_sctp *sctp = c->sctp;

	if (sctp->vtag[c->dir] == 0) {
		sctp->vtag[c->dir] = c->vtag;
	} else if (c->vtag != sctp->vtag[c->dir]) {
		if (c->types & BIT(CHUNK_DATA) || c->ignore)
			return false;
		sctp->flags |= HEARTBEAT_VTAG_FAILED;
		sctp->last_dir = c->dir;
		c->ignore = true;
	} else {
		sctp->flags &= (uint8_t)~HEARTBEAT_VTAG_FAILED;
	}
	return true;
}

static bool heartbeat_ack_tag_ok(struct sctp_ctx *c)
{
	struct nfr_ct_sctp *sctp = c->sctp;

	if (sctp->vtag[c->dir] == 0) {
		sctp->vtag[c->dir] = c->vtag;
		return true;
	}
	if (c->vtag != sctp->vtag[c->dir]) {
		if (c->types & BIT(CHUNK_DATA) || c->ignore ||
		    !(sctp->flags & HEARTBEAT_VTAG_FAILED) || sctp->last_dir == c->dir)
			return false;
		sctp->vtag[c->dir] = c->vtag;
		sctp->vtag[!c->dir] = 0;
	}
	sctp->flags &= (uint8_t)~HEARTBEAT_VTAG_FAILED;
	return true;
}

static bool tag_ok(struct sctp_ctx *c, const struct chunk *chunk)
{
	switch (chunk->type) {
	case CHUNK_INIT:
		return c->vtag == 0;
	case CHUNK_ABORT:
	case CHUNK_SHUTDOWN_COMPLETE:
		return reflected_tag_ok(c, chunk);
	case CHUNK_COOKIE_ECHO:
		return c->vtag == c->sctp->vtag[c->dir];
	case CHUNK_COOKIE_ACK:
		c->sctp->init[0] = c->sctp->init[1] = false;
		return true;
	case CHUNK_HEARTBEAT:
		return heartbeat_tag_ok(c);
	case CHUNK_HEARTBEAT_ACK:
		return heartbeat_ack_tag_ok(c);
	default:
		return true;
	}
}

/* INIT and INIT ACK tell the tag that the other direction has to carry. */
static bool learn_tag(struct sctp_ctx *c, const struct chunk *chunk, uint8_t old_state)
{
	struct nfr_ct_sctp *sctp = c->sctp;
	uint32_t tag, known = sctp->vtag[!c->dir];

	if (chunk->type != CHUNK_INIT && chunk->type != CHUNK_INIT_ACK)
		return true;
	if (!init_tag(c, chunk, &tag))
		return false;
	if (chunk->type == CHUNK_INIT) {
		/* one that is sent again is no news (measured) */
		if (known != tag || !nfr_ct_is_confirmed(c->ct)) {
			if (sctp->init[0] && sctp->init[1])
				sctp->init[!c->dir] = false;
			sctp->init[c->dir] = true;
		}
		/* a port in use again must not keep an old entry alive */
		if (c->new_state == NFR_SCTP_CLOSED && old_state == NFR_SCTP_CLOSED &&
		    nfr_ct_is_confirmed(c->ct))
			c->ignore = true;
	} else if (known != tag && ((!sctp->init[!c->dir] && known) ||
				    (sctp->init[0] && sctp->init[1]))) {
		return false;
	}
	sctp->vtag[!c->dir] = tag;
	return true;
}

/* ---- moving ---- */

static void enter(struct sctp_ctx *c, uint8_t old_state)
{
	c->sctp->state = c->new_state;
	if (c->new_state == old_state)
		return;
	nfr_ct_event_cache(c->net, c->ct, NFR_IPCT_PROTOINFO);
	if (c->new_state == NFR_SCTP_ESTABLISHED && !(c->ct->status & NFR_IPS_ASSURED)) {
		nfr_ct_set_assured(c->net, c->ct);
	}
}

static bool take_chunk(struct sctp_ctx *c, const struct chunk *chunk)
{
	uint8_t old_state = c->sctp->state;
	bool was_ignored = c->ignore;

	if (!tag_ok(c, chunk))
		return false;
	if (c->ignore && !was_ignored)
		return true; /* a heartbeat with a strange tag moves nothing */
	c->new_state = state_after(c->dir, old_state, chunk->type);
	if (c->new_state == NFR_SCTP_INVALID) {
		nfr_ct_log_invalid(c->net, c->pkt, NFR_IPPROTO_SCTP, c->hook,
				   "Invalid, old_state %u, dir %u, type %u",
				   (const uint32_t[]){old_state, c->dir, chunk->type});
		return false;
	}
	if (!learn_tag(c, chunk, old_state))
		return false;
	enter(c, old_state);
	return true;
}

static bool take_chunks(struct sctp_ctx *c)
{
	struct chunk chunk;
	uint32_t off = c->pkt->l4_off + SCTP_HLEN;

	for (; chunk_at(c->pkt, off, &chunk); off = behind(&chunk))
		if (!take_chunk(c, &chunk))
			return false;
	return true;
}

static uint64_t timeout_ns(const struct nfr_sysctl *sysctl, uint8_t state)
{
	const int32_t seconds[NFR_SCTP_MAX] = {
		[NFR_SCTP_NONE] = sysctl->sctp_timeout_closed,
		[NFR_SCTP_CLOSED] = sysctl->sctp_timeout_closed,
		[NFR_SCTP_COOKIE_WAIT] = sysctl->sctp_timeout_cookie_wait,
		[NFR_SCTP_COOKIE_ECHOED] = sysctl->sctp_timeout_cookie_echoed,
		[NFR_SCTP_ESTABLISHED] = sysctl->sctp_timeout_established,
		[NFR_SCTP_SHUTDOWN_SENT] = sysctl->sctp_timeout_shutdown_sent,
		[NFR_SCTP_SHUTDOWN_RECD] = sysctl->sctp_timeout_shutdown_recd,
		[NFR_SCTP_SHUTDOWN_ACK_SENT] = sysctl->sctp_timeout_shutdown_ack_sent,
		[NFR_SCTP_HEARTBEAT_SENT] = sysctl->sctp_timeout_heartbeat_sent,
	};

	return nfr_ct_s_to_ns(seconds[state]);
}

static bool crc_bad(const struct sctp_ctx *c)
{
	static const uint8_t zero[4];
	const uint8_t *sctp = c->pkt->data + c->pkt->l4_off;
	uint32_t crc;

	if (c->hook->hook != NFR_INET_PRE_ROUTING || !c->net->env->sysctl.ct_checksum)
		return false;
	crc = nfr_crc32c(UINT32_MAX, sctp, 8);
	crc = nfr_crc32c(crc, zero, 4);
	crc = ~nfr_crc32c(crc, sctp + SCTP_HLEN, c->pkt->len - c->pkt->l4_off - SCTP_HLEN);
	return crc != nfr_le32(sctp + 8);
}

static const char *packet_error(const struct sctp_ctx *c)
{
	if (c->hook->hook == NFR_INET_PRE_ROUTING && c->net->env->sysctl.ct_checksum)
		nfr_pkt_pull(c->pkt, c->pkt->l4_off + SCTP_HLEN);
	if (!nfr_pkt_at(c->pkt, c->pkt->l4_off, SCTP_HLEN))
		return "nf_ct_sctp: short packet ";
	return crc_bad(c) ? "nf_ct_sctp: bad CRC " : NULL;
}

/* Linux prints the tags as they lie in the packet: as a little-endian machine reads them. */
static void log_tag(const struct sctp_ctx *c)
{
	const uint32_t tag[] = {c->vtag, c->sctp->vtag[c->dir]};
	uint32_t value[3] = {0, 0, c->dir};

	for (unsigned i = 0; i < 2; i++)
		for (unsigned byte = 0; byte < 4; byte++)
			value[i] |= (tag[i] >> (24 - 8 * byte) & 0xff) << 8 * byte;
	nfr_ct_log_invalid(c->net, c->pkt, NFR_IPPROTO_SCTP, c->hook,
			   "verification tag check failed %h vs %h for dir %u", value);
}

static unsigned sctp_packet(struct nfr_ctnet *net, uint32_t idx, struct nfr_pkt *pkt,
			    const struct nfr_hook_state *state)
{
	struct nfr_ct *ct = nfr_ct_at(net, idx);
	struct sctp_ctx c = {.net = net, .pkt = pkt, .hook = state, .ct = ct,
			     .sctp = &ct->proto.sctp, .dir = (uint8_t)nfr_ctinfo_dir(pkt->ctinfo)};
	const char *why = packet_error(&c);

	if (why) {
		nfr_ct_log_invalid(net, pkt, NFR_IPPROTO_SCTP, state, why, NULL);
		return NFR_CT_L4_INVALID;
	}
	c.vtag = nfr_get32(pkt->data + pkt->l4_off + 4);
	if (!list_chunks(&c) || (!nfr_ct_is_confirmed(ct) && !begin(&c)))
		return NFR_CT_L4_INVALID;
	if (!(c.types & OWN_TAG_RULES) && c.vtag != c.sctp->vtag[c.dir]) {
		log_tag(&c);
		return NFR_CT_L4_INVALID;
	}
	if (!take_chunks(&c))
		return NFR_CT_L4_INVALID;
	if (!c.ignore)
		nfr_ct_refresh_acct(net, ct, pkt, timeout_ns(&net->env->sysctl, c.new_state));
	return NFR_ACCEPT;
}

static bool can_early_drop(const struct nfr_ct *ct)
{
	uint8_t state = ct->proto.sctp.state;

	return state == NFR_SCTP_SHUTDOWN_SENT || state == NFR_SCTP_SHUTDOWN_RECD ||
	       state == NFR_SCTP_SHUTDOWN_ACK_SENT;
}

const struct nfr_ct_l4 nfr_ct_l4_sctp = {
	.name = "sctp",
	.protonum = NFR_IPPROTO_SCTP,
	.packet = sctp_packet,
	.established = nfr_ct_l4_no_short_way,
	.open = nfr_ct_l4_no_short_open,
	.can_early_drop = can_early_drop,
};
