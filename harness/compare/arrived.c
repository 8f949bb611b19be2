/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which identifications the inputs of a case carry: a packet that has another one is the router's
 * own. A hash of each is a bit of cmp->arrived.
 */
#include "compare/compare.h"

#include "base/bytes.h"
#include "nfref/types.h"
#include "packet/dissect.h"
#include "pcap_in.h"

#include <dirent.h>
#include <stdlib.h>

#define ARRIVED_BITS 24
#define ARRIVED_BYTES ((1u << ARRIVED_BITS) / 8)

static uint32_t mix(uint32_t h, uint32_t value)
{
	return (h ^ value) * 16777619u;
}

static uint32_t mix_id(bool is_v4, uint32_t id, bool is_error)
{
	return mix(mix(mix(2166136261u, id), is_v4), is_error);
}

static uint32_t bit(uint32_t h)
{
	return (h ^ h >> ARRIVED_BITS) & ((1u << ARRIVED_BITS) - 1);
}

/* What the packet brought along, as the number of a bit. What a router makes itself is an error or
 * a reset; that one that came in has the same identification is no wonder, so more must agree. */
static uint32_t bit_of(const uint8_t *ip, uint32_t len, bool is_error)
{
	bool is_v4 = ip[0] >> 4 == 4;
	uint32_t at = is_v4 ? (ip[0] & 15u) * 4 : 40;
	uint32_t h = mix_id(is_v4, is_v4 ? nfr_get16(ip + 4) : nfr_get32(ip) & 0xfffffu, is_error);

	if (is_error) {
		h = mix(h, nfr_get16(ip + (is_v4 ? 2 : 4)));
		if (ip[is_v4 ? 9 : 6] != NFR_IPPROTO_TCP && len >= at + 2)
			h = mix(h, nfr_get16(ip + at));
	}
	return bit(h);
}

static void take_bit(struct nfr_cmp *cmp, uint32_t n)
{
	cmp->arrived[n / 8] |= (uint8_t)(1u << n % 8);
}

void nfr_cmp_take_id(struct nfr_cmp *cmp, const uint8_t *ip, uint32_t len)
{
	struct nfr_dissection d;

	if (!cmp->arrived)
		cmp->arrived = calloc(1, ARRIVED_BYTES);
	if (!cmp->arrived)
		abort();
	cmp->arrived_known = true;
	if (len < 20)
		return;
	nfr_dissect(&d, ip, len, true);
	take_bit(cmp, bit_of(ip, len, false));
	if (d.is_error)
		take_bit(cmp, bit_of(ip, len, true));
}

static void take_ids(struct nfr_cmp *cmp, const char *path)
{
	struct nfr_pcap_frame frame;
	struct nfr_pcap_in in;
	struct nfr_diag diag;
	uint32_t skip;

	if (nfr_pcap_in_open(&in, path, &diag) < 0)
		return;
	skip = in.link == NFR_PCAP_RAW ? 0 : 14;
	while (nfr_pcap_in_next(&in, &frame, &diag) == 1)
		if (frame.len > skip)
			nfr_cmp_take_id(cmp, frame.data + skip, frame.len - skip);
	nfr_pcap_in_close(&in);
}

static void read_arrived(struct nfr_cmp *cmp)
{
	char path[4096], file[4400];
	struct dirent *entry;
	DIR *dir;

	cmp->arrived = calloc(1, ARRIVED_BYTES);
	if (!cmp->arrived)
		abort();
	snprintf(path, sizeof(path), "%s/../in", cmp->want);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)) != NULL) {
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		if (entry->d_name[0] != '.')
			take_ids(cmp, file);
	}
	if (dir)
		closedir(dir);
}

static bool has_bit(struct nfr_cmp *cmp, uint32_t n)
{
	if (!cmp->arrived)
		read_arrived(cmp);
	return cmp->arrived[n / 8] >> n % 8 & 1;
}

bool nfr_cmp_arrived(struct nfr_cmp *cmp, const uint8_t *ip, uint32_t len, bool is_error)
{
	return has_bit(cmp, bit_of(ip, len, is_error));
}

bool nfr_cmp_arrived_id4(struct nfr_cmp *cmp, uint16_t id)
{
	return has_bit(cmp, bit(mix_id(true, id, false)));
}
