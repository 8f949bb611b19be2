for kind, code in ((8, 0), (0, 0), (3, 1), (3, 3), (3, 4), (13, 0), (11, 1), (255, 0)):
    send(ip(A, B) / ICMP(type=kind, code=code) / b"12345678")
