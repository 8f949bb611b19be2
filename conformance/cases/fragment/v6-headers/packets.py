whole = bytes(ip(A, B) / UDP(sport=1000, dport=53) / (b"x" * 1000))[40:]
PAD = b"\0\1\4\0\0\0\0"
def frag(ident, at, end, nh=17, data=whole):
    return bytes(IPv6ExtHdrFragment(nh=nh, id=ident, offset=at // 8, m=end < len(data))) + data[at:end]
def piece(payload, nh=44):
    send(ip(A, B, nh=nh) / Raw(payload))
for at, end in ((0, 400), (400, 1008)):
    piece(b"\x2c" + PAD + frag(1, at, end), nh=0)
piece(b"\x2c" + PAD + frag(2, 0, 400), nh=60); piece(frag(2, 400, 1008))
piece(frag(3, 0, 400)); piece(b"\x2c" + PAD + frag(3, 400, 1008), nh=60)
inside = b"\x11" + PAD + whole
piece(frag(4, 0, 400, 60, inside)); piece(frag(4, 400, 1016, 60, inside))
piece(frag(5, 0, 400)); piece(frag(5, 400, 1008, nh=6))
