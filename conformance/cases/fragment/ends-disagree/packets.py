whole = bytes(ip(A, B) / UDP(sport=1000, dport=53) / (b"e" * 1000))[20:]
def piece(at, end, ident, more):
    send(ip(A, B, id=ident, proto=17, frag=at // 8, flags="MF" if more else 0) / Raw(whole[at:end]))
piece(0, 400, 1, 1); piece(800, 1008, 1, 0); piece(800, 904, 1, 0); piece(400, 800, 1, 1)
piece(0, 400, 2, 1); piece(400, 808, 2, 0); piece(800, 1008, 2, 0); piece(400, 800, 2, 1)
piece(400, 808, 3, 0); piece(808, 1000, 3, 1); piece(0, 400, 3, 1); piece(400, 808, 3, 0)
piece(0, 800, 4, 1); piece(400, 600, 4, 0); piece(800, 1008, 4, 0)
