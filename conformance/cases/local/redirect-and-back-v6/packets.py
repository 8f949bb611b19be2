q = udp(A, 1000, "fd00:2::99", 53)
answer(q)
q = udp(A, 1001, "fd00:2::99", 53)
answer(q)
