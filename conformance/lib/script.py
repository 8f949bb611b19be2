"""What a case's packets.py may say. Every function sends at once and returns what came out.

    A A2 B B2     hosts: A and A2 behind eth0, B and B2 behind eth1 (IPv6 addresses in a case whose
                  about says `Family: ipv6`); R0 and R1 are the router's addresses there
    ip(s, d)      an IP or IPv6 header (ttl= tos= for both families), with ids that count from 1
    send(p)       a frame in, on the interface of its source address (dev= for another)
    local(p)      the router sends p itself
    udp() ping() answer() icmp_error() Tcp()    conversations in one line
    begin(protocol, s, d)        the first packet of a connection of any protocol of PROTOCOLS
    agree(protocol, out)         the first packet of the other side
    every_error(protocol, out)   every kind of ICMP error about it, with quotes of every length that matters
    sleep(s)      real time and the capture's clock go on together
"""
import ipaddress

from scapy import all as scapy

from .case import mac
from .session import START_NS, STEP_NS

HOSTS = {'ipv4': {'A': '10.0.1.2', 'A2': '10.0.1.3', 'B': '10.0.2.2', 'B2': '10.0.2.3',
                  'R0': '10.0.1.1', 'R1': '10.0.2.1'},
         'ipv6': {'A': 'fd00:1::2', 'A2': 'fd00:1::3', 'B': 'fd00:2::2', 'B2': 'fd00:2::3',
                  'R0': 'fd00:1::1', 'R1': 'fd00:2::1'}}
TIME_EXCEEDED, UNREACHABLE, TOO_BIG, PROBLEM = 'time exceeded', 'unreachable', 'too big', 'problem'
ERRORS = {4: {UNREACHABLE: 3, TIME_EXCEEDED: 11, PROBLEM: 12, 'redirect': 5, 'quench': 4},
          6: {UNREACHABLE: 1, TOO_BIG: 2, TIME_EXCEEDED: 3, PROBLEM: 4, 'redirect': 137}}


# What each side says first, and how much of it an ICMP error quotes: where a port, a key, a checksum
# or a header ends, one byte less, and all.
PROTOCOLS = {'udp': 17, 'tcp': 6, 'icmp': None, 'sctp': 132, 'gre': 47, 'other': 253}
QUOTES = {'udp': (8, 7, 4, 3), 'tcp': (20, 18, 17, 8, 7), 'icmp': (8, 7, 4), 'sctp': (12, 8, 7), 'gre': (8, 7, 4, 3),
          'other': (8, 1)}


def opening(protocol, reply):
    """Transport header and data of the first packet of a side."""
    ports = {'sport': 53, 'dport': 1000} if reply else {'sport': 1000, 'dport': 53}
    if protocol == 'udp':
        return scapy.UDP(**ports) / b'a datagram'
    if protocol == 'tcp':
        return scapy.TCP(**ports, flags='SA' if reply else 'S', seq=5000 if reply else 1000, ack=1001 * reply)
    if protocol == 'sctp':
        chunk = scapy.SCTPChunkInitAck if reply else scapy.SCTPChunkInit
        return scapy.SCTP(**ports, tag=17 * reply) / chunk(init_tag=34 if reply else 17, a_rwnd=1000, n_out_streams=1,
                                                          n_in_streams=1, init_tsn=1)
    return scapy.Raw(b'\x20\0\x08\0\0\0\0\x07in a tunnel' if protocol == 'gre' else b'nobody knows')


class Out:
    """A packet that came out: on dev, with the fields a reply needs."""

    def __init__(self, dev, data):
        self.dev = dev
        self.frame = data
        raw = data if dev == 'local' or dev.startswith('tun') else data[14:]
        self.raw = raw
        self.pkt = (scapy.IPv6 if raw[0] >> 4 == 6 else scapy.IP)(raw)
        self.src, self.dst = self.pkt.src, self.pkt.dst
        self.sport, self.dport = getattr(self.pkt, 'sport', None), getattr(self.pkt, 'dport', None)


class Script:
    """The names that packets.py sees, bound to one session."""

    def __init__(self, session):
        self.session = session
        self.case = session.case
        self.clock = START_NS - STEP_NS
        self.next_id = 0
        self.inputs = {}
        self.networks = [(ipaddress.ip_interface(p).network, d) for p, d in addresses(self.case)]
        self.index = {dev: k for k, dev in enumerate(self.case.interfaces(), 1)}

    # --- sending ------------------------------------------------------------------------------
    def ip(self, src, dst, ttl=64, tos=0, **fields):
        if ':' in src:
            return scapy.IPv6(src=src, dst=dst, hlim=ttl, tc=tos, **fields)
        self.next_id += 1
        return scapy.IP(src=src, dst=dst, ttl=ttl, tos=tos, **{'id': self.next_id, **fields})

    def send(self, packet, dev=None):
        """packet: a Scapy packet or bytes, without Ethernet header unless it begins with Ether()."""
        dev = dev or self._side(packet)
        if not isinstance(packet, scapy.Ether) and dev not in self.session.kernel.tuns:
            ether = scapy.Ether(src=mac(self.index[dev], 'wire'), dst=mac(self.index[dev], 'router'),
                                type=0x86dd if bytes(packet)[0] >> 4 == 6 else 0x800)
            packet = bytes(ether) + bytes(packet)
        return self._put(dev, bytes(packet))

    def local(self, packet):
        return self._put('local', bytes(packet))

    def _put(self, dev, data):
        self.clock += STEP_NS
        self.inputs.setdefault(dev, []).append((self.clock, data))
        return [Out(where, frame) for where, frame in self.session.send(self.clock, dev, data)]

    def _side(self, packet):
        source = ipaddress.ip_address(packet.src)
        for network, dev in self.networks:
            if source in network:
                return dev
        raise ValueError(f'{source} is on no interface: say dev=')

    def sleep(self, seconds):
        self.clock += int(seconds * 1e9)

    # --- one packet ---------------------------------------------------------------------------
    def udp(self, src, sport, dst, dport, data=b'x', dev=None, **fields):
        return self.send(self.ip(src, dst, **fields) / scapy.UDP(sport=sport, dport=dport) / data, dev)

    def tcp(self, src, sport, dst, dport, flags='S', data=b'', dev=None, fields=None, **header):
        segment = scapy.TCP(sport=sport, dport=dport, flags=flags, **{'seq': 1000, **header})
        return self.send(self.ip(src, dst, **(fields or {})) / segment / data, dev)

    def ping(self, src, dst, ident=7, seq=1, data=b'ping', dev=None, **fields):
        if ':' in src:
            body = scapy.ICMPv6EchoRequest(id=ident, seq=seq, data=data)
        else:
            body = scapy.ICMP(id=ident, seq=seq) / data
        return self.send(self.ip(src, dst, **fields) / body, dev)

    def begin(self, protocol, src, dst):
        """The first packet of a connection."""
        if protocol == 'icmp':
            return self.ping(src, dst, data=b'an echo')
        return self.send(self.header(src, dst, PROTOCOLS[protocol]) / opening(protocol, False))

    def header(self, src, dst, protocol):
        return self.ip(src, dst, **{'nh' if ':' in src else 'proto': protocol})

    # --- the other side -----------------------------------------------------------------------
    def answer(self, out, data=b'y', **fields):
        """The reply of whoever received out[0], to the address and port that he saw."""
        seen = out[0]
        head = self.ip(seen.dst, seen.src, **fields)
        pkt = seen.pkt
        if scapy.UDP in pkt:
            body = scapy.UDP(sport=pkt.dport, dport=pkt.sport) / data
        elif scapy.ICMP in pkt:
            body = scapy.ICMP(type=0, id=pkt[scapy.ICMP].id, seq=pkt[scapy.ICMP].seq) / pkt[scapy.ICMP].payload
        elif scapy.ICMPv6EchoRequest in pkt:
            echo = pkt[scapy.ICMPv6EchoRequest]
            body = scapy.ICMPv6EchoReply(id=echo.id, seq=echo.seq, data=echo.data)
        else:
            head.proto = pkt.proto
            body = scapy.Raw(data)
        return self.local(head / body) if seen.dev == 'local' else self.send(head / body, seen.dev)

    def agree(self, protocol, out):
        """The first packet of the other side of a connection that begin() began."""
        seen = out[0]
        if protocol == 'icmp':
            return self.answer(out)
        body = opening(protocol, True)
        if hasattr(body, 'dport'):
            body.sport, body.dport = seen.dport, seen.sport
        packet = self.header(seen.dst, seen.src, PROTOCOLS[protocol]) / body
        return self.local(packet) if seen.dev == 'local' else self.send(packet, seen.dev)

    def every_error(self, protocol, out):
        version = 6 if ':' in out[0].src else 4
        head = 40 if version == 6 else 20
        for kind in ERRORS[version]:
            code = 4 if (kind, version) == (UNREACHABLE, 4) else 0      # fragmentation needed
            for quote in (None, head + QUOTES[protocol][0]):
                self.icmp_error(out, kind, code, quote=quote, mtu=1400 if kind == TOO_BIG or code else 0)
        for quote in (*(head + n for n in QUOTES[protocol][1:]), head, head - 1):
            self.icmp_error(out, UNREACHABLE, 1, quote=quote)

    def icmp_error(self, out, kind=UNREACHABLE, code=0, src=None, quote=None, mtu=0, dev=None, change=None):
        """Whoever received out[0] (or src, on the way) complains of it, quoting it (quote bytes of it)."""
        seen = out[0]
        quoted = bytearray(seen.raw[:quote])
        if change:
            change(quoted)
        version = 6 if ':' in seen.src else 4
        number = ERRORS[version].get(kind, kind)
        head = bytes([number, code, 0, 0]) + mtu.to_bytes(4, 'big')
        if version == 4:
            body = scapy.ICMP(head + bytes(quoted))
            body.chksum = None
            packet = self.ip(src or seen.dst, seen.src, proto=1) / scapy.Raw(fixed_sum(head + bytes(quoted)))
        else:
            packet = self.ip(src or seen.dst, seen.src, nh=58)
            packet = packet / scapy.Raw(fixed_sum6(packet, head + bytes(quoted)))
        if seen.dev == 'local':
            return self.local(packet)
        return self.send(packet, dev or seen.dev)

    def Tcp(self, *arguments, **options):
        return Tcp(self, *arguments, **options)

    def names(self):
        family = self.case.about.get('Family', 'ipv4')
        found = {name: getattr(scapy, name) for name in dir(scapy) if not name.startswith('_')}
        found.update(HOSTS[family], FAMILY=family, TIME_EXCEEDED=TIME_EXCEEDED, UNREACHABLE=UNREACHABLE,
                     TOO_BIG=TOO_BIG, PROBLEM=PROBLEM, PROTOCOLS=PROTOCOLS)
        for name in ('ip', 'send', 'local', 'sleep', 'udp', 'tcp', 'ping', 'answer', 'icmp_error', 'Tcp',
                     'begin', 'agree', 'every_error'):
            found[name] = getattr(self, name)
        return found


class End:
    """One end of a TCP connection, as it sees the world."""

    def __init__(self, address, port, peer, peer_port, seq, dev=None):
        self.address, self.port, self.peer, self.peer_port = address, port, peer, peer_port
        self.dev = dev
        self.next, self.ack = seq, 0

    def hears(self, out):
        """Takes in what arrived: who the peer is, and how far his stream has come."""
        segment = out.pkt[scapy.TCP]
        self.address, self.port, self.peer, self.peer_port = out.dst, segment.dport, out.src, segment.sport
        self.dev = out.dev
        size = len(bytes(segment.payload)) + ('S' in segment.flags) + ('F' in segment.flags)
        self.ack = (segment.seq + size) & 0xffffffff


class Tcp:
    """A TCP connection from src to dst: c() is a segment of the client, s() one of the server.

    Sequence numbers and acknowledgements follow what each end has sent and has heard, and addresses and
    ports what came out of the router. A field given by name overrides: seq= ack= window= options=.
    """

    def __init__(self, script, src, sport, dst, dport, seq=1000, peer_seq=5000, dev=None):
        self.script = script
        self.client = End(src, sport, dst, dport, seq, dev)
        self.server = End(dst, dport, src, sport, peer_seq)

    def c(self, flags='A', data=b'', **header):
        return self._say(self.client, self.server, flags, data, header)

    def s(self, flags='A', data=b'', **header):
        return self._say(self.server, self.client, flags, data, header)

    def _say(self, end, other, flags, data, header):
        advance = header.pop('advance', 'seq' not in header)
        fields = header.pop('fields', {})
        ack = end.ack if 'A' in flags else 0
        segment = scapy.TCP(sport=end.port, dport=end.peer_port, flags=flags,
                            **{'seq': end.next, 'ack': ack, **header})
        packet = self.script.ip(end.address, end.peer, **fields) / segment / data
        out = self.script.local(packet) if end.dev == 'local' else self.script.send(packet, end.dev)
        if advance:
            end.next = (end.next + len(data) + ('S' in flags) + ('F' in flags)) & 0xffffffff
        for seen in out:
            if scapy.TCP in seen.pkt and 'R' not in seen.pkt[scapy.TCP].flags and 'seq' not in header:
                other.hears(seen)
        return out

    def open(self, **header):
        """The three segments of the handshake."""
        self.c('S', **header)
        self.s('SA', **header)
        return self.c('A')

    def close(self):
        """Client first: FIN, ACK, FIN, ACK."""
        self.c('FA')
        self.s('A')
        self.s('FA')
        return self.c('A')


def addresses(case):
    import re
    return re.findall(r'^addr(?:ess)? add (\S+/\d+)\b.*?\bdev (\S+)', case.text.get('net', ''), re.M)


def fixed_sum(body):
    return body[:2] + scapy.checksum(body).to_bytes(2, 'big') + body[4:]


def fixed_sum6(header, body):
    return body[:2] + scapy.in6_chksum(58, header, body).to_bytes(2, 'big') + body[4:]
