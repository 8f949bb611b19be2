/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is IPv4's own of reassembly (ip_defrag).
 *
 * A fragment that is not the last is cut to a multiple of eight bytes. Bounds that contradict
 * what is known of the datagram's length, and fragments without payload, kill the datagram.
 *
 * The datagram has the header of its first fragment. It has DF again when the largest fragment
 * had it; and a datagram with DF is not to be sent in larger pieces than it came, which frag_max
 * is for.
 */
#include "pkt/defrag_queue.h"
#include "pkt/parse.h"

static enum nfr_frag_parse parse4(const struct nfr_pkt *pkt, struct nfr_frag_in *in)
{
	const uint8_t *ip = pkt->data;
	uint16_t field = nfr_get16(ip + 6);

	if (!nfr_ip4_is_fragment(pkt))
		return NFR_FRAG_NO;
	memcpy(in->key.src.b, ip + 12, 4);
	memcpy(in->key.dst.b, ip + 16, 4);
	memcpy(in->key.id.b + 2, ip + 4, 2);
	in->key.protonum = ip[9];
	in->hlen = nfr_ip4_hlen(ip);
	in->off = (field & 0x1fffu) << 3;
	in->end = in->off + pkt->len - in->hlen;
	in->more = (field & NFR_IP4_MF) != 0;
	in->df = (field & NFR_IP4_DF) != 0;
	in->ecn = (uint8_t)(1u << (ip[1] & 3));
	return NFR_FRAG_TAKE;
}

/* A last fragment may be of any length, and a later one with the same end may be it again. */
static enum nfr_frag_fate bounds4(struct nfr_frag_queue *q, struct nfr_frag_in *in)
{
	if (!in->more) {
		if (in->end < q->len || (q->last_in && in->end != q->len))
			return NFR_FRAG_REFUSE_KILL;
		q->last_in = true;
		q->len = in->end;
	} else {
		in->end &= ~7u;
		if (in->end > q->len) {
			if (q->last_in)
				return NFR_FRAG_REFUSE_KILL;
			q->len = in->end;
		}
	}
	return in->end > in->off ? NFR_FRAG_KEEP : NFR_FRAG_REFUSE_KILL;
}

/* With its own header, which may have more options than the datagram's. */
static uint32_t size4(const struct nfr_frag_in *in)
{
	return in->hlen + in->end - in->off;
}

static uint32_t kept_hlen4(const struct nfr_frag_queue *q, uint32_t hlen)
{
	(void)q;
	return hlen;
}

static void finish4(struct nfr_frag_queue *q, struct nfr_pkt *pkt, const uint8_t *frag_hdr)
{
	(void)frag_hdr;
	pkt->frag_max = q->max_size;
	nfr_put16(pkt->data + 6, 0);
	if (q->max_df_size == q->max_size) {
		pkt->flags |= NFR_PKT_FRAG_DF;
		nfr_put16(pkt->data + 6, NFR_IP4_DF);
	}
	if (q->ecn & 8)
		pkt->data[1] |= 3;
	nfr_ip_set_len(pkt);
}

/* Only the host that the datagram is for tells, not a router that looks inside on the way. The
 * fragment is routed once more: one that is refused now, as from the router itself, gets nothing. */
static bool tells_timeout4(struct nfr_env *env, const struct nfr_frag_queue *q,
			   struct nfr_pkt *pkt, uint8_t *type, uint8_t *code)
{
	*type = 11;
	*code = 1;
	return env->ops->route_input(env, pkt) &&
	       (q->key.user == NFR_DEFRAG_LOCAL_DELIVER || pkt->dst.type == NFR_RTN_LOCAL);
}

const struct nfr_defrag_family nfr_defrag4 = {
	.parse = parse4,
	.bounds = bounds4,
	.size = size4,
	.kept_hlen = kept_hlen4,
	.finish = finish4,
	.tells_timeout = tells_timeout4,
};
