whole = ip(A, B, id=5, flags="DF") / UDP(sport=1000, dport=53) / (b"d" * 40)
for piece in fragment(whole, fragsize=24):
    piece.flags |= 2
    send(piece)
whole = ip(A, B, id=6) / UDP(sport=1001, dport=53) / (b"d" * 40)
for n, piece in enumerate(fragment(whole, fragsize=24)):
    piece.flags |= 2 if n == 0 else 0
    send(piece)
