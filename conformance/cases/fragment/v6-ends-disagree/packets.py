whole = bytes(ip(A, B) / UDP(sport=1000, dport=53) / (b"e" * 1000))[40:]
def piece(at, end, ident, more):
    send(ip(A, B) / IPv6ExtHdrFragment(nh=17, id=ident, offset=at // 8, m=more) / Raw(whole[at:end]))
piece(0, 400, 1, 1); piece(800, 1008, 1, 0); piece(800, 904, 1, 0); piece(400, 800, 1, 1)
piece(0, 400, 2, 1); piece(400, 400, 2, 1); piece(400, 1008, 2, 0)
piece(0, 400, 3, 1); piece(400, 400, 3, 0); piece(400, 1008, 3, 0)
piece(400, 808, 4, 0); piece(808, 1000, 4, 1); piece(0, 400, 4, 1)
