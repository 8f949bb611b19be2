udp(A, 1000, B, 53)
udp(B, 53, A, 1000)
