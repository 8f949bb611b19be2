for tos in (0, 3, 0xff):
    udp(A, 1, B, 1, tos=tos)
