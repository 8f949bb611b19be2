/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iptables tables inside the instance: evaluation, and what extensions see.
 */
#ifndef NFR_XT_XT_H
#define NFR_XT_XT_H

#include "hook/hook.h"
#include "nat/nat.h"
#include "nfref/xt.h"

/* What a match or target sees of its packet. */
struct nfr_xt_ctx {
	struct nfr_env *env;
	struct nfr_ctnet *ct;
	struct nfr_natnet *nat;
	struct nfr_pkt *pkt;
	const struct nfr_hook_state *state;
	bool hotdrop; /* set by a match that finds the packet broken: drop it at once */
};

/* What an extension's check sees of its rule. */
struct nfr_xt_check {
	struct nfr_env *env;
	const struct nfr_xt_ip *ip;
	uint8_t family;
	enum nfr_xt_table_id table;
	uint8_t hooks;	/* NFR_XT_BIT of all hooks the rule can be reached from */
	bool conntrack; /* the extension needs connection tracking; check() may say it does not */
	const uint8_t *matches; /* of the rule, for nfr_xt_check_match() */
	unsigned n_matches;
	const char *why; /* static text when the answer is not NFR_OK */
};

/* Rows of match.def and target.def: one const struct each, in the extension's own file. */
#define MATCH(sym) extern const struct nfr_xt_ext nfr_xt_match_##sym;
#define TARGET(sym) extern const struct nfr_xt_ext nfr_xt_target_##sym;
#include "xt/match.def"
#include "xt/target.def"
#undef MATCH
#undef TARGET

/* The option table of an extension, for its struct nfr_xt_ext. */
#define NFR_XT_OPTIONS(table) .opts = (table), .n_opts = sizeof(table) / sizeof((table)[0])

/* Parameters of the rule's nth match of this extension, or NULL. */
const void *nfr_xt_check_match(const struct nfr_xt_check *check, const struct nfr_xt_ext *ext,
			       unsigned nth);

/* Whether a tcp match with these parameters asks for SYN (TCPMSS insists on it). */
bool nfr_xt_tcp_wants_syn(const void *tcp);

/* The check of extensions that have nothing to refuse and nothing to prepare. */
enum nfr_status nfr_xt_check_ok(struct nfr_xt_check *check, void *data);

/* Ends a check: `return nfr_xt_refuse(check, "what is wrong")`. */
static inline enum nfr_status nfr_xt_refuse(struct nfr_xt_check *check, const char *why)
{
	check->why = why;
	return NFR_EINVAL;
}

/* How the parameters of tcp and udp begin. */
struct nfr_xt_ports {
	struct nfr_xt_head head;
	uint16_t sport[2];
	uint16_t dport[2];
};

enum { NFR_XT_SLOT_SPORT, NFR_XT_SLOT_DPORT };

static inline bool nfr_xt_given(const void *data, unsigned slot)
{
	return ((const struct nfr_xt_head *)data)->given >> slot & 1;
}

/* Whether the match looks at more than its declaration says all packets of a connection share. */
static inline bool nfr_xt_varies(const struct nfr_xt_ext *ext, const void *data)
{
	return !(ext->constant >> 31) ||
	       (((const struct nfr_xt_head *)data)->given & ~ext->constant) != 0;
}

static inline bool nfr_xt_inverted(const void *data, unsigned slot)
{
	return ((const struct nfr_xt_head *)data)->inverted >> slot & 1;
}

/* An option that was not given means all ports. iptables-save shows 0:65535 no more, not even
 * with `!`, though the kernel still obeys it. */
static inline void nfr_xt_check_ports(struct nfr_xt_head *head, unsigned slot, uint16_t port[2])
{
	if (!(head->given >> slot & 1)) {
		port[0] = 0;
		port[1] = 65535;
	}
	if (port[0] == 0 && port[1] == 65535)
		head->given &= ~NFR_XT_BIT(slot);
}

static inline bool nfr_xt_port_in(const uint16_t range[2], uint16_t port, bool invert)
{
	return (port >= range[0] && port <= range[1]) != invert;
}

/* Type of service or traffic class. */
static inline uint8_t nfr_xt_dsfield(const struct nfr_pkt *pkt)
{
	return pkt->family == NFR_IPV4 ? pkt->data[1] : (uint8_t)(nfr_get16(pkt->data) >> 4);
}

void nfr_xt_set_dsfield(struct nfr_pkt *pkt, uint8_t ds);

/* True when conntrack, NOTRACK or CT have dealt with the packet already, or it answers one that is
 * untracked. */
static inline bool nfr_xt_has_ct(const struct nfr_pkt *pkt)
{
	return pkt->ct_idx || pkt->ctinfo == NFR_CT_UNTRACKED || pkt->ctinfo == NFR_CT_RELATED ||
	       (pkt->ct_template.flags & NFR_CT_TEMPLATE_SET);
}

/* The transport header's first n bytes; NULL, and hotdrop, when the packet ends before. */
static inline const uint8_t *nfr_xt_l4(struct nfr_xt_ctx *ctx, uint32_t n)
{
	const uint8_t *p = nfr_pkt_at(ctx->pkt, ctx->pkt->l4_off, n);

	if (!p)
		ctx->hotdrop = true;
	return p;
}

#endif
