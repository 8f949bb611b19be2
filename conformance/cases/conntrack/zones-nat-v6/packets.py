udp(A, 1000, B, 53)
q = udp(A, 1000, B2, 53, tos=0x10)
answer(q)
