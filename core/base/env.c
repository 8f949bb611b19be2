/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/env.h"

/* Buffers are not cleared: whoever takes one writes every byte before it counts as packet. */
uint32_t nfr_env_buf_get(struct nfr_env *env)
{
	return nfr_pool_get_dirty(&env->bufs);
}

void nfr_env_buf_put(struct nfr_env *env, uint32_t buf)
{
	if (buf)
		nfr_pool_put(&env->bufs, buf);
}

/* A packet moves into a buffer once; from there it cannot grow further, nor need it. */
bool nfr_env_pkt_grow(struct nfr_env *env, struct nfr_pkt *pkt, uint32_t len)
{
	if (len > pkt->room) {
		uint32_t buf = len <= NFR_BUF_ROOM && !pkt->buf ? nfr_env_buf_get(env) : 0;

		if (!buf)
			return false;
		memcpy(nfr_env_buf_data(env, buf), pkt->data, pkt->len);
		pkt->data = nfr_env_buf_data(env, buf);
		pkt->room = NFR_BUF_ROOM;
		pkt->buf = (uint8_t)buf;
	}
	if (len > pkt->len)
		memset(pkt->data + pkt->len, 0, len - pkt->len);
	return true;
}
