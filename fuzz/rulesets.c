/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"
#include "rulesets.h"

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
};

const unsigned fuzz_n_rulesets = sizeof(rulesets) / sizeof(rulesets[0]);
