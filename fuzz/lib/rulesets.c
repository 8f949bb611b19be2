/* SPDX-License-Identifier: BSD-2-Clause */

#include "rulesets.h"

#include "fuzz.h"
#include "ip/ip.h"
#include "iptables/iptables.h"
#include "sysctl/conf.h"

static const char net_text[] = "addr add 10.0.1.1/24 dev eth0\n"
			       "addr add fd00:1::1/64 dev eth0 nodad\n"
			       "addr add 10.0.2.1/24 dev eth1\n"
			       "addr add fd00:2::1/64 dev eth1 nodad\n"
			       "addr add 10.0.3.1/24 dev tun0\n"
			       "link set dev eth1 mtu 1280\n"
			       "route add default via 10.0.2.2\n"
			       "route add unreachable 10.9.0.0/16\n"
			       "rule add fwmark 7 lookup 100\n"
			       "route add default via 10.0.1.2 table 100\n";

static const char sysctl_text[] = "net.ipv4.ip_forward = 1\n"
				  "net.ipv6.conf.all.forwarding = 1\n"
				  "net.netfilter.nf_conntrack_acct = 1\n";

struct ruleset {
	const char *rules4, *rules6;
};

/* Inputs name them by number: new ones go last. */
static const struct ruleset rulesets[] = {
	{"", ""},
	{"*filter\n"
	 ":FORWARD DROP [0:0]\n"
	 "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
	 "-A FORWARD -m conntrack --ctstate INVALID -j DROP\n"
	 "-A FORWARD -i eth0 -j ACCEPT\n"
	 "-A FORWARD -p tcp -j REJECT --reject-with tcp-reset\n"
	 "-A FORWARD -j REJECT\n"
	 "COMMIT\n",
	 "*filter\n"
	 ":FORWARD DROP [0:0]\n"
	 "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
	 "-A FORWARD -i eth0 -j ACCEPT\n"
	 "-A FORWARD -p tcp -j REJECT --reject-with tcp-reset\n"
	 "-A FORWARD -j REJECT\n"
	 "COMMIT\n"},
	{"*raw\n"
	 "-A PREROUTING -p tcp -m tcp --dport 21 -j CT --helper ftp\n"
	 "COMMIT\n"
	 "*nat\n"
	 "-A POSTROUTING -o eth1 -j MASQUERADE\n"
	 "COMMIT\n",
	 "*raw\n"
	 "-A PREROUTING -p tcp -m tcp --dport 21 -j CT --helper ftp\n"
	 "COMMIT\n"
	 "*nat\n"
	 "-A POSTROUTING -o eth1 -j MASQUERADE\n"
	 "COMMIT\n"},
	{"*raw\n"
	 "-A PREROUTING -p tcp -m tcp --dport 21 -j CT --helper ftp\n"
	 "COMMIT\n"
	 "*nat\n"
	 "-A PREROUTING -i eth0 -p tcp -j DNAT --to-destination 10.0.2.2-10.0.2.3:8000-8002\n"
	 "-A PREROUTING -i eth0 -p udp -j REDIRECT --to-ports 5353\n"
	 "-A POSTROUTING -p tcp -j SNAT --to-source 10.0.2.1:40000-40001\n"
	 "-A POSTROUTING -p icmp -j NETMAP --to 10.7.0.0/16\n"
	 "COMMIT\n",
	 "*nat\n"
	 "-A PREROUTING -i eth0 -p tcp -j DNAT --to-destination [fd00:2::2]:8000\n"
	 "-A POSTROUTING -p udp -j SNAT --to-source fd00:2::9-fd00:2::a\n"
	 "COMMIT\n"},
	{"*mangle\n"
	 "-A PREROUTING -p udp -j MARK --set-xmark 0x7/0xffffffff\n"
	 "-A PREROUTING -j CONNMARK --restore-mark\n"
	 "-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu\n"
	 "-A FORWARD -j TTL --ttl-inc 1\n"
	 "-A POSTROUTING -j DSCP --set-dscp 0x0a\n"
	 "-A POSTROUTING -j CONNMARK --save-mark\n"
	 "COMMIT\n"
	 "*raw\n"
	 "-A PREROUTING -p icmp -m limit --limit 1/sec -j TRACE\n"
	 "-A PREROUTING -p udp -m statistic --mode nth --every 3 --packet 0 -j CT --notrack\n"
	 "-A PREROUTING -p tcp -m length --length 60:100 -j CT --zone 5\n"
	 "COMMIT\n"
	 "*filter\n"
	 "-A FORWARD -p icmp -j LOG --log-prefix \"icmp \" --log-ip-options\n"
	 "-A FORWARD -p tcp -j NFQUEUE --queue-num 3 --queue-bypass\n"
	 "-A INPUT -j QUEUE\n"
	 "COMMIT\n",
	 "*mangle\n"
	 "-A PREROUTING -p udp -j MARK --set-xmark 0x7/0xffffffff\n"
	 "-A FORWARD -j HL --hl-dec 1\n"
	 "COMMIT\n"},
	{"*raw\n"
	 "-A PREROUTING -p tcp -m tcp --dport 21 -j CT --helper ftp\n"
	 "COMMIT\n",
	 "*raw\n"
	 "-A PREROUTING -p tcp -m tcp --dport 21 -j CT --helper ftp\n"
	 "COMMIT\n"},
};

const unsigned fuzz_n_rulesets = sizeof(rulesets) / sizeof(rulesets[0]);

_Static_assert(sizeof(rulesets) / sizeof(rulesets[0]) <= FUZZ_MAX_RULESETS, "too many rulesets");

static void must(int status, const struct nfr_diag *diag)
{
	if (status == 0)
		return;
	nfr_diag_print(diag);
	fuzz_fail("a router of the fuzz targets cannot be made");
}

static void add_links(struct nfr_net *net)
{
	static const char *const names[FUZZ_IFACES] = {"eth0", "eth1", "tun0"};

	for (unsigned i = 0; i < FUZZ_IFACES; i++) {
		struct nfr_link link = {.mac = {2, 0, 0, 0, (uint8_t)(i + 1), 1}, .up = true};

		memcpy(link.name, names[i], strlen(names[i]) + 1);
		link.no_arp = i == 2;
		if (nfr_link_set(net, &link) != (int)i + 1)
			fuzz_fail("an interface cannot be added");
	}
}

bool fuzz_ruleset_change(struct nfr_net *net, unsigned ruleset)
{
	struct nfr_text rules4 = nfr_text_string("rules.v4", rulesets[ruleset].rules4);
	struct nfr_text rules6 = nfr_text_string("rules.v6", rulesets[ruleset].rules6);
	struct nfr_diag diag = {0};

	for (unsigned id = 0; id < NFR_XT_TABLE_MAX; id++) {
		nfr_xt_unload(net, NFR_IPV4, (enum nfr_xt_table_id)id);
		nfr_xt_unload(net, NFR_IPV6, (enum nfr_xt_table_id)id);
	}
	return nfr_iptables_load(net, NFR_IPV4, &rules4, false, &diag) == 0 &&
	       nfr_iptables_load(net, NFR_IPV6, &rules6, false, &diag) == 0;
}

void fuzz_ruleset_load(struct nfr_net *net, unsigned ruleset)
{
	struct nfr_text ip = nfr_text_string("net", net_text);
	struct nfr_text sysctl = nfr_text_string("sysctl.conf", sysctl_text);
	struct nfr_diag diag = {0};

	add_links(net);
	if (ruleset == FUZZ_BARE)
		return;
	must(nfr_sysctl_load(net, &sysctl, NULL, &diag), &diag);
	must(nfr_ip_load(net, &ip, &diag), &diag);
	if (!fuzz_ruleset_change(net, ruleset))
		fuzz_fail("rules of the fuzz targets cannot be loaded");
}
