udp(A, 1000, B, 53, b"m" * 1000)
for piece in fragment(ip(A, B, id=5) / UDP(sport=1000, dport=53) / (b"n" * 1000), fragsize=800):
    send(piece)
udp(A, 1000, B, 53, b"m" * 1000, flags="DF")
