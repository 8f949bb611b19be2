/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/rewrite.h"

#include "base/bytes.h"
#include "base/csum.h"

#include <string.h>

uint16_t nfr_field_residue(const uint8_t *frame, const struct nfr_field *csum)
{
	uint64_t sum = nfr_csum_add(0, frame + csum->cover_off, csum->cover_len);

	if (csum->addr_len)
		sum += nfr_csum_add(0, frame + csum->addr_off, 2u * csum->addr_len);
	sum = nfr_csum_fold(sum);
	return sum == 0xffff ? 0 : (uint16_t)sum; /* both are zero in ones' complement */
}

bool nfr_field_is_no_csum(const uint8_t *frame, const struct nfr_field *csum)
{
	return nfr_get16(frame + csum->off) == 0 &&
	       (csum->proto == NFR_IPPROTO_UDP || csum->proto == NFR_IPPROTO_UDPLITE);
}

/* Over the packet with four zeros in its place. */
static uint32_t crc_of(const uint8_t *frame, const struct nfr_field *crc)
{
	static const uint8_t zeros[4];
	uint32_t end = crc->cover_off + crc->cover_len, behind = crc->off + 4;
	uint32_t sum = nfr_crc32c(UINT32_MAX, frame + crc->cover_off, crc->off - crc->cover_off);

	sum = nfr_crc32c(sum, zeros, sizeof(zeros));
	return ~nfr_crc32c(sum, frame + behind, end - behind);
}

bool nfr_field_crc_ok(const uint8_t *frame, const struct nfr_field *crc)
{
	return crc->cover_len && nfr_le32(frame + crc->off) == crc_of(frame, crc);
}

static bool change_ports(uint8_t *frame, const struct nfr_dissection *d,
			 void (*ports)(void *user, const struct nfr_ends *ends, uint16_t to[2]),
			 void *user)
{
	bool changed = false;
	struct nfr_ends ends;
	uint16_t to[2];
	unsigned i;

	for (i = 0; i < d->n; i++) {
		const struct nfr_field *field = &d->field[i];

		if (!nfr_ends_at(&ends, frame, field))
			continue;
		memcpy(to, ends.port, sizeof(to));
		ports(user, &ends, to);
		changed |= memcmp(to, ends.port, sizeof(to)) != 0;
		nfr_put16(frame + field->off, to[0]);
		if (field->kind == NFR_FIELD_SPORT)
			nfr_put16(frame + field->off + 2, to[1]);
	}
	return changed;
}

static void mend_crc(uint8_t *frame, const struct nfr_field *field)
{
	uint32_t crc = crc_of(frame, field);
	unsigned i;

	for (i = 0; i < 4; i++)
		frame[field->off + i] = (uint8_t)(crc >> 8 * i);
}

/* Innermost first: a quoted checksum is covered by the error's own. */
static void mend(uint8_t *frame, const struct nfr_dissection *d, const uint16_t *before)
{
	unsigned i;

	for (i = d->n; i-- > 0;) {
		uint8_t *csum = frame + d->field[i].off;
		uint16_t off;

		if (d->field[i].kind == NFR_FIELD_CRC && before[i] == 0)
			mend_crc(frame, &d->field[i]);
		if (d->field[i].kind != NFR_FIELD_CSUM ||
		    nfr_field_is_no_csum(frame, &d->field[i]))
			continue;
		off = nfr_field_residue(frame, &d->field[i]);
		if (off == before[i])
			continue;
		nfr_put16(csum, nfr_csum_fold((uint64_t)nfr_get16(csum) + before[i] +
					      (uint16_t)~off));
		if (nfr_get16(csum) == 0)
			nfr_put16(csum, 0xffff);
	}
}

void nfr_packet_rewrite_ports(uint8_t *frame, uint32_t len, bool raw,
			      void (*ports)(void *user, const struct nfr_ends *ends, uint16_t to[2]),
			      void *user)
{
	uint16_t before[NFR_MAX_FIELDS];
	struct nfr_dissection d;
	unsigned i;

	nfr_dissect(&d, frame, len, raw);
	for (i = 0; i < d.n; i++) {
		if (d.field[i].kind == NFR_FIELD_CSUM)
			before[i] = nfr_field_residue(frame, &d.field[i]);
		if (d.field[i].kind == NFR_FIELD_CRC)
			before[i] = !nfr_field_crc_ok(frame, &d.field[i]);
	}
	if (change_ports(frame, &d, ports, user))
		mend(frame, &d, before);
}
