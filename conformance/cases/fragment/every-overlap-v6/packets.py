def part(ident, offset, more, data, src=A, dst=B, first=17, before=b"", **fields):
    send(ip(src, dst, nh=44, **fields) / (bytes([first, 0]) + (offset | more).to_bytes(2, "big") + ident.to_bytes(4, "big") + data), dev="eth0")
def datagram(size, src=A, dst=B):
    return bytes(ip(src, dst) / UDP(sport=1, dport=9) / (b"x" * (size - 8)))[40:]
whole = datagram(96)
for n, (first, last) in enumerate(((32, 64), (40, 64), (40, 56), (24, 40), (56, 72), (24, 72), (32, 56), (40, 72), (0, 40), (0, 96), (32, 96), (64, 96), (88, 96)), 1):
    part(n, 32, 1, whole[32:64])
    part(n, first, last < 96, whole[first:last])
    for at in (0, 32, 64):
        part(n, at, at < 64, whole[at:at + 32])
