/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses and ports. There are few, so that rules, routes and packets meet.
 */
#include "scenario.h"

#include <arpa/inet.h>
#include <string.h>

static void from_text(uint8_t family, const char *text, uint8_t *addr)
{
	if (inet_pton(family == 4 ? AF_INET : AF_INET6, text, addr) != 1)
		diff_die("no address: %s", text);
}

static void on_link(uint8_t family, unsigned k, unsigned host, uint8_t *addr)
{
	if (family == 4) {
		memcpy(addr, (uint8_t[4]){10, 0, (uint8_t)k, (uint8_t)host}, 4);
		return;
	}
	memset(addr, 0, 16);
	addr[0] = 0xfd;
	addr[3] = (uint8_t)k;
	addr[15] = (uint8_t)host;
}

static void remote(struct diff_rnd *rnd, uint8_t family, uint8_t *addr)
{
	static const char *const net4[] = {"192.0.2.0", "192.0.2.0", "198.51.100.0",
					   "203.0.113.0"};
	static const char *const net6[] = {"2001:db8:1::", "2001:db8:1::", "2001:db8:2::",
					   "2001:db8:3::"};

	if (family == 4)
		from_text(4, DIFF_PICK(rnd, net4), addr);
	else
		from_text(6, DIFF_PICK(rnd, net6), addr);
	addr[family == 4 ? 3 : 15] = (uint8_t)diff_between(rnd, 2, 5);
}

static void special(struct diff_rnd *rnd, uint8_t family, uint8_t *addr)
{
	static const char *const any4[] = {"10.0.1.255", "10.0.2.0",   "255.255.255.255",
					   "224.0.0.1",	 "239.1.1.1",  "127.0.0.1",
					   "127.0.0.9",	 "0.0.0.0",    "240.0.0.1",
					   "169.254.0.1", "10.0.2.255"};
	static const char *const any6[] = {"ff02::1",	"ff02::2", "ff05::2",	     "::1",  "::",
					   "fe80::2",	"ff0e::1", "2002::1",
					   "ff01::1"};

	if (family == 4)
		from_text(4, DIFF_PICK(rnd, any4), addr);
	else
		from_text(6, DIFF_PICK(rnd, any6), addr);
}

void diff_addr_on(struct diff_rnd *rnd, uint8_t family, unsigned k, uint8_t *addr)
{
	on_link(family, k, diff_between(rnd, 2, 5), addr);
}

void diff_addr(const struct diff_scenario *s, struct diff_rnd *rnd, uint8_t family,
	       enum diff_addr_class kind, uint8_t *addr)
{
	static const uint8_t any[] = {DIFF_HOST,   DIFF_HOST,	DIFF_HOST,   DIFF_HOST,
				      DIFF_HOST,   DIFF_HOST,	DIFF_REMOTE, DIFF_REMOTE,
				      DIFF_REMOTE, DIFF_ROUTER, DIFF_ROUTER, DIFF_POOL};
	unsigned k = diff_between(rnd, 1, s->n_ifs);

	if (kind == DIFF_ANY)
		kind = diff_chance(rnd, 3) ? DIFF_SPECIAL : DIFF_PICK(rnd, any);
	switch (kind) {
	case DIFF_REMOTE:
		remote(rnd, family, addr);
		break;
	case DIFF_ROUTER:
		on_link(family, k, 1, addr);
		break;
	case DIFF_POOL:
		on_link(family, k, diff_between(rnd, 32, 39), addr);
		break;
	case DIFF_SPECIAL:
		special(rnd, family, addr);
		break;
	case DIFF_HOST:
	case DIFF_ANY:
		diff_addr_on(rnd, family, k, addr);
		break;
	}
}

void diff_put_addr(struct diff_text *to, uint8_t family, const uint8_t *addr)
{
	char text[INET6_ADDRSTRLEN];

	diff_put(to, "%s", inet_ntop(family == 4 ? AF_INET : AF_INET6, addr, text, sizeof(text)));
}

void diff_put_net(struct diff_scenario *s, struct diff_text *to, uint8_t family)
{
	static const uint8_t len4[] = {32, 32, 32, 24, 24, 16, 30, 29, 31, 8, 0};
	static const uint8_t len6[] = {128, 128, 128, 64, 64, 126, 120, 32, 48, 3, 0};
	uint8_t addr[16];

	diff_addr(s, &s->rnd, family, DIFF_ANY, addr);
	diff_put_addr(to, family, addr);
	if (diff_chance(&s->rnd, 60))
		diff_put(to, "/%u", family == 4 ? DIFF_PICK(&s->rnd, len4)
						: DIFF_PICK(&s->rnd, len6));
}

unsigned diff_port(struct diff_rnd *rnd)
{
	static const uint16_t port[] = {80,    80,    443,   53,   53,    21,	 21,	20,
					8080,  5353,  40000, 40001, 40002, 40003, 40004, 40005,
					40000, 40001, 1024,  1,	   65535, 0,	 512,	600};

	return DIFF_PICK(rnd, port);
}
