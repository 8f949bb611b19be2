for port in range(1, 14):
    udp(A, 1000, B, port)
