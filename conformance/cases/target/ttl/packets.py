for port, ttl in ((1, 64), (2, 64), (3, 64), (2, 254), (3, 3), (3, 10)):
    udp(A, 1, B, port, ttl=ttl)
