/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses and numbers in the text of protocols, as Linux reads and writes them.
 */
#ifndef NFR_HELPER_TEXT_H
#define NFR_HELPER_TEXT_H

#include "nfref/types.h"

static inline bool nfr_text_is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* True when the first n bytes of a and b are the same but for the case of letters. */
bool nfr_text_same(const uint8_t *a, const char *b, uint32_t n);

/* Reads an IPv6 address that ends before delim, a zero byte or the end of the text (in6_pton).
 * Returns how many bytes it took, 0 when there is none. */
uint32_t nfr_text_get_ip6(const uint8_t *p, uint32_t len, uint8_t delim, union nfr_addr *addr);

/* Writers return the position behind what they wrote. */
uint8_t *nfr_text_put(uint8_t *to, const char *text);
uint8_t *nfr_text_put_dec(uint8_t *to, uint32_t value);
uint8_t *nfr_text_put_ip4(uint8_t *to, nfr_be32 addr, char separator);
uint8_t *nfr_text_put_ip6(uint8_t *to, const union nfr_addr *addr); /* all digits, as %pI6 */

#endif
