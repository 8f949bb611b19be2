for port in (1, 2, 3, 4):
    udp(A, 1, "192.0.2.1", port)
