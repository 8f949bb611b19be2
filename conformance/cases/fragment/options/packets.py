whole = ip(A, B, id=5, options=[IPOption(b"\x94\x04\x00\x00")]) / UDP(sport=1000, dport=53) / (b"o" * 60)
for piece in fragment(whole, fragsize=32):
    send(piece)
