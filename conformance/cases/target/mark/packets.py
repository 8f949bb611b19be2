for port in range(1, 7):
    udp(A, 1, B, port)
