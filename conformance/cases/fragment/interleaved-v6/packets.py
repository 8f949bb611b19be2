def part(ident, offset, more, data, src=A, dst=B, first=17, before=b"", **fields):
    send(ip(src, dst, nh=44, **fields) / (bytes([first, 0]) + (offset | more).to_bytes(2, "big") + ident.to_bytes(4, "big") + data), dev="eth0")
def datagram(size, src=A, dst=B):
    return bytes(ip(src, dst) / UDP(sport=1, dport=9) / (b"x" * (size - 8)))[40:]
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
