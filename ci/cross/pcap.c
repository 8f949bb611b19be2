/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As much of libpcap as nfref needs to replay a case, for a machine that has no libpcap: captures of
 * the pcap format in, nanoseconds and little-endian out. ci/determinism builds nfref with it for a
 * big-endian machine of 32 bits. Input is trusted.
 */
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC_US 0xa1b2c3d4u
#define MAGIC_NS 0xa1b23c4du
#define SNAPLEN 262144u
#define FILE_HLEN 24u
#define FRAME_HLEN 16u
#define LINKTYPE_RAW 101

struct pcap {
	FILE *file;
	bool big, nano;
	int link;
	struct pcap_pkthdr hdr;
	uint8_t *frame;
	char why[PCAP_ERRBUF_SIZE];
};

static uint32_t get32(const uint8_t *p, bool big)
{
	return big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
		   : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static void put32(FILE *to, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		fputc(value >> 8 * i & 0xff, to);
}

pcap_t *pcap_open_dead_with_tstamp_precision(int link, int snaplen, u_int precision)
{
	struct pcap *pcap = calloc(1, sizeof(*pcap));

	(void)snaplen;
	(void)precision;
	if (pcap)
		pcap->link = link;
	return pcap;
}

pcap_t *pcap_fopen_offline_with_tstamp_precision(FILE *file, u_int precision, char *why)
{
	uint8_t header[FILE_HLEN];
	struct pcap *pcap;

	if (fread(header, 1, FILE_HLEN, file) != FILE_HLEN) {
		strcpy(why, "truncated dump file");
		return NULL;
	}
	pcap = pcap_open_dead_with_tstamp_precision(0, 0, precision);
	if (!pcap)
		return NULL;
	pcap->file = file;
	pcap->frame = malloc(SNAPLEN);
	pcap->big = get32(header, true) == MAGIC_US || get32(header, true) == MAGIC_NS;
	pcap->nano = get32(header, pcap->big) == MAGIC_NS;
	pcap->link = (int)get32(header + 20, pcap->big);
	if (pcap->link == LINKTYPE_RAW)
		pcap->link = DLT_RAW;
	return pcap;
}

int pcap_next_ex(pcap_t *pcap, struct pcap_pkthdr **hdr, const u_char **data)
{
	uint8_t header[FRAME_HLEN];

	if (fread(header, 1, FRAME_HLEN, pcap->file) != FRAME_HLEN)
		return PCAP_ERROR_BREAK;
	pcap->hdr.ts.tv_sec = get32(header, pcap->big);
	pcap->hdr.ts.tv_usec = (int32_t)get32(header + 4, pcap->big) * (pcap->nano ? 1 : 1000);
	pcap->hdr.caplen = get32(header + 8, pcap->big);
	pcap->hdr.len = get32(header + 12, pcap->big);
	if (pcap->hdr.caplen > SNAPLEN ||
	    fread(pcap->frame, 1, pcap->hdr.caplen, pcap->file) != pcap->hdr.caplen) {
		strcpy(pcap->why, "truncated dump file");
		return PCAP_ERROR;
	}
	*hdr = &pcap->hdr;
	*data = pcap->frame;
	return 1;
}

int pcap_datalink(pcap_t *pcap)
{
	return pcap->link;
}

const char *pcap_datalink_val_to_name(int link)
{
	(void)link;
	return NULL;
}

char *pcap_geterr(pcap_t *pcap)
{
	return pcap->why;
}

void pcap_close(pcap_t *pcap)
{
	if (pcap->file)
		fclose(pcap->file);
	free(pcap->frame);
	free(pcap);
}

pcap_dumper_t *pcap_dump_open(pcap_t *pcap, const char *path)
{
	FILE *to = fopen(path, "wb");

	if (!to)
		return NULL;
	put32(to, MAGIC_NS);
	put32(to, 4 << 16 | 2); /* the format's version */
	put32(to, 0);
	put32(to, 0);
	put32(to, SNAPLEN);
	put32(to, pcap->link == DLT_RAW ? LINKTYPE_RAW : (uint32_t)pcap->link);
	return (pcap_dumper_t *)to;
}

void pcap_dump(u_char *to, const struct pcap_pkthdr *hdr, const u_char *data)
{
	FILE *file = (FILE *)to;

	put32(file, (uint32_t)hdr->ts.tv_sec);
	put32(file, (uint32_t)hdr->ts.tv_usec);
	put32(file, hdr->caplen);
	put32(file, hdr->len);
	fwrite(data, 1, hdr->caplen, file);
}

int pcap_dump_flush(pcap_dumper_t *to)
{
	return fflush((FILE *)to);
}

FILE *pcap_dump_file(pcap_dumper_t *to)
{
	return (FILE *)to;
}

void pcap_dump_close(pcap_dumper_t *to)
{
	fclose((FILE *)to);
}
