/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transport protocol trackers: one file each, with one of these and a row in l4.def.
 */
#ifndef NFR_CT_L4_H
#define NFR_CT_L4_H

#include "ct/ct.h"

struct nfr_ct_l4 {
	const char *name;
	uint8_t protonum;
	bool allow_clash; /* a packet that lost the race for its tuple may join the winner */
	/*
	 * Looks at a packet of connection idx: moves its state, sets expiry and counts. The
	 * connection is unconfirmed when the packet is its first. Returns NFR_ACCEPT; NFR_DROP;
	 * NFR_REPEAT after the old connection was killed to make way for a new one; or
	 * NFR_CT_L4_INVALID, after which the packet goes on untracked by any connection.
	 */
	unsigned (*packet)(struct nfr_ctnet *net, uint32_t idx, struct nfr_pkt *pkt,
			   const struct nfr_hook_state *state);
	/*
	 * The short way for a received IPv4 packet, unspoilt so far, of a connection that is
	 * confirmed, has seen a reply, and has no extension, no fixed timeout and no sequence
	 * adjustment.
	 * True: packet() would have accepted it, and all that it would have done is done. False:
	 * nothing is; ask packet(). TCP's is not asked for here (ct/stage.h).
	 */
	bool (*established)(struct nfr_ctnet *net, struct nfr_ct *ct, const struct nfr_pkt *pkt,
			    unsigned dir);
	/*
	 * The short way for the first packet, as above, of a connection that has nothing but its
	 * record. True: packet() would have accepted it, and all that it would have done is done.
	 * False: nothing is; ask packet().
	 */
	bool (*open)(struct nfr_ctnet *net, struct nfr_ct *ct, const struct nfr_pkt *pkt);
	/* May expiry take this connection before its time when the table is nearly full? */
	bool (*can_early_drop)(const struct nfr_ct *ct);
};

#define NFR_CT_L4_INVALID 0xfffffff0u

#define L4(name, protonum) extern const struct nfr_ct_l4 nfr_ct_l4_##name;
#include "ct/l4.def"
#undef L4
extern const struct nfr_ct_l4 nfr_ct_l4_generic;

const struct nfr_ct_l4 *nfr_ct_l4(uint8_t protonum);

/* The connection may always be dropped early: it is not ASSURED, or its protocol has no say. */
bool nfr_ct_l4_never(const struct nfr_ct *ct);

/* There is no short way; nor one for first packets. */
bool nfr_ct_l4_no_short_way(struct nfr_ctnet *net, struct nfr_ct *ct, const struct nfr_pkt *pkt,
			    unsigned dir);
bool nfr_ct_l4_no_short_open(struct nfr_ctnet *net, struct nfr_ct *ct, const struct nfr_pkt *pkt);

/* Is the checksum to be looked at, and is it wrong? Only on packets from outside. */
bool nfr_ct_csum_bad(const struct nfr_ctnet *net, struct nfr_pkt *pkt,
		     const struct nfr_hook_state *state);

/* A timeout below 0 has run out at once, as it has in Linux. */
static inline uint64_t nfr_ct_s_to_ns(int32_t seconds)
{
	return seconds > 0 ? (uint64_t)seconds * NFR_NSEC_PER_SEC : 0;
}

/*
 * Words for a packet being invalid or ignored, as the kernel gives them after "nf_ct_proto_N: ".
 * Of the text %u stands for the next of the values, %x and %h for it in hexadecimal digits, %t for
 * the TCP state of that number. They go to the trace and, under nf_conntrack_log_invalid, to the log.
 */
void nfr_ct_log_invalid(struct nfr_ctnet *net, const struct nfr_pkt *pkt, uint8_t protonum,
			const struct nfr_hook_state *state, const char *why,
			const uint32_t *value);

/* What the trackers of ICMP and ICMPv6 do before a connection is looked for: checks, and errors,
 * which belong to the connection that they quote. NFR_REPEAT: go on and look for one; NFR_ACCEPT:
 * all is done, pkt->ct_idx or UNTRACKED is set, or the packet is invalid. */
unsigned nfr_ct_icmp_early(struct nfr_ctnet *net, struct nfr_pkt *pkt,
			   const struct nfr_hook_state *state);
unsigned nfr_ct_icmpv6_early(struct nfr_ctnet *net, struct nfr_pkt *pkt,
			     const struct nfr_hook_state *state);

/* An ICMP error whose quoted packet begins at off. */
unsigned nfr_ct_inet_error(struct nfr_ctnet *net, struct nfr_pkt *pkt,
			   const struct nfr_hook_state *state, uint32_t off);

/* Type of the answer to a query of ICMP or ICMPv6, and back; 0 when the type is neither. */
uint8_t nfr_icmp_invert_type(uint8_t type, bool *known);
uint8_t nfr_icmpv6_invert_type(uint8_t type, bool *known);

#endif
