udp(A, 1, B, 1)
udp(A, 1, B, 1, tos=0x10)
