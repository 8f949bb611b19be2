def part(ident, offset, more, data, src=A, dst=B, first=17, before=b"", **fields):
    send(ip(src, dst, nh=44, **fields) / (bytes([first, 0]) + (offset | more).to_bytes(2, "big") + ident.to_bytes(4, "big") + data), dev="eth0")
def datagram(size, src=A, dst=B):
    return bytes(ip(src, dst) / UDP(sport=1, dport=9) / (b"x" * (size - 8)))[40:]
whole = datagram(64)
for n, (one, two) in enumerate(((1, 64), (64, 1), (2, 64), (64, 2), (1, 1)), 1):
    part(n, 0, 1, whole[:32], ttl=one)
    part(n, 32, 0, whole[32:], ttl=two)
