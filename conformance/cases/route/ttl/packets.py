for ttl in (0, 1, 2, 255):
    udp(A, 1, B, 9, ttl=ttl)
udp(A, 1, R0, 9, ttl=1)
udp(A, 1, R0, 9, ttl=0)
