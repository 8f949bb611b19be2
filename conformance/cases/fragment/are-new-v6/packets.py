def part(ident, offset, more, data, src=A, dst=B, first=17, before=b"", **fields):
    send(ip(src, dst, nh=44, **fields) / (bytes([first, 0]) + (offset | more).to_bytes(2, "big") + ident.to_bytes(4, "big") + data), dev="eth0")
def datagram(size, src=A, dst=B):
    return bytes(ip(src, dst) / UDP(sport=1, dport=9) / (b"x" * (size - 8)))[40:]
whole = datagram(64)
part(1, 0, 1, whole[:32])
part(1, 32, 0, whole[32:])
bad = bytearray(datagram(64))
bad[6] ^= 1
part(2, 0, 1, bytes(bad[:32]))
part(2, 32, 0, bytes(bad[32:]))
part(3, 32, 0, whole[32:])
part(4, 0, 1, whole[:8])
part(4, 8, 0, whole[8:])
