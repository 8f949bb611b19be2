/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/reach.h"


#include <arpa/inet.h>
#include <stdlib.h>

#define MAX_WORDS 32

static unsigned split(char *line, char **word)
{
	char *save, *p;
	unsigned n = 0;

	for (p = strtok_r(line, " \t", &save); p && n < MAX_WORDS; p = strtok_r(NULL, " \t", &save))
		word[n++] = p;
	return n;
}

static const char *behind(char **word, unsigned n, const char *key)
{
	unsigned i;

	for (i = 2; i + 1 < n; i++)
		if (!strcmp(word[i], key))
			return word[i + 1];
	return NULL;
}

static uint16_t iface_of(const struct nfr_case *c, const char *name)
{
	uint16_t k;

	for (k = 1; name && k <= c->n_ifs; k++)
		if (!strcmp(c->iface[k - 1].name, name))
			return k;
	return 0;
}

static bool parse_addr(const char *text, uint8_t addr[16], uint8_t *len)
{
	memset(addr, 0, 16);
	if (inet_pton(AF_INET, text, addr) == 1)
		*len = 4;
	else if (inet_pton(AF_INET6, text, addr) == 1)
		*len = 16;
	else
		return false;
	return true;
}

/* A/LEN, an address, or `default`, which is both families'. */
static bool parse_prefix(char *text, struct nfr_reach_row *row)
{
	char *slash = strchr(text, '/');

	if (slash)
		*slash = '\0';
	if (!parse_addr(text, row->addr, &row->addr_len))
		return false;
	row->prefix_len = (uint8_t)(slash ? atoi(slash + 1) : row->addr_len * 8);
	return row->prefix_len <= row->addr_len * 8;
}

static bool covers(const struct nfr_reach_row *row, const uint8_t *addr, uint8_t addr_len)
{
	unsigned whole = row->prefix_len / 8, bits = row->prefix_len % 8;

	if (row->addr_len != addr_len || memcmp(row->addr, addr, whole) != 0)
		return false;
	return bits == 0 || (row->addr[whole] ^ addr[whole]) >> (8 - bits) == 0;
}

static uint16_t look_up(const struct nfr_reach *reach, const uint8_t *addr, uint8_t addr_len)
{
	const struct nfr_reach_row *best = NULL;
	unsigned i;

	for (i = 0; i < reach->n; i++)
		if (covers(&reach->row[i], addr, addr_len) &&
		    (!best || reach->row[i].prefix_len > best->prefix_len))
			best = &reach->row[i];
	return best ? best->iface : 0;
}

static uint16_t gateway_iface(const struct nfr_reach *reach, const char *via, uint8_t *addr_len)
{
	uint8_t addr[16];

	return via && parse_addr(via, addr, addr_len) ? look_up(reach, addr, *addr_len) : 0;
}

static void read_line(struct nfr_reach *reach, const struct nfr_case *c, char **word, unsigned n)
{
	struct nfr_reach_row *row = &reach->row[reach->n];
	bool addr, route;

	if (n < 3 || reach->n == NFR_REACH_MAX)
		return;
	addr = !strncmp(word[0], "addr", 4);
	route = !strcmp(word[0], "route") && (!strcmp(word[1], "add") || !strcmp(word[1], "replace"));
	if (!addr && !route)
		return;
	memset(row, 0, sizeof(*row));
	row->addr_len = 4;
	row->iface = iface_of(c, behind(word, n, "dev"));
	if (!row->iface)
		row->iface = gateway_iface(reach, behind(word, n, "via"), &row->addr_len);
	if (row->iface && (!strcmp(word[2], "default") || parse_prefix(word[2], row)))
		reach->n++;
}

void nfr_reach_read(struct nfr_reach *reach, const struct nfr_case *c)
{
	char buf[1024], *word[MAX_WORDS];
	struct nfr_line line = {0};

	reach->n = 0;
	while (nfr_text_next(&c->net_text, &line)) {
		snprintf(buf, sizeof(buf), "%.*s", (int)line.len, line.p);
		read_line(reach, c, word, split(buf, word));
	}
}

uint16_t nfr_reach_source(const struct nfr_reach *reach, const uint8_t *ip, uint32_t len)
{
	uint8_t addr[16] = {0};
	bool six = len >= 40 && ip[0] >> 4 == 6;

	if (!six && (len < 20 || ip[0] >> 4 != 4))
		return 0;
	memcpy(addr, ip + (six ? 8 : 12), six ? 16 : 4);
	return look_up(reach, addr, six ? 16 : 4);
}
