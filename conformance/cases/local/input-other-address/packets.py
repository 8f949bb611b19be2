udp(A, 1, R1, 9)
udp(B, 1, R0, 9)
