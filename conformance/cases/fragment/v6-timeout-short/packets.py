whole = bytes(UDP(sport=1, dport=9) / (b"x" * 56))
def part(ident, offset, more, data):
    send(ip(A, B) / IPv6ExtHdrFragment(id=ident, offset=offset // 8, m=more) / Raw(data), dev="eth0")
packet = ip(A, B) / UDP(sport=1, dport=9) / (b"x" * 56)
whole = bytes(packet)[40:]
def part(ident, offset, more, data):
    send(ip(A, B, nh=44) / (bytes([17, 0]) + (offset | more).to_bytes(2, "big") + ident.to_bytes(4, "big") + data), dev="eth0")
part(1, 0, 1, whole[:32])
sleep(0.4)
part(1, 32, 0, whole[32:])
part(2, 0, 1, whole[:32])
sleep(2.5)
part(2, 32, 0, whole[32:])
part(2, 0, 1, whole[:32])
