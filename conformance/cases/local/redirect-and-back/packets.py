q = udp(A, 1000, "10.0.2.99", 53)
answer(q)
q = udp(A, 1001, "10.0.2.99", 53)
answer(q)
