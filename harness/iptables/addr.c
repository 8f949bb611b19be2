/* SPDX-License-Identifier: BSD-2-Clause */
#include "iptables/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

bool nfr_ipt_number(const char *text, uint64_t max, uint64_t *value)
{
	unsigned long long n;
	char *end;

	text += strspn(text, " \t");
	text += *text == '+';
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	n = strtoull(text, &end, 0);
	if (*end || errno || n > max)
		return false;
	*value = n;
	return true;
}

/* Up to four bytes, each in C's notation; those left out at the end are zero. */
static bool dotted(const char *text, uint8_t b[4])
{
	unsigned long n;
	unsigned i;
	char *end;

	memset(b, 0, 4);
	for (i = 0; i < 4; i++) {
		if (*text < '0' || *text > '9')
			return false;
		n = strtoul(text, &end, 0);
		if (n > 255)
			return false;
		b[i] = (uint8_t)n;
		if (!*end)
			return true;
		if (*end != '.')
			return false;
		text = end + 1;
	}
	return false;
}

bool nfr_ipt_addr_parse(uint8_t family, const char *text, union nfr_addr *addr)
{
	struct in_addr in;

	memset(addr, 0, sizeof(*addr));
	if (family == NFR_IPV6)
		return inet_pton(AF_INET6, text, addr->b) == 1;
	if (dotted(text, addr->b))
		return true;
	if (strchr(text, ' ') || !inet_aton(text, &in))
		return false;
	memcpy(addr->b, &in, 4);
	return true;
}

bool nfr_ipt_addr_resolve(uint8_t family, const char *text, union nfr_addr *addr)
{
	struct in_addr in;

	memset(addr, 0, sizeof(*addr));
	if (family == NFR_IPV6)
		return inet_pton(AF_INET6, text, addr->b) == 1;
	if (strchr(text, ' ') || !inet_aton(text, &in))
		return false;
	memcpy(addr->b, &in, 4);
	return true;
}

void nfr_ipt_mask_of(uint8_t family, unsigned len, union nfr_addr *mask)
{
	unsigned i;

	memset(mask, 0, sizeof(*mask));
	for (i = 0; i < len && i < nfr_ipt_addr_bits(family); i++)
		mask->b[i / 8] |= (uint8_t)(0x80 >> i % 8);
}

bool nfr_ipt_mask_parse(uint8_t family, const char *text, union nfr_addr *mask)
{
	uint64_t len;

	memset(mask, 0, sizeof(*mask));
	if (family == NFR_IPV4 && strchr(text, '.'))
		return inet_pton(AF_INET, text, mask->b) == 1;
	if (family == NFR_IPV6 && strchr(text, ':'))
		return inet_pton(AF_INET6, text, mask->b) == 1;
	if (!nfr_ipt_number(text, nfr_ipt_addr_bits(family), &len))
		return false;
	nfr_ipt_mask_of(family, (unsigned)len, mask);
	return true;
}

int nfr_ipt_mask_len(uint8_t family, const union nfr_addr *mask)
{
	unsigned i, len = 0, bits = nfr_ipt_addr_bits(family);

	while (len < bits && mask->b[len / 8] & 0x80 >> len % 8)
		len++;
	for (i = len; i < bits; i++)
		if (mask->b[i / 8] & 0x80 >> i % 8)
			return -1;
	return (int)len;
}

void nfr_ipt_addr_and(union nfr_addr *addr, const union nfr_addr *mask)
{
	unsigned i;

	for (i = 0; i < sizeof(addr->b); i++)
		addr->b[i] &= mask->b[i];
}

void nfr_ipt_addr_print(FILE *to, uint8_t family, const union nfr_addr *addr)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(family == NFR_IPV6 ? AF_INET6 : AF_INET, addr->b, text, sizeof(text));
	fputs(text, to);
}

void nfr_ipt_mask_print(FILE *to, uint8_t family, const union nfr_addr *mask)
{
	int len = nfr_ipt_mask_len(family, mask);

	fputc('/', to);
	if (len >= 0)
		fprintf(to, "%d", len);
	else
		nfr_ipt_addr_print(to, family, mask);
}
