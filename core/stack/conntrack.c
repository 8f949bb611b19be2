/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connection tracking is hooked in for a family while a rule of it needs it: reassembly and
 * conntrack where packets enter, confirmation where they leave.
 */
#include "stack/point.h"

static unsigned defrag(void *priv, struct nfr_pkt *pkt, const struct nfr_hook_state *state)
{
	struct nfr_net *net = priv;

	if (pkt->ctinfo == NFR_CT_UNTRACKED || !nfr_may_be_fragment(pkt))
		return NFR_ACCEPT;
	/* back from the loopback: IPv4's are put together once more, so that NAT can be undone */
	if (pkt->family == NFR_IPV6 && pkt->ct_idx)
		return NFR_ACCEPT;
	return nfr_defrag(&net->frags, pkt,
			  state->hook == NFR_INET_LOCAL_OUT ? NFR_DEFRAG_CONNTRACK_OUT
							    : NFR_DEFRAG_CONNTRACK_IN);
}

struct row {
	nfr_hook_fn *hook;
	int32_t priority;
	uint8_t hooknum;
	uint8_t kind; /* enum nfr_hook_kind */
	bool of_ct;   /* priv is conntrack's, not the instance */
};

static const struct row rows[] = {
	{defrag, NFR_IP_PRI_CONNTRACK_DEFRAG, NFR_INET_PRE_ROUTING, NFR_HOOK_DEFRAG,
	 false},
	{defrag, NFR_IP_PRI_CONNTRACK_DEFRAG, NFR_INET_LOCAL_OUT, NFR_HOOK_DEFRAG,
	 false},
	{nfr_ct_in, NFR_IP_PRI_CONNTRACK, NFR_INET_PRE_ROUTING, NFR_HOOK_BUILTIN, true},
	{nfr_ct_in, NFR_IP_PRI_CONNTRACK, NFR_INET_LOCAL_OUT, NFR_HOOK_BUILTIN, true},
	{nfr_ct_confirm, NFR_IP_PRI_CONNTRACK_CONFIRM, NFR_INET_LOCAL_IN, NFR_HOOK_CONFIRM,
	 true},
	{nfr_ct_confirm, NFR_IP_PRI_CONNTRACK_CONFIRM, NFR_INET_POST_ROUTING, NFR_HOOK_CONFIRM,
	 true},
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static struct nfr_hook_ops ops_of(struct nfr_net *net, const struct row *row, uint8_t family)
{
	return (struct nfr_hook_ops){
		.hook = row->hook,
		.priv = row->of_ct ? (void *)&net->ct : (void *)net,
		.priority = row->priority,
		.family = family,
		.hooknum = row->hooknum,
	};
}

static void remove_hooks(struct nfr_net *net, uint8_t family, size_t n)
{
	while (n-- > 0) {
		struct nfr_hook_ops ops = ops_of(net, &rows[n], family);

		nfr_hooks_del(&net->hooks, &ops, (enum nfr_hook_kind)rows[n].kind, &net->env);
	}
}

enum nfr_status nfr_use_conntrack(struct nfr_env *env, uint8_t family, bool on)
{
	struct nfr_net *net = nfr_net_of(env);
	bool *used = &net->ct_used[family == NFR_IPV6];

	if (*used == on)
		return NFR_OK;
	nfr_env_changed(env);
	if (!on)
		remove_hooks(net, family, N_ROWS);
	for (size_t i = 0; on && i < N_ROWS; i++) {
		struct nfr_hook_ops ops = ops_of(net, &rows[i], family);
		enum nfr_status status = nfr_hooks_add(
			&net->hooks, &ops, (enum nfr_hook_kind)rows[i].kind);

		if (status) {
			remove_hooks(net, family, i);
			return status;
		}
	}
	*used = on;
	return NFR_OK;
}
