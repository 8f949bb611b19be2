data = bytes(range(256)) * 8
whole = ip(A, B, id=77) / UDP(sport=1000, dport=53) / data[:40]
pieces = fragment(whole, fragsize=16)
other = pieces[1].copy()
other.frag = pieces[1].frag - 1
for piece in (pieces[0], other, pieces[1], pieces[2]):
    send(piece)
for piece in pieces:
    send(piece)
