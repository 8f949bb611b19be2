/* SPDX-License-Identifier: BSD-2-Clause */
#include "flows.h"

#include "base/bytes.h"
#include "sums.h"

enum proto_of_flow {
	FLOW_TCP,
	FLOW_FTP,
	FLOW_UDP,
	FLOW_PING,
};

#define ETH_LEN 14
#define QUOTE_MAX 512

static const uint8_t hosts4[2][4] = {{10, 0, 1, 2}, {10, 0, 2, 2}};
static const uint8_t router4[4] = {10, 0, 2, 1}; /* eth1's address: what MASQUERADE shows */

static const char *const ftp_lines[] = {
	"PORT 10,0,1,2,200,10\r\n",
	"227 Entering Passive Mode (10,0,2,2,100,7)\r\n",
	"EPRT |1|10.0.1.2|51210|\r\n",
	"229 Entering Extended Passive Mode (|||25607|)\r\n",
	"EPRT |2|fd00:1::2|51210|\r\n",
	"USER joe\r\n",
	"PORT 10,0,1,2,2",
	"220 ready\r\n",
};

void fuzz_choice_of(struct fuzz_choice *choice, const uint8_t arg[7])
{
	*choice = (struct fuzz_choice){arg[0], arg[1], arg[2], arg[3], arg[4], arg[5], arg[6]};
}

static bool is_ipv6(const struct fuzz_choice *c)
{
	return c->flow & 4;
}

static unsigned proto_of(const struct fuzz_choice *c)
{
	return c->flow & 3;
}

static unsigned kind_of(const struct fuzz_choice *c)
{
	return c->kind % FUZZ_KIND_MAX;
}

static void host_addr(uint8_t *to, const struct fuzz_choice *c, unsigned side)
{
	static const uint8_t prefix6[2][6] = {{0xfd, 0, 0, 1}, {0xfd, 0, 0, 2}};

	if (!is_ipv6(c)) {
		/* replies may go to the router, as after MASQUERADE */
		memcpy(to, side == 0 && c->reply & 2 ? router4 : hosts4[side], 4);
		return;
	}
	memset(to, 0, 16);
	memcpy(to, prefix6[side], 4);
	to[15] = side == 0 && c->reply & 2 ? 1 : 2;
	if (side == 0 && c->reply & 2)
		to[3] = 2;
}

/* ---- transports ---- */

static size_t put_payload(uint8_t *to, const struct fuzz_choice *c)
{
	size_t len = c->payload;

	if (proto_of(c) == FLOW_FTP && c->payload) {
		const char *line = ftp_lines[c->payload % (sizeof(ftp_lines) / sizeof(*ftp_lines))];

		len = strlen(line);
		memcpy(to, line, len);
	} else {
		memset(to, 'x', len);
	}
	return len;
}

/* Of a SYN: MSS, scaling, SACK; of others a SACK block of what the other side sent last. */
static size_t put_tcp_options(uint8_t *to, const struct fuzz_choice *c, uint32_t peer_seq)
{
	static const uint8_t syn[12] = {2, 4, 5, 180, 1, 3, 3, 7, 1, 1, 4, 2};

	if (!(c->kind & 0x10))
		return 0;
	if (c->tcp_flags & 2) {
		memcpy(to, syn, sizeof(syn));
		return sizeof(syn);
	}
	to[0] = to[1] = 1;
	to[2] = 5;
	to[3] = 10;
	nfr_put32(to + 4, peer_seq - 20);
	nfr_put32(to + 8, peer_seq);
	return 12;
}

static size_t put_tcp(uint8_t *l4, const struct fuzz_choice *c, struct fuzz_flow *flow)
{
	unsigned side = c->reply & 1;
	uint16_t port = (uint16_t)(40000 + c->flow % FUZZ_FLOWS);
	uint16_t service = proto_of(c) == FLOW_FTP ? 21 : 80;
	size_t hlen, len;

	memset(l4, 0, 20);
	nfr_put16(l4, side ? service : port);
	nfr_put16(l4 + 2, side ? port : service);
	nfr_put32(l4 + 4, flow->seq[side] + (uint32_t)(int32_t)(int8_t)c->seq_off * 64);
	nfr_put32(l4 + 8, c->tcp_flags & 0x10 ? flow->seq[!side] : 0);
	hlen = 20 + put_tcp_options(l4 + 20, c, flow->seq[!side]);
	l4[12] = (uint8_t)(hlen / 4 << 4);
	l4[13] = c->tcp_flags & 0x3f;
	nfr_put16(l4 + 14, 8192);
	len = c->tcp_flags & 2 ? 0 : put_payload(l4 + hlen, c);
	flow->seq[side] += (uint32_t)len + ((c->tcp_flags & 3) != 0);
	return hlen + len;
}

static size_t put_udp(uint8_t *l4, const struct fuzz_choice *c)
{
	unsigned side = c->reply & 1;
	uint16_t port = (uint16_t)(5353 + (c->flow >> 3 & 1));

	memset(l4, 0, 8);
	nfr_put16(l4, side ? 53 : port);
	nfr_put16(l4 + 2, side ? port : 53);
	return 8 + put_payload(l4 + 8, c);
}

static size_t put_ping(uint8_t *l4, const struct fuzz_choice *c)
{
	unsigned reply = c->reply & 1;

	memset(l4, 0, 8);
	l4[0] = (uint8_t)(is_ipv6(c) ? 128 + reply : reply ? 0 : 8);
	nfr_put16(l4 + 4, c->flow % FUZZ_FLOWS);
	return 8 + put_payload(l4 + 8, c);
}

static uint8_t ip_proto(const struct fuzz_choice *c)
{
	if (proto_of(c) == FLOW_PING)
		return is_ipv6(c) ? NFR_IPPROTO_ICMPV6 : NFR_IPPROTO_ICMP;
	return proto_of(c) == FLOW_UDP ? NFR_IPPROTO_UDP : NFR_IPPROTO_TCP;
}

static size_t put_l4(uint8_t *l4, const struct fuzz_choice *c, struct fuzz_flow *flow)
{
	if (proto_of(c) == FLOW_PING)
		return put_ping(l4, c);
	return proto_of(c) == FLOW_UDP ? put_udp(l4, c) : put_tcp(l4, c, flow);
}

/* ---- IP ---- */

/* Without lengths and checksums, which fuzz_sums_repair() knows. */
static size_t put_ip(uint8_t *ip, bool six, uint8_t proto, const uint8_t *src, const uint8_t *dst)
{
	if (six) {
		memset(ip, 0, 40);
		ip[0] = 0x60;
		ip[6] = proto;
		ip[7] = 64;
		memcpy(ip + 8, src, 16);
		memcpy(ip + 24, dst, 16);
		return 40;
	}
	memset(ip, 0, 20);
	ip[0] = 0x45;
	ip[8] = 64;
	ip[9] = proto;
	memcpy(ip + 12, src, 4);
	memcpy(ip + 16, dst, 4);
	return 20;
}

/* Cuts a packet with right checksums to its first or its last part. */
static size_t cut_fragment4(uint8_t *ip, size_t len, bool last)
{
	size_t at = 20 + ((len - 20) / 2 & ~(size_t)7);
	uint16_t frag = 0x2000;

	if (at == 20)
		return len;
	if (last) {
		memmove(ip + 20, ip + at, len - at);
		frag = (uint16_t)((at - 20) / 8);
		len = 20 + len - at;
	} else {
		len = at;
	}
	nfr_put16(ip + 6, frag);
	fuzz_sums_repair(ip, len, true);
	return len;
}

static size_t cut_fragment6(uint8_t *ip, size_t len, bool last, uint16_t id)
{
	size_t at = (len - 40) / 2 & ~(size_t)7, n = last ? len - 40 - at : at;

	if (at == 0)
		return len;
	memmove(ip + 48, ip + 40 + (last ? at : 0), n);
	memset(ip + 40, 0, 8);
	ip[40] = ip[6];
	ip[6] = NFR_IPPROTO_FRAGMENT;
	nfr_put16(ip + 42, (uint16_t)(last ? at : 1));
	nfr_put16(ip + 46, id);
	nfr_put16(ip + 4, (uint16_t)(8 + n));
	return 48 + n;
}

size_t fuzz_icmp_error(uint8_t *ip, const uint8_t *src, uint8_t type, uint8_t code, uint32_t rest,
		       const uint8_t *quoted, size_t n)
{
	bool six = quoted[0] >> 4 == 6;
	size_t hlen = six ? 40 : 20;
	uint8_t copy[QUOTE_MAX], from[16];

	if (n < hlen)
		return 0;
	if (n > sizeof(copy))
		n = sizeof(copy);
	memcpy(copy, quoted, n); /* all three may lie in the same packet */
	memcpy(from, src, six ? 16 : 4);
	put_ip(ip, six, six ? NFR_IPPROTO_ICMPV6 : NFR_IPPROTO_ICMP, from,
	       copy + (six ? 8 : 12));
	memset(ip + hlen, 0, 8);
	ip[hlen] = type;
	ip[hlen + 1] = code;
	nfr_put32(ip + hlen + 4, rest);
	memcpy(ip + hlen + 8, copy, n);
	fuzz_sums_repair(ip, hlen + 8 + n, true);
	return hlen + 8 + n;
}

static size_t wrap_error(uint8_t *ip, size_t len, const struct fuzz_choice *c)
{
	bool six = is_ipv6(c), big = kind_of(c) == FUZZ_KIND_TOO_BIG;
	uint8_t type = (uint8_t)(six ? big ? 2 : 1 : 3), code = (uint8_t)(six ? big ? 0 : 4 : 3);
	size_t n = c->kind & 0x20 ? len * c->payload / 256 : len;

	if (big && !six)
		code = 4;
	n = fuzz_icmp_error(ip, ip + (six ? 24 : 16), type, code, big ? 1280 : 0, ip, n);
	return n ? n : len;
}

size_t fuzz_flow_packet(struct fuzz_flows *flows, const struct fuzz_choice *c, uint8_t *frame,
			unsigned *iface)
{
	struct fuzz_flow *flow = &flows->flow[c->flow % FUZZ_FLOWS];
	unsigned side = c->reply & 1, kind = kind_of(c);
	uint8_t *ip = frame + ETH_LEN, src[16], dst[16];
	size_t len;

	*iface = side ^ (kind == FUZZ_KIND_ERROR || kind == FUZZ_KIND_TOO_BIG);
	fuzz_eth_header(frame, *iface, is_ipv6(c));
	host_addr(src, c, side);
	host_addr(dst, c, !side);
	len = put_ip(ip, is_ipv6(c), ip_proto(c), src, dst);
	len += put_l4(ip + len, c, flow);
	if (!is_ipv6(c))
		nfr_put16(ip + 4, flow->ip_id);
	fuzz_sums_repair(ip, len, true);
	if (kind == FUZZ_KIND_ERROR || kind == FUZZ_KIND_TOO_BIG)
		len = wrap_error(ip, len, c);
	else if (kind == FUZZ_KIND_FRAGMENT_FIRST || kind == FUZZ_KIND_FRAGMENT_LAST)
		len = is_ipv6(c) ? cut_fragment6(ip, len, kind == FUZZ_KIND_FRAGMENT_LAST,
						 flow->ip_id)
				 : cut_fragment4(ip, len, kind == FUZZ_KIND_FRAGMENT_LAST);
	if (kind != FUZZ_KIND_FRAGMENT_FIRST)
		flow->ip_id++;
	if (c->spoil)
		ip[c->spoil % len] ^= (uint8_t)(1u << (c->spoil & 7));
	return ETH_LEN + len;
}

/* ---- answers ---- */

static void swap(uint8_t *a, uint8_t *b, size_t n)
{
	uint8_t copy[16];

	memcpy(copy, a, n);
	memcpy(a, b, n);
	memcpy(b, copy, n);
}

/* What the peer says next: it acknowledges all that came, and sends nothing itself. */
static size_t answer_tcp(uint8_t *l4, size_t len, uint8_t flags)
{
	size_t hlen = (size_t)(l4[12] >> 4) * 4;
	uint32_t seq = nfr_get32(l4 + 4), ack = nfr_get32(l4 + 8);
	uint32_t end = seq + (uint32_t)(len > hlen ? len - hlen : 0) + (l4[13] & 1) +
		       (l4[13] >> 1 & 1);

	swap(l4, l4 + 2, 2);
	nfr_put32(l4 + 4, ack);
	nfr_put32(l4 + 8, end);
	l4[12] = 5 << 4;
	l4[13] = flags ? flags & 0x3f : l4[13] & 2 ? 0x12 : 0x10;
	nfr_put16(l4 + 14, 8192);
	return 20;
}

static size_t answer_l4(uint8_t *ip, const struct fuzz_l4 *l4, uint8_t how)
{
	uint8_t *p = ip + l4->off;

	switch (l4->proto) {
	case NFR_IPPROTO_TCP:
		return l4->len < 20 ? 0 : answer_tcp(p, l4->len, how);
	case NFR_IPPROTO_UDP:
		if (l4->len < 8)
			return 0;
		swap(p, p + 2, 2);
		return l4->len;
	case NFR_IPPROTO_ICMP:
	case NFR_IPPROTO_ICMPV6:
		if (l4->len < 8 || (p[0] != 8 && p[0] != 128))
			return 0;
		p[0] = (uint8_t)(p[0] == 8 ? 0 : 129);
		return l4->len;
	default:
		return l4->len;
	}
}

size_t fuzz_answer(const uint8_t *ip, size_t len, uint8_t how, uint8_t error, uint8_t *answer)
{
	struct fuzz_l4 l4;
	bool six;

	if (!fuzz_l4_find(ip, len, &l4))
		return 0;
	six = ip[0] >> 4 == 6;
	if (error & 1)
		return fuzz_icmp_error(answer, ip + (six ? 24 : 16), error >> 1, how & 15,
				       how & 16 ? 1000 : 0, ip, l4.off + l4.len);
	if (l4.fragment || l4.routed)
		return 0;
	memcpy(answer, ip, l4.off + l4.len);
	swap(answer + (six ? 8 : 12), answer + (six ? 24 : 16), six ? 16 : 4);
	answer[six ? 7 : 8] = 64;
	len = answer_l4(answer, &l4, how);
	if (!len)
		return 0;
	fuzz_sums_repair(answer, l4.off + len, true);
	return l4.off + len;
}
