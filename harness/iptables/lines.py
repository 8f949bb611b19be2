"""Lines of rules, made from a table of all options: each option with every kind of value around its
limits, negated, without a value, twice, cut short, beside each other option of its match or target,
in every table and chain, and with every protocol. `record` asks Linux about them. IPv6 gets fewer of
the lines in which it is IPv4's twin.

What iptables reads in a way that nobody can have meant is left out: restore_test.c names it.
"""

import itertools
import re

U8 = """0 1 64 255 256 -1 x "" 0x10 010 08 1.5 " 1" "1 " +1 4294967297"""
U16 = """0 1 80 65535 65536 -1 x "" 0x10 010 08 1.5 65535x"""
U32 = """0 1 4294967295 4294967296 -1 x "" 0x10 010 99999999999999999999"""
RANGE16 = U16 + """ 1:2 2:1 1: 5:5 :5 : 0:65535 0:65536 1:2:3 0x1:0x2 a:b 1:x -1:3 1-2 1:65535"""
RANGE32 = """0 5 5:9 9:5 5: :5 : 4294967295 4294967296 0:4294967295 x 5:x "" 0x5 1:2:3"""
PORT = RANGE16 + """ 65616 4294967376 +80 " 80" -65535 "80 " ssh ssh:http domain http: ssh:80 SSH
    nosuch"""
PORTS = """1 1,2 80,443 ssh,http 1:2 2:1 1:1 1:2,3 3,1:2 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
    1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16 1:2,1:2,1:2,1:2,1:2,1:2,1:2,3
    1:2,1:2,1:2,1:2,1:2,1:2,1:2,3:4 "" 1, 1,,2 ,1 x 1:x 65535 65536 0 0:65535 :5 5: 1:2:3 -1
    "1, 2" 0x10 010 1,1,1 domain:http"""
MARK = """0 1 0xff 0xff/0xf 0xf/0xff 1/0 1/0xffffffff 4294967295 4294967296 1/4294967296 1/ /1 x 1/x
    -1 "" 010 1/2/3 1/010 " 1\""""
ADDR = {
    "4": """1.2.3.4 1.2.3.4/32 1.2.3.4/24 1.2.3.4/0 0.0.0.0 0.0.0.0/0 0/0 10/8 10.1/16
        1.2.3.4/255.255.255.0 1.2.3.4/255.0.255.0 1.2.3.4/-1 1.2.3.4/ 1.2.3 1.2.3.4.5 256.1.1.1 x ""
        1.2.3.4,5.6.7.8 1.2.3.4/0.0.0.0 1.2.3.4/255.255.255.255 0x7f000001 01.2.3.4 1.2.3.4/08
        1.2.3.4/0x8""",
    "6": """fd00::1 fd00::1/128 fd00::1/64 fd00::1/0 :: ::/0 ::1 fd00::1/ffff:: fd00::1/ffff:0:ffff::
        fd00::1/129 fd00::1/-1 fd00::1/ fd00::1::  x "" fd00::1,fd00::2 ::ffff:1.2.3.4 ::1.2.3.4
        1.2.3.4 FD00::AbC fd00:0:0:1:0:0:0:1 fd00::1/x 1:2:3:4:5:6:7:8 1:0:3:4:5:6:7:8
        1:2:3:4:5:6:7:8/77""",
}
ADDR_RANGE = {
    "4": """1.2.3.4-1.2.3.9 1.2.3.9-1.2.3.4 1.2.3.4 1.2.3.4- -1.2.3.4 1.2.3.4-1.2.3.4 1.2.3.4/24 x ""
        1.2.3-1.2.4 1.2.3.4-x 1.2.3.4-1.2.3.5-1.2.3.6 0.0.0.0-255.255.255.255""",
    "6": """fd00::1-fd00::9 fd00::9-fd00::1 fd00::1 fd00::1- 1.2.3.4-1.2.3.5 fd00::1-fd00::1 x ""
        ::-:: fd00::1/64""",
}
STATES = """NEW new ESTABLISHED RELATED INVALID UNTRACKED SNAT DNAT NEW,ESTABLISHED INVALID,NEW
    RELATED,ESTABLISHED,NEW,INVALID,UNTRACKED NEW,NEW N I E NEW, "" , X NEW,X NONE
    "NEW ,ESTABLISHED" DNAT,SNAT,UNTRACKED"""
STATUS = """NONE EXPECTED SEEN_REPLY ASSURED CONFIRMED NONE,EXPECTED EXPECTED,ASSURED assured A x ""
    SNAT"""
ICMP = """any ping pong echo-reply destination-unreachable network-unreachable host-unreachable
    protocol-unreachable port-unreachable fragmentation-needed source-route-failed network-unknown
    host-unknown network-prohibited host-prohibited TOS-network-unreachable TOS-host-unreachable
    communication-prohibited host-precedence-violation precedence-cutoff source-quench redirect
    network-redirect host-redirect TOS-network-redirect TOS-host-redirect echo-request
    router-advertisement router-solicitation time-exceeded ttl-exceeded ttl-zero-during-transit
    ttl-zero-during-reassembly parameter-problem ip-header-bad required-option-missing
    timestamp-request timestamp-reply address-mask-request address-mask-reply ANY Echo-Request echo
    dest tos network host 0 8 255 256 3/0 3/1 3/2 3/3 3/4 3/15 3/16 3/255 3/256 5/0 11/0 11/1 12/1
    255/0 255/255 / 3/ /1 x "" -1 0x3/0x1 router r p s ad ti"""
ICMP6 = """destination-unreachable no-route communication-prohibited beyond-scope address-unreachable
    port-unreachable failed-policy reject-route packet-too-big time-exceeded ttl-exceeded
    ttl-zero-during-transit ttl-zero-during-reassembly parameter-problem bad-header
    unknown-header-type unknown-option echo-request ping echo-reply pong router-solicitation
    router-advertisement neighbour-solicitation neighbor-solicitation neighbour-advertisement
    neighbor-advertisement redirect any 0 1 128 255 256 1/0 1/4 1/6 1/255 1/256 128/0 133/0 255/0 x ""
    No-Route n neigh d e echo echo-r router mld 137/0 143"""
TCP_FLAGS = """SYN SYN,ACK ALL NONE FIN,SYN,RST,PSH,ACK,URG FIN,SYN,RST,ACK syn "" SYN, X SYN,SYN ECE
    ALL,NONE"""
TEXT = """ftp a "" "a b" 'a b' "a\\"b" "a\\\\b" "a'b" a\\b a"b"c "%s" -x --foo ! "!" a;b a#b # a_b a.b
    a/b a,b a:b (x) $HOME `x` * <b> a=b @ ~ & | ? [a] {a} ^ + %d"""
TOS = """0 1 16 0x10 255 256 0x10/0x3f 0x10/0x0 0x10/255 0x10/256 /1 1/ x "" Minimize-Delay
    Maximize-Throughput Maximize-Reliability Minimize-Cost Normal-Service minimize-delay Min Mini Max
    Normal N MINIMIZE-COST Minimize-Delay/0x3f 010 -1"""
DSCP_CLASS = """CS0 CS1 CS2 CS3 CS4 CS5 CS6 CS7 BE EF AF11 AF12 AF13 AF21 AF22 AF23 AF31 AF32 AF33
    AF41 AF42 AF43 ef Af11 CS8 AF14 AF51 x "" CS VA LE"""
RATE = """1 1/s 1/sec 1/second 5/m 5/min 5/minute 5/h 5/hour 5/d 5/day 5/days 5/x 5/ /s 0/s 10000/s
    10001/s 20000/s 9999/s 6666/s 3333/s 30/min 59/min 60/min 61/min 600000/min 600001/min 3600/h
    7200/h 36000000/h 36000001/h 86400/d 864000000/d 1/D 5/Sec -1/s 4294967296/s 010/s 0x10/s
    1/SECOND 1/mi 1/da 1/ho 7/day 11/hour 13/minute 17/second 2000/s 1500/s 100/s 1000/min
    4000000000/d " 5/s" "5/s " 1/sx"""
PROBABILITY = """0 1 0.5 0.1 0.01 0.001 1e-9 1e-10 2e-10 0.333 0.99999 0.9999999999 1.0 1.00001 -0.1
    -0 x "" inf .5 5e-1 0x1p-1 0.5x 1e400 +0.5 " 0.5" 0,5 0.00000001"""
MAC = """00:11:22:33:44:55 0:1:2:3:4:5 AA:bb:CC:dd:EE:ff 00:11:22:33:44 00:11:22:33:44:55:66
    001122334455 00-11-22-33-44-55 00:11:22:33:44:5g 000:11:22:33:44:55 100:11:22:33:44:55 "" x
    ff:ff:ff:ff:ff:ff"""
TYPES = """UNSPEC UNICAST LOCAL BROADCAST ANYCAST MULTICAST BLACKHOLE UNREACHABLE PROHIBIT THROW NAT
    XRESOLVE local LOC LOCAL,UNICAST UNICAST,LOCAL "" LOCAL, X U UN UNI UNRE B M A LOCAL,LOCAL
    UNSPEC,UNICAST,LOCAL,BROADCAST,ANYCAST,MULTICAST,BLACKHOLE,UNREACHABLE,PROHIBIT"""
PKTTYPE = """unicast broadcast multicast host otherhost us bcast mcast UNICAST Broadcast outgoing
    loopback uni x \"\""""
NAT_RANGE = {
    "4": """1.2.3.4 1.2.3.4-1.2.3.9 1.2.3.9-1.2.3.4 1.2.3.4-1.2.3.4 1.2.3.4:80 1.2.3.4:80-90
        1.2.3.4:90-80 1.2.3.4:80-80 :80 :80-90 1.2.3.4: 1.2.3.4:0 1.2.3.4:0-5 1.2.3.4:65535
        1.2.3.4:65536 1.2.3.4:-1 1.2.3.4:80- 1.2.3.4:-80 1.2.3.4:http 1.2.3.4:http-https
        1.2.3.4:80-http 1.2.3.4:x 1.2.3.4:80-90/5 1.2.3.4:80-90/0 1.2.3.4:80-90/65535
        1.2.3.4:80-90/65536 1.2.3.4:80-90/x 1.2.3.4:80-90/ 1.2.3.4:80/80 0.0.0.0 0.0.0.0:80
        255.255.255.255 1.2.3.4/24 1.2.3 x "" [1.2.3.4]:80 1.2.3.4-:80 1.2.3.4-1.2.3.9:80 -1.2.3.4
        fd00::1 1.2.3.4:0x50 1.2.3.4:080 ": 80" : -""",
    "6": """fd00::1 fd00::1-fd00::9 fd00::9-fd00::1 fd00::1-fd00::1 [fd00::1] [fd00::1]:80
        [fd00::1]:80-90 [fd00::1-fd00::9]:80-90 [fd00::1]-[fd00::9]:80 [fd00::1-fd00::9] [fd00::1]:
        [fd00::1]:0 [fd00::1]:65535 [fd00::1]:65536 [fd00::1]:http :80 :80-90 []:80 fd00::1:80
        [fd00::1 fd00::1]:80 :: [::]:80 x "" 1.2.3.4 [fd00::1]:80-90/5 [fd00::1]:90-80 fd00::/64
        ::ffff:1.2.3.4""",
}
NAT_PORTS = """80 80-90 90-80 80-80 0 0-5 65535 65536 -1 http http-https 1-http x "" 80- -80 80:90 0x50
    080 80-90-100 80-65536 1-65535 80,90"""
NETMAP = {
    "4": """10.0.0.0/24 10.0.0.5 10.0.0.5/24 10.0.0.5/32 10.0.0.0/0 10.0.0.0/255.255.0.0 10/8 10.1/16
        x "" 10.0.0.0/ 10.0.0.0/0.0.0.0 0.0.0.0/0 10.0.0.0-10.0.0.5 1.2.3.4/x""",
    "6": """fd00::/64 fd00::5 fd00::5/64 fd00::5/128 fd00::/0 fd00::/129 x "" fd00::/ ::/0
        fd00::/ffff:: fd00::/77 1.2.3.4""",
}
LEVEL = """0 1 2 3 4 5 6 7 8 -1 x "" emerg alert crit error err warning warn notice info debug panic
    EMERG Debug war e n 0x4 04 07 7x " 4\""""
QUEUES = """0:1 1:5 5:1 5:5 0:65535 0:65536 5 x "" : 1: :5 1:2:3 1-5 0x1:0x5"""
ZONE = """0 1 5 65535 65536 mark MARK x "" -1 0x5 010"""
EVENTS = """new related destroy reply assured protoinfo helper mark natseqinfo secmark new,destroy
    destroy,new NEW x "" new, new,new
    new,related,destroy,reply,assured,protoinfo,helper,mark,natseqinfo,secmark n label"""
EXPECT_EVENTS = """new NEW x "" new,new destroy new,"""
PROTO = """tcp udp icmp 6 0 all 255 256 x "" TCP -1 sctp gre esp ah icmpv6 ipv6-icmp udplite 0x6 dccp
    mh ipv6-mh 58 1 ipv6 ospf"""
REJECT = {
    "4": """icmp-net-unreachable net-unreach icmp-host-unreachable host-unreach
        icmp-proto-unreachable proto-unreach icmp-port-unreachable port-unreach icmp-net-prohibited
        net-prohib icmp-host-prohibited host-prohib tcp-reset tcp-rst icmp-admin-prohibited
        admin-prohib icmp-n icmp-h icmp-p i n h t tcp ICMP-PORT-UNREACHABLE x echo-reply echoreply
        icmp-net-unreachable2""",
    "6": """icmp6-no-route no-route icmp6-adm-prohibited adm-prohibited icmp6-addr-unreachable
        addr-unreach icmp6-port-unreachable port-unreach tcp-reset icmp6-policy-fail policy-fail
        icmp6-reject-route reject-route icmp6-a icmp6 a n t tcp-rst x icmp-net-unreachable
        ICMP6-NO-ROUTE""",
}
NONE = ""


def text(longest):
    """Strings, with those around the longest that is kept."""
    return TEXT + "".join(" " + "x" * n for n in (longest - 1, longest, longest + 1, longest + 40))


# families, table, chain, what stands before, match or target, its options, enough of them to be valid
EXTENSIONS = [
    ("46", "filter", "FORWARD", "-p tcp", "-m tcp",
     {"sport": PORT, "source-port": "1 x", "dport": PORT, "destination-port": "1:2",
      "tcp-option": U8, "syn": NONE}, "--dport 1"),
    ("46", "filter", "FORWARD", "-p udp", "-m udp",
     {"sport": PORT, "source-port": "1 x", "dport": PORT, "destination-port": "1:2"}, "--dport 1"),
    ("4", "filter", "FORWARD", "-p icmp", "-m icmp", {"icmp-type": ICMP}, "--icmp-type 8"),
    ("6", "filter", "FORWARD", "-p ipv6-icmp", "-m icmp6", {"icmpv6-type": ICMP6},
     "--icmpv6-type 128"),
    ("46", "filter", "FORWARD", "-p tcp", "-m multiport",
     {"sports": PORTS, "source-ports": "1", "dports": PORTS, "destination-ports": "1",
      "ports": PORTS}, "--ports 1"),
    ("4", "filter", "FORWARD", "-p udp", "-m multiport", {"dports": PORTS}, "--dports 1"),
    ("46", "filter", "FORWARD", "", "-m conntrack",
     {"ctstate": STATES, "ctproto": PROTO, "ctorigsrc": ADDR, "ctorigdst": ADDR,
      "ctreplsrc": "1.2.3.4 fd00::1", "ctrepldst": "1.2.3.4 fd00::1", "ctorigsrcport": PORT,
      "ctorigdstport": "1 2:1", "ctreplsrcport": "1 :5", "ctrepldstport": "1 5:",
      "ctstatus": STATUS, "ctexpire": RANGE32, "ctdir": """ORIGINAL REPLY original orig O x \"\""""},
     "--ctstate NEW"),
    ("46", "filter", "FORWARD", "", "-m state", {"state": STATES}, "--state NEW"),
    ("46", "filter", "FORWARD", "", "-m mark", {"mark": MARK}, "--mark 1"),
    ("46", "filter", "FORWARD", "", "-m connmark", {"mark": MARK}, "--mark 1"),
    ("46", "filter", "FORWARD", "", "-m comment", {"comment": text(255)}, "--comment x"),
    ("46", "filter", "FORWARD", "", "-m limit",
     {"limit": RATE, "limit-burst": U32 + " 10000 10001"}, ""),
    ("46", "filter", "FORWARD", "", "-m length", {"length": RANGE16}, "--length 5"),
    ("46", "filter", "FORWARD", "", "-m ttl",
     {"ttl": U8, "ttl-eq": U8, "ttl-lt": U8, "ttl-gt": U8}, "--ttl-eq 1"),
    ("46", "filter", "FORWARD", "", "-m hl",
     {"hl": "1", "hl-eq": U8, "hl-lt": U8, "hl-gt": U8}, "--hl-eq 1"),
    ("46", "filter", "FORWARD", "", "-m tos", {"tos": TOS}, "--tos 1"),
    ("46", "filter", "FORWARD", "", "-m dscp", {"dscp": U8 + " 63", "dscp-class": DSCP_CLASS},
     "--dscp 1"),
    ("46", "filter", "FORWARD", "", "-m iprange", {"src-range": ADDR_RANGE, "dst-range": ADDR_RANGE},
     ""),
    ("46", "filter", "FORWARD", "", "-m mac", {"mac-source": MAC}, "--mac-source 0:1:2:3:4:5"),
    ("46", "filter", "FORWARD", "", "-m addrtype",
     {"src-type": TYPES, "dst-type": TYPES, "limit-iface-in": NONE, "limit-iface-out": NONE},
     "--src-type LOCAL"),
    ("46", "filter", "FORWARD", "", "-m pkttype", {"pkt-type": PKTTYPE}, "--pkt-type unicast"),
    ("46", "filter", "FORWARD", "", "-m statistic",
     {"mode": """random nth x "" Random rand""", "probability": PROBABILITY, "every": U32,
      "packet": U32}, "--mode nth --every 2"),
    ("46", "filter", "FORWARD", "", "-m statistic --mode random", {"probability": PROBABILITY},
     "--probability 0.5"),
    ("46", "filter", "FORWARD", "", "-m statistic --mode nth", {"every": U32}, "--every 2"),
    ("46", "filter", "FORWARD", "", "-m statistic --mode nth --every 2", {"packet": U32}, ""),
    ("46", "filter", "FORWARD", "", "-m helper", {"helper": text(29)}, "--helper ftp"),
    ("46", "filter", "FORWARD", "-p tcp", "-j REJECT", {"reject-with": REJECT}, ""),
    ("46", "filter", "FORWARD", "", "-j LOG",
     {"log-level": LEVEL, "log-prefix": text(29), "log-tcp-sequence": NONE, "log-tcp-options": NONE,
      "log-ip-options": NONE, "log-uid": NONE, "log-macdecode": NONE}, ""),
    ("46", "mangle", "FORWARD", "", "-j MARK",
     {"set-mark": MARK, "set-xmark": MARK, "and-mark": U32, "or-mark": U32, "xor-mark": U32},
     "--set-mark 1"),
    ("46", "mangle", "FORWARD", "", "-j CONNMARK",
     {"set-mark": MARK, "set-xmark": MARK, "and-mark": U32, "or-mark": U32, "xor-mark": U32,
      "save-mark": NONE, "restore-mark": NONE, "mask": U32, "nfmask": U32, "ctmask": U32,
      "left-shift-mark": U8 + " 31 32", "right-shift-mark": U8 + " 31 32"}, "--save-mark"),
    ("46", "raw", "PREROUTING", "-p tcp", "-j CT",
     {"notrack": NONE, "helper": """ftp tftp x "" xxxxxxxxxxxxxxxx""", "ctevents": EVENTS,
      "expevents": EXPECT_EVENTS, "zone": ZONE, "zone-orig": ZONE, "zone-reply": ZONE}, "--zone 1"),
    ("46", "raw", "PREROUTING", "", "-j NOTRACK", {"notrack": NONE}, ""),
    ("46", "raw", "PREROUTING", "", "-j TRACE", {"x": NONE}, ""),
    ("46", "filter", "FORWARD", "", "-j NFQUEUE",
     {"queue-num": U16, "queue-balance": QUEUES, "queue-bypass": NONE, "queue-cpu-fanout": NONE},
     ""),
    ("46", "nat", "POSTROUTING", "-p tcp", "-j SNAT",
     {"to-source": NAT_RANGE, "random": NONE, "random-fully": NONE, "persistent": NONE}, ""),
    ("46", "nat", "POSTROUTING", "-p udp", "-j SNAT", {"to-source": NAT_RANGE}, ""),
    ("46", "nat", "PREROUTING", "-p udp", "-j DNAT",
     {"to-destination": NAT_RANGE, "random": NONE, "random-fully": NONE, "persistent": NONE}, ""),
    ("46", "nat", "PREROUTING", "-p tcp", "-j DNAT", {"to-destination": NAT_RANGE}, ""),
    ("46", "nat", "POSTROUTING", "-p tcp", "-j MASQUERADE",
     {"to-ports": NAT_PORTS, "random": NONE, "random-fully": NONE, "persistent": NONE}, ""),
    ("46", "nat", "PREROUTING", "-p udp", "-j REDIRECT",
     {"to-ports": NAT_PORTS, "random": NONE, "random-fully": NONE}, ""),
    ("46", "nat", "PREROUTING", "", "-j NETMAP", {"to": NETMAP}, ""),
    ("46", "mangle", "FORWARD", "-p tcp --syn", "-j TCPMSS",
     {"set-mss": U16 + " 65495 65496 65475 65476 536 1460", "clamp-mss-to-pmtu": NONE},
     "--clamp-mss-to-pmtu"),
    ("46", "mangle", "FORWARD", "", "-j TTL", {"ttl-set": U8, "ttl-inc": U8, "ttl-dec": U8},
     "--ttl-set 1"),
    ("6", "mangle", "FORWARD", "", "-j HL", {"hl-set": U8, "hl-inc": U8, "hl-dec": U8},
     "--hl-set 1"),
    ("46", "mangle", "FORWARD", "", "-j TOS",
     {"set-tos": TOS, "and-tos": U8, "or-tos": U8, "xor-tos": U8}, "--set-tos 1"),
    ("46", "mangle", "FORWARD", "", "-j DSCP",
     {"set-dscp": U8 + " 63", "set-dscp-class": DSCP_CLASS}, "--set-dscp 1"),
]

GENERIC = {
    "-s": ADDR, "-d": ADDR, "--source": "1.2.3.4", "--destination": "1.2.3.4", "-p": PROTO,
    "--protocol": "tcp",
    "-i": f"""eth0 eth+ + lo eth0:1 a/b "" {'x' * 14}+ {'x' * 15} {'x' * 15}+ {'x' * 16} * ! -x""",
    "-o": """eth0 eth+ "" +""", "--in-interface": "e", "--out-interface": "e", "-f": NONE,
    "--fragment": NONE,
    "-j": f"""ACCEPT DROP QUEUE RETURN user nouser "" accept Accept INPUT {'x' * 28} {'x' * 29} LOG
        STOLEN""",
    "-g": """user ACCEPT INPUT nouser "" LOG""", "-4": NONE, "-6": NONE, "--ipv4": NONE,
    "--ipv6": NONE, "-m": f"""tcp xyz "" {'x' * 40} MARK ACCEPT limit""",
}

CHAINS = {
    "filter": "INPUT FORWARD OUTPUT", "mangle": "PREROUTING INPUT FORWARD OUTPUT POSTROUTING",
    "nat": "PREROUTING INPUT OUTPUT POSTROUTING", "raw": "PREROUTING OUTPUT",
    "security": "INPUT FORWARD OUTPUT",
}
PROTOCOLS = ("", "-p tcp", "-p udp", "-p icmp", "-p icmpv6", "-p sctp", "-p 0", "! -p tcp", "-p gre",
             "-p dccp", "-p udplite", "-p all")
PORTED = {"-j SNAT": (":5", "1.2.3.4:5-9", "[fd00::1]:5-9"),
          "-j DNAT": (":5", "1.2.3.4:5-9/7", "[fd00::1]:7"),
          "-j MASQUERADE": ("5", "5-9"), "-j REDIRECT": ("5", "5-9")}


def words(values, family):
    """The values of a table, quotes and blanks in them kept."""
    if isinstance(values, dict):
        values = values[family]
    return re.findall(r'''(?:"(?:\\.|[^"])*"|'[^']*'|[^\s"'])+''', values) or [""]


def alone(base, option, values):
    """One option, in all its forms."""
    good = next((v for v in values if v not in ("0", '""')), "")
    for value in values:
        yield f"{base} --{option} {value}"
    for value in values[:3]:
        yield f"{base} ! --{option} {value}"
    if good:
        yield f"{base} --{option}={good}"
    yield f"{base} --{option}"
    yield f"{base} --{option} ! {good}"
    yield f"{base} --{option} {good} extra"
    yield f"{base} --{option} {good} --{option} {good}"
    for k in range(2, len(option)):
        if not "--help".startswith("--" + option[:k]):
            yield f"{base} --{option[:k]} {good}"


def placed(table, chain, before, extension, enough):
    """The extension elsewhere: (table, line)."""
    for other, chains in CHAINS.items():
        for hook in chains.split() + ["user"]:
            yield other, f"-A {hook} {before} {extension} {enough}"
    for proto in PROTOCOLS if before or extension in PORTED else ():
        yield table, f"-A {chain} {proto} {extension} {enough}"
        yield table, f"-A {chain} {extension} {enough} {proto}"
    yield table, f"-A {chain} {before} {extension} {enough} {extension} {enough}"


def extension_lines(family, row):
    _, table, chain, before, extension, options, enough = row
    base = f"-A {chain} {before} {extension}"
    first = {o: next((v for v in words(x, family) if v != "0"), "") for o, x in options.items()}

    yield table, base
    twin = family == "6" and "4" in row[0]
    for option, values in options.items():
        few = 4 if twin and not isinstance(values, dict) else None
        for line in alone(base, option, words(values, family)[:few]):
            yield table, line
    for a, b in itertools.permutations(options, 2):
        if not twin:
            yield table, f"{base} --{a} {first[a]} --{b} {first[b]}"
    yield table, base + "".join(f" --{o} {first[o]}" for o in options)
    if not enough and ("-m iprange" in extension or "NAT" in extension or "NETMAP" in extension):
        enough = "--{} {}".format(*next(iter(first.items())))
    yield from placed(table, chain, before, extension, enough)
    for ports, proto in itertools.product(PORTED.get(extension, ()), PROTOCOLS):
        option = next(iter(options))
        yield table, f"-A {chain} {proto} {extension} --{option} {ports}"
        yield table, f"-A {chain} {extension} --{option} {ports} {proto}"


def generic_lines(family):
    for option, values in GENERIC.items():
        for value in words(values, family):
            yield "filter", f"-A FORWARD {option} {value}"
            if option not in ("-4", "-6", "--ipv4", "--ipv6"):
                yield "filter", f"-A FORWARD ! {option} {value} -j ACCEPT"
        yield "filter", f"-A FORWARD {option}"
        yield "filter", "-A FORWARD" + f" {option} {words(values, family)[0]}" * 2
    for mask, comparison in itertools.product(words(TCP_FLAGS, family), repeat=2):
        yield "filter", f"-A FORWARD -p tcp --tcp-flags {mask} {comparison}"
    for table, chains in CHAINS.items():
        for chain in chains.split() + ["user", "nochain", "FORWARD"]:
            for rest in ("-i eth0", "-o eth0", "-j ACCEPT", "-j DROP", "-j QUEUE", "-j RETURN",
                         "-j user", "-g user", "! -i eth+", "! -o e+"):
                yield table, f"-A {chain} {rest}"
        for chain in chains.split():
            for policy in ("ACCEPT", "DROP", "QUEUE", "RETURN", "user", "-", "REJECT"):
                yield table, f"-P {chain} {policy}"
                yield table, f":{chain} {policy} [3:4]"
    for name in ("a", "x" * 28, "x" * 29, "-x", "!x", "DROP", "LOG", "user", "INPUT", "a/b", "a;b", "a,b",
                 "*a", ":a", "#a", "[a"):
        yield "filter", f":{name} - [0:0]"
        yield "filter", f"-N {name}"


def lines():
    """All of them, each once: FAMILY TABLE LINE."""
    seen = {}
    blanks = re.compile(r"(?<=[^ \"]) +(?=[^ \"])")
    for family in "46":
        for row in EXTENSIONS:
            if family in row[0]:
                seen.update(((family, *pair), None) for pair in extension_lines(family, row))
        seen.update(((family, *pair), None) for pair in generic_lines(family))
    return list(dict.fromkeys(f"{f} {t} {blanks.sub(' ', line).strip()}" for f, t, line in seen))
