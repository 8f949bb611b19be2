/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet.h"

#include "base/bytes.h"
#include "base/csum.h"

#include <string.h>

bool diff_parse(const uint8_t *ip, uint32_t len, struct diff_view *v)
{
	uint32_t at;

	memset(v, 0, sizeof(*v));
	if (len < 20)
		return false;
	v->family = ip[0] >> 4;
	if (v->family == 4) {
		at = (ip[0] & 15) * 4u;
		v->proto = ip[9];
		v->ttl = ip[8];
		v->src = ip + 12;
		v->dst = ip + 16;
		v->fragment = nfr_get16(ip + 6) & 0x1fff;
	} else if (v->family == 6 && len >= 40) {
		at = 40;
		v->proto = ip[6];
		v->ttl = ip[7];
		v->src = ip + 8;
		v->dst = ip + 24;
		for (; (v->proto == 0 || v->proto == 43 || v->proto == 60) && len >= at + 8;) {
			v->proto = ip[at];
			at += 8u * (ip[at + 1] + 1u);
		}
		if (v->proto == 44 && len >= at + 8) {
			v->proto = ip[at];
			v->fragment = nfr_get16(ip + at + 2) & 0xfff8;
			at += 8;
		}
	} else {
		return false;
	}
	if (at > len)
		return false;
	v->l4 = ip + at;
	v->l4_len = len - at;
	if (!v->fragment && v->l4_len >= 8 &&
	    (v->proto == DIFF_TCP || v->proto == DIFF_UDP || v->proto == DIFF_SCTP ||
	     v->proto == DIFF_UDPLITE)) {
		v->sport = nfr_get16(v->l4);
		v->dport = nfr_get16(v->l4 + 2);
	}
	return true;
}

void diff_reply(struct diff_pkt *p, const struct diff_view *seen, unsigned dev)
{
	memset(p, 0, offsetof(struct diff_pkt, ext));
	p->ext_len = 0;
	p->l4_len = 0;
	p->dev = (uint8_t)dev;
	p->family = seen->family;
	p->ttl = 64;
	memcpy(p->src, seen->dst, diff_addr_len(seen->family));
	memcpy(p->dst, seen->src, diff_addr_len(seen->family));
}

void diff_put_ports(struct diff_pkt *p, uint8_t proto, unsigned sport, unsigned dport,
		    unsigned header_len)
{
	p->proto = proto;
	memset(p->l4, 0, header_len);
	nfr_put16(p->l4, (uint16_t)sport);
	nfr_put16(p->l4 + 2, (uint16_t)dport);
	p->l4_len = (uint16_t)header_len;
}

void diff_payload(struct diff_pkt *p, const void *data, unsigned len)
{
	if (len > DIFF_L4_MAX - (unsigned)p->l4_len)
		len = DIFF_L4_MAX - (unsigned)p->l4_len;
	if (data)
		memcpy(p->l4 + p->l4_len, data, len);
	else
		memset(p->l4 + p->l4_len, 'x', len);
	p->l4_len = (uint16_t)(p->l4_len + len);
}

void diff_udp(struct diff_pkt *p, unsigned sport, unsigned dport, const void *data, unsigned len)
{
	diff_put_ports(p, DIFF_UDP, sport, dport, 8);
	diff_payload(p, data, len);
	nfr_put16(p->l4 + 4, p->l4_len);
}

void diff_tcp(struct diff_pkt *p, unsigned sport, unsigned dport, uint32_t seq, uint32_t ack,
	      unsigned flags, unsigned window)
{
	diff_put_ports(p, DIFF_TCP, sport, dport, 20);
	nfr_put32(p->l4 + 4, seq);
	nfr_put32(p->l4 + 8, flags & DIFF_ACK ? ack : 0);
	p->l4[12] = 5 << 4;
	p->l4[13] = (uint8_t)flags;
	nfr_put16(p->l4 + 14, (uint16_t)window);
}

void diff_tcp_option(struct diff_pkt *p, const uint8_t *option, unsigned len)
{
	unsigned padded = (len + 3) & ~3u;

	if (p->l4_len + padded > 60)
		return;
	memset(p->l4 + p->l4_len, 1, padded);
	memcpy(p->l4 + p->l4_len + padded - len, option, len);
	p->l4_len = (uint16_t)(p->l4_len + padded);
	p->l4[12] = (uint8_t)(p->l4_len / 4 << 4);
}

void diff_icmp(struct diff_pkt *p, unsigned type, unsigned code, uint32_t rest, const void *data,
	       unsigned len)
{
	p->proto = p->family == 4 ? DIFF_ICMP : DIFF_ICMP6;
	memset(p->l4, 0, 8);
	p->l4[0] = (uint8_t)type;
	p->l4[1] = (uint8_t)code;
	nfr_put32(p->l4 + 4, rest);
	p->l4_len = 8;
	diff_payload(p, data, len);
}

static void put_sum(struct diff_pkt *p, unsigned at, unsigned cover, bool pseudo)
{
	uint8_t ip[DIFF_IP_MAX];
	uint32_t sum = 0;

	if (p->l4_len < at + 2)
		return;
	nfr_put16(p->l4 + at, 0);
	if (pseudo) {
		diff_serialise(p, ip);
		sum = nfr_csum_pseudo(p->family == 4 ? NFR_IPV4 : NFR_IPV6, ip, p->proto, p->l4_len);
	}
	sum = (uint16_t)~nfr_csum_fold(nfr_csum_add(sum, p->l4, cover));
	if (!sum && (p->proto == DIFF_UDP || p->proto == DIFF_UDPLITE))
		sum = 0xffff;
	nfr_put16(p->l4 + at, (uint16_t)sum);
}

static void put_crc(struct diff_pkt *p)
{
	uint32_t crc;

	if (p->l4_len < 12)
		return;
	memset(p->l4 + 8, 0, 4);
	crc = ~nfr_crc32c(UINT32_MAX, p->l4, p->l4_len);
	memcpy(p->l4 + 8, (uint8_t[4]){(uint8_t)crc, (uint8_t)(crc >> 8), (uint8_t)(crc >> 16),
				       (uint8_t)(crc >> 24)}, 4);
}

void diff_finish(struct diff_pkt *p)
{
	unsigned cover = p->l4_len;

	switch (p->proto) {
	case DIFF_TCP:
		put_sum(p, 16, cover, true);
		break;
	case DIFF_UDPLITE:
		if (p->l4_len >= 8 && nfr_get16(p->l4 + 4) && nfr_get16(p->l4 + 4) < cover)
			cover = nfr_get16(p->l4 + 4);
		put_sum(p, 6, cover, true);
		break;
	case DIFF_UDP:
		put_sum(p, 6, cover, true);
		break;
	case DIFF_ICMP:
		put_sum(p, 2, cover, false);
		break;
	case DIFF_ICMP6:
		put_sum(p, 2, cover, true);
		break;
	case DIFF_SCTP:
		put_crc(p);
		break;
	default:
		break;
	}
}

void diff_ip_checksum(uint8_t *ip)
{
	nfr_put16(ip + 10, 0);
	nfr_put16(ip + 10, (uint16_t)~nfr_csum_fold(nfr_csum_add(0, ip, (ip[0] & 15) * 4u)));
}

static uint32_t serialise4(const struct diff_pkt *p, uint8_t *ip)
{
	uint32_t hlen = 20u + p->ext_len, len = hlen + p->l4_len;

	memset(ip, 0, 20);
	ip[0] = (uint8_t)(0x40 | hlen / 4);
	ip[1] = p->tos;
	nfr_put16(ip + 2, (uint16_t)len);
	nfr_put16(ip + 4, p->id);
	ip[6] = p->df ? 0x40 : 0;
	ip[8] = p->ttl;
	ip[9] = p->proto;
	memcpy(ip + 12, p->src, 4);
	memcpy(ip + 16, p->dst, 4);
	memcpy(ip + 20, p->ext, p->ext_len);
	memcpy(ip + hlen, p->l4, p->l4_len);
	diff_ip_checksum(ip);
	return len;
}

uint32_t diff_serialise(const struct diff_pkt *p, uint8_t *ip)
{
	if (p->family == 4)
		return serialise4(p, ip);
	memset(ip, 0, 40);
	nfr_put32(ip, 0x60000000u | (uint32_t)p->tos << 20);
	nfr_put16(ip + 4, (uint16_t)(p->ext_len + p->l4_len));
	ip[6] = p->ext_len ? p->ext_proto : p->proto;
	ip[7] = p->ttl;
	memcpy(ip + 8, p->src, 16);
	memcpy(ip + 24, p->dst, 16);
	memcpy(ip + 40, p->ext, p->ext_len);
	memcpy(ip + 40 + p->ext_len, p->l4, p->l4_len);
	return 40u + p->ext_len + p->l4_len;
}
