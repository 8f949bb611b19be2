for port in range(1, 8):
    udp(A, 1000, B, port)
