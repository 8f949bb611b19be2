/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Captures of `tcpdump -i any` on a router. Each frame says in which direction it went: incoming
 * ones are replayed; outgoing ones are what Linux made of them and are passed over here.
 *
 * Version 2 says which interface by its index on that machine: `--ifindex 3=eth1` names it. An
 * index that is not named, and every frame of version 1, which says nothing, is taken to belong
 * to the interface through which its source is reached, as strict reverse path filtering would
 * demand; an index is learned from its first frame whose source says something.
 *
 * The Ethernet header is made up: from the sender's address, to the interface's own (or to all,
 * or to another host, as the frame says).
 */
#include "run/run.h"

#include "base/bytes.h"

#define ETHER_HLEN 14u
#define PACKET_OUTGOING 4
#define ARPHRD_LOOPBACK 772

static uint16_t by_name(const struct nfr_run *run, const char *name)
{
	uint16_t k;

	for (k = 1; k <= run->c->n_ifs; k++)
		if (!strcmp(run->c->iface[k - 1].name, name))
			return k;
	return 0;
}

static uint16_t named(const struct nfr_run *run, uint32_t ifindex)
{
	unsigned i;

	for (i = 0; i < run->opts->n_ifindex; i++)
		if (run->opts->ifindex[i].ifindex == ifindex)
			return by_name(run, run->opts->ifindex[i].name);
	for (i = 0; i < run->n_learned; i++)
		if (run->learned[i].ifindex == ifindex)
			return run->learned[i].iface;
	return 0;
}

static void learn(struct nfr_run *run, uint32_t ifindex, uint16_t iface)
{
	if (!ifindex || !iface || run->n_learned == NFR_RUN_MAX_IFINDEX)
		return;
	run->learned[run->n_learned].ifindex = ifindex;
	run->learned[run->n_learned++].iface = iface;
}

static uint16_t interface_of(struct nfr_run *run, const struct nfr_pcap_cooked *cooked)
{
	uint16_t iface = cooked->ifindex ? named(run, cooked->ifindex) : 0;

	if (iface)
		return iface;
	iface = nfr_reach_source(&run->reach, cooked->ip, cooked->ip_len);
	learn(run, cooked->ifindex, iface);
	return iface;
}

static void put_ethernet(uint8_t *to, const struct nfr_pcap_cooked *cooked, uint16_t iface)
{
	static const uint8_t host[6] = {2, 0, 0, 0, 0, 1};

	memcpy(to, host, 6);
	to[4] = (uint8_t)iface;
	if (cooked->pkt_type == NFR_PACKET_BROADCAST)
		memset(to, 0xff, 6);
	else if (cooked->pkt_type == NFR_PACKET_MULTICAST)
		to[0] = 3;
	else if (cooked->pkt_type == NFR_PACKET_OTHERHOST)
		to[5] = 0xfd;
	memset(to + 6, 0, 6);
	memcpy(to + 6, cooked->addr, cooked->addr_len < 6 ? cooked->addr_len : 6);
	nfr_put16(to + 12, cooked->protocol);
}

int nfr_run_cooked(struct nfr_run *run, const struct nfr_run_input *input,
		   struct nfr_run_frame *frame, struct nfr_diag *diag)
{
	struct nfr_pcap_cooked cooked;
	uint16_t iface = input->ifindex;

	if (!nfr_pcap_cooked(&input->in, &input->frame, &cooked) ||
	    cooked.pkt_type >= PACKET_OUTGOING || cooked.hw_type == ARPHRD_LOOPBACK ||
	    (cooked.protocol != 0x0800 && cooked.protocol != 0x86dd))
		return 0;
	if (!iface)
		iface = interface_of(run, &cooked);
	if (!iface)
		return nfr_diag_file(diag, input->in.path,
				     "frame %u: which interface it came in on is not known: name it "
				     "with --ifindex %u=IF",
				     input->frame.number, cooked.ifindex);
	frame->in = run->c->iface[iface - 1].name;
	frame->ifindex = iface;
	frame->raw = run->c->iface[iface - 1].no_arp;
	frame->data = run->buf;
	frame->len = cooked.ip_len + (frame->raw ? 0 : ETHER_HLEN);
	if (!frame->raw)
		put_ethernet(run->buf, &cooked, iface);
	memcpy(run->buf + (frame->raw ? 0 : ETHER_HLEN), cooked.ip, cooked.ip_len);
	return 1;
}
