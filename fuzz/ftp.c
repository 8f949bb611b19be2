/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The FTP helper, with NAT and without. A client and a server that keep their own sequence numbers
 * talk through the router, in pieces of any size; each side sees only what reaches it.
 *
 *   streams      What reaches a side continues what reached it before, however the helper changed
 *                the length of what was said in between; and what is acknowledged by the far side
 *                reaches the near side as the number that it knows.
 *   connections  A well-formed announcement on a line of its own makes an expectation; a connection
 *                to where the other side was told to come is RELATED, and arrives where the
 *                announcer listens.
 *
 * Input: ruleset and family, then steps: whose turn, what (text of the input, or an announcement
 * with its port), length, bytes.
 */
#include <stdio.h>

#include "base/bytes.h"
#include "lib/steps.h"
#include "lib/sums.h"

#define MAX_STEPS 48
#define TEXT_MAX 200u
#define CLIENT_PORT 40000
#define FTP_PORT 21

const enum fuzz_format fuzz_format = FUZZ_FORMAT_BYTES;

enum side {
	CLIENT, /* behind eth0 */
	SERVER, /* behind eth1 */
};

/* A side of the control connection: its own numbers, and how the other one looks from there. */
struct end {
	uint32_t sent;	/* next number that it sends */
	uint32_t heard; /* next number that it expects */
	uint8_t peer_addr[16];
	uint16_t peer_port, port;
	bool line_start; /* the router has seen the end of the line before */
};

static struct {
	struct fuzz_router *router;
	struct end end[2];
	bool six, translated;
} talk;

static const uint8_t addr4[2][4] = {{10, 0, 1, 2}, {10, 0, 2, 2}};

static void own_addr(uint8_t *to, enum side side)
{
	memset(to, 0, 16);
	if (talk.six) {
		to[0] = 0xfd;
		to[3] = (uint8_t)(side + 1);
		to[15] = 2;
	} else {
		memcpy(to, addr4[side], 4);
	}
}

/* ---- packets ---- */

struct tcp_out {
	const uint8_t *tcp, *payload, *src, *dst;
	size_t payload_len;
};

static size_t put_segment(uint8_t *frame, enum side side, const struct end *from, uint8_t flags,
			  const void *payload, size_t len)
{
	uint8_t own[16], *ip = frame + 14, *tcp;
	size_t hlen = talk.six ? 40 : 20, addr_len = talk.six ? 16 : 4, src = talk.six ? 8 : 12;

	own_addr(own, side);
	fuzz_eth_header(frame, side, talk.six);
	memset(ip, 0, hlen + 20);
	ip[0] = talk.six ? 0x60 : 0x45;
	ip[talk.six ? 6 : 9] = NFR_IPPROTO_TCP;
	ip[talk.six ? 7 : 8] = 64;
	memcpy(ip + src, own, addr_len);
	memcpy(ip + src + addr_len, from->peer_addr, addr_len);
	tcp = ip + hlen;
	nfr_put16(tcp, from->port);
	nfr_put16(tcp + 2, from->peer_port);
	nfr_put32(tcp + 4, from->sent);
	nfr_put32(tcp + 8, flags & 0x10 ? from->heard : 0);
	tcp[12] = 5 << 4;
	tcp[13] = flags;
	nfr_put16(tcp + 14, 32768);
	memcpy(tcp + 20, payload, len);
	fuzz_sums_repair(ip, hlen + 20 + len, true);
	return 14 + hlen + 20 + len;
}

/* Lets a frame in; true when it came out on the other side, as `out`. */
static bool through(enum side side, const uint8_t *frame, size_t len, struct tcp_out *out,
		    struct nfr_result *result)
{
	struct fuzz_router *router = talk.router;
	uint32_t before = router->n_out;
	const uint8_t *ip;
	struct fuzz_l4 l4;

	*result = fuzz_receive(router, side, frame, len);
	fuzz_router_check(router);
	if (router->n_out != before + 1 || result->reason != NFR_REASON_FORWARDED ||
	    router->last_oif != 2u - side)
		return false;
	ip = router->last + router->last_hlen;
	if (!fuzz_l4_find(ip, router->last_len - router->last_hlen, &l4) ||
	    l4.proto != NFR_IPPROTO_TCP || l4.len < 20)
		return false;
	out->tcp = ip + l4.off;
	out->src = ip + (talk.six ? 8 : 12);
	out->dst = ip + (talk.six ? 24 : 16);
	out->payload = out->tcp + 20;
	out->payload_len = l4.len - 20;
	return true;
}

/* ---- the control connection ---- */

/* Sends a segment; checks what reaches the other side, and lets that side know. */
static bool say(enum side side, uint8_t flags, const void *payload, size_t len, struct tcp_out *out)
{
	struct end *from = &talk.end[side], *to = &talk.end[!side];
	uint8_t frame[14 + 60 + TEXT_MAX];
	bool syn = flags & 2;
	struct nfr_result result;

	if (!through(side, frame, put_segment(frame, side, from, flags, payload, len), out, &result))
		return false;
	if (syn) {
		to->heard = nfr_get32(out->tcp + 4);
		memcpy(to->peer_addr, out->src, talk.six ? 16 : 4);
		to->peer_port = nfr_get16(out->tcp);
	}
	fuzz_must(nfr_get32(out->tcp + 4) == to->heard, "a stream has a gap on its other side");
	if (flags & 0x10)
		fuzz_must(nfr_get32(out->tcp + 8) == to->sent,
			  "what was acknowledged is not what was sent");
	to->heard += (uint32_t)out->payload_len + syn;
	from->sent += (uint32_t)len + syn;
	if (len)
		from->line_start = ((const uint8_t *)payload)[len - 1] == '\n';
	return true;
}

static bool acknowledge(enum side side)
{
	struct tcp_out out;

	return say(side, 0x10, "", 0, &out);
}

static bool connect_both(void)
{
	struct end *client = &talk.end[CLIENT], *server = &talk.end[SERVER];
	struct tcp_out out;

	own_addr(client->peer_addr, SERVER);
	client->peer_port = server->port = FTP_PORT;
	client->port = CLIENT_PORT;
	client->sent = UINT32_MAX - 300; /* numbers wrap on the way */
	server->sent = 77000;
	if (!say(CLIENT, 0x02, "", 0, &out))
		return false;
	server->port = nfr_get16(out.tcp + 2);
	/* a SYN does not acknowledge, so the client's number is not known to be right yet */
	client->heard = server->sent;
	if (!say(SERVER, 0x12, "", 0, &out))
		return false;
	return acknowledge(CLIENT);
}

/* ---- announcements ---- */

static size_t announcement(char *text, size_t room, enum side side, uint16_t port, bool extended)
{
	const uint8_t *a = addr4[side];

	if (side == SERVER && (extended || talk.six))
		return (size_t)snprintf(text, room, "229 Extended Passive (|||%u|)\r\n", port);
	if (side == SERVER)
		return (size_t)snprintf(text, room, "227 Passive (%u,%u,%u,%u,%u,%u)\r\n", a[0], a[1],
					a[2], a[3], port >> 8, port & 255);
	if (talk.six)
		return (size_t)snprintf(text, room, "EPRT |2|fd00:1::2|%u|\r\n", port);
	if (extended)
		return (size_t)snprintf(text, room, "EPRT |1|%u.%u.%u.%u|%u|\r\n", a[0], a[1], a[2],
					a[3], port);
	return (size_t)snprintf(text, room, "PORT %u,%u,%u,%u,%u,%u\r\n", a[0], a[1], a[2], a[3],
				port >> 8, port & 255);
}

/* Where the other side was told to come, from the text that reached it. */
static bool told(const struct tcp_out *out, enum side announcer, uint8_t *addr, uint16_t *port)
{
	const struct end *hearer = &talk.end[!announcer];
	char text[TEXT_MAX + 64];
	unsigned n[6];

	memcpy(text, out->payload, out->payload_len);
	text[out->payload_len] = 0;
	memcpy(addr, hearer->peer_addr, 16);
	if (sscanf(text, "229 Extended Passive (|||%u|)", &n[0]) == 1 ||
	    sscanf(text, "EPRT |2|%*[0-9a-f:]|%u|", &n[0]) == 1) {
		*port = (uint16_t)n[0];
		return true;
	}
	if (sscanf(text, "EPRT |1|%u.%u.%u.%u|%u|", &n[0], &n[1], &n[2], &n[3], &n[4]) == 5) {
		*port = (uint16_t)n[4];
	} else if (sscanf(text, "PORT %u,%u,%u,%u,%u,%u", &n[0], &n[1], &n[2], &n[3], &n[4],
			  &n[5]) == 6 ||
		   sscanf(text, "227 Passive (%u,%u,%u,%u,%u,%u)", &n[0], &n[1], &n[2], &n[3], &n[4],
			  &n[5]) == 6) {
		*port = (uint16_t)(n[4] << 8 | n[5]);
	} else {
		return false;
	}
	for (unsigned i = 0; i < 4; i++)
		addr[i] = (uint8_t)n[i];
	return true;
}

/* The other side comes: it is RELATED, and arrives where the announcer said that it listens. The
 * router is put back to before. */
static void come(enum side announcer, const uint8_t *addr, uint16_t port, uint16_t announced)
{
	struct end visitor = {.sent = 5000, .peer_port = port, .port = 20};
	uint8_t frame[14 + 60], own[16];
	struct nfr_result result;
	struct tcp_out out;

	memcpy(visitor.peer_addr, addr, 16);
	fuzz_router_save(talk.router);
	own_addr(own, announcer);
	if (through(!announcer, frame, put_segment(frame, !announcer, &visitor, 2, "", 0), &out,
		    &result)) {
		fuzz_must(nfr_get16(out.tcp + 2) == announced,
			  "a data connection arrives at another port than announced");
		fuzz_must(memcmp(out.dst, own, talk.six ? 16 : 4) == 0,
			  "a data connection arrives at another host than announced");
	}
	fuzz_must(result.ctstate == NFR_CTSTATE_RELATED, "an announced connection is not RELATED");
	fuzz_router_restore(talk.router);
}

static void announce(enum side side, uint16_t port, bool extended)
{
	struct end *from = &talk.end[side];
	bool counts = from->line_start;
	char text[TEXT_MAX];
	struct tcp_out out;
	uint8_t addr[16];
	uint16_t told_port;
	size_t len;

	if (port == 0)
		return;
	len = announcement(text, sizeof(text), side, port, extended);
	if (!say(side, 0x18, text, len, &out) || !counts || out.payload_len > TEXT_MAX + 40)
		return;
	fuzz_must(told(&out, side, addr, &told_port), "an announcement is unreadable afterwards");
	come(side, addr, told_port, port);
	acknowledge(!side);
}

static void step(struct fuzz_in *in)
{
	uint8_t what = fuzz_u8(in), text[TEXT_MAX];
	enum side side = what & 1 ? SERVER : CLIENT;
	struct tcp_out out;
	size_t len;

	switch (what >> 1 & 3) {
	case 0:
		announce(side, fuzz_u16(in), what & 8);
		break;
	case 1: /* a line that announces nothing, so that the next may */
		say(side, 0x18, side == CLIENT ? "NOOP\r\n" : "200 ok\r\n", side == CLIENT ? 6 : 8, &out);
		break;
	case 2:
		acknowledge(side);
		break;
	default:
		len = fuzz_u8(in) % TEXT_MAX;
		len = fuzz_bytes(in, text, len);
		if (len)
			say(side, 0x18, text, len, &out);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = {data, size};
	uint8_t options = fuzz_u8(&in);

	memset(&talk, 0, sizeof(talk));
	talk.six = options & 1;
	talk.router = fuzz_router_get(options & 2 ? 2 : 5, 0);
	fuzz_router_reset(talk.router);
	talk.router->answering = true;
	if (!connect_both())
		fuzz_fail("a connection cannot be opened");
	for (unsigned i = 0; i < MAX_STEPS && in.left; i++)
		step(&in);
	return 0;
}
