/* SPDX-License-Identifier: BSD-2-Clause */
#include "pcap_in.h"

#include "base/bytes.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>

#define ETHER_HLEN 14u
#define SLL_HLEN 16u
#define SLL2_HLEN 20u

#ifndef DLT_LINUX_SLL2
#define DLT_LINUX_SLL2 276
#endif

static int link_of(int dlt)
{
	switch (dlt) {
	case DLT_EN10MB:
		return NFR_PCAP_ETHERNET;
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
		return NFR_PCAP_RAW;
	case DLT_LINUX_SLL:
		return NFR_PCAP_SLL;
	case DLT_LINUX_SLL2:
		return NFR_PCAP_SLL2;
	default:
		return -1;
	}
}

static int refuse_link(struct nfr_pcap_in *in, int dlt, struct nfr_diag *diag)
{
	const char *name = pcap_datalink_val_to_name(dlt);

	nfr_diag_file(diag, in->path,
		      "link type %s (%d): expected Ethernet, raw IP or Linux cooked frames",
		      name ? name : "unknown", dlt);
	nfr_pcap_in_close(in);
	return -1;
}

int nfr_pcap_in_open(struct nfr_pcap_in *in, const char *path, struct nfr_diag *diag)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	FILE *file = fopen(path, "rb");
	int link;

	memset(in, 0, sizeof(*in));
	if (!file)
		return nfr_diag_file(diag, path, "%s", strerror(errno));
	in->pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, why);
	if (!in->pcap) {
		fclose(file);
		return nfr_diag_file(diag, path, "not a capture: %s", why);
	}
	in->path = strdup(path);
	link = link_of(pcap_datalink(in->pcap));
	if (link < 0)
		return refuse_link(in, pcap_datalink(in->pcap), diag);
	in->link = (enum nfr_pcap_link)link;
	return 0;
}

void nfr_pcap_in_close(struct nfr_pcap_in *in)
{
	if (in->pcap)
		pcap_close(in->pcap);
	free(in->path);
	memset(in, 0, sizeof(*in));
}

static uint32_t link_hlen(enum nfr_pcap_link link)
{
	static const uint8_t hlen[] = {ETHER_HLEN, 0, SLL_HLEN, SLL2_HLEN};

	return hlen[link];
}

/* Bytes from the start of the frame that its IP packet, by its own length field, reaches to;
 * 0 when that field is not there or the frame does not carry IP. */
static uint32_t ip_end(const struct nfr_pcap_in *in, const uint8_t *data, uint32_t len)
{
	uint32_t off = link_hlen(in->link);

	if (len < off + 6)
		return 0;
	switch (data[off] >> 4) {
	case 4:
		return off + nfr_get16(data + off + 2);
	case 6:
		return off + 40 + nfr_get16(data + off + 4);
	default:
		return 0;
	}
}

static bool carries_ip(const struct nfr_pcap_in *in, const uint8_t *data, uint32_t len)
{
	uint16_t type;

	if (in->link == NFR_PCAP_RAW)
		return true;
	if (len < link_hlen(in->link))
		return false;
	type = nfr_get16(data + (in->link == NFR_PCAP_ETHERNET ? 12 :
				 in->link == NFR_PCAP_SLL      ? 14 :
								 0));
	return type == 0x0800 || type == 0x86dd;
}

static bool snapped(const struct nfr_pcap_in *in, const struct pcap_pkthdr *hdr,
		    const uint8_t *data)
{
	uint32_t end;

	if (hdr->caplen >= hdr->len || !carries_ip(in, data, hdr->caplen))
		return false;
	end = ip_end(in, data, hdr->caplen);
	return end == 0 || end > hdr->caplen;
}

static int end_of_file(struct nfr_pcap_in *in, int status, struct nfr_diag *diag)
{
	const char *why = pcap_geterr(in->pcap);

	if (status == PCAP_ERROR_BREAK)
		return 0;
	if (strncmp(why, "truncated", 9) == 0)
		why = "the file ends within it (tcpdump -r FILE -w WHOLE keeps those before)";
	return nfr_diag_file(diag, in->path, "frame %u: %s", in->n_frames + 1, why);
}

int nfr_pcap_in_next(struct nfr_pcap_in *in, struct nfr_pcap_frame *frame, struct nfr_diag *diag)
{
	struct pcap_pkthdr *hdr;
	const uint8_t *data;
	int status = pcap_next_ex(in->pcap, &hdr, &data);

	if (status != 1)
		return end_of_file(in, status, diag);
	in->n_frames++;
	if (snapped(in, hdr, data))
		return nfr_diag_file(diag, in->path,
				     "frame %u: only %u of its %u bytes were captured: capture "
				     "whole packets (tcpdump -s 0)",
				     in->n_frames, hdr->caplen, hdr->len);
	/* tv_usec holds nanoseconds: the precision asked for */
	frame->ts_ns = (uint64_t)hdr->ts.tv_sec * NFR_NSEC_PER_SEC + (uint64_t)hdr->ts.tv_usec;
	frame->data = data;
	frame->len = hdr->caplen;
	frame->number = in->n_frames;
	return 1;
}

bool nfr_pcap_cooked(const struct nfr_pcap_in *in, const struct nfr_pcap_frame *frame,
		     struct nfr_pcap_cooked *cooked)
{
	const uint8_t *p = frame->data;
	uint32_t hlen = link_hlen(in->link);
	bool v2 = in->link == NFR_PCAP_SLL2;

	memset(cooked, 0, sizeof(*cooked));
	if (frame->len < hlen)
		return false;
	cooked->ifindex = v2 ? nfr_get32(p + 4) : 0;
	cooked->hw_type = nfr_get16(p + (v2 ? 8 : 2));
	cooked->protocol = nfr_get16(p + (v2 ? 0 : 14));
	cooked->pkt_type = v2 ? p[10] : p[1];
	cooked->addr_len = v2 ? p[11] : p[5];
	if (cooked->addr_len > sizeof(cooked->addr))
		cooked->addr_len = sizeof(cooked->addr);
	memcpy(cooked->addr, p + (v2 ? 12 : 6), cooked->addr_len);
	cooked->ip = p + hlen;
	cooked->ip_len = frame->len - hlen;
	return true;
}
