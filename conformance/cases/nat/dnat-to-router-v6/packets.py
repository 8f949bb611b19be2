q = udp(A, 1000, "fd00:2::99", 53)
answer(q)
