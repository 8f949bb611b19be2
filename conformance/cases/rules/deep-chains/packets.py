udp(A, 1, B, 1)
tcp(A, 1, B, 1)
