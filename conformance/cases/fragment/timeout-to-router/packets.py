def part(ident, offset, more, data, src=A, dst=B, **fields):
    send(ip(src, dst, proto=17, id=ident, flags="MF" if more else 0, frag=offset // 8, **fields) / data, dev="eth0")
def datagram(size, src=A, dst=B):
    return bytes(ip(src, dst) / UDP(sport=1, dport=9) / (b"x" * (size - 8)))[20:]
whole = datagram(64, dst=R0)
part(1, 0, 1, whole[:32], dst=R0)
part(2, 32, 0, whole[32:], dst=R0)
sleep(2.5)
udp(A, 1, B, 9)
