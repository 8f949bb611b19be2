udp(B, 53, "10.0.2.77", 1000)
q = udp(A, 1000, B, 53)
answer(q)
