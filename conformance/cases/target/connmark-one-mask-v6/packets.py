for port in (1, 2, 3):
    udp(A, 1, B, port)
