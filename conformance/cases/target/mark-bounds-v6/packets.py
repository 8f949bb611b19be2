for port in range(1, 13):
    udp(A, 1000, B, port)
