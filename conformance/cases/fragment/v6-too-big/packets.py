udp(A, 1000, B, 53, b"m" * 1400)
data = bytes(range(256)) * 8
udp_bytes = bytes(UDP(sport=1000, dport=53, len=1300+8)) + data[:1300]
head = ip(A, B)
total = in6_chksum(17, head, udp_bytes)
udp_bytes = udp_bytes[:6] + total.to_bytes(2, "big") + udp_bytes[8:]
def piece(at, end, more, ident=77):
    return head / IPv6ExtHdrFragment(nh=17, id=ident, offset=at // 8, m=more) / Raw(udp_bytes[at:end])
pieces = [piece(0, 16, 1), piece(16, 32, 1), piece(32, 1300+8, 0)]
send(piece(0, 1200, 1))
send(piece(1200, 1308, 0))
