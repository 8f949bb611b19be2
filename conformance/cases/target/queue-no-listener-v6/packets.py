for port in (1, 2, 3, 4, 5):
    udp(A, 1, B, port)
