for n in range(9):
    udp(A, 1, B, n + 1, ttl=1)
