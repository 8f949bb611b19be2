for kind in (8, 13, 15, 17, 0, 14, 16, 18, 9, 10, 30, 42, 200):
    send(ip(A, B) / ICMP(type=kind) / b"12345678")
