/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Long chains as text, for nfref and for the kernel beside it.
 *
 * The rules count and go on, so that each packet goes through the whole chain: the most that it
 * can cost. They name addresses and ports from the same space as the packets do: nothing separates
 * the two at a glance, and a packet is held by a few of ten thousand rules.
 */
#include "bench.h"

#include <stdlib.h>

const char *const bench_rules_name[3] = {"addr", "port", "mixed"};

struct writer {
	FILE *to;
	uint64_t x; /* random state */
};

static uint32_t draw(struct writer *r, uint32_t n)
{
	r->x ^= r->x << 13;
	r->x ^= r->x >> 7;
	r->x ^= r->x << 17;
	return (uint32_t)((r->x >> 32) * n >> 32);
}

/* Most are hosts, some networks, few large ones. */
static void put_addr(struct writer *r, const char *option, unsigned net)
{
	static const unsigned len[16] = {32, 32, 32, 32, 32, 32, 32, 32,
					 32, 32, 24, 24, 24, 24, 20, 16};
	unsigned bits = len[draw(r, 16)];
	uint32_t addr = net << 24 | draw(r, 1u << 24);

	addr &= UINT32_MAX << (32 - bits);
	fprintf(r->to, " %s %u.%u.%u.%u/%u", option, addr >> 24, addr >> 16 & 255, addr >> 8 & 255,
		addr & 255, bits);
}

/* Most are one port, a third a few neighbours. */
static void put_ports(struct writer *r)
{
	const char *proto = draw(r, 2) ? "udp" : "tcp";
	const char *option = draw(r, 8) ? "--dport" : "--sport";
	uint32_t from = 1 + draw(r, 65000), n = draw(r, 3) ? 0 : draw(r, 32);

	fprintf(r->to, " -p %s -m %s %s %u", proto, proto, option, from);
	if (n)
		fprintf(r->to, ":%u", from + n);
}

static void put_any_addr(struct writer *r)
{
	if (draw(r, 2))
		put_addr(r, "-s", 10);
	else
		put_addr(r, "-d", 80);
}

/* One in ten looks at the state of the connection, too; one in 1,250 at nothing else. */
static void put_mixed(struct writer *r)
{
	static const char *const state[] = {"NEW", "ESTABLISHED", "RELATED,ESTABLISHED"};
	unsigned kind = draw(r, 4);
	bool only_state = draw(r, 1250) == 0;

	if (only_state) {
		fputs(" -m conntrack --ctstate INVALID", r->to);
		return;
	}
	if (kind == 0)
		fprintf(r->to, " -i eth%u", draw(r, 2));
	if (kind != 1)
		put_any_addr(r);
	if (kind == 1 || kind == 2)
		put_ports(r);
	if (draw(r, 10) == 0)
		fprintf(r->to, " -m conntrack --ctstate %s", state[draw(r, 3)]);
}

char *bench_rules_text(enum bench_rules kind, uint32_t n)
{
	static void (*const put[])(struct writer *) = {put_any_addr, put_ports, put_mixed};
	struct writer r = {.x = 88172645463325252u};
	char *text = NULL;
	size_t len;

	r.to = open_memstream(&text, &len);
	if (!r.to)
		return NULL;
	fputs("*filter\n", r.to);
	if (kind == BENCH_MIXED) /* of the base too: connections are tracked in both */
		fputs("-A FORWARD -m conntrack --ctstate INVALID\n", r.to);
	for (uint32_t i = 0; i < n; i++) {
		fputs("-A FORWARD", r.to);
		put[kind](&r);
		fputc('\n', r.to);
	}
	fputs("-A FORWARD -j ACCEPT\nCOMMIT\n", r.to);
	if (fclose(r.to) == 0)
		return text;
	free(text);
	return NULL;
}
