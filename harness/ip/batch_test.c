/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of `ip -batch`: what each asks of the instance, and what is refused where. The instance
 * is played by this test, which writes down what it is asked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "ip/ip.h"

static FILE *asked;
static enum nfr_status route_del_status;

static const char *addr_text(uint8_t family, const union nfr_addr *addr)
{
	static char text[4][INET6_ADDRSTRLEN];
	static unsigned next;

	next = (next + 1) % 4;
	return inet_ntop(family == NFR_IPV6 ? AF_INET6 : AF_INET, addr->b, text[next],
			 INET6_ADDRSTRLEN);
}

int nfr_link_index(const struct nfr_net *net, const char *name)
{
	static const char *const names[] = {"lo", "eth0", "eth1", "eth0.100"};

	(void)net;
	for (int i = 0; i < 4; i++)
		if (!strcmp(names[i], name))
			return i + 1;
	return NFR_ENODEV;
}

enum nfr_status nfr_link_get(const struct nfr_net *net, uint16_t ifindex, struct nfr_link *link)
{
	(void)net;
	*link = (struct nfr_link){.mtu = 1500, .up = true, .mac = {2, 0, 0, 0, 1, 1}};
	snprintf(link->name, sizeof(link->name), "if%u", ifindex);
	return NFR_OK;
}

int nfr_link_set(struct nfr_net *net, const struct nfr_link *link)
{
	(void)net;
	fprintf(asked, "link %s mtu %u mac %02x %s", link->name, link->mtu, link->mac[5],
		link->up ? "up" : "down");
	return 1;
}

static enum nfr_status ask_addr(const char *what, const struct nfr_ifaddr *a)
{
	fprintf(asked, "%s %s/%u peer %s brd %s scope %u if%u", what,
		addr_text(a->family, &a->local), a->prefix_len, addr_text(a->family, &a->peer),
		addr_text(a->family, &a->broadcast), a->scope, a->ifindex);
	return NFR_OK;
}

enum nfr_status nfr_addr_add(struct nfr_net *net, const struct nfr_ifaddr *addr)
{
	(void)net;
	if (addr->family == NFR_IPV4 && addr->local.b[3] == 99)
		return NFR_EEXIST;
	return ask_addr("addr+", addr);
}

enum nfr_status nfr_addr_del(struct nfr_net *net, const struct nfr_ifaddr *addr)
{
	(void)net;
	return ask_addr("addr-", addr);
}

static void ask_route(const char *what, const struct nfr_route *r)
{
	fprintf(asked, "%s %s/%u via %s src %s if%u type %u scope %u table %u metric %u mtu %u%s%s",
		what, addr_text(r->family, &r->dst), r->prefix_len,
		addr_text(r->family, &r->gateway), addr_text(r->family, &r->pref_src), r->oif,
		r->type, r->scope, r->table, r->metric, r->mtu, r->mtu_lock ? " lock" : "",
		r->onlink ? " onlink" : "");
	if (r->tos)
		fprintf(asked, " tos %#x", r->tos);
}

enum nfr_status nfr_route_add(struct nfr_net *net, const struct nfr_route *route)
{
	(void)net;
	ask_route("route+", route);
	return NFR_OK;
}

enum nfr_status nfr_route_del(struct nfr_net *net, const struct nfr_route *route)
{
	(void)net;
	if (route_del_status == NFR_OK)
		ask_route("route-", route);
	return route_del_status;
}

static void ask_rule(const char *what, const struct nfr_policy_rule *r)
{
	fprintf(asked, "%s v%u %s%s/%u to %s/%u table %u action %u pref %u mark %#x/%#x", what,
		r->family == NFR_IPV6 ? 6 : 4, r->invert ? "not " : "",
		addr_text(r->family, &r->src), r->src_len, addr_text(r->family, &r->dst),
		r->dst_len, r->table, r->action, r->priority, r->mark, r->mark_mask);
	if (r->iif[0] || r->oif[0])
		fprintf(asked, " %s>%s", r->iif, r->oif);
	if (r->ipproto || r->tos)
		fprintf(asked, " proto %u tos %u", r->ipproto, r->tos);
	if (r->sport_max || r->dport_max)
		fprintf(asked, " ports %u-%u %u-%u", r->sport_min, r->sport_max, r->dport_min,
			r->dport_max);
}

enum nfr_status nfr_rule_add(struct nfr_net *net, const struct nfr_policy_rule *rule)
{
	(void)net;
	ask_rule("rule+", rule);
	return NFR_OK;
}

enum nfr_status nfr_rule_del(struct nfr_net *net, const struct nfr_policy_rule *rule)
{
	(void)net;
	ask_rule("rule-", rule);
	return NFR_OK;
}

enum nfr_status nfr_neigh_set(struct nfr_net *net, uint16_t ifindex, uint8_t family,
			      const union nfr_addr *addr, const uint8_t mac[6])
{
	(void)net;
	fprintf(asked, "neigh %s %02x:%02x if%u", addr_text(family, addr), mac[0], mac[5], ifindex);
	return NFR_OK;
}

/* What the text asks for; NULL when it is refused. */
static char *ask(const char *data, struct nfr_diag *diag)
{
	struct nfr_text text = nfr_text_string("net", data);
	char *got = NULL;
	size_t len;
	int err;

	asked = open_memstream(&got, &len);
	err = nfr_ip_load(NULL, &text, diag);
	fclose(asked);
	if (!err)
		return got;
	free(got);
	return NULL;
}

struct row {
	const char *line, *want;
};

#define ROUTE(dst, via, rest) "route+ " dst " via " via " src 0.0.0.0 " rest
#define TO_MAIN "table 254 metric 0 mtu 0"

static const struct row rows[] = {
	{"", ""},
	{" # a comment\n\n", ""},
	/* addresses, as `ip addr show` has them afterwards */
	{"addr add 10.0.1.1/24 dev eth0",
	 "addr+ 10.0.1.1/24 peer 10.0.1.1 brd 0.0.0.0 scope 0 if2"},
	{"a a 10.0.8/24 dev eth1", "addr+ 10.0.8.0/24 peer 10.0.8.0 brd 0.0.0.0 scope 0 if3"},
	{"addr add 10.0.5.1/24 brd + dev eth1",
	 "addr+ 10.0.5.1/24 peer 10.0.5.1 brd 10.0.5.255 scope 0 if3"},
	{"addr add 10.0.9.1/24 brd - dev eth0",
	 "addr+ 10.0.9.1/24 peer 10.0.9.1 brd 10.0.9.0 scope 0 if2"},
	{"addr add 10.0.14.1/31 brd + dev eth0",
	 "addr+ 10.0.14.1/31 peer 10.0.14.1 brd 0.0.0.0 scope 0 if2"},
	{"addr add 10.98.0.1/24 dev eth0 brd 10.9",
	 "addr+ 10.98.0.1/24 peer 10.98.0.1 brd 10.9.0.0 scope 0 if2"},
	{"addr add 10.0.6.1 peer 10.0.6.2/32 dev eth1",
	 "addr+ 10.0.6.1/32 peer 10.0.6.2 brd 0.0.0.0 scope 0 if3"},
	{"addr add 10.0.15.1/24 peer 10.0.16.1 dev eth0",
	 "addr+ 10.0.15.1/32 peer 10.0.16.1 brd 0.0.0.0 scope 0 if2"},
	{"addr add 10.0.7.1/24 scope link label eth1:x dev eth1",
	 "addr+ 10.0.7.1/24 peer 10.0.7.1 brd 0.0.0.0 scope 253 if3"},
	{"address add local 127.0.0.5/8 dev lo",
	 "addr+ 127.0.0.5/8 peer 127.0.0.5 brd 0.0.0.0 scope 254 if1"},
	{"addr add 10.0.1.30/255.255.255.0 dev eth0",
	 "addr+ 10.0.1.30/24 peer 10.0.1.30 brd 0.0.0.0 scope 0 if2"},
	{"addr add fd00:1::1/64 dev eth0.100 nodad",
	 "addr+ fd00:1::1/64 peer fd00:1::1 brd :: scope 0 if4"},
	{"addr add fd00:5::1 dev eth0", "addr+ fd00:5::1/128 peer fd00:5::1 brd :: scope 0 if2"},
	{"addr del 10.0.1.1/24 dev eth0",
	 "addr- 10.0.1.1/24 peer 10.0.1.1 brd 0.0.0.0 scope 0 if2"},
	{"addr replace 10.0.1.99/24 dev eth0", ""},
	/* links */
	{"link set eth0 mtu 1400", "link if2 mtu 1400 mac 01 up"},
	{"link set dev eth0 down address 02:00:00:00:00:99", "link if2 mtu 1500 mac 99 down"},
	{"link set eth0 arp off txqueuelen 5 up", "link if2 mtu 1500 mac 01 up"},
	{"link set mtu 68 dev eth1", "link if3 mtu 68 mac 01 up"},
	/* neighbours */
	{"neigh add 10.0.1.2 lladdr 2:0:0:0:1:fe dev eth0 nud permanent",
	 "neigh 10.0.1.2 02:fe if2"},
	{"neighbour replace to fd00:1::2 dev eth0 lladdr 02:00:00:00:01:FE router",
	 "neigh fd00:1::2 02:fe if2"},
	/* routes */
	{"route add default via 10.0.1.2 # comment",
	 ROUTE("0.0.0.0/0", "10.0.1.2", "if0 type 1 scope 0 " TO_MAIN)},
	{"route add 10.5.0.1 dev eth0",
	 ROUTE("10.5.0.1/32", "0.0.0.0", "if2 type 1 scope 253 " TO_MAIN)},
	{"ro add 10.9/16 via 10.0.1.2 metric 0x10 dev eth0 table 100 mtu lock 1400 proto static",
	 ROUTE("10.9.0.0/16", "10.0.1.2", "if2 type 1 scope 0 table 100 metric 16 mtu 1400 lock")},
	{"route add 10.4.0.0/16 via 10.99.0.1 dev eth0 onlink advmss 5",
	 ROUTE("10.4.0.0/16", "10.99.0.1", "if2 type 1 scope 0 " TO_MAIN " onlink")},
	{"route add blackhole 10.8.0.0/16",
	 ROUTE("10.8.0.0/16", "0.0.0.0", "if0 type 6 scope 0 " TO_MAIN)},
	{"route add unreachable default metric 9",
	 ROUTE("0.0.0.0/0", "0.0.0.0", "if0 type 7 scope 0 table 254 metric 9 mtu 0")},
	{"route add local 10.5.1.0/24 dev lo",
	 ROUTE("10.5.1.0/24", "0.0.0.0", "if1 type 2 scope 254 table 255 metric 0 mtu 0")},
	{"route add broadcast 10.5.2.0/24 dev eth0 table main",
	 ROUTE("10.5.2.0/24", "0.0.0.0", "if2 type 3 scope 253 " TO_MAIN)},
	{"route add 10.43.0.0/16 dev eth0 tos 10 scope site",
	 ROUTE("10.43.0.0/16", "0.0.0.0", "if2 type 1 scope 200 " TO_MAIN " tos 0x10")},
	{"route add \"10.33.0.0/16\" via \\\n '10.0.1.2'",
	 ROUTE("10.33.0.0/16", "10.0.1.2", "if0 type 1 scope 0 " TO_MAIN)},
	{"route add 10.37.0.0/16 dev eth0#x",
	 ROUTE("10.37.0.0/16", "0.0.0.0", "if2 type 1 scope 253 " TO_MAIN)},
	{"route add default via fd00:1::2 src fd00:1::1",
	 "route+ ::/0 via fd00:1::2 src fd00:1::1 if0 type 1 scope 0 " TO_MAIN},
	{"route add fd00:8::1/64 dev eth0",
	 "route+ fd00:8::/64 via :: src :: if2 type 1 scope 0 " TO_MAIN},
	{"-6 route add blackhole default", "route+ ::/0 via :: src :: if0 type 6 scope 0 " TO_MAIN},
	{"route del 10.5.1.0/24",
	 "route- 10.5.1.0/24 via 0.0.0.0 src 0.0.0.0 if0 type 1 scope 255 " TO_MAIN},
	{"route replace 10.5.1.0/24 via 10.0.1.2",
	 "route- 10.5.1.0/24 via 0.0.0.0 src 0.0.0.0 if0 type 0 scope 255 " TO_MAIN
	 "route+ 10.5.1.0/24 via 10.0.1.2 src 0.0.0.0 if0 type 1 scope 0 " TO_MAIN},
	/* rules */
	{"rule add fwmark 1 table 100",
	 "rule+ v4 0.0.0.0/0 to 0.0.0.0/0 table 100 action 1 pref 0 mark 0x1/0xffffffff"},
	{"rule add fwmark 0x1/0xff lookup local pref 100",
	 "rule+ v4 0.0.0.0/0 to 0.0.0.0/0 table 255 action 1 pref 100 mark 0x1/0xff"},
	{"ru add from 10.0.0.0/8 to 10.2.0.1 iif eth0 oif eth1 lookup main priority 200",
	 "rule+ v4 10.0.0.0/8 to 10.2.0.1/32 table 254 action 1 pref 200 mark 0/0 eth0>eth1"},
	{"rule add not from 10.1.0.0/16 prohibit",
	 "rule+ v4 not 10.1.0.0/16 to 0.0.0.0/0 table 0 action 8 pref 0 mark 0/0"},
	{"rule add from all type blackhole pref 7",
	 "rule+ v4 0.0.0.0/0 to 0.0.0.0/0 table 0 action 6 pref 7 mark 0/0"},
	{"rule add ipproto tcp sport 1-100 dport 80 tos 0x10 pref 5",
	 "rule+ v4 0.0.0.0/0 to 0.0.0.0/0 table 254 action 1 pref 5 mark 0/0 proto 6 tos 16 "
	 "ports 1-100 80-80"},
	{"-6 rule add from fd00::/16 lookup 7",
	 "rule+ v6 fd00::/16 to ::/0 table 7 action 1 pref 0 mark 0/0"},
	{"rule del pref 100", "rule- v4 0.0.0.0/0 to 0.0.0.0/0 table 0 action 0 pref 100 mark 0/0"},
};

static void lines_ask_what_they_say(void **unused)
{
	struct nfr_diag diag;
	char *got;

	(void)unused;
	route_del_status = NFR_OK;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		got = ask(rows[i].line, &diag);
		if (!got)
			fail_msg("%s: %u:%u: %s", rows[i].line, diag.line, diag.column, diag.text);
		if (strcmp(got, rows[i].want))
			fail_msg("%s:\n got `%s'\nwant `%s'", rows[i].line, got, rows[i].want);
		free(got);
	}
}

struct bad {
	const char *text;
	unsigned line, column;
	const char *why;
};

static const struct bad bads[] = {
	{"ip addr add 10.0.1.9/24 dev eth0", 1, 1, "`ip'"},
	{"\n# x\nfoo add", 3, 1, "`foo'"},
	{"addr", 1, 5, "command"},
	{"addr foo", 1, 6, "`foo'"},
	{"addr flush dev eth0", 1, 6, "`flush'"},
	{"addr add 10.0.1.1/33 dev eth0", 1, 10, "0 to 32"},
	{"addr add 10.0.1.300/24 dev eth0", 1, 10, "`10.0.1.300/24'"},
	{"addr add 10.91.0.1/ dev eth0", 1, 10, "length"},
	{"addr add 10.0.1.30/24", 1, 1, "`dev'"},
	{"addr add dev eth0", 1, 1, "address"},
	{"addr add 10.0.1.30/24 dev nope", 1, 27, "`nope'"},
	{"addr add 10.0.1.30/24 dev", 1, 26, "interface"},
	{"addr add 10.0.1.30/24 dev eth0 foo", 1, 32, "`foo'"},
	{"addr add fd00:6::1/64 dev eth0 brd +", 1, 1, "broadcast"},
	{"addr add 10.0.1.99/24 dev eth0", 1, 1, "already"},
	{"link set up", 1, 1, "interface"},
	{"link set eth0 mtu 67", 1, 19, "68"},
	{"link set eth0 mtu 70000", 1, 19, "65535"},
	{"link set eth0 address 02:00", 1, 23, "six bytes"},
	{"link set eth0 address 02:00:00:00:00:zz", 1, 23, "six bytes"},
	{"link set eth0 address 03:00:00:00:00:01", 1, 23, "group"},
	{"link set eth0 master br0", 1, 15, "`master'"},
	{"link set eth0 netns foo", 1, 15, "`netns'"},
	{"link add foo type dummy", 1, 6, "`add'"},
	{"neigh add 10.0.1.2 lladdr 02:00:00:00:01:01", 1, 1, "dev"},
	{"neigh add 10.0.1.2 dev eth0", 1, 1, "lladdr"},
	{"neigh add 10.0.1.2/24 dev eth0 lladdr 02:00:00:00:01:01", 1, 11, "`10.0.1.2/24'"},
	{"neigh add proxy 10.0.1.2 dev eth0", 1, 11, "`proxy'"},
	{"route add 10.36.0.0/16 via\n", 1, 27, "address"},
	{"route add 10.5.0.2/24 dev eth0", 1, 1, "beyond"},
	{"route add 10.38.0.0/16 vi 10.0.1.2", 1, 24, "`vi'"},
	{"route add 10.39.0.0/16 via 10.0.1.2 via 10.0.1.3", 1, 37, "more than one"},
	{"route add 10.41.0.0/16 dev eth0 metric x", 1, 40, "`x'"},
	{"route add 10.42.0.0/16 dev eth0 table nope", 1, 39, "`nope'"},
	{"route add 10.42.0.0/16 dev eth0 table 5000000000", 1, 39, "`5000000000'"},
	{"route add 10.9.0.0/16 nexthop via 10.0.1.2", 1, 23, "`nexthop'"},
	{"route add fd00:8::/64 via 10.0.1.2", 1, 27, "IPv6"},
	{"route add 10.3.0.0/16 via inet6 fd00:1::2", 1, 27, "other family"},
	{"route append 10.4.0.0/16 via 10.0.1.3", 1, 7, "`append'"},
	{"rule add from fd00::/16 lookup 100", 1, 15, "IPv4"},
	{"rule add goto 32766", 1, 10, "`goto'"},
	{"rule add dport 0", 1, 16, "`0'"},
	{"rule add dport 5-3", 1, 16, "`5-3'"},
	{"rule add fwmark 1/x", 1, 17, "`1/x'"},
	{"rule del", 1, 1, "delete"},
	{"route add \"10.3.0.0/16 dev eth0\naddr", 1, 32, "closing"},
	{"route add \\\n  10.3.0.0/16 \\\n dev nope", 3, 6, "`nope'"},
};

static void bad_lines_are_refused_in_place(void **unused)
{
	struct nfr_diag diag;
	char *got;

	(void)unused;
	for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
		memset(&diag, 0, sizeof(diag));
		got = ask(bads[i].text, &diag);
		if (got || diag.line != bads[i].line || diag.column != bads[i].column ||
		    !strstr(diag.text, bads[i].why))
			fail_msg("%s: %u:%u: %s", bads[i].text, diag.line, diag.column, diag.text);
	}
}

/* Texts are read whole first. */
static void nothing_is_half_applied(void **unused)
{
	struct nfr_text text =
		nfr_text_string("net", "route add default dev eth0\nroute add nonsense\n");
	struct nfr_diag diag;
	char *got = NULL;
	size_t len;

	(void)unused;
	asked = open_memstream(&got, &len);
	assert_int_equal(nfr_ip_load(NULL, &text, &diag), -1);
	fclose(asked);
	assert_int_equal(diag.line, 2);
	assert_string_equal(got, "");
	free(got);
}

static void what_is_not_there_cannot_be_changed(void **unused)
{
	struct nfr_diag diag;
	char *got;

	(void)unused;
	route_del_status = NFR_ENOENT;
	assert_null(ask("route change 10.4.0.0/16 via 10.0.1.2", &diag));
	assert_non_null(strstr(diag.text, "no such route"));
	assert_null(ask("route del 10.4.0.0/16", &diag));
	got = ask("route replace 10.4.0.0/16 via 10.0.1.2", &diag);
	assert_non_null(got);
	free(got);
}

static void note_dev(void *user, const char *name)
{
	strcat(strcat(user, name), " ");
}

static void devs_are_listed(void **unused)
{
	struct nfr_text text = nfr_text_string(
		"net", "link set a up\nlink set dev b mtu 5\nlink set up dev c\n"
		       "addr add 1.2.3.4/5 dev d # dev x\nrule add iif e oif f\n-6 rule add iif g\n"
		       "route add default dev\nlink set mtu 5\nroute add default dev a/b\n");
	char names[100] = "";

	(void)unused;
	nfr_ip_devs(&text, note_dev, names);
	assert_string_equal(names, "a b c d e f g ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_ask_what_they_say),
		cmocka_unit_test(bad_lines_are_refused_in_place),
		cmocka_unit_test(nothing_is_half_applied),
		cmocka_unit_test(what_is_not_there_cannot_be_changed),
		cmocka_unit_test(devs_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
