/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must be known before the first packet is compared: which ports Linux's NAT chose (its
 * connections and events show where a port was changed), and which ranges the rules confine them
 * to. What the other side says is no evidence: it would excuse itself. It is only asked how many of
 * its connections, one after the other, had the same two ends.
 */
#include "compare/compare.h"

#include "packet/dissect.h"
#include "text.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_END 1u
#define SECOND_END 2u

struct tuple {
	uint8_t src[16], dst[16];
	uint16_t port[2];
	bool is_id;       /* an ICMP identifier, twice */
};

/* What a line says of a connection. Its packets have other ends in each part of their way. */
struct connection {
	bool is_new, is_end; /* it was made, it was there last */
	uint8_t proto;
	struct tuple orig, reply;
	struct tuple mixed; /* behind DNAT, before SNAT */
};

/* The value of the nth `key=` in the line, or NULL. */
static const char *value_of(const char *line, const char *key, unsigned nth)
{
	size_t len = strlen(key);
	const char *p = line;

	for (; (p = strstr(p, key)) != NULL; p += len)
		if ((p == line || p[-1] == ' ') && nth-- == 0)
			return p + len;
	return NULL;
}

static void addr_of(const char *line, const char *key, unsigned nth, uint8_t addr[16])
{
	const char *p = value_of(line, key, nth);
	char text[INET6_ADDRSTRLEN] = "";
	size_t len = p ? strcspn(p, " \n") : 0;

	memset(addr, 0, 16);
	if (len == 0 || len >= sizeof(text))
		return;
	memcpy(text, p, len);
	if (inet_pton(AF_INET, text, addr) != 1)
		inet_pton(AF_INET6, text, addr);
}

static uint16_t port_of(const char *line, const char *key, unsigned nth)
{
	const char *p = value_of(line, key, nth);

	return p ? (uint16_t)strtoul(p, NULL, 10) : 0;
}

static void tuple_of(const char *line, unsigned nth, struct tuple *t)
{
	t->is_id = value_of(line, "code=", nth);
	addr_of(line, "src=", nth, t->src);
	addr_of(line, "dst=", nth, t->dst);
	t->port[0] = port_of(line, t->is_id ? "id=" : "sport=", nth);
	t->port[1] = port_of(line, t->is_id ? "id=" : "dport=", nth);
}

static bool connection_of(const char *line, struct connection *ct)
{
	char event[16] = "";
	unsigned proto;

	if (!value_of(line, "src=", 1) ||
	    (sscanf(line, " [%15[A-Z]] %*s %*u %*s %u", event, &proto) != 2 &&
	     sscanf(line, " %*s %*u %*s %u", &proto) != 1))
		return false;
	ct->is_new = !strcmp(event, "NEW");
	ct->is_end = !*event || !strcmp(event, "DESTROY");
	ct->proto = (uint8_t)proto;
	tuple_of(line, 0, &ct->orig);
	tuple_of(line, 1, &ct->reply);
	ct->mixed = ct->orig;
	memcpy(ct->mixed.dst, ct->reply.src, 16);
	ct->mixed.port[1] = ct->reply.port[0];
	if (ct->orig.is_id) /* one, that DNAT may have changed as well as SNAT */
		ct->mixed.port[0] = ct->reply.port[0];
	return true;
}

static struct nfr_cmp_flow flow_of(const struct connection *ct, const struct tuple *t, bool *swapped)
{
	struct nfr_ends ends = {.proto = ct->proto, .addr_len = 16, .src = t->src, .dst = t->dst,
				.port = {t->port[0], t->port[1]}};

	return nfr_cmp_flow_of(&ends, swapped);
}

/* NAT chose the port of the tuple's source, or of its destination. */
static void choose(struct nfr_cmp *cmp, const struct connection *ct, const struct tuple *t,
		   bool is_dst)
{
	bool swapped;
	struct nfr_cmp_flow flow = flow_of(ct, t, &swapped);

	*nfr_cmp_flows_at(&cmp->chosen, &flow) |= t->is_id	      ? FIRST_END | SECOND_END
						  : is_dst != swapped ? SECOND_END
								      : FIRST_END;
}

static bool is_chosen(const struct nfr_cmp *cmp, const struct connection *ct, const struct tuple *t,
		      bool is_dst)
{
	bool swapped;
	struct nfr_cmp_flow flow = flow_of(ct, t, &swapped);
	const uint64_t *ends = nfr_cmp_flows_get(&cmp->chosen, &flow);

	return ends && *ends & (is_dst != swapped ? SECOND_END : FIRST_END);
}

static uint64_t ranges_of(const struct nfr_cmp *cmp, uint16_t port)
{
	uint64_t mask = 0;
	unsigned i;

	for (i = 0; i < cmp->n_ranges; i++)
		if (port >= cmp->range[i].min && port <= cmp->range[i].max)
			mask |= (uint64_t)1 << i;
	return mask;
}

/* The ranges from which SNAT drew ports for the same address and peer so far. */
static uint64_t *drawn(struct nfr_cmp *cmp, const struct connection *ct)
{
	struct tuple without = ct->reply;
	struct nfr_cmp_flow flow;
	bool swapped;

	without.port[1] = 0;
	flow = flow_of(ct, &without, &swapped);
	return nfr_cmp_flows_at(&cmp->drawn, &flow);
}

/* A new connection's port was in the range and free, so it stayed; but it could have been drawn
 * before, for another one. */
static bool stayed_by_luck(struct nfr_cmp *cmp, const struct connection *ct)
{
	return ct->is_new && memcmp(ct->orig.src, ct->reply.dst, 16) != 0 &&
	       *drawn(cmp, ct) & ranges_of(cmp, ct->reply.port[1]);
}

/* Where its two tuples do not mirror each other, NAT chose; and what came to a chosen port from
 * the far side, after its connection, may be a connection's beginning. */
static void learn_line(struct nfr_cmp *cmp, const char *line)
{
	struct connection ct;
	bool src, dst;

	if (!connection_of(line, &ct))
		return;
	src = ct.orig.port[0] != ct.reply.port[1];
	if (src)
		*drawn(cmp, &ct) |= ranges_of(cmp, ct.reply.port[1]);
	if (is_chosen(cmp, &ct, &ct.orig, false)) {
		choose(cmp, &ct, &ct.mixed, false);
		src = true;
	}
	src = src || stayed_by_luck(cmp, &ct);
	dst = ct.orig.port[1] != ct.reply.port[0] ? cmp->random_dst
						  : is_chosen(cmp, &ct, &ct.orig, true);
	if (src)
		choose(cmp, &ct, &ct.reply, true);
	if (src && ct.orig.is_id)
		choose(cmp, &ct, &ct.mixed, true);
	if (dst) {
		choose(cmp, &ct, &ct.reply, false);
		choose(cmp, &ct, &ct.mixed, true);
	}
}

/* How often a flow was a connection's: as often as one was made, or ended. */
static void count_flow(struct nfr_cmp_flows *limit, const struct connection *ct, const struct nfr_cmp_flow *flow)
{
	uint64_t *n = nfr_cmp_flows_at(limit, flow);

	*n += ct->is_new + ((uint64_t)ct->is_end << 32);
}

static void count_connection(struct nfr_cmp_flows *limit, const char *line)
{
	struct nfr_cmp_flow flow[3];
	struct connection ct;
	bool swapped;

	if (!connection_of(line, &ct))
		return;
	flow[0] = flow_of(&ct, &ct.orig, &swapped);
	flow[1] = flow_of(&ct, &ct.mixed, &swapped);
	flow[2] = flow_of(&ct, &ct.reply, &swapped);
	count_flow(limit, &ct, &flow[2]);
	if (memcmp(&flow[0], &flow[2], sizeof(*flow)) != 0)
		count_flow(limit, &ct, &flow[0]);
	if (memcmp(&flow[1], &flow[2], sizeof(*flow)) != 0 && memcmp(&flow[1], &flow[0], sizeof(*flow)) != 0)
		count_flow(limit, &ct, &flow[1]);
}

static void count_want(struct nfr_cmp *cmp, const char *line)
{
	count_connection(&cmp->bind.want_limit, line);
}

static void count_got(struct nfr_cmp *cmp, const char *line)
{
	count_connection(&cmp->bind.got_limit, line);
}

static void settle(struct nfr_cmp_flows *limit)
{
	uint32_t i;

	for (i = 0; i < limit->room; i++) {
		uint64_t *n = &limit->row[i].value, made = *n & UINT32_MAX, ended = *n >> 32;

		*n = made > ended ? made : ended;
	}
}

/* Not told which ports to take. */
static bool is_free(const char *line)
{
	const char *p = value_of(line, "--to-source ", 0);
	size_t len = p ? strcspn(p, " \n") : 0;
	const char *bracket = p ? memchr(p, ']', len) : NULL;
	bool with_ports = p && (bracket ? bracket[1] == ':' : memchr(p, ':', len) && memchr(p, '.', len));

	if (strstr(line, "-j MASQUERADE"))
		return !value_of(line, "--to-ports ", 0);
	return strstr(line, "-j SNAT") && !with_ports;
}

static void learn_range(struct nfr_cmp *cmp, const char *value, bool with_addr)
{
	size_t len = strcspn(value, " \n");
	const char *p = value;
	unsigned min, max;
	int n;

	if (with_addr) {
		const char *bracket = memchr(value, ']', len);
		const char *colon = memchr(bracket ? bracket : value, ':', len);

		if (!colon || colon >= value + len)
			return;
		p = colon + 1;
	}
	n = sscanf(p, "%u-%u", &min, &max);
	if (n < 1 || min > 65535 || cmp->n_ranges == NFR_CMP_MAX_RANGES)
		return;
	cmp->range[cmp->n_ranges].min = (uint16_t)min;
	cmp->range[cmp->n_ranges++].max = (uint16_t)(n == 2 ? max : min);
}

static void learn_rule(struct nfr_cmp *cmp, const char *line)
{
	const char *p;

	if ((p = value_of(line, "--to-source ", 0)) || (p = value_of(line, "--to-destination ", 0)))
		learn_range(cmp, p, true);
	if ((p = value_of(line, "--to-ports ", 0)))
		learn_range(cmp, p, false);
	cmp->free_choice |= is_free(line);
	if (value_of(line, "--random", 0) && (strstr(line, "-j DNAT") || strstr(line, "-j REDIRECT")))
		cmp->random_dst = true;
}

static int each_line(struct nfr_cmp *cmp, const char *folder, const char *name,
		     void (*learn)(struct nfr_cmp *, const char *), struct nfr_diag *diag)
{
	struct nfr_line line = {0};
	struct nfr_text text;
	char path[4096], buf[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (access(path, F_OK) != 0)
		return 0;
	if (nfr_text_load(&text, path, diag) < 0)
		return -1;
	while (nfr_text_next(&text, &line)) {
		snprintf(buf, sizeof(buf), "%.*s", (int)line.len, line.p);
		learn(cmp, buf);
	}
	nfr_text_free(&text);
	return 0;
}

static int each_table(struct nfr_cmp *cmp, const char *folder,
		      void (*learn)(struct nfr_cmp *, const char *), struct nfr_diag *diag)
{
	if (each_line(cmp, folder, "events", learn, diag) < 0)
		return -1;
	return each_line(cmp, folder, "conntrack", learn, diag);
}

int nfr_cmp_learn(struct nfr_cmp *cmp, struct nfr_diag *diag)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/../in", cmp->want);
	cmp->arrived_known = access(path, F_OK) == 0;
	if (each_line(cmp, cmp->want, "rules.v4", learn_rule, diag) < 0 ||
	    each_line(cmp, cmp->want, "rules.v6", learn_rule, diag) < 0)
		return -1;
	if (each_table(cmp, cmp->want, learn_line, diag) < 0)
		return -1;
	if (!cmp->chosen.n)
		return 0;
	if (each_table(cmp, cmp->want, count_want, diag) < 0 ||
	    each_table(cmp, cmp->got, count_got, diag) < 0)
		return -1;
	settle(&cmp->bind.want_limit);
	settle(&cmp->bind.got_limit);
	return 0;
}
