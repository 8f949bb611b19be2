/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP options, as far as the window check needs them. Broken options end the reading; what was
 * read before counts.
 */
#include "base/bytes.h"
#include "ct/tcp.h"

#define TCPOPT_EOL 0
#define TCPOPT_NOP 1
#define TCPOPT_WINDOW 3
#define TCPOPT_SACK_PERM 4
#define TCPOPT_SACK 5
#define MAX_WSCALE 14
#define SACK_BLOCK 8u

/* The next option of two bytes or more, or NULL; *at moves behind it. */
static const uint8_t *next_option(const struct nfr_tcp_segment *seg, uint32_t *at)
{
	const uint8_t *opt;

	while (*at < seg->opts_len && seg->opts[*at] == TCPOPT_NOP)
		++*at;
	if (*at + 2 > seg->opts_len || seg->opts[*at] == TCPOPT_EOL)
		return NULL;
	opt = seg->opts + *at;
	if (opt[1] < 2 || opt[1] > seg->opts_len - *at)
		return NULL;
	*at += opt[1];
	return opt;
}

void nfr_tcp_syn_options(const struct nfr_tcp_segment *seg, struct nfr_tcp_syn_options *options)
{
	const uint8_t *opt;
	uint32_t at = 0;

	options->flags = options->scale = 0;
	while ((opt = next_option(seg, &at)) != NULL) {
		if (opt[0] == TCPOPT_SACK_PERM && opt[1] == 2) {
			options->flags |= NFR_TCP_FLAG_SACK_PERM;
		} else if (opt[0] == TCPOPT_WINDOW && opt[1] == 3) {
			options->flags |= NFR_TCP_FLAG_WINDOW_SCALE;
			options->scale = opt[2] < MAX_WSCALE ? opt[2] : MAX_WSCALE;
		}
	}
}

uint32_t nfr_tcp_sack(const struct nfr_tcp_segment *seg, uint32_t sack)
{
	const uint8_t *opt;
	uint32_t at = 0;

	while ((opt = next_option(seg, &at)) != NULL) {
		if (opt[0] != TCPOPT_SACK || opt[1] < 2 + SACK_BLOCK || (opt[1] - 2) % SACK_BLOCK)
			continue;
		for (uint32_t i = 2; i < opt[1]; i += SACK_BLOCK) {
			uint32_t right = nfr_get32(opt + i + 4);

			if (nfr_tcp_after(right, sack))
				sack = right;
		}
		break;
	}
	return sack;
}
