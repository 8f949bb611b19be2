#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Prints what conntrack makes of the first packet of a connection: of every ICMP and ICMPv6 type, of
every protocol number, of every combination of TCP flags.

first-packets.py icmp|icmp6|protocols|tcp-first
"""
import re
import struct
import sys

import lab

HOSTS6 = ('fd00:1::2', 'fd00:2::2')
ANSWER = re.compile(r'type=(\d+) code=\d+ id=\d+ .* type=(\d+)')


def echo_like(kind):
    """An ICMP message whose identifier is its type, as conntrack's listing is to name it."""
    message = struct.pack('>BBHHH', kind, 0, 0, kind, 1) + bytes(16)
    return message[:2] + struct.pack('>H', lab.checksum(message)) + message[4:]


def echo_like6(kind):
    source, destination = (lab.address6(a) for a in HOSTS6)
    message = struct.pack('>BBHHH', kind, 0, 0, kind, 1) + bytes(16)
    total = lab.checksum(source + destination + struct.pack('>II', len(message), 58) + message)
    message = message[:2] + struct.pack('>H', total) + message[4:]
    return struct.pack('>IHBB', 6 << 28, len(message), 58, 255) + source + destination + message


def types(router, packet_of, family):
    """Rows of every type: what it was seen as, and the type of the answer that is waited for."""
    seen = [router.put('original', packet_of(kind)) for kind in range(256)]
    answers = dict(ANSWER.findall('\n'.join(router.entries('-f', family))))
    return [(kind, seen[kind] or '-', answers.get(str(kind), '-')) for kind in range(256)]


def protocols(router):
    seen = [router.put('original', lab.ipv4('original', n, bytes(40))) for n in range(256)]
    found = {}
    for line in router.entries():
        match = re.match(r'ipv4 +2 (\S+) +(\d+) (\d+)', line)
        # what is left is a whole number of tens, or just below it by now
        found[int(match[2])] = (match[1], (int(match[3]) + 5) // 10 * 10)
    return [(n, seen[n] or '-') + found.get(n, ('-', '-')) for n in range(256)]


def tcp_first(router):
    seen = [router.put('original', lab.tcp('original', 1000 + flags, 80, 1, 1, flags)) for flags in range(256)]
    states = [router.entry(1000 + flags) for flags in range(256)]
    return [(f'{flags:08b}', seen[flags] or '-', states[flags][0] if states[flags] else '-') for flags in range(256)]


TABLES = {
    'icmp': (('type', 'state of a first packet', 'type of the reply'),
             lambda router: types(router, lambda kind: lab.ipv4('original', 1, echo_like(kind)), 'ipv4')),
    'icmp6': (('type', 'state of a first packet', 'type of the reply'),
              lambda router: types(router, echo_like6, 'ipv6')),
    'protocols': (('protocol', 'state of forty zero bytes', 'name', 'timeout'), protocols),
    'tcp-first': (('flags (CWR ECE URG ACK PSH RST SYN FIN)', 'state of a first packet', 'TCP state'), tcp_first),
}


def main():
    header, rows = TABLES[sys.argv[1]]
    router = lab.Lab()
    try:
        print('# ' + '\t'.join(header))
        for row in rows(router):
            print('\t'.join(str(field) for field in row))
    finally:
        router.close()


main()
