/* SPDX-License-Identifier: BSD-2-Clause */
#include "pcap_out.h"

#include "nfref/types.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>

#define SNAPLEN 262144

void nfr_pcap_out_init(struct nfr_pcap_out *out, const char *path, bool raw)
{
	memset(out, 0, sizeof(*out));
	out->path = strdup(path);
	out->raw = raw;
}

static int open_out(struct nfr_pcap_out *out, struct nfr_diag *diag)
{
	out->pcap = pcap_open_dead_with_tstamp_precision(out->raw ? DLT_RAW : DLT_EN10MB, SNAPLEN,
							 PCAP_TSTAMP_PRECISION_NANO);
	if (!out->pcap)
		return nfr_diag_file(diag, out->path, "out of memory");
	out->dump = pcap_dump_open(out->pcap, out->path);
	return out->dump ? 0 : nfr_diag_file(diag, out->path, "%s", pcap_geterr(out->pcap));
}

int nfr_pcap_out_write(struct nfr_pcap_out *out, uint64_t ts_ns, const uint8_t *data, uint32_t len,
		       struct nfr_diag *diag)
{
	struct pcap_pkthdr hdr = {.caplen = len, .len = len};

	if (!out->dump && open_out(out, diag) < 0)
		return -1;
	hdr.ts.tv_sec = (time_t)(ts_ns / NFR_NSEC_PER_SEC);
	hdr.ts.tv_usec = (suseconds_t)(ts_ns % NFR_NSEC_PER_SEC);
	pcap_dump((u_char *)out->dump, &hdr, data);
	return 0;
}

int nfr_pcap_out_close(struct nfr_pcap_out *out, struct nfr_diag *diag)
{
	int status = 0;

	if (out->dump) {
		if (pcap_dump_flush(out->dump) != 0 || ferror(pcap_dump_file(out->dump)))
			status = nfr_diag_file(diag, out->path, "%s", strerror(errno));
		pcap_dump_close(out->dump);
	}
	if (out->pcap)
		pcap_close(out->pcap);
	free(out->path);
	memset(out, 0, sizeof(*out));
	return status;
}
