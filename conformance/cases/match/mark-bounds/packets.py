for port in (1, 2, 3, 4):
    udp(A, 1, B, port)
