for port in range(1, 9):
    for tos in (0, 3, 0xff):
        udp(A, 1000, B, port, tos=tos)
