/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events, as ctnetlink groups them.
 *
 * What happens to a connection while a packet goes its way is collected in event_cache and told
 * in one piece when conntrack's last hook lets the packet go: NEW if the connection is, or else
 * UPDATE. A packet that is dropped on its way tells nothing: what it left in the cache comes with
 * the next packet that gets through. DESTROY is told at once, alone, with the counters as they
 * are; what was in the cache then is lost.
 */
#include "ct/life.h"

void nfr_ct_event_cache(struct nfr_ctnet *net, struct nfr_ct *ct, uint32_t event_bit)
{
	(void)net;
	if (!(ct->life & NFR_CT_NO_EVENTS))
		ct->event_cache |= (uint16_t)event_bit;
}

static bool wants(const struct nfr_ctnet *net, const struct nfr_ct *ct, uint32_t bits)
{
	const struct nfr_ct_ext *ext = nfr_ct_ext(net, ct);

	if (!net->env->sink.ct_event || ct->life & NFR_CT_NO_EVENTS || !nfr_ct_is_confirmed(ct))
		return false;
	return !ext || !(ext->has & NFR_CT_EXT_ECACHE) || ext->event_mask & bits;
}

static void tell(struct nfr_ctnet *net, const struct nfr_ct *ct, enum nfr_ct_event_type type,
		 uint32_t bits)
{
	struct nfr_ct_event event;

	memset(&event, 0, sizeof(event));
	event.type = type;
	event.bits = bits;
	nfr_ct_view_of(net, ct, &event.ct);
	net->env->sink.ct_event(net->env->sink.user, &event);
}

void nfr_ct_deliver_events(struct nfr_ctnet *net, struct nfr_ct *ct)
{
	uint32_t bits = ct->event_cache;

	if (!bits || ct->status & NFR_IPS_DYING || !nfr_ct_is_confirmed(ct))
		return;
	ct->event_cache = 0;
	if (wants(net, ct, bits))
		tell(net, ct,
		     bits & (NFR_IPCT_NEW | NFR_IPCT_RELATED) ? NFR_CT_EVENT_NEW
							      : NFR_CT_EVENT_UPDATE,
		     bits);
}

void nfr_ct_destroy_event(struct nfr_ctnet *net, const struct nfr_ct *ct)
{
	if (wants(net, ct, NFR_IPCT_DESTROY))
		tell(net, ct, NFR_CT_EVENT_DESTROY, NFR_IPCT_DESTROY);
}

bool nfr_ct_wants_expect_event(const struct nfr_ctnet *net, const struct nfr_ct *ct,
			       unsigned event)
{
	const struct nfr_ct_ext *ext = nfr_ct_ext(net, ct);

	if (ct->life & NFR_CT_NO_EVENTS)
		return false;
	return !ext || !(ext->has & NFR_CT_EXT_ECACHE) || ext->expect_event_mask >> event & 1;
}

void nfr_ct_set_assured(struct nfr_ctnet *net, struct nfr_ct *ct)
{
	ct->status |= NFR_IPS_ASSURED;
	if (!nfr_ct_is_ipv6(ct))
		ct->fastpath = 0;
	nfr_ct_event_cache(net, ct, NFR_IPCT_ASSURED);
}
