/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rate limits of what the router says, with the rules of Linux 6.18, and the peers' in its jiffies
 * of 4 ms:
 *
 *  - globally: icmp_msgs_per_sec, at most icmp_msgs_burst saved up, credited in steps of no less
 *    than 20 ms. An error costs 0, 1 or 2 of it, at random, so that nobody outside can count it
 *    (the draw is of the instance's own stream).
 *  - per destination: one error in icmp_ratelimit ms, six at once after a rest. The errors of
 *    routes that lead nowhere pass a second limit on the same bucket (ip_error()), redirects a
 *    third; so they disturb each other, as they do in Linux.
 *
 * Peers lie in a set-associative table: 1024 destinations are remembered, a new one takes the
 * place of the one of its set that was quiet longest. Linux forgets peers under pressure too.
 */
#include "stack/limit.h"

#define JIFFY_NS (NFR_NSEC_PER_SEC / 250)
#define PEER_REST_JIFFIES (60 * 250u) /* that a new peer is taken to have had */

uint64_t nfr_peer_jiffy(uint64_t now_ns)
{
	return now_ns / JIFFY_NS;
}

/* How long it has been quiet: at first one minute, which may lie before time began. */
static uint64_t peer_age(const struct nfr_peer *peer, uint64_t now_ns)
{
	return peer->family ? nfr_peer_jiffy(now_ns) - peer->last_jiffy : UINT64_MAX;
}

static struct nfr_peer *peer_choose(struct nfr_peer *set, uint8_t family,
				    const union nfr_addr *addr, uint64_t now_ns)
{
	struct nfr_peer *oldest = &set[0];

	for (unsigned i = 0; i < NFR_PEER_WAYS; i++) {
		if (set[i].family == family && nfr_addr_eq(&set[i].addr, addr))
			return &set[i];
		if (peer_age(&set[i], now_ns) > peer_age(oldest, now_ns))
			oldest = &set[i];
	}
	return oldest;
}

struct nfr_peer *nfr_peer_get(struct nfr_limits *limits, struct nfr_env *env, uint8_t family,
			      const uint8_t *addr)
{
	union nfr_addr key = {.b = {0}};
	struct nfr_peer *peer;
	uint64_t hash;

	memcpy(key.b, addr, family == NFR_IPV6 ? 16 : 4);
	hash = nfr_hash_2(&env->hash_key, nfr_le64(key.b) ^ family, nfr_le64(key.b + 8));
	peer = peer_choose(limits->peer[hash % NFR_PEER_SETS], family, &key, env->now_ns);
	if (peer->family == family && nfr_addr_eq(&peer->addr, &key))
		return peer;
	*peer = (struct nfr_peer){
		.addr = key,
		.family = family,
		.last_jiffy = nfr_peer_jiffy(env->now_ns) - PEER_REST_JIFFIES,
	};
	return peer;
}

uint64_t nfr_peer_quiet_ns(const struct nfr_peer *peer, uint64_t now_ns)
{
	return (nfr_peer_jiffy(now_ns) - peer->last_jiffy) * JIFFY_NS;
}

bool nfr_peer_allow(struct nfr_env *env, struct nfr_peer *peer, uint64_t interval_ns,
		    unsigned burst)
{
	uint64_t quiet_ns = nfr_peer_quiet_ns(peer, env->now_ns);
	uint64_t tokens = peer->tokens_ns + quiet_ns;

	/* within a jiffy what another limit of this bucket left is not cut to this one's burst; it
	 * was in 6.1 and 6.12 */
	if ((quiet_ns || env->linux_version < NFR_LINUX(6, 18)) && tokens > burst * interval_ns)
		tokens = burst * interval_ns;
	peer->last_jiffy = nfr_peer_jiffy(env->now_ns);
	peer->tokens_ns = tokens >= interval_ns ? tokens - interval_ns : tokens;
	return tokens >= interval_ns;
}

bool nfr_icmp_global_allow(struct nfr_limits *limits, struct nfr_env *env)
{
	uint64_t delta = limits->primed ? env->now_ns - limits->stamp_ns : NFR_NSEC_PER_SEC;
	uint64_t more;
	int64_t credit;

	if (limits->credit > 0)
		return true;
	if (delta > NFR_NSEC_PER_SEC)
		delta = NFR_NSEC_PER_SEC;
	more = (uint64_t)env->sysctl.icmp_msgs_per_sec * delta / NFR_NSEC_PER_SEC;
	if (delta < NFR_NSEC_PER_SEC / 50 || more == 0)
		return false;
	credit = limits->credit + (int64_t)more;
	if (credit > env->sysctl.icmp_msgs_burst)
		credit = env->sysctl.icmp_msgs_burst;
	limits->credit = (int32_t)credit;
	limits->stamp_ns = env->now_ns;
	limits->primed = true;
	return credit > 0;
}

void nfr_icmp_global_consume(struct nfr_limits *limits, struct nfr_env *env)
{
	limits->credit -= (int32_t)nfr_rng_below(&env->rng[NFR_RNG_ICMP], 3);
}
