"""The few netlink messages for which starting a tool would be too slow or impossible."""
import ctypes
import fcntl
import ipaddress
import os
import select
import socket
import struct

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000


def new_netns():
    """Makes a network namespace, enters it and returns a descriptor of it."""
    if libc.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), 'unshare: a new network namespace needs root')
    return os.open('/proc/self/ns/net', os.O_RDONLY)


def enter_netns(fd):
    if libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), 'setns')


def attribute(kind, data):
    size = 4 + len(data)
    return struct.pack('=HH', size, kind) + data + b'\0' * (-size % 4)


def message(kind, flags, body):
    return struct.pack('=IHHII', 16 + len(body), kind, flags, 1, 0) + body


def add_neighbours(entries):
    """entries: (interface name, address, MAC); existing ones are kept as they are."""
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    batch = b''
    for dev, address, lladdr in entries:
        ip = ipaddress.ip_address(address)
        family = socket.AF_INET if ip.version == 4 else socket.AF_INET6
        body = struct.pack('=BxxxiHBB', family, socket.if_nametoindex(dev), 0x80, 0, 0)
        body += attribute(1, ip.packed) + attribute(2, bytes.fromhex(lladdr.replace(':', '')))
        batch += message(28, 0x601, body)          # NEWNEIGH, request | create | exclusive
        if len(batch) > 8000:
            sock.send(batch)
            batch = b''
    if batch:
        sock.send(batch)
    sock.close()


class NflogReader:
    """Packets that a `log group N` rule hands over, from the network header on."""

    def __init__(self, group):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
        self.sock.setsockopt(socket.SOL_SOCKET, 33, 16 << 20)      # SO_RCVBUFFORCE
        self.sock.bind((0, 0))
        self._configure(group, attribute(1, b'\x01'))                            # bind
        self._configure(group, attribute(2, struct.pack('>IBx', 65535, 2)))      # copy packet
        self._configure(group, attribute(3, struct.pack('>I', 131072)))          # buffer
        self._configure(group, attribute(5, struct.pack('>I', 1)))               # no queueing
        self.sock.setblocking(False)

    def _configure(self, group, attributes):
        body = struct.pack('>BBH', 0, 0, group) + attributes
        self.sock.send(message(4 << 8 | 1, 5, body))               # request | ack
        answer = self.sock.recv(65536)
        error = struct.unpack_from('=i', answer, 16)[0]
        if error:
            raise OSError(-error, 'NFLOG')

    def packets(self):
        found = []
        while True:
            try:
                blob = self.sock.recv(1 << 18)
            except BlockingIOError:
                return found
            at = 0
            while at + 16 <= len(blob):
                size, kind = struct.unpack_from('=IH', blob, at)
                if kind == 4 << 8:
                    found.append(payload_of(blob[at + 20:at + size]))
                at += (size + 3) & ~3


def payload_of(blob):
    at = 0
    while at + 4 <= len(blob):
        size, kind = struct.unpack_from('=HH', blob, at)
        if kind & 0x7fff == 9:                                     # NFULA_PAYLOAD
            return blob[at + 4:at + size]
        at += (size + 3) & ~3
    return b''


def offloads_off(dev):
    """Receive and transmit checksums, segmentation and coalescing, all off."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for command in (0x17, 0x1f, 0x24, 0x2c):       # STXCSUM, STSO, SGSO, SGRO
        value = ctypes.create_string_buffer(struct.pack('=II', command, 0))
        request = struct.pack('16sP16x', dev.encode(), ctypes.addressof(value))
        try:
            fcntl.ioctl(sock, 0x8946, request)
        except OSError:
            pass
    sock.close()


def open_tun(dev):
    fd = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, 0x400454ca, struct.pack('16sH22x', dev.encode(), 0x1001))    # TUN, no header
    return fd


def drain_fd(fd):
    found = []
    while select.select([fd], [], [], 0)[0]:
        try:
            found.append(os.read(fd, 70000))
        except OSError:
            break
    return found
