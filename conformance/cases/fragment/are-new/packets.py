def part(ident, offset, more, data, src=A, dst=B, **fields):
    send(ip(src, dst, proto=17, id=ident, flags="MF" if more else 0, frag=offset // 8, **fields) / data, dev="eth0")
def datagram(size, src=A, dst=B):
    return bytes(ip(src, dst) / UDP(sport=1, dport=9) / (b"x" * (size - 8)))[20:]
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
