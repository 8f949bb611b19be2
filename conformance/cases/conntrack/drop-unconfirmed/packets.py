udp(A, 1000, B, 53)
udp(A, 1000, B, 53)
