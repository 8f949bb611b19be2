whole = ip(A, B) / UDP(sport=1, dport=9) / (b"f" * 64)
for piece in fragment(whole, fragsize=32):
    send(piece)
unsummed = ip(A, B) / UDP(sport=1, dport=9, chksum=0) / (b"f" * 64)
for piece in fragment(unsummed, fragsize=32):
    send(piece)
