for n in range(8):
    udp(A, 1, B, n + 1)
