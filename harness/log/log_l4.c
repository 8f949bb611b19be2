/* SPDX-License-Identifier: BSD-2-Clause */
#include "log/dump.h"

#define TCP_HLEN 20u
#define UDP_HLEN 8u

/* AE, which was NS before and to many kernels is the lowest of the reserved bits, lies below the
 * other flags' byte. */
static void tcp_flags(const struct nfr_dump *d, const uint8_t *h)
{
	static const char *const names[] = {"AE ",  "CWR ", "ECE ", "URG ", "ACK ",
					    "PSH ", "RST ", "SYN ", "FIN "};
	unsigned reserved = d->knows_ae ? 0x0e : 0x0f, flags = nfr_dump_u16(h + 12);
	unsigned i;

	fprintf(d->to, "RES=0x%02x ", (h[12] & reserved) << 2);
	for (i = d->knows_ae ? 0 : 1; i < 9; i++)
		if (flags & 0x100u >> i)
			fputs(names[i], d->to);
}

/* False when the options do not fit in the packet: the line ends without a space then. */
static bool tcp_options(const struct nfr_dump *d, uint32_t off, uint32_t header_len)
{
	const uint8_t *options;

	if (!(d->flags & NFR_LOG_TCPOPT) || header_len <= TCP_HLEN)
		return true;
	options = nfr_dump_at(d, off + TCP_HLEN, header_len - TCP_HLEN);
	fputs("OPT (", d->to);
	if (!options) {
		fputs("TRUNCATED)", d->to);
		return false;
	}
	nfr_dump_hex(d, options, header_len - TCP_HLEN);
	fputs(") ", d->to);
	return true;
}

bool nfr_dump_tcp(const struct nfr_dump *d, uint32_t off, bool fragment)
{
	const uint8_t *h = nfr_dump_at(d, off, TCP_HLEN);

	fputs("PROTO=TCP ", d->to);
	if (fragment)
		return true;
	if (!h) {
		nfr_dump_incomplete(d, off);
		return false;
	}
	fprintf(d->to, "SPT=%u DPT=%u ", nfr_dump_u16(h), nfr_dump_u16(h + 2));
	if (d->flags & NFR_LOG_TCPSEQ)
		fprintf(d->to, "SEQ=%u ACK=%u ", nfr_dump_u32(h + 4), nfr_dump_u32(h + 8));
	fprintf(d->to, "WINDOW=%u ", nfr_dump_u16(h + 14));
	tcp_flags(d, h);
	fprintf(d->to, "URGP=%u ", nfr_dump_u16(h + 18));
	return tcp_options(d, off, (h[12] >> 4) * 4u);
}

bool nfr_dump_udp(const struct nfr_dump *d, uint32_t off, bool fragment, uint8_t proto)
{
	const uint8_t *h = nfr_dump_at(d, off, UDP_HLEN);

	fputs(proto == NFR_IPPROTO_UDP ? "PROTO=UDP " : "PROTO=UDPLITE ", d->to);
	if (fragment)
		return true;
	if (!h) {
		nfr_dump_incomplete(d, off);
		return false;
	}
	fprintf(d->to, "SPT=%u DPT=%u LEN=%u ", nfr_dump_u16(h), nfr_dump_u16(h + 2),
		nfr_dump_u16(h + 4));
	return true;
}
