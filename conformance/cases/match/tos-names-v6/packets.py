for tos in (0, 1, 2, 3, 4, 8, 16, 17, 0xf0, 0xfe, 0xff):
    udp(A, 1, B, 9, tos=tos)
