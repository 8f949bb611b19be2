for piece in fragment(ip(A, R0) / UDP(sport=1000, dport=53) / (b"l" * 60), fragsize=32):
    send(piece)
