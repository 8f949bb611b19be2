for n in range(3):
    udp(A, 1000, B, 53)
