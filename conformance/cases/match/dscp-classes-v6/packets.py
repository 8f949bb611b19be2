for value in range(64):
    udp(A, 1, B, 9, tos=value << 2 | 1)
