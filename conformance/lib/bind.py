"""Ports and ICMP ids that NAT picks at random: what the recording shows is bound to what is seen now.

An endpoint is (protocol, its address with the peer's address and port, port): the same port drawn for two peers is
bound twice. Of an echo's id the asker is the address: it is his port.
"""
import json
import os
import struct
from collections import namedtuple

Field = namedtuple('Field', 'end at sums')     # endpoint, offset, offsets of the checksums that cover it
ECHO = {1: (8, 0), 58: (128, 129)}             # request, reply
ERRORS = {1: (3, 4, 5, 11, 12), 58: (1, 2, 3, 4)}
UDP = (17, 136)                                # a checksum of zero is none
SUM_AT = {1: 2, 6: 16, 17: 6, 58: 2, 136: 6}


def header(packet, at, version=None):
    """(protocol, source, destination, offset behind the header) of a packet with a transport header, or None. Of one that
    an ICMP error quotes, the version is the error's."""
    version = version or (packet[at] >> 4 if len(packet) > at else 0)
    if len(packet) >= at + 20 and version == 4:
        if struct.unpack_from('>H', packet, at + 6)[0] & 0x1fff:
            return None
        return packet[at + 9], packet[at + 12:at + 16], packet[at + 16:at + 20], at + (packet[at] & 15) * 4
    if len(packet) >= at + 40 and version == 6:
        return packet[at + 6], packet[at + 8:at + 24], packet[at + 24:at + 40], at + 40
    return None


def transport(packet):
    """(protocol, source, destination, offset of the ports) of an IP packet with ports, or None."""
    found = header(packet, 0)
    return found if found and found[0] in (6, 17) and len(packet) >= found[3] + 8 else None


def fields(packet, at, covered=(), version=None):
    """The ports and ids of the packet that begins at `at`, or of the one that an ICMP error quotes."""
    found = header(packet, at, version)
    if not found:
        return []
    protocol, source, destination, l4 = found
    sums = covered
    where = l4 + SUM_AT.get(protocol, len(packet))
    if len(packet) >= where + 2 and not (protocol in UDP and packet[where:where + 2] == b'\0\0'):
        sums += (where,)
    if protocol in (6, *UDP) and len(packet) >= l4 + 4:
        sport, dport = packet[l4:l4 + 2], packet[l4 + 2:l4 + 4]
        return [Field((protocol, (source, destination, dport), sport), l4, sums),
                Field((protocol, (destination, source, sport), dport), l4 + 2, sums)]
    if protocol in ECHO and len(packet) >= l4 + 8:
        if packet[l4] in ECHO[protocol]:
            ends = (source, destination) if packet[l4] == ECHO[protocol][0] else (destination, source)
            return [Field((protocol, (*ends, b''), packet[l4 + 4:l4 + 6]), l4 + 4, sums)]
        if packet[l4] in ERRORS[protocol] and not covered:
            return fields(packet, l4 + 8, sums, 4 if protocol == 1 else 6)
    return []


def same_addresses(a, b):
    """Of two endpoints."""
    return a[0] == b[0] and a[1][:2] == b[1][:2]


def put(packet, at, new, sums):
    """Two bytes are replaced; the checksums that cover them, and each those behind it, follow."""
    old, packet[at:at + 2] = bytes(packet[at:at + 2]), new
    for n, where in enumerate(sums):
        changed = adjusted(packet[where:where + 2], old, new)
        put(packet, where, changed if any(changed) else b'\xff\xff', sums[:n])


def rewritten(packet, at, port):
    """The packet with port(endpoint), where that is not None, in the place of each port."""
    packet = bytearray(packet)
    for field in fields(bytes(packet), at):
        new = port(field.end)
        if new is not None and new != field.end[2]:
            put(packet, field.at, new, field.sums)
    return bytes(packet)


def ip_of(dev, data):
    """Where a frame's IP packet begins."""
    return 14 if dev != 'local' and data[12:14] in (b'\x08\x00', b'\x86\xdd') else 0


class Ports:
    """Reads want/steps of a case; learn() compares an output with it, apply() rewrites a later input."""

    def __init__(self, folder):
        self.want, self.bound = [], {}
        path = os.path.join(folder, 'want', 'steps')
        if os.path.exists(path):
            with open(path) as f:
                self.want = [json.loads(line)['out'] for line in f if line.strip()]

    def learn(self, n, got):
        if n >= len(self.want) or len(self.want[n]) != len(got):
            return
        for (_, wanted), (dev, data) in zip(self.want[n], got):
            wanted = bytes.fromhex(wanted)
            for old, new in zip(fields(wanted, ip_of(dev, wanted)), fields(data, ip_of(dev, data))):
                if same_addresses(old.end, new.end) and (old.end[2] != new.end[2] or old.end in self.bound):
                    self.bound[old.end] = new.end[2]

    def apply(self, dev, frame):
        return rewritten(frame, ip_of(dev, frame), self.bound.get) if self.bound else frame


def adjusted(checksum, old, new):
    """RFC 1624: HC' = ~(~HC + ~m + m')."""
    total = (~int.from_bytes(checksum, 'big') & 0xffff) + (~int.from_bytes(old, 'big') & 0xffff) + \
        int.from_bytes(new, 'big')
    total = (total & 0xffff) + (total >> 16)
    total = (total & 0xffff) + (total >> 16)
    return (~total & 0xffff).to_bytes(2, 'big')
