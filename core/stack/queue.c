/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Single hooks for embedders, and verdicts on queued packets: both enter the path in the middle.
 */
#include "stack/net.h"

/* ---- one hook ---- */

enum nfr_status nfr_hook_register(struct nfr_net *net, const struct nfr_hook_ops *ops)
{
	nfr_env_changed(&net->env);
	return nfr_hooks_add(&net->hooks, ops, NFR_HOOK_CALLER);
}

enum nfr_status nfr_hook_unregister(struct nfr_net *net, const struct nfr_hook_ops *ops)
{
	nfr_env_changed(&net->env);
	return nfr_hooks_del(&net->hooks, ops, NFR_HOOK_CALLER, &net->env);
}

enum nfr_status nfr_conntrack_use(struct nfr_net *net, uint8_t family, bool on)
{
	bool *always = &net->ct_always[family == NFR_IPV6];

	if (family != NFR_IPV4 && family != NFR_IPV6)
		return NFR_EINVAL;
	*always = on;
	return nfr_use_conntrack(&net->env, family, on || net->ct_rules[family == NFR_IPV6]);
}

enum nfr_reason nfr_pkt_init(struct nfr_pkt *pkt, uint8_t *data, uint32_t len, uint32_t room)
{
	*pkt = (struct nfr_pkt){
		.data = data,
		.len = len,
		.room = room,
		.ctinfo = NFR_CT_NEW,
	};
	return nfr_ip_validate(pkt);
}

void nfr_pkt_free(struct nfr_net *net, struct nfr_pkt *pkt)
{
	nfr_pkt_done(net, pkt, NFR_DROP);
	pkt->ct_idx = NFR_CT_NONE;
	pkt->flags &= (uint16_t)~NFR_PKT_CONFIRM;
}

unsigned nfr_hook(struct nfr_net *net, uint64_t now_ns, uint8_t family, uint8_t hooknum,
		  uint16_t in, uint16_t out, struct nfr_pkt *pkt, nfr_okfn *okfn, void *user)
{
	struct nfr_hook_state state = {
		.net = net, .in = in, .out = out, .hook = hooknum, .family = family};
	unsigned verdict;

	nfr_call_begin(net, now_ns);
	if (net->watch)
		pkt->flags |= NFR_PKT_WATCHED;
	net->hooks.okfn = okfn;
	net->hooks.user = user;
	verdict = nfr_hooks_run(&net->hooks, pkt, &state, 0);
	net->hooks.okfn = NULL;
	if (verdict == NFR_ACCEPT && okfn)
		okfn(user, pkt);
	/* what a queue has keeps its connection; the caller's copy is the caller's to free */
	if (verdict == NFR_QUEUE)
		pkt->flags &= (uint16_t)~NFR_PKT_CONFIRM;
	nfr_backlog_run(net);
	return verdict;
}

/* ---- reinjection ---- */

/* The listener's bytes in place of the packet's; false when they are no packet of its family. */
static bool replace(struct nfr_pkt *pkt, const struct nfr_frame *packet)
{
	uint32_t hlen = pkt->family == NFR_IPV6 ? 40 : 20;
	uint8_t version;

	if (packet->len < hlen || packet->len > pkt->room)
		return false;
	memcpy(pkt->data, packet->data, packet->len);
	pkt->len = packet->len;
	version = pkt->data[0] >> 4;
	if (pkt->family == NFR_IPV6)
		hlen = version == 6 ? 40 : UINT32_MAX;
	else
		hlen = version == 4 && (pkt->data[0] & 0xf) >= 5 ? (pkt->data[0] & 0xfu) * 4
								 : UINT32_MAX;
	if (hlen > pkt->len)
		return false;
	pkt->flags &= (uint16_t)~NFR_PKT_HASHED;
	nfr_pkt_parse_l4(pkt);
	return true;
}

/* What routing looks at, to see whether a listener changed it (nf_ip_saveroute()). */
struct route_key {
	union nfr_addr saddr, daddr;
	uint32_t mark;
	uint8_t tos;
};

static struct route_key route_key(const struct nfr_pkt *pkt)
{
	struct route_key key = {
		.mark = pkt->mark,
		.tos = pkt->family == NFR_IPV6 ? (uint8_t)(nfr_get16(pkt->data) >> 4)
					       : pkt->data[1],
	};

	nfr_pkt_saddr(pkt, &key.saddr);
	nfr_pkt_daddr(pkt, &key.daddr);
	return key;
}

static bool route_key_eq(const struct route_key *a, const struct route_key *b)
{
	return nfr_addr_eq(&a->saddr, &b->saddr) && nfr_addr_eq(&a->daddr, &b->daddr) &&
	       a->mark == b->mark && a->tos == b->tos;
}

/* The packet may have changed, and a connection may be gone since it was queued. */
static bool refresh(struct nfr_net *net, const struct nfr_queued *q, struct nfr_pkt *pkt,
		    const struct nfr_frame *packet)
{
	struct route_key before = route_key(pkt), after;

	if (pkt->ct_idx && nfr_stack_ops.ct_id(&net->env, pkt) != q->ct_id) {
		pkt->ct_idx = NFR_CT_NONE;
		pkt->ctinfo = NFR_CT_NEW;
		pkt->flags &= (uint16_t)~NFR_PKT_CONFIRM;
	}
	if (packet && !replace(pkt, packet))
		return false;
	after = route_key(pkt);
	if (q->state.hook != NFR_INET_LOCAL_OUT || q->okfn || route_key_eq(&before, &after))
		return true;
	return nfr_reroute(&net->env, pkt);
}

static unsigned go_on(struct nfr_net *net, const struct nfr_queued *q, struct nfr_pkt *pkt)
{
	if (q->okfn) {
		q->okfn(q->user, pkt);
		return NFR_ACCEPT;
	}
	switch (q->state.hook) {
	case NFR_INET_PRE_ROUTING:
		return nfr_rcv_finish(net, pkt);
	case NFR_INET_LOCAL_IN:
		return nfr_local_deliver_finish(net, pkt);
	case NFR_INET_FORWARD:
		return nfr_forward_finish(net, pkt);
	case NFR_INET_LOCAL_OUT:
		return nfr_output(net, pkt);
	default:
		return nfr_output_finish(net, pkt);
	}
}

struct nfr_result nfr_reinject(struct nfr_net *net, uint64_t now_ns, uint32_t id, unsigned verdict,
			       const struct nfr_frame *packet)
{
	struct nfr_queued *q = nfr_hooks_queued(&net->hooks, id);
	struct nfr_result result = {.verdict = NFR_DROP, .reason = NFR_REASON_REINJECT_DROP};
	struct nfr_pkt pkt;

	nfr_call_begin(net, now_ns);
	if (!q)
		return result;
	pkt = q->pkt;
	if (!refresh(net, q, &pkt, packet))
		verdict = NFR_DROP;
	net->hooks.okfn = q->okfn;
	net->hooks.user = q->user;
	verdict = nfr_hooks_resume(&net->hooks, q, &pkt, verdict);
	net->hooks.okfn = NULL;
	if (verdict == NFR_ACCEPT)
		verdict = go_on(net, q, &pkt);
	result.verdict = (uint8_t)verdict;
	result.ctstate = nfr_ctstate_of(net, &pkt);
	result.reason = pkt.reason;
	result.oif = pkt.reason == NFR_REASON_FORWARDED ? pkt.dst.oif : 0;
	nfr_pkt_done(net, &pkt, verdict);
	nfr_hooks_release(&net->hooks, q);
	nfr_backlog_run(net);
	return result;
}
