/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control connection of FTP. Each end tells its own address as it knows it, and connects to the
 * address that it hears, which the router may have changed.
 */
#include "traffic.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static void put_commas(char *to, size_t size, const uint8_t *addr, unsigned port)
{
	snprintf(to, size, "%u,%u,%u,%u,%u,%u", addr[0], addr[1], addr[2], addr[3], port >> 8,
		 port & 255);
}

/* What a client says to get a data connection that the server opens. */
static void put_active(struct diff_traffic *t, const struct diff_end *e, char *room, size_t size)
{
	char text[INET6_ADDRSTRLEN];
	unsigned port = diff_new_port(t);
	const uint8_t *addr = e->local;
	uint8_t other[16];

	if (diff_chance(&t->rnd, 6)) { /* a third host's */
		diff_addr(t->s, &t->rnd, e->family, DIFF_HOST, other);
		addr = other;
	}
	if (e->family == 4 && diff_chance(&t->rnd, 60)) {
		put_commas(text, sizeof(text), addr, port);
		snprintf(room, size, "PORT %s\r\n", text);
		return;
	}
	inet_ntop(e->family == 4 ? AF_INET : AF_INET6, addr, text, sizeof(text));
	snprintf(room, size, "EPRT |%u|%s|%u|\r\n", e->family == 4 ? 1u : 2u, text, port);
}

static const char *client_line(struct diff_traffic *t, struct diff_end *e, char *room, size_t size)
{
	static const char *const other[] = {
		"NOOP\r\n", "LIST\r\n", "PORT 10,0,1,2\r\n", "PORT 10,0,1,2,300,1\r\n", "EPSV 1\r\n",
		"EPRT |1|10.0.1.2|0|\r\n", "PORT 10,0,1,2,4,1", "pasv\r\n", "QUIT\r\n", "\r\n",
		"EPRT |2|10.0.1.2|500|\r\n", "PORT 0,0,0,0,0,0\r\n", "RETR a\r\nPASV\r\n"};

	if (e->turn <= 2)
		return e->turn == 2 ? "PASS x\r\n" : "USER joe\r\n";
	if (diff_chance(&t->rnd, 15))
		return DIFF_PICK(&t->rnd, other);
	if (diff_chance(&t->rnd, 50))
		return diff_chance(&t->rnd, 50) ? "EPSV\r\n" : "PASV\r\n";
	put_active(t, e, room, size);
	return room;
}

const char *diff_ftp_say(struct diff_traffic *t, struct diff_end *e, char *room, size_t size)
{
	if (e->client)
		return client_line(t, e, room, size);
	return e->turn <= 1 ? "220 ready\r\n" : "200 yes\r\n";
}

/* ---- hearing ---- */

/* Connects to the address and port that a line told. */
static void connect_to(struct diff_traffic *t, const struct diff_end *e, unsigned sport,
		       const uint8_t *addr, unsigned port)
{
	struct diff_pkt p = {.dev = e->dev, .family = e->family};

	if (!port || port > 65535)
		return;
	memcpy(p.src, e->local, 16);
	memcpy(p.dst, addr, diff_addr_len(e->family));
	diff_tcp_open(t, &p, sport, port);
}

static bool six_numbers(const char *text, uint8_t *addr, unsigned *port)
{
	unsigned n[6], i;

	text += strcspn(text, "0123456789");
	if (sscanf(text, "%u,%u,%u,%u,%u,%u", &n[0], &n[1], &n[2], &n[3], &n[4], &n[5]) != 6)
		return false;
	for (i = 0; i < 4; i++)
		addr[i] = (uint8_t)n[i];
	*port = n[4] << 8 | n[5];
	return true;
}

static bool bars(const char *text, uint8_t family, uint8_t *addr, unsigned *port)
{
	char host[64];
	unsigned af;

	if (sscanf(text, " |%u|%63[^|]|%u|", &af, host, port) != 3)
		return false;
	return inet_pton(family == 4 ? AF_INET : AF_INET6, host, addr) == 1;
}

static void answer(struct diff_traffic *t, struct diff_end *e, const char *text)
{
	struct diff_view v = {.family = e->family, .src = e->remote, .dst = e->local};
	struct diff_pkt p;

	diff_reply(&p, &v, e->dev);
	diff_tcp(&p, e->lport, e->rport, e->next, e->peer, DIFF_PSH | DIFF_ACK, 8192);
	diff_payload(&p, text, (unsigned)strlen(text));
	e->next += (uint32_t)strlen(text);
	e->turn++;
	diff_push(t, &p);
}

static void serve(struct diff_traffic *t, struct diff_end *e, const char *line)
{
	unsigned port = 0, mine = 30000 + diff_below(&t->rnd, 4);
	char text[128], commas[64];
	uint8_t addr[16];

	if (!strncasecmp(line, "PORT ", 5) && e->family == 4 && six_numbers(line + 5, addr, &port))
		connect_to(t, e, 20, addr, port);
	else if (!strncasecmp(line, "EPRT ", 5) && bars(line + 5, e->family, addr, &port))
		connect_to(t, e, 20, addr, port);
	if (!strncasecmp(line, "PASV", 4) && e->family == 4) {
		put_commas(commas, sizeof(commas), e->local, mine);
		snprintf(text, sizeof(text), "227 Entering Passive Mode (%s).\r\n", commas);
		answer(t, e, text);
	} else if (!strncasecmp(line, "EPSV", 4)) {
		snprintf(text, sizeof(text), "229 Entering Extended Passive Mode (|||%u|)\r\n", mine);
		answer(t, e, text);
	}
}

void diff_ftp_hear(struct diff_traffic *t, struct diff_end *e, const char *line)
{
	unsigned port = 0;
	uint8_t addr[16];

	if (!e->client)
		serve(t, e, line);
	else if (!strncmp(line, "227", 3) && e->family == 4 && six_numbers(line + 4, addr, &port))
		connect_to(t, e, diff_new_port(t), addr, port);
	else if (!strncmp(line, "229", 3) && strstr(line, "|||") &&
		 sscanf(strstr(line, "|||"), "|||%u|", &port) == 1)
		connect_to(t, e, diff_new_port(t), e->remote, port);
}
