/* SPDX-License-Identifier: BSD-2-Clause */
#include "flows.h"

#include "base/csum.h"

/* What the input says about the next packet; one byte each. */
struct choice {
	uint8_t flow, reply, tcp_flags, seq_off, payload, kind, spoil;
};

enum kind {
	KIND_WHOLE,
	KIND_FRAGMENT_FIRST,
	KIND_FRAGMENT_LAST,
	KIND_ERROR, /* an ICMP error that quotes the packet, in the other direction */
	KIND_MAX,
};

enum proto_of_flow {
	FLOW_TCP,
	FLOW_FTP,
	FLOW_UDP,
	FLOW_PING,
};

#define ETH_LEN 14
#define PAYLOAD_MAX 256

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

static bool is_ipv6(const struct choice *c)
{
	return c->flow & 4;
}

static unsigned proto_of(const struct choice *c)
{
	return c->flow & 3;
}

static void host_addr(uint8_t *to, const struct choice *c, unsigned side)
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

static size_t put_payload(uint8_t *to, const struct choice *c)
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

static size_t put_tcp(uint8_t *l4, const struct choice *c, struct fuzz_flow *flow)
{
	unsigned side = c->reply & 1;
	uint16_t port = (uint16_t)(40000 + c->flow), service = proto_of(c) == FLOW_FTP ? 21 : 80;
	size_t len;

	memset(l4, 0, 20);
	nfr_put16(l4, side ? service : port);
	nfr_put16(l4 + 2, side ? port : service);
	nfr_put32(l4 + 4, flow->seq[side] + (uint32_t)(int32_t)(int8_t)c->seq_off * 64);
	nfr_put32(l4 + 8, c->tcp_flags & 0x10 ? flow->seq[!side] : 0);
	l4[12] = 5 << 4;
	l4[13] = c->tcp_flags & 0x3f;
	nfr_put16(l4 + 14, 8192);
	len = c->tcp_flags & 2 ? 0 : put_payload(l4 + 20, c);
	flow->seq[side] += (uint32_t)len + ((c->tcp_flags & 3) != 0);
	return 20 + len;
}

static size_t put_udp(uint8_t *l4, const struct choice *c)
{
	unsigned side = c->reply & 1;
	size_t len = 8 + put_payload(l4 + 8, c);

	nfr_put16(l4, side ? 53 : 5353);
	nfr_put16(l4 + 2, side ? 5353 : 53);
	nfr_put16(l4 + 4, (uint16_t)len);
	nfr_put16(l4 + 6, 0);
	return len;
}

static size_t put_ping(uint8_t *l4, const struct choice *c)
{
	unsigned reply = c->reply & 1;

	memset(l4, 0, 8);
	l4[0] = (uint8_t)(is_ipv6(c) ? 128 + reply : reply ? 0 : 8);
	nfr_put16(l4 + 4, c->flow);
	return 8 + put_payload(l4 + 8, c);
}

static uint8_t ip_proto(const struct choice *c)
{
	if (proto_of(c) == FLOW_PING)
		return is_ipv6(c) ? NFR_IPPROTO_ICMPV6 : NFR_IPPROTO_ICMP;
	return proto_of(c) == FLOW_UDP ? NFR_IPPROTO_UDP : NFR_IPPROTO_TCP;
}

static size_t put_ip(uint8_t *ip, const struct choice *c, unsigned side, uint8_t proto,
		     size_t l4_len, uint16_t id)
{
	if (is_ipv6(c)) {
		memset(ip, 0, 40);
		ip[0] = 0x60;
		nfr_put16(ip + 4, (uint16_t)l4_len);
		ip[6] = proto;
		ip[7] = 64;
		host_addr(ip + 8, c, side);
		host_addr(ip + 24, c, !side);
		return 40;
	}
	memset(ip, 0, 20);
	ip[0] = 0x45;
	nfr_put16(ip + 2, (uint16_t)(20 + l4_len));
	nfr_put16(ip + 4, id);
	ip[8] = 64;
	ip[9] = proto;
	host_addr(ip + 12, c, side);
	host_addr(ip + 16, c, !side);
	nfr_put16(ip + 10, (uint16_t)~nfr_csum_fold(nfr_csum_add(0, ip, 20)));
	return 20;
}

static void put_l4_csum(uint8_t *ip, size_t ip_len, uint8_t proto, size_t l4_len)
{
	static const struct {
		uint8_t proto, off;
	} where[] = {{NFR_IPPROTO_TCP, 16}, {NFR_IPPROTO_UDP, 6}, {NFR_IPPROTO_ICMP, 2},
		     {NFR_IPPROTO_ICMPV6, 2}};
	uint8_t family = ip_len == 40 ? NFR_IPV6 : NFR_IPV4;
	uint8_t *l4 = ip + ip_len;

	for (size_t i = 0; i < sizeof(where) / sizeof(where[0]); i++) {
		uint32_t sum = 0;

		if (where[i].proto != proto)
			continue;
		nfr_put16(l4 + where[i].off, 0);
		if (proto != NFR_IPPROTO_ICMP)
			sum = nfr_csum_pseudo(family, ip, proto, (uint32_t)l4_len);
		nfr_put16(l4 + where[i].off,
			  (uint16_t)~nfr_csum_fold(nfr_csum_add(sum, l4, l4_len)));
	}
}

/* Cuts the IPv4 packet to its first or its last part. */
static size_t cut_fragment(uint8_t *ip, size_t len, bool last)
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
	nfr_put16(ip + 2, (uint16_t)len);
	nfr_put16(ip + 6, frag);
	nfr_put16(ip + 10, 0);
	nfr_put16(ip + 10, (uint16_t)~nfr_csum_fold(nfr_csum_add(0, ip, 20)));
	return len;
}

/* Puts the packet, or the first bytes of it, into an ICMP error from the other side. */
static size_t wrap_error(uint8_t *ip, size_t len, const struct choice *c)
{
	uint8_t quoted[128];
	unsigned side = !(c->reply & 1);
	uint8_t proto = is_ipv6(c) ? NFR_IPPROTO_ICMPV6 : NFR_IPPROTO_ICMP;
	size_t n = len < sizeof(quoted) ? len : sizeof(quoted), ip_len;

	if (c->seq_off & 1)
		n = n * c->payload / 256;
	memcpy(quoted, ip, n);
	ip_len = put_ip(ip, c, side, proto, 8 + n, 1);
	memset(ip + ip_len, 0, 8);
	ip[ip_len] = (uint8_t)(is_ipv6(c) ? 1 : 3);
	ip[ip_len + 1] = (uint8_t)(is_ipv6(c) ? 4 : 3);
	memcpy(ip + ip_len + 8, quoted, n);
	put_l4_csum(ip, ip_len, proto, 8 + n);
	return ip_len + 8 + n;
}

size_t fuzz_flow_packet(struct fuzz_flows *flows, struct fuzz_in *in, uint8_t *frame,
			unsigned *iface)
{
	struct choice c = {0};
	uint8_t *ip = frame + ETH_LEN, *l4;
	struct fuzz_flow *flow;
	size_t ip_len, len;

	c.flow = fuzz_u8(in) % FUZZ_FLOWS;
	c.reply = fuzz_u8(in);
	c.tcp_flags = fuzz_u8(in);
	c.seq_off = fuzz_u8(in);
	c.payload = fuzz_u8(in);
	c.kind = fuzz_u8(in);
	c.spoil = fuzz_u8(in);
	flow = &flows->flow[c.flow];
	*iface = c.reply & 1;
	if (c.kind % KIND_MAX == KIND_ERROR)
		*iface ^= 1;

	memset(frame, 2, 6);
	memset(frame + 6, 4, 6);
	frame[1] = frame[2] = frame[3] = 0;
	frame[4] = (uint8_t)(*iface + 1);
	frame[5] = 1;
	nfr_put16(frame + 12, is_ipv6(&c) ? 0x86dd : 0x0800);

	ip_len = is_ipv6(&c) ? 40 : 20;
	l4 = ip + ip_len;
	if (proto_of(&c) == FLOW_PING)
		len = put_ping(l4, &c);
	else if (proto_of(&c) == FLOW_UDP)
		len = put_udp(l4, &c);
	else
		len = put_tcp(l4, &c, flow);
	put_ip(ip, &c, c.reply & 1, ip_proto(&c), len, flow->ip_id);
	put_l4_csum(ip, ip_len, ip_proto(&c), len);
	len += ip_len;
	if (c.kind % KIND_MAX == KIND_ERROR)
		len = wrap_error(ip, len, &c);
	else if (c.kind % KIND_MAX != KIND_WHOLE && !is_ipv6(&c))
		len = cut_fragment(ip, len, c.kind % KIND_MAX == KIND_FRAGMENT_LAST);
	if (c.kind % KIND_MAX != KIND_FRAGMENT_FIRST)
		flow->ip_id++;
	if (c.spoil)
		ip[c.spoil % len] ^= 1u << (c.spoil & 7);
	return ETH_LEN + len;
}
