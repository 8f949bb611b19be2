/* SPDX-License-Identifier: BSD-2-Clause */
#include "bench.h"

#include "ip/ip.h"
#include "iptables/iptables.h"
#include "sysctl/conf.h"

#include <stdlib.h>
#include <sys/mman.h>

#define HUGE_PAGE (2u << 20)

static const char net_text[] = "addr add 10.0.0.1/8 dev eth0\n"
			       "addr add 203.0.113.1/24 dev eth1\n"
			       "route add 80.0.0.0/8 via 203.0.113.2 dev eth1\n";

static const char track_rules[] = "*filter\n"
				  "-A FORWARD -m conntrack --ctstate INVALID -j DROP\n"
				  "COMMIT\n";

static const char full_rules[] = "*raw\nCOMMIT\n"
				 "*mangle\nCOMMIT\n"
				 "*filter\n"
				 ":FORWARD DROP [0:0]\n"
				 "-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT\n"
				 "-A FORWARD -m conntrack --ctstate NEW,RELATED -j ACCEPT\n"
				 "COMMIT\n";

/* and a helper, which comes only to those whom a rule gives one */
static const char helper_rules[] = "*raw\n"
				   "-A PREROUTING -p tcp --dport 21 -j CT --helper ftp\n"
				   "COMMIT\n"
				   "*filter\n"
				   ":FORWARD DROP [0:0]\n"
				   "-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT\n"
				   "-A FORWARD -m conntrack --ctstate NEW,RELATED -j ACCEPT\n"
				   "COMMIT\n";

static const char *const path_rules[] = {
	[BENCH_CONNTRACK] = track_rules,
	[BENCH_FULL] = full_rules,
	[BENCH_HELPER] = helper_rules,
};

static const char *const nat_rules[] = {
	NULL,
	"*nat\n-A POSTROUTING -o eth1 -j SNAT --to-source 203.0.113.1\nCOMMIT\n",
	"*nat\n-A POSTROUTING -o eth1 -j MASQUERADE\nCOMMIT\n",
	"*nat\n-A PREROUTING -i eth1 -p tcp -j DNAT --to-destination 10.0.0.2\n"
	"-A PREROUTING -i eth1 -p udp -j DNAT --to-destination 10.0.0.2\nCOMMIT\n",
};

static void on_xmit(void *user, uint16_t oif, const uint8_t *frame, uint32_t len,
		    const struct nfr_pkt *pkt)
{
	struct bench_world *world = user;

	(void)oif;
	(void)pkt;
	world->sent++;
	if (world->keep_last && len <= sizeof(world->last)) {
		memcpy(world->last, frame, len);
		world->last_len = len;
	}
}

static struct nfr_config config_of(const struct bench_workload *w, struct bench_world *world)
{
	struct nfr_config config = {.seed = 1, .sink = {.user = world, .xmit = on_xmit}};

	config.max.ct = w->path == BENCH_FORWARD ? 64 : w->n_flows + 64;
	config.max.ct6 = config.max.ct_ext = config.max.expect = 64;
	if (w->path == BENCH_HELPER) /* a session is two connections */
		config.max.ct = config.max.ct_ext = config.max.expect = 2 * w->n_flows + 64;
	config.max.xt_bytes = 256 + w->n_rules / 2;
	return config;
}

double bench_world_bytes_per_connection(const struct bench_workload *w)
{
	struct nfr_config config = config_of(w, NULL), small = config;

	if (w->path == BENCH_FORWARD || w->path == BENCH_RULES || w->n_flows < 65536)
		return 0;
	small.max.ct = 64;
	return (double)(nfr_size(&config) - nfr_size(&small)) / (double)w->n_flows;
}

static void *huge(size_t len, size_t *mapped)
{
	uint8_t *p, *aligned;

	*mapped = ((len + HUGE_PAGE - 1) & ~(size_t)(HUGE_PAGE - 1)) + HUGE_PAGE;
	p = mmap(NULL, *mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	aligned = (uint8_t *)(((uintptr_t)p + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1));
	madvise(aligned, *mapped - HUGE_PAGE, MADV_HUGEPAGE);
	return p;
}

static uint16_t add_link(struct nfr_net *net, const char *name, uint8_t k)
{
	struct nfr_link link = {.up = true, .mac = {2, 0, 0, 0, k, 1}};

	snprintf(link.name, sizeof(link.name), "%s", name);
	return (uint16_t)nfr_link_set(net, &link);
}

/* As many ports as bench_ports asks for. */
static void put_port_range(FILE *to, const struct bench_workload *w)
{
	fprintf(to,
		"*nat\n-A POSTROUTING -o eth1 -p udp -j SNAT --to-source 203.0.113.1:1024-%u\n"
		"COMMIT\n",
		1023 + bench_ports_of_server(w));
}

char *bench_world_rules(const struct bench_workload *w)
{
	char *text = NULL;
	size_t len;
	FILE *to;

	if (w->path == BENCH_RULES)
		return bench_rules_text(w->rules, w->n_rules);
	to = open_memstream(&text, &len);
	if (!to)
		return NULL;
	if (path_rules[w->path])
		fputs(path_rules[w->path], to);
	if (w->traffic == &bench_ports)
		put_port_range(to, w);
	else if (nat_rules[w->nat])
		fputs(nat_rules[w->nat], to);
	if (fclose(to) == 0)
		return text;
	free(text);
	return NULL;
}

static int load_rules(struct bench_world *world, struct nfr_diag *diag)
{
	char *rules = bench_world_rules(world->w);
	struct nfr_text text;
	int status;

	if (!rules)
		return nfr_diag_file(diag, "rules", "out of memory");
	text = nfr_text_string("rules", rules);
	status = nfr_iptables_load(world->net, NFR_IPV4, &text, false, diag);
	free(rules);
	return status;
}

static int configure(struct bench_world *world, struct nfr_diag *diag)
{
	const struct bench_workload *w = world->w;
	struct nfr_text text = nfr_text_string("net", net_text);

	world->inside = add_link(world->net, "eth0", 1);
	world->outside = add_link(world->net, "eth1", 2);
	nfr_sysctl_set(world->net, "net.ipv4.ip_forward", 1);
	nfr_sysctl_set(world->net, "net.netfilter.nf_conntrack_max", INT32_MAX);
	nfr_sysctl_set(world->net, "net.ipv4.conf.all.rp_filter", 0);
	if (nfr_ip_load(world->net, &text, diag) < 0)
		return -1;
	return w->traffic ? load_rules(world, diag) : 0;
}

int bench_world_open(struct bench_world *world, const struct bench_workload *w)
{
	struct nfr_config config = config_of(w, world);
	size_t size = nfr_size(&config);
	struct nfr_diag diag;
	uintptr_t at;

	memset(world, 0, sizeof(*world));
	world->w = w;
	world->memory = huge(size, &world->memory_len);
	if (!world->memory) {
		fprintf(stderr, "nfref-bench: no memory for %s\n", w->name);
		return -1;
	}
	at = ((uintptr_t)world->memory + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1);
	world->net = nfr_init((void *)at, size, &config);
	world->now_ns = NFR_NSEC_PER_SEC;
	if (world->net && configure(world, &diag) == 0)
		return 0;
	if (world->net)
		nfr_diag_print(&diag);
	bench_world_close(world);
	return -1;
}

void bench_world_close(struct bench_world *world)
{
	if (world->memory)
		munmap(world->memory, world->memory_len);
	world->memory = NULL;
}
