/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changing fields of a packet, its checksums with them.
 */
#ifndef NFR_HARNESS_PACKET_REWRITE_H
#define NFR_HARNESS_PACKET_REWRITE_H

#include "packet/dissect.h"

/* How far an Internet checksum is off: 0 when it is right. */
uint16_t nfr_field_residue(const uint8_t *frame, const struct nfr_field *csum);

/* UDP's zero: no checksum, so none that ports could disturb. */
bool nfr_field_is_no_csum(const uint8_t *frame, const struct nfr_field *csum);

/* Whether SCTP's CRC32c is right; that of a fragment cannot be told to be. */
bool nfr_field_crc_ok(const uint8_t *frame, const struct nfr_field *crc);

/*
 * Asks for the new values of all ports and ICMP identifiers, quoted ones too. Checksums that
 * were right stay right, those that were wrong stay wrong by as much, and UDP's zero stays.
 */
void nfr_packet_rewrite_ports(uint8_t *frame, uint32_t len, bool raw,
			      void (*ports)(void *user, const struct nfr_ends *ends, uint16_t to[2]),
			      void *user);

#endif
