/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routers: interfaces, addresses, routes, policy rules and sysctls, as `ip -batch` lines and
 * sysctl.conf.
 */
#include "scenario.h"

#include "base/sysctl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *diff_dev(const struct diff_scenario *s, unsigned k)
{
	static const char *const eth[] = {"local", "eth0", "eth1", "eth2", "eth3"};

	return diff_is_tun(s, k) ? "tun0" : eth[k];
}

bool diff_is_tun(const struct diff_scenario *s, unsigned k)
{
	return s->tun && k == s->n_ifs;
}

/* ---- net ---- */

static void put_addresses(struct diff_scenario *s)
{
	static const uint16_t mtu[] = {1280, 1300, 1400, 1499};
	struct diff_rnd *rnd = &s->rnd;
	unsigned k;

	for (k = 1; k <= s->n_ifs; k++) {
		const char *dev = diff_dev(s, k);

		s->mtu[k] = 1500;
		if (diff_chance(rnd, 15))
			s->mtu[k] = DIFF_PICK(rnd, mtu);
		else if (!s->family[6] && diff_chance(rnd, 6))
			s->mtu[k] = (uint16_t)diff_between(rnd, 68, 700);
		if (s->mtu[k] != 1500)
			diff_put(&s->net, "link set %s mtu %u\n", dev, s->mtu[k]);
		if (s->family[4])
			diff_put(&s->net, "addr add 10.0.%u.1/24 dev %s\n", k, dev);
		if (s->family[4] && diff_chance(rnd, 8))
			diff_put(&s->net, "addr add 10.0.%u.%u/%u dev %s\n", k,
				 diff_between(rnd, 32, 39), diff_chance(rnd, 50) ? 24 : 32, dev);
		if (s->family[6])
			diff_put(&s->net, "addr add fd00:%u::1/64 dev %s nodad\n", k, dev);
		if (s->family[6] && diff_chance(rnd, 8))
			diff_put(&s->net, "addr add fd00:%u::%x/64 dev %s nodad\n", k,
				 diff_between(rnd, 32, 39), dev);
	}
}

static void put_gateway(struct diff_scenario *s, uint8_t family)
{
	unsigned k = diff_between(&s->rnd, 1, s->n_ifs), host = diff_between(&s->rnd, 2, 5);

	if (diff_is_tun(s, k))
		diff_put(&s->net, " dev tun0");
	else if (family == 4)
		diff_put(&s->net, " via 10.0.%u.%u", k, host);
	else
		diff_put(&s->net, " via fd00:%u::%u", k, host);
}

static void put_route(struct diff_scenario *s, uint8_t family, const char *to, unsigned table)
{
	static const char *const dead[] = {"unreachable", "blackhole", "prohibit"};
	struct diff_rnd *rnd = &s->rnd;

	if (diff_chance(rnd, 10)) {
		diff_put(&s->net, "route add %s %s", diff_chance(rnd, 15) && table ? "throw"
								: DIFF_PICK(rnd, dead), to);
	} else {
		diff_put(&s->net, "route add %s", to);
		put_gateway(s, family);
		if (diff_chance(rnd, 8))
			diff_put(&s->net, " mtu %s%u", diff_chance(rnd, 30) ? "lock " : "",
				 diff_between(rnd, 1280, 1450));
	}
	if (table)
		diff_put(&s->net, " table %u", table);
	diff_put(&s->net, "\n");
}

static void put_routes(struct diff_scenario *s, uint8_t family)
{
	static const char *const net4[] = {"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",
					   "192.0.2.2/32"};
	static const char *const net6[] = {"2001:db8:1::/64", "2001:db8:2::/64", "2001:db8:3::/64",
					   "2001:db8:1::2/128"};
	unsigned i;

	if (diff_chance(&s->rnd, 50))
		put_route(s, family, family == 4 ? "default" : "::/0", 0);
	for (i = 0; i < COUNT(net4); i++)
		if (diff_chance(&s->rnd, i ? 35 : 70))
			put_route(s, family, family == 4 ? net4[i] : net6[i], 0);
}

/* Of IPv4: a line of `ip -batch` has no way to say that a rule is IPv6's. */
static void put_selector(struct diff_scenario *s)
{
	struct diff_rnd *rnd = &s->rnd;

	switch (diff_below(rnd, 6)) {
	case 0:
		diff_put(&s->net, " from ");
		diff_put_net(s, &s->net, 4);
		break;
	case 1:
		diff_put(&s->net, " to ");
		diff_put_net(s, &s->net, 4);
		break;
	case 2:
		diff_put(&s->net, " iif %s", diff_dev(s, diff_between(rnd, 1, s->n_ifs)));
		break;
	case 3:
		diff_put(&s->net, " ipproto %s dport %u", diff_chance(rnd, 50) ? "tcp" : "udp",
			 diff_between(rnd, 1, 600));
		break;
	case 4:
		diff_put(&s->net, " tos 0x%02x", 4u << diff_below(rnd, 3));
		break;
	default:
		diff_put(&s->net, " fwmark %u", diff_between(rnd, 1, 7));
		if (diff_chance(rnd, 30))
			diff_put(&s->net, "/%u", diff_between(rnd, 1, 15));
	}
}

static void put_policy(struct diff_scenario *s)
{
	static const char *const action[] = {"prohibit", "unreachable", "blackhole"};
	unsigned n = diff_between(&s->rnd, 1, 3), i;

	put_route(s, 4, "default", 100);
	if (diff_chance(&s->rnd, 50))
		put_route(s, 4, "192.0.2.0/24", 100);
	for (i = 0; i < n; i++) {
		diff_put(&s->net, "rule add pref %u", 100 + i);
		if (diff_chance(&s->rnd, 8))
			diff_put(&s->net, " not");
		put_selector(s);
		if (diff_chance(&s->rnd, 15))
			diff_put(&s->net, " type %s", DIFF_PICK(&s->rnd, action));
		else
			diff_put(&s->net, " lookup 100");
		diff_put(&s->net, "\n");
	}
}

static void put_net(struct diff_scenario *s)
{
	uint8_t family;

	put_addresses(s);
	for (family = 4; family <= 6; family += 2) {
		if (!s->family[family])
			continue;
		put_routes(s, family);
		if (family == 4 && diff_chance(&s->rnd, 25))
			put_policy(s);
	}
}

/* ---- sysctls ---- */

/* Values by the end of the name. Those of timeouts are short when time is to jump over them. */
static const struct {
	const char *suffix;
	uint8_t percent, n;
	int32_t value[6];
} knob[] = {
	{"ip_default_ttl", 5, 3, {1, 2, 255}},
	{"fwmark_reflect", 6, 1, {1}},
	{"icmp_errors_use_inbound_ifaddr", 6, 1, {1}},
	{"icmp_ratelimit", 8, 3, {0, 0, 60000}},
	{"icmp.ratelimit", 25, 3, {0, 0, 60000}},
	{"icmp_ratemask", 5, 3, {0, -1, 8}},
	{"ipfrag_max_dist", 4, 3, {0, 1, 2}},
	{"conntrack_acct", 80, 1, {1}},
	{"conntrack_timestamp", 5, 1, {1}},
	{"conntrack_checksum", 8, 1, {0}},
	{"conntrack_events", 8, 2, {0, 1}},
	{"log_invalid", 10, 5, {255, 6, 17, 1, 58}},
	{"tcp_loose", 8, 1, {0}},
	{"tcp_be_liberal", 6, 1, {1}},
	{"tcp_ignore_invalid_rst", 6, 1, {1}},
	{"tcp_max_retrans", 6, 3, {0, 1, 2}},
	{"rp_filter", 4, 2, {1, 2}},
	{"accept_local", 5, 1, {1}},
	{"route_localnet", 4, 1, {1}},
	{"send_redirects", 6, 1, {0}},
	{"shared_media", 4, 1, {0}},
	{"bc_forwarding", 4, 1, {1}},
	{"accept_source_route", 4, 2, {0, 1}},
	{"src_valid_mark", 4, 1, {1}},
	{"drop_unicast_in_l2_multicast", 4, 1, {1}},
	{"force_forwarding", 4, 1, {1}},
	{"hop_limit", 4, 3, {1, 2, 200}},
	{"ipv6.conf.mtu", 3, 2, {1280, 1300}},
	{"_timeout", 6, 4, {30, 77, 100, 600}},
	{"_timeout_stream", 6, 4, {30, 77, 100, 600}},
	{"ipfrag_time", 4, 2, {30, 60}},
};

/* `name` has not the interface's. */
static int find_knob(const char *name)
{
	size_t len = strlen(name), n, i;

	for (i = 0; i < COUNT(knob); i++) {
		n = strlen(knob[i].suffix);
		if (len >= n && !strcmp(name + len - n, knob[i].suffix))
			return (int)i;
	}
	return strstr(name, "_timeout_") ? find_knob("_timeout") : -1;
}

static int32_t knob_value(struct diff_scenario *s, int i, const char *name)
{
	bool timeout = strstr(name, "_timeout") || strstr(name, "ipfrag_time");

	if (timeout && s->sleeps)
		return (int32_t)diff_between(&s->rnd, 1, 2);
	return knob[i].value[diff_below(&s->rnd, knob[i].n)];
}

static void put_interface_sysctl(struct diff_scenario *s, const struct nfr_sysctl_row *row, int i)
{
	unsigned k = diff_below(&s->rnd, s->n_ifs + 2);
	const char *dev = k == 0 ? "all" : k == s->n_ifs + 1 ? "default" : diff_dev(s, k);

	diff_put(&s->sysctl, "%s.%s.%s = %d\n", row->name, dev, row->leaf,
		 (int)knob_value(s, i, row->leaf));
}

static void put_sysctl(struct diff_scenario *s, const struct nfr_sysctl_row *row)
{
	char name[160];
	unsigned percent;
	int i;

	snprintf(name, sizeof(name), "%s%s%s", row->name, row->leaf ? "." : "",
		 row->leaf ? row->leaf : "");
	i = find_knob(name);
	if (i < 0)
		return;
	percent = knob[i].percent;
	if (s->sleeps && strstr(name, "_time"))
		percent = 70;
	if (!diff_chance(&s->rnd, percent))
		return;
	if (row->leaf)
		put_interface_sysctl(s, row, i);
	else
		diff_put(&s->sysctl, "%s = %d\n", name, (int)knob_value(s, i, name));
}

static void put_forwarding(struct diff_scenario *s)
{
	struct diff_rnd *rnd = &s->rnd;

	if (!diff_chance(rnd, 3))
		diff_put(&s->sysctl, "net.ipv4.ip_forward = 1\n");
	if (!diff_chance(rnd, 3))
		diff_put(&s->sysctl, "net.ipv6.conf.all.forwarding = 1\n");
	if (diff_chance(rnd, 3))
		diff_put(&s->sysctl, "net.ipv%u.conf.%s.forwarding = %u\n",
			 diff_chance(rnd, 50) ? 4u : 6u,
			 diff_dev(s, diff_between(rnd, 1, s->n_ifs)), diff_below(rnd, 2));
}

static void put_sysctls(struct diff_scenario *s)
{
	const struct nfr_sysctl_row *row;
	size_t i;

	put_forwarding(s);
	for (i = 0; (row = nfr_sysctl_row(i)) != NULL; i++)
		put_sysctl(s, row);
}

/* ---- all of it ---- */

static bool writes_log(const struct diff_scenario *s)
{
	static const char *const word[] = {"-j LOG", "-g LOG", "-j TRACE", "--helper"};
	size_t i;

	for (i = 0; i < COUNT(word) * 2; i++)
		if (strstr(diff_str(&s->rules[i & 1]), word[i / 2]))
			return true;
	return strstr(diff_str(&s->sysctl), "log_invalid") != NULL;
}

/* A port that NAT drew is known by its connection's event; its table entry may be gone at the end. */
static bool draws_ports(const struct diff_scenario *s)
{
	static const char *const word[] = {"-j SNAT", "-j MASQUERADE", "--random"};
	size_t i;

	for (i = 0; i < COUNT(word) * 2; i++)
		if (strstr(diff_str(&s->rules[i & 1]), word[i / 2]))
			return true;
	return false;
}

void diff_scenario_make(struct diff_scenario *s, uint64_t seed)
{
	unsigned families;

	memset(s, 0, sizeof(*s));
	s->seed = s->rnd.state = seed;
	s->n_ifs = diff_between(&s->rnd, 2, 3);
	s->tun = diff_chance(&s->rnd, 20);
	s->n_ifs += s->tun;
	families = diff_below(&s->rnd, 10);
	s->family[4] = families < 7;
	s->family[6] = families >= 4;
	s->sleeps = diff_chance(&s->rnd, 4);
	s->n_packets = diff_between(&s->rnd, 40, 90);
	s->weird = DIFF_PICK(&s->rnd, ((const uint8_t[]){0, 3, 10, 10, 30}));
	put_net(s);
	put_sysctls(s);
	if (s->family[4])
		diff_rules_make(s, 4);
	if (s->family[6])
		diff_rules_make(s, 6);
	if (draws_ports(s))
		diff_put(&s->sysctl, "net.netfilter.nf_conntrack_events = 1\n");
	s->logs = writes_log(s);
}

void diff_scenario_free(struct diff_scenario *s)
{
	diff_text_free(&s->net);
	diff_text_free(&s->sysctl);
	diff_text_free(&s->rules[0]);
	diff_text_free(&s->rules[1]);
}
