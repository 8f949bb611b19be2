/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The few string functions that core/ needs, which uses nothing of the C library's own.
 */
#ifndef NFR_BASE_STR_H
#define NFR_BASE_STR_H

#include "nfref/types.h"

/* The bound, which no string reaches, keeps compilers from making a call of strlen() of it. */
static inline size_t nfr_str_len(const char *s)
{
	size_t n = 0;

	while (n < PTRDIFF_MAX && s[n])
		n++;
	return n;
}

static inline bool nfr_str_eq(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

/* True when s is the n bytes at p, which hold no zero. */
static inline bool nfr_str_is(const char *s, const char *p, size_t n)
{
	return nfr_str_len(s) == n && memcmp(s, p, n) == 0;
}

/* What follows prefix in s, or NULL. */
static inline const char *nfr_str_after(const char *s, const char *prefix)
{
	while (*prefix && *prefix == *s)
		prefix++, s++;
	return *prefix ? NULL : s;
}

/* Fills all of dst, ending and filling up with zeros; false when s had to be cut off. */
static inline bool nfr_str_copy(char *dst, size_t size, const char *s)
{
	size_t len = nfr_str_len(s);
	size_t n = len < size ? len : size - 1;

	memcpy(dst, s, n);
	memset(dst + n, 0, size - n);
	return n == len;
}

#endif
