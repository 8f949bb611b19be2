/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Captures out, with nanosecond time stamps. A file comes into being with its first frame.
 */
#ifndef NFR_HARNESS_PCAP_OUT_H
#define NFR_HARNESS_PCAP_OUT_H

#include "diag.h"

#include <stdbool.h>
#include <stdint.h>

struct nfr_pcap_out {
	char *path;
	bool raw;   /* IP packets (LINKTYPE_RAW), else Ethernet */
	void *pcap; /* pcap_t, NULL before the first frame */
	void *dump; /* pcap_dumper_t */
};

void nfr_pcap_out_init(struct nfr_pcap_out *out, const char *path, bool raw);
int nfr_pcap_out_write(struct nfr_pcap_out *out, uint64_t ts_ns, const uint8_t *data, uint32_t len,
		       struct nfr_diag *diag);
int nfr_pcap_out_close(struct nfr_pcap_out *out, struct nfr_diag *diag);

#endif
