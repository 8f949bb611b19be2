udp(A, 1, B, 9)
udp(B, 1, A, 9)
