q = udp(A, 1000, "fd00:2::99", 53)
answer(q)
udp(A, 1000, B2, 53)          # dropped: not translated
