def part(ident, offset, more, data, src=A, dst=B, first=17, before=b"", **fields):
    send(ip(src, dst, nh=44, **fields) / (bytes([first, 0]) + (offset | more).to_bytes(2, "big") + ident.to_bytes(4, "big") + data), dev="eth0")
def datagram(size, src=A, dst=B):
    return bytes(ip(src, dst) / UDP(sport=1, dport=9) / (b"x" * (size - 8)))[40:]
def chain(*headers):
    """Extension headers, UDP last: the number of the first, and the bytes."""
    packet = bytes(ip(A, B) / UDP(sport=1, dport=9) / (b"x" * 24))[40:]
    number = 17
    for kind in reversed(headers):
        packet = bytes([number, 0]) + {0: bytes([1, 4, 0, 0, 0, 0]), 60: bytes([1, 4, 0, 0, 0, 0]), 43: bytes([4, 0, 0, 0, 0, 0]), 135: bytes(6), 44: bytes([0, 0, 0, 0, 0, 5])}[kind] + packet
        number = kind
    return number, packet
for n, headers in enumerate(((), (60,), (60, 43), (43, 60), (60, 60, 60), (0,), (44,), (60, 44)), 1):
    number, packet = chain(*headers)
    part(n, 0, 1, packet[:16], first=number)
    part(n, 16, 0, packet[16:], first=number)
    part(n + 20, 0, 0, packet, first=number)
    send(ip(A, B, nh=number) / packet)
