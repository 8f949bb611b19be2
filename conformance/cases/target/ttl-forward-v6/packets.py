for port, ttl in ((1, 64), (2, 64), (3, 2)):
    udp(A, 1, B, port, ttl=ttl)
