q = udp(A, 1000, R0, 53)
answer(q)
