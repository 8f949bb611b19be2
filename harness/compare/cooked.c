/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Comparing with a capture of all interfaces of a Linux router (`tcpdump -i any`): its outgoing
 * packets are what Linux made of the incoming ones. A cooked header says neither where a packet
 * goes nor, in its first version, through which interface it leaves; so the IP packets are
 * compared, in the order of time over all interfaces.
 */
#include "compare/compare.h"

#include "base/bytes.h"
#include "pcap_in.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CAPTURES 64
#define ETHER_HLEN 14u
#define PACKET_OUTGOING 4
#define ARPHRD_LOOPBACK 772

/* The captures of GOT, each with its next frame. */
struct got {
	struct nfr_pcap_in in[MAX_CAPTURES];
	struct nfr_pcap_frame frame[MAX_CAPTURES];
	bool more[MAX_CAPTURES];
	unsigned n;
};

struct packet {
	const uint8_t *data;
	uint32_t len, number;
	bool there;
};

static int refill(struct got *got, unsigned k, struct nfr_diag *diag)
{
	int status = nfr_pcap_in_next(&got->in[k], &got->frame[k], diag);

	got->more[k] = status == 1;
	return status < 0 ? -1 : 0;
}

static bool is_capture(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 5 && !strcmp(entry->d_name + len - 5, ".pcap") &&
	       strcmp(entry->d_name, "local.pcap") != 0;
}

static int open_got(struct got *got, const char *folder, struct nfr_diag *diag)
{
	struct dirent **entry;
	char path[4400];
	int n = scandir(folder, &entry, NULL, alphasort), i, status = 0;

	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry[i]->d_name);
		if (is_capture(entry[i]) && status == 0 && got->n < MAX_CAPTURES) {
			status = nfr_pcap_in_open(&got->in[got->n], path, diag);
			if (status == 0)
				status = refill(got, got->n++, diag);
		}
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
	return status;
}

/* The earliest packet; it is valid until the next is asked for. */
static int next_got(struct got *got, int *last, struct packet *packet, struct nfr_diag *diag)
{
	unsigned k;
	int best = -1;
	uint32_t skip;

	if (*last >= 0 && refill(got, (unsigned)*last, diag) < 0)
		return -1;
	for (k = 0; k < got->n; k++)
		if (got->more[k] &&
		    (best < 0 || got->frame[k].ts_ns < got->frame[best].ts_ns))
			best = (int)k;
	*last = best;
	packet->there = best >= 0;
	if (best < 0)
		return 0;
	skip = got->in[best].link == NFR_PCAP_RAW ? 0 : ETHER_HLEN;
	packet->data = got->frame[best].data + skip;
	packet->len = got->frame[best].len > skip ? got->frame[best].len - skip : 0;
	packet->number = got->frame[best].number;
	return 0;
}

/* The next outgoing packet; identifications of incoming ones are noted on the way. */
static int next_want(struct nfr_cmp *cmp, struct nfr_pcap_in *in, struct packet *packet,
		     struct nfr_diag *diag)
{
	struct nfr_pcap_cooked cooked;
	struct nfr_pcap_frame frame;
	int status;

	*packet = (struct packet){0};
	while ((status = nfr_pcap_in_next(in, &frame, diag)) == 1) {
		if (!nfr_pcap_cooked(in, &frame, &cooked) || cooked.hw_type == ARPHRD_LOOPBACK ||
		    (cooked.protocol != 0x0800 && cooked.protocol != 0x86dd))
			continue;
		if (cooked.pkt_type != PACKET_OUTGOING) {
			nfr_cmp_take_id(cmp, cooked.ip, cooked.ip_len);
			continue;
		}
		*packet = (struct packet){cooked.ip, cooked.ip_len, frame.number, true};
		return 0;
	}
	return status;
}

static void tell(struct nfr_cmp *cmp, const struct packet *want, const struct packet *got)
{
	if (want->there && got->there) {
		nfr_cmp_differ(cmp, "the outgoing packet in frame %u of the capture", want->number);
		nfr_cmp_show_packets(cmp, true, want->data, want->len, got->data, got->len);
		return;
	}
	if (want->there)
		nfr_cmp_differ(cmp, "only WANT has an outgoing packet, in frame %u", want->number);
	else
		nfr_cmp_differ(cmp, "only GOT has a packet that leaves");
	nfr_cmp_show_packet(cmp, true, want->there ? want->data : got->data,
			    want->there ? want->len : got->len);
}

static int compare_packets(struct nfr_cmp *cmp, struct nfr_pcap_in *in, struct got *got,
			   struct nfr_diag *diag)
{
	struct packet want = {0}, other = {0};
	int last = -1;

	for (;;) {
		if (next_want(cmp, in, &want, diag) < 0 || next_got(got, &last, &other, diag) < 0)
			return -1;
		if (!want.there && !other.there)
			return 0;
		if (want.there && other.there &&
		    nfr_cmp_packet(cmp, true, want.data, want.len, other.data, other.len))
			continue;
		tell(cmp, &want, &other);
		return 0;
	}
}

int nfr_cmp_cooked(struct nfr_cmp *cmp, struct nfr_diag *diag)
{
	struct got *got = calloc(1, sizeof(*got));
	struct nfr_pcap_in in;
	int status;
	unsigned k;

	if (!got)
		abort();
	status = nfr_pcap_in_open(&in, cmp->want, diag);
	if (status == 0) {
		if (in.link != NFR_PCAP_SLL && in.link != NFR_PCAP_SLL2)
			status = nfr_diag_file(diag, cmp->want,
					       "expected a folder or a cooked capture");
		else
			status = open_got(got, cmp->got, diag);
		if (status == 0)
			status = compare_packets(cmp, &in, got, diag);
		nfr_pcap_in_close(&in);
	}
	for (k = 0; k < got->n; k++)
		nfr_pcap_in_close(&got->in[k]);
	free(got);
	return status;
}
