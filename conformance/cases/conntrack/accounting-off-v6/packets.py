q = udp(A, 1000, B, 53)
answer(q)
