/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A capture file: every frame that the reader hands out lies within the file, numbers go up, and
 * the dissection that `nfref compare` prints ends.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "pcap_in.h"

#define MAX_FRAMES 10000

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
