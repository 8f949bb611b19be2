/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LOG lines of the kernel: `PREFIXIN= OUT= MAC= ` and the packet's headers. TRACE writes the same
 * lines, with a prefix of its own and all options.
 *
 * MAC= is the link-layer header as it was received, also where the packet is on its way out; it
 * is absent for local packets and empty for a link without such headers. A line ends with a
 * space, except where a header is cut short.
 */
#include "log/log.h"

#include <string.h>

#include "log/dump.h"

static void dump_device(FILE *to, const struct nfr_net *net, const char *label, uint16_t ifindex)
{
	struct nfr_link link;

	if (!ifindex || nfr_link_get(net, ifindex, &link) != NFR_OK)
		link.name[0] = '\0';
	fprintf(to, "%s=%s ", label, link.name);
}

static void put_mac(FILE *to, const char *label, const uint8_t *mac)
{
	fprintf(to, "%s=%02x:%02x:%02x:%02x:%02x:%02x ", label, mac[0], mac[1], mac[2], mac[3], mac[4],
		mac[5]);
}

/* The device at hand: the packet's own, which is the one it leaves on behind routing. */
static bool device_of(const struct nfr_net *net, const struct nfr_log *log, struct nfr_link *link)
{
	const struct nfr_hook_state *state = log->state;
	uint16_t ifindex = state->hook == NFR_INET_POST_ROUTING ? state->out : state->in;

	return nfr_link_get(net, ifindex, link) == NFR_OK;
}

/* --log-macdecode: by name, where the device at hand is Ethernet; nothing of a packet that came
 * without such a header. */
static bool decode_mac(FILE *to, const struct nfr_net *net, const struct nfr_log *log)
{
	const uint8_t *eth = log->pkt->link;
	struct nfr_link link;

	if (!(log->flags & NFR_LOG_MACDECODE) || !device_of(net, log, &link) || link.no_arp ||
	    link.loopback)
		return false;
	if (log->pkt->link_len != 14)
		return true;
	put_mac(to, "MACSRC", eth + 6);
	put_mac(to, "MACDST", eth);
	fprintf(to, "MACPROTO=%02x%02x ", eth[12], eth[13]);
	return true;
}

/* A link without such headers shows none that came from another. */
static void dump_mac(FILE *to, const struct nfr_net *net, const struct nfr_log *log)
{
	const struct nfr_pkt *pkt = log->pkt;
	struct nfr_link link;
	unsigned i, n = pkt->link_len;

	if (device_of(net, log, &link) && link.no_arp)
		n = 0;
	fputs("MAC=", to);
	for (i = 0; i < n && i < NFR_LINK_HLEN_MAX; i++)
		fprintf(to, "%s%02x", i ? ":" : "", pkt->link[i]);
	fputc(' ', to);
}

/* /dev/kmsg shows what is not printable ASCII, and the backslash, as \xNN. */
static void dump_prefix(FILE *to, const char *prefix)
{
	for (; *prefix; prefix++) {
		unsigned c = (unsigned char)*prefix;

		fprintf(to, c < ' ' || c >= 127 || c == '\\' ? "\\x%02x" : "%c", c);
	}
}

#define LINUX_6_15 0x060f00 /* since it knows accurate ECN (RFC 9768) */

void nfr_log_print(FILE *to, const struct nfr_net *net, const struct nfr_log *log)
{
	const struct nfr_pkt *pkt = log->pkt;
	const struct nfr_dump d = {
		.to = to,
		.data = pkt->data,
		.len = pkt->len,
		.flags = log->flags,
		.mark = pkt->mark,
		.socket = !log->state->in && (pkt->flags & NFR_PKT_SOCKET),
		.knows_ae = nfr_linux_version(net) >= LINUX_6_15,
	};

	dump_prefix(to, log->prefix);
	dump_device(to, net, "IN", log->state->in);
	dump_device(to, net, "OUT", log->state->out);
	if (log->state->in && !decode_mac(to, net, log))
		dump_mac(to, net, log);
	if (pkt->family == NFR_IPV6)
		nfr_dump_ip6(&d, 0, false);
	else
		nfr_dump_ip4(&d, 0, false);
	fputc('\n', to);
}
