udp(A, 1, B, 9)
udp(A, 1, R0, 9)
udp(A, 1, R1, 9)
