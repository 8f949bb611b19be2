/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A number that sums up what an instance knows. Each value is mixed in by itself, never a struct
 * with its padding.
 */
#include "stack/net.h"

static const struct nfr_hash_key key = {{UINT64_C(0x9e3779b97f4a7c15), UINT64_C(0xbf58476d1ce4e5b9),
					 UINT64_C(0x94d049bb133111eb),
					 UINT64_C(0xd6e8feb86659fd93)}};

static void mix(uint64_t *sum, uint64_t value)
{
	*sum = nfr_hash_2(&key, *sum, value);
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

/* Ways are left out: whether one is known yet makes no difference to what happens. */
static void mix_pools(uint64_t *sum, const struct nfr_net *net)
{
	for (unsigned i = 0; i < NFR_POOL_MAX; i++)
		if (i != NFR_POOL_fastpath)
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
	mix(&sum, nfr_ctnet_digest(&net->ct));
	mix(&sum, nfr_xtnet_digest(&net->xt));
	return sum;
}
