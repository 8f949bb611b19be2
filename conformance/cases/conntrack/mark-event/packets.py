q = udp(A, 1000, B, 53)
answer(q)
udp(A, 1000, B, 53, tos=0x10)
