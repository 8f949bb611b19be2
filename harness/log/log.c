/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LOG and TRACE lines of the kernel: `PREFIXIN= OUT= MAC= ` and the packet's headers.
 *
 * MAC= is the link-layer header as it was received, also where the packet is on its way out; it
 * is absent for local packets and empty for a link without such headers. A line ends with a
 * space, except where a header is cut short.
 */
#include "log/log.h"

#include <string.h>

#include "log/dump.h"

/* What TRACE logs: everything but the physical device. */
#define TRACE_FLAGS (NFR_LOG_TCPSEQ | NFR_LOG_TCPOPT | NFR_LOG_IPOPT | NFR_LOG_UID)

static void dump_device(FILE *to, const struct nfr_net *net, const char *label, uint16_t ifindex)
{
	struct nfr_link link;

	if (!ifindex || nfr_link_get(net, ifindex, &link) != NFR_OK)
		link.name[0] = '\0';
	fprintf(to, "%s=%s ", label, link.name);
}

static void dump_mac(FILE *to, const struct nfr_pkt *pkt)
{
	unsigned i;

	fputs("MAC=", to);
	for (i = 0; i < pkt->link_len && i < NFR_LINK_HLEN_MAX; i++)
		fprintf(to, "%s%02x", i ? ":" : "", pkt->link[i]);
	fputc(' ', to);
}

static void dump_packet(FILE *to, const struct nfr_net *net, const struct nfr_pkt *pkt,
			const struct nfr_hook_state *state, uint8_t flags)
{
	const struct nfr_dump d = {
		.to = to, .data = pkt->data, .len = pkt->len, .flags = flags, .mark = pkt->mark};

	dump_device(to, net, "IN", state->in);
	dump_device(to, net, "OUT", state->out);
	if (state->in)
		dump_mac(to, pkt);
	if (pkt->family == NFR_IPV6)
		nfr_dump_ip6(&d, 0, false);
	else
		nfr_dump_ip4(&d, 0, false);
	fputc('\n', to);
}

void nfr_log_print(FILE *to, const struct nfr_net *net, const struct nfr_log *log)
{
	fputs(log->prefix, to);
	dump_packet(to, net, log->pkt, log->state, log->flags);
}

void nfr_log_print_trace(FILE *to, const struct nfr_net *net, const struct nfr_trace *trace)
{
	fprintf(to, "TRACE: %s:%s:%s:%u ", trace->rule.table, trace->rule.chain, trace->rule.type,
		trace->rule.num);
	dump_packet(to, net, trace->pkt, trace->state, TRACE_FLAGS);
}
