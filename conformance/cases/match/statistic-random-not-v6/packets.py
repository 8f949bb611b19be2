for n in range(4):
    udp(A, 1, B, n + 1)
