udp(A, 1, B, 9)
udp(B, 1, A, 9)
udp(A, 1, R1, 9)
