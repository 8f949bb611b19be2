/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -m conntrack: everything that conntrack knows of the packet's connection.
 *
 * A packet without a connection can match by --ctstate alone: when that option is given and
 * fits, the others are not looked at; without it nothing matches, inverted or not.
 */
#include "xt/conntrack.h"

struct match_conntrack {
	struct nfr_xt_head head;
	uint32_t states;
	uint32_t status;	   /* enum nfr_ct_status */
	union nfr_addr addr[4][2]; /* address and mask, by slot from ORIGSRC */
	uint16_t port[4][2];	   /* by slot from ORIGSRCPORT */
	uint32_t expire_s[2];
	uint16_t proto;
	uint8_t dir; /* enum nfr_ct_dir */
};

enum {
	CTSTATE,
	CTPROTO,
	ORIGSRC,
	ORIGDST,
	REPLSRC,
	REPLDST,
	ORIGSRCPORT,
	ORIGDSTPORT,
	REPLSRCPORT,
	REPLDSTPORT,
	CTSTATUS,
	CTEXPIRE,
	CTDIR,
};

#define BIT NFR_XT_BIT
#define ADDRS (BIT(ORIGSRC) | BIT(ORIGDST) | BIT(REPLSRC) | BIT(REPLDST))
#define PORTS (BIT(ORIGSRCPORT) | BIT(ORIGDSTPORT) | BIT(REPLSRCPORT) | BIT(REPLDSTPORT))

static const struct nfr_xt_name state_names[] = {
	{"INVALID", NFR_XT_CTSTATE_INVALID},	 {"NEW", NFR_XT_CTSTATE_NEW},
	{"RELATED", NFR_XT_CTSTATE_RELATED},	 {"ESTABLISHED", NFR_XT_CTSTATE_ESTABLISHED},
	{"UNTRACKED", NFR_XT_CTSTATE_UNTRACKED}, {"SNAT", NFR_XT_CTSTATE_SNAT},
	{"DNAT", NFR_XT_CTSTATE_DNAT},		 {NULL, 0},
};

static const struct nfr_xt_name status_names[] = {
	{"EXPECTED", NFR_IPS_EXPECTED},
	{"SEEN_REPLY", NFR_IPS_SEEN_REPLY},
	{"ASSURED", NFR_IPS_ASSURED},
	{"CONFIRMED", NFR_IPS_CONFIRMED},
	{"NONE", 0},
	{NULL, 0},
};

static const struct nfr_xt_name dir_names[] = {
	{"ORIGINAL", NFR_CT_DIR_ORIGINAL},
	{"REPLY", NFR_CT_DIR_REPLY},
	{NULL, 0},
};

#define OFF(field) offsetof(struct match_conntrack, field)
#define ADDR(opt_name, opt_slot)                                                       \
	{                                                                              \
		.name = (opt_name), .kind = NFR_XT_K_ADDR, .flags = NFR_XT_OPT_INVERT, \
		.slot = (opt_slot), .off = OFF(addr[(opt_slot)-ORIGSRC]),              \
	}
#define PORT(opt_name, opt_slot)                                                            \
	{                                                                                   \
		.name = (opt_name), .kind = NFR_XT_K_PORTS_ANY, .flags = NFR_XT_OPT_INVERT, \
		.slot = (opt_slot), .off = OFF(port[(opt_slot)-ORIGSRCPORT]), .max = 65535, \
	}

static const struct nfr_xt_opt opts[] = {
	{.name = "ctstate",
	 .kind = NFR_XT_K_FLAGS,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_NOCASE | NFR_XT_OPT_PREFIX,
	 .slot = CTSTATE,
	 .off = OFF(states),
	 .names = state_names},
	{.name = "ctproto",
	 .kind = NFR_XT_K_PROTO,
	 .flags = NFR_XT_OPT_INVERT,
	 .slot = CTPROTO,
	 .off = OFF(proto),
	 .max = 255},
	ADDR("ctorigsrc", ORIGSRC),
	ADDR("ctorigdst", ORIGDST),
	ADDR("ctreplsrc", REPLSRC),
	ADDR("ctrepldst", REPLDST),
	PORT("ctorigsrcport", ORIGSRCPORT),
	PORT("ctorigdstport", ORIGDSTPORT),
	PORT("ctreplsrcport", REPLSRCPORT),
	PORT("ctrepldstport", REPLDSTPORT),
	{.name = "ctstatus",
	 .kind = NFR_XT_K_FLAGS,
	 .flags = NFR_XT_OPT_INVERT | NFR_XT_OPT_NOCASE | NFR_XT_OPT_PREFIX,
	 .slot = CTSTATUS,
	 .off = OFF(status),
	 .names = status_names},
	{.name = "ctexpire",
	 .kind = NFR_XT_K_U32_RANGE,
	 .flags = NFR_XT_OPT_INVERT,
	 .slot = CTEXPIRE,
	 .off = OFF(expire_s),
	 .max = UINT32_MAX},
	{.name = "ctdir",
	 .kind = NFR_XT_K_ENUM,
	 .flags = NFR_XT_OPT_NOCASE,
	 .slot = CTDIR,
	 .off = OFF(dir),
	 .names = dir_names},
};

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	const struct match_conntrack *m = data;

	return m->head.given ? NFR_OK
			     : nfr_xt_refuse(chk, "conntrack: at least one option is "
						  "required");
}

/* True when what was found is what the option asks for, its `!` obeyed. */
static inline bool fits(const struct match_conntrack *m, unsigned slot, bool found)
{
	return found != nfr_xt_inverted(m, slot);
}

static bool match_state(const struct match_conntrack *m, const struct nfr_pkt *pkt,
			const struct nfr_ct *ct)
{
	uint32_t state = nfr_xt_ctstate(pkt);

	if (ct && (ct->status & NFR_IPS_SRC_NAT))
		state |= NFR_XT_CTSTATE_SNAT;
	if (ct && (ct->status & NFR_IPS_DST_NAT))
		state |= NFR_XT_CTSTATE_DNAT;
	return fits(m, CTSTATE, (m->states & state) != 0);
}

static bool in_net(const union nfr_addr *addr, const union nfr_addr net_mask[2])
{
	for (unsigned i = 0; i < sizeof(addr->b); i++)
		if ((addr->b[i] ^ net_mask[0].b[i]) & net_mask[1].b[i])
			return false;
	return true;
}

/* Option k of the four: original source and destination, reply source and destination. */
static bool match_tuples(const struct match_conntrack *m, struct nfr_ctnet *net,
			 const struct nfr_ct *ct)
{
	struct nfr_tuple tuple[NFR_CT_DIR_MAX];

	nfr_ct_tuple(net, ct, NFR_CT_DIR_ORIGINAL, &tuple[NFR_CT_DIR_ORIGINAL]);
	nfr_ct_tuple(net, ct, NFR_CT_DIR_REPLY, &tuple[NFR_CT_DIR_REPLY]);
	if (nfr_xt_given(m, CTPROTO) &&
	    !fits(m, CTPROTO, tuple[NFR_CT_DIR_ORIGINAL].protonum == m->proto))
		return false;
	for (unsigned k = 0; k < 4; k++) {
		const struct nfr_tuple *t = &tuple[k / 2];
		uint16_t port = nfr_ntohs(k % 2 ? t->dst_l4 : t->src_l4);

		if (nfr_xt_given(m, ORIGSRC + k) &&
		    !fits(m, ORIGSRC + k, in_net(k % 2 ? &t->dst : &t->src, m->addr[k])))
			return false;
		if (nfr_xt_given(m, ORIGSRCPORT + k) &&
		    !nfr_xt_port_in(m->port[k], port, nfr_xt_inverted(m, ORIGSRCPORT + k)))
			return false;
	}
	return true;
}

/* Whole seconds left; a connection that is not confirmed has no deadline yet. */
static uint64_t expires_s(const struct nfr_env *env, const struct nfr_ct *ct)
{
	if (!nfr_ct_is_confirmed(ct) || ct->expires_ns <= env->now_ns)
		return 0;
	return (ct->expires_ns - env->now_ns) / NFR_NSEC_PER_SEC;
}

static bool match_expire(const struct match_conntrack *m, const struct nfr_env *env,
			 const struct nfr_ct *ct)
{
	uint64_t left_s = expires_s(env, ct);

	return fits(m, CTEXPIRE, left_s >= m->expire_s[0] && left_s <= m->expire_s[1]);
}

/* What CT has put in a connection's place: confirmed, of no protocol, address, port or time. */
static NFR_APART bool match_template(const struct match_conntrack *m)
{
	static const union nfr_addr nobody;
	uint32_t given = m->head.given;

	if ((given & BIT(CTDIR)) && m->dir != NFR_CT_DIR_ORIGINAL)
		return false;
	if ((given & BIT(CTPROTO)) && !fits(m, CTPROTO, m->proto == 0))
		return false;
	for (unsigned k = 0; k < 4; k++) {
		if (nfr_xt_given(m, ORIGSRC + k) && !fits(m, ORIGSRC + k, in_net(&nobody, m->addr[k])))
			return false;
		if (nfr_xt_given(m, ORIGSRCPORT + k) &&
		    !nfr_xt_port_in(m->port[k], 0, nfr_xt_inverted(m, ORIGSRCPORT + k)))
			return false;
	}
	if ((given & BIT(CTSTATUS)) && !fits(m, CTSTATUS, (m->status & NFR_IPS_CONFIRMED) != 0))
		return false;
	return !(given & BIT(CTEXPIRE)) || fits(m, CTEXPIRE, m->expire_s[0] == 0);
}

/* The options beside --ctstate, of a packet that has a connection. */
static NFR_APART bool match_others(const struct nfr_xt_ctx *ctx, const struct match_conntrack *m,
				   const struct nfr_ct *ct)
{
	uint32_t given = m->head.given;

	if ((given & BIT(CTDIR)) && nfr_ctinfo_dir(ctx->pkt->ctinfo) != m->dir)
		return false;
	if ((given & (BIT(CTPROTO) | ADDRS | PORTS)) && !match_tuples(m, ctx->ct, ct))
		return false;
	if ((given & BIT(CTSTATUS)) && !fits(m, CTSTATUS, (ct->status & m->status) != 0))
		return false;
	return !(given & BIT(CTEXPIRE)) || match_expire(m, ctx->env, ct);
}

static bool match(struct nfr_xt_ctx *ctx, void *data)
{
	const struct match_conntrack *m = data;
	const struct nfr_ct *ct = nfr_ct_of(ctx->ct, ctx->pkt);
	uint32_t given = m->head.given;

	if ((given & BIT(CTSTATE)) && !match_state(m, ctx->pkt, ct))
		return false;
	if (!ct && ctx->pkt->ct_template.flags & NFR_CT_TEMPLATE_SET)
		return match_template(m);
	if (given == BIT(CTSTATE) || !ct)
		return given & BIT(CTSTATE);
	return match_others(ctx, m, ct);
}

const struct nfr_xt_ext nfr_xt_match_conntrack = {
	.name = "conntrack",
	.size = sizeof(struct match_conntrack),
	.families = NFR_XT_FAMILY_BOTH,
	.conntrack = true,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.constant = ~NFR_XT_BIT(CTEXPIRE),
	.match = match,
};
