/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hook points, priorities and verdicts, with the numbers of Linux.
 */
#ifndef NFREF_HOOK_H
#define NFREF_HOOK_H

#include "nfref/pkt.h"

enum nfr_inet_hook {
	NFR_INET_PRE_ROUTING,
	NFR_INET_LOCAL_IN,
	NFR_INET_FORWARD,
	NFR_INET_LOCAL_OUT,
	NFR_INET_POST_ROUTING,
	NFR_INET_NUMHOOKS,
};

enum nfr_ip_hook_priority {
	NFR_IP_PRI_FIRST = INT32_MIN,
	NFR_IP_PRI_RAW_BEFORE_DEFRAG = -450,
	NFR_IP_PRI_CONNTRACK_DEFRAG = -400,
	NFR_IP_PRI_RAW = -300,
	NFR_IP_PRI_CONNTRACK = -200,
	NFR_IP_PRI_MANGLE = -150,
	NFR_IP_PRI_NAT_DST = -100,
	NFR_IP_PRI_FILTER = 0,
	NFR_IP_PRI_SECURITY = 50,
	NFR_IP_PRI_NAT_SRC = 100,
	NFR_IP_PRI_CONNTRACK_HELPER = 300,
	NFR_IP_PRI_CONNTRACK_CONFIRM = INT32_MAX,
	NFR_IP_PRI_LAST = INT32_MAX,
};

/*
 * A verdict is one of these; NFR_QUEUE carries the queue number in its upper 16 bits and
 * NFR_VERDICT_FLAG_QUEUE_BYPASS when the packet shall pass if nobody listens.
 */
enum nfr_verdict {
	NFR_DROP = 0,
	NFR_ACCEPT = 1,
	NFR_STOLEN = 2,
	NFR_QUEUE = 3,
	NFR_REPEAT = 4,
};

#define NFR_VERDICT_MASK 0x000000ffu
#define NFR_VERDICT_FLAG_QUEUE_BYPASS 0x00008000u
#define NFR_VERDICT_QUEUE_SHIFT 16

static inline unsigned nfr_queue_verdict(uint16_t num, bool bypass)
{
	return (unsigned)num << NFR_VERDICT_QUEUE_SHIFT | NFR_QUEUE |
	       (bypass ? NFR_VERDICT_FLAG_QUEUE_BYPASS : 0);
}

struct nfr_net;

struct nfr_hook_state {
	struct nfr_net *net;
	uint16_t in;    /* interface index, 0 for none */
	uint16_t out;   /* interface index, 0 for none */
	uint8_t hook;   /* enum nfr_inet_hook */
	uint8_t family; /* enum nfr_family */
};

/*
 * A hook function: looks at the packet, may change it, and gives a verdict. One that answers
 * NFR_STOLEN owns the packet and must have kept what it needs: the memory is the caller's again.
 * Who changes addresses or ports in front of conntrack takes NFR_PKT_HASHED off the packet's flags.
 */
typedef unsigned nfr_hook_fn(void *priv, struct nfr_pkt *pkt, const struct nfr_hook_state *state);

struct nfr_hook_ops {
	nfr_hook_fn *hook;
	void *priv;       /* handed to hook */
	int32_t priority; /* lower ones first; of equal ones the last registered first, as in Linux */
	uint8_t family;   /* enum nfr_family */
	uint8_t hooknum;  /* enum nfr_inet_hook */
};

#endif
