def pieces(head, body, ident, nh=17, size=32):
    for at in range(0, len(body), size):
        local(head / IPv6ExtHdrFragment(nh=nh, id=ident, offset=at // 8, m=at + size < len(body)) /
              Raw(body[at:at + size]))
pieces(ip(R1, R0), bytes(UDP(sport=1000, dport=53, len=88) / Raw(bytes(80))), 1)
# options that must be known, behind the fragment header, come before it when the datagram is cut again
pieces(ip(R1, R0), bytes([17, 0, 0xc9, 4, 0, 0, 0, 0]) + bytes(UDP(sport=1001, dport=53, len=48) / Raw(bytes(40))), 2, nh=0)
