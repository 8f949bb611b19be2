q = udp(A, 1000, B2, 53)
answer(q)
