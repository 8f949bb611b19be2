def part(ident, offset, more, data, src=A, dst=B, first=17, before=b"", **fields):
    send(ip(src, dst, nh=44, **fields) / (bytes([first, 0]) + (offset | more).to_bytes(2, "big") + ident.to_bytes(4, "big") + data), dev="eth0")
def datagram(size, src=A, dst=B):
    return bytes(ip(src, dst) / UDP(sport=1, dport=9) / (b"x" * (size - 8)))[40:]
whole = datagram(64)
part(1, 32, 0, whole[32:])
part(1, 0, 1, whole[:32])
answer = bytes(ip(B, R1) / UDP(sport=9, dport=1) / (b"y" * 56))[(20, 40)[FAMILY == "ipv6"]:]
if FAMILY == "ipv4":
    send(ip(B, R1, proto=17, id=9, flags="MF") / answer[:32])
    send(ip(B, R1, proto=17, id=9, frag=4) / answer[32:])
else:
    for at, more in ((0, 1), (32, 0)):
        send(ip(B, R1, nh=44) / (bytes([17, 0]) + (at | more).to_bytes(2, "big") + bytes([0, 0, 0, 9]) + answer[at:at + 32]), dev="eth1")
