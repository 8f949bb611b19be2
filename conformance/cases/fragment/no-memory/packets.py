for piece in fragment(ip(A, B, id=77) / UDP(sport=1000, dport=53) / (b"f" * 40), fragsize=24):
    send(piece)
udp(A, 1000, B, 53)
