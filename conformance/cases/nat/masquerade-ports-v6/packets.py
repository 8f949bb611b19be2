q = udp(A, 1000, B, 53)
answer(q)
udp(A2, 1000, B, 53)          # the only port is taken: dropped
