"""The machine's kernel as a router: two namespaces, one with the case's configuration, one that is the wire.

A frame is sent by an AF_PACKET socket on the wire's end of a veth pair. The kernel does the whole of
its work on the CPU that sends, in the backlog of that CPU, which is a queue: so a marker frame sent
after it on the wire's loopback comes back when everything before it is done. What leaves is read from
the same socket; what is delivered comes from a guard chain behind conntrack's last hook, that logs to
this process and drops, so that the local stack takes no part.
"""
import ipaddress
import os
import re
import socket
import struct
import subprocess
import tempfile
import time

from . import netlink
from .bind import transport
from .case import mac

GUARD = '''
table inet guard {
 chain delivered { type filter hook input priority 2147483647; policy drop; log group 1 snaplen 65535 queue-threshold 1; }
 chain reports { type filter hook output priority -500; icmpv6 type 143 drop; }
}
'''
QUIET = (('ipv6/conf/all', 'accept_dad', 0), ('ipv6/conf/default', 'accept_dad', 0),
         ('ipv6/conf/all', 'addr_gen_mode', 1), ('ipv6/conf/default', 'addr_gen_mode', 1),
         ('ipv6/conf/all', 'router_solicitations', 0), ('ipv6/conf/default', 'router_solicitations', 0),
         ('ipv6/conf/all', 'accept_ra', 0), ('ipv6/conf/default', 'accept_ra', 0))
# A new namespace takes these from the first one; a case means Linux's defaults.
DEFAULTS4 = {'accept_local': 0, 'accept_redirects': 1, 'log_martians': 0, 'route_localnet': 0,
             'rp_filter': 0, 'secure_redirects': 1, 'send_redirects': 1, 'shared_media': 1,
             'src_valid_mark': 0, 'proxy_arp': 0, 'promote_secondaries': 0, 'bc_forwarding': 0}
MARKER = b'\x02\0\0\0\0\0\x02\0\0\0\0\0\x88\xb5'


class SetupError(Exception):
    """The kernel or one of its tools refused a part of the configuration."""


def write_sysctl(path, value):
    with open('/proc/sys/net/' + path, 'w') as f:
        f.write(f'{value}\n')


def run(command, text=None, check=True):
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if check and done.returncode:
        raise SetupError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


class Kernel:
    """One router, from set-up to the final tables."""

    def __init__(self, case, nft=False):
        self.case = case
        self.names = case.interfaces()
        self.tools = 'nft' if nft else 'legacy'
        self.home = os.open('/proc/self/ns/net', os.O_RDONLY)
        self.locks = tempfile.mkdtemp(prefix='nfref-')
        os.environ['XTABLES_LOCKFILE'] = os.path.join(self.locks, 'xtables')
        self.wire = netlink.new_netns()
        self.router = netlink.new_netns()
        self.tuns = {}
        self.events = None

    # --- set-up -------------------------------------------------------------------------------
    def configure(self):
        self._quiet()
        self._links()
        run(['nft', '-f', '-'], GUARD)
        self.nflog = netlink.NflogReader(1)
        for key, value in self.case.sysctls():
            self._sysctl(key, value)
        if 'sets' in self.case.text:
            run(['ipset', 'restore'], self.case.text['sets'])
        if self.case.text.get('net'):
            run(['ip', '-batch', '-'], self.case.text['net'])
        self._listen()             # before the rules: CT --ctevents is lost when nobody listens
        for version, tool in (('v4', 'iptables'), ('v6', 'ip6tables')):
            if self.case.text.get('rules.' + version):
                run([f'{tool}-{self.tools}-restore'], self.case.text['rules.' + version])
        self._await_addresses()
        self._neighbours()
        self._sockets()

    def _sysctl(self, key, value):
        path = key if '/' in key else key.replace('.', '/')
        if path.startswith('net/'):
            path = path[4:]
        try:
            write_sysctl(path, value)
        except OSError as error:
            raise SetupError(f'sysctl {key}: {error.strerror}')

    def _quiet(self):
        for folder, key, value in QUIET:
            write_sysctl(f'{folder}/{key}', value)
        for key, value in DEFAULTS4.items():
            for which in ('all', 'default'):
                write_sysctl(f'ipv4/conf/{which}/{key}', value)

    def _links(self):
        """Pairs of veth with the router's MAC, and tuns; then the wire's own end is made mute."""
        lines = ['link set lo up']
        for index, dev in enumerate(self.names, 1):
            if self.case.is_tun(dev):
                self.tuns[dev] = netlink.open_tun(dev)
                write_sysctl(f'ipv6/conf/{dev}/addr_gen_mode', 1)
                lines.append(f'link set {dev} up')
                continue
            lines += [f'link add {dev} address {mac(index, "router")} type veth '
                      f'peer name {dev} netns /proc/{os.getpid()}/fd/{self.wire}',
                      f'link set {dev} up']
        run(['ip', '-batch', '-'], '\n'.join(lines))
        veths = [dev for dev in self.names if dev not in self.tuns]
        for dev in veths:
            netlink.offloads_off(dev)
        netlink.enter_netns(self.wire)
        write_sysctl('ipv6/conf/all/disable_ipv6', 1)
        write_sysctl('ipv6/conf/default/disable_ipv6', 1)
        lines = ['link set lo up']
        for dev in veths:
            netlink.offloads_off(dev)
            lines.append(f'link set {dev} mtu 65535 arp off up')
        run(['ip', '-batch', '-'], '\n'.join(lines))
        netlink.enter_netns(self.router)

    def _await_addresses(self):
        """An IPv6 address is the router's once a work queue of the kernel has put its route in."""
        wanted = {ipaddress.ip_interface(prefix).ip.packed.hex()
                  for prefix in re.findall(r'^addr(?:ess)? add (\S*:\S*)', self.case.text.get('net', ''), re.M)}
        deadline = time.monotonic() + 3
        while wanted and time.monotonic() < deadline:
            with open('/proc/net/ipv6_route') as f:
                wanted -= {line[:32] for line in f if ' 80200001 ' in line}        # up, local
            if wanted:
                time.sleep(0.001)

    def _neighbours(self):
        """Everything on a link is there, at the wire's address, unless net says otherwise."""
        index = {dev: k for k, dev in enumerate(self.names, 1)}
        text = ' '.join(self.case.text.values())
        named = set(re.findall(r'\d+\.\d+\.\d+\.\d+|[0-9a-fA-F]*:[0-9a-fA-F:]*:[0-9a-fA-F:]*', text))
        named |= addresses_in(self.case.inputs)
        entries, seen = [], set()
        for prefix, dev in re.findall(r'^addr(?:ess)? add (\S+/\d+)\b.*?\bdev (\S+)',
                                      self.case.text.get('net', ''), re.M):
            if dev not in index or dev in self.tuns:
                continue
            for host in hosts_on(ipaddress.ip_interface(prefix), named):
                if (dev, host) not in seen:
                    seen.add((dev, host))
                    entries.append((dev, host, mac(index[dev], 'wire')))
        netlink.add_neighbours(entries)

    def _sockets(self):
        self.raw4 = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self.raw4.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self.raw6 = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self.raw6.setsockopt(socket.IPPROTO_IPV6, 36, 1)           # IPV6_HDRINCL
        netlink.enter_netns(self.wire)
        self.packet = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.packet.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)
        self.packet.setblocking(False)
        self.packet_names = {i: name for i, name in socket.if_nameindex()}
        netlink.enter_netns(self.router)
        self._settle()

    def _listen(self):
        """Starts the tool that prints events, and waits until it has subscribed."""
        self.events = tempfile.TemporaryFile()
        self.listener = subprocess.Popen(['conntrack', '-E', '-e', 'ALL', '-o', 'extended'],
                                         stdout=self.events, stderr=subprocess.DEVNULL)
        while not self._listener_socket():
            if self.listener.poll() is not None:
                raise SetupError('conntrack -E ended at once')
            time.sleep(0.0005)

    def _listener_socket(self):
        """The listener's line of /proc/net/netlink: its groups and what waits in its buffer."""
        with open('/proc/net/netlink') as f:
            for line in f:
                field = line.split()
                if field[1] == '12' and field[3].strip('0') and field[3] != 'Groups':
                    return field
        return None

    # --- packets ------------------------------------------------------------------------------
    def send(self, dev, data):
        """One frame in, or one packet of the router's own out; what followed: [(interface, bytes)]."""
        try:
            if dev == 'local':
                self._send_local(data)
            elif dev in self.tuns:
                os.write(self.tuns[dev], data)
            else:
                self.packet.sendto(data, (dev, 0))
        except OSError as error:
            if dev != 'local':
                raise SetupError(f'{dev}: {error}')
        return self.collect()

    def _send_local(self, data):
        """By a socket with the packet's source (where that is the router's) and TOS, as a program's is."""
        sock, any_address, source = (self.raw6, '::', data[8:24]) if data[0] >> 4 == 6 else \
            (self.raw4, '0.0.0.0', data[12:16])
        try:
            sock.bind((str(ipaddress.ip_address(source)), 0))
        except (OSError, ValueError):
            sock.bind((any_address, 0))
        self.raw4.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, data[1])
        if data[0] >> 4 == 6:
            self.raw6.sendto(data, (str(ipaddress.IPv6Address(data[24:40])), 0))
        else:
            self.raw4.sendto(data, (str(ipaddress.IPv4Address(data[16:20])), 0))

    def _settle(self):
        """Four markers in turn: each lets one more link of a chain of packets be done."""
        frames = []
        for _ in range(4):
            self.packet.sendto(MARKER + b'\0' * 46, ('lo', 0))
            deadline = time.monotonic() + 5
            while True:
                try:
                    data, where = self.packet.recvfrom(1 << 17)
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise SetupError('the marker did not come back')
                    continue
                if where[2] == 4:                                  # PACKET_OUTGOING
                    continue
                if where[1] == 0x88b5:
                    break
                frames.append((where[0], data))
        return frames

    def collect(self):
        """What has left and what was delivered since the last time."""
        out = self._settle()
        for dev, fd in self.tuns.items():
            out += [(dev, data) for data in netlink.drain_fd(fd)]
        for dev, data in out:
            if data[12:14] == b'\x08\x06' and dev not in self.tuns:
                raise SetupError(f'{dev}: the router asks by ARP for {data[38:42].hex(".")}')
        return out + [('local', completed(data)) for data in self.nflog.packets()]

    # --- the end ------------------------------------------------------------------------------
    def tables(self):
        """The texts of want/, by name."""
        texts = {}
        tables = [run(['conntrack', '-L', '-o', 'extended', '-f', family], check=False)
                  for family in ('ipv4', 'ipv6')]
        texts['conntrack'] = sorted_lines(tables[0]) + sorted_lines(tables[1])
        texts['expect'] = ''.join(
            sorted_lines(run(['conntrack', '-L', 'expect', '-f', family], check=False))
            for family in ('ipv4', 'ipv6'))
        for version, tool in (('v4', 'iptables'), ('v6', 'ip6tables')):
            saved = run([f'{tool}-{self.tools}-save', '-c'], check=False)
            texts['rules.' + version] = re.sub(r'^(# .*?) on .*$', r'\1', saved, flags=re.M)
        if 'sets' in self.case.text:
            texts['sets'] = run(['ipset', 'save'])
        texts['events'] = self._events_text()
        return texts

    def _events_text(self):
        """Waits until the listener has read all that was sent to it and sleeps again."""
        quiet = 0
        deadline = time.monotonic() + 20
        while quiet < 2:
            if self.listener.poll() is not None or time.monotonic() > deadline:
                raise SetupError('conntrack -E did not follow')
            field = self._listener_socket()
            with open(f'/proc/{self.listener.pid}/stat') as f:
                asleep = f.read().rsplit(')', 1)[1].split()[0] == 'S'
            quiet = quiet + 1 if asleep and field and field[4] == '0' else 0
            time.sleep(0.0003)
        self.listener.kill()
        self.listener.wait()
        self.events.seek(0)
        return self.events.read().decode()

    def close(self):
        """Gives the namespaces up; the kernel takes them away behind our back."""
        if self.events and self.listener.poll() is None:
            self.listener.kill()
            self.listener.wait()
        for name in ('packet', 'raw4', 'raw6'):
            if hasattr(self, name):
                getattr(self, name).close()
        if hasattr(self, 'nflog'):
            self.nflog.sock.close()
        for fd in self.tuns.values():
            os.close(fd)
        netlink.enter_netns(self.home)
        for fd in (self.router, self.wire, self.home):
            os.close(fd)
        for name in os.listdir(self.locks):
            os.remove(os.path.join(self.locks, name))
        os.rmdir(self.locks)


def folded(data):
    total = sum(struct.unpack(f'>{len(data) // 2}H', data[:len(data) & ~1]))
    total += data[-1] << 8 if len(data) & 1 else 0
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def completed(packet):
    """The loopback leaves the sum of the pseudo-header where the checksum would be: finishes it."""
    found = transport(packet)
    if not found:
        return packet
    protocol, source, destination, at = found
    where = at + (16 if protocol == 6 else 6)
    pseudo = folded(source + destination + struct.pack('>HH', protocol, len(packet) - at))
    if packet[where:where + 2] != struct.pack('>H', pseudo):
        return packet
    total = folded(packet[at:])
    return packet[:where] + struct.pack('>H', ~total & 0xffff or 0xffff) + packet[where + 2:]


def sorted_lines(text):
    return ''.join(sorted(text.splitlines(True)))


def hosts_on(interface, named):
    """Addresses that a neighbour may have on this link: the usual ones and those that the case names."""
    network = interface.network
    if network.num_addresses < 3:
        return []
    first = int(network.network_address)
    if interface.version == 4:
        if network.prefixlen < 24:
            first = int(interface.ip) & ~255
        numbers = range(first, first + min(255, network.num_addresses - 1))     # .0 is a host too
        hosts = [ipaddress.IPv4Address(n) for n in numbers]
    else:
        hosts = [ipaddress.IPv6Address(first + n) for n in range(1, 33)]
    for text in named:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            continue
        if address.version == network.version and address in network:
            hosts.append(address)
    special = {interface.ip, network.broadcast_address if interface.version == 4 else network.network_address}
    return [str(h) for h in hosts if h not in special]


def addresses_in(inputs):
    """Source and destination of every input, as text."""
    found = set()
    for _, dev, data in inputs:
        at = 0 if dev == 'local' or data[:1] and data[0] >> 4 in (4, 6) and data[12:14] not in (
            b'\x08\x00', b'\x86\xdd') else 14
        version = data[at] >> 4 if len(data) > at else 0
        if version == 4 and len(data) >= at + 20:
            found |= {str(ipaddress.IPv4Address(data[at + o:at + o + 4])) for o in (12, 16)}
        elif version == 6 and len(data) >= at + 40:
            found |= {str(ipaddress.IPv6Address(data[at + o:at + o + 16])) for o in (8, 24)}
    return found
