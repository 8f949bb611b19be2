/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hints to the compiler, which may be left out without changing anything but the time it takes.
 */
#ifndef NFR_BASE_HINT_H
#define NFR_BASE_HINT_H

#ifdef __GNUC__
/* A function that few packets come to: kept out of those that most go through. */
#define NFR_APART __attribute__((noinline))
/* One that is worth a copy at each place that calls it, with what is constant there. */
#define NFR_INLINE static inline __attribute__((always_inline))

/* The line of cache at p will be read, or written, soon. */
static inline void nfr_prefetch(const void *p)
{
	__builtin_prefetch(p, 1);
}
#else
#define NFR_APART
#define NFR_INLINE static inline
static inline void nfr_prefetch(const void *p)
{
	(void)p;
}
#endif

#endif
