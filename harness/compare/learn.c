/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must be known before the first packet is compared: which ports Linux's NAT chose (its
 * connections and events show where a port was changed), which ranges the rules confine them to,
 * and which identifications the inputs of the case carry. What the other side says is no
 * evidence: it would excuse itself.
 */
#include "compare/compare.h"

#include "base/bytes.h"
#include "packet/dissect.h"
#include "pcap_in.h"
#include "text.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

struct tuple {
	uint8_t src[16], dst[16];
	uint16_t sport, dport, id;
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
	addr_of(line, "src=", nth, t->src);
	addr_of(line, "dst=", nth, t->dst);
	t->sport = port_of(line, "sport=", nth);
	t->dport = port_of(line, "dport=", nth);
	t->id = port_of(line, "id=", nth);
}

static void put(struct nfr_cmp *cmp, uint8_t proto, const uint8_t *addr, uint16_t port)
{
	struct nfr_endpoint end = nfr_endpoint_of(proto, addr, addr ? 16 : 0, port);

	nfr_endpoints_put(&cmp->chosen, &end, 1);
}

/* A connection's line: where its two tuples do not mirror each other, NAT chose. */
static void learn_line(struct nfr_cmp *cmp, const char *line)
{
	struct tuple orig, reply;
	unsigned proto;

	if (!value_of(line, "src=", 1) || sscanf(line, " [%*[A-Z]] %*s %*u %*s %u", &proto) != 1)
		if (!value_of(line, "src=", 1) || sscanf(line, " %*s %*u %*s %u", &proto) != 1)
			return;
	tuple_of(line, 0, &orig);
	tuple_of(line, 1, &reply);
	if (orig.sport != reply.dport)
		put(cmp, (uint8_t)proto, reply.dst, reply.dport);
	if (orig.dport != reply.sport && cmp->random_dst)
		put(cmp, (uint8_t)proto, reply.src, reply.sport);
	if (value_of(line, "code=", 1) && orig.id != reply.id)
		put(cmp, (uint8_t)proto, NULL, reply.id);
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

int nfr_cmp_learn(struct nfr_cmp *cmp, struct nfr_diag *diag)
{
	static const char *const table[] = {"events", "conntrack"};
	char path[4096];
	unsigned i;

	snprintf(path, sizeof(path), "%s/../in", cmp->want);
	cmp->arrived_known = access(path, F_OK) == 0;
	if (each_line(cmp, cmp->want, "rules.v4", learn_rule, diag) < 0 ||
	    each_line(cmp, cmp->want, "rules.v6", learn_rule, diag) < 0)
		return -1;
	for (i = 0; i < 2; i++)
		if (each_line(cmp, cmp->want, table[i], learn_line, diag) < 0)
			return -1;
	return 0;
}

void nfr_cmp_take_id(struct nfr_cmp *cmp, const uint8_t *p, uint32_t len)
{
	struct nfr_dissection d;
	uint32_t id;

	if (!cmp->arrived)
		cmp->arrived = calloc(2, NFR_CMP_IDS / 8);
	if (!cmp->arrived)
		abort();
	cmp->arrived_known = true;
	if (len < 20)
		return;
	nfr_dissect(&d, p, len, true);
	id = p[0] >> 4 == 4 ? nfr_get16(p + 4) : NFR_CMP_FLOW(p);
	cmp->arrived[id / 8] |= (uint8_t)(1u << id % 8);
	id += NFR_CMP_IDS;
	if (d.is_error)
		cmp->arrived[id / 8] |= (uint8_t)(1u << id % 8);
}

static void take_ids(struct nfr_cmp *cmp, const char *path)
{
	struct nfr_pcap_frame frame;
	struct nfr_pcap_in in;
	struct nfr_diag diag;
	uint32_t skip;

	if (nfr_pcap_in_open(&in, path, &diag) < 0)
		return;
	skip = in.link == NFR_PCAP_RAW ? 0 : 14;
	while (nfr_pcap_in_next(&in, &frame, &diag) == 1)
		if (frame.len > skip)
			nfr_cmp_take_id(cmp, frame.data + skip, frame.len - skip);
	nfr_pcap_in_close(&in);
}

static void read_arrived(struct nfr_cmp *cmp)
{
	char path[4096], file[4400];
	struct dirent *entry;
	DIR *dir;

	cmp->arrived = calloc(2, NFR_CMP_IDS / 8);
	if (!cmp->arrived)
		abort();
	snprintf(path, sizeof(path), "%s/../in", cmp->want);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)) != NULL) {
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		if (entry->d_name[0] != '.')
			take_ids(cmp, file);
	}
	if (dir)
		closedir(dir);
}

bool nfr_cmp_arrived(struct nfr_cmp *cmp, uint32_t id, bool is_error)
{
	if (!cmp->arrived)
		read_arrived(cmp);
	id += is_error * NFR_CMP_IDS;
	return cmp->arrived[id / 8] >> id % 8 & 1;
}
