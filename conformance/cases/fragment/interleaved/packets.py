def part(ident, offset, more, data, src=A, dst=B, **fields):
    send(ip(src, dst, proto=17, id=ident, flags="MF" if more else 0, frag=offset // 8, **fields) / data, dev="eth0")
def datagram(size, src=A, dst=B):
    return bytes(ip(src, dst) / UDP(sport=1, dport=9) / (b"x" * (size - 8)))[20:]
one, two = datagram(72), datagram(72, src=A2)
part(1, 48, 0, one[48:])
part(1, 24, 1, two[24:48], src=A2)
part(2, 0, 1, one[:24])
part(1, 0, 1, one[:24])
part(1, 48, 0, two[48:], src=A2)
part(2, 48, 0, one[48:])
part(1, 24, 1, one[24:48])
part(1, 0, 1, two[:24], src=A2)
part(2, 24, 1, one[24:48])
