def part(ident, offset, more, data, src=A, dst=B, **fields):
    send(ip(src, dst, proto=17, id=ident, flags="MF" if more else 0, frag=offset // 8, **fields) / data, dev="eth0")
def datagram(size, src=A, dst=B):
    return bytes(ip(src, dst) / UDP(sport=1, dport=9) / (b"x" * (size - 8)))[20:]
part(1, 65528, 0, b"y" * 7)
part(2, 65528, 0, b"y" * 8)
part(3, 65528, 1, b"y" * 8)
part(4, 0, 1, b"")
part(5, 8, 0, b"")
part(6, 0, 0, datagram(40))
part(7, 0, 1, datagram(40))
part(8, 65512, 0, b"y" * 3)
part(8, 0, 1, datagram(64))
part(9, 8, 1, b"y")
part(10, 8, 0, b"y")
