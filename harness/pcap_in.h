/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Captures in, one frame at a time: memory does not grow with the file. Whatever libpcap reads
 * (pcap and pcapng, micro- and nanoseconds, either byte order) with Ethernet, raw IP or Linux
 * cooked frames.
 */
#ifndef NFR_HARNESS_PCAP_IN_H
#define NFR_HARNESS_PCAP_IN_H

#include "diag.h"

#include <stdbool.h>
#include <stdint.h>

enum nfr_pcap_link {
	NFR_PCAP_ETHERNET,
	NFR_PCAP_RAW,  /* IP packets: LINKTYPE_RAW, _IPV4, _IPV6 */
	NFR_PCAP_SLL,  /* `tcpdump -i any` before 2018 */
	NFR_PCAP_SLL2, /* and since: says which interface */
};

struct nfr_pcap_in {
	void *pcap; /* pcap_t */
	char *path;
	enum nfr_pcap_link link;
	uint32_t n_frames; /* read so far */
};

struct nfr_pcap_frame {
	uint64_t ts_ns;
	const uint8_t *data; /* valid until the next frame is asked for */
	uint32_t len;
	uint32_t number; /* in its file, from 1 */
};

/* What a cooked frame says of its packet. */
struct nfr_pcap_cooked {
	uint32_t ifindex;  /* of the machine that captured; 0: not told (v1) */
	uint16_t hw_type;  /* ARPHRD_* */
	uint16_t protocol; /* EtherType */
	uint8_t pkt_type;  /* enum nfr_pkt_type */
	uint8_t addr_len;  /* bytes of addr that count */
	uint8_t addr[8];   /* the sender's */
	const uint8_t *ip;
	uint32_t ip_len;
};

int nfr_pcap_in_open(struct nfr_pcap_in *in, const char *path, struct nfr_diag *diag);

/*
 * 1: a frame; 0: the end; -1: what follows is not a capture, or stops in the middle of a frame. A
 * frame that was snapped (fewer bytes captured than sent) is an error unless all of its IP packet
 * is there: nothing true can be said of the rest.
 */
int nfr_pcap_in_next(struct nfr_pcap_in *in, struct nfr_pcap_frame *frame, struct nfr_diag *diag);
void nfr_pcap_in_close(struct nfr_pcap_in *in);

/* False: shorter than its header. */
bool nfr_pcap_cooked(const struct nfr_pcap_in *in, const struct nfr_pcap_frame *frame,
		     struct nfr_pcap_cooked *cooked);

#endif
