/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A number that sums up what an instance knows. Each value is mixed in by itself, never a struct
 * with its padding; connections come as the table's reader sees them.
 */
#include "stack/net.h"

static const struct nfr_hash_key key = {{UINT64_C(0x9e3779b97f4a7c15), UINT64_C(0xbf58476d1ce4e5b9),
					 UINT64_C(0x94d049bb133111eb),
					 UINT64_C(0xd6e8feb86659fd93)}};

static void mix(uint64_t *sum, uint64_t value)
{
	*sum = nfr_hash_2(&key, *sum, value);
}

static void mix_bytes(uint64_t *sum, const void *p, size_t len)
{
	mix(sum, nfr_hash_bytes(&key, p, len));
}

static void mix_tuple(uint64_t *sum, const struct nfr_tuple *t)
{
	mix_bytes(sum, t->src.b, sizeof(t->src.b));
	mix_bytes(sum, t->dst.b, sizeof(t->dst.b));
	mix(sum, (uint64_t)nfr_ntohs(t->src_l4) << 32 | (uint64_t)nfr_ntohs(t->dst_l4) << 16 |
			 (uint64_t)t->l3num << 8 | t->protonum);
}

static void mix_connections(uint64_t *sum, const struct nfr_net *net)
{
	struct nfr_ct_view v;
	uint32_t cursor = 0;

	while (nfr_ct_next(net, net->env.now_ns, &cursor, &v)) {
		for (unsigned dir = 0; dir < NFR_CT_DIR_MAX; dir++) {
			mix_tuple(sum, &v.tuple[dir]);
			mix(sum, v.acct[dir].packets);
			mix(sum, v.acct[dir].bytes);
			mix(sum, v.zone_dir[dir]);
		}
		mix(sum, (uint64_t)v.idx << 32 | v.id);
		mix(sum, (uint64_t)v.status << 32 | v.mark);
		mix(sum, (uint64_t)v.timeout_ns);
		mix(sum, (uint64_t)v.zone << 8 | v.tcp_state);
	}
}

static void mix_expectations(uint64_t *sum, const struct nfr_net *net)
{
	struct nfr_expect_view v;
	uint32_t cursor = 0;

	while (nfr_expect_next(net, net->env.now_ns, &cursor, &v)) {
		mix_tuple(sum, &v.tuple);
		mix_tuple(sum, &v.mask);
		mix_tuple(sum, &v.master);
		mix(sum, (uint64_t)v.timeout_ns);
		mix(sum, (uint64_t)v.flags << 32 | v.class_id);
	}
}

static void mix_settings(uint64_t *sum, const struct nfr_net *net)
{
	const struct nfr_sysctl_row *row;

	for (size_t i = 0; (row = nfr_sysctl_row(i)) != NULL; i++) {
		if (!row->leaf) {
			mix(sum, (uint32_t)nfr_sysctl_load(row, &net->env.sysctl));
			continue;
		}
		for (uint32_t k = 0; k < net->env.max_iface; k++)
			mix(sum, (uint32_t)nfr_sysctl_load(row, &net->env.iface[k].sysctl));
	}
}

static void mix_pools(uint64_t *sum, const struct nfr_net *net)
{
	for (unsigned i = 0; i < NFR_POOL_MAX; i++)
		mix(sum, nfr_pool_used(net, (enum nfr_pool_id)i));
}

uint64_t nfr_digest(const struct nfr_net *net)
{
	uint64_t sum = 0;

	mix(&sum, net->env.now_ns);
	for (unsigned i = 0; i < NFR_RNG_MAX; i++) {
		mix(&sum, net->env.rng[i].s[0]);
		mix(&sum, net->env.rng[i].s[1]);
	}
	for (unsigned i = 0; i < NFR_REASON_MAX; i++)
		mix(&sum, net->env.reasons[i]);
	mix(&sum, (uint64_t)net->limits.stamp_ns << 1 | net->limits.primed);
	mix(&sum, (uint32_t)net->limits.credit);
	mix_settings(&sum, net);
	mix_pools(&sum, net);
	mix_connections(&sum, net);
	mix_expectations(&sum, net);
	mix(&sum, nfr_xtnet_digest(&net->xt));
	return sum;
}
