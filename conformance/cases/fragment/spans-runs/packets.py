whole = bytes(ip(A, B) / UDP(sport=1000, dport=53) / (b"r" * 1000))[20:]
def piece(at, end, ident):
    send(ip(A, B, id=ident, proto=17, frag=at // 8, flags="MF" if end < len(whole) else 0) / Raw(whole[at:end]))
for at, end in ((0, 400), (400, 800), (200, 600), (800, 1008)):
    piece(at, end, 1)
for at, end in ((0, 400), (400, 800), (0, 800), (800, 1008)):
    piece(at, end, 2)
for at, end in ((400, 800), (0, 400), (0, 800), (800, 1008)):
    piece(at, end, 3)
for at, end in ((0, 400), (400, 400), (400, 1008)):
    piece(at, end, 4)
