for port in range(1, 16):
    for tos in (0, 0x35, 0xff):
        udp(A, 1000, B, port, tos=tos)
