/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Captures of both folders, frame by frame. Time stamps are not compared: a recorder's clock is
 * not nfref's. What counts is the order.
 */
#include "compare/compare.h"

#include "pcap_in.h"

#include <string.h>
#include <unistd.h>

struct side {
	struct nfr_pcap_in in;
	struct nfr_pcap_frame frame;
	bool there; /* the file is */
	int more;   /* the frame is */
};

static int open_side(struct side *side, const char *folder, const char *name,
		     struct nfr_diag *diag)
{
	char path[4096];

	memset(side, 0, sizeof(*side));
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (access(path, F_OK) != 0)
		return 0;
	side->there = true;
	return nfr_pcap_in_open(&side->in, path, diag);
}

static int next(struct side *side, struct nfr_diag *diag)
{
	side->more = side->there ? nfr_pcap_in_next(&side->in, &side->frame, diag) : 0;
	return side->more < 0 ? -1 : 0;
}

static void tell(struct nfr_cmp *cmp, const char *name, const struct side *want,
		 const struct side *got, uint32_t number)
{
	bool raw = (want->there ? want : got)->in.link == NFR_PCAP_RAW;
	const struct side *only = want->more ? want : got;

	if (want->more && got->more) {
		nfr_cmp_differ(cmp, "%s, frame %u", name, number);
		nfr_cmp_show_packets(cmp, raw, want->frame.data, want->frame.len, got->frame.data,
				     got->frame.len);
		return;
	}
	nfr_cmp_differ(cmp, "%s, frame %u: only %s has it", name, number,
		       want->more ? "WANT" : "GOT");
	nfr_cmp_show_packet(cmp, raw, only->frame.data, only->frame.len);
}

static int compare_frames(struct nfr_cmp *cmp, const char *name, struct side *want,
			  struct side *got, struct nfr_diag *diag)
{
	bool raw = want->in.link == NFR_PCAP_RAW;
	uint32_t number;

	for (number = 1;; number++) {
		if (next(want, diag) < 0 || next(got, diag) < 0)
			return -1;
		if (!want->more && !got->more)
			return 0;
		if (want->more && got->more &&
		    nfr_cmp_packet(cmp, raw, want->frame.data, want->frame.len, got->frame.data,
				   got->frame.len))
			continue;
		tell(cmp, name, want, got, number);
		return 0;
	}
}

int nfr_cmp_pcap(struct nfr_cmp *cmp, const char *name, struct nfr_diag *diag)
{
	struct side want, got;
	int status = 0;

	if (open_side(&want, cmp->want, name, diag) < 0)
		return -1;
	if (open_side(&got, cmp->got, name, diag) < 0)
		status = -1;
	else if (want.there && got.there && want.in.link != got.in.link)
		nfr_cmp_differ(cmp, "%s: link types differ", name);
	else
		status = compare_frames(cmp, name, &want, &got, diag);
	if (want.there)
		nfr_pcap_in_close(&want.in);
	if (got.there)
		nfr_pcap_in_close(&got.in);
	return status;
}
