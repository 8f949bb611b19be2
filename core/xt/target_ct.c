/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j CT: what conntrack shall do with the packet when it comes to it, as a template that the
 * packet carries: leave it alone, put its connection into a zone, give it a helper, choose the
 * events that are told. A packet that has its template, or is untracked, keeps what it has.
 */
#include "ct/expect.h"
#include "xt/xt.h"

struct target_ct {
	struct nfr_xt_head head;
	uint32_t events;	/* enum nfr_ct_event_bits */
	uint32_t expect_events; /* bits of enum nfr_ct_event_type */
	struct nfr_xt_zone zone;
	char helper[16];
	char timeout[32];
	struct nfr_ct_template tmpl; /* made of the above */
	uint32_t mark;		     /* the template's, as CONNMARK left it */
};

enum { NOTRACK, HELPER, TIMEOUT, CTEVENTS, EXPEVENTS, ZONE, ZONE_ORIG, ZONE_REPLY };

#define BIT NFR_XT_BIT
#define OFF(field) offsetof(struct target_ct, field)
#define EXPECT_NEW BIT(NFR_CT_EVENT_NEW)

static const struct nfr_xt_name event_names[] = {
	{"new", NFR_IPCT_NEW},
	{"related", NFR_IPCT_RELATED},
	{"destroy", NFR_IPCT_DESTROY},
	{"reply", NFR_IPCT_REPLY},
	{"assured", NFR_IPCT_ASSURED},
	{"protoinfo", NFR_IPCT_PROTOINFO},
	{"helper", NFR_IPCT_HELPER},
	{"mark", NFR_IPCT_MARK},
	{"natseqinfo", NFR_IPCT_SEQADJ},
	{"secmark", NFR_IPCT_SECMARK},
	{NULL, 0},
};

static const struct nfr_xt_name expect_event_names[] = {{"new", EXPECT_NEW}, {NULL, 0}};

static const struct nfr_xt_opt opts[] = {
	{.name = "notrack", .kind = NFR_XT_K_NONE, .slot = NOTRACK},
	{.name = "helper",
	 .kind = NFR_XT_K_STRING,
	 .flags = NFR_XT_OPT_CUT,
	 .slot = HELPER,
	 .off = OFF(helper),
	 .max = 15},
	{.name = "timeout",
	 .kind = NFR_XT_K_STRING,
	 .flags = NFR_XT_OPT_CUT,
	 .slot = TIMEOUT,
	 .off = OFF(timeout),
	 .max = 31},
	{.name = "ctevents",
	 .kind = NFR_XT_K_FLAGS,
	 .slot = CTEVENTS,
	 .off = OFF(events),
	 .names = event_names},
	{.name = "expevents",
	 .kind = NFR_XT_K_FLAGS,
	 .slot = EXPEVENTS,
	 .off = OFF(expect_events),
	 .names = expect_event_names},
	{.name = "zone", .kind = NFR_XT_K_ZONE, .slot = ZONE, .off = OFF(zone), .max = 65535},
	{.name = "zone-orig",
	 .kind = NFR_XT_K_ZONE,
	 .slot = ZONE_ORIG,
	 .off = OFF(zone),
	 .max = 65535},
	{.name = "zone-reply",
	 .kind = NFR_XT_K_ZONE,
	 .slot = ZONE_REPLY,
	 .off = OFF(zone),
	 .max = 65535},
};

#define ZONES (BIT(ZONE) | BIT(ZONE_ORIG) | BIT(ZONE_REPLY))
#define BOTH_DIRS 3

/* One zone for the directions that were named: none and both are the same. Zone 0 is none. */
static void prepare_zone(struct target_ct *t)
{
	unsigned dirs =
		(nfr_xt_given(t, ZONE_ORIG) ? 1 : 0) | (nfr_xt_given(t, ZONE_REPLY) ? 2 : 0);
	bool given = t->head.given & ZONES;

	if (!given)
		t->zone.id = t->zone.is_mark = 0;
	if (dirs == 0)
		dirs = BOTH_DIRS;
	t->head.given &= ~ZONES;
	if (t->zone.id || t->zone.is_mark)
		t->head.given |= dirs == BOTH_DIRS ? BIT(ZONE)
				 : dirs == 1	   ? BIT(ZONE_ORIG)
						   : BIT(ZONE_REPLY);
	t->tmpl.zone = t->zone.id;
	t->tmpl.zone_dir = (uint8_t)dirs;
	if (t->zone.is_mark)
		t->tmpl.flags |= NFR_CT_TEMPLATE_ZONE_MARK;
}

static void prepare_events(struct target_ct *t)
{
	if (!nfr_xt_given(t, CTEVENTS))
		t->events = 0;
	if (!nfr_xt_given(t, EXPEVENTS))
		t->expect_events = 0;
	t->tmpl.event_mask = (uint16_t)t->events;
	t->tmpl.expect_event_mask = (uint16_t)t->expect_events;
	if (t->events || t->expect_events)
		t->tmpl.flags |= NFR_CT_TEMPLATE_EVENTS;
}

static enum nfr_status prepare_helper(struct nfr_xt_check *chk, struct target_ct *t)
{
	if (!nfr_xt_given(t, HELPER) || !t->helper[0]) {
		t->head.given &= ~BIT(HELPER);
		return NFR_OK;
	}
	if (!chk->ip->proto || (chk->ip->invert & NFR_XT_INV_PROTO))
		return nfr_xt_refuse(chk, "CT: a helper needs a L4 protocol without inversion");
	t->tmpl.helper = nfr_ct_helper_find(t->helper, chk->family, (uint8_t)chk->ip->proto);
	if (t->tmpl.helper)
		return NFR_OK;
	chk->why = "CT: no helper of that name here for this protocol";
	return NFR_ENOENT;
}

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	struct target_ct *t = data;

	memset(&t->tmpl, 0, sizeof(t->tmpl));
	t->mark = 0;
	t->tmpl.flags = NFR_CT_TEMPLATE_SET;
	prepare_zone(t);
	prepare_events(t);
	if (nfr_xt_given(t, TIMEOUT) && t->timeout[0] && !nfr_xt_given(t, NOTRACK)) {
		chk->why = "CT: no such timeout policy";
		return NFR_ENOENT;
	}
	/* Linux holds no reference on conntrack for a rule that only keeps packets out of it */
	chk->conntrack = !nfr_xt_given(t, NOTRACK);
	return nfr_xt_given(t, NOTRACK) ? NFR_OK : prepare_helper(chk, t);
}

static unsigned target(struct nfr_xt_ctx *ctx, void *data)
{
	struct target_ct *t = data;

	if (nfr_xt_has_ct(ctx->pkt))
		return NFR_XT_CONTINUE;
	if (nfr_xt_given(t, NOTRACK)) {
		ctx->pkt->ctinfo = NFR_CT_UNTRACKED;
	} else {
		ctx->pkt->ct_template = t->tmpl;
		ctx->pkt->ct_mark = &t->mark;
		ctx->pkt->flags &= (uint16_t)~NFR_PKT_HASHED; /* whose place that takes */
	}
	return NFR_XT_CONTINUE;
}

const struct nfr_xt_ext nfr_xt_target_CT = {
	.name = "CT",
	.size = sizeof(struct target_ct),
	.families = NFR_XT_FAMILY_BOTH,
	.tables = NFR_XT_BIT(NFR_XT_RAW),
	.conntrack = true,
	.is_target = true,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.target = target,
};
