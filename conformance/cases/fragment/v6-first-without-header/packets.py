data = bytes(range(256)) * 8
udp_bytes = bytes(UDP(sport=1000, dport=53, len=40+8)) + data[:40]
head = ip(A, B)
total = in6_chksum(17, head, udp_bytes)
udp_bytes = udp_bytes[:6] + total.to_bytes(2, "big") + udp_bytes[8:]
def piece(at, end, more, ident=77):
    return head / IPv6ExtHdrFragment(nh=17, id=ident, offset=at // 8, m=more) / Raw(udp_bytes[at:end])
pieces = [piece(0, 16, 1), piece(16, 32, 1), piece(32, 40+8, 0)]
send(piece(0, 0, 1))
send(head / IPv6ExtHdrFragment(nh=60, id=9, offset=0, m=1) / Raw(b"\x11\x01" + bytes(6)))
udp(A, 1, B, 2)
