/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A capture file: every frame that the reader hands out lies within the file, numbers go up, and
 * the dissection that `nfref compare` goes by has every byte of a frame in exactly one field.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/steps.h"
#include "packet/dissect.h"
#include "pcap_in.h"

#define MAX_FRAMES 10000

static void check_dissection(const struct nfr_pcap_in *in, const struct nfr_pcap_frame *frame)
{
	static struct nfr_dissection d;
	bool raw = in->link == NFR_PCAP_RAW;
	uint32_t sum = 0, hlen = raw ? 0 : 14;
	char line[512];

	if (in->link != NFR_PCAP_RAW && in->link != NFR_PCAP_ETHERNET)
		return;
	nfr_dissect(&d, frame->data, frame->len, raw);
	for (unsigned i = 0; i < d.n; i++) {
		const struct nfr_field *field = &d.field[i];

		if (field->off != sum || field->len > frame->len - sum)
			fuzz_fail("a frame's fields do not lie side by side");
		sum += field->len;
		nfr_field_print(line, sizeof(line), frame->data, field);
	}
	fuzz_must(sum == frame->len, "a frame's fields are not all of it");
	if (frame->len > hlen)
		nfr_packet_print(line, sizeof(line), frame->data + hlen, frame->len - hlen);
}

static void read_all(const char *path)
{
	struct nfr_pcap_cooked cooked;
	struct nfr_pcap_frame frame;
	struct nfr_diag diag = {0};
	struct nfr_pcap_in in;
	uint32_t number = 0;
	uint64_t sum = 0;
	int status = 0;

	if (nfr_pcap_in_open(&in, path, &diag) != 0) {
		if (!diag.text[0])
			fuzz_fail("refused without a word");
		return;
	}
	while (number < MAX_FRAMES && (status = nfr_pcap_in_next(&in, &frame, &diag)) == 1) {
		if (frame.number != ++number)
			fuzz_fail("frames are not numbered one by one");
		for (uint32_t i = 0; i < frame.len; i++)
			sum += frame.data[i];
		check_dissection(&in, &frame);
		if ((in.link == NFR_PCAP_SLL || in.link == NFR_PCAP_SLL2) &&
		    nfr_pcap_cooked(&in, &frame, &cooked) &&
		    cooked.ip + cooked.ip_len > frame.data + frame.len)
			fuzz_fail("a cooked frame's packet lies outside of it");
	}
	if (status < 0 && !diag.text[0])
		fuzz_fail("refused without a word");
	nfr_pcap_in_close(&in);
	if (sum == UINT64_MAX)
		abort();
}

const enum fuzz_format fuzz_format = FUZZ_FORMAT_BYTES;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	int fd = memfd_create("pcap", 0);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_all(path);
	close(fd);
	return 0;
}
