udp(A, 1, B, 1)
udp(A, 1, B, 2)
