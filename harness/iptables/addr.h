/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses and masks as iptables reads and prints them. Names are not resolved.
 */
#ifndef NFR_HARNESS_IPTABLES_ADDR_H
#define NFR_HARNESS_IPTABLES_ADDR_H

#include "nfref/nfref.h"

#include <stdio.h>

static inline unsigned nfr_ipt_addr_bits(uint8_t family)
{
	return family == NFR_IPV6 ? 128 : 32;
}

/* An address without mask; for IPv4 also `10.1` (10.1.0.0) and what inet_aton() knows. */
bool nfr_ipt_addr_parse(uint8_t family, const char *text, union nfr_addr *addr);

/* The same as getaddrinfo() reads it: `10.1` is 10.0.0.1, `10` is 0.0.0.10. */
bool nfr_ipt_addr_resolve(uint8_t family, const char *text, union nfr_addr *addr);

/* What stands behind the slash: a length, or a mask. */
bool nfr_ipt_mask_parse(uint8_t family, const char *text, union nfr_addr *mask);

void nfr_ipt_mask_of(uint8_t family, unsigned len, union nfr_addr *mask);

/* Length of a mask that is ones, then zeros; -1 for any other. */
int nfr_ipt_mask_len(uint8_t family, const union nfr_addr *mask);

void nfr_ipt_addr_and(union nfr_addr *addr, const union nfr_addr *mask);
void nfr_ipt_addr_print(FILE *to, uint8_t family, const union nfr_addr *addr);

/* `/24`, or the mask in full where it is no prefix. */
void nfr_ipt_mask_print(FILE *to, uint8_t family, const union nfr_addr *mask);

/* A number in C's notation, with the blanks and the plus before it that strtoul() takes. */
bool nfr_ipt_number(const char *text, uint64_t max, uint64_t *value);

#endif
