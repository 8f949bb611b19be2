for port in (1000, 1005, 1010, 1011):
    udp(A, 1, B2, port)
