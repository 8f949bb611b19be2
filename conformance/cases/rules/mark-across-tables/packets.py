q = udp(A, 1, B, 1)
answer(q)
