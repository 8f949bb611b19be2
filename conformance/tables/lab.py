# SPDX-License-Identifier: BSD-2-Clause
"""A router of the machine's kernel to ask questions of: what does conntrack make of this packet?

Forwarded packets carry the answer: rules in mangle write the connection state into the TOS byte.
"""
import os
import re
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from lib import kernel  # noqa: E402

STATES = {4: 'INVALID', 8: 'NEW', 12: 'ESTABLISHED', 16: 'RELATED', 20: 'UNTRACKED'}
RULES = '*mangle\n' + ''.join(
    f'-A FORWARD -m conntrack --ctstate {name} -j TOS --set-tos {tos}\n'
    for tos, name in STATES.items()) + 'COMMIT\n'
NET = '''addr add 10.0.1.1/24 dev eth0
addr add 10.0.2.1/24 dev eth1
addr add fd00:1::1/64 dev eth0
addr add fd00:2::1/64 dev eth1
'''
SYSCTL = (('net.ipv4.ip_forward', 1), ('net.ipv6.conf.all.forwarding', 1),
          ('net.netfilter.nf_conntrack_acct', 1))
HOSTS = {'original': ('10.0.1.2', '10.0.2.2'), 'reply': ('10.0.2.2', '10.0.1.2')}
DEVS = {'original': 'eth0', 'reply': 'eth1'}


class Question:
    """Stands where kernel.Kernel wants a case."""

    def __init__(self, sysctls=(), rules=RULES):
        self.text = {'net': NET, 'rules.v4': rules, 'rules.v6': rules}
        self.inputs = []
        self._sysctls = SYSCTL + tuple(sysctls)

    def interfaces(self):
        return ['eth0', 'eth1']

    def is_tun(self, dev):
        return False

    def sysctls(self):
        return self._sysctls


def checksum(data):
    total = sum(struct.unpack(f'>{(len(data) + 1) // 2}H', data + b'\0' * (len(data) & 1)))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def address(text):
    return bytes(int(part) for part in text.split('.'))


def address6(text):
    return socket.inet_pton(socket.AF_INET6, text)


def ipv4(direction, proto, payload):
    source, destination = (address(a) for a in HOSTS[direction])
    head = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(payload), 1, 0, 64, proto, 0)
    total = checksum(head + source + destination)
    return head[:10] + struct.pack('>H', total) + source + destination + payload


def with_sum(direction, proto, segment, at):
    """The segment with its checksum at offset `at`."""
    source, destination = (address(a) for a in HOSTS[direction])
    pseudo = source + destination + struct.pack('>HH', proto, len(segment))
    return segment[:at] + struct.pack('>H', checksum(pseudo + segment)) + segment[at + 2:]


def tcp(direction, sport, dport, seq, ack, flags, win=8192, options=b'', data=b''):
    ports = (sport, dport) if direction == 'original' else (dport, sport)
    segment = struct.pack('>HHIIBBHHH', *ports, seq & 0xffffffff, ack & 0xffffffff,
                          (20 + len(options)) // 4 << 4, flags, win, 0, 0) + options + data
    return ipv4(direction, 6, with_sum(direction, 6, segment, 16))


class Lab(kernel.Kernel):
    def __init__(self, sysctls=(), rules=RULES):
        super().__init__(Question(sysctls, rules))
        self.configure()

    def put(self, direction, packet):
        """Sends an IP packet; the state it was seen in, or None if it did not come out."""
        version6 = packet[0] >> 4 == 6
        k = 1 if direction == 'original' else 2
        frame = bytes([2, 0, 0, 0, k, 1, 2, 0, 0, 0, k, 0xfe]) + \
            (b'\x86\xdd' if version6 else b'\x08\x00') + packet
        for dev, data in self.send(DEVS[direction], frame):
            if dev == DEVS['reply' if direction == 'original' else 'original']:
                tos = (data[14] & 15) << 4 | data[15] >> 4 if version6 else data[15]
                return STATES.get(tos, f'TOS {tos}')
        return None

    def entries(self, *filters):
        return kernel.run(['conntrack', '-L', '-o', 'extended', *filters], check=False).splitlines()

    def entry(self, sport):
        """(state, seconds, packets original, packets reply, flags) of one TCP connection."""
        lines = self.entries('-p', 'tcp', '--orig-port-src', str(sport)) or \
            self.entries('-p', 'tcp', '--orig-port-dst', str(sport))
        if not lines:
            return None
        field = lines[0].split()
        packets = [int(n) for n in re.findall(r'packets=(\d+)', lines[0])]
        return field[5], int(field[4]), packets[0], packets[1], re.findall(r'\[(\w+)\]', lines[0])
