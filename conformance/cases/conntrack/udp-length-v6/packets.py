for size in (9, 8, 7, 0, 20, 65535):
    send(ip(A, B) / UDP(sport=1000 + size % 100, dport=53, len=size) / b"12345")
