data = bytes(range(256)) * 8
whole = ip(A, B, id=77) / UDP(sport=1000, dport=53) / data[:64]
pieces = fragment(whole, fragsize=16)
send(pieces[0])
send(pieces[2])
short = pieces[1].copy()
short.flags = 0
send(short)
for piece in pieces:
    send(piece)
