for port in range(1, 16):
    udp(A, 1000, B, port)
